//! One name stands for one thing: a type name that comes more than once is listed with the reason why it may.

use std::collections::{BTreeMap, BTreeSet};

mod support;

use support::source_code;

/// Names that several types have, the files that declare them, and why.
const SHARED: &[(&str, &[&str], &str)] = &[
    (
        "Codes",
        &["project/codes.rs", "schema/violation.rs"],
        "both are codes: all of a program, and those that a caller gives to violations of a schema",
    ),
    (
        "Entry",
        &["lint/rules/manifests/duplicate_key.rs", "yaml/tree.rs"],
        "the rule's is a pair of nodes that are an entry of the tree",
    ),
    (
        "Outcome",
        &["lint/input.rs", "render/engine.rs"],
        "each engine has one, named by its module: `lint::Outcome`, `render::Outcome`",
    ),
    (
        "Value",
        &["values/value.rs", "yaml/value.rs"],
        "a Helm value, which knows who set it, and a YAML value, which does not",
    ),
];

/// Types of the policy as it is written, which have the names of the checked ones.
const AS_WRITTEN: &str = "policy/written.rs";

/// The types that the code without its unit tests declares at the level of a module.
fn declared(text: &str) -> impl Iterator<Item = &str> {
    let code = text.split("\n#[cfg(test)]\n").next().unwrap_or_default();
    code.lines().filter_map(|line| {
        let rest = line.split_once(' ').filter(|(word, _)| word.starts_with("pub"));
        let rest = rest.map_or(line, |(_, rest)| rest);
        let rest = rest.strip_prefix("in crate").map_or(rest, |rest| {
            rest.split_once(' ').map_or(rest, |(_, rest)| rest)
        });
        let (keyword, name) = rest.split_once(' ')?;
        let is_type = ["struct", "enum", "trait", "type"].contains(&keyword);
        let end = name.find(|c: char| !c.is_alphanumeric()).unwrap_or(name.len());
        is_type.then_some(&name[..end])
    })
}

#[test]
fn a_name_stands_for_one_type() {
    let mut types: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut twice = Vec::new();
    for (file, text) in source_code() {
        let file = file.trim_start_matches("src/").to_owned();
        if file == AS_WRITTEN {
            continue;
        }
        for name in declared(&text) {
            if !types.entry(name.to_owned()).or_default().insert(file.clone()) {
                twice.push(format!("{name} twice in {file}"));
            }
        }
    }
    assert!(types.len() > 300, "only {} types were found", types.len());
    let shared = types.into_iter().filter(|(_, files)| files.len() > 1);
    for (name, files) in shared {
        let known = SHARED.iter().find(|(known, ..)| *known == name);
        let known =
            known.map(|(_, files, _)| files.iter().map(|file| (*file).to_owned()).collect());
        if known.as_ref() != Some(&files) {
            twice.push(format!("{name} in {files:?}"));
        }
    }
    assert!(twice.is_empty(), "{twice:#?}");
}
