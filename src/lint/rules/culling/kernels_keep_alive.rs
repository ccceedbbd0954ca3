use serde_json::json;

use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::Hub;
use crate::hub::span;
use crate::lint::documents::Edits;
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::Value;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::hint(
    "CU006",
    "kernels-keep-servers-alive",
    "an open tab keeps a server alive",
)
.page(include_str!("kernels_keep_alive.md"))
.fix(FixKind::Unsafe);

const FILES: &str = "singleuser.extraFiles";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    if hub.flag("cull.enabled") != Some(true) {
        return;
    }
    let files = hub.get(FILES).map(|files| files.to_json().to_string());
    let files = files.unwrap_or_default();
    let culls = files.contains("cull_idle_timeout");
    if files.contains("ENC[") || culls && culls_connected(&files) {
        return;
    }
    let (message, help) = if culls {
        (
            "kernels with an open tab are not stopped, and keep their servers alive",
            "set `cull_connected: true` beside `cull_idle_timeout`",
        )
    } else {
        (
            "kernels are not stopped, unless the image says so, and keep their servers alive",
            "set `MappingKernelManager.cull_idle_timeout` and `cull_connected` of the servers by \
             `singleuser.extraFiles`",
        )
    };
    let Some(place) = hub.nearest(if culls { FILES } else { "cull.timeout" }) else {
        return;
    };
    let finding = Diagnostic::new(&CODE, message)
        .at(span(place), "idle servers are stopped")
        .help(help);
    findings.push(if !cx.hints {
        finding
    } else if culls {
        let edits = idle_timeout(hub).and_then(|timeout| connected(cx, timeout));
        fixes::risky(finding, "stop those with an open tab too", edits)
    } else {
        let edits = add_file(cx, place).filter(|_| !files.contains(SETTINGS));
        fixes::risky(finding, "stop kernels after 20 minutes", edits)
    });
}

/// Where Jupyter Server looks for settings, in every image that has them.
const SETTINGS: &str = "/etc/jupyter/jupyter_server_config.json";

/// A file of settings, as the chart's documentation has it.
fn add_file(cx: &Context<'_>, place: &Value) -> Edits {
    let file = json!({
        "mountPath": SETTINGS,
        "data": {"MappingKernelManager": {
            "cull_connected": true,
            "cull_idle_timeout": 1200,
            "cull_interval": 120,
        }},
    });
    let path = fixes::split("singleuser.extraFiles.culling");
    fixes::add(cx, place, vec![(path, file.into())])
}

/// The mapping of a file of settings in which kernels are stopped, and when.
fn idle_timeout<'v>(hub: &Hub<'v>) -> Option<(&'v Value, &'v Value)> {
    let mut files = hub.entries(FILES).map(|(_, file)| file);
    files.find_map(|file| {
        let settings = file.get_path(&["data", "MappingKernelManager"])?;
        Some((settings, settings.get("cull_idle_timeout")?))
    })
}

fn connected(cx: &Context<'_>, (settings, timeout): (&Value, &Value)) -> Edits {
    const KEY: &str = "cull_connected";
    match settings.get(KEY) {
        Some(off) => fixes::replace_scalar(cx, off, true),
        None => fixes::beside(cx, timeout, &[(&[KEY], true.into())]),
    }
}

/// Whether `cull_connected` is there and true, as JSON, YAML or Python write it.
fn culls_connected(files: &str) -> bool {
    let mut settings = files.match_indices("cull_connected");
    settings.any(|(at, name)| {
        let rest = files[at + name.len()..].trim_start_matches(|c: char| !c.is_alphanumeric());
        rest.get(..4)
            .is_some_and(|word| word.eq_ignore_ascii_case("true"))
    })
}
