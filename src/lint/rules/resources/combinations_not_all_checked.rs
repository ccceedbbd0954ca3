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
    "unchecked-profile-combinations",
    "a profile has more combinations of choices than dunnage checks",
)
.page(include_str!("combinations_not_all_checked.md"));

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for cut in profiles::cut_off(hub) {
        let message = format!(
            "{} of {} combinations of choices in {} were checked",
            cut.checked, cut.total, cut.title
        );
        findings.push(
            Diagnostic::new(&CODE, message)
                .at(span(cut.options), "too many combinations")
                .help("use fewer options, or review combinations by hand; each choice alone was checked"),
        );
    }
}
