//! What stands already is changed or taken away, anywhere in a document.

use std::ops::Range;

use dunnage::yaml::edit::{Planner, Rewrite, verify};
use dunnage::yaml::{Document, NodeContent, NodeRef, Value, key_name, parse};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::TestCaseResult;
use serde_yaml::Value as Judge;

use super::manifests::{VARIANTS, Variant, case, judge};
use super::run;

/// One step from a collection down.
#[derive(Debug, Clone)]
enum Step {
    Key(String),
    Item(usize),
}

/// How to come from the root to a node; a key's is its value's.
fn path(node: NodeRef<'_>) -> Vec<Step> {
    let Some(parent) = node.node().parent else {
        return Vec::new();
    };
    let parent = node.document().at(parent);
    let mut steps = path(parent);
    if let Some(index) = parent.items().position(|item| item.id() == node.id()) {
        steps.push(Step::Item(index));
    } else {
        let mut entries = parent.entries();
        let entry = entries.find(|(key, value)| [key.id(), value.id()].contains(&node.id()));
        let (key, _) = entry.expect("a child is an item, a key or a value");
        steps.push(Step::Key(key_name(key).unwrap_or_default()));
    }
    steps
}

fn at<'j>(judge: &'j mut Judge, steps: &[Step]) -> &'j mut Judge {
    steps.iter().fold(judge, |judge, step| match step {
        Step::Key(key) => {
            let mapping = judge.as_mapping_mut().expect("a mapping");
            mapping.get_mut(key.as_str()).expect("the key")
        }
        Step::Item(index) => &mut judge.as_sequence_mut().expect("a list")[*index],
    })
}

/// The new text, and what is gone of the old one.
fn rewritten(document: &Document<'_>, rewrite: Rewrite) -> Option<(String, Vec<Range<usize>>)> {
    let rewrites = [rewrite];
    let planner = Planner::new(document).ok()?;
    let all = planner.plan(document, &[], &rewrites).ok()?;
    verify(document, &[], &rewrites, &all).ok()?;
    let mut text = String::new();
    let mut end = 0;
    for (range, new) in &all {
        text.push_str(&document.text[end..range.start]);
        text.push_str(new);
        end = range.end;
    }
    text.push_str(&document.text[end..]);
    Some((text, all.into_iter().map(|(range, _)| range).collect()))
}

fn scalars() -> impl Strategy<Value = Value> {
    let text = select(vec![
        "512M",
        "0.5",
        "yes",
        "a b",
        "it's",
        "a: b",
        "[x",
        "1e3",
        "0x1F",
        "",
        "é",
        "two\nlines",
    ]);
    prop_oneof![
        text.prop_map(Value::from),
        "[0-9a-zA-Z._/-]{1,6}".prop_map(Value::String),
        any::<i32>().prop_map(|number| Value::from(i64::from(number))),
        any::<bool>().prop_map(Value::Bool),
    ]
}

fn check_scalar(text: &str, chosen: Index, value: &Value) -> TestCaseResult {
    let document = parse(text).expect("generated manifests are YAML");
    let is_scalar = |node: &NodeRef<'_>| matches!(node.node().content, NodeContent::Scalar { .. });
    let is_key = |node: NodeRef<'_>| {
        let parent = node.node().parent.map(|parent| document.at(parent));
        parent.is_some_and(|parent| parent.entries().any(|(key, _)| key.id() == node.id()))
    };
    let scalars: Vec<NodeRef<'_>> =
        document.nodes().filter(|node| is_scalar(node) && !is_key(*node)).collect();
    if scalars.is_empty() {
        return Ok(());
    }
    let node = scalars[chosen.index(scalars.len())];
    let value = value.clone();
    let rewrite = Rewrite::Scalar {
        node: node.id(),
        value: value.clone(),
    };
    let Some((new, gone)) = rewritten(&document, rewrite) else {
        return Ok(());
    };
    prop_assert_eq!(gone, vec![node.range()]);
    let mut expected = judge(text);
    let mut json = String::new();
    value.write_json(&mut json);
    *at(&mut expected, &path(node)) = judge(&json);
    prop_assert_eq!(judge(&new), expected, "{}\n->\n{}", text, new);
    Ok(())
}

/// What may go besides a key and its value: blanks, line breaks, commas and comments.
fn is_padding(text: &str) -> bool {
    let code = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    code.collect::<String>().chars().all(|letter| " \t\r\n,".contains(letter))
}

fn check_removed(text: &str, chosen: Index) -> TestCaseResult {
    let document = parse(text).expect("generated manifests are YAML");
    let mut places = Vec::new();
    for mapping in document.nodes().filter(|node| !node.is_alias() && node.is_mapping()) {
        places.extend(mapping.raw_entries().iter().map(|entry| (mapping, *entry)));
    }
    if places.is_empty() {
        return Ok(());
    }
    let (mapping, entry) = places[chosen.index(places.len())];
    let rewrite = Rewrite::Remove {
        mapping: mapping.id(),
        key: entry.key,
    };
    let Some((new, gone)) = rewritten(&document, rewrite) else {
        return Ok(());
    };
    let (key, value) = (document.at(entry.key), document.at(entry.value));
    let own = key.range().start..value.range().end.max(entry.colon_end);
    for range in gone {
        let before = &text[range.start..range.end.min(own.start).max(range.start)];
        let after = &text[range.start.max(own.end).min(range.end)..range.end];
        prop_assert!(
            is_padding(before) && is_padding(after),
            "{:?} {:?} of\n{}",
            before,
            after,
            text
        );
    }
    let mut expected = judge(text);
    let mut steps = path(value);
    let Some(Step::Key(name)) = steps.pop() else {
        return Err(TestCaseError::fail("the value of a key has one"));
    };
    let of = at(&mut expected, &steps).as_mapping_mut().expect("a mapping");
    of.remove(name.as_str());
    prop_assert_eq!(judge(&new), expected, "{}\n->\n{}", text, new);
    let is_windows = text.contains("\r\n");
    let breaks = new.matches('\n').count();
    prop_assert_eq!(
        new.matches("\r\n").count(),
        if is_windows { breaks } else { 0 }
    );
    let again = all_keys(&new);
    prop_assert_eq!(again + 1 + keys_below(value), all_keys(text));
    Ok(())
}

fn all_keys(text: &str) -> usize {
    let document = parse(text).expect("what was verified parses");
    document
        .nodes()
        .filter(|node| !node.is_alias())
        .map(|node| node.raw_entries().len())
        .sum()
}

fn keys_below(value: NodeRef<'_>) -> usize {
    if value.is_alias() {
        return 0;
    }
    let own = value.raw_entries().len();
    let below = value.entries().map(|(_, value)| keys_below(value));
    own + below.chain(value.items().map(keys_below)).sum::<usize>()
}

#[test]
fn one_scalar_changes_and_nothing_else() {
    for variant in VARIANTS {
        let cases = (case(variant, 0..12), any::<Index>(), scalars());
        run(128, &cases, |(case, chosen, value)| {
            check_scalar(&case.text, chosen, &value)
        });
    }
}

#[test]
fn one_key_goes_and_nothing_else() {
    for variant in VARIANTS {
        let cases = (case(variant, 0..12), any::<Index>());
        run(128, &cases, |(case, chosen)| {
            check_removed(&case.text, chosen)
        });
    }
}

/// Refusing everything would keep every promise.
#[test]
fn most_keys_can_be_taken_away() {
    let done = std::cell::Cell::new((0, 0));
    run(64, &case(Variant::AsIs, 0..12), |case| {
        let document = parse(&case.text).expect("YAML");
        for mapping in document.nodes().filter(|node| !node.is_alias()) {
            for entry in mapping.raw_entries() {
                let rewrite = Rewrite::Remove {
                    mapping: mapping.id(),
                    key: entry.key,
                };
                let (right, all) = done.get();
                let is_done = rewritten(&document, rewrite).is_some();
                done.set((right + usize::from(is_done), all + 1));
            }
        }
        Ok(())
    });
    let (right, all) = done.get();
    assert!(right * 10 > all * 8, "{right} of {all}");
}
