use crate::diag::{Code, Diagnostic, Level};
use crate::hub::Hub;
use crate::hub::bytes;
use crate::hub::profiles::{self, SpawnerSettings};
use crate::hub::span;
use crate::lint::{Check, Context, Rule};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "RS005",
    "limit-without-guarantee",
    "Kubernetes takes the limit for the guarantee",
)
.page(include_str!("limit_without_guarantee.md"));

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for settings in profiles::effective(hub) {
        for (what, guarantee, limit) in [
            ("memory", "mem_guarantee", "mem_limit"),
            ("cpu", "cpu_guarantee", "cpu_limit"),
        ] {
            if !is_nothing(settings.get(guarantee)) {
                continue;
            }
            let finding = match settings.get(limit).filter(|limit| !is_nothing(Some(limit))) {
                Some(limit) => reserved(settings, what, limit),
                None if what == "memory" => unlimited(hub, settings),
                None => None,
            };
            if let Some(finding) = finding {
                profiles::report(findings, finding);
            }
        }
    }
}

/// Whether KubeSpawner sets nothing; what is not known is something.
fn is_nothing(value: Option<&Value>) -> bool {
    value.is_none_or(|value| bytes::amount(value) == Some(0.0))
}

fn reserved(settings: &SpawnerSettings<'_>, what: &str, limit: &Value) -> Option<Diagnostic> {
    bytes::amount(limit).filter(|most| *most > 0.0)?;
    let message = format!(
        "{} reserves all of its {what} limit, as no guarantee is set",
        settings.title
    );
    let help = format!(
        "set `singleuser.{what}.guarantee` to measured usage; half of the limit is a start"
    );
    Some(
        Diagnostic::new(&CODE, message)
            .at(span(limit), "this much is reserved for each")
            .help(help),
    )
}

/// Neither is set, though the chart has a guarantee: who took it away, and who gave the limit up.
fn unlimited(hub: &Hub<'_>, settings: &SpawnerSettings<'_>) -> Option<Diagnostic> {
    let of_chart = hub.get("singleuser.memory").and_then(Value::as_map);
    let deleted = of_chart.and_then(|memory| memory.deleted.get("guarantee"));
    let taken = settings.said("mem_guarantee").or(deleted)?;
    let message = format!(
        "{} has neither a guarantee nor a limit of memory",
        settings.title
    );
    let label = match taken.content {
        Content::Null => "takes the guarantee away",
        _ => "guarantees nothing",
    };
    let mut finding = Diagnostic::new(&CODE, message)
        .at(span(taken), label)
        .help("the scheduler then puts any number of servers on one node; set `singleuser.memory.guarantee`");
    finding.level = Level::Note;
    Some(finding)
}
