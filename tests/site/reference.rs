//! The references of commands and file formats, as the program shows them.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::World;

/// The names of all commands that help lists, with those of the commands around them.
fn commands() -> Vec<String> {
    let mut all = vec![String::new()];
    let mut next = 0;
    while next < all.len() {
        let around = all[next].clone();
        let help = help_of(&around);
        let listed = help.split_once("\nCommands:\n").map_or("", |(_, rest)| rest);
        let listed = listed.lines().take_while(|line| line.starts_with("  "));
        let names = listed.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
        let names = names.filter(|name| !name.is_empty() && *name != "help");
        all.extend(names.map(|name| format!("{around} {name}").trim().to_owned()));
        next += 1;
    }
    all
}

fn help_of(command: &str) -> String {
    let words = command.split_whitespace();
    let outcome = World::default().run_with(words.chain(["--help"]));
    outcome.exits(0).stdout
}

pub(crate) fn reference_of_commands() -> String {
    let mut page = "# Commands\n\n\
        What `--help` prints for each command. [Environment variables](../environment.md) give options their values, and\n\
        [exit codes](../ci.md#exit-codes) are those of every command.\n"
        .to_owned();
    for command in commands() {
        let name = format!("dunnage {command}");
        let help = help_of(&command);
        write!(
            page,
            "\n## {}\n\n```text\n{}\n```\n",
            name.trim(),
            help.trim_end()
        )
        .expect("a string");
    }
    page
}

/// The reference of a file format: a table of keys for each part of its JSON Schema.
pub(crate) fn reference_of_schema(title: &str, about: &str, name: &str) -> String {
    let schema: Value = serde_json::from_str(
        &World::default().run(&format!("dunnage schema {name}")).exits(0).stdout,
    )
    .expect("a schema");
    let mut page = format!("# {title}\n\n{about}\n");
    page.push_str(&table_of_keys(&schema));
    let parts = schema["$defs"].as_object().expect("parts");
    for (name, part) in parts {
        let description = cell(&part["description"]);
        write!(page, "\n## {name}\n\n{description}\n").expect("a string");
        page.push_str(&table_of_keys(part));
        page.push_str(&choices(part));
    }
    page
}

/// Text of a schema as the text of a cell: on one line, without what ends a cell.
fn cell(text: &Value) -> String {
    let text = text.as_str().unwrap_or_default();
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('|', "\\|")
        .replace('<', "&lt;")
}

fn table_of_keys(schema: &Value) -> String {
    let Some(keys) = schema["properties"].as_object() else {
        return String::new();
    };
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let mut table = "\n| key | type | meaning |\n| --- | --- | --- |\n".to_owned();
    for (key, value) in keys {
        let is_required = required.iter().any(|name| name == key);
        let note = if is_required { " (required)" } else { "" };
        let (kind, meaning) = (kind_of(value), cell(&value["description"]));
        writeln!(table, "| `{key}` | {kind} | {meaning}{note} |").expect("a string");
    }
    table
}

/// The type of a value: that of JSON, or a link to the part that describes it.
fn kind_of(value: &Value) -> String {
    if let Some(part) = value["$ref"].as_str() {
        let name = part.rsplit('/').next().unwrap_or_default();
        return format!("[{name}](#{})", name.to_lowercase());
    }
    if let Some(any) = ["anyOf", "oneOf"].iter().find_map(|key| value[*key].as_array()) {
        let kinds: Vec<String> = any.iter().map(kind_of).filter(|kind| kind != "null").collect();
        return kinds.join(" or ");
    }
    let kind = match &value["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        kind => kind.as_str(),
    };
    match kind {
        Some("array") => format!("list of {}", kind_of(&value["items"])),
        Some("object") if value["additionalProperties"].is_object() => {
            format!("mapping to {}", kind_of(&value["additionalProperties"]))
        }
        Some("object") => "mapping".to_owned(),
        Some(kind) => kind.to_owned(),
        None if value["const"].is_string() => {
            format!("`{}`", value["const"].as_str().unwrap_or_default())
        }
        None => "any".to_owned(),
    }
}

/// The values among which a part lets one choose.
fn choices(part: &Value) -> String {
    let choices = ["oneOf", "anyOf"].iter().find_map(|key| part[*key].as_array());
    let Some(choices) = choices else {
        return String::new();
    };
    let mut table = "\n| value | meaning |\n| --- | --- |\n".to_owned();
    for choice in choices {
        let value = choice["const"].as_str().map(|word| format!("`{word}`"));
        let value = value.unwrap_or_else(|| kind_of(choice));
        writeln!(table, "| {value} | {} |", cell(&choice["description"])).expect("a string");
    }
    table
}
