use crate::hub::ChartVersion;
use serde_json::Value as Json;

use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::profiles::{self, SpawnerSettings};
use crate::hub::span;
use crate::lint::documents::Edits;
use crate::lint::{Check, Context, Rule, Upgrade, fixes};
use crate::values::Value;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Upgrade(check),
};

static CODE: Code = Code::warning(
    "UP007",
    "overrides-merge-after-upgrade",
    "after the upgrade, profile overrides merge with the defaults instead of replacing them",
)
.page(include_str!("overrides_merge.md"))
.fix(FixKind::Unsafe);

/// The first version with `KubeSpawner` 6, which merges mappings of profiles with the defaults.
const SINCE: ChartVersion = ChartVersion::new(3, 0);

/// Traits that decide on which nodes a server can run. An additional key in another trait does less harm.
const OF_PLACEMENT: [&str; 3] = [
    "extra_resource_guarantees",
    "extra_resource_limits",
    "node_selector",
];

fn check(upgrade: &Upgrade<'_>, findings: &mut Vec<Diagnostic>) {
    if !upgrade.crosses(SINCE) {
        return;
    }
    let (before, after) = (
        profiles::effective(upgrade.from),
        profiles::effective(upgrade.to.hub),
    );
    // Both versions read the same values, so the profiles are in the same order.
    for (before, after) in before.iter().zip(after) {
        for (name, value) in after.own_mappings() {
            if let Some(finding) = merged(upgrade.to, [before, after], name, value) {
                profiles::report(findings, finding);
            }
        }
    }
}

/// Returns a finding for the keys that a trait of a profile gets from the defaults by merging.
fn merged(
    cx: &Context<'_>,
    [before, after]: [&SpawnerSettings<'_>; 2],
    name: &str,
    value: &Value,
) -> Option<Diagnostic> {
    let old = before.get(name)?.as_map()?;
    let new = value.as_map()?.entries.iter();
    let added: Vec<(&String, &Value)> =
        new.filter(|(key, _)| !old.entries.contains_key(*key)).collect();
    let (_, first) = added.first()?;
    let keys: Vec<&str> = added.iter().map(|(key, _)| key.as_str()).collect();
    let names = keys.join("`, `");
    let message = format!(
        "{} also gets `{names}` in `{name}`: mappings are merged since z2jh 3.0",
        after.title
    );
    let mut finding = Diagnostic::new(&CODE, message)
        .at(span(value), "merged with the defaults")
        .at(span(first), "added by the merge")
        .help(format!(
            "set `{names}` to null in the profile to remove the default"
        ));
    if !OF_PLACEMENT.contains(&name) {
        finding.level = Level::Note;
    }
    let edits = with_nulls(cx, name, value, &keys);
    Some(fixes::unsafe_fix(
        finding,
        "remove the defaults with null",
        edits,
    ))
}

/// Returns the edits that set keys to null, next to the first key of the profile's own mapping.
fn with_nulls(cx: &Context<'_>, name: &str, value: &Value, keys: &[&str]) -> Edits {
    let hub = cx.hub;
    let own = profiles::overrides(hub).into_iter();
    let own = own.filter_map(|settings| settings.get(name));
    let own = own.filter_map(|own| (own.set == value.set).then(|| own.as_map()).flatten());
    let (_, neighbor) = own.into_iter().next()?.entries.iter().next()?;
    let nulls: Vec<[&str; 1]> = keys.iter().map(|key| [*key]).collect();
    let nulls: Vec<(&[&str], Json)> = nulls.iter().map(|key| (&key[..], Json::Null)).collect();
    fixes::beside(cx, neighbor, &nulls)
}
