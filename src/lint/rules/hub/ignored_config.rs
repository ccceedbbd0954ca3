use crate::diag::{Code, Diagnostic, FixKind};
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::Content;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "HB008",
    "ignored-hub-config",
    "services that the hub never starts",
)
.page(include_str!("ignored_config.md"))
.fix(FixKind::Unsafe);

const SERVICES: &str = "hub.config.JupyterHub.services";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let is_nothing = match hub.get(SERVICES).map(|services| &services.content) {
        None | Some(Content::Null) => true,
        Some(Content::List(items)) => items.is_empty(),
        Some(Content::Map(map)) => map.entries.is_empty(),
        Some(_) => false,
    };
    if is_nothing {
        return;
    }
    let message = format!("the chart drops `{SERVICES}`, and none of these services is there");
    let finding = Diagnostic::new(&CODE, message)
        .help("move them to `hub.services`, a mapping by their names");
    let finding = hub.at(finding, &[(SERVICES, "dropped without a word")]);
    let edits = fixes::move_by_name(cx, SERVICES, "hub.services");
    findings.push(fixes::risky(finding, "move them to `hub.services`", edits));
}
