use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::ChartVersion;
use crate::hub::Hub;
use crate::hub::profiles;
use crate::hub::span;
use crate::hub::traits::{Traits, snake_case};
use crate::lint::{Check, Context, Rule, fixes};
use crate::text::nearest;
use crate::values::Value;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "SM006",
    "unknown-spawner-override",
    "a profile overrides a setting that KubeSpawner does not have",
)
.page(include_str!("unknown_override.md"))
.fix(FixKind::Unsafe);

/// Keys of profiles, of their options and of choices.
const OF_PROFILES: [&str; 8] = [
    "display_name",
    "description",
    "slug",
    "default",
    "kubespawner_override",
    "profile_options",
    "choices",
    "unlisted_choice",
];

/// Keys of a profile itself; [`OF_CHOICE`] has those of a choice.
const OF_PROFILE: [&str; 5] = [
    "display_name",
    "description",
    "slug",
    "default",
    "profile_options",
];
const OF_CHOICE: [&str; 2] = ["display_name", "default"];

/// Keys whose value the trait does not accept as it is, even if it has the same type.
const OTHER_SHAPES: [&str; 5] = ["gpu", "tag", "resources", "extra_resource", "extraResource"];

/// Common wrong names, mostly keys of the chart, with the traits that are probably meant.
const MEANT: &[(&str, &[&str])] = &[
    ("affinity", &["node_affinity_required"]),
    ("annotations", &["extra_annotations"]),
    ("command", &["cmd"]),
    ("cpu", &["cpu_limit", "cpu_guarantee"]),
    ("cpu_request", &["cpu_guarantee"]),
    ("env", &["environment"]),
    ("extra_env", &["environment"]),
    ("extra_node_affinity", &["node_affinity_required"]),
    ("extra_resource", &["extra_resource_limits"]),
    ("gpu", &["extra_resource_limits"]),
    ("image_name", &["image"]),
    ("image_spec", &["image"]),
    ("image_tag", &["image"]),
    ("labels", &["extra_labels"]),
    ("mem", &["mem_limit", "mem_guarantee"]),
    ("mem_request", &["mem_guarantee"]),
    ("memory", &["mem_limit", "mem_guarantee"]),
    ("memory_guarantee", &["mem_guarantee"]),
    ("memory_limit", &["mem_limit"]),
    ("memory_request", &["mem_guarantee"]),
    ("name", &["image"]),
    ("pull_policy", &["image_pull_policy"]),
    (
        "resources",
        &["mem_limit", "mem_guarantee", "cpu_limit", "cpu_guarantee"],
    ),
    ("service_account_name", &["service_account"]),
    ("storage", &["storage_capacity", "storage_class", "volumes"]),
    ("storage_dynamic_storage_class", &["storage_class"]),
    ("tag", &["image"]),
    ("timeout", &["start_timeout"]),
    ("tolerance", &["tolerations"]),
    ("tolerence", &["tolerations"]),
];

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let traits = Traits::of(hub.version);
    let has_own_spawner = profiles::has_own_spawner(hub);
    for settings in profiles::all_overrides(hub) {
        let entries = settings.as_map().into_iter();
        for (key, value) in entries.flat_map(|map| &map.entries) {
            let mut found = match traits.renamed(key) {
                Some(new) => old_name(key, new, value),
                None if traits.get(key).is_some() => continue,
                None if traits.is_internal(key) && key != "env" => continue,
                None => unknown(hub, traits, key, value),
            };
            found = with_fix(cx, traits, settings, (key, value), found);
            if has_own_spawner {
                found.level = Level::Note;
            }
            findings.push(found);
        }
    }
}

/// Adds a fix: another name, if exactly one trait can be meant and accepts the value, or one level up.
fn with_fix(
    cx: &Context<'_>,
    traits: &Traits,
    settings: &Value,
    (key, value): (&str, &Value),
    found: Diagnostic,
) -> Diagnostic {
    let hub = cx.hub;
    if let Some(holder) = holder(hub, settings, key) {
        let edits = fixes::transfer(cx, value, holder, &[key]);
        return fixes::unsafe_fix(found, format!("move `{key}` one level up"), edits);
    }
    let is_later = || Traits::first_after(hub.version, key, value).is_some();
    let name = match traits.renamed(key) {
        Some(new) => Some(new),
        None if OF_PROFILES.contains(&key) || OTHER_SHAPES.contains(&key) || is_later() => None,
        None => match meant(traits, key).as_slice() {
            [name] => Some(*name),
            _ => None,
        },
    };
    let fits = |name: &&str| {
        settings.get(name).is_none() && traits.get(name).is_some_and(|known| known.takes(value))
    };
    match name.filter(fits) {
        Some(name) => {
            let edits = fixes::rename_key(cx, value, name);
            fixes::unsafe_fix(found, format!("rename it to `{name}`"), edits)
        }
        None => found,
    }
}

/// Returns the profile or choice that has these overrides, if the key is a key of profiles or choices.
fn holder<'v>(hub: &Hub<'v>, settings: &Value, key: &str) -> Option<&'v Value> {
    let below = |value: Option<&'v Value>| {
        let map = value.and_then(Value::as_map);
        map.into_iter().flat_map(|map| map.entries.values())
    };
    let holds = |holder: &&Value| {
        let own = holder.get("kubespawner_override");
        own.is_some_and(|own| own.set == settings.set)
    };
    let profiles = hub.profiles();
    if OF_PROFILE.contains(&key)
        && let Some(profile) = profiles.iter().copied().find(|profile| holds(profile))
    {
        return Some(profile);
    }
    let options = profiles.iter().flat_map(|profile| below(profile.get("profile_options")));
    let mut choices = options.flat_map(|option| below(option.get("choices")));
    choices.find(|choice| OF_CHOICE.contains(&key) && holds(choice))
}

fn old_name(key: &str, new: &str, value: &Value) -> Diagnostic {
    let message = format!("`{key}` is deprecated: KubeSpawner calls it `{new}`");
    let mut found = Diagnostic::new(&CODE, message).at(span(value), "deprecated name").help(
        format!("rename it to `{new}`: the hub logs a warning for the old name"),
    );
    found.level = Level::Note;
    found
}

fn unknown(hub: &Hub<'_>, traits: &Traits, key: &str, value: &Value) -> Diagnostic {
    let is_of_profile = OF_PROFILES.contains(&key);
    // Since z2jh 3.0 KubeSpawner merges mappings, and fails if there is no trait to merge with.
    let is_looked_up =
        value.is_map() && hub.version >= ChartVersion::new(3, 0) && !traits.is_internal(key);
    let fails = is_looked_up || traits.is_read_only(key);
    let consequence = if fails {
        "user servers of this profile do not start"
    } else {
        "it has no effect"
    };
    let message = if is_of_profile {
        format!("`{key}` is a key of profiles, not a KubeSpawner setting: {consequence}")
    } else {
        format!("KubeSpawner has no setting `{key}`: {consequence}")
    };
    let label = if is_of_profile {
        "one level too deep"
    } else {
        "unknown setting"
    };
    let help = if is_of_profile {
        "move it one level up, next to `kubespawner_override`".to_owned()
    } else {
        help(hub, traits, key, value)
    };
    let mut found = Diagnostic::new(&CODE, message).at(span(value), label).help(help);
    if fails {
        found.level = Level::Error;
    }
    found
}

fn help(hub: &Hub<'_>, traits: &Traits, key: &str, value: &Value) -> String {
    if let Some(version) = Traits::first_after(hub.version, key, value) {
        return format!("remove it: only z2jh {version} and later have it");
    }
    match meant(traits, key).as_slice() {
        [] => "remove it, or use the name of a KubeSpawner trait".to_owned(),
        names => format!("did you mean {}?", listed(names)),
    }
}

/// The most traits that are named.
const MOST_NAMED: usize = 3;

/// Returns the traits that were probably meant.
fn meant<'t>(traits: &'t Traits, key: &str) -> Vec<&'t str> {
    let key = snake_case(key);
    let named = |wanted: &str| traits.names().find(|name| *name == wanted);
    if let Some(name) = named(&key) {
        return vec![name];
    }
    let known = MEANT.iter().find(|(written, _)| *written == key);
    if let Some((_, names)) = known {
        return names.iter().filter_map(|name| named(name)).collect();
    }
    let shorter = ["extra_", "singleuser_", "user_", "pod_", "container_"]
        .iter()
        .filter_map(|prefix| named(key.strip_prefix(prefix)?));
    let longer = ["extra_", "node_", "pod_", "image_", "storage_"]
        .iter()
        .filter_map(|prefix| named(&format!("{prefix}{key}")));
    let related = shorter.chain(longer).next();
    if let Some(name) = related.or_else(|| nearest(&key, traits.names())) {
        return vec![name];
    }
    let begins = |name: &&str| {
        let rest = name.strip_prefix(key.as_str());
        rest.is_some_and(|rest| rest.starts_with('_'))
    };
    let longer: Vec<&str> = traits.names().filter(begins).collect();
    if longer.len() <= MOST_NAMED {
        longer
    } else {
        Vec::new()
    }
}

fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_found() {
        let traits = Traits::of(ChartVersion::new(4, 4));
        for (key, names) in [
            ("nodeSelector", &["node_selector"] as &[_]),
            ("defaultUrl", &["default_url"]),
            ("extra_tolerations", &["tolerations"]),
            ("extraVolumeMounts", &["volume_mounts"]),
            ("name", &["image"]),
            ("mem", &["mem_limit", "mem_guarantee"]),
            ("memory.limit", &["mem_limit"]),
            ("cpu.limit", &["cpu_limit"]),
            ("storage.capacity", &["storage_capacity"]),
            ("command", &["cmd"]),
            ("selector", &["node_selector"]),
            ("tolerence", &["tolerations"]),
            ("lifecycle", &["lifecycle_hooks"]),
            ("xyzzy", &[]),
        ] {
            assert_eq!(meant(traits, key), names, "{key}");
        }
    }

    #[test]
    fn every_meant_trait_exists() {
        let traits = Traits::of(ChartVersion::new(4, 4));
        for name in MEANT.iter().flat_map(|(_, names)| *names) {
            assert!(traits.get(name).is_some(), "{name}");
        }
    }
}
