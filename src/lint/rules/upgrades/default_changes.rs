use crate::hub::ChartVersion;
use serde_json::Value as Json;

use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::Hub;
use crate::hub::span;
use crate::lint::{Check, Context, Rule, Upgrade, fixes};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Upgrade(check),
};

static CODE: Code = Code::note(
    "UP005",
    "changed-default",
    "the upgrade changes a default that the values do not override",
)
.page(include_str!("default_changes.md"))
.fix(FixKind::Unsafe);

/// A default that a chart version changed.
struct DefaultChange {
    path: &'static str,
    since: ChartVersion,
    /// Whether it matters for the hub with its new values.
    matters: fn(&Hub<'_>) -> bool,
    level: Level,
    /// The effect, printed after "since z2jh 4.0".
    message: &'static str,
    /// The old default, as JSON.
    was: &'static str,
}

const CHANGES: &[DefaultChange] = &[
    DefaultChange {
        path: "prePuller.continuous.enabled",
        since: ChartVersion::new(0, 9),
        matters: always,
        level: Level::Note,
        message: "a DaemonSet pulls user images to every node",
        was: "false",
    },
    DefaultChange {
        path: "scheduling.userScheduler.enabled",
        since: ChartVersion::new(0, 9),
        matters: always,
        level: Level::Note,
        message: "a user scheduler places user pods",
        was: "false",
    },
    DefaultChange {
        path: "proxy.https.enabled",
        since: ChartVersion::new(0, 10),
        matters: is_set_up_for_https,
        level: Level::Warning,
        message: "the proxy serves HTTPS only if it is enabled",
        was: "true",
    },
    DefaultChange {
        path: "hub.networkPolicy.enabled",
        since: ChartVersion::new(0, 10),
        matters: always,
        level: Level::Note,
        message: "a network policy blocks pods without an access label from the hub",
        was: "false",
    },
    DefaultChange {
        path: "proxy.chp.networkPolicy.enabled",
        since: ChartVersion::new(0, 10),
        matters: always,
        level: Level::Note,
        message: "a network policy blocks pods without an access label from the proxy",
        was: "false",
    },
    DefaultChange {
        path: "singleuser.networkPolicy.enabled",
        since: ChartVersion::new(0, 10),
        matters: always,
        level: Level::Note,
        message: "a network policy blocks other pods from user pods",
        was: "false",
    },
    DefaultChange {
        path: "hub.resources",
        since: ChartVersion::new(1, 0),
        matters: always,
        level: Level::Note,
        message: "the hub requests no CPU and memory and is evicted first on a full node",
        was: REQUESTS,
    },
    DefaultChange {
        path: "proxy.chp.resources",
        since: ChartVersion::new(1, 0),
        matters: always,
        level: Level::Note,
        message: "the proxy requests no CPU and memory and is evicted first on a full node",
        was: REQUESTS,
    },
    DefaultChange {
        path: "scheduling.userScheduler.resources",
        since: ChartVersion::new(1, 0),
        matters: has_user_scheduler,
        level: Level::Note,
        message: "the user scheduler requests no CPU and memory",
        was: r#"{"requests": {"cpu": "50m", "memory": "256Mi"}}"#,
    },
    DefaultChange {
        path: "singleuser.allowPrivilegeEscalation",
        since: ChartVersion::new(2, 0),
        matters: has_sudo,
        level: Level::Warning,
        message: "`sudo` has no effect in user servers",
        was: "true",
    },
    DefaultChange {
        path: "singleuser.networkPolicy.egressAllowRules.privateIPs",
        since: ChartVersion::new(2, 0),
        matters: has_user_policy,
        level: Level::Note,
        message: "user servers cannot reach private addresses, such as databases and file servers in the network",
        was: "true",
    },
    DefaultChange {
        path: "singleuser.defaultUrl",
        since: ChartVersion::new(2, 0),
        matters: always,
        level: Level::Note,
        message: "user servers open JupyterLab, not the classic notebook, unless the image decides",
        was: r#""/tree""#,
    },
    DefaultChange {
        path: "hub.podSecurityContext.runAsNonRoot",
        since: ChartVersion::new(4, 0),
        matters: |hub| is_root(hub, "hub.containerSecurityContext"),
        level: Level::Error,
        message: "the hub does not start: its pod must not run as root",
        was: "false",
    },
    DefaultChange {
        path: "proxy.chp.containerSecurityContext.runAsNonRoot",
        since: ChartVersion::new(4, 0),
        matters: |hub| is_root(hub, "proxy.chp.containerSecurityContext"),
        level: Level::Error,
        message: "the proxy does not start: it must not run as root",
        was: "false",
    },
    DefaultChange {
        path: "proxy.traefik.containerSecurityContext.runAsNonRoot",
        since: ChartVersion::new(4, 0),
        matters: |hub| is_root(hub, "proxy.traefik.containerSecurityContext"),
        level: Level::Error,
        message: "`autohttps` does not start: it must not run as root",
        was: "false",
    },
];

/// The default resources of the hub and of the proxy before 1.0.
const REQUESTS: &str = r#"{"requests": {"cpu": "200m", "memory": "512Mi"}}"#;

fn check(upgrade: &Upgrade<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = upgrade.to.hub;
    for change in CHANGES {
        if upgrade.crosses(change.since) && !hub.is_set(change.path) && (change.matters)(hub) {
            findings.push(finding(upgrade.to, change));
        }
    }
}

fn finding(cx: &Context<'_>, change: &DefaultChange) -> Diagnostic {
    let hub = cx.hub;
    let DefaultChange { path, message, .. } = change;
    let message = format!("since z2jh {} {message}", change.since);
    let mut finding = Diagnostic::new(&CODE, message);
    finding.level = change.level;
    if let Some(near) = hub.nearest(path) {
        finding = finding.at(span(near), format!("`{path}` is not set"));
    }
    let finding = finding.help(format!(
        "set `{path}: {}` to keep the old default",
        change.was
    ));
    let was: Json = serde_json::from_str(change.was).expect("JSON");
    let edits = fixes::set_near(cx, path, was);
    fixes::unsafe_fix(finding, "keep the old default", edits)
}

fn always(_: &Hub<'_>) -> bool {
    true
}

fn is_set_up_for_https(hub: &Hub<'_>) -> bool {
    ["hosts", "letsencrypt.contactEmail", "manual", "secret.name"]
        .iter()
        .any(|key| hub.is_set(&format!("proxy.https.{key}")))
}

fn has_user_scheduler(hub: &Hub<'_>) -> bool {
    hub.flag("scheduling.userScheduler.enabled") == Some(true)
}

/// Whether the image is configured to let users become root.
fn has_sudo(hub: &Hub<'_>) -> bool {
    hub.is_set("singleuser.extraEnv.GRANT_SUDO")
}

fn has_user_policy(hub: &Hub<'_>) -> bool {
    hub.flag("singleuser.networkPolicy.enabled") == Some(true)
        && !hub.is_set("singleuser.networkPolicy.egress")
}

fn is_root(hub: &Hub<'_>, context: &str) -> bool {
    hub.number(&format!("{context}.runAsUser")) == Some(0.0)
        && hub.flag(&format!("{context}.runAsNonRoot")) != Some(false)
}
