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
    "an open browser tab keeps an idle user server running",
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
    let culls_kernels = files.contains("cull_idle_timeout");
    if files.contains("ENC[") || culls_kernels && culls_connected(&files) {
        return;
    }
    let (message, label, help) = if culls_kernels {
        (
            "idle kernels with an open tab are not culled and keep their user server running",
            "kernel culling is configured here",
            "set `cull_connected: true` next to `cull_idle_timeout`",
        )
    } else {
        (
            "idle kernels keep their user server running, unless the image culls them",
            "kernels are not culled",
            "set `MappingKernelManager.cull_idle_timeout` and `cull_connected` in a file of \
             `singleuser.extraFiles`",
        )
    };
    let Some(place) = hub.nearest(if culls_kernels { FILES } else { "cull.timeout" }) else {
        return;
    };
    let finding = Diagnostic::new(&CODE, message).at(span(place), label).help(help);
    findings.push(if !cx.hints {
        finding
    } else if culls_kernels {
        let edits = idle_timeout(hub).and_then(|timeout| set_connected(cx, timeout));
        fixes::unsafe_fix(finding, "set `cull_connected: true`", edits)
    } else {
        let edits = add_settings_file(cx, place).filter(|_| !files.contains(SETTINGS));
        fixes::unsafe_fix(finding, "cull idle kernels after 20 minutes", edits)
    });
}

/// The system-wide settings file of Jupyter Server.
const SETTINGS: &str = "/etc/jupyter/jupyter_server_config.json";

/// Returns edits that add a settings file as in the chart's documentation.
fn add_settings_file(cx: &Context<'_>, place: &Value) -> Edits {
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

/// Returns the settings in which idle kernels are culled, and their `cull_idle_timeout`.
fn idle_timeout<'v>(hub: &Hub<'v>) -> Option<(&'v Value, &'v Value)> {
    let mut files = hub.entries(FILES).map(|(_, file)| file);
    files.find_map(|file| {
        let settings = file.get_path(&["data", "MappingKernelManager"])?;
        Some((settings, settings.get("cull_idle_timeout")?))
    })
}

/// Returns edits that set `cull_connected: true`.
fn set_connected(cx: &Context<'_>, (settings, timeout): (&Value, &Value)) -> Edits {
    const KEY: &str = "cull_connected";
    match settings.get(KEY) {
        Some(old) => fixes::replace_scalar(cx, old, true),
        None => fixes::beside(cx, timeout, &[(&[KEY], true.into())]),
    }
}

/// Whether `cull_connected` is true, in JSON, YAML or Python.
fn culls_connected(files: &str) -> bool {
    let mut settings = files.match_indices("cull_connected");
    settings.any(|(at, name)| {
        let rest = files[at + name.len()..].trim_start_matches(|c: char| !c.is_alphanumeric());
        rest.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("true"))
    })
}
