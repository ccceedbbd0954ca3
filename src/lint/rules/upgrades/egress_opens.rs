use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::ChartVersion;
use crate::hub::Hub;
use crate::hub::span;
use crate::lint::{Check, Rule, Upgrade, fixes};
use crate::values::Value;
use crate::yaml;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Upgrade(check),
};

static CODE: Code = Code::warning(
    "UP004",
    "egress-opens-by-upgrade",
    "after the upgrade pods reach what a network policy kept from them",
)
.page(include_str!("egress_opens.md"))
.fix(FixKind::Unsafe);

const COMPONENTS: [&str; 4] = ["hub", "proxy.chp", "proxy.traefik", "singleuser"];

/// The version that has `egressAllowRules`, which allow more beside `egress`.
const SINCE: ChartVersion = ChartVersion::new(2, 0);

fn check(upgrade: &Upgrade<'_>, findings: &mut Vec<Diagnostic>) {
    for component in COMPONENTS {
        let policy = format!("{component}.networkPolicy");
        if upgrade.to.hub.flag(&format!("{policy}.enabled")) == Some(true) {
            findings.extend(opened(upgrade, &policy));
        }
    }
}

/// What a network policy does not keep closed, where somebody closed something by it.
fn opened(upgrade: &Upgrade<'_>, policy: &str) -> Option<Diagnostic> {
    let (from, to) = (upgrade.from, upgrade.to.hub);
    let (egress, rules) = (
        format!("{policy}.egress"),
        format!("{policy}.egressAllowRules"),
    );
    let narrowed = if upgrade.crosses(SINCE) {
        from.get(&egress).filter(|value| !from.is_default(value))
    } else {
        closed(from, &rules)
    }?;
    let is_new = |rule: &&str| from.get(&format!("{rules}.{rule}")).is_none();
    let open = to.entries(&rules).filter(|(_, value)| {
        to.is_default(value) && value.to_json() == serde_json::Value::Bool(true)
    });
    let open: Vec<&str> = open.map(|(rule, _)| rule.as_str()).filter(is_new).collect();
    if open.is_empty() {
        return None;
    }
    let message = format!("the upgrade lets these pods reach more than `{policy}` says");
    let names: Vec<String> = open.iter().map(|rule| format!("`{rule}`")).collect();
    let finding = Diagnostic::new(&CODE, message)
        .at(span(narrowed), "what they may reach so far")
        .help(format!(
            "the chart's new rules below `{rules}` are on: {}; switch off what is not to be reached",
            names.join(", ")
        ));
    let off = open.iter().map(|rule| {
        let path = format!("{rules}.{rule}");
        (fixes::split(&path), yaml::Value::Bool(false))
    });
    let edits = fixes::add(upgrade.to, narrowed, off.collect());
    Some(fixes::risky(finding, "switch the new rules off", edits))
}

/// A rule that a layer has switched off.
fn closed<'v>(hub: &Hub<'v>, rules: &str) -> Option<&'v Value> {
    let mut entries = hub.entries(rules).map(|(_, value)| value);
    entries
        .find(|value| !hub.is_default(value) && value.to_json() == serde_json::Value::Bool(false))
}
