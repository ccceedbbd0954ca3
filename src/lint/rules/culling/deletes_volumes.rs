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
    "the culler deletes idle users or named servers together with their volumes",
)
.page(include_str!("deletes_volumes.md"))
.fix(FixKind::Safe);

const TYPE: &str = "singleuser.storage.type";
const TEMPLATE: &str = "singleuser.storage.dynamic.pvcNameTemplate";
const USERS: &str = "cull.users";
const SERVERS: &str = "cull.removeNamedServers";

/// The first version whose volume names come from KubeSpawner, and so contain the server name.
const VOLUME_PER_SERVER: ChartVersion = ChartVersion::new(4, 0);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let is_dynamic = hub.text(TYPE) == Some("dynamic");
    if hub.flag("cull.enabled") != Some(true)
        || !is_dynamic
        || keeps_volumes(hub)
        || has_temporary_users(hub)
    {
        return;
    }
    if hub.flag(USERS) == Some(true) {
        let message = "idle users lose their files: `cull.users` deletes users and their volumes";
        let finding = Diagnostic::new(&CODE, message).help(
            "set `cull.users: false`, or keep the volumes with `hub.config.KubeSpawner.delete_pvc: false`",
        );
        let places = [(USERS, "deletes users"), (TYPE, "one volume per user")];
        let edits = fixes::set(cx, USERS, false, USERS);
        let finding = hub.at(finding, &places);
        findings.push(fixes::safe_fix(finding, "set `cull.users: false`", edits));
    }
    let removes =
        hub.flag(SERVERS) == Some(true) && hub.flag("hub.allowNamedServers") == Some(true);
    if removes && has_volume_per_server(hub) {
        let message =
            "idle named servers lose their files: `cull.removeNamedServers` deletes their volumes";
        let finding = Diagnostic::new(&CODE, message).help(
            "set `cull.removeNamedServers: false`, or keep the volumes with `hub.config.KubeSpawner.delete_pvc: false`",
        );
        let places = [
            (SERVERS, "deletes named servers"),
            (TEMPLATE, "one volume per server"),
        ];
        let edits = fixes::set(cx, SERVERS, false, SERVERS);
        let finding = hub.at(finding, &places);
        findings.push(fixes::safe_fix(
            finding,
            "set `cull.removeNamedServers: false`",
            edits,
        ));
    }
}

/// Whether volumes are kept when users or servers are deleted, or the values do not show it.
fn keeps_volumes(hub: &Hub<'_>) -> bool {
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

/// Whether every login creates a new user who never returns.
fn has_temporary_users(hub: &Hub<'_>) -> bool {
    let class = hub.text("hub.config.JupyterHub.authenticator_class");
    class.is_some_and(|class| class == "tmp" || class.contains("TmpAuthenticator"))
}

/// Whether each named server has its own volume.
fn has_volume_per_server(hub: &Hub<'_>) -> bool {
    match hub.text(TEMPLATE) {
        Some(template) => {
            ["{servername}", "{user_server}"].iter().any(|name| template.contains(name))
        }
        None => {
            hub.get(TEMPLATE).is_none_or(|value| value.is_null())
                && hub.version >= VOLUME_PER_SERVER
        }
    }
}
