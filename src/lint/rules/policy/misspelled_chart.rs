use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, Rows, Rule};
use crate::text::misspelled;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Rows(check),
};

static CODE: Code = Code::warning(
    "PL001",
    "misspelled-chart",
    "a policy row names a chart that no release has, but one of nearly that name exists",
)
.page(include_str!("misspelled_chart.md"));

fn check(rows: &Rows<'_>, findings: &mut Vec<Diagnostic>) {
    for row in &rows.policy.rows {
        for chart in &row.criteria.written_charts {
            // A pattern may be meant for charts that do not exist yet.
            if chart.value.contains(['*', '?', '[']) {
                continue;
            }
            let known = rows.charts.iter().map(String::as_str);
            let Some(meant) = misspelled(&chart.value, known) else {
                continue;
            };
            let message = format!(
                "no release has the chart `{}`, so {} never matches",
                chart.value,
                row.title()
            );
            findings.push(
                Diagnostic::new(&CODE, message)
                    .at(chart.span, "unknown chart")
                    .help(format!("did you mean `{meant}`?")),
            );
        }
    }
}
