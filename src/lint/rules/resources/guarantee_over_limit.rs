use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::bytes;
use crate::hub::profiles::{self, SpawnerSettings};
use crate::hub::span;
use crate::lint::documents::Edits;
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::Value;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "RS003",
    "guarantee-over-limit",
    "the API server rejects a pod whose guarantee is above its limit",
)
.page(include_str!("guarantee_over_limit.md"))
.fix(FixKind::Unsafe);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for settings in profiles::effective(hub) {
        for (what, guarantee, limit) in [
            ("memory", "mem_guarantee", "mem_limit"),
            ("CPU", "cpu_guarantee", "cpu_limit"),
        ] {
            let names = (guarantee, limit);
            let (Some(guarantee), Some(limit)) = (settings.get(guarantee), settings.get(limit))
            else {
                continue;
            };
            let amounts = (bytes::amount(guarantee), bytes::amount(limit));
            let (Some(guaranteed), Some(limited)) = amounts else {
                continue;
            };
            // KubeSpawner treats 0 as unset.
            if guaranteed <= limited || limited == 0.0 {
                continue;
            }
            let message = format!(
                "the {what} guarantee of {} is above its limit: the API server rejects the pod",
                settings.title
            );
            let finding = Diagnostic::new(&CODE, message)
                .at(span(guarantee), "guarantee")
                .at(span(limit), "limit")
                .help("raise the limit, or lower the guarantee");
            let edits = raise_limit(cx, settings, names, (guarantee, limit));
            let finding = fixes::unsafe_fix(finding, "raise the limit to the guarantee", edits);
            profiles::report(findings, finding);
        }
    }
}

/// Returns edits that raise the limit in the same profile or choice as the guarantee, or in a later choice that
/// overrides it. `singleuser` is not changed for the sake of one profile.
fn raise_limit(
    cx: &Context<'_>,
    settings: &SpawnerSettings<'_>,
    (of_guarantee, of_limit): (&str, &str),
    (guarantee, limit): (&Value, &Value),
) -> Edits {
    let is_own = settings.is_own(of_limit);
    if settings.is_overridden(of_guarantee) && (is_own || !settings.is_overridden(of_limit)) {
        return fixes::beside(cx, guarantee, &[(&[of_limit], guarantee.to_json())]);
    }
    if settings.is_overridden(of_guarantee) || settings.is_overridden(of_limit) {
        return fixes::replace_scalar(cx, limit, guarantee.to_json());
    }
    let (path, beside) = match of_limit {
        "mem_limit" => ("singleuser.memory.limit", "singleuser.memory.guarantee"),
        _ => ("singleuser.cpu.limit", "singleuser.cpu.guarantee"),
    };
    fixes::set(cx, path, guarantee.to_json(), beside)
}
