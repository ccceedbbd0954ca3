//! Compares how dunnage and Helm's readers read YAML. `scripts/readers` records the
//! answers in `testdata/yaml/readers.json`; a case with `ours` says where and why dunnage reads otherwise.

use serde::Deserialize;
use serde_json::Value;

use super::{parse, to_json};

#[derive(Debug, Deserialize)]
struct Case {
    text: String,
    v2: Answer,
    ours: Option<Answer>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Answer {
    // A null is an answer too.
    #[serde(default, deserialize_with = "some")]
    json: Option<Value>,
    #[serde(default)]
    error: Option<String>,
}

fn some<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

fn read(text: &str) -> Answer {
    let read = match parse(text) {
        Err(error) => Err(error.message),
        Ok(document) => match document.root() {
            None => Ok(Value::Null),
            Some(root) => to_json(root).map_err(|error| error.message),
        },
    };
    match read {
        Ok(json) => Answer {
            json: Some(json),
            error: None,
        },
        Err(error) => Answer {
            json: None,
            error: Some(error),
        },
    }
}

#[test]
fn what_helm_reads_is_read_alike_or_named() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../../testdata/yaml/readers.json"))
        .expect("recorded answers");
    let mut checked = 0;
    for Case { text, v2, ours } in cases {
        let is = read(&text);
        match ours {
            Some(ours) => {
                assert_eq!(is, ours, "{text:?}");
                assert_ne!(ours, v2, "{text:?} is read alike: `ours` can go");
            }
            // What Helm refuses need not be refused.
            None if v2.json.is_none() => continue,
            None => assert_eq!(is, v2, "{text:?}"),
        }
        checked += 1;
    }
    assert!(checked > 120, "only {checked} answers");
}
