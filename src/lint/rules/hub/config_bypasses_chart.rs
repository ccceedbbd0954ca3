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
    "config-bypasses-chart",
    "a setting of the hub goes past the key of the chart that others read",
)
.page(include_str!("config_bypasses_chart.md"))
.fix(FixKind::Unsafe);

/// Traits of the spawner that the chart sets, with the key that it sets them from. Of the first ones others
/// than the hub read the key: placeholders, image pullers, the scheduler.
const SPAWNER: [(&str, &str); 21] = [
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

const JUPYTERHUB: [(&str, &str); 8] = [
    ("base_url", "hub.baseUrl"),
    ("concurrent_spawn_limit", "hub.concurrentSpawnLimit"),
    ("active_server_limit", "hub.activeServerLimit"),
    ("allow_named_servers", "hub.allowNamedServers"),
    ("named_server_limit_per_user", "hub.namedServerLimitPerUser"),
    ("authenticate_prometheus", "hub.authenticatePrometheus"),
    ("redirect_to_server", "hub.redirectToServer"),
    ("shutdown_on_logout", "hub.shutdownOnLogout"),
];

/// Keys that nobody but the hub reads, so that only a reader can be misled.
const OF_HUB_ALONE: [&str; 12] = [
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

/// Keys that hold something else than the trait, or that the chart adds to what it has itself.
const OTHERWISE: [&str; 6] = [
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
        ("KubeSpawner", &SPAWNER[..]),
        ("Spawner", &SPAWNER[..]),
        ("JupyterHub", &JUPYTERHUB[..]),
    ];
    for (class, traits) in classes {
        for (name, key) in traits {
            let path = format!("hub.config.{class}.{name}");
            let set = hub.get(&path).filter(|set| !set.is_null());
            if let Some(set) = set {
                findings.push(of_config(cx, &path, set, key));
            }
            findings.extend(of_code(hub, class, name, key));
        }
    }
}

fn of_config(cx: &Context<'_>, path: &str, set: &Value, key: &str) -> Diagnostic {
    let hub = cx.hub;
    let is_same = hub
        .get(key)
        .is_some_and(|own| own.to_json() == set.to_json());
    let is_quiet = OF_HUB_ALONE.contains(&key) && !hub.is_set(key);
    let message = if is_same {
        format!("`{path}` says what `{key}` says already")
    } else if OF_HUB_ALONE.contains(&key) {
        format!("`{path}` wins over the chart's `{key}`")
    } else {
        format!("`{path}` wins in the hub alone; all else goes by the chart's `{key}`")
    };
    let mut finding = Diagnostic::new(&CODE, message)
        .at(span(set), "what the hub takes")
        .help(format!("set `{key}` and not the trait"));
    if is_same {
        finding.level = Level::Note;
    } else if is_quiet {
        finding.level = Level::Hint;
    }
    if !hub.is_set(key) {
        let edits = fixes::move_key(cx, path, key).filter(|_| !OTHERWISE.contains(&key));
        return fixes::risky(finding, format!("move it to `{key}`"), edits);
    }
    let edits = fixes::remove(cx, set).filter(|_| is_same);
    let finding = hub.at(finding, &[(key, "what the others take")]);
    fixes::risky(finding, "take the trait away", edits)
}

/// Code that assigns the trait, which may have its reasons.
fn of_code(hub: &Hub<'_>, class: &str, name: &str, key: &str) -> Vec<Diagnostic> {
    let assignment = format!("c.{class}.{name} =");
    let assigns = |code: &&Value| matches!(&code.content, Content::String(code) if code.contains(&assignment));
    let code = hub.entries("hub.extraConfig").map(|(_, code)| code);
    let finding = |code| {
        let message = format!("code sets `{class}.{name}`, which is the chart's `{key}`");
        let mut finding = Diagnostic::new(&CODE, message)
            .at(span(code), "runs after all else")
            .help(format!("set `{key}` where it can say the same"));
        finding.level = Level::Hint;
        finding
    };
    code.filter(assigns).map(finding).collect()
}
