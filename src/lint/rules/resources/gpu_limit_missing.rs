use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::profiles::{self, SpawnerSettings};
use crate::hub::span;
use crate::lint::documents::Edits;
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "RS007",
    "gpu-limit-missing",
    "an extended resource, such as a GPU, needs a limit equal to its guarantee",
)
.page(include_str!("gpu_limit_missing.md"))
.fix(FixKind::Safe);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for settings in profiles::effective(hub) {
        for (name, amount) in settings.entries("extra_resource_guarantees") {
            if let Some(finding) = wrong_limit(cx, settings, name, amount) {
                profiles::report(findings, finding);
            }
        }
    }
}

/// Returns the finding about a guaranteed resource without a limit or with another one.
fn wrong_limit(
    cx: &Context<'_>,
    settings: &SpawnerSettings<'_>,
    name: &str,
    amount: &Value,
) -> Option<Diagnostic> {
    if !is_extended(name) || amount.is_null() {
        return None;
    }
    let limit = settings
        .get("extra_resource_limits")
        .and_then(|limits| limits.get(name))
        .filter(|limit| !limit.is_null());
    let message =
        format!("the limit of `{name}` must equal its guarantee: the API server rejects the pod");
    let finding = Diagnostic::new(&CODE, message);
    let Some(limit) = limit else {
        let finding = finding
            .at(span(amount), "guarantee without a limit")
            .help("set the limit; Kubernetes then uses it as the guarantee too");
        let edits = add_limit(cx, settings, name, amount);
        return Some(fixes::safe_fix(
            finding,
            "set the limit to the guarantee",
            edits,
        ));
    };
    let (one, other) = (text(amount)?, text(limit)?);
    (one != other).then(|| {
        finding
            .at(span(amount), "guarantee")
            .at(span(limit), "different limit")
            .help("remove the guarantee: Kubernetes derives it from the limit")
    })
}

/// Returns edits that add the limit next to the guarantees, in the profile or in `singleuser.extraResource`.
fn add_limit(
    cx: &Context<'_>,
    settings: &SpawnerSettings<'_>,
    name: &str,
    amount: &Value,
) -> Edits {
    const GUARANTEES: &str = "extra_resource_guarantees";
    let limits = if settings.is_overridden(GUARANTEES) {
        "extra_resource_limits"
    } else {
        "limits"
    };
    let guarantees = settings.get(GUARANTEES)?;
    fixes::beside(cx, guarantees, &[(&[limits, name], amount.to_json())])
}

/// Whether a resource cannot be overcommitted: devices, whose names have a domain, and huge pages.
fn is_extended(name: &str) -> bool {
    let is_native = name
        .split('/')
        .next()
        .is_some_and(|domain| domain == "kubernetes.io" || domain.ends_with(".kubernetes.io"));
    name.starts_with("hugepages-") || name.contains('/') && !is_native
}

/// Returns an amount as text, equal for `1` and `"1"`; nothing if it is not known.
fn text(value: &Value) -> Option<String> {
    match &value.content {
        Content::String(text) => Some(text.clone()),
        Content::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
