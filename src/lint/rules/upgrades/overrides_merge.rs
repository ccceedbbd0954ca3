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
    "overrides-merge-by-upgrade",
    "after the upgrade a profile keeps what its own mapping took the place of",
)
.page(include_str!("overrides_merge.md"))
.fix(FixKind::Unsafe);

/// The first version with `KubeSpawner` 6, which merges mappings of profiles into those of all servers.
const SINCE: ChartVersion = ChartVersion::new(3, 0);

/// Traits that say where a server can be: elsewhere a key more does no such harm.
const OF_PLACE: [&str; 3] = [
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
    // The same values have the same profiles in the same order.
    for (before, after) in before.iter().zip(after) {
        for (name, value) in after.own_mappings() {
            if let Some(finding) = kept(upgrade.to, [before, after], name, value) {
                profiles::report(findings, finding);
            }
        }
    }
}

/// What a trait of a profile has that the profile's own mapping has not.
fn kept(
    cx: &Context<'_>,
    [before, after]: [&SpawnerSettings<'_>; 2],
    name: &str,
    value: &Value,
) -> Option<Diagnostic> {
    let old = before.get(name)?.as_map()?;
    let new = value.as_map()?.entries.iter();
    let kept: Vec<(&String, &Value)> = new
        .filter(|(key, _)| !old.entries.contains_key(*key))
        .collect();
    let (_, first) = kept.first()?;
    let keys: Vec<&str> = kept.iter().map(|(key, _)| key.as_str()).collect();
    let names = keys.join("`, `");
    let message = format!(
        "{} keeps `{names}` in `{name}`, which its own took the place of before z2jh 3.0",
        after.title
    );
    let mut finding = Diagnostic::new(&CODE, message)
        .at(span(value), "is merged into what all servers have")
        .at(span(first), "comes to it")
        .help(format!("write null behind `{names}` to do without"));
    if !OF_PLACE.contains(&name) {
        finding.level = Level::Note;
    }
    let edits = without(cx, name, value, &keys);
    Some(fixes::risky(finding, "do without, as before", edits))
}

/// Nulls behind keys, beside the first one of the profile's own.
fn without(cx: &Context<'_>, name: &str, value: &Value, keys: &[&str]) -> Edits {
    let hub = cx.hub;
    let own = profiles::overrides(hub).into_iter();
    let own = own.filter_map(|settings| settings.get(name));
    let own = own.filter_map(|own| (own.set == value.set).then(|| own.as_map()).flatten());
    let (_, beside) = own.into_iter().next()?.entries.iter().next()?;
    let nulls: Vec<[&str; 1]> = keys.iter().map(|key| [*key]).collect();
    let nulls: Vec<(&[&str], Json)> = nulls.iter().map(|key| (&key[..], Json::Null)).collect();
    fixes::beside(cx, beside, &nulls)
}
