//! Stacks of values as Helm 3 and Helm 4 put them together: `testdata/values`.

#![allow(clippy::disallowed_methods, reason = "tests read their input")]

use std::collections::{BTreeMap, BTreeSet};

use dunnage::text::{Sources, Span};
use dunnage::values::{self, Chart, ChartFile, Content, Helm, Map, SetKind, Value};
use serde_json::Value as Json;

/// Cases in which we differ from both Helms or from one, and why.
const DIFFERENT: [(&str, &str); 6] = [
    (
        "text: directive",
        "Helm 3 refuses `%YAML 1.2`, and we read it",
    ),
    (
        "text: dash in a flow list",
        "our parser takes no `-` alone there",
    ),
    (
        "text: tagged int of text",
        "a tag that does not fit is no error",
    ),
    ("text: sops", "what sops adds for itself is no value"),
    (
        "sub-chart: listed and missing",
        "a chart may be linted before its dependencies are there",
    ),
    ("sub-chart: listed, disabled and missing", "the same"),
];

/// What every chart of the tree sees, by the path of its name (`p/charts/a`); nothing where Helm refuses.
type Seen = Option<BTreeMap<String, Json>>;

fn texts(list: &Json) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Json::as_str)
}

/// Options with their arguments.
fn pairs(arguments: &Json) -> impl Iterator<Item = (SetKind, &str)> {
    let words: Vec<&str> = texts(arguments).collect();
    let kind = |option: &str| match option {
        "--set" => SetKind::Typed,
        "--set-string" => SetKind::String,
        "--set-json" => SetKind::Json,
        "--set-literal" => SetKind::Literal,
        other => panic!("{other} is not known"),
    };
    let pairs: Vec<_> = words.chunks(2).map(|pair| (kind(pair[0]), pair[1])).collect();
    pairs.into_iter()
}

/// What we make of a case.
fn ours(case: &Json, helm: Helm) -> Seen {
    let mut sources = Sources::default();
    let files = case["chart"].as_object().expect("a chart").iter();
    let files = files.map(|(path, text)| ChartFile {
        path: path.clone(),
        content: text.as_str().expect("a text").as_bytes().to_vec(),
        place: None,
    });
    let chart = values::read_chart(&mut sources, "p", files.collect(), helm).ok()?;
    let nowhere = Span::new(sources.add("values", String::new()), 0..0);
    let mut merged = Value::new(Content::Map(Map::default().into()), None, nowhere);
    for text in texts(&case["files"]) {
        let source = sources.add("values.yaml", text.to_owned());
        values::lay_over(&mut merged, values::read(source, text, helm).ok()?);
    }
    let mut arguments: Vec<(SetKind, &str)> = pairs(&case["args"]).collect();
    arguments.sort_by_key(|(kind, _)| *kind);
    for (kind, text) in arguments {
        let source = sources.add("--set", text.to_owned());
        let mut none = |_: &str| Err("no files".to_owned());
        values::set(&mut merged, kind, helm, source, text, &mut none).ok()?;
    }
    let coalesced = values::coalesced(chart, merged, helm).ok()?;
    let mut seen = BTreeMap::new();
    let path = coalesced.chart.name.clone();
    see(&coalesced.chart, &coalesced.values, path, &mut seen);
    Some(seen)
}

fn see(chart: &Chart, values: &Value, path: String, seen: &mut BTreeMap<String, Json>) {
    for below in &chart.charts {
        let of_below = values.get(&below.name).expect("values of a chart");
        seen.insert(format!("{path}/charts/{}", below.name), of_below.to_json());
    }
    seen.insert(path, values.to_json());
}

/// What Helm made of it; where that varies from run to run, all that was seen.
fn theirs(case: &Json, helm: Helm) -> Vec<Seen> {
    let key = match helm {
        Helm::Three => "helm3",
        Helm::Four => "helm4",
    };
    let answer = case.get("helm").unwrap_or(&case[key]);
    match answer.get("any").and_then(Json::as_array) {
        Some(answers) => answers.iter().map(seen_by_helm).collect(),
        None => vec![seen_by_helm(answer)],
    }
}

fn seen_by_helm(answer: &Json) -> Seen {
    let answer = answer.as_object().expect("an answer");
    if answer.get("error") == Some(&Json::Bool(true)) {
        return None;
    }
    let shown = answer.iter().filter(|(path, _)| path.matches('/').count() <= 2);
    Some(shown.map(|(path, json)| (path.clone(), json.clone())).collect())
}

/// Numbers as Helm's templates see them: floats.
fn leveled(json: &Json) -> Json {
    match json {
        Json::Number(number) => number.as_f64().map_or(Json::Null, Json::from),
        Json::Array(items) => items.iter().map(leveled).collect(),
        Json::Object(map) => {
            Json::Object(map.iter().map(|(key, value)| (key.clone(), leveled(value))).collect())
        }
        other => other.clone(),
    }
}

fn level(seen: Seen) -> Seen {
    let seen = seen?.into_iter();
    Some(seen.map(|(path, json)| (path, leveled(&json))).collect())
}

#[test]
fn stacks_come_together_as_in_helm() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/values");
    let mut checked = 0;
    let mut different = BTreeSet::new();
    for file in ["stacks.json", "by-hand.json"] {
        let text = std::fs::read_to_string(format!("{folder}/{file}")).expect("recorded answers");
        let cases: Vec<Json> = serde_json::from_str(&text).expect("JSON");
        for case in &cases {
            for helm in [Helm::Three, Helm::Four] {
                let name = case["name"].as_str().expect("a name");
                let ours = level(ours(case, helm));
                let theirs = theirs(case, helm);
                let is_one = theirs.into_iter().any(|theirs| level(theirs) == ours);
                if DIFFERENT.iter().any(|(known, _)| *known == name) {
                    different.extend((!is_one).then_some(name.to_owned()));
                    continue;
                }
                assert!(is_one, "{name} under {helm:?}: {ours:?}");
                checked += 1;
            }
        }
    }
    assert_eq!(different.len(), DIFFERENT.len(), "{different:?}");
    assert!(checked > 1200, "{checked}");
}
