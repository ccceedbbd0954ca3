use super::cutoff;
use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::ChartVersion;
use crate::lint::fixes;
use crate::lint::{Check, Context, Rule};
use crate::policy::DEFAULT_CUTOFF;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "PR001",
    "priority-order",
    "users cannot evict placeholders, or pullers cannot take their place",
)
.page(include_str!("order.md"))
.fix(FixKind::Safe);

const ENABLED: &str = "scheduling.podPriority.enabled";
const PLACEHOLDER: &str = "scheduling.podPriority.userPlaceholderPriority";
const PULLER: &str = "scheduling.podPriority.imagePullerPriority";
const USER: &str = "scheduling.podPriority.defaultPriority";

/// The first version of the chart whose image pullers have a class of their own.
const PULLERS: ChartVersion = ChartVersion::new(2, 0);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    if hub.flag(ENABLED) != Some(true) {
        return;
    }
    let (Some(placeholder), Some(user)) = (hub.number(PLACEHOLDER), hub.number(USER)) else {
        return;
    };
    let puller = hub.number(PULLER).filter(|_| hub.version >= PULLERS);
    let (message, level) = if placeholder >= user {
        let message = format!("users ({user}) cannot evict placeholders ({placeholder})");
        (message, Level::Error)
    } else if let Some(puller) = puller.filter(|puller| !is_order(placeholder, *puller, user)) {
        let message = format!(
            "image pullers ({puller}) have to come before placeholders ({placeholder}) and not before users ({user})"
        );
        (message, Level::Warning)
    } else {
        return;
    };
    let mut finding = Diagnostic::new(&CODE, message).help(right(cx));
    finding.level = level;
    let places = [
        (PLACEHOLDER, "placeholders"),
        (PULLER, "image pullers"),
        (USER, "users"),
    ];
    let finding = hub.at(finding, &places);
    findings.push(set_right(cx, finding, (placeholder, puller, user)));
}

fn is_order(placeholder: f64, puller: f64, user: f64) -> bool {
    placeholder < puller && puller <= user
}

/// Offers to change one of the priorities, where that is enough.
fn set_right(
    cx: &Context<'_>,
    finding: Diagnostic,
    (placeholder, puller, user): (f64, Option<f64>, f64),
) -> Diagnostic {
    let lowest = cutoff(cx).unwrap_or(DEFAULT_CUTOFF);
    let of_puller = lowest.saturating_add(5);
    let (path, right) = if is_order(lowest.into(), puller.unwrap_or(user), user) {
        (PLACEHOLDER, lowest)
    } else if is_order(placeholder, of_puller.into(), user) {
        (PULLER, of_puller)
    } else {
        return finding;
    };
    let edits = fixes::set(cx, path, right, ENABLED);
    fixes::safe(finding, format!("set `{path}` to {right}"), edits)
}

/// An order that is right, above the cutoff of the autoscaler.
fn right(cx: &Context<'_>) -> String {
    match cutoff(cx).filter(|cutoff| *cutoff > DEFAULT_CUTOFF) {
        None => "-10 for placeholders, -5 for image pullers and 0 for users, as the chart has it, is right"
            .to_owned(),
        Some(cutoff) => format!(
            "{cutoff} for placeholders, {} for image pullers and {} for users is right with a cutoff of {cutoff}",
            cutoff.saturating_add(5),
            cutoff.saturating_add(10)
        ),
    }
}
