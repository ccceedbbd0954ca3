use super::{CUTOFF, cutoff};
use crate::diag::{Code, Diagnostic, Level};
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

/// The first version of the chart whose image pullers have a class of their own.
const PULLERS: (u32, u32) = (2, 0);

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    if hub.flag("scheduling.podPriority.enabled") != Some(true) {
        return;
    }
    let (Some(placeholder), Some(user)) = (hub.number(PLACEHOLDER), hub.number(USER)) else {
        return;
    };
    let puller = hub.number(PULLER).filter(|_| hub.version >= PULLERS);
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
    let mut finding = Diagnostic::new(&CODE, message).help(right(hub));
    finding.level = level;
    let places = [
        (PLACEHOLDER, "placeholders"),
        (PULLER, "image pullers"),
        (USER, "users"),
    ];
    findings.push(hub.at(finding, &places));
}

/// An order that is right, above the cutoff of the autoscaler.
fn right(hub: &Hub<'_>) -> String {
    match cutoff(hub).filter(|cutoff| *cutoff > CUTOFF) {
        None => "-10 for placeholders, -5 for image pullers and 0 for users, as the chart has it, is right"
            .to_owned(),
        Some(cutoff) => format!(
            "{cutoff} for placeholders, {} for image pullers and {} for users is right with a cutoff of {cutoff}",
            cutoff.saturating_add(5),
            cutoff.saturating_add(10)
        ),
    }
}
