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
    "dedicated-toleration-broken",
    "a list of tolerations lost the ones of the dedicated pools",
)
.page(include_str!("dedicated_toleration.md"))
.fix(FixKind::Safe);

const USER_PODS: &str = "scheduling.userPods.tolerations";
const CORE_PODS: &str = "scheduling.corePods.tolerations";
const EXTRA: &str = "singleuser.extraTolerations";

/// Lists that the chart adds to that of core pods.
const OF_CORE: [&str; 4] = [
    "hub.tolerations",
    "proxy.chp.tolerations",
    "proxy.traefik.tolerations",
    "scheduling.userScheduler.tolerations",
];

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let all = |path: &str| hub.get(path).map(items).unwrap_or_default();
    let with_extra = [all(USER_PODS), all(EXTRA)].concat();
    findings.extend(replaced(cx, USER_PODS, &with_extra, "user"));
    findings.extend(replaced(cx, CORE_PODS, &all(CORE_PODS), "core"));
    // `[]` is the documented way to have no list of the chart's; half a pair is then none.
    if all(USER_PODS).is_empty() {
        findings.extend(hub.get(EXTRA).and_then(|list| half(cx, list, "user")));
    }
    if all(CORE_PODS).is_empty() {
        let lists = OF_CORE.iter().filter_map(|path| hub.get(path));
        findings.extend(lists.filter_map(|list| half(cx, list, "core")));
    }
    for settings in profiles::effective(hub) {
        if !settings.is_overridden("tolerations") {
            continue;
        }
        let list = settings.get("tolerations");
        let finding = list.and_then(|list| half(cx, list, "user").or_else(|| other(list, "user")));
        if let Some(finding) = finding {
            profiles::report(findings, finding);
        }
    }
}

/// A list of the release in the place of the chart's that lacks a spelling.
fn replaced(cx: &Context<'_>, path: &str, all: &[&Value], value: &str) -> Option<Diagnostic> {
    let hub = cx.hub;
    let list = hub.get(path).filter(|_| hub.is_set(path))?;
    let missing = missing(all, value);
    if items(list).is_empty() || missing.is_empty() || is_of_pools(cx, &missing, value) {
        return None;
    }
    if let Some(finding) = other(list, value) {
        return Some(finding);
    }
    let message = format!(
        "this list takes the place of the chart's, and lacks `{}`",
        missing.join("` and `")
    );
    let extra = match path {
        USER_PODS => EXTRA,
        _ => "hub.tolerations",
    };
    let help = format!(
        "put what you add under `{extra}` in place of this list; `[]` is the way to tolerate nothing"
    );
    let mut finding = Diagnostic::new(&CODE, message).help(help);
    finding.level = level(cx, &missing);
    let finding = hub.at(finding, &[(path, "replaces the chart's list")]);
    let edits = fixes::append(cx, list, with_spellings(all, &missing, value));
    Some(fixes::safe(finding, "tolerate the taint", edits))
}

/// A list with one of the two spellings.
fn half(cx: &Context<'_>, list: &Value, value: &str) -> Option<Diagnostic> {
    let all = items(list);
    let spellings = missing(&all, value);
    let [missing] = spellings.as_slice() else {
        return None;
    };
    if is_of_pools(cx, &spellings, value) {
        return None;
    }
    let message = format!("this list tolerates one spelling of the taint, and lacks `{missing}`");
    let mut finding = Diagnostic::new(&CODE, message)
        .at(span(list), "one of two")
        .help("tolerate both: some clouds allow no `/` in the key of a taint");
    finding.level = level(cx, &spellings);
    let edits = fixes::append(cx, list, with_spellings(&all, &spellings, value));
    Some(fixes::safe(finding, "tolerate both spellings", edits))
}

/// The spellings that the taints of the policy's pools have.
fn spellings_of_pools<'p>(cx: &Context<'p>, value: Option<&str>) -> Vec<&'p str> {
    let taints = cx.pools.iter().flat_map(|pool| &pool.taints);
    let meant = taints.filter(|taint| value.is_none_or(|value| taint.value == value));
    let keys = meant.map(|taint| taint.key.as_str());
    keys.filter(|key| DEDICATED.contains(key)).collect()
}

/// Whether the pools of the policy have the taint, and in none of the spellings that are missing.
fn is_of_pools(cx: &Context<'_>, missing: &[&str], value: &str) -> bool {
    let spellings = spellings_of_pools(cx, Some(value));
    !spellings.is_empty() && !spellings.iter().any(|key| missing.contains(key))
}

/// A hint where one spelling is tolerated, and no policy says which one the nodes have.
fn level(cx: &Context<'_>, missing: &[&str]) -> Level {
    let is_half = missing.len() < DEDICATED.len();
    if is_half && spellings_of_pools(cx, None).is_empty() {
        Level::Hint
    } else {
        CODE.level
    }
}

/// A list with the taint of other pods, and not of these.
fn other(list: &Value, value: &str) -> Option<Diagnostic> {
    let all = items(list);
    let (item, own) = of_another_value(&all, value)?;
    if missing(&all, value).len() < 2 {
        return None;
    }
    let message = format!(
        "this list tolerates the taint of nodes for `{own}`, and its pods belong on those for `{value}`"
    );
    let at = item.get("value").unwrap_or(item);
    Some(
        Diagnostic::new(&CODE, message)
            .at(span(at), format!("tolerates `{own}`"))
            .at(span(list), format!("pods for nodes of `{value}`"))
            .help(format!("write `value: {value}`, or add one that says so")),
    )
}
