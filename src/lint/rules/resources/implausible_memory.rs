use crate::diag::{Code, Diagnostic};
use crate::hub::bytes;
use crate::hub::profiles::{self, SpawnerSettings};
use crate::hub::span;
use crate::lint::{Check, Context, Rule};
use crate::values::Content;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "RS006",
    "implausible-memory",
    "a memory guarantee or limit is too small for a user server",
)
.page(include_str!("implausible_memory.md"));

const MEBIBYTE: f64 = 1024.0 * 1024.0;

/// Traits with the least plausible value in MiB and the name in messages.
const MINIMA: [(&str, f64, &str); 2] = [
    ("mem_guarantee", 32.0, "memory guarantee"),
    ("mem_limit", 128.0, "memory limit"),
];

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for settings in profiles::effective(hub) {
        for (name, least, what) in MINIMA {
            if let Some(finding) = too_small(settings, name, least, what) {
                profiles::report(findings, finding);
            }
        }
    }
}

fn too_small(
    settings: &SpawnerSettings<'_>,
    name: &str,
    least: f64,
    what: &str,
) -> Option<Diagnostic> {
    let value = settings.get(name)?;
    let amount = bytes::amount(value)?;
    if amount <= 0.0 || amount >= least * MEBIBYTE {
        return None;
    }
    let (message, help) = match &value.content {
        Content::Number(number) if amount < MEBIBYTE => (
            format!(
                "the {what} of {} is {number} bytes, too small to run Jupyter",
                settings.title
            ),
            format!("add a unit: a number is a size in bytes, `{number}G` is {number} GiB"),
        ),
        _ => (
            format!(
                "the {what} of {} is {} MiB, too small to run Jupyter",
                settings.title,
                (amount / MEBIBYTE * 100.0).round() / 100.0
            ),
            "check the unit: `G` is 1024 times as much as `M`".to_owned(),
        ),
    };
    Some(Diagnostic::new(&CODE, message).at(span(value), "too small").help(help))
}
