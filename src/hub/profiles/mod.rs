//! The spawner settings of user servers: `singleuser`, then the overrides of a profile, then those of its choices
//! (KubeSpawner's `_load_profile` and `_apply_overrides`).

mod base;
mod combinations;
mod settings;
#[cfg(test)]
mod tests;

pub use base::base;
pub use settings::{SpawnerSettings, items};

use crate::hub::ChartVersion;
use combinations::OptionChoices;

use super::Hub;
use crate::diag::Diagnostic;
use crate::values::{Content, Value};

/// Returns every `kubespawner_override` of profiles and choices.
pub fn overrides<'v>(hub: &Hub<'v>) -> Vec<&'v Value> {
    let mut found = Vec::new();
    for profile in profiles(hub) {
        found.extend(profile.get(OVERRIDE));
        for (_, choice) in options(profile).flat_map(|(_, option)| choices(option)) {
            found.extend(choice.get(OVERRIDE));
        }
    }
    found
}

/// Returns every `kubespawner_override` of profiles, choices and unlisted choices, which users enter themselves.
pub fn all_overrides<'v>(hub: &Hub<'v>) -> Vec<&'v Value> {
    let of_options = profiles(hub).flat_map(options);
    let unlisted =
        of_options.filter_map(|(_, option)| option.get("unlisted_choice")?.get(OVERRIDE));
    let mut found = overrides(hub);
    found.extend(unlisted);
    found
}

/// Whether the hub may have another spawner class than KubeSpawner, with other traits.
pub fn has_own_spawner(hub: &Hub<'_>) -> bool {
    /// The names of the class itself.
    const STANDARD: [&str; 2] = ["kubespawner", "kubespawner.KubeSpawner"];
    let class = hub.text("hub.config.JupyterHub.spawner_class");
    let is_own = class.is_some_and(|class| !STANDARD.contains(&class));
    let code = hub.get("hub.extraConfig").map(|code| code.to_json().to_string());
    is_own || code.is_some_and(|code| code.contains("KubeSpawner)"))
}

/// Returns the settings that a user server can have: of each profile with its default choices, with each other choice
/// alone, and with combinations of the choices that change resources or placement. Without profiles it is one; if the
/// profiles are unknown, none.
pub fn effective<'h, 'v>(hub: &'h Hub<'v>) -> &'h [SpawnerSettings<'v>] {
    hub.settings.get_or_init(|| find_effective(hub))
}

fn find_effective<'v>(hub: &Hub<'v>) -> Vec<SpawnerSettings<'v>> {
    match hub.get(LIST).map(|list| &list.content) {
        None | Some(Content::Null) => vec![base(hub)],
        Some(Content::List(items)) if items.is_empty() => vec![base(hub)],
        Some(Content::List(_)) => {
            let base = base(hub);
            let of_profile = |profile| combinations::settings(hub, &base, profile);
            profiles(hub).flat_map(of_profile).collect()
        }
        Some(_) => Vec::new(),
    }
}

/// Returns the settings of the default profile.
pub fn default_profile<'s, 'v>(
    hub: &Hub<'v>,
    all: &'s [SpawnerSettings<'v>],
) -> Option<&'s SpawnerSettings<'v>> {
    let profile = default_of(hub, profiles(hub))?;
    all.iter().find(|settings| settings.is_of(profile))
}

/// A profile with more combinations of choices than are checked.
pub struct CutOff<'v> {
    /// The name in messages.
    pub title: String,
    /// Its options.
    pub options: &'v Value,
    /// The number of checked combinations.
    pub checked: usize,
    /// The number of all combinations.
    pub total: usize,
}

/// Returns the profiles whose combinations are not all checked.
pub fn cut_off<'v>(hub: &Hub<'v>) -> Vec<CutOff<'v>> {
    let of_profile = |profile: &'v Value| {
        let options = OptionChoices::of(hub, profile);
        Some(CutOff {
            title: title_of(profile),
            options: profile.get("profile_options")?,
            checked: options.checked(),
            total: options.total(),
        })
    };
    let all = profiles(hub).filter_map(of_profile);
    all.filter(|cut| cut.checked < cut.total).collect()
}

/// Adds a finding, unless there is one with the same code and labels: several settings can share a value.
pub fn report(findings: &mut Vec<Diagnostic>, finding: Diagnostic) {
    let is_known = findings
        .iter()
        .any(|known| known.code == finding.code && known.labels == finding.labels);
    if !is_known {
        findings.push(finding);
    }
}

const LIST: &str = "singleuser.profileList";
const OVERRIDE: &str = "kubespawner_override";

/// The first chart version whose KubeSpawner (since 5) merges mappings with existing ones.
const MERGES: ChartVersion = ChartVersion::new(3, 0);

/// The first chart version whose KubeSpawner (since 6.2) uses the first of several defaults, not the last.
const FIRST_DEFAULT: ChartVersion = ChartVersion::new(3, 2);

fn title_of(profile: &Value) -> String {
    format!("the profile `{}`", name_of(profile))
}

fn name_of(profile: &Value) -> &str {
    let text = |key: &str| match profile.get(key).map(|value| &value.content) {
        Some(Content::String(text)) => Some(text.as_str()),
        _ => None,
    };
    text("display_name").or(text("slug")).unwrap_or_default()
}

fn profiles<'v>(hub: &Hub<'v>) -> impl Iterator<Item = &'v Value> + use<'v> {
    let list = hub.get(LIST).map(|list| &list.content);
    let items = match list {
        Some(Content::List(items)) => items.as_slice(),
        _ => &[],
    };
    items.iter().filter(|item| item.is_map())
}

fn options(profile: &Value) -> impl Iterator<Item = (&String, &Value)> {
    entries(profile.get("profile_options"))
}

fn choices(option: &Value) -> impl Iterator<Item = (&String, &Value)> {
    entries(option.get("choices"))
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_map).into_iter().flat_map(|map| &map.entries)
}

/// Returns the profile or choice with `default: true`, else the first one. Several may have it.
fn default_of<'v>(hub: &Hub<'_>, all: impl Iterator<Item = &'v Value>) -> Option<&'v Value> {
    let all: Vec<&Value> = all.collect();
    let mut defaults = all.iter().filter(|value| is_default(value));
    let chosen = if hub.version < FIRST_DEFAULT {
        defaults.next_back()
    } else {
        defaults.next()
    };
    chosen.or(all.first()).copied()
}

/// Whether `default` is true for Python.
fn is_default(value: &Value) -> bool {
    match value.get("default").map(|value| &value.content) {
        Some(Content::Bool(is)) => *is,
        Some(Content::Number(number)) => number.as_f64() != Some(0.0),
        Some(Content::String(text)) => !text.is_empty(),
        _ => false,
    }
}
