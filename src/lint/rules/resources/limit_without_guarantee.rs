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
    "without a guarantee, Kubernetes reserves the whole limit",
)
.page(include_str!("limit_without_guarantee.md"));

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for settings in profiles::effective(hub) {
        for (what, guarantee, limit) in [
            ("memory", "mem_guarantee", "mem_limit"),
            ("CPU", "cpu_guarantee", "cpu_limit"),
        ] {
            if !is_unset(settings.get(guarantee)) {
                continue;
            }
            let finding = match settings.get(limit).filter(|limit| !is_unset(Some(limit))) {
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

/// Whether KubeSpawner sets no value. A value that is not known counts as set.
fn is_unset(value: Option<&Value>) -> bool {
    value.is_none_or(|value| bytes::amount(value) == Some(0.0))
}

/// Returns the finding about a limit that Kubernetes also uses as the guarantee.
fn reserved(settings: &SpawnerSettings<'_>, what: &str, limit: &Value) -> Option<Diagnostic> {
    bytes::amount(limit).filter(|most| *most > 0.0)?;
    let message = format!(
        "{} reserves its whole {what} limit, because no {what} guarantee is set",
        settings.title
    );
    let help = format!(
        "set `singleuser.{}.guarantee` to measured usage; start with half of the limit",
        what.to_lowercase()
    );
    Some(
        Diagnostic::new(&CODE, message)
            .at(span(limit), "reserved for each server")
            .help(help),
    )
}

/// Returns the finding about a removed guarantee, the chart's or that of `singleuser`, if there is no limit either.
fn unlimited(hub: &Hub<'_>, settings: &SpawnerSettings<'_>) -> Option<Diagnostic> {
    let of_chart = hub.get("singleuser.memory").and_then(Value::as_map);
    let deleted = of_chart.and_then(|memory| memory.deleted.get("guarantee"));
    let removed = settings.explicit("mem_guarantee").or(deleted)?;
    let message = format!(
        "{} has no memory guarantee and no limit: nodes can run out of memory",
        settings.title
    );
    let label = match removed.content {
        Content::Null => "removes the guarantee",
        _ => "no guarantee",
    };
    let mut finding = Diagnostic::new(&CODE, message)
        .at(span(removed), label)
        .help("set `singleuser.memory.guarantee`: without it the scheduler puts any number of servers on one node");
    finding.level = Level::Note;
    Some(finding)
}
