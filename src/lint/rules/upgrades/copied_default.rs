use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::Hub;
use crate::hub::whole;
use crate::lint::{Check, Rule, Upgrade, fixes};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Upgrade(check),
};

static CODE: Code = Code::note(
    "UP006",
    "copied-default",
    "a copied chart default keeps the old value after the upgrade",
)
.page(include_str!("copied_default.md"))
.fix(FixKind::Unsafe);

fn check(upgrade: &Upgrade<'_>, findings: &mut Vec<Diagnostic>) {
    walk(
        upgrade,
        upgrade.from.values,
        upgrade.to.hub.values,
        &mut Vec::new(),
        findings,
    );
}

fn walk<'v>(
    upgrade: &Upgrade<'_>,
    from: &'v Value,
    to: &'v Value,
    path: &mut Vec<&'v str>,
    findings: &mut Vec<Diagnostic>,
) {
    let (Content::Map(old), Content::Map(new)) = (&from.content, &to.content) else {
        findings.extend(copied(upgrade, from, to, &path.join(".")));
        return;
    };
    for (key, to) in &new.entries {
        if let Some(from) = old.entries.get(key) {
            path.push(key);
            walk(upgrade, from, to, path, findings);
            path.pop();
        }
    }
}

/// Returns a finding if a value equals the default of the old chart version, and the new version has another default.
fn copied(upgrade: &Upgrade<'_>, from: &Value, to: &Value, path: &str) -> Option<Diagnostic> {
    let before = default(upgrade.from, from)?.to_json();
    let after = default(upgrade.to.hub, to)?.to_json();
    if upgrade.to.hub.is_default(to) || to.to_json() != before || before == after {
        return None;
    }
    let message = format!("`{path}` keeps the old chart default, which the upgrade changes");
    let mut finding = Diagnostic::new(&CODE, message).at(whole(to.set), "copy of the old default");
    if let Some(after) = shown(&after) {
        finding = finding.help(format!("remove the key to use the new default, {after}"));
    }
    let edits = fixes::remove(upgrade.to, to);
    Some(fixes::unsafe_fix(finding, "remove the copy", edits))
}

/// Returns the chart default that a value overrides.
fn default<'v>(hub: &Hub<'_>, value: &'v Value) -> Option<&'v Value> {
    value.overridden.iter().find(|value| hub.is_own(value))
}

/// Returns a scalar in backticks; `None` for a list or a mapping.
fn shown(value: &serde_json::Value) -> Option<String> {
    let is_plain = !value.is_array() && !value.is_object();
    is_plain.then(|| format!("`{value}`"))
}
