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
    "placeholders hold no seats where servers of a profile run",
)
.page(include_str!("one_pool_only.md"));

const REPLICAS: &str = "scheduling.userPlaceholder.replicas";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    if !hub.has_placeholders() {
        return;
    }
    let base = profiles::base(hub);
    let mut found: Vec<(&str, Span)> = Vec::new();
    for settings in profiles::effective(hub) {
        let selector = elsewhere(&base, settings).map(span);
        let is_new = |selector: &Span| !found.iter().any(|(_, known)| known == selector);
        if let Some(selector) = selector.filter(is_new) {
            found.push((&settings.title, selector));
        }
    }
    // One finding about the placeholders, whatever the number of profiles and choices.
    let who = match found.as_slice() {
        [] => return,
        [(title, _)] => format!("{title} goes"),
        several => format!("{} profiles or choices go", several.len()),
    };
    let message = format!("placeholders go where `singleuser` sends them, and {who} elsewhere");
    let mut finding = Diagnostic::new(&CODE, message)
        .help("these nodes need placeholders of their own, beside those of the chart");
    for (_, selector) in found.into_iter().take(MOST) {
        finding = finding.at(selector, "nodes without a placeholder");
    }
    findings.push(hub.at(finding, &[(REPLICAS, "all in one pool")]));
}

/// How many of the profiles are shown.
const MOST: usize = 3;

/// What places a server where a placeholder need not be: a selector that asks for more than that of
/// placeholders, or for another thing, or other terms that are required. The purpose of a node is no pool.
fn elsewhere<'s>(
    base: &SpawnerSettings<'_>,
    settings: &'s SpawnerSettings<'_>,
) -> Option<&'s Value> {
    const REQUIRED: &str = "node_affinity_required";
    let of_base = |label: &str| base.get("node_selector").and_then(|map| map.get(label));
    let mut selected = settings.entries("node_selector");
    let asks = selected.any(|(label, value)| {
        let is_same = of_base(label).is_some_and(|of_base| of_base.to_json() == value.to_json());
        label != PURPOSE && !is_same
    });
    if asks {
        return settings.get("node_selector");
    }
    let is_pool = |term: &&Value| {
        let all = expressions(term);
        all.into_iter()
            .any(|it| key(it).is_some_and(|key| key != PURPOSE))
    };
    let pools = |settings: &SpawnerSettings<'_>| -> Vec<_> {
        let terms = settings.items(REQUIRED);
        terms
            .into_iter()
            .filter(is_pool)
            .map(Value::to_json)
            .collect()
    };
    let own = pools(settings);
    settings
        .get(REQUIRED)
        .filter(|_| !own.is_empty() && own != pools(base))
}
