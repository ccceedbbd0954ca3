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
    "the API server wants a limit for what cannot be shared",
)
.page(include_str!("gpu_limit_missing.md"))
.fix(FixKind::Safe);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for settings in profiles::effective(hub) {
        for (name, amount) in settings.entries("extra_resource_guarantees") {
            if let Some(finding) = flaw(cx, settings, name, amount) {
                profiles::report(findings, finding);
            }
        }
    }
}

/// What is wrong with a guaranteed resource whose limit is another, or none.
fn flaw(
    cx: &Context<'_>,
    settings: &SpawnerSettings<'_>,
    name: &str,
    amount: &Value,
) -> Option<Diagnostic> {
    if !cannot_be_shared(name) || amount.is_null() {
        return None;
    }
    let limit = settings
        .get("extra_resource_limits")
        .and_then(|limits| limits.get(name))
        .filter(|limit| !limit.is_null());
    let message =
        format!("`{name}` cannot be shared, so that its limit has to be what is guaranteed");
    let finding = Diagnostic::new(&CODE, message);
    let Some(limit) = limit else {
        let finding = finding
            .at(span(amount), "guaranteed, and not limited")
            .help("set the limit; the guarantee then follows by itself");
        let edits = limited(cx, settings, name, amount);
        return Some(fixes::safe(
            finding,
            "limit it to what is guaranteed",
            edits,
        ));
    };
    let (one, other) = (text(amount)?, text(limit)?);
    (one != other).then(|| {
        finding
            .at(span(amount), "guaranteed")
            .at(span(limit), "the limit is another")
            .help("take the guarantee away; it follows from the limit")
    })
}

/// The limit beside the guarantees, in the profile or among the values.
fn limited(cx: &Context<'_>, settings: &SpawnerSettings<'_>, name: &str, amount: &Value) -> Edits {
    const GUARANTEES: &str = "extra_resource_guarantees";
    let limits = if settings.is_overridden(GUARANTEES) {
        "extra_resource_limits"
    } else {
        "limits"
    };
    let guarantees = settings.get(GUARANTEES)?;
    fixes::beside(cx, guarantees, &[(&[limits, name], amount.to_json())])
}

/// Devices, and pages of memory that are set aside; what Kubernetes itself names has no domain.
fn cannot_be_shared(name: &str) -> bool {
    let is_native = name
        .split('/')
        .next()
        .is_some_and(|domain| domain == "kubernetes.io" || domain.ends_with(".kubernetes.io"));
    name.starts_with("hugepages-") || name.contains('/') && !is_native
}

/// An amount, where it is known: `1` and `"1"` are one.
fn text(value: &Value) -> Option<String> {
    match &value.content {
        Content::String(text) => Some(text.clone()),
        Content::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
