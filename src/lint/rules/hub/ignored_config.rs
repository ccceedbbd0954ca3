use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, Hub, Rule, remedy};
use crate::values::Content;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("ignored_config.md"),
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "HB008",
    "ignored-hub-config",
    "services that the hub never starts",
);

const SERVICES: &str = "hub.config.JupyterHub.services";

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
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
    let edits = remedy::move_by_name(hub, SERVICES, "hub.services");
    findings.push(remedy::risky(finding, "move them to `hub.services`", edits));
}
