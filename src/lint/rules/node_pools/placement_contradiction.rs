use super::{CORE_MATCH, core_pods};
use crate::diag::{Code, Diagnostic};
use crate::hub::Hub;
use crate::hub::affinity_terms::{exclude_each_other, excludes, expressions, key, text};
use crate::hub::components::PURPOSE;
use crate::hub::profiles::{self, SpawnerSettings};
use crate::hub::span;
use crate::lint::{Check, Context, Rule};
use crate::values::Value;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "NP007",
    "unsatisfiable-placement",
    "node selector and node affinity exclude each other, so the pod stays pending",
)
.page(include_str!("placement_contradiction.md"));

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for settings in profiles::effective(hub) {
        if let Some(finding) = of_users(settings) {
            profiles::report(findings, finding);
        }
    }
    findings.extend(core_pods(hub).into_iter().filter_map(|pod| of_core(hub, pod)));
}

/// Returns a finding if every required term contradicts the node selector or itself.
fn of_users(settings: &SpawnerSettings<'_>) -> Option<Diagnostic> {
    let terms = settings.items("node_affinity_required");
    let selector = settings.get("node_selector");
    let conflicts: Option<Vec<_>> = terms.iter().map(|term| conflict(term, selector)).collect();
    let (expression, other) = *conflicts?.first()?;
    let label = key(expression)?;
    let message = format!(
        "{} cannot be scheduled: two conditions on `{label}` exclude each other",
        settings.title
    );
    Some(
        Diagnostic::new(&CODE, message)
            .at(span(other), "one condition")
            .at(span(expression), "contradicts the other")
            .help("remove one of them: both must match"),
    )
}

/// Returns an expression of a term and what it contradicts: a label of the node selector or an earlier expression.
fn conflict<'v>(term: &'v Value, selector: Option<&'v Value>) -> Option<(&'v Value, &'v Value)> {
    let all = expressions(term);
    for (index, expression) in all.iter().enumerate() {
        if let Some(selector) = selector.filter(|selector| excludes(expression, selector)) {
            return Some((expression, selector.get(key(expression)?)?));
        }
        let earlier = &all[..index];
        if let Some(other) = earlier.iter().find(|it| exclude_each_other(it, expression)) {
            return Some((expression, other));
        }
    }
    None
}

/// Returns a finding if the node selector of a core pod requires another purpose than `core`.
fn of_core(hub: &Hub<'_>, pod: &str) -> Option<Diagnostic> {
    let path = format!("{pod}.nodeSelector");
    let wanted = hub.get(&path)?.get(PURPOSE)?;
    let purpose = text(wanted).filter(|purpose| *purpose != "core")?;
    if hub.text(CORE_MATCH) != Some("require") {
        return None;
    }
    let message = format!(
        "pods of `{pod}` cannot be scheduled: they select `{purpose}` nodes, but core pods require `core` nodes"
    );
    let finding = Diagnostic::new(&CODE, message)
        .at(span(wanted), "selects other nodes")
        .help("remove one of them: both must match");
    Some(hub.at(finding, &[(CORE_MATCH, "requires core nodes")]))
}
