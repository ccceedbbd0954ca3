use crate::diag::{Code, Diagnostic};
use crate::k8s::WrittenToleration;
use crate::lint::hub::span;
use crate::lint::profiles;
use crate::lint::{Check, Hub, Rule};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("malformed_toleration.md"),
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "NP010",
    "malformed-toleration",
    "the API server refuses pods with this toleration",
);

/// Lists of tolerations of the chart.
const LISTS: [&str; 6] = [
    "scheduling.userPods.tolerations",
    "scheduling.corePods.tolerations",
    "singleuser.extraTolerations",
    "prePuller.extraTolerations",
    "hub.tolerations",
    "proxy.chp.tolerations",
];

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    let of_chart = LISTS.iter().filter_map(|path| hub.get(path));
    let overrides = profiles::overrides(hub);
    let of_profiles = overrides
        .iter()
        .filter_map(|settings| settings.get("tolerations"));
    for list in of_chart.chain(of_profiles) {
        let Content::List(items) = &list.content else {
            continue;
        };
        for item in items.iter().filter(|item| item.is_map()) {
            findings.extend(flaw(item));
        }
    }
}

fn flaw(toleration: &Value) -> Option<Diagnostic> {
    let text = |key: &str| match &toleration.get(key)?.content {
        Content::String(text) => Some(text.as_str()),
        _ => None,
    };
    let written = WrittenToleration {
        key: text("key"),
        operator: text("operator"),
        value: text("value"),
        effect: text("effect"),
        has_seconds: toleration.get("tolerationSeconds").is_some(),
    };
    let flaw = written.flaw()?;
    let at = toleration.get(flaw.field).unwrap_or(toleration);
    let finding = Diagnostic::new(&CODE, flaw.message).at(span(at), "");
    Some(finding.help(flaw.help))
}
