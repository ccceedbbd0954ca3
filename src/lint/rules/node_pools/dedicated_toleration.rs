use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::components::DEDICATED;
use crate::hub::profiles::{self, items};
use crate::hub::span;
use crate::hub::tolerations::{missing, of_another_value, with_spellings};
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::Value;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "NP005",
    "missing-dedicated-toleration",
    "a list of tolerations lacks the taint of the dedicated node pool",
)
.page(include_str!("dedicated_toleration.md"))
.fix(FixKind::Safe);

const USER_PODS: &str = "scheduling.userPods.tolerations";
const CORE_PODS: &str = "scheduling.corePods.tolerations";
const EXTRA: &str = "singleuser.extraTolerations";

/// Tolerations of single core pods, which the chart adds to `scheduling.corePods.tolerations`.
const EXTRA_OF_CORE_PODS: [&str; 4] = [
    "hub.tolerations",
    "proxy.chp.tolerations",
    "proxy.traefik.tolerations",
    "scheduling.userScheduler.tolerations",
];

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let all = |path: &str| hub.get(path).map(items).unwrap_or_default();
    let with_extra = [all(USER_PODS), all(EXTRA)].concat();
    findings.extend(chart_list_replaced(cx, USER_PODS, &with_extra, "user"));
    findings.extend(chart_list_replaced(cx, CORE_PODS, &all(CORE_PODS), "core"));
    // `[]` is the documented way to remove the chart's tolerations. The added lists must then have both spellings.
    if all(USER_PODS).is_empty() {
        findings.extend(hub.get(EXTRA).and_then(|list| one_spelling(cx, list, "user")));
    }
    if all(CORE_PODS).is_empty() {
        let lists = EXTRA_OF_CORE_PODS.iter().filter_map(|path| hub.get(path));
        findings.extend(lists.filter_map(|list| one_spelling(cx, list, "core")));
    }
    for settings in profiles::effective(hub) {
        if !settings.is_overridden("tolerations") {
            continue;
        }
        let list = settings.get("tolerations");
        let finding = list
            .and_then(|list| one_spelling(cx, list, "user").or_else(|| wrong_pool(list, "user")));
        if let Some(finding) = finding {
            profiles::report(findings, finding);
        }
    }
}

/// Returns a finding if a list overrides the chart's list and lacks a spelling of the taint.
fn chart_list_replaced(
    cx: &Context<'_>,
    path: &str,
    all: &[&Value],
    value: &str,
) -> Option<Diagnostic> {
    let hub = cx.hub;
    let list = hub.get(path).filter(|_| hub.is_set(path))?;
    let missing = missing(all, value);
    if items(list).is_empty() || missing.is_empty() || pools_are_tolerated(cx, &missing, value) {
        return None;
    }
    if let Some(finding) = wrong_pool(list, value) {
        return Some(finding);
    }
    let message = format!("`{path}` does not tolerate `{}`", missing.join("` or `"));
    let extra = match path {
        USER_PODS => EXTRA,
        _ => "hub.tolerations",
    };
    let help = format!(
        "set `{extra}` instead, which keeps the chart's tolerations; use `[]` here to tolerate nothing"
    );
    let mut finding = Diagnostic::new(&CODE, message).help(help);
    finding.level = level(cx, &missing);
    let finding = hub.at(finding, &[(path, "replaces the chart's list")]);
    let edits = fixes::append(cx, list, with_spellings(all, &missing, value));
    Some(fixes::safe_fix(
        finding,
        "tolerate the dedicated taint",
        edits,
    ))
}

/// Returns a finding if a list has only one of the two spellings of the taint.
fn one_spelling(cx: &Context<'_>, list: &Value, value: &str) -> Option<Diagnostic> {
    let all = items(list);
    let spellings = missing(&all, value);
    let [missing] = spellings.as_slice() else {
        return None;
    };
    if pools_are_tolerated(cx, &spellings, value) {
        return None;
    }
    let message =
        format!("only one spelling of the dedicated taint is tolerated: `{missing}` is missing");
    let mut finding = Diagnostic::new(&CODE, message)
        .at(span(list), "one of two spellings")
        .help("tolerate both spellings: some clouds do not allow `/` in a taint key");
    finding.level = level(cx, &spellings);
    let edits = fixes::append(cx, list, with_spellings(&all, &spellings, value));
    Some(fixes::safe_fix(finding, "tolerate both spellings", edits))
}

/// Returns the spellings that the policy's pools use in taints with this value; with any value for `None`.
fn spellings_of_pools<'p>(cx: &Context<'p>, value: Option<&str>) -> Vec<&'p str> {
    let taints = cx.pools.iter().flat_map(|pool| &pool.taints);
    let meant = taints.filter(|taint| value.is_none_or(|value| taint.value == value));
    let keys = meant.map(|taint| taint.key.as_str());
    keys.filter(|key| DEDICATED.contains(key)).collect()
}

/// Whether the policy's pools have the taint, and only in spellings that are tolerated.
fn pools_are_tolerated(cx: &Context<'_>, missing: &[&str], value: &str) -> bool {
    let spellings = spellings_of_pools(cx, Some(value));
    !spellings.is_empty() && !spellings.iter().any(|key| missing.contains(key))
}

/// Returns a hint if one spelling is tolerated and no policy tells which one the nodes have.
fn level(cx: &Context<'_>, missing: &[&str]) -> Level {
    let is_half = missing.len() < DEDICATED.len();
    if is_half && spellings_of_pools(cx, None).is_empty() {
        Level::Hint
    } else {
        CODE.level
    }
}

/// Returns a finding if a list tolerates the dedicated taint of another node pool only.
fn wrong_pool(list: &Value, value: &str) -> Option<Diagnostic> {
    let all = items(list);
    let (item, own) = of_another_value(&all, value)?;
    if missing(&all, value).len() < 2 {
        return None;
    }
    let message = format!(
        "the list tolerates the taint of `{own}` nodes, but its pods belong on `{value}` nodes"
    );
    let at = item.get("value").unwrap_or(item);
    Some(
        Diagnostic::new(&CODE, message)
            .at(span(at), format!("tolerates `{own}`"))
            .at(span(list), format!("pods of `{value}` nodes"))
            .help(format!(
                "set `value: {value}`, or add a toleration with this value"
            )),
    )
}
