//! What the versions of the chart took away, from its tags since 0.4 and the messages of its `NOTES.txt`.

use crate::yaml::Value;

/// A key that a version took away.
pub(super) struct Removed {
    /// The keys that lead to it, with `*` for any.
    pub(super) path: &'static str,
    /// The version that knows it no more.
    pub(super) since: (u32, u32),
    pub(super) now: Now,
}

/// What became of a key.
pub(super) enum Now {
    /// The value goes as it is to another place, or to several.
    Moved(&'static [&'static str]),
    /// The key is called otherwise.
    Renamed(&'static str),
    /// The value goes to another place in another shape, where it has one there.
    Remade(&'static str, fn(&Value) -> Option<Value>),
    /// The settings of authenticators go to the classes that have them.
    Auth,
    /// Nothing takes its place, and why.
    Gone(&'static str),
    /// What to write instead, which somebody has to think about.
    Else(&'static str),
}

impl Now {
    /// What to write instead.
    pub(super) fn advice(&self) -> String {
        let quoted = |paths: &[&str]| {
            let quoted: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
            match quoted.split_last() {
                Some((last, rest)) if !rest.is_empty() => {
                    format!("{} and {last}", rest.join(", "))
                }
                _ => quoted.concat(),
            }
        };
        match self {
            Now::Moved(paths) => format!("write {}", quoted(paths)),
            Now::Renamed(key) => format!("write `{key}`"),
            Now::Remade(path, _) if *path == IPTABLES => {
                format!("write `{path}`, which means the opposite")
            }
            Now::Remade(path, _) => format!("write `{path}`, which has another shape"),
            Now::Auth => "write `hub.config`, by the classes of JupyterHub".to_owned(),
            Now::Gone(why) => format!("take it away: {why}"),
            Now::Else(what) => format!("write {what}"),
        }
    }
}

const fn removed(path: &'static str, since: (u32, u32), now: Now) -> Removed {
    Removed { path, since, now }
}

const IPTABLES: &str = "singleuser.cloudMetadata.blockWithIptables";

/// Where the switch for roles and service accounts went (`docs`, the upgrade to 2.0).
const RBAC: &[&str] = &[
    "rbac.create",
    "hub.serviceAccount.create",
    "proxy.traefik.serviceAccount.create",
    "scheduling.userScheduler.serviceAccount.create",
    "prePuller.hook.serviceAccount.create",
];

pub(super) const REMOVED: &[Removed] = &[
    removed("proxy.image", (0, 5), Now::Moved(&["proxy.chp.image"])),
    removed("proxy.cmd", (0, 5), Now::Else(COMMAND)),
    removed(
        "proxy.resources",
        (0, 5),
        Now::Moved(&["proxy.chp.resources"]),
    ),
    removed(
        "admin",
        (0, 5),
        Now::Else("`hub.config.Authenticator.admin_users`"),
    ),
    removed("statsd", (0, 5), Now::Gone("JupyterHub has `/hub/metrics`")),
    removed(
        "prePuller.enabled",
        (0, 6),
        Now::Moved(&["prePuller.hook.enabled", "prePuller.continuous.enabled"]),
    ),
    removed(
        "prePuller.image",
        (0, 6),
        Now::Moved(&["prePuller.hook.image"]),
    ),
    removed("proxy.chp.cmd", (0, 7), Now::Else(COMMAND)),
    removed(
        "singleuser.schedulerStrategy",
        (0, 8),
        Now::Else("`scheduling.userScheduler`, which packs users"),
    ),
    removed("cull.podCuller", (0, 8), Now::Else("`cull`")),
    removed(
        "prePuller.extraImages.*.policy",
        (0, 8),
        Now::Renamed("pullPolicy"),
    ),
    removed(
        "hub.imagePullPolicy",
        (0, 9),
        Now::Moved(&["hub.image.pullPolicy"]),
    ),
    removed("proxy.lego", (0, 9), Now::Else("`proxy.traefik`")),
    removed("proxy.nginx", (0, 9), Now::Else("`proxy.traefik`")),
    removed(
        "hub.uid",
        (0, 10),
        Now::Moved(&["hub.containerSecurityContext.runAsUser"]),
    ),
    removed(
        "hub.imagePullSecret",
        (0, 10),
        Now::Remade("imagePullSecret", pull_secret),
    ),
    removed(
        "singleuser.imagePullSecret",
        (0, 10),
        Now::Remade("imagePullSecret", pull_secret),
    ),
    removed(
        "proxy.networkPolicy",
        (0, 10),
        Now::Moved(&["proxy.chp.networkPolicy", "proxy.traefik.networkPolicy"]),
    ),
    removed(
        "proxy.nodeSelector",
        (0, 10),
        Now::Moved(&["proxy.chp.nodeSelector", "proxy.traefik.nodeSelector"]),
    ),
    removed(
        "proxy.containerSecurityContext",
        (0, 10),
        Now::Moved(&[
            "proxy.chp.containerSecurityContext",
            "proxy.traefik.containerSecurityContext",
        ]),
    ),
    removed(
        "singleuser.cloudMetadata.enabled",
        (0, 10),
        Now::Remade(IPTABLES, inverted),
    ),
    removed(
        "scheduling.userScheduler.policy",
        (0, 10),
        Now::Else("`scheduling.userScheduler.plugins`"),
    ),
    removed("auth", (0, 11), Now::Auth),
    removed("proxy.pdb", (0, 11), Now::Moved(&["proxy.chp.pdb"])),
    removed("hub.extraConfigMap", (1, 0), Now::Moved(&["custom"])),
    removed(
        "hub.publicURL",
        (1, 0),
        Now::Gone("the chart never used it"),
    ),
    removed("rbac.enabled", (2, 0), Now::Moved(RBAC)),
    removed(
        "hub.fsGid",
        (2, 0),
        Now::Moved(&["hub.podSecurityContext.fsGroup"]),
    ),
    removed(
        "httpRoute.gateway",
        (5, 0),
        Now::Remade("httpRoute.parentRefs", parents),
    ),
];

const COMMAND: &str = "`proxy.chp.extraCommandLineFlags`";

fn inverted(value: &Value) -> Option<Value> {
    match value {
        Value::Bool(value) => Some(Value::Bool(!value)),
        _ => None,
    }
}

/// Whether there is one is asked by another key.
fn pull_secret(value: &Value) -> Option<Value> {
    let Value::Mapping(pairs) = value else {
        return None;
    };
    let renamed = pairs.iter().map(|(key, value)| {
        let key = if key == "enabled" { "create" } else { key };
        (key.to_owned(), value.clone())
    });
    Some(Value::Mapping(renamed.collect()))
}

/// One gateway becomes the only one of a list; a namespace without a name was the release's own.
fn parents(value: &Value) -> Option<Value> {
    let Value::Mapping(pairs) = value else {
        return None;
    };
    let pairs = pairs.iter().filter(|(_, value)| *value != Value::from(""));
    Some(Value::Sequence(vec![Value::Mapping(
        pairs.cloned().collect(),
    )]))
}
