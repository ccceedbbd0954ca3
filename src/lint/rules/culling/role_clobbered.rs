use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::ChartVersion;
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::Content;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "CU007",
    "culler-role-replaced",
    "the culler has no role, so user servers are never culled",
)
.page(include_str!("role_clobbered.md"))
.fix(FixKind::Unsafe);

const ROLES: &str = "hub.config.JupyterHub.load_roles";
const CULL: &str = "cull.enabled";

/// The first version with the key `hub.loadRoles`.
const HAS_LOAD_ROLES: ChartVersion = ChartVersion::new(2, 0);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let roles = hub.get(ROLES).map(|roles| &roles.content);
    if hub.flag(CULL) != Some(true) || !matches!(roles, Some(Content::List(_))) {
        return;
    }
    let message =
        "the culler cannot stop user servers: `hub.config.JupyterHub.load_roles` replaces its role";
    let finding = Diagnostic::new(&CODE, message)
        .help("move the roles to `hub.loadRoles`, a mapping to which the chart adds its own roles");
    let places = [
        (ROLES, "replaces all roles"),
        (CULL, "the culler needs a role"),
    ];
    let edits = fixes::move_by_name(cx, ROLES, "hub.loadRoles");
    let edits = edits.filter(|_| hub.version >= HAS_LOAD_ROLES);
    let finding = hub.at(finding, &places);
    findings.push(fixes::unsafe_fix(
        finding,
        "move the roles to `hub.loadRoles`",
        edits,
    ));
}
