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
    "priorities do not let user pods or image pullers evict placeholders",
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
        let message = format!(
            "user pods (priority {user}) cannot evict placeholders (priority {placeholder})"
        );
        (message, Level::Error)
    } else if let Some(puller) = puller.filter(|puller| !is_ordered(placeholder, *puller, user)) {
        let message = format!(
            "image puller priority {puller} must be above placeholders ({placeholder}) and at most that of users ({user})"
        );
        (message, Level::Warning)
    } else {
        return;
    };
    let mut finding = Diagnostic::new(&CODE, message).help(recommended(cx));
    finding.level = level;
    let places = [
        (PLACEHOLDER, "priority of placeholders"),
        (PULLER, "priority of image pullers"),
        (USER, "priority of user pods"),
    ];
    let finding = hub.at(finding, &places);
    findings.push(with_fix(cx, finding, (placeholder, puller, user)));
}

/// Whether the priorities are in the right order.
fn is_ordered(placeholder: f64, puller: f64, user: f64) -> bool {
    placeholder < puller && puller <= user
}

/// Adds the fix that changes one of the priorities, if that is enough.
fn with_fix(
    cx: &Context<'_>,
    finding: Diagnostic,
    (placeholder, puller, user): (f64, Option<f64>, f64),
) -> Diagnostic {
    let lowest = cutoff(cx).unwrap_or(DEFAULT_CUTOFF);
    let of_puller = lowest.saturating_add(5);
    let (path, priority) = if is_ordered(lowest.into(), puller.unwrap_or(user), user) {
        (PLACEHOLDER, lowest)
    } else if is_ordered(placeholder, of_puller.into(), user) {
        (PULLER, of_puller)
    } else {
        return finding;
    };
    let edits = fixes::set(cx, path, priority, ENABLED);
    fixes::safe_fix(finding, format!("set `{path}` to {priority}"), edits)
}

/// Returns the help: priorities in the right order, not below the cutoff of the autoscaler.
fn recommended(cx: &Context<'_>) -> String {
    match cutoff(cx).filter(|cutoff| *cutoff > DEFAULT_CUTOFF) {
        None => {
            "use -10 for placeholders, -5 for image pullers and 0 for users, the chart's defaults"
                .to_owned()
        }
        Some(cutoff) => format!(
            "use {cutoff} for placeholders, {} for image pullers and {} for users with a cutoff of {cutoff}",
            cutoff.saturating_add(5),
            cutoff.saturating_add(10)
        ),
    }
}
