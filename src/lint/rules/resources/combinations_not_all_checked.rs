use crate::diag::{Code, Diagnostic};
use crate::hub::profiles;
use crate::hub::span;
use crate::lint::{Check, Context, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::note(
    "RS011",
    "combinations-not-all-checked",
    "a profile has more combinations of choices than are looked at",
)
.page(include_str!("combinations_not_all_checked.md"));

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for cut in profiles::cut_off(hub) {
        let message = format!(
            "{} of {} combinations of choices in {} were looked at",
            cut.checked, cut.total, cut.title
        );
        findings.push(
            Diagnostic::new(&CODE, message)
                .at(span(cut.options), "each choice alone was")
                .help("what only two choices together do wrong may have been missed here"),
        );
    }
}
