use crate::diag::{Code, Diagnostic};
use crate::lint::hub::span;
use crate::lint::{Check, Hub, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("kernels_keep_alive.md"),
    check: Check::Hub(check),
};

static CODE: Code = Code::hint(
    "CU006",
    "kernels-keep-servers-alive",
    "an open tab keeps a server alive",
);

const FILES: &str = "singleuser.extraFiles";

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
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
    let place = hub.nearest(if culls { FILES } else { "cull.timeout" });
    findings.extend(place.map(|place| {
        Diagnostic::new(&CODE, message)
            .at(span(place), "idle servers are stopped")
            .help(help)
    }));
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
