use super::{CORE_MATCH, USER_MATCH, core_pods, has_items};
use crate::diag::{Code, Diagnostic, FixKind};
use crate::lint::{Check, Context, Rule, fixes};
use crate::policy::Autoscaler;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::note(
    "NP006",
    "core-pods-partly-pinned",
    "a core pod can run on a user node and prevent its scale-down",
)
.page(include_str!("core_pods_partly_pinned.md"))
.fix(FixKind::Unsafe);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let preferred = hub.text(CORE_MATCH).filter(|kind| *kind != "require");
    let selector = |pod: &str| format!("{pod}.nodeSelector");
    let is_pinned = |pod: &&str| hub.get(&selector(pod)).is_some_and(has_items);
    let (pinned, loose): (Vec<&str>, Vec<&str>) = core_pods(hub).into_iter().partition(is_pinned);
    let never_scales_down = cx.facts.autoscaler == Some(Autoscaler::None);
    if preferred.is_none() || loose.is_empty() || never_scales_down {
        return;
    }
    if pinned.is_empty() {
        findings.extend(only_user_pods_bound(cx));
        return;
    }
    let message = format!(
        "pods of `{}` can run on any node and prevent the scale-down of a user node",
        loose.join("` and `")
    );
    let finding = Diagnostic::new(&CODE, message).help(format!(
        "set the same `nodeSelector` for all core pods, or `{CORE_MATCH}: require`"
    ));
    let paths: Vec<String> = pinned.iter().map(|pod| selector(pod)).collect();
    let places: Vec<(&str, &str)> =
        paths.iter().map(|path| (path.as_str(), "pinned by a node selector")).collect();
    let finding = hub.at(finding, &places);
    findings.push(with_selector_fix(cx, &paths, &loose, finding));
}

/// Adds the fix that copies the node selector of the pinned core pods, if all of them have the same one.
fn with_selector_fix(
    cx: &Context<'_>,
    pinned: &[String],
    loose: &[&str],
    finding: Diagnostic,
) -> Diagnostic {
    let hub = cx.hub;
    let mut selectors = pinned.iter().filter_map(|path| hub.get(path));
    let Some(first) = selectors.next() else {
        return finding;
    };
    let selector = first.to_json();
    if selectors.any(|other| other.to_json() != selector) {
        return finding;
    }
    let place = |pod: &&str| {
        let path = format!("{pod}.nodeSelector");
        (fixes::split(&path), selector.clone().into())
    };
    let edits = fixes::add(cx, first, loose.iter().map(place).collect());
    fixes::unsafe_fix(finding, "use the same node selector", edits)
}

/// Returns a finding if user pods require user nodes, but no core pod is bound to core nodes.
fn only_user_pods_bound(cx: &Context<'_>) -> Option<Diagnostic> {
    let hub = cx.hub;
    if hub.text(USER_MATCH) != Some("require") {
        return None;
    }
    let message = "core pods can run on user nodes and prevent their scale-down";
    let finding = Diagnostic::new(&CODE, message).help(format!("set `{CORE_MATCH}: require`"));
    let places = [
        (USER_MATCH, "binds only user pods"),
        (CORE_MATCH, "does not bind core pods"),
    ];
    let edits = fixes::set_near(cx, CORE_MATCH, "require");
    let finding = hub.at(finding, &places);
    Some(fixes::unsafe_fix(
        finding,
        "require core nodes for core pods",
        edits,
    ))
}
