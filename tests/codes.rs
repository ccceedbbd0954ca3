//! Codes are what people suppress and search for: each id and each name stands for one thing, and `dunnage rule`
//! explains each.

#![allow(clippy::disallowed_methods, reason = "a test reads the source tree")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

mod support;

use support::explained_codes;

/// The source files below a folder without their unit tests.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder of the source tree") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
            continue;
        }
        let is_source = path.extension().is_some_and(|ending| ending == "rs");
        if !is_source || path.ends_with("tests.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a source file");
        let code = text.split("#[cfg(test)]\nmod tests").next();
        found.push((path, code.unwrap_or_default().to_owned()));
    }
    found
}

/// Every `: Code = Code::level("ID", "name", ..)` below a folder, as (id, name).
fn codes(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (_, text) in sources(folder) {
        for declaration in text.split(": Code =").skip(1) {
            let declaration = declaration.trim_start();
            if !declaration.starts_with("Code::") {
                continue;
            }
            let mut words = declaration.split('"').skip(1).step_by(2);
            let mut word = || words.next().expect("an id, a name and a summary").to_owned();
            found.push((word(), word()));
        }
    }
    found
}

/// Every code that is declared below `src`, as (id, name).
fn declared() -> Vec<(String, String)> {
    let found = codes(&src());
    assert!(found.len() > 170, "only {} codes", found.len());
    found
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// A code is declared beside what raises it, and listed in `ALL` of its module; one that is not listed is one that
/// nobody can look up.
#[test]
fn every_code_is_explained() {
    let entries = explained_codes();
    let text = |entry: &Value, key: &str| entry[key].as_str().expect(key).to_owned();
    let explained: BTreeSet<(String, String)> =
        entries.iter().map(|entry| (text(entry, "code"), text(entry, "name"))).collect();
    assert_eq!(explained.len(), entries.len(), "a code is listed twice");
    assert_eq!(explained, declared().into_iter().collect());
}

/// No other way to make a code than a static, or the test above would miss it.
#[test]
fn codes_are_statics() {
    let mut others = Vec::new();
    constructors(&src(), &mut others);
    // The constructors of `Code` itself.
    others.retain(|other| !other.contains("src/diag/code.rs"));
    assert!(others.is_empty(), "{others:?}");
}

/// Lines that make a code and do not declare a static; those of unit tests are nobody's.
fn constructors(folder: &Path, found: &mut Vec<String>) {
    for (path, text) in sources(folder) {
        let makers = [
            "Code::error(",
            "Code::warning(",
            "Code::note(",
            "Code::hint(",
        ];
        for (at, _) in makers.iter().flat_map(|maker| text.match_indices(maker)) {
            if !text[..at].trim_end().ends_with(": Code =") {
                found.push(format!("{}: {}", path.display(), &text[at..at + 20]));
            }
        }
    }
}

#[test]
fn each_id_and_each_name_stands_for_one_thing() {
    let found = declared();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (id, name) in &found {
        let (family, number) = id.split_at(2);
        assert!(
            family.chars().all(|letter| letter.is_ascii_uppercase()),
            "{id}"
        );
        assert!(number.len() == 3 && number.parse::<u16>().is_ok(), "{id}");
        assert!(
            name.chars().all(|letter| letter.is_ascii_lowercase()
                || letter.is_ascii_digit()
                || letter == '-'),
            "{name}"
        );
        *seen.entry(id).or_default() += 1;
        *seen.entry(name).or_default() += 1;
    }
    let twice: Vec<&&str> =
        seen.iter().filter(|(_, count)| **count > 1).map(|(word, _)| word).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
