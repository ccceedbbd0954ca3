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
    "upgrade-opens-egress",
    "the upgrade allows network egress that the values restrict",
)
.page(include_str!("egress_opens.md"))
.fix(FixKind::Unsafe);

const COMPONENTS: [&str; 4] = ["hub", "proxy.chp", "proxy.traefik", "singleuser"];

/// The first version with `egressAllowRules`, which are added to `egress`.
const SINCE: ChartVersion = ChartVersion::new(2, 0);

fn check(upgrade: &Upgrade<'_>, findings: &mut Vec<Diagnostic>) {
    for component in COMPONENTS {
        let policy = format!("{component}.networkPolicy");
        if upgrade.to.hub.flag(&format!("{policy}.enabled")) == Some(true) {
            findings.extend(opened(upgrade, &policy));
        }
    }
}

/// Returns a finding if the values restrict egress of a component and the new version adds rules that allow more.
fn opened(upgrade: &Upgrade<'_>, policy: &str) -> Option<Diagnostic> {
    let (from, to) = (upgrade.from, upgrade.to.hub);
    let (egress, rules) = (
        format!("{policy}.egress"),
        format!("{policy}.egressAllowRules"),
    );
    let restriction = if upgrade.crosses(SINCE) {
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
    let message = format!("the upgrade allows more egress than `{policy}` does today");
    let names: Vec<String> = open.iter().map(|rule| format!("`{rule}`")).collect();
    let finding = Diagnostic::new(&CODE, message)
        .at(span(restriction), "restricts egress today")
        .help(format!(
            "set the new rules of `{rules}` that must stay closed to false: {}",
            names.join(", ")
        ));
    let off = open.iter().map(|rule| {
        let path = format!("{rules}.{rule}");
        (fixes::split(&path), yaml::Value::Bool(false))
    });
    let edits = fixes::add(upgrade.to, restriction, off.collect());
    Some(fixes::unsafe_fix(finding, "disable the new rules", edits))
}

/// Returns the value of an allow rule that the release disables.
fn closed<'v>(hub: &Hub<'v>, rules: &str) -> Option<&'v Value> {
    let mut entries = hub.entries(rules).map(|(_, value)| value);
    entries
        .find(|value| !hub.is_default(value) && value.to_json() == serde_json::Value::Bool(false))
}
