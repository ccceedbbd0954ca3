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
    "users may use many times the memory that is kept for them",
)
.page(include_str!("overcommit.md"));

/// A ratio that is no plan any more, but a slip.
const MOST: f64 = 10.0;

/// A ratio that is worth a thought.
const MUCH: f64 = 4.0;

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for settings in profiles::effective(hub) {
        let (Some(guarantee), Some(limit)) =
            (settings.get("mem_guarantee"), settings.get("mem_limit"))
        else {
            continue;
        };
        let (Some(kept), Some(most)) = (bytes::amount(guarantee), bytes::amount(limit)) else {
            continue;
        };
        if kept <= 0.0 || most / kept <= MUCH {
            continue;
        }
        let ratio = (most / kept * 10.0).round() / 10.0;
        let message = format!(
            "{} may use {ratio} times the memory that is kept for it",
            settings.title
        );
        let mut finding = Diagnostic::new(&CODE, message)
            .at(span(limit), "may use")
            .at(span(guarantee), "is kept")
            .help("begin with 2 to 1, and look at what users really need");
        if most / kept <= MOST {
            finding.level = Level::Hint;
        }
        profiles::report(findings, finding);
    }
}
