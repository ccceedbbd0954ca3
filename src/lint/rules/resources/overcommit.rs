use crate::diag::{Code, Diagnostic, Level};
use crate::hub::bytes;
use crate::hub::profiles;
use crate::hub::span;
use crate::lint::{Check, Context, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "RS004",
    "overcommit-ratio",
    "the memory limit is many times the guarantee, so nodes can run out of memory",
)
.page(include_str!("overcommit.md"));

/// The ratio above which a finding is a warning.
const WARNING_RATIO: f64 = 10.0;

/// The ratio above which a finding is a hint.
const HINT_RATIO: f64 = 4.0;

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for settings in profiles::effective(hub) {
        let (Some(guarantee), Some(limit)) =
            (settings.get("mem_guarantee"), settings.get("mem_limit"))
        else {
            continue;
        };
        let (Some(guaranteed), Some(limited)) = (bytes::amount(guarantee), bytes::amount(limit))
        else {
            continue;
        };
        if guaranteed <= 0.0 || limited / guaranteed <= HINT_RATIO {
            continue;
        }
        let ratio = (limited / guaranteed * 10.0).round() / 10.0;
        let message = format!(
            "the memory limit of {} is {ratio}x its guarantee: nodes can run out of memory",
            settings.title
        );
        let mut finding = Diagnostic::new(&CODE, message)
            .at(span(limit), "limit")
            .at(span(guarantee), "guarantee")
            .help("start with 2:1 and adjust to measured usage");
        if limited / guaranteed <= WARNING_RATIO {
            finding.level = Level::Hint;
        }
        profiles::report(findings, finding);
    }
}
