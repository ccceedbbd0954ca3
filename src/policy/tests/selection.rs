//! How rows and pools say by what their pods select nodes.

use super::refusals::{Expected, check};
use crate::policy::{NodeSelection, Policy, Purpose, read};
use crate::text::Sources;

fn policy(pools: &str, rows: &str) -> String {
    format!("version: 1\npools: {{{pools}}}\nworkloads:\n{rows}\n")
}

fn model(text: &str) -> Policy {
    let source = Sources::default().add("dunnage.yaml", text.to_owned());
    let (policy, problems) = read(source, text);
    policy.unwrap_or_else(|| panic!("{problems:?}"))
}

#[track_caller]
fn check_row(pools: &str, row: &str, at: &str, message: &str, help: &str) {
    let expected = Expected {
        code: "PO030",
        message,
        at,
        help,
    };
    check(&policy(pools, &format!("- {row}")), &expected);
}

#[test]
fn a_row_overrides_its_pool_and_a_node_selector_requires() {
    let pools = "a: {labels: {p: a}}, b: {labels: {p: b}, nodeSelection: nodeSelector}";
    let rows = [
        ("{pool: a}", NodeSelection::Affinity, Purpose::Prefer),
        (
            "{pool: a, nodeSelection: nodeSelector}",
            NodeSelection::NodeSelector,
            Purpose::Require,
        ),
        ("{pool: b}", NodeSelection::NodeSelector, Purpose::Require),
        (
            "{pool: b, matchNodePurpose: ignore}",
            NodeSelection::NodeSelector,
            Purpose::Ignore,
        ),
        (
            "{pool: b, nodeSelection: affinity}",
            NodeSelection::Affinity,
            Purpose::Prefer,
        ),
        (
            "{pool: [a, b], nodeSelection: affinity}",
            NodeSelection::Affinity,
            Purpose::Prefer,
        ),
        (
            "{pool: b, nodeSelection: affinity, matchNodePurpose: require}",
            NodeSelection::Affinity,
            Purpose::Require,
        ),
    ];
    for (row, selection, purpose) in rows {
        let policy = model(&policy(pools, &format!("- {row}")));
        let row = &policy.rows[0];
        assert_eq!(
            (row.selection, row.purpose),
            (selection, purpose),
            "{row:?}"
        );
        assert!(!row.override_node_selector);
    }
    let row = "- {pool: b, override: [nodeSelector]}";
    assert!(model(&policy(pools, row)).rows[0].override_node_selector);
}

#[test]
fn a_node_selector_cannot_prefer() {
    let message = "a node selector cannot express a preference: it requires every label";
    let help = "remove `matchNodePurpose`, or set `nodeSelection: affinity` in the row";
    for (pools, row) in [
        (
            "a: {}",
            "{pool: a, nodeSelection: nodeSelector, matchNodePurpose: prefer}",
        ),
        (
            "a: {nodeSelection: nodeSelector}",
            "{pool: a, matchNodePurpose: prefer}",
        ),
    ] {
        check_row(pools, row, "prefer", message, help);
    }
}

#[test]
fn a_node_selector_means_one_set_of_labels() {
    check_row(
        "a: {labels: {p: a}}, b: {labels: {p: b}}",
        "{pool: [a, b], nodeSelection: nodeSelector}",
        "[a, b]",
        "a node selector cannot match `a` or `b`: their labels differ",
        "name one pool, give the pools the same labels, or set `nodeSelection: affinity` in the row",
    );
    let same = "a: {labels: {p: x}}, b: {labels: {p: x}}";
    let row = "- {pool: [a, b], nodeSelection: nodeSelector}";
    assert_eq!(
        model(&policy(same, row)).rows[0].selection,
        NodeSelection::NodeSelector
    );
    check_row(
        "a: {labels: {p: x}, nodeSelection: nodeSelector}, b: {labels: {p: x}}",
        "{pool: [a, b]}",
        "[a, b]",
        "pools `a` and `b` of one row have different `nodeSelection`",
        "set `nodeSelection` in the row, or use the same value in both pools",
    );
}

#[test]
fn an_override_of_a_selector_that_is_not_written_is_refused() {
    check_row(
        "a: {labels: {p: a}}",
        "{pool: a, override: [nodeSelector]}",
        "[nodeSelector]",
        "`override: [nodeSelector]` has no effect: the row uses node affinity",
        "set `nodeSelection: nodeSelector` in the row or its pool",
    );
}

#[test]
fn fields_of_a_pod_spec_point_to_the_pool() {
    let unknown = |row: &str, message: &str, at: &str, help: &str| {
        let expected = Expected {
            code: "PO006",
            message,
            at,
            help,
        };
        check(&policy("core: {}", &format!("- {row}")), &expected);
    };
    unknown(
        "{pool: core, nodeSelector: {a: b}}",
        "unknown key `nodeSelector` in `workloads[0]`",
        "nodeSelector",
        "set the labels in `pools.NAME.labels` and `matchNodePurpose: require` in the row, or \
         `nodeSelection: nodeSelector` to write a node selector",
    );
    unknown(
        "{pool: core, tolerations: []}",
        "unknown key `tolerations` in `workloads[0]`",
        "tolerations",
        "set the node taints in `pools.NAME.taints` as `key=value:Effect`; pods get a toleration for \
         each",
    );
    check(
        "version: 1\npools: {core: {nodeSelector: {a: b}}}\n",
        &Expected {
            code: "PO006",
            message: "unknown key `nodeSelector` in `pools.core`",
            at: "nodeSelector",
            help: "set the labels in `pools.core.labels` and `matchNodePurpose: require` in the row, or \
                   `nodeSelection: nodeSelector` to write a node selector",
        },
    );
}
