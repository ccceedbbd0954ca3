use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, Found, Rule};
use crate::schema::ViolationKind;
use crate::values::Content;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("removed_key.md"),
    check: Check::Violation(check),
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
    since: &'static str,
    /// What to write instead.
    now: &'static str,
}

const fn removed(path: &'static str, since: &'static str, now: &'static str) -> Removed {
    Removed { path, since, now }
}

/// What the versions of the chart took away, from its tags.
const REMOVED: &[Removed] = &[
    removed("proxy.image", "0.5", "`proxy.chp.image`"),
    removed("proxy.cmd", "0.5", "`proxy.chp.command`"),
    removed("proxy.resources", "0.5", "`proxy.chp.resources`"),
    removed("admin", "0.5", "`hub.config.Authenticator.admin_users`"),
    removed("statsd", "0.5", "nothing; JupyterHub has `/hub/metrics`"),
    removed(
        "prePuller.enabled",
        "0.6",
        "`prePuller.hook.enabled` and `prePuller.continuous.enabled`",
    ),
    removed("prePuller.image", "0.6", "`prePuller.hook.image`"),
    removed("proxy.chp.cmd", "0.7", "`proxy.chp.extraCommandLineFlags`"),
    removed(
        "singleuser.schedulerStrategy",
        "0.8",
        "`scheduling.userScheduler`, which packs users",
    ),
    removed("cull.podCuller", "0.8", "`cull`"),
    removed("hub.imagePullPolicy", "0.9", "`hub.image.pullPolicy`"),
    removed("proxy.lego", "0.9", "`proxy.traefik`"),
    removed("proxy.nginx", "0.9", "`proxy.traefik`"),
    removed(
        "hub.uid",
        "0.10",
        "`hub.containerSecurityContext.runAsUser`",
    ),
    removed("hub.imagePullSecret", "0.10", "`imagePullSecret`"),
    removed("singleuser.imagePullSecret", "0.10", "`imagePullSecret`"),
    removed(
        "proxy.networkPolicy",
        "0.10",
        "`proxy.chp.networkPolicy` and `proxy.traefik.networkPolicy`",
    ),
    removed(
        "proxy.nodeSelector",
        "0.10",
        "`proxy.chp.nodeSelector` and `proxy.traefik.nodeSelector`",
    ),
    removed(
        "proxy.containerSecurityContext",
        "0.10",
        "`proxy.chp.containerSecurityContext` and `proxy.traefik.containerSecurityContext`",
    ),
    removed(
        "singleuser.cloudMetadata.enabled",
        "0.10",
        "`singleuser.cloudMetadata.blockWithIptables`, which means the opposite",
    ),
    removed(
        "scheduling.userScheduler.policy",
        "0.10",
        "`scheduling.userScheduler.plugins`",
    ),
    removed("auth", "0.11", "`hub.config`, by the classes of JupyterHub"),
    removed("proxy.pdb", "0.11", "`proxy.chp.pdb`"),
    removed("hub.extraConfigMap", "1.0", "`custom`"),
    removed("hub.publicURL", "1.0", "nothing; the chart never used it"),
    removed(
        "rbac.enabled",
        "2.0",
        "`rbac.create`, and `serviceAccount.create` of each component",
    ),
    removed("hub.fsGid", "2.0", "`hub.podSecurityContext.fsGroup`"),
    removed("httpRoute.gateway", "5.0", "`httpRoute.parentRefs`"),
    removed(
        "prePuller.extraImages.*.policy",
        "0.8",
        "`pullPolicy` beside `name` and `tag`",
    ),
];

fn check(found: &Found<'_>) -> Option<Diagnostic> {
    if !found.is_hub {
        return None;
    }
    match &found.violation.kind {
        ViolationKind::UnknownKey { key, .. } => {
            let removed = REMOVED
                .iter()
                .find(|removed| is_at(removed.path, &found.path))?;
            let message = format!("`{key}` is gone since z2jh {}", removed.since);
            let finding = Diagnostic::new(&CODE, message).at(found.violation.span, "is not read");
            Some(finding.help(format!("write {}", removed.now)))
        }
        ViolationKind::WrongType { .. } => reshaped(found),
        _ => None,
    }
}

/// Values that had another shape once.
fn reshaped(found: &Found<'_>) -> Option<Diagnostic> {
    let content = found.value.map(|value| &value.content);
    let (what, since, now) = if is_at("prePuller.extraImages", &found.path)
        && matches!(content, Some(Content::List(_)))
    {
        (
            "a list",
            "0.8",
            "a mapping, with a name of its own for each image",
        )
    } else if is_at("hub.extraConfig", &found.path) && matches!(content, Some(Content::String(_))) {
        (
            "one text",
            "0.7",
            "a mapping, with a name of its own for each text",
        )
    } else {
        return None;
    };
    let key = found.path.last()?;
    let message = format!("`{key}` is {what} no more since z2jh {since}");
    let finding = Diagnostic::new(&CODE, message).at(found.violation.span, "is of the old shape");
    Some(finding.help(format!("write {now}")))
}

fn is_at(pattern: &str, path: &[String]) -> bool {
    let mut keys = pattern.split('.');
    let all = path.iter().all(|key| {
        keys.next()
            .is_some_and(|known| known == "*" || known == key)
    });
    all && keys.next().is_none()
}
