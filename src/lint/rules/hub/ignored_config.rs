use crate::diag::{Code, Diagnostic, FixKind};
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::Content;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "HB008",
    "ignored-hub-services",
    "services in `hub.config` are ignored and never start",
)
.page(include_str!("ignored_config.md"))
.fix(FixKind::Unsafe);

const SERVICES: &str = "hub.config.JupyterHub.services";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let is_empty = match hub.get(SERVICES).map(|services| &services.content) {
        None | Some(Content::Null) => true,
        Some(Content::List(items)) => items.is_empty(),
        Some(Content::Map(map)) => map.entries.is_empty(),
        Some(_) => false,
    };
    if is_empty {
        return;
    }
    let message = format!("the chart ignores `{SERVICES}`: these services never start");
    let finding = Diagnostic::new(&CODE, message)
        .help("move the services to `hub.services`, a mapping by service name");
    let finding = hub.at(finding, &[(SERVICES, "ignored")]);
    let edits = fixes::move_by_name(cx, SERVICES, "hub.services");
    findings.push(fixes::unsafe_fix(
        finding,
        "move the services to `hub.services`",
        edits,
    ));
}
