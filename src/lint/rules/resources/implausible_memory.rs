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
    "an amount of memory is too small for any server",
)
.page(include_str!("implausible_memory.md"));

const MEBIBYTE: f64 = 1024.0 * 1024.0;

/// Each trait, how many mebibytes a server needs there at least, and what is said of less.
const LEAST: [(&str, f64, &str); 2] = [
    ("mem_guarantee", 32.0, "keeps"),
    ("mem_limit", 128.0, "may use"),
];

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for settings in profiles::effective(hub) {
        for (name, least, what) in LEAST {
            if let Some(finding) = flaw(settings, name, least, what) {
                profiles::report(findings, finding);
            }
        }
    }
}

fn flaw(settings: &SpawnerSettings<'_>, name: &str, least: f64, what: &str) -> Option<Diagnostic> {
    let value = settings.get(name)?;
    let amount = bytes::amount(value)?;
    if amount <= 0.0 || amount >= least * MEBIBYTE {
        return None;
    }
    let (message, help) = match &value.content {
        Content::Number(number) if amount < MEBIBYTE => (
            format!("{} {what} {number} bytes of memory", settings.title),
            format!("a number is a number of bytes; `{number}G` is {number} GiB"),
        ),
        _ => (
            format!(
                "{} {what} {} MiB of memory",
                settings.title,
                (amount / MEBIBYTE * 100.0).round() / 100.0
            ),
            "look at the unit: `M` is 1024 times less than `G`".to_owned(),
        ),
    };
    Some(
        Diagnostic::new(&CODE, message)
            .at(span(value), "too small for a server")
            .help(help),
    )
}
