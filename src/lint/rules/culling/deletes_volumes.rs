use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::ChartVersion;
use crate::hub::Hub;
use crate::lint::{Check, Context, Rule, fixes};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "CU004",
    "culling-deletes-volumes",
    "the culler deletes users or their servers, and with them their volumes",
)
.page(include_str!("deletes_volumes.md"))
.fix(FixKind::Safe);

const TYPE: &str = "singleuser.storage.type";
const TEMPLATE: &str = "singleuser.storage.dynamic.pvcNameTemplate";
const USERS: &str = "cull.users";
const SERVERS: &str = "cull.removeNamedServers";

/// Since then the chart leaves the name of the volume to KubeSpawner, whose own has the server in it.
const OWN_NAMES: ChartVersion = ChartVersion::new(4, 0);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let is_dynamic = hub.text(TYPE) == Some("dynamic");
    if hub.flag("cull.enabled") != Some(true) || !is_dynamic || keeps(hub) || is_for_a_day(hub) {
        return;
    }
    if hub.flag(USERS) == Some(true) {
        let message = "idle users are deleted, and with them their volumes";
        let finding = Diagnostic::new(&CODE, message).help(
            "set `cull.users: false`, or `hub.config.KubeSpawner.delete_pvc: false` to keep the volumes",
        );
        let places = [(USERS, "deletes users"), (TYPE, "their volumes")];
        let edits = fixes::set(cx, USERS, false, USERS);
        let finding = hub.at(finding, &places);
        findings.push(fixes::safe(finding, "leave users where they are", edits));
    }
    let removes =
        hub.flag(SERVERS) == Some(true) && hub.flag("hub.allowNamedServers") == Some(true);
    if removes && has_volume_each(hub) {
        let message = "idle named servers are deleted, and with them their volumes";
        let finding = Diagnostic::new(&CODE, message).help(
            "set `cull.removeNamedServers: false`, or `hub.config.KubeSpawner.delete_pvc: false` to keep the volumes",
        );
        let places = [
            (SERVERS, "deletes named servers"),
            (TEMPLATE, "a volume for each server"),
        ];
        let edits = fixes::set(cx, SERVERS, false, SERVERS);
        let finding = hub.at(finding, &places);
        findings.push(fixes::safe(finding, "stop named servers only", edits));
    }
}

/// Whether volumes stay, or nobody can tell.
fn keeps(hub: &Hub<'_>) -> bool {
    let paths = [
        "hub.config.KubeSpawner.delete_pvc",
        "hub.config.KubeSpawner",
        "hub.config",
    ];
    let is_unknown = |path: &&str| hub.get(path).is_some_and(|value| !value.is_map());
    match hub.flag(paths[0]) {
        Some(deletes) => !deletes,
        None => paths.iter().any(is_unknown) || hub.code_may_set("delete_pvc"),
    }
}

/// Whether every login makes a user that nobody comes back to.
fn is_for_a_day(hub: &Hub<'_>) -> bool {
    let class = hub.text("hub.config.JupyterHub.authenticator_class");
    class.is_some_and(|class| class == "tmp" || class.contains("TmpAuthenticator"))
}

/// Whether each named server has a volume of its own.
fn has_volume_each(hub: &Hub<'_>) -> bool {
    match hub.text(TEMPLATE) {
        Some(template) => ["{servername}", "{user_server}"]
            .iter()
            .any(|name| template.contains(name)),
        None => hub.get(TEMPLATE).is_none_or(|value| value.is_null()) && hub.version >= OWN_NAMES,
    }
}
