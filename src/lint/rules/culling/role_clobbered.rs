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
    "culler-role-clobbered",
    "the culler loses its rights, and nothing is culled",
)
.page(include_str!("role_clobbered.md"))
.fix(FixKind::Unsafe);

const ROLES: &str = "hub.config.JupyterHub.load_roles";
const CULL: &str = "cull.enabled";

/// Since then the chart has a key for roles.
const LOAD_ROLES: ChartVersion = ChartVersion::new(2, 0);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let roles = hub.get(ROLES).map(|roles| &roles.content);
    if hub.flag(CULL) != Some(true) || !matches!(roles, Some(Content::List(_))) {
        return;
    }
    let message = "these roles take the place of the culler's, which may then stop no server";
    let finding = Diagnostic::new(&CODE, message)
        .help("move them to `hub.loadRoles`, a mapping, to which the chart adds its own");
    let places = [(ROLES, "all roles that there are"), (CULL, "needs a role")];
    let edits = fixes::move_by_name(cx, ROLES, "hub.loadRoles");
    let edits = edits.filter(|_| hub.version >= LOAD_ROLES);
    let finding = hub.at(finding, &places);
    findings.push(fixes::risky(finding, "move them to `hub.loadRoles`", edits));
}
