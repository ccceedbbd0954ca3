use crate::diag::{Code, Diagnostic};
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

const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

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
    let finding = |key: &str, message: String, help: String| {
        let at = toleration.get(key).unwrap_or(toleration);
        Some(Diagnostic::new(&CODE, message).at(span(at), "").help(help))
    };
    let (key, operator) = (
        text("key").unwrap_or_default(),
        text("operator").unwrap_or_default(),
    );
    let exists = operator == "Exists";
    if exists && text("value").is_some_and(|value| !value.is_empty()) {
        let message = "a toleration with `operator: Exists` has no value";
        let help = "take `value` away, or write `operator: Equal`";
        return finding("value", message.to_owned(), help.to_owned());
    }
    if key.is_empty() && !exists {
        let message = "a toleration without a key has to say `operator: Exists`";
        return finding(
            "operator",
            message.to_owned(),
            "name the taint's key".to_owned(),
        );
    }
    if let Some(effect) =
        text("effect").filter(|effect| !effect.is_empty() && !EFFECTS.contains(effect))
    {
        let meant = EFFECTS
            .iter()
            .find(|known| known.eq_ignore_ascii_case(&effect.replace('_', "")));
        let help = match meant {
            Some(meant) => format!("write `{meant}`"),
            None => format!("it can be {}", EFFECTS.join(", ")),
        };
        return finding(
            "effect",
            format!("`{effect}` is not an effect of a taint"),
            help,
        );
    }
    if toleration.get("tolerationSeconds").is_some() && text("effect") != Some("NoExecute") {
        let message = "`tolerationSeconds` goes with `effect: NoExecute` alone";
        let help = "take it away, or write `effect: NoExecute`";
        return finding("tolerationSeconds", message.to_owned(), help.to_owned());
    }
    None
}
