use crate::diag::{Code, Diagnostic};
use crate::lint::hub::span;
use crate::lint::profiles::{self, Settings};
use crate::lint::{Check, Hub, Rule};
use crate::values::Value;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("one_pool_only.md"),
    check: Check::Hub(check),
};

static CODE: Code = Code::note(
    "PH005",
    "placeholders-in-one-pool-only",
    "placeholders hold no seats where servers of a profile run",
);

const REPLICAS: &str = "scheduling.userPlaceholder.replicas";

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    if !hub.has_placeholders() {
        return;
    }
    let base = profiles::base(hub);
    for settings in profiles::effective(hub) {
        let Some(selector) = elsewhere(&base, &settings) else {
            continue;
        };
        let message = format!(
            "placeholders go where `singleuser` sends them, and {} goes elsewhere",
            settings.title
        );
        let finding = Diagnostic::new(&CODE, message)
            .at(span(selector), "nodes without a placeholder")
            .help("these nodes need placeholders of their own, beside those of the chart");
        profiles::report(findings, hub.at(finding, &[(REPLICAS, "all in one pool")]));
    }
}

/// What places a server where a placeholder need not be: a selector that asks for more than that of
/// placeholders, or for another thing, or terms that the profile requires.
fn elsewhere<'s>(base: &Settings<'_>, settings: &'s Settings<'_>) -> Option<&'s Value> {
    let asks = settings.entries("node_selector").any(|(key, value)| {
        let of_base = base.get("node_selector").and_then(|map| map.get(key));
        of_base.is_none_or(|of_base| of_base.to_json() != value.to_json())
    });
    let required = ["node_affinity_required"].into_iter().find(|name| {
        let json = |settings: &Settings<'_>| settings.get(name).map(Value::to_json);
        !settings.items(name).is_empty() && json(base) != json(settings)
    });
    match required {
        _ if asks => settings.get("node_selector"),
        Some(name) => settings.get(name),
        None => None,
    }
}
