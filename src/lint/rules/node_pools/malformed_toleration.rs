use super::toleration::is_everything;
use crate::diag::{Code, Diagnostic, Level};
use crate::k8s::WrittenToleration;
use crate::lint::hub::span;
use crate::lint::profiles::{self, items};
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
const LISTS: [&str; 7] = [
    "scheduling.userPods.tolerations",
    "scheduling.corePods.tolerations",
    "scheduling.userScheduler.tolerations",
    "singleuser.extraTolerations",
    "hub.tolerations",
    "proxy.chp.tolerations",
    "proxy.traefik.tolerations",
];

/// Image pullers may want to go everywhere.
const OF_PULLERS: &str = "prePuller.extraTolerations";

const FIELDS: [&str; 5] = ["key", "operator", "value", "effect", "tolerationSeconds"];

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    let of_chart = LISTS.iter().filter_map(|path| hub.get(path));
    let overrides = profiles::overrides(hub);
    let of_profiles = overrides
        .iter()
        .filter_map(|settings| settings.get("tolerations"));
    for list in of_chart.chain(of_profiles) {
        let tolerations = maps(list);
        findings.extend(tolerations.filter_map(|item| flaw(item).or_else(|| everything(item))));
    }
    let of_pullers = hub.get(OF_PULLERS).into_iter().flat_map(maps);
    findings.extend(of_pullers.filter_map(flaw));
}

fn maps(list: &Value) -> impl Iterator<Item = &Value> {
    items(list).into_iter().filter(|item| item.is_map())
}

/// Why the API server refuses it.
fn flaw(item: &Value) -> Option<Diagnostic> {
    unknown_field(item).or_else(|| refused(item))
}

fn finding(item: &Value, key: &str, message: &str, help: &str) -> Diagnostic {
    let at = item.get(key).unwrap_or(item);
    Diagnostic::new(&CODE, message).at(span(at), "").help(help)
}

fn unknown_field(item: &Value) -> Option<Diagnostic> {
    let fields = item.as_map()?;
    let unknown = fields.entries.keys();
    let unknown = unknown
        .into_iter()
        .find(|key| !FIELDS.contains(&key.as_str()))?;
    let meant = FIELDS
        .iter()
        .find(|field| field.eq_ignore_ascii_case(unknown));
    let help = match meant {
        Some(meant) => format!("write `{meant}`"),
        None => format!("it has {}", FIELDS.join(", ")),
    };
    let message = format!("a toleration has no field `{unknown}`");
    Some(finding(item, unknown, &message, &help))
}

/// What Kubernetes itself says of it; of what is encrypted nothing can be said.
fn refused(item: &Value) -> Option<Diagnostic> {
    let fields = item.as_map()?.entries.values();
    let is_known = |value: &Value| !matches!(value.content, Content::Encrypted(..));
    if !fields.into_iter().all(is_known) {
        return None;
    }
    let text = |key: &str| match &item.get(key)?.content {
        Content::String(text) => Some(text.as_str()),
        _ => None,
    };
    let seconds = item.get("tolerationSeconds");
    let written = WrittenToleration {
        key: text("key"),
        operator: text("operator"),
        value: text("value"),
        effect: text("effect"),
        has_seconds: seconds.is_some_and(|seconds| !seconds.is_null()),
    };
    let flaw = written.flaw()?;
    Some(finding(item, flaw.field, &flaw.message, &flaw.help))
}

/// The API server takes it, and the pods go to any node.
fn everything(item: &Value) -> Option<Diagnostic> {
    if !is_everything(item) {
        return None;
    }
    let message = "this toleration is for every taint, so that its pods go to any node";
    let mut finding = finding(item, "operator", message, "name the taint's key");
    finding.level = Level::Warning;
    Some(finding)
}
