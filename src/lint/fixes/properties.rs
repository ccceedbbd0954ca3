//! Remedies over generated values files.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::TestCaseResult;

use super::tests::{Case, ENABLED, REPLICAS};
use super::*;
use crate::diag::TextEdit;
use crate::text::Sources;
use crate::values::{self, Helm};

/// A value of a generated file, and how it is written.
#[derive(Debug, Clone)]
enum Part {
    Scalar(&'static str),
    List(Vec<Part>),
    Map {
        is_flow: bool,
        pairs: Vec<(String, Noise, Part)>,
    },
}

/// What stands above a key, and behind it.
type Noise = (&'static str, &'static str);

fn part() -> impl Strategy<Value = Part> {
    let scalars = [
        "1",
        "true",
        "0.5",
        "512Mi",
        "'it''s'",
        "\"a # b\"",
        "word",
        "a b",
        "http://x:80",
        "{}",
    ];
    let scalar = select(scalars.to_vec()).prop_map(Part::Scalar);
    scalar.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 1..3).prop_map(Part::List),
            3 => map(inner),
        ]
    })
}

fn map(inner: impl Strategy<Value = Part>) -> impl Strategy<Value = Part> {
    let above = ["", "", "", "# why\n", "\n# why\n", "# a\n# b\n", "\n"];
    let behind = ["", "", " # here"];
    let pair = (select(above.to_vec()), select(behind.to_vec()), inner);
    let pairs = prop::collection::btree_map("[a-e]", pair, 1..4);
    (prop::bool::weighted(0.2), pairs).prop_map(|(is_flow, pairs)| Part::Map {
        is_flow,
        pairs: pairs
            .into_iter()
            .map(|(key, (above, behind, part))| (key, (above, behind), part))
            .collect(),
    })
}

impl Part {
    fn flow(&self) -> String {
        match self {
            Part::Scalar(text) => (*text).to_owned(),
            Part::List(items) => {
                let items: Vec<String> = items.iter().map(Part::flow).collect();
                format!("[{}]", items.join(", "))
            }
            Part::Map { pairs, .. } => {
                let pair =
                    |(key, _, part): &(String, Noise, Part)| format!("{key}: {}", part.flow());
                let pairs: Vec<String> = pairs.iter().map(pair).collect();
                format!("{{{}}}", pairs.join(", "))
            }
        }
    }

    fn block(&self, blanks: usize, step: usize, out: &mut String) {
        let Part::Map { pairs, .. } = self else {
            return;
        };
        let indent = " ".repeat(blanks);
        for (key, (above, behind), part) in pairs {
            for line in above.lines() {
                let line = if line.is_empty() {
                    String::new()
                } else {
                    format!("{indent}{line}")
                };
                out.push_str(&format!("{line}\n"));
            }
            match part {
                Part::Map { is_flow: false, .. } => {
                    out.push_str(&format!("{indent}{key}:{behind}\n"));
                    part.block(blanks + step, step, out);
                }
                Part::List(items) => {
                    out.push_str(&format!("{indent}{key}:{behind}\n"));
                    for item in items {
                        out.push_str(&format!("{indent}- {}\n", item.flow()));
                    }
                }
                other => out.push_str(&format!("{indent}{key}: {}{behind}\n", other.flow())),
            }
        }
    }
}

/// A values file of a hub, below these keys.
fn file() -> impl Strategy<Value = (Vec<&'static str>, String)> {
    let of = |key: &str, part: Part| (key.to_owned(), ("", ""), part);
    let with = |key: &'static str, inside: Part| {
        move |part: Part| match part {
            Part::Map { is_flow, mut pairs } => {
                pairs.push(of(key, inside.clone()));
                Part::Map { is_flow, pairs }
            }
            other => other,
        }
    };
    let placeholder = map(part()).prop_map(with("replicas", Part::Scalar("3")));
    let scheduling = (map(part()), placeholder, any::<Index>());
    let scheduling = scheduling.prop_map(move |(part, placeholder, at)| match part {
        Part::Map { is_flow, mut pairs } => {
            let at = at.index(pairs.len() + 1);
            pairs.insert(at, of("userPlaceholder", placeholder));
            Part::Map { is_flow, pairs }
        }
        other => other,
    });
    let shape = (
        any::<bool>(),
        select(vec![2, 4]),
        any::<bool>(),
        any::<bool>(),
    );
    (scheduling, map(part()), shape).prop_map(move |(scheduling, user, shape)| {
        let (is_below, step, is_windows, ends) = shape;
        let pairs = vec![of("scheduling", scheduling), of("singleuser", user)];
        let hub = Part::Map {
            is_flow: false,
            pairs,
        };
        let (path, root) = if is_below {
            let pairs = vec![of("jupyterhub", hub), of("other", Part::Scalar("1"))];
            (
                vec!["jupyterhub"],
                Part::Map {
                    is_flow: false,
                    pairs,
                },
            )
        } else {
            (Vec::new(), hub)
        };
        let mut text = String::new();
        root.block(0, step, &mut text);
        text.truncate(text.len() - usize::from(!ends));
        if is_windows {
            text = text.replace('\n', "\r\n");
        }
        (path, text)
    })
}

/// Every value below a mapping that a file sets, with its path.
fn all<'v>(value: &'v Value, path: &str, found: &mut Vec<(String, &'v Value)>) {
    for (key, value) in value.as_map().into_iter().flat_map(|map| &map.entries) {
        let path = format!("{path}/{key}");
        all(value, &path, found);
        found.push((path, value));
    }
}

fn json(text: &str) -> Json {
    let source = Sources::default().add("prod.yaml", String::new());
    let read = values::read(source, text, Helm::Four);
    read.expect("what was verified is YAML").to_json()
}

/// What may go besides a key and its value: blanks, line breaks, commas and comments.
fn is_padding(text: &str) -> bool {
    let code = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    code.collect::<String>().chars().all(|letter| " \t\r\n,".contains(letter))
}

fn check_replaced(case: &Case, at: &str, value: &Value, new: &str) -> TestCaseResult {
    let cx = case.context();
    let edits = Case::proven(&cx, replace_scalar(&cx, value, new));
    prop_assert!(edits.is_some(), "{at}");
    let edits = edits.unwrap_or_default();
    prop_assert_eq!(
        edits.iter().map(|edit| edit.span).collect::<Vec<_>>(),
        vec![value.set.value]
    );
    let text = case.sources.get(value.set.value.source).text();
    let mut expected = json(text);
    *expected.pointer_mut(at).expect("it is there") = new.into();
    prop_assert_eq!(json(&case.files(&edits)[0]), expected);
    Ok(())
}

fn check_removed(case: &Case, at: &str, value: &Value) -> TestCaseResult {
    let cx = case.context();
    let edits = Case::proven(&cx, remove(&cx, value));
    prop_assert!(edits.is_some(), "{at}");
    let edits = edits.unwrap_or_default();
    let text = case.sources.get(value.set.value.source).text();
    let own = value.set.key.expect("it has a key").start..value.set.value.end;
    for edit in &edits {
        let (start, end) = (edit.span.start, edit.span.end);
        let before = &text[start..end.min(own.start).max(start)];
        let after = &text[start.max(own.end).min(end)..end];
        prop_assert!(
            is_padding(before) && is_padding(after),
            "{:?} {:?}",
            before,
            after
        );
    }
    let mut expected = json(text);
    let (above, key) = at.rsplit_once('/').expect("a path");
    let above = expected.pointer_mut(above).and_then(Json::as_object_mut);
    above.expect("a mapping").remove(key);
    prop_assert_eq!(json(&case.files(&edits)[0]), expected, "{}", text);
    Ok(())
}

fn check_set(case: &Case, path: &[&str]) -> TestCaseResult {
    let cx = case.context();
    let edits = Case::proven(&cx, set(&cx, ENABLED, true, REPLICAS));
    prop_assert!(edits.is_some());
    let edits = edits.unwrap_or_default();
    let is_insertion = |edit: &TextEdit| edit.span.start == edit.span.end;
    prop_assert!(edits.iter().all(is_insertion));
    let text = case.sources.get(edits[0].span.source).text();
    let mut expected = json(text);
    let of_hub = path.iter().fold(&mut expected, |at, key| &mut at[*key]);
    of_hub["scheduling"]["podPriority"]["enabled"] = true.into();
    prop_assert_eq!(json(&case.files(&edits)[0]), expected, "{}", text);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_remedy_changes_its_place_and_nothing_else(
        (path, text) in file(), chosen in any::<Index>(), new in "[a-zA-Z0-9 .:#'-]{0,6}",
    ) {
        let case = Case::new(&[("prod.yaml", &text)]);
        let cx = case.context();
        prop_assert_eq!(cx.hub.path, path.as_slice());
        check_set(&case, &path)?;
        let mut found = Vec::new();
        all(cx.hub.values, "", &mut found);
        let prefix: String = path.iter().map(|key| format!("/{key}")).collect();
        found.retain(|(_, value)| {
            let edge = value.set.key.is_none_or(|key| cx.hub.defaults.contains(&key.source));
            !edge && layers((&cx).into(), value).is_some()
        });
        let (at, value) = &found[chosen.index(found.len())];
        let at = format!("{prefix}{at}");
        check_removed(&case, &at, value)?;
        let is_scalar = !matches!(value.content, Content::Map(_) | Content::List(_));
        if is_scalar {
            check_replaced(&case, &at, value, &new)?;
        }
    }
}
