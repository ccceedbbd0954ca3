use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::bytes;
use crate::hub::profiles;
use crate::hub::span;
use crate::lint::fixes;
use crate::lint::{Check, Context, Rule};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "RS001",
    "bad-memory-unit",
    "JupyterHub cannot read this amount of memory",
)
.page(include_str!("bad_memory_unit.md"))
.fix(FixKind::Safe);

/// Resources of the chart that Kubernetes reads.
const OF_KUBERNETES: [&str; 9] = [
    "hub.resources",
    "proxy.chp.resources",
    "proxy.traefik.resources",
    "proxy.secretSync.resources",
    "scheduling.userScheduler.resources",
    "scheduling.userPlaceholder.resources",
    "prePuller.resources",
    "prePuller.hook.resources",
    "singleuser.networkTools.resources",
];

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let of_chart = ["limit", "guarantee"].map(|key| hub.get(&format!("singleuser.memory.{key}")));
    let overrides = profiles::overrides(hub);
    let of_profiles = overrides
        .iter()
        .flat_map(|settings| ["mem_limit", "mem_guarantee"].map(|key| settings.get(key)));
    for value in of_chart.into_iter().chain(of_profiles).flatten() {
        findings.extend(unreadable(cx, value));
    }
    for path in OF_KUBERNETES {
        for side in ["requests", "limits"] {
            let value = hub.get(&format!("{path}.{side}.memory"));
            findings.extend(value.and_then(thousandths));
        }
    }
    let capacity = hub.get("singleuser.storage.capacity");
    findings.extend(capacity.and_then(thousandths));
}

/// What JupyterHub has to read, and cannot.
fn unreadable(cx: &Context<'_>, value: &Value) -> Option<Diagnostic> {
    let Content::String(text) = &value.content else {
        return None;
    };
    if bytes::is_specification(text) {
        return None;
    }
    let message = format!("JupyterHub cannot read `{text}` as an amount of memory");
    let meant = bytes::meant(text);
    let help = match &meant {
        Some(meant) => {
            format!("write `{meant}`: its `K`, `M`, `G` and `T` are powers of 1024")
        }
        None if text.parse::<f64>().is_ok() => {
            format!("without quotes it is a number of bytes; `{text}M` is 1024² times as much")
        }
        None => "write a number and one of `K`, `M`, `G`, `T`, or bytes as a number".to_owned(),
    };
    let finding = Diagnostic::new(&CODE, message)
        .at(span(value), "")
        .help(help);
    let Some(meant) = meant else {
        return Some(finding);
    };
    let edits = fixes::replace_scalar(cx, value, meant.as_str());
    Some(fixes::safe(finding, format!("write `{meant}`"), edits))
}

/// The unit of Kubernetes for a thousandth, which is meant for cores.
fn thousandths(value: &Value) -> Option<Diagnostic> {
    let Content::String(text) = &value.content else {
        return None;
    };
    let number = text.strip_suffix('m')?;
    number.parse::<f64>().ok()?;
    let message = format!("`{text}` is {number} thousandths of a byte to Kubernetes");
    let mut finding = Diagnostic::new(&CODE, message)
        .at(span(value), "`m` is for cores")
        .help(format!("write `{number}Mi`"));
    finding.level = Level::Warning;
    Some(finding)
}
