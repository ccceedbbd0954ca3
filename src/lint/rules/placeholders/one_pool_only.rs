use crate::diag::{Code, Diagnostic};
use crate::hub::affinity_terms::{expressions, key};
use crate::hub::components::PURPOSE;
use crate::hub::profiles::{self, SpawnerSettings};
use crate::hub::span;
use crate::lint::{Check, Context, Rule};
use crate::text::Span;
use crate::values::Value;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::note(
    "PH005",
    "placeholders-in-one-pool-only",
    "servers of a profile run on nodes without user placeholders",
)
.page(include_str!("one_pool_only.md"));

const REPLICAS: &str = "scheduling.userPlaceholder.replicas";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    if !hub.has_placeholders() {
        return;
    }
    let base = profiles::base(hub);
    let mut outside: Vec<(&str, Span)> = Vec::new();
    for settings in profiles::effective(hub) {
        let selector = other_nodes(&base, settings).map(span);
        let is_new = |selector: &Span| !outside.iter().any(|(_, known)| known == selector);
        if let Some(selector) = selector.filter(is_new) {
            outside.push((&settings.title, selector));
        }
    }
    // One finding, whatever the number of profiles and choices.
    let servers = match outside.as_slice() {
        [] => return,
        [(title, _)] => format!("{title} runs"),
        several => format!("{} profiles or choices run", several.len()),
    };
    let message = format!("{servers} on nodes without user placeholders");
    let mut finding =
        Diagnostic::new(&CODE, message).help("add a Deployment of placeholders for these nodes");
    for (_, selector) in outside.into_iter().take(MOST) {
        finding = finding.at(selector, "nodes without placeholders");
    }
    findings.push(hub.at(finding, &[(REPLICAS, "all in one node pool")]));
}

/// How many profiles are shown.
const MOST: usize = 3;

/// Returns what can place a server on nodes without placeholders: a node selector with another label or value than
/// that of placeholders, or other required terms. The node purpose does not count as a pool.
fn other_nodes<'s>(
    base: &SpawnerSettings<'_>,
    settings: &'s SpawnerSettings<'_>,
) -> Option<&'s Value> {
    const REQUIRED: &str = "node_affinity_required";
    let of_base = |label: &str| base.get("node_selector").and_then(|map| map.get(label));
    let mut selected = settings.entries("node_selector");
    let is_other = selected.any(|(label, value)| {
        let is_same = of_base(label).is_some_and(|of_base| of_base.to_json() == value.to_json());
        label != PURPOSE && !is_same
    });
    if is_other {
        return settings.get("node_selector");
    }
    let is_pool = |term: &&Value| {
        let all = expressions(term);
        all.into_iter().any(|it| key(it).is_some_and(|key| key != PURPOSE))
    };
    let pools = |settings: &SpawnerSettings<'_>| -> Vec<_> {
        let terms = settings.items(REQUIRED);
        terms.into_iter().filter(is_pool).map(Value::to_json).collect()
    };
    let own = pools(settings);
    settings.get(REQUIRED).filter(|_| !own.is_empty() && own != pools(base))
}
