use crate::diag::Level;
use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, Hub, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("order.md"),
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "PR001",
    "priority-order",
    "users cannot evict placeholders, or pullers cannot take their place",
);

const PLACEHOLDER: &str = "scheduling.podPriority.userPlaceholderPriority";
const PULLER: &str = "scheduling.podPriority.imagePullerPriority";
const USER: &str = "scheduling.podPriority.defaultPriority";

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    if hub.flag("scheduling.podPriority.enabled") != Some(true) {
        return;
    }
    let (Some(placeholder), Some(user)) = (hub.number(PLACEHOLDER), hub.number(USER)) else {
        return;
    };
    let puller = hub.number(PULLER);
    let (message, level) = if placeholder >= user {
        let message = format!("users ({user}) cannot evict placeholders ({placeholder})");
        (message, Level::Error)
    } else if let Some(puller) = puller.filter(|puller| !(placeholder < *puller && *puller <= user))
    {
        let message = format!(
            "image pullers ({puller}) have to come before placeholders ({placeholder}) and not before users ({user})"
        );
        (message, Level::Warning)
    } else {
        return;
    };
    let mut finding = Diagnostic::new(&CODE, message).help(
        "-10 for placeholders, -5 for image pullers and 0 for users, as the chart has it, is right",
    );
    finding.level = level;
    let places = [
        (PLACEHOLDER, "placeholders"),
        (PULLER, "image pullers"),
        (USER, "users"),
    ];
    findings.push(hub.at(finding, &places));
}
