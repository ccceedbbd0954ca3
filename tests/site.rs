//! The documentation as a site: pages that are generated, the table of contents, and links that work both in a checkout and
//! on the site. `UPDATE=1 cargo test --test site` writes the generated pages. `scripts/site` builds the site from `docs/`.

#![allow(
    clippy::disallowed_methods,
    reason = "a test reads the source tree, and rewrites its own expectation"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

mod support;

use support::World;

/// Files of the root that `scripts/site` adds to the site.
const ADDED: [&str; 4] = [
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
];

/// Sections of the table of contents: the title, and the pages in their order. A folder means all its other pages.
const SECTIONS: &[(&str, &[&str])] = &[
    ("Start", &["tutorial.md"]),
    (
        "Guides",
        &[
            "lint.md",
            "render.md",
            "values.md",
            "upgrade.md",
            "helm.md",
            "ci.md",
            "",
        ],
    ),
    (
        "How-to",
        &[
            "how-to/helm3.md",
            "how-to/helm4.md",
            "how-to/helmfile.md",
            "how-to/argocd.md",
            "how-to/flux.md",
            "how-to/github.md",
            "how-to/gitlab.md",
            "how-to/pre-commit.md",
            "how-to/editors.md",
            "how-to",
        ],
    ),
    (
        "Reference",
        &[
            "reference",
            "environment.md",
            "passes/README.md",
            "passes",
            "rules/README.md",
            "rules",
        ],
    ),
    (
        "Explanation",
        &[
            "explanation/node-pools.md",
            "explanation",
            "advice.md",
            "performance.md",
        ],
    ),
    (
        "Project",
        &[
            "architecture.md",
            "cluster.md",
            "CONTRIBUTING.md",
            "CHANGELOG.md",
        ],
    ),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn docs() -> PathBuf {
    root().join("docs")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The paths of all pages below a folder, relative to it.
fn pages_below(folder: &Path) -> BTreeSet<String> {
    let mut pages = BTreeSet::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder of the source tree") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|kind| kind == "md") {
                let path = path.strip_prefix(folder).expect("a path below it");
                pages.insert(path.to_str().expect("a plain name").replace('\\', "/"));
            }
        }
    }
    pages
}

// ---- pages that are generated ---------------------------------------------

/// The names of all commands that help lists, with those of the commands around them.
fn commands() -> Vec<String> {
    let mut all = vec![String::new()];
    let mut next = 0;
    while next < all.len() {
        let around = all[next].clone();
        let help = help_of(&around);
        let listed = help
            .split_once("\nCommands:\n")
            .map_or("", |(_, rest)| rest);
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

fn reference_of_commands() -> String {
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
fn reference_of_schema(title: &str, about: &str, name: &str) -> String {
    let schema: Value = serde_json::from_str(
        &World::default()
            .run(&format!("dunnage schema {name}"))
            .exits(0)
            .stdout,
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
    if let Some(any) = ["anyOf", "oneOf"]
        .iter()
        .find_map(|key| value[*key].as_array())
    {
        let kinds: Vec<String> = any
            .iter()
            .map(kind_of)
            .filter(|kind| kind != "null")
            .collect();
        return kinds.join(" or ");
    }
    let kind = match &value["type"] {
        Value::Array(kinds) => kinds
            .iter()
            .filter_map(Value::as_str)
            .find(|kind| *kind != "null"),
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
    let choices = ["oneOf", "anyOf"]
        .iter()
        .find_map(|key| part[*key].as_array());
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

/// The pages of the passes of `render`, and their index.
fn passes() -> BTreeMap<String, String> {
    let sources = root().join("src/render/passes");
    let mut pages = BTreeMap::new();
    let mut index = "# Passes of render\n\n\
        A pass adds one thing to the pods that a row of the policy selects. Each page has an example, which is a test.\n\n"
        .to_owned();
    for name in pages_below(&sources) {
        let text = read(&sources.join(&name));
        let title = title_of(&text);
        writeln!(index, "- [{title}]({name})").expect("a string");
        pages.insert(format!("passes/{name}"), text);
    }
    pages.insert("passes/README.md".to_owned(), index);
    pages
}

/// The text of the first heading of a page.
fn title_of(page: &str) -> &str {
    let mut lines = page.lines();
    let heading = lines.find_map(|line| line.strip_prefix("# "));
    heading.expect("a page starts with a heading")
}

/// The table of contents of the site.
fn contents(pages: &BTreeSet<String>) -> String {
    let named: BTreeSet<&str> = SECTIONS
        .iter()
        .flat_map(|(_, entries)| *entries)
        .copied()
        .collect();
    let title = |page: &str| {
        let below = if ADDED.contains(&page) {
            root().to_owned()
        } else {
            docs()
        };
        title_of(&read(&below.join(page))).replace(['`', '[', ']'], "")
    };
    let mut summary = "# Summary\n\n[dunnage](README.md)\n".to_owned();
    for (section, entries) in SECTIONS {
        write!(summary, "\n# {section}\n\n").expect("a string");
        for entry in *entries {
            if Path::new(entry).extension().is_some() {
                let above = if ADDED.contains(entry) { "../" } else { "" };
                writeln!(summary, "- [{}]({above}{entry})", title(entry)).expect("a string");
                continue;
            }
            let of_folder = pages.iter().filter(|page| {
                let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
                folder == *entry
                    && !named.contains(page.as_str())
                    && *page != "README.md"
                    && *page != "SUMMARY.md"
            });
            let indent = if named.contains(format!("{entry}/README.md").as_str()) {
                "  "
            } else {
                ""
            };
            for page in of_folder {
                writeln!(summary, "{indent}- [{}]({page})", title(page)).expect("a string");
            }
        }
    }
    summary
}

fn generated() -> BTreeMap<String, String> {
    let mut pages = passes();
    pages.insert("reference/commands.md".to_owned(), reference_of_commands());
    let about = "Every key of `dunnage.yaml`, from the JSON Schema that `dunnage schema` prints. [Place pods](../render.md) explains\nwhat they do.";
    pages.insert(
        "reference/policy.md".to_owned(),
        reference_of_schema("The policy", about, "policy"),
    );
    let about = "Every key of the file that `--report` writes, from the JSON Schema that `dunnage schema report` prints.";
    pages.insert(
        "reference/report.md".to_owned(),
        reference_of_schema("The report", about, "report"),
    );
    pages
}

#[test]
fn generated_pages_are_fresh() {
    let generated = generated();
    let is_update = std::env::var_os("UPDATE").is_some();
    let mut stale = Vec::new();
    for (name, page) in &generated {
        let path = docs().join(name);
        if is_update {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, page).expect("a page can be written");
        } else if std::fs::read_to_string(path).ok().as_ref() != Some(page) {
            stale.push(name.clone());
        }
    }
    for folder in ["passes", "reference"] {
        let written = pages_below(&docs().join(folder)).into_iter();
        let written = written.map(|name| format!("{folder}/{name}"));
        stale.extend(written.filter(|name| !generated.contains_key(name)));
    }
    let contents = contents(&pages_below(&docs()));
    let path = docs().join("SUMMARY.md");
    if is_update {
        std::fs::write(path, contents).expect("a page can be written");
    } else if std::fs::read_to_string(path).ok() != Some(contents) {
        stale.push("SUMMARY.md".to_owned());
    }
    assert!(
        stale.is_empty(),
        "docs: {stale:?}; run `UPDATE=1 cargo test --test site`"
    );
}

// ---- links ----------------------------------------------------------------

/// mdBook writes only the pages that the table of contents lists.
#[test]
fn every_page_is_in_the_table_of_contents() {
    let summary = read(&docs().join("SUMMARY.md"));
    let listed: BTreeSet<&str> = links(&summary).into_iter().map(|(path, _)| path).collect();
    for page in pages_below(&docs()) {
        assert!(
            page == "SUMMARY.md" || listed.contains(page.as_str()),
            "docs/{page} is not in docs/SUMMARY.md"
        );
    }
    for code in support::explained_codes() {
        let page = format!("rules/{}.md", code["code"].as_str().expect("a code"));
        assert!(listed.contains(page.as_str()), "{page}");
    }
}

/// A text without its blocks and inline code, in which nothing is a link.
fn without_code(text: &str) -> String {
    let mut is_block = false;
    let lines = text.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        is_block ^= is_fence;
        !is_block && !is_fence
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The targets of relative links: the path and the heading.
fn links(text: &str) -> Vec<(&str, &str)> {
    let targets = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    targets
        .filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
        .map(|target| target.split_once('#').unwrap_or((target, "")))
        .collect()
}

/// The anchors of the headings of a page, as GitHub and mdBook make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let text = without_code(text);
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let heading = heading
            .trim_start_matches('#')
            .trim()
            .to_lowercase()
            .replace(' ', "-");
        heading
            .chars()
            .filter(|letter| letter.is_alphanumeric() || "-_".contains(*letter))
            .collect()
    };
    headings.map(anchor).collect()
}

/// The path of a link's target in the folder of the site's sources; `None` for a target outside of it.
fn resolved(page: &str, target: &str) -> Option<String> {
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    let mut is_outside = false;
    for part in target.split('/') {
        match part {
            ".." if parts.pop().is_none() => is_outside = true,
            "." | ".." => {}
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    (is_outside == ADDED.contains(&path.as_str())).then_some(path)
}

#[test]
fn links_work_on_the_site() {
    let mut wrong = Vec::new();
    for page in pages_below(&docs()) {
        let text = without_code(&read(&docs().join(&page)));
        for (target, anchor) in links(&text) {
            let path = if target.is_empty() {
                Some(page.clone())
            } else {
                resolved(&page, target)
            };
            let file = path.map(|path| match ADDED.contains(&path.as_str()) {
                true => root().join(path),
                false => docs().join(path),
            });
            let is_right = file
                .filter(|file| file.is_file())
                .is_some_and(|file| anchor.is_empty() || anchors(&read(&file)).contains(anchor));
            if !is_right {
                wrong.push(format!("docs/{page}: {target}#{anchor}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Pages load nothing from other hosts: an image or a script of another host would be loaded by every reader.
#[test]
fn pages_have_no_images_of_other_hosts() {
    for page in pages_below(&docs()) {
        let text = without_code(&read(&docs().join(&page)));
        for part in ["![", "<img", "<script", "<iframe"] {
            let mut found = text.match_indices(part);
            let is_foreign = found.any(|(at, _)| {
                let rest = text[at..].split(['\n', ')']).next().unwrap_or_default();
                rest.contains("://")
            });
            assert!(!is_foreign, "docs/{page}");
        }
    }
}

// ---- the picture of the README --------------------------------------------

/// What `dunnage lint` prints on a terminal about the first example, as a picture.
fn picture() -> String {
    let world = World::default()
        .folder("/examples", &root().join("examples"))
        .file(".git/HEAD", "ref: refs/heads/main\n")
        .variable("FORCE_COLOR", "1")
        .terminal(100)
        .at("/examples");
    let outcome = world
        .run("dunnage lint -f common.yaml -f prod.yaml")
        .exits(1);
    let command = "\u{1b}[1m$ dunnage lint -f common.yaml -f prod.yaml\u{1b}[0m";
    let shown = format!("{command}\n{}", outcome.printed());
    anstyle_svg::Term::new().render_svg(&shown)
}

#[test]
fn the_picture_of_the_readme_is_what_the_program_prints() {
    let path = docs().join("findings.svg");
    let picture = picture();
    assert!(picture.matches("error").count() >= 3, "{picture}");
    // A namespace is a name: nothing is loaded from it.
    let foreign = picture.replace("http://www.w3.org/", "");
    assert!(!foreign.contains("://"), "{foreign}");
    if std::env::var_os("UPDATE").is_some() {
        return std::fs::write(path, picture).expect("a picture can be written");
    }
    assert_eq!(
        read(&path),
        picture,
        "docs/findings.svg is stale; run `UPDATE=1 cargo test --test site`"
    );
}
