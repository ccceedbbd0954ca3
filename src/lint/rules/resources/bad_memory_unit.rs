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
    "JupyterHub cannot read a memory size, so user servers do not start",
)
.page(include_str!("bad_memory_unit.md"))
.fix(FixKind::Safe);

/// Resources of the chart that Kubernetes reads, not JupyterHub.
const KUBERNETES_RESOURCES: [&str; 9] = [
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
    for path in KUBERNETES_RESOURCES {
        for side in ["requests", "limits"] {
            let value = hub.get(&format!("{path}.{side}.memory"));
            findings.extend(value.and_then(milli_unit));
        }
    }
    let capacity = hub.get("singleuser.storage.capacity");
    findings.extend(capacity.and_then(milli_unit));
}

/// Returns the finding about a memory size that JupyterHub cannot read.
fn unreadable(cx: &Context<'_>, value: &Value) -> Option<Diagnostic> {
    let Content::String(text) = &value.content else {
        return None;
    };
    if bytes::is_specification(text) {
        return None;
    }
    let message =
        format!("user servers do not start: JupyterHub cannot read the memory size `{text}`");
    let meant = bytes::meant(text);
    let help = match &meant {
        Some(meant) => {
            format!("use `{meant}`: JupyterHub's `K`, `M`, `G` and `T` are powers of 1024")
        }
        None if text.parse::<f64>().is_ok() => {
            format!("remove the quotes for a size in bytes, or add a unit: `{text}M` is {text} MiB")
        }
        None => {
            "use a number with `K`, `M`, `G` or `T`, or a number of bytes without quotes".to_owned()
        }
    };
    let finding = Diagnostic::new(&CODE, message).at(span(value), "not a memory size").help(help);
    let Some(meant) = meant else {
        return Some(finding);
    };
    let edits = fixes::replace_scalar(cx, value, meant.as_str());
    Some(fixes::safe_fix(
        finding,
        format!("replace it with `{meant}`"),
        edits,
    ))
}

/// Returns the finding about the unit `m`, a thousandth, which is meant for CPU.
fn milli_unit(value: &Value) -> Option<Diagnostic> {
    let Content::String(text) = &value.content else {
        return None;
    };
    let number = text.strip_suffix('m')?;
    number.parse::<f64>().ok()?;
    let message = format!("Kubernetes reads `{text}` as {number} thousandths of a byte");
    let mut finding = Diagnostic::new(&CODE, message)
        .at(span(value), "`m` is for CPU")
        .help(format!("use `{number}Mi`"));
    finding.level = Level::Warning;
    Some(finding)
}
