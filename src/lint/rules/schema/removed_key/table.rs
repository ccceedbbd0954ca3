//! Keys that versions of the chart removed, from its tags since 0.4 and the messages of its `NOTES.txt`.

use crate::hub::ChartVersion;
use crate::yaml::Value;

/// A key that a version removed.
pub(super) struct Removed {
    /// Its path, in which `*` matches any key.
    pub(super) path: &'static str,
    /// The first version without it.
    pub(super) since: ChartVersion,
    pub(super) now: Now,
}

/// What replaces a removed key.
pub(super) enum Now {
    /// The same value at another path, or at several.
    Moved(&'static [&'static str]),
    /// The same value under another name.
    Renamed(&'static str),
    /// The value at another path and in another form; `None` if it has none there.
    Remade(&'static str, fn(&Value) -> Option<Value>),
    /// Settings of authenticators move to their classes in `hub.config`.
    Auth,
    /// Nothing, and why.
    Gone(&'static str),
    /// A replacement that needs a decision by the user.
    Else(&'static str),
}

impl Now {
    /// Returns the help text.
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
            Now::Moved(paths) => format!("move it to {}", quoted(paths)),
            Now::Renamed(key) => format!("rename it to `{key}`"),
            Now::Remade(path, _) if *path == IPTABLES => {
                format!("use `{path}` with the opposite value")
            }
            Now::Remade(path, _) => format!("use `{path}`, which has another form"),
            Now::Auth => "move each setting to its class below `hub.config`".to_owned(),
            Now::Gone(why) => format!("remove it: {why}"),
            Now::Else(what) => format!("use {what}"),
        }
    }
}

const fn removed(path: &'static str, since: (u32, u32), now: Now) -> Removed {
    Removed {
        path,
        since: ChartVersion::new(since.0, since.1),
        now,
    }
}

const IPTABLES: &str = "singleuser.cloudMetadata.blockWithIptables";

/// The keys that replace `rbac.enabled` (chart documentation, upgrade to 2.0).
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
    removed(
        "statsd",
        (0, 5),
        Now::Gone("JupyterHub serves metrics at `/hub/metrics`"),
    ),
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
        Now::Else("`scheduling.userScheduler`, which packs user pods"),
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

/// Returns the new form of a pull secret, in which `enabled` is `create`.
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

/// Returns a list with one gateway; an empty namespace meant the namespace of the release.
fn parents(value: &Value) -> Option<Value> {
    let Value::Mapping(pairs) = value else {
        return None;
    };
    let pairs = pairs.iter().filter(|(_, value)| *value != Value::from(""));
    Some(Value::Sequence(vec![Value::Mapping(
        pairs.cloned().collect(),
    )]))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value as Json;

    use super::*;
    use crate::hub::chart::VERSIONS;

    /// The paths of all keys that a schema names.
    fn paths(schema: &Json, above: &str, found: &mut BTreeSet<String>) {
        let keys = schema["properties"].as_object().into_iter().flatten();
        for (key, below) in keys {
            let path = format!("{above}{key}");
            paths(below, &format!("{path}."), found);
            found.insert(path);
        }
    }

    fn known() -> Vec<(&'static str, BTreeSet<String>)> {
        let read = VERSIONS.iter().map(|version| {
            let schema: Json = serde_json::from_str(version.schema).expect("JSON");
            let mut found = BTreeSet::new();
            paths(&schema, "", &mut found);
            (version.name, found)
        });
        read.collect()
    }

    #[test]
    fn every_key_that_a_known_version_removed_is_in_the_table() {
        /// A mapping that allows any key.
        const FREE: &str = "scheduling.userScheduler.plugins.";
        let known = known();
        let mut gone = 0;
        for pair in known.windows(2) {
            let [(_, before), (version, after)] = pair else {
                panic!("two of them");
            };
            for path in before.difference(after).filter(|path| !path.starts_with(FREE)) {
                let is_row = |row: &&Removed| path.as_str() == row.path;
                assert!(
                    REMOVED.iter().any(|row| is_row(&row)),
                    "{path} in {version}"
                );
                gone += 1;
            }
        }
        assert!(gone > 8, "only {gone}");
    }

    #[test]
    fn the_newest_version_has_every_new_place() {
        let (_, newest) = known().pop().expect("a version");
        for row in REMOVED {
            let targets: &[&str] = match &row.now {
                Now::Moved(targets) => targets,
                Now::Remade(target, _) => &[target],
                _ => &[],
            };
            for target in targets {
                let (above, _) = target.rsplit_once('.').unwrap_or((target, ""));
                let below = format!("{above}.");
                let is_free =
                    newest.contains(above) && !newest.iter().any(|path| path.starts_with(&below));
                assert!(is_free || newest.contains(*target), "{target}");
            }
        }
    }
}
