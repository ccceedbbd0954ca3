use crate::diag::{Code, Diagnostic, Level};
use crate::lint::{Check, Hub, Rule, remedy};
use crate::text::Span;
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("removed_key.md"),
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "SM004",
    "removed-key",
    "a key that a version of the chart took away or moved",
);

/// Where a key went.
struct Removed {
    /// The keys that lead to it, with `*` for any.
    path: &'static str,
    /// The version that knows it no more.
    since: (u32, u32),
    /// What to write instead.
    now: &'static str,
}

const fn removed(path: &'static str, since: (u32, u32), now: &'static str) -> Removed {
    Removed { path, since, now }
}

/// A path, whether a value is of the shape that it had once, what to say of it, and the shape of today.
type Reshaped = (
    &'static str,
    fn(&Content) -> bool,
    &'static str,
    &'static str,
);

const RESHAPED: &[Reshaped] = &[
    (
        "prePuller.extraImages",
        |content| matches!(content, Content::List(_)),
        "`extraImages` is a list no more since z2jh 0.8",
        "a mapping, with a name of its own for each image",
    ),
    (
        "hub.extraConfig",
        |content| matches!(content, Content::String(text) if !text.is_empty()),
        "`extraConfig` is one text no more since z2jh 0.7",
        "a mapping, with a name of its own for each text",
    ),
];

/// What the versions of the chart took away, from its tags.
const REMOVED: &[Removed] = &[
    removed("proxy.image", (0, 5), "`proxy.chp.image`"),
    removed("proxy.cmd", (0, 5), "`proxy.chp.command`"),
    removed("proxy.resources", (0, 5), "`proxy.chp.resources`"),
    removed("admin", (0, 5), "`hub.config.Authenticator.admin_users`"),
    removed("statsd", (0, 5), "nothing; JupyterHub has `/hub/metrics`"),
    removed(
        "prePuller.enabled",
        (0, 6),
        "`prePuller.hook.enabled` and `prePuller.continuous.enabled`",
    ),
    removed("prePuller.image", (0, 6), "`prePuller.hook.image`"),
    removed("proxy.chp.cmd", (0, 7), "`proxy.chp.extraCommandLineFlags`"),
    removed(
        "singleuser.schedulerStrategy",
        (0, 8),
        "`scheduling.userScheduler`, which packs users",
    ),
    removed("cull.podCuller", (0, 8), "`cull`"),
    removed("hub.imagePullPolicy", (0, 9), "`hub.image.pullPolicy`"),
    removed("proxy.lego", (0, 9), "`proxy.traefik`"),
    removed("proxy.nginx", (0, 9), "`proxy.traefik`"),
    removed(
        "hub.uid",
        (0, 10),
        "`hub.containerSecurityContext.runAsUser`",
    ),
    removed("hub.imagePullSecret", (0, 10), "`imagePullSecret`"),
    removed("singleuser.imagePullSecret", (0, 10), "`imagePullSecret`"),
    removed(
        "proxy.networkPolicy",
        (0, 10),
        "`proxy.chp.networkPolicy` and `proxy.traefik.networkPolicy`",
    ),
    removed(
        "proxy.nodeSelector",
        (0, 10),
        "`proxy.chp.nodeSelector` and `proxy.traefik.nodeSelector`",
    ),
    removed(
        "proxy.containerSecurityContext",
        (0, 10),
        "`proxy.chp.containerSecurityContext` and `proxy.traefik.containerSecurityContext`",
    ),
    removed(
        "singleuser.cloudMetadata.enabled",
        (0, 10),
        "`singleuser.cloudMetadata.blockWithIptables`, which means the opposite",
    ),
    removed(
        "scheduling.userScheduler.policy",
        (0, 10),
        "`scheduling.userScheduler.plugins`",
    ),
    removed(
        "auth",
        (0, 11),
        "`hub.config`, by the classes of JupyterHub",
    ),
    removed("proxy.pdb", (0, 11), "`proxy.chp.pdb`"),
    removed("hub.extraConfigMap", (1, 0), "`custom`"),
    removed("hub.publicURL", (1, 0), "nothing; the chart never used it"),
    removed(
        "rbac.enabled",
        (2, 0),
        "`rbac.create`, and `serviceAccount.create` of each component",
    ),
    removed("hub.fsGid", (2, 0), "`hub.podSecurityContext.fsGroup`"),
    removed("httpRoute.gateway", (5, 0), "`httpRoute.parentRefs`"),
    removed(POLICY, (0, 8), "`pullPolicy` beside `name` and `tag`"),
];

const POLICY: &str = "prePuller.extraImages.*.policy";

/// Keys whose value goes to another place as it is.
const MOVED: [(&str, &str); 8] = [
    ("proxy.image", "proxy.chp.image"),
    ("proxy.resources", "proxy.chp.resources"),
    ("prePuller.image", "prePuller.hook.image"),
    ("hub.imagePullPolicy", "hub.image.pullPolicy"),
    ("hub.uid", "hub.containerSecurityContext.runAsUser"),
    ("proxy.pdb", "proxy.chp.pdb"),
    ("hub.extraConfigMap", "custom"),
    ("hub.fsGid", "hub.podSecurityContext.fsGroup"),
];

/// At its new place, where the version is known to have that.
fn moved(hub: &Hub<'_>, path: &str, value: &Value, finding: Diagnostic) -> Diagnostic {
    if !hub.is_version_known {
        return finding;
    }
    if path == POLICY {
        let edits = remedy::rename_key(hub, value, "pullPolicy");
        return remedy::risky(finding, "write `pullPolicy`", edits);
    }
    match MOVED.iter().find(|(from, _)| *from == path) {
        Some((from, to)) => {
            let edits = remedy::move_key(hub, from, to);
            remedy::risky(finding, format!("move it to `{to}`"), edits)
        }
        None => finding,
    }
}

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    for removed in REMOVED
        .iter()
        .filter(|removed| hub.version >= removed.since)
    {
        let mut found = Vec::new();
        let keys: Vec<&str> = removed.path.split('.').collect();
        follow(hub.values, &keys, &mut found);
        for value in found {
            let (major, minor) = removed.since;
            let key = keys.last().unwrap_or(&"");
            let message = format!("`{key}` is gone since z2jh {major}.{minor}");
            let finding = Diagnostic::new(&CODE, message).at(key_span(value), "is not read");
            let finding = moved(hub, removed.path, value, finding);
            findings.push(weighed(hub, finding, &format!("write {}", removed.now)));
        }
    }
    for (path, is_old, message, now) in RESHAPED {
        if let Some(value) = hub.get(path).filter(|value| is_old(&value.content)) {
            let finding = Diagnostic::new(&CODE, *message).at(value.set.value, "has the old shape");
            findings.push(weighed(hub, finding, &format!("write {now}")));
        }
    }
}

/// Values at the end of keys, of which `*` is any.
fn follow<'v>(value: &'v Value, keys: &[&str], found: &mut Vec<&'v Value>) {
    let Some((key, rest)) = keys.split_first() else {
        return found.push(value);
    };
    let entries = value.as_map().into_iter().flat_map(|map| &map.entries);
    for (_, below) in entries.filter(|(name, _)| *key == "*" || name.as_str() == *key) {
        follow(below, rest, found);
    }
}

fn key_span(value: &Value) -> Span {
    value.set.key.unwrap_or(value.set.value)
}

/// A note where nobody says of which version the values are: for an older one they may be right.
fn weighed(hub: &Hub<'_>, mut finding: Diagnostic, help: &str) -> Diagnostic {
    if hub.is_version_known {
        return finding.help(help);
    }
    finding.level = Level::Note;
    finding.help(format!(
        "{help}\n`--chart-version` says for which version these values are"
    ))
}
