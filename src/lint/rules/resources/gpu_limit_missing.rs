use crate::diag::{Code, Diagnostic};
use crate::lint::hub::span;
use crate::lint::profiles;
use crate::lint::{Check, Hub, Rule};
use crate::values::Value;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("gpu_limit_missing.md"),
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "RS007",
    "gpu-limit-missing",
    "the API server wants a limit for what cannot be shared",
);

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    let limits = hub.get("singleuser.extraResource.limits");
    findings.extend(missing(
        hub.get("singleuser.extraResource.guarantees"),
        limits,
    ));
    for settings in profiles::overrides(hub) {
        let own = settings.get("extra_resource_limits");
        findings.extend(missing(
            settings.get("extra_resource_guarantees"),
            own.or(limits),
        ));
    }
}

/// Each guaranteed resource whose limit is another, or none.
fn missing(guarantees: Option<&Value>, limits: Option<&Value>) -> Vec<Diagnostic> {
    let text = |value: &Value| value.to_json().to_string().replace('"', "");
    let entries = guarantees
        .and_then(Value::as_map)
        .into_iter()
        .flat_map(|map| &map.entries);
    let extended = entries.filter(|(name, _)| name.contains('/'));
    let flawed = extended.filter(|(name, amount)| {
        let limit = limits.and_then(|limits| limits.get(name));
        limit.is_none_or(|limit| text(limit) != text(amount))
    });
    flawed
        .map(|(name, amount)| {
            let message = format!(
                "`{name}` cannot be shared, so that its limit has to be what is guaranteed"
            );
            Diagnostic::new(&CODE, message)
                .at(span(amount), "guaranteed, and not limited to the same")
                .help("set the limit; the guarantee then follows by itself")
        })
        .collect()
}
