use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::profiles::{self, items};
use crate::hub::span;
use crate::hub::tolerations::is_everything;
use crate::k8s::{Effect, WrittenToleration};
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "NP010",
    "malformed-toleration",
    "the API server rejects pods with this toleration",
)
.page(include_str!("malformed_toleration.md"))
.fix(FixKind::Safe);

/// The chart's lists of tolerations.
const LISTS: [&str; 7] = [
    "scheduling.userPods.tolerations",
    "scheduling.corePods.tolerations",
    "scheduling.userScheduler.tolerations",
    "singleuser.extraTolerations",
    "hub.tolerations",
    "proxy.chp.tolerations",
    "proxy.traefik.tolerations",
];

/// The tolerations of image pullers, which may tolerate every taint.
const OF_PULLERS: &str = "prePuller.extraTolerations";

const FIELDS: [&str; 5] = ["key", "operator", "value", "effect", "tolerationSeconds"];

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let of_chart = LISTS.iter().filter_map(|path| hub.get(path));
    let overrides = profiles::overrides(hub);
    let of_profiles = overrides.iter().filter_map(|settings| settings.get("tolerations"));
    for list in of_chart.chain(of_profiles) {
        let tolerations = maps(list);
        findings.extend(tolerations.filter_map(|item| flaw(cx, item).or_else(|| everything(item))));
    }
    let of_pullers = hub.get(OF_PULLERS).into_iter().flat_map(maps);
    findings.extend(of_pullers.filter_map(|item| flaw(cx, item)));
}

fn maps(list: &Value) -> impl Iterator<Item = &Value> {
    items(list).into_iter().filter(|item| item.is_map())
}

/// Returns the finding if the API server rejects the toleration.
fn flaw(cx: &Context<'_>, item: &Value) -> Option<Diagnostic> {
    unknown_field(cx, item).or_else(|| rejected(cx, item))
}

fn finding(item: &Value, key: &str, (message, label): (&str, &str), help: &str) -> Diagnostic {
    let at = item.get(key).unwrap_or(item);
    Diagnostic::new(&CODE, message).at(span(at), label).help(help)
}

fn unknown_field(cx: &Context<'_>, item: &Value) -> Option<Diagnostic> {
    let fields = item.as_map()?;
    let mut entries = fields.entries.iter();
    let (unknown, value) = entries.find(|(key, _)| !FIELDS.contains(&key.as_str()))?;
    let meant = FIELDS.iter().find(|field| field.eq_ignore_ascii_case(unknown));
    let help = match meant {
        Some(meant) => format!("rename it to `{meant}`"),
        None => format!("use `{}`", FIELDS.join("`, `")),
    };
    let message = format!("unknown field `{unknown}` in a toleration");
    let found = finding(item, unknown, (&message, "unknown field"), &help);
    Some(match meant {
        Some(meant) => {
            let edits = fixes::rename_key(cx, value, meant);
            fixes::safe_fix(found, format!("rename it to `{meant}`"), edits)
        }
        None => found,
    })
}

/// Returns the finding if the validation of Kubernetes rejects the toleration. Encrypted fields are not checked.
fn rejected(cx: &Context<'_>, item: &Value) -> Option<Diagnostic> {
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
    let found = finding(
        item,
        flaw.field,
        (&flaw.message, "rejected by the API server"),
        &flaw.help,
    );
    let effect = item.get("effect").filter(|_| flaw.field == "effect");
    let meant = written.effect.and_then(Effect::meant);
    Some(match (effect, meant) {
        (Some(effect), Some(meant)) => {
            let edits = fixes::replace_scalar(cx, effect, meant.as_str());
            fixes::safe_fix(found, format!("write `{}`", meant.as_str()), edits)
        }
        _ => found,
    })
}

/// Returns a warning if the toleration matches every taint. The API server accepts it.
fn everything(item: &Value) -> Option<Diagnostic> {
    if !is_everything(item) {
        return None;
    }
    let message = "the toleration matches every taint, so its pods can run on any node";
    let mut finding = finding(
        item,
        "operator",
        (message, "matches every taint"),
        "add the key of the taint",
    );
    finding.level = Level::Warning;
    Some(finding)
}
