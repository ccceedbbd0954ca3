//! Hides values in a tree, so that the output is well-formed in every format.

use serde_json::{Map, Value};

use super::names;
use super::verdict::{Cover, Hiding, Verdict};
use super::{mask, masked};

/// The text for a value that is hidden completely.
const STARS: &str = "***";

/// Returns the tree with secrets as stars: a value hidden by its key becomes `***`; in other strings (a script, a
/// document, an address), what [`mask`] hides becomes stars.
pub fn mask_values(mut values: Value) -> Value {
    hide(&mut values, "", Verdict::default(), false);
    values
}

fn hide(value: &mut Value, key: &str, verdict: Verdict, is_secret: bool) {
    match value {
        Value::Null => {}
        Value::String(text) => hide_text(text, verdict.scalar),
        Value::Bool(_) | Value::Number(_) => {
            if verdict.scalar.hides(&value.to_string()) {
                *value = STARS.into();
            }
        }
        Value::Array(items) => {
            hide_words(items);
            for item in items {
                hide(item, key, verdict.of_item(), is_secret);
            }
        }
        Value::Object(map) => hide_entries(map, key, verdict.nested, is_secret),
    }
}

fn hide_text(text: &mut String, cover: Cover) {
    let is_hidden = match cover {
        // A string is a string, whatever YAML would make of it without quotes.
        Cover::All => !text.is_empty(),
        cover => cover.hides(text),
    };
    if is_hidden {
        STARS.clone_into(text);
    } else {
        *text = mask(text).into_owned();
    }
}

fn hide_entries(map: &mut Map<String, Value>, parent: &str, outer: Hiding, is_secret: bool) {
    let kind = map.get("kind").and_then(Value::as_str);
    let is_secret = is_secret || kind.is_some_and(names::is_secret_kind);
    let name = map.get("name").and_then(Value::as_str);
    let names_credential = name.is_some_and(names::is_credential);
    for (key, value) in map.iter_mut() {
        let mut verdict = Verdict::of(key, parent, outer, is_secret);
        if key == "value" && names_credential {
            verdict.scalar = verdict.scalar.max(Cover::Settings);
        }
        hide(value, key, verdict, is_secret);
    }
    hide_keys(map);
}

/// Hides keys, which can be tokens too; two that look the same afterwards differ in their stars.
fn hide_keys(map: &mut Map<String, Value>) {
    let is_shown = |key: &String| masked(key, &[]).is_empty();
    if map.keys().all(is_shown) {
        return;
    }
    for (key, value) in std::mem::take(map) {
        let mut shown = mask(&key).into_owned();
        while map.contains_key(&shown) {
            shown.push('*');
        }
        map.insert(shown, value);
    }
}

/// Hides the words of a command by the words before them: `["--token", "X"]`.
fn hide_words(items: &mut [Value]) {
    let words: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
    let Some(words) = words.filter(|words| words.len() > 1) else {
        return;
    };
    // Each word is one line of letters: only the words before it matter here.
    let letter = |letter: char| match letter {
        letter if letter.is_ascii_alphanumeric() || "-_./:=@".contains(letter) => letter,
        _ => '_',
    };
    let line = |word: &&str| format!("- {}\n", word.chars().map(letter).collect::<String>());
    let lines: Vec<String> = words.iter().map(line).collect();
    let text = lines.concat();
    let hidden = masked(&text, &[]);
    let mut start = 0;
    for (item, line) in items.iter_mut().zip(&lines) {
        let word = start + 2;
        start += line.len();
        if hidden.iter().any(|range| range.contains(&word)) {
            *item = STARS.into();
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(values: Value, expected: &Value) {
        assert_eq!(mask_values(values), *expected);
    }

    #[test]
    fn values_are_hidden_by_their_keys() {
        check(
            json!({"hub": {"cookieSecret": "a\"b", "port": 8081, "config": {"X": {"client_secret": 12, "scope": ["a"]}}}}),
            &json!({"hub": {"cookieSecret": "***", "port": 8081, "config": {"X": {"client_secret": "***", "scope": ["a"]}}}}),
        );
        check(
            json!({"extraEnv": {"A": "x y", "DEBUG": "on", "PORT": 80, "API_TOKEN": 80}, "env": [{"name": "A", "value": "x"}, {"name": "PASSWORD", "value": "1"}]}),
            &json!({"extraEnv": {"A": "***", "DEBUG": "on", "PORT": 80, "API_TOKEN": "***"}, "env": [{"name": "A", "value": "***"}, {"name": "PASSWORD", "value": "***"}]}),
        );
        check(
            json!({"extraFiles": {"a": {"mountPath": "/a", "stringData": "x", "data": {"b": 1}, "mode": 420}}}),
            &json!({"extraFiles": {"a": {"mountPath": "/a", "stringData": "***", "data": {"b": "***"}, "mode": 420}}}),
        );
        check(
            json!([{"kind": "Secret", "data": {"a": "x"}}, {"kind": "ConfigMap", "data": {"a": "x"}}]),
            &json!([{"kind": "Secret", "data": {"a": "***"}}, {"kind": "ConfigMap", "data": {"a": "x"}}]),
        );
    }

    #[test]
    fn strings_are_hidden_in_part() {
        check(
            json!({"extraConfig": {"a": "c.X.client_secret = \"x\"\nc.X.y = 1\n"}, "args": ["--token", "x", "a"], "url": "a://u:x@h"}),
            &json!({"extraConfig": {"a": "c.X.client_secret = ***\nc.X.y = 1\n"}, "args": ["--token", "***", "a"], "url": "a://u:*@h"}),
        );
    }

    #[test]
    fn words_are_hidden_by_the_words_before_them_only() {
        check(
            json!(["AKIAIOSFODNN7EXAMPLE"]),
            &json!(["********************"]),
        );
        check(
            json!(["--token", "", "a\n- --token", "b"]),
            &json!(["--token", "", "a\n- --token", "b"]),
        );
    }

    #[test]
    fn keys_are_hidden_and_stay_apart() {
        check(
            json!({"AKIAIOSFODNN7EXAMPL1": 1, "AKIAIOSFODNN7EXAMPL2": 2}),
            &json!({"********************": 1, "*********************": 2}),
        );
    }
}
