use std::collections::HashMap;
use std::ops::Range;

use serde_json::Value;

use super::place::{Findings, PolicyPlace, pairs};
use super::{
    KEYWORDS, Policy, additions, codes, facts, image, lint, pool, row, templates, written,
};
use crate::diag::Diagnostic;
use crate::schema::{Codes, EmbeddedSchema, Instance, Step, Violation, ViolationKind, tree_spot};
use crate::text::{SourceId, Span};
use crate::yaml::{self, Document, NodeId, NodeRef};

/// The published schema without descriptions.
pub(super) static SCHEMA_OF_POLICIES: EmbeddedSchema = EmbeddedSchema::new(KEYWORDS);

/// Parts of `additions` that only later versions support.
const NOT_YET: [(&str, &str); 3] = [
    ("prePuller", "hook"),
    ("prePuller", "gate"),
    ("scheduling", "userScheduler"),
];

/// Reads a policy. It is `Some` if and only if no diagnostic is an error.
pub fn read(source: SourceId, text: &str) -> (Option<Policy>, Vec<Diagnostic>) {
    let mut findings = Findings::new();
    let policy = read_document(source, text, &mut findings);
    findings.sort_by_key(Diagnostic::span);
    let is_broken = findings.iter().any(Diagnostic::is_error);
    (policy.filter(|_| !is_broken), findings)
}

fn read_document(source: SourceId, text: &str, findings: &mut Findings) -> Option<Policy> {
    let span = |range: Range<usize>| Span::new(source, range);
    let document = match yaml::parse(text) {
        Ok(document) => document,
        Err(error) => {
            findings.push(syntax_error(source, text, &error));
            return None;
        }
    };
    findings.extend(second_document(source, &document));
    let Some(root) = document.root().filter(|root| root.is_mapping()) else {
        findings.push(not_a_mapping(source, &document));
        return None;
    };
    find_duplicates(source, &document, findings);
    let mut value = match yaml::to_json(root) {
        Ok(value) => value,
        Err(error) => {
            findings
                .push(Diagnostic::new(&codes::NO_JSON, error.message).at(span(error.range), ""));
            return None;
        }
    };
    let place = PolicyPlace::new(source, root);
    if let Some(other) =
        value.get("version").filter(|version| version.is_number() && **version != 1)
    {
        let message = format!("policy format version {other} is not supported");
        let diagnostic = Diagnostic::new(&codes::WRONG_VERSION, message);
        findings.push(
            diagnostic
                .at(place.under("version").span(), "expected 1")
                .help("set `version: 1`, or use a version of dunnage that supports this format"),
        );
        return None;
    }
    refuse_unsupported(&mut value, place, findings);
    let violations = check_shape(source, root, &value);
    if violations.is_empty() {
        return check_meaning(value, place, findings);
    }
    findings.extend(violations);
    None
}

fn syntax_error(source: SourceId, text: &str, error: &yaml::ParseError) -> Diagnostic {
    let start = (0..=error.offset.min(text.len()))
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0);
    let length = text[start..]
        .chars()
        .next()
        .filter(|char| *char != '\n')
        .map_or(0, char::len_utf8);
    let message = format!("the policy is not YAML: {}", error.message);
    let diagnostic = Diagnostic::new(&codes::NOT_YAML, message)
        .at(Span::new(source, start..start + length), "")
        .unparsed();
    let line = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let indent = text[line..].bytes().take_while(|byte| matches!(byte, b' ' | b'\t'));
    if indent.into_iter().any(|byte| byte == b'\t') {
        return diagnostic.help("indent with spaces: YAML does not allow tabs in indentation");
    }
    diagnostic
}

/// Returns an error if the file has a second document; a `---` without content after it is allowed.
fn second_document(source: SourceId, document: &Document<'_>) -> Option<Diagnostic> {
    let start = document.trailing?;
    let rest = &document.text[start..];
    let content = rest.strip_prefix("---").unwrap_or(rest);
    if yaml::split(content).into_iter().all(|part| yaml::is_blank(&content[part])) {
        return None;
    }
    let end = start + rest.lines().next().map_or(0, str::len);
    let diagnostic = Diagnostic::new(
        &codes::SEVERAL_DOCUMENTS,
        "the policy file has a second YAML document",
    );
    let diagnostic = diagnostic.at(Span::new(source, start..end), "second document");
    Some(diagnostic.help("merge both documents into one"))
}

fn not_a_mapping(source: SourceId, document: &Document<'_>) -> Diagnostic {
    let root = document.root().filter(|root| !root.is_null());
    let message = match root {
        None => "the policy is empty",
        Some(root) if root.is_sequence() => "the policy is a list, not a mapping",
        Some(_) => "the policy is a single value, not a mapping",
    };
    let range = root.map_or(0..0, NodeRef::range);
    let diagnostic =
        Diagnostic::new(&codes::NOT_A_MAPPING, message).at(Span::new(source, range), "");
    diagnostic
        .help("start with `version: 1`, `pools` and `workloads`; `dunnage init` proposes a policy")
}

/// Reports keys that are set twice. Helm would use the last one; in a policy, that is never intended.
fn find_duplicates(source: SourceId, document: &Document<'_>, findings: &mut Findings) {
    for mapping in document.nodes().filter(|node| !node.is_alias() && node.is_mapping()) {
        let mut first: HashMap<String, NodeId> = HashMap::new();
        for (key, _) in mapping.entries() {
            let Some(name) = yaml::key_name(key) else {
                continue;
            };
            let earlier = *first.entry(name.clone()).or_insert(key.id());
            if earlier == key.id() {
                continue;
            }
            let span = |range| Span::new(source, range);
            let message = format!("`{name}` is set twice");
            let diagnostic =
                Diagnostic::new(&codes::DUPLICATE_KEY, message).at(span(key.range()), "set again");
            let diagnostic = diagnostic.at(span(document.at(earlier).range()), "first set here");
            findings.push(diagnostic.help("merge the two values, or remove one"));
        }
    }
}

/// Reports parts of `additions` that are not supported yet, and removes them.
fn refuse_unsupported(value: &mut Value, place: PolicyPlace<'_>, findings: &mut Findings) {
    let entries = value.get_mut("additions").and_then(Value::as_array_mut);
    let places = place.under("additions").items();
    for (entry, place) in entries.into_iter().flatten().zip(places) {
        refuse_parts(entry, place, findings);
        let pools = entry.get_mut("pools").and_then(Value::as_object_mut);
        for (name, pool) in pools.into_iter().flatten() {
            refuse_parts(pool, place.under("pools").under(name), findings);
        }
    }
}

fn refuse_parts(parts: &mut Value, place: PolicyPlace<'_>, findings: &mut Findings) {
    for (section, key) in NOT_YET {
        let settings = parts.get_mut(section).and_then(Value::as_object_mut);
        if settings.and_then(|settings| settings.remove(key)).is_some() {
            let message = format!("`additions[].{section}.{key}` is not supported yet");
            findings.push(
                Diagnostic::new(&codes::NOT_SUPPORTED, message)
                    .at(place.under(section).key(key), "not supported")
                    .help("remove it, or upgrade dunnage"),
            );
        }
    }
}

fn check_shape(source: SourceId, root: NodeRef<'_>, value: &Value) -> Vec<Diagnostic> {
    let codes = Codes {
        unknown_key: &codes::UNKNOWN_KEY,
        missing_key: &codes::MISSING_KEY,
        wrong_type: &codes::WRONG_TYPE,
        wrong_value: &codes::WRONG_VALUE,
    };
    let spot = |steps: &[Step]| tree_spot(source, 0, root, steps);
    let found = SCHEMA_OF_POLICIES.check(Instance { value, spot: &spot }).into_iter();
    let explained = found.map(|violation| Violation {
        help: help_for_pod_field(&violation).or(violation.help),
        ..violation
    });
    explained.map(|violation| violation.diagnostic(&codes)).collect()
}

/// Returns the help for a field of a pod spec, which the policy derives from the pool.
fn help_for_pod_field(violation: &Violation) -> Option<String> {
    let ViolationKind::UnknownKey { key, .. } = &violation.kind else {
        return None;
    };
    let [Step::Key(section), at] = &violation.steps[..] else {
        return None;
    };
    let of_pool = |list: &str| match at {
        Step::Key(pool) => format!("`pools.{pool}.{list}`"),
        Step::Index(_) => format!("`pools.NAME.{list}`"),
    };
    let help = match (section.as_str(), key.as_str()) {
        ("workloads" | "pools", "nodeSelector") => format!(
            "set the labels in {} and `matchNodePurpose: require` in the row, or \
             `nodeSelection: nodeSelector` to write a node selector",
            of_pool("labels")
        ),
        ("workloads", "labels") | ("workloads" | "pools", "affinity" | "nodeAffinity") => format!(
            "set the node labels in {}; with `matchNodePurpose` in the row, pods prefer or \
             require them",
            of_pool("labels")
        ),
        ("workloads" | "pools", "tolerations") => format!(
            "set the node taints in {} as `key=value:Effect`; pods get a toleration for each",
            of_pool("taints")
        ),
        _ => return None,
    };
    Some(help)
}

fn check_meaning(value: Value, place: PolicyPlace<'_>, findings: &mut Findings) -> Option<Policy> {
    let entries = value.get("additions").cloned();
    let written: written::Policy = match serde_json::from_value(value) {
        Ok(written) => written,
        Err(error) => {
            // An error that the schema cannot express, such as a number beyond 32 bits.
            let message = format!("cannot read the policy: {error}");
            findings.push(Diagnostic::new(&codes::WRONG_VALUE, message).at(place.span(), ""));
            return None;
        }
    };
    let pools = pool::check_all(written.pools, place.under("pools"), findings);
    let kinds = templates::check_all(&written.templates, place.under("templates"), findings);
    let rows = row::check_all(
        &written.workloads,
        row::KnownNames {
            pools: &pools,
            kinds: &kinds,
        },
        place.under("workloads"),
        findings,
    );
    let existing = pairs(
        &written.priority_classes.existing,
        place.under("priorityClasses").under("existing"),
    );
    let existing_classes: Vec<_> =
        existing.map(|(class, place)| place.spanned(class.to_owned())).collect();
    findings.extend(existing_classes.iter().filter_map(row::class_flaw));
    let extra = place.under("prePuller").under("extraImages");
    let extra_images = image::check_extra(written.pre_puller.extra_images, extra, findings);
    let facts = facts::check(
        written.autoscaler.as_ref(),
        written.demand.as_ref(),
        written.lead.as_ref(),
        place,
        findings,
    );
    let context = additions::PartContext::new(&pools, &facts);
    let of_additions = place.under("additions");
    let additions = additions::Entries(entries.as_ref(), &written.additions);
    let additions = additions::check_all(additions, context, of_additions, findings);
    let lint = lint::check(&written.lint, place.under("lint"), findings);
    Some(Policy {
        source: place.source(),
        pools,
        rows,
        existing_classes,
        extra_images,
        additions,
        jobs: written.jobs,
        facts,
        lint,
        kinds,
    })
}
