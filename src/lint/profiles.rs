//! What the servers of users get: `singleuser`, then a profile's overrides, then those of its choices
//! (KubeSpawner's `_load_profile`).

use std::collections::BTreeMap;

use super::Hub;
use crate::values::{Content, Value};

/// Settings of a spawner by the names of its traits, as one profile with one choice of each option has them.
pub(super) struct Settings<'v> {
    /// How messages name it: `the profile "Large"`.
    pub(super) title: String,
    traits: BTreeMap<&'v str, &'v Value>,
}

impl<'v> Settings<'v> {
    /// The value of a trait, where it is set to something.
    pub(super) fn get(&self, name: &str) -> Option<&'v Value> {
        let value = self.traits.get(name).copied();
        value.filter(|value| !value.is_null())
    }

    fn with(&self, title: String, overrides: Option<&'v Value>) -> Self {
        let mut traits = self.traits.clone();
        let entries = overrides.and_then(Value::as_map).into_iter();
        traits.extend(
            entries
                .flat_map(|map| &map.entries)
                .map(|(name, value)| (name.as_str(), value)),
        );
        Self { title, traits }
    }
}

/// Keys of the chart with the traits that they set.
const TRAITS: [(&str, &str); 4] = [
    ("singleuser.memory.limit", "mem_limit"),
    ("singleuser.memory.guarantee", "mem_guarantee"),
    ("singleuser.cpu.limit", "cpu_limit"),
    ("singleuser.cpu.guarantee", "cpu_guarantee"),
];

/// Every `kubespawner_override`, of profiles and of choices.
pub(super) fn overrides<'v>(hub: &Hub<'v>) -> Vec<&'v Value> {
    let mut found = Vec::new();
    for profile in profiles(hub) {
        found.extend(profile.get("kubespawner_override"));
        for (_, choice) in options(profile).flat_map(|(_, option)| choices(option)) {
            found.extend(choice.get("kubespawner_override"));
        }
    }
    found
}

/// The settings without a profile, of each profile with its default choices, and of each choice alone beside
/// the others' defaults.
pub(super) fn effective<'v>(hub: &Hub<'v>) -> Vec<Settings<'v>> {
    let known = TRAITS.iter();
    let base = Settings {
        title: "a server".to_owned(),
        traits: known
            .filter_map(|&(path, name)| Some((name, hub.get(path)?)))
            .collect(),
    };
    let mut all = Vec::new();
    for profile in profiles(hub) {
        let title = title_of(profile);
        let own = base.with(title.clone(), profile.get("kubespawner_override"));
        let with_defaults = options(profile).fold(own, |settings, (_, option)| {
            let chosen = default_choice(option);
            settings.with(
                title.clone(),
                chosen.and_then(|choice| choice.get("kubespawner_override")),
            )
        });
        for (_, option) in options(profile) {
            for (key, choice) in choices(option) {
                let title = format!("{title} with `{key}`");
                all.push(with_defaults.with(title, choice.get("kubespawner_override")));
            }
        }
        all.insert(0, with_defaults);
    }
    all.insert(0, base);
    all
}

/// The settings of the profile that a user gets who chooses none.
pub(super) fn default_profile<'s, 'v>(
    hub: &Hub<'v>,
    all: &'s [Settings<'v>],
) -> Option<&'s Settings<'v>> {
    let is_default = |profile: &&Value| {
        let default = profile.get("default");
        default.is_some_and(|value| value.content == Content::Bool(true))
    };
    let profile = profiles(hub)
        .find(is_default)
        .or_else(|| profiles(hub).next())?;
    let title = title_of(profile);
    all.iter().find(|settings| settings.title == title)
}

fn title_of(profile: &Value) -> String {
    format!("the profile `{}`", name_of(profile, "display_name"))
}

fn profiles<'v>(hub: &Hub<'v>) -> impl Iterator<Item = &'v Value> {
    let list = hub.get("singleuser.profileList").map(|list| &list.content);
    let items = match list {
        Some(Content::List(items)) => items.as_slice(),
        _ => &[],
    };
    items.iter()
}

fn options(profile: &Value) -> impl Iterator<Item = (&String, &Value)> {
    entries(profile.get("profile_options"))
}

fn choices(option: &Value) -> impl Iterator<Item = (&String, &Value)> {
    entries(option.get("choices"))
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value
        .and_then(Value::as_map)
        .into_iter()
        .flat_map(|map| &map.entries)
}

/// The choice that says `default: true`, else the first.
fn default_choice(option: &Value) -> Option<&Value> {
    let is_default = |choice: &&Value| {
        choice
            .get("default")
            .is_some_and(|value| value.content == Content::Bool(true))
    };
    let all = || choices(option).map(|(_, choice)| choice);
    all().find(is_default).or_else(|| all().next())
}

fn name_of<'v>(value: &'v Value, key: &str) -> &'v str {
    match value.get(key).map(|value| &value.content) {
        Some(Content::String(text)) => text,
        _ => "",
    }
}
