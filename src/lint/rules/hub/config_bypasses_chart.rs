use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::Hub;
use crate::hub::span;
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "HB007",
    "config-overrides-chart-key",
    "`hub.config` overrides a chart key that other components still read",
)
.page(include_str!("config_bypasses_chart.md"))
.fix(FixKind::Unsafe);

/// Traits of the spawner with the chart key that sets them.
const SPAWNER_TRAITS: [(&str, &str); 21] = [
    ("profile_list", "singleuser.profileList"),
    ("image", "singleuser.image"),
    ("mem_limit", "singleuser.memory.limit"),
    ("mem_guarantee", "singleuser.memory.guarantee"),
    ("cpu_limit", "singleuser.cpu.limit"),
    ("cpu_guarantee", "singleuser.cpu.guarantee"),
    ("tolerations", "singleuser.extraTolerations"),
    ("node_selector", "singleuser.nodeSelector"),
    (
        "node_affinity_required",
        "singleuser.extraNodeAffinity.required",
    ),
    (
        "node_affinity_preferred",
        "singleuser.extraNodeAffinity.preferred",
    ),
    ("extra_resource_limits", "singleuser.extraResource.limits"),
    (
        "extra_resource_guarantees",
        "singleuser.extraResource.guarantees",
    ),
    ("priority_class_name", "scheduling.podPriority.enabled"),
    ("scheduler_name", "scheduling.userScheduler.enabled"),
    ("init_containers", "singleuser.initContainers"),
    ("extra_containers", "singleuser.extraContainers"),
    ("volumes", "singleuser.storage.extraVolumes"),
    ("volume_mounts", "singleuser.storage.extraVolumeMounts"),
    ("start_timeout", "singleuser.startTimeout"),
    ("default_url", "singleuser.defaultUrl"),
    ("cmd", "singleuser.cmd"),
];

/// Traits of JupyterHub with the chart key that sets them.
const JUPYTERHUB_TRAITS: [(&str, &str); 8] = [
    ("base_url", "hub.baseUrl"),
    ("concurrent_spawn_limit", "hub.concurrentSpawnLimit"),
    ("active_server_limit", "hub.activeServerLimit"),
    ("allow_named_servers", "hub.allowNamedServers"),
    ("named_server_limit_per_user", "hub.namedServerLimitPerUser"),
    ("authenticate_prometheus", "hub.authenticatePrometheus"),
    ("redirect_to_server", "hub.redirectToServer"),
    ("shutdown_on_logout", "hub.shutdownOnLogout"),
];

/// Keys that only the hub reads. For all others, placeholders, image pullers, the scheduler or the proxy read the
/// key too.
const HUB_ONLY: [&str; 12] = [
    "singleuser.storage.extraVolumes",
    "singleuser.storage.extraVolumeMounts",
    "singleuser.startTimeout",
    "singleuser.defaultUrl",
    "singleuser.cmd",
    "hub.concurrentSpawnLimit",
    "hub.activeServerLimit",
    "hub.allowNamedServers",
    "hub.namedServerLimitPerUser",
    "hub.authenticatePrometheus",
    "hub.redirectToServer",
    "hub.shutdownOnLogout",
];

/// Keys whose values have another form than the trait, or that the chart merges with its own values.
const NOT_MOVABLE: [&str; 6] = [
    "singleuser.image",
    "singleuser.extraTolerations",
    "scheduling.podPriority.enabled",
    "scheduling.userScheduler.enabled",
    "singleuser.storage.extraVolumes",
    "singleuser.storage.extraVolumeMounts",
];

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let classes = [
        ("KubeSpawner", &SPAWNER_TRAITS[..]),
        ("Spawner", &SPAWNER_TRAITS[..]),
        ("JupyterHub", &JUPYTERHUB_TRAITS[..]),
    ];
    for (class, traits) in classes {
        for (name, key) in traits {
            let path = format!("hub.config.{class}.{name}");
            let set = hub.get(&path).filter(|set| !set.is_null());
            if let Some(set) = set {
                findings.push(in_config(cx, &path, set, key));
            }
            findings.extend(in_code(hub, class, name, key));
        }
    }
}

fn in_config(cx: &Context<'_>, path: &str, set: &Value, key: &str) -> Diagnostic {
    let hub = cx.hub;
    let is_same = hub.get(key).is_some_and(|own| own.to_json() == set.to_json());
    let is_harmless = HUB_ONLY.contains(&key) && !hub.is_set(key);
    let message = if is_same {
        format!("`{path}` duplicates the chart key `{key}`")
    } else if HUB_ONLY.contains(&key) {
        format!("`{path}` overrides the chart key `{key}`")
    } else {
        format!("`{path}` overrides `{key}` in the hub only: other components read the chart key")
    };
    let mut finding = Diagnostic::new(&CODE, message)
        .at(span(set), "the hub uses this")
        .help(format!("set the chart key `{key}` instead"));
    if is_same {
        finding.level = Level::Note;
    } else if is_harmless {
        finding.level = Level::Hint;
    }
    if !hub.is_set(key) {
        let edits = fixes::move_key(cx, path, key).filter(|_| !NOT_MOVABLE.contains(&key));
        return fixes::unsafe_fix(finding, format!("move it to `{key}`"), edits);
    }
    let edits = fixes::remove(cx, set).filter(|_| is_same);
    let finding = hub.at(finding, &[(key, "the chart key")]);
    fixes::unsafe_fix(finding, format!("remove `{path}`"), edits)
}

/// Returns hints about code in `hub.extraConfig` that assigns the trait.
fn in_code(hub: &Hub<'_>, class: &str, name: &str, key: &str) -> Vec<Diagnostic> {
    let assignment = format!("c.{class}.{name} =");
    let assigns = |code: &&Value| matches!(&code.content, Content::String(code) if code.contains(&assignment));
    let code = hub.entries("hub.extraConfig").map(|(_, code)| code);
    let finding = |code| {
        let message =
            format!("`hub.extraConfig` sets `{class}.{name}` and overrides the chart key `{key}`");
        let mut finding = Diagnostic::new(&CODE, message)
            .at(span(code), "code overrides values")
            .help(format!(
                "set `{key}` instead if it can express the same value"
            ));
        finding.level = Level::Hint;
        finding
    };
    code.filter(assigns).map(finding).collect()
}
