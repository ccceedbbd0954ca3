use super::{CORE_MATCH, USER_MATCH, core_pods, holds_something};
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
    "a core pod may keep a node of users from going away",
)
.page(include_str!("core_pods_partly_pinned.md"))
.fix(FixKind::Unsafe);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let preferred = hub.text(CORE_MATCH).filter(|kind| *kind != "require");
    let selector = |pod: &str| format!("{pod}.nodeSelector");
    let is_pinned = |pod: &&str| hub.get(&selector(pod)).is_some_and(holds_something);
    let (pinned, loose): (Vec<&str>, Vec<&str>) = core_pods(hub).into_iter().partition(is_pinned);
    let never_goes = cx.facts.autoscaler == Some(Autoscaler::None);
    if preferred.is_none() || loose.is_empty() || never_goes {
        return;
    }
    if pinned.is_empty() {
        findings.extend(users_alone(cx));
        return;
    }
    let message = format!(
        "`{}` may run on any node, and keep one of users from going away",
        loose.join("` and `")
    );
    let finding = Diagnostic::new(&CODE, message).help(format!(
        "set the same `nodeSelector` there, or `{CORE_MATCH}: require`"
    ));
    let paths: Vec<String> = pinned.iter().map(|pod| selector(pod)).collect();
    let places: Vec<(&str, &str)> = paths
        .iter()
        .map(|path| (path.as_str(), "this one has its nodes"))
        .collect();
    let finding = hub.at(finding, &places);
    findings.push(pinned_alike(cx, &paths, &loose, finding));
}

/// With the selector of the others, where these have the same one.
fn pinned_alike(
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
    fixes::risky(finding, "give them the same selector", edits)
}

/// Users have to be on nodes of theirs, and core pods need not be elsewhere.
fn users_alone(cx: &Context<'_>) -> Option<Diagnostic> {
    let hub = cx.hub;
    if hub.text(USER_MATCH) != Some("require") {
        return None;
    }
    let message = "users have to be on nodes for users, and core pods may be there as well";
    let finding = Diagnostic::new(&CODE, message).help(format!(
        "set `{CORE_MATCH}: require`, so that a node of users can go away when they have gone"
    ));
    let places = [
        (USER_MATCH, "users are bound"),
        (CORE_MATCH, "core pods are not"),
    ];
    let edits = fixes::set_near(cx, CORE_MATCH, "require");
    let finding = hub.at(finding, &places);
    Some(fixes::risky(
        finding,
        "bind core pods to nodes of theirs",
        edits,
    ))
}
