#![expect(clippy::disallowed_methods, reason = "the expectations are files")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::yaml::{is_blank, parse, split};

/// What a release's pods get: one of each kind of edit.
fn place(spec: NodeRef<'_>) -> [Edit; 3] {
    let toleration = Value::map([
        ("key", "hub.jupyter.org/dedicated".into()),
        ("operator", "Equal".into()),
        ("value", "0644".into()),
    ]);
    let expression = Value::map([
        ("key", "pool".into()),
        ("operator", "In".into()),
        ("values", Value::Sequence(vec!["on".into()])),
    ]);
    let expressions = Value::Sequence(vec![expression]);
    let preference = Value::map([
        ("weight", 100.into()),
        (
            "preference",
            Value::map([("matchExpressions", expressions)]),
        ),
    ]);
    let affinity = [
        "affinity",
        "nodeAffinity",
        "preferredDuringSchedulingIgnoredDuringExecution",
    ];
    [
        Edit::extend_path(spec, &["tolerations"], vec![toleration]),
        Edit::put_path(spec, &["priorityClassName"], "yes".into()),
        Edit::extend_path(spec, &affinity, vec![preference]),
    ]
}

/// The pod specs of a document, or of the items of a list.
fn pod_specs(object: NodeRef<'_>) -> Vec<NodeRef<'_>> {
    if let Some(items) = object.get("items") {
        return items.items().flat_map(pod_specs).collect();
    }
    let paths: [&[&str]; 3] = [
        &["spec", "jobTemplate", "spec", "template", "spec"],
        &["spec", "template", "spec"],
        &["spec"],
    ];
    let spec = paths.iter().find_map(|path| object.get_path(path));
    spec.into_iter().collect()
}

/// One document with its pods placed, or what is in the way.
fn place_all(text: &str) -> Result<String, String> {
    let document =
        parse(text).map_err(|error| format!("not YAML at byte {}: {error}", error.offset))?;
    let root = document
        .root()
        .expect("a part that is not blank has a root");
    let edits: Vec<Edit> = pod_specs(root).into_iter().flat_map(place).collect();
    apply(&document, &edits).map_err(|refusal| {
        let what = &text[refusal.range()];
        format!("`{}`: {refusal}", what.escape_debug())
    })
}

/// A whole stream with its pods placed, or every document that refuses.
fn place_stream(stream: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut refusals = String::new();
    let mut at = 0;
    for (index, part) in split(stream).into_iter().enumerate() {
        let text = &stream[part.clone()];
        out.push_str(&stream[at..part.start]);
        at = part.end;
        if is_blank(text) {
            out.push_str(text);
            continue;
        }
        match place_all(text) {
            Ok(placed) => out.push_str(&placed),
            Err(refusal) => writeln!(refusals, "part {index}: {refusal}").expect("a string"),
        }
    }
    if refusals.is_empty() {
        Ok(out)
    } else {
        Err(refusals)
    }
}

/// Compares with what the file holds, or with its absence; `UPDATE=1` makes the file agree.
fn check_file(path: &Path, actual: Option<&str>) -> Result<(), String> {
    let expected = fs::read_to_string(path).ok();
    if expected.as_deref() == actual {
        return Ok(());
    }
    if std::env::var("UPDATE").is_err() {
        return Err(format!(
            "{}:\nexpected {expected:?}\nactual   {actual:?}\n",
            path.display()
        ));
    }
    match actual {
        Some(text) => fs::write(path, text),
        None => fs::remove_file(path),
    }
    .map_err(|error| error.to_string())
}

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/yaml/edits");
    let entries = fs::read_dir(root).expect("the folder of cases");
    let paths = entries.map(|entry| entry.expect("a readable folder").path());
    let mut cases: Vec<PathBuf> = paths.filter(|path| path.is_dir()).collect();
    cases.sort();
    cases
}

#[test]
fn streams_become_what_is_expected() {
    let mut wrong = String::new();
    for case in cases() {
        let stream = fs::read_to_string(case.join("in.yaml")).expect("in.yaml");
        let (placed, refusals) = match place_stream(&stream) {
            Ok(placed) => (Some(placed), None),
            Err(refusals) => (None, Some(refusals)),
        };
        for (name, actual) in [("out.yaml", placed), ("refused.txt", refusals)] {
            if let Err(difference) = check_file(&case.join(name), actual.as_deref()) {
                wrong.push_str(&difference);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
