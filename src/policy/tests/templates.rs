//! Kinds that the policy adds.

use super::refusals::{Expected, check};
use crate::k8s::OnChange;
use crate::policy::read;
use crate::text::Sources;

/// Checks what is said of the entries of `templates`, beside a row.
#[track_caller]
fn check_templates(entries: &str, code: &str, message: &str, at: &str, help: &str) {
    let policy = format!("version: 1\npools: {{core: {{}}}}\ntemplates:\n{entries}");
    check(
        &policy,
        &Expected {
            code,
            message,
            at,
            help,
        },
    );
}

#[test]
fn a_kind_is_known_to_rows_and_to_the_table() {
    let policy = "version: 1\npools: {core: {}}\nworkloads: [{match: {kind: Gizmo, template: a*}, pool: core}]\n\
                  templates: [{group: example.org, kind: Gizmo, path: 'spec.groups[].template', restarts: true}]\n";
    let mut sources = Sources::default();
    let (policy, diagnostics) = read(sources.add("dunnage.yaml", policy.to_owned()), policy);
    assert_eq!(diagnostics, []);
    let policy = policy.expect("a policy");
    let kind = policy.kinds.get("example.org", "Gizmo").expect("it was added");
    assert_eq!(kind.places[0].path, "spec.groups[].template");
    assert_eq!(kind.on_change, OnChange::Restart);
    assert!(policy.kinds.get("apps", "Deployment").is_some());
}

#[test]
fn an_unknown_kind_says_how_it_could_be_known() {
    let policy = "version: 1\npools: {core: {}}\nworkloads: [{match: {kind: Gizmo}, pool: core}]\n";
    let mut sources = Sources::default();
    let (_, diagnostics) = read(sources.add("dunnage.yaml", policy.to_owned()), policy);
    let help = diagnostics[0].help.as_deref().expect("help");
    assert!(
        help.starts_with("add the kind to `templates`; known kinds: Pod, "),
        "{help}"
    );
}

#[test]
fn a_path_is_keys_with_dots() {
    check_templates(
        "- {group: a.b, kind: C, path: 'spec.groups[0].template'}\n",
        "PO025",
        "`spec.groups[0].template` is not a path to a pod template",
        "groups[0]",
        "separate keys with dots: `spec.groups[].template` (`[]`: each item of a list), \
         `spec.replicas.*.template` (`*`: each value of a mapping), `spec.template?` (`?`: created if it is missing)",
    );
    check_templates(
        "- {group: a.b, kind: C, path: 'spec.groups?.groups[]'}\n",
        "PO025",
        "`spec.groups?.groups[]` is not a path to a pod template",
        "groups[]",
        "separate keys with dots: `spec.groups[].template` (`[]`: each item of a list), \
         `spec.replicas.*.template` (`*`: each value of a mapping), `spec.template?` (`?`: created if it is missing)",
    );
}

#[test]
fn a_kind_stands_there_once() {
    check_templates(
        "- {group: a.b, kind: C, path: spec.a}\n- {group: a.b, kind: C, path: spec.b}\n",
        "PO026",
        "`C` is listed twice under `templates`",
        "C",
        "use one entry with a list of paths",
    );
}

#[test]
fn an_entry_has_a_group_a_kind_and_a_path() {
    check_templates(
        "- {group: a.b, kind: C}\n",
        "PO007",
        "missing key `path` in `templates[0]`",
        "group",
        "",
    );
}
