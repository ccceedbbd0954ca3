use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::profiles;
use crate::hub::span;
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "SY005",
    "non-string-scalar",
    "a number or boolean is set where Kubernetes requires a string",
)
.page(include_str!("non_string_scalar.md"))
.fix(FixKind::Safe);

/// Mappings of the chart whose values must be strings.
const MAPPINGS: [&str; 16] = [
    "hub.extraEnv",
    "singleuser.extraEnv",
    "hub.nodeSelector",
    "singleuser.nodeSelector",
    "proxy.chp.nodeSelector",
    "proxy.traefik.nodeSelector",
    "prePuller.hook.nodeSelector",
    "scheduling.userScheduler.nodeSelector",
    "hub.labels",
    "hub.annotations",
    "singleuser.extraLabels",
    "singleuser.extraAnnotations",
    "proxy.labels",
    "proxy.annotations",
    "proxy.service.annotations",
    "ingress.annotations",
];

/// Mappings of spawner settings whose values must be strings.
const TRAITS: [&str; 4] = [
    "environment",
    "node_selector",
    "extra_labels",
    "extra_annotations",
];

/// Lists of tolerations, whose `value` must be a string.
const TOLERATIONS: [&str; 5] = [
    "scheduling.userPods.tolerations",
    "scheduling.corePods.tolerations",
    "singleuser.extraTolerations",
    "prePuller.extraTolerations",
    "hub.tolerations",
];

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let of_chart = MAPPINGS.iter().filter_map(|path| hub.get(path));
    let overrides = profiles::overrides(hub);
    let traits = overrides
        .iter()
        .flat_map(|settings| TRAITS.iter().filter_map(|name| settings.get(name)));
    for mapping in of_chart.chain(traits) {
        let entries = mapping.as_map().into_iter().flat_map(|map| &map.entries);
        findings.extend(entries.filter_map(|(key, value)| finding(cx, key, value)));
    }
    let lists = TOLERATIONS.iter().filter_map(|path| hub.get(path));
    let of_traits = overrides.iter().filter_map(|settings| settings.get("tolerations"));
    for list in lists.chain(of_traits) {
        let Content::List(items) = &list.content else {
            continue;
        };
        let values = items.iter().filter_map(|item| item.get("value"));
        findings.extend(values.filter_map(|value| finding(cx, "value", value)));
    }
}

fn finding(cx: &Context<'_>, key: &str, value: &Value) -> Option<Diagnostic> {
    let hub = cx.hub;
    let kind = match value.content {
        Content::Bool(_) => "a boolean",
        Content::Number(_) => "a number",
        _ => return None,
    };
    let text = hub.sources.shown(value.set.value);
    let message = format!("`{key}` is {kind}: Kubernetes requires a string");
    let finding = Diagnostic::new(&CODE, message).at(span(value), kind);
    let is_secret = text != hub.sources.slice(value.set.value);
    let finding = finding.help(if is_secret {
        "quote the value".to_owned()
    } else {
        format!("quote the value: \"{text}\"")
    });
    Some(fixes::safe_fix(
        finding,
        "quote the value",
        fixes::quote(cx, value),
    ))
}
