use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, Level};
use crate::lint::{Check, Rule, Stream};
use crate::yaml::{self, NodeRef, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Stream(check),
};

static CODE: Code = Code::error(
    "XR010",
    "duplicate-manifest-key",
    "a key is defined twice in a mapping of a manifest: the first is dropped",
)
.page(include_str!("duplicate_key.md"));

fn check(stream: &Stream<'_>, findings: &mut Vec<Diagnostic>) {
    for (part, document) in stream.documents.readable() {
        for mapping in document.nodes().filter(|node| is_mapping(*node)) {
            for (first, last) in duplicates(mapping) {
                let name = last.0.text().unwrap_or_default();
                let message =
                    format!("`{name}` is defined twice in one mapping: the first is dropped");
                let place = |key| stream.release.node_span(part, key);
                let finding = Diagnostic::new(&CODE, message)
                    .at(place(first.0), "dropped with everything below it")
                    .at(place(last.0), "this one is used")
                    .help("remove one from the chart template, or from the values that it renders");
                let is_same = Value::of(first.1).is_some_and(|one| Value::of(last.1) == Some(one));
                let level = if is_same { Level::Note } else { CODE.level };
                findings.push(Diagnostic { level, ..finding });
            }
        }
    }
}

/// Whether a node is a mapping, and not an alias of one, which would be checked twice.
fn is_mapping(node: NodeRef<'_>) -> bool {
    node.is_mapping() && !node.is_alias()
}

type Entry<'d> = (NodeRef<'d>, NodeRef<'d>);

/// Returns each entry that is dropped, with the next one of its name.
fn duplicates(mapping: NodeRef<'_>) -> Vec<(Entry<'_>, Entry<'_>)> {
    let mut seen = BTreeMap::new();
    let mut found = Vec::new();
    for entry in mapping.entries() {
        let name = yaml::key_name(entry.0).filter(|name| name != "<<");
        if let Some(first) = name.and_then(|name| seen.insert(name, entry)) {
            found.push((first, entry));
        }
    }
    found
}
