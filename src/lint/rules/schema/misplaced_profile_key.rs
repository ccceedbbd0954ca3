use crate::diag::{Code, Diagnostic, FixKind};
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
    "SM007",
    "misplaced-profile-key",
    "a profile sets a KubeSpawner setting outside `kubespawner_override`, so it is ignored",
)
.page(include_str!("misplaced_profile_key.md"))
.fix(FixKind::Unsafe);

const OVERRIDE: &str = "kubespawner_override";
const OF_PROFILE: [&str; 6] = [
    "display_name",
    "description",
    "slug",
    "default",
    OVERRIDE,
    "profile_options",
];
const OF_OPTION: [&str; 3] = ["display_name", "choices", "unlisted_choice"];
const OF_CHOICE: [&str; 3] = ["display_name", "default", OVERRIDE];

/// Settings of user servers, by the names of KubeSpawner's traits and of the chart's keys. Other names may belong to an
/// extension of the hub.
const SETTINGS: [&str; 52] = [
    "args",
    "cmd",
    "cpu",
    "cpu_guarantee",
    "cpu_limit",
    "cpuGuarantee",
    "cpuLimit",
    "defaultUrl",
    "default_url",
    "environment",
    "extraContainers",
    "extraEnv",
    "extraLabels",
    "extraPodConfig",
    "extraResource",
    "extraTolerations",
    "extra_annotations",
    "extra_containers",
    "extra_labels",
    "extra_pod_config",
    "extra_resource_guarantees",
    "extra_resource_limits",
    "extra_tolerations",
    "fs_gid",
    "image",
    "image_pull_policy",
    "image_pull_secrets",
    "image_spec",
    "initContainers",
    "init_containers",
    "lifecycle_hooks",
    "mem_guarantee",
    "mem_limit",
    "memory",
    "nodeSelector",
    "node_affinity_preferred",
    "node_affinity_required",
    "node_selector",
    "notebook_dir",
    "priority_class_name",
    "resources",
    "scheduler_name",
    "service_account",
    "startTimeout",
    "start_timeout",
    "storage",
    "storage_capacity",
    "storage_class",
    "tolerations",
    "uid",
    "volume_mounts",
    "volumes",
];

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for profile in hub.profiles() {
        findings.extend(flaws(cx, profile, "a profile", &OF_PROFILE));
        for option in below(profile.get("profile_options")) {
            findings.extend(flaws(cx, option, "an option", &OF_OPTION));
            for choice in below(option.get("choices")) {
                findings.extend(flaws(cx, choice, "a choice", &OF_CHOICE));
            }
        }
    }
}

fn below(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let map = value.and_then(Value::as_map);
    map.into_iter().flat_map(|map| map.entries.values())
}

/// Returns findings for keys that are ignored here.
fn flaws(cx: &Context<'_>, holder: &Value, title: &str, known: &[&str]) -> Vec<Diagnostic> {
    let entries = holder.as_map().into_iter().flat_map(|map| &map.entries);
    let unknown = entries.filter(|(key, _)| !known.contains(&key.as_str()));
    let finding = |(key, value): (&String, &Value)| {
        let place = value.set.key.unwrap_or_else(|| span(value));
        let is_setting = SETTINGS.contains(&key.as_str()) || key == OVERRIDE;
        let meant = nearest(key, known.iter().copied());
        let (message, help) = match (is_setting, meant) {
            (true, _) if key == OVERRIDE => (
                format!("`{key}` of {title} is ignored: only profiles and choices have it"),
                "move it into a choice, below `choices`".to_owned(),
            ),
            (true, _) => (
                format!("`{key}` of {title} is ignored: it is outside `{OVERRIDE}`"),
                format!("move it into `{OVERRIDE}`, under the name of KubeSpawner's trait"),
            ),
            (false, Some(meant)) => (
                format!("unknown key `{key}` of {title} is ignored"),
                format!("did you mean `{meant}`?"),
            ),
            (false, None) => return None,
        };
        let found = Diagnostic::new(&CODE, message).at(place, "ignored").help(help);
        Some(match meant.filter(|_| !is_setting) {
            Some(meant) => {
                let edits = fixes::rename_key(cx, value, meant);
                fixes::unsafe_fix(found, format!("rename it to `{meant}`"), edits)
            }
            None if known.contains(&OVERRIDE) => moved(cx, holder, (key, value), found),
            None => found,
        })
    };
    unknown.filter_map(finding).collect()
}

/// Adds a fix that moves the key into the overrides, if a trait has this name in another spelling and accepts the value.
fn moved(
    cx: &Context<'_>,
    holder: &Value,
    (key, value): (&str, &Value),
    found: Diagnostic,
) -> Diagnostic {
    let hub = cx.hub;
    let traits = Traits::of(hub.version);
    let name = traits.renamed(key).map_or_else(|| snake_case(key), str::to_owned);
    let fits = traits.get(&name).is_some_and(|known| known.takes(value));
    if !fits {
        return found;
    }
    let edits = fixes::transfer(cx, value, holder, &[OVERRIDE, &name]);
    fixes::unsafe_fix(found, format!("move it to `{OVERRIDE}.{name}`"), edits)
}
