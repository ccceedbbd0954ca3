use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::{Hub, profiles};
use crate::lint::{Check, Context, Rule, fixes};
use crate::text::misspelled;
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "KB005",
    "dangling-volume-mount",
    "a volume mount refers to an undefined volume",
)
.page(include_str!("dangling_mount.md"))
.fix(FixKind::Unsafe);

/// A pod whose volumes and mounts the values add to.
struct PodKeys {
    /// Keys that hold volumes.
    volumes: &'static [&'static str],
    /// Keys that hold mounts.
    mounts: &'static [&'static str],
    /// Keys that hold containers with mounts.
    containers: &'static [&'static str],
    /// Volumes of the chart itself.
    own: &'static [&'static str],
    /// What fails if the pod is rejected.
    fails: &'static str,
}

const USER_POD: PodKeys = PodKeys {
    volumes: &[
        "singleuser.storage.extraVolumes",
        "singleuser.extraPodConfig.volumes",
    ],
    mounts: &["singleuser.storage.extraVolumeMounts"],
    containers: &["singleuser.initContainers", "singleuser.extraContainers"],
    own: &["home", "files"],
    fails: "no user server starts",
};

const PODS: [PodKeys; 2] = [
    PodKeys {
        volumes: &["hub.extraVolumes", "hub.extraPodSpec.volumes"],
        mounts: &["hub.extraVolumeMounts"],
        containers: &["hub.initContainers", "hub.extraContainers"],
        own: &["config", "secret", "files", "pvc", "hub-db-dir"],
        fails: "the API server rejects the hub pod",
    },
    PodKeys {
        volumes: &[
            "proxy.traefik.extraVolumes",
            "proxy.traefik.extraPodSpec.volumes",
        ],
        mounts: &["proxy.traefik.extraVolumeMounts"],
        containers: &["proxy.traefik.extraInitContainers"],
        own: &["traefik-config", "certificates"],
        fails: "the API server rejects the proxy pod",
    },
];

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for keys in &PODS {
        let volumes = volumes_of(hub, keys);
        for mount in mounts_of(hub, keys) {
            findings.extend(dangling(cx, mount, &volumes, keys));
        }
        for key in keys.volumes {
            findings.extend(duplicates(hub.get(key), keys.fails));
        }
    }
    if may_add_volumes(hub) {
        return;
    }
    let mut volumes = volumes_of(hub, &USER_POD);
    let traits = ["KubeSpawner", "Spawner"].into_iter();
    let traits = traits.filter_map(|section| hub.get("hub.config")?.get(section));
    let traits: Vec<&Value> = traits.collect();
    volumes.extend(traits.iter().flat_map(|traits| volumes_in(traits)));
    for mount in mounts_of(hub, &USER_POD) {
        findings.extend(dangling(cx, mount, &volumes, &USER_POD));
    }
    for key in USER_POD.volumes {
        findings.extend(duplicates(hub.get(key), USER_POD.fails));
    }
    let overrides = profiles::all_overrides(hub);
    // A choice may mount a volume of another option of its profile.
    let all = overrides.iter().flat_map(|settings| volumes_in(settings));
    volumes.extend(all);
    for settings in overrides.into_iter().chain(traits) {
        for mount in mounts_in(settings) {
            findings.extend(dangling(cx, mount, &volumes, &USER_POD));
        }
        findings.extend(duplicates(settings.get("volumes"), USER_POD.fails));
    }
}

/// Whether Python code, or a Secret that dunnage cannot read, can add volumes to user pods.
fn may_add_volumes(hub: &Hub<'_>) -> bool {
    let hooks = ["olume", "pod_hook", "pod_config", "profile_list"];
    hooks.iter().any(|name| hub.code_may_set(name))
        || hub.text("hub.existingSecret").is_some()
        || profiles::has_own_spawner(hub)
}

fn volumes_of<'v>(hub: &Hub<'v>, keys: &PodKeys) -> Vec<&'v str> {
    let lists = keys.volumes.iter().filter_map(|key| hub.get(key));
    let volumes = lists.flat_map(objects).filter_map(name);
    volumes.chain(keys.own.iter().copied()).collect()
}

fn mounts_of<'v>(hub: &Hub<'v>, keys: &PodKeys) -> Vec<&'v Value> {
    let own = keys.mounts.iter().filter_map(|key| hub.get(key));
    let containers = keys.containers.iter().filter_map(|key| hub.get(key));
    let of_containers = containers
        .flat_map(objects)
        .filter_map(|container| container.get("volumeMounts"));
    own.chain(of_containers).flat_map(objects).collect()
}

fn volumes_in(settings: &Value) -> Vec<&str> {
    let config = settings.get("extra_pod_config");
    let lists = [
        settings.get("volumes"),
        config.and_then(|config| config.get("volumes")),
    ];
    let volumes = lists.into_iter().flatten().flat_map(objects);
    volumes.filter_map(name).collect()
}

fn mounts_in(settings: &Value) -> Vec<&Value> {
    let containers = ["init_containers", "extra_containers"].into_iter();
    let containers = containers.filter_map(|key| settings.get(key));
    let of_containers = containers.flat_map(objects).filter_map(|container| {
        let mounts = container.get("volumeMounts");
        mounts.or_else(|| container.get("volume_mounts"))
    });
    let own = settings.get("volume_mounts").into_iter();
    own.chain(of_containers).flat_map(objects).collect()
}

/// The objects of a list, or of a mapping of objects.
fn objects(list: &Value) -> Vec<&Value> {
    match &list.content {
        Content::List(items) => items.iter().filter(|item| item.is_map()).collect(),
        Content::Map(map) => map.entries.values().filter(|item| item.is_map()).collect(),
        _ => Vec::new(),
    }
}

fn name(object: &Value) -> Option<&str> {
    match &object.get("name")?.content {
        Content::String(name) => Some(name),
        _ => None,
    }
}

/// Whether KubeSpawner or a template completes the name.
fn is_template(name: &str) -> bool {
    name.contains(['{', '$'])
}

fn dangling(
    cx: &Context<'_>,
    mount: &Value,
    volumes: &[&str],
    keys: &PodKeys,
) -> Option<Diagnostic> {
    let name = name(mount).filter(|name| !is_template(name))?;
    let value = mount.get("name")?;
    if volumes.contains(&name) || cx.hub.is_default(value) {
        return None;
    }
    // The home volume has the name of its template.
    let template = cx.hub.text("singleuser.storage.dynamic.volumeNameTemplate");
    if template == Some(name) {
        return None;
    }
    let message = format!("volume `{name}` does not exist: {}", keys.fails);
    let finding = Diagnostic::new(&CODE, message).at(value.set.value, "undefined volume");
    let own = volumes.iter().copied().filter(|volume| !keys.own.contains(volume));
    Some(if let Some(meant) = misspelled(name, own) {
        let edits = fixes::replace_scalar(cx, value, meant);
        let finding = finding.help(format!("did you mean `{meant}`?"));
        fixes::unsafe_fix(finding, format!("replace it with `{meant}`"), edits)
    } else {
        let place = keys.volumes[0];
        finding.help(format!("add the volume to `{place}`, or remove the mount"))
    })
}

/// Returns findings about volumes whose name another volume of the list has.
fn duplicates(list: Option<&Value>, fails: &str) -> Vec<Diagnostic> {
    let mut seen: BTreeMap<&str, &Value> = BTreeMap::new();
    let mut found = Vec::new();
    for volume in list.into_iter().flat_map(objects) {
        let (Some(name), Some(value)) = (name(volume), volume.get("name")) else {
            continue;
        };
        if let Some(first) = seen.insert(name, value) {
            let message = format!("volume `{name}` is defined twice: {fails}");
            found.push(
                Diagnostic::new(&CODE, message)
                    .at(value.set.value, "duplicate")
                    .at(first.set.value, "first definition")
                    .help("remove one, or rename it"),
            );
        }
    }
    found
}
