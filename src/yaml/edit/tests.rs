#![expect(clippy::disallowed_methods, reason = "the expectations are files")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::yaml::{is_blank, parse, split};

mod rewrites;

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
    let root = document.root().expect("a part that is not blank has a root");
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

/// A document after edits of its root, or why it is not changed.
#[track_caller]
fn check_edits(text: &str, edits: impl Fn(NodeRef<'_>) -> Vec<Edit>, expected: Result<&str, &str>) {
    let document = parse(text).expect("YAML");
    let edits = edits(document.root().expect("a root"));
    let edited = apply(&document, &edits).map_err(|refusal| refusal.to_string());
    let edited = edited.as_deref().map_err(String::as_str);
    assert_eq!(edited, expected, "{text}");
}

#[track_caller]
fn check_put(text: &str, path: &[&str], value: &Value, expected: Result<&str, &str>) {
    let put = |root: NodeRef<'_>| vec![Edit::put_path(root, path, value.clone())];
    check_edits(text, put, expected);
}

#[track_caller]
fn check_extend(text: &str, path: &[&str], expected: Result<&str, &str>) {
    let extend = |root: NodeRef<'_>| vec![Edit::extend_path(root, path, vec!["b".into()])];
    check_edits(text, extend, expected);
}

#[test]
fn edits_below_one_missing_key_make_one_mapping() {
    let paths = |paths: &'static [&'static [&'static str]]| {
        move |root: NodeRef<'_>| -> Vec<Edit> {
            let put = |path: &&[&str]| Edit::put_path(root, path, "x".into());
            paths.iter().map(put).collect()
        }
    };
    let two = paths(&[&["a", "b"], &["a", "c"]]);
    check_edits("{}", two, Ok(r#"{"a": {"b": "x", "c": "x"}}"#));
    check_edits("k: v\n", two, Ok("k: v\na:\n  b: x\n  c: x\n"));
    check_edits("a:\n", two, Ok("a:\n  b: x\n  c: x\n"));
    check_edits(
        "a: {d: e}\n",
        two,
        Ok("a: {d: e, \"b\": \"x\", \"c\": \"x\"}\n"),
    );
    check_edits(
        "k: v\n",
        paths(&[
            &["a", "b", "c"],
            &["a", "b", "d"],
            &["a", "e", "f"],
            &["a", "g"],
        ]),
        Ok("k: v\na:\n  b:\n    c: x\n    d: x\n  e:\n    f: x\n  g: x\n"),
    );
    check_edits("k: v\n", paths(&[&["a"], &["b"]]), Ok("k: v\na: x\nb: x\n"));
}

#[test]
fn a_value_of_another_kind_is_not_replaced() {
    let map = || Value::map([("k", "v".into())]);
    check_put("a: [x]\n", &["a"], &map(), Err("expected a mapping"));
    check_put("a: [x]\n", &["a"], &"v".into(), Err("expected a scalar"));
    check_put("a: {b: c}\n", &["a"], &"v".into(), Err("expected a scalar"));
    check_extend("a: {b: c}\n", &["a"], Err("expected a list"));
    check_extend("a: x\n", &["a"], Err("expected a list"));
    // An empty one of the other kind is a mistake, and not empty.
    check_put("a: []\n", &["a"], &map(), Err("expected a mapping"));
    check_extend("a: {}\n", &["a"], Err("expected a list"));
    check_put("a: {}\n", &["a"], &"v".into(), Ok("a: v\n"));
    check_put("a: []\n", &["a"], &"v".into(), Ok("a: v\n"));
    check_put("a: {}\n", &["a"], &map(), Ok("a:\n  k: v\n"));
    check_extend("a: []\n", &["a"], Ok("a:\n- b\n"));
    check_extend("a: [x]\n", &["a"], Ok("a: [x, \"b\"]\n"));
    check_put("a: x\n", &["a"], &"v".into(), Ok("a: v\n"));
    // What would be refused for its anchor is first of another kind.
    for value in ["&x {b: c}", "&x [b]"] {
        let text = format!("a: {value}\n");
        check_put(&text, &["a"], &"v".into(), Err("expected a scalar"));
    }
}

#[test]
fn a_key_follows_a_block_scalar_that_ends_before_the_file() {
    check_put(
        "a:\n  b: |\n    x\nc: d",
        &["a", "e"],
        &"v".into(),
        Ok("a:\n  b: |\n    x\n  e: v\nc: d"),
    );
    check_put(
        "a:\n  c: d\n  b: |\n    x",
        &["a", "e"],
        &"v".into(),
        Ok("a:\n  c: d\n  e: v\n  b: |\n    x"),
    );
    check_put("b: |\n  x", &["e"], &"v".into(), Ok("e: v\nb: |\n  x"));
    // The comment above the last key stays with it.
    check_put(
        "a: |\n  y\n# of b\nb: |\n  x",
        &["e"],
        &"v".into(),
        Ok("a: |\n  y\ne: v\n# of b\nb: |\n  x"),
    );
    check_put(
        "a: y # of a\n# of b\nb: |\n  x",
        &["e"],
        &"v".into(),
        Ok("a: y # of a\ne: v\n# of b\nb: |\n  x"),
    );
}

#[test]
fn what_fills_an_empty_key_is_laid_out_as_its_neighbors() {
    check_put("a:\n", &["a"], &Value::Mapping(Vec::new()), Ok("a: {}\n"));
    let nothing = |root: NodeRef<'_>| vec![Edit::extend_path(root, &["a"], Vec::new())];
    check_edits("a:\n", nothing, Ok("a: []\n"));
    check_extend("k:\n  - x\na:\n", &["a"], Ok("k:\n  - x\na:\n  - b\n"));
    check_extend("k:\n- x\na:\n", &["a"], Ok("k:\n- x\na:\n- b\n"));
    check_extend("a:", &["a"], Ok("a:\n- b"));
    check_extend("k: v\r\na:", &["a"], Ok("k: v\r\na:\r\n- b"));
    check_extend("a:\n- x", &["a"], Ok("a:\n- x\n- b"));
    check_extend("a: [ # none\n]\n", &["a"], Ok("a: [\"b\" # none\n]\n"));
    check_extend(
        "a: [\n  x # y, z\n  ,\n]\n",
        &["a"],
        Ok("a: [\n  x # y, z\n  , \"b\"\n]\n"),
    );
    let map = Value::map([("k", "v".into())]);
    check_put(
        "m:\n    k: v\na: ~\n",
        &["a"],
        &map,
        Ok("m:\n    k: v\na:\n    k: v\n"),
    );
    // The nearest collections count, not the first ones of the document.
    check_put(
        "k:\n    l: v\nm:\n  n:\n    o: v\n  a:\n",
        &["m", "a"],
        &map,
        Ok("k:\n    l: v\nm:\n  n:\n    o: v\n  a:\n    k: v\n"),
    );
    check_extend(
        "k:\n  - x\nm:\n  n:\n  - x\n  a:\n",
        &["m", "a"],
        Ok("k:\n  - x\nm:\n  n:\n  - x\n  a:\n  - b\n"),
    );
}

#[test]
fn replacements_are_proven() {
    let document = parse("a: 1\nb: 2\n").expect("YAML");
    let root = document.root().expect("a root");
    let edits = [Edit::put_path(root, &["a"], "x".into())];
    let planner = Planner::new(&document).expect("a planner");
    let replacements = planner.plan(&document, &edits, &[]).expect("a plan");
    assert_eq!(replacements, [(3..4, "x".to_owned())]);
    assert_eq!(verify(&document, &edits, &[], &replacements), Ok(()));
    for wrong in [
        vec![],
        vec![(3..4, "y".to_owned())],
        vec![(8..9, "x".to_owned())],
        vec![(3..4, "[".to_owned())],
        vec![(3..4, "x\n---\nc: d".to_owned())],
    ] {
        let proven = verify(&document, &edits, &[], &wrong);
        assert_eq!(proven, Err(Refusal::Unverified(0..10)), "{wrong:?}");
    }
    // A collection with members is never replaced.
    let document = parse("a: {b: c}\n").expect("YAML");
    let edits = [Edit::put_path(
        document.root().expect("a root"),
        &["a"],
        "x".into(),
    )];
    let replacements = [(3..9, "x".to_owned())];
    let proven = verify(&document, &edits, &[], &replacements);
    assert_eq!(proven, Err(Refusal::Unverified(0..10)));
}
