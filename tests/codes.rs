//! Codes are what people suppress and search for: each id and each name stands for one thing.

#![allow(clippy::disallowed_methods, reason = "a test reads the source tree")]

use std::collections::BTreeMap;
use std::path::Path;

/// Every `Code::level("ID", "name", ..)` below a folder, as (id, name).
fn codes(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder of the source tree") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            codes(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a source file");
        for declaration in text.split(": Code = Code::").skip(1) {
            let mut words = declaration.split('"').skip(1).step_by(2);
            let mut word = || {
                words
                    .next()
                    .expect("an id, a name and a summary")
                    .to_owned()
            };
            found.push((word(), word()));
        }
    }
}

#[test]
fn each_id_and_each_name_stands_for_one_thing() {
    let mut found = Vec::new();
    codes(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    assert!(found.len() > 40, "only {} codes", found.len());
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
    let twice: Vec<&&str> = seen
        .iter()
        .filter(|(_, count)| **count > 1)
        .map(|(word, _)| word)
        .collect();
    assert!(twice.is_empty(), "{twice:?}");
}
