use super::undefined_priority_class::SYSTEM_CLASSES;
use crate::diag::{Code, Diagnostic, Level};
use crate::hub::components;
use crate::k8s::{Object, PodField};
use crate::lint::{Check, Rule, Stream};
use crate::yaml::{NodeRef, Scalar};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Stream(check),
};

static CODE: Code = Code::error(
    "XR004",
    "invalid-priority-class",
    "the API server rejects a priority class, or user pods cannot preempt placeholders",
)
.page(include_str!("invalid_priority_class.md"));

/// From the smallest `int32` to `HighestUserDefinablePriority`.
const RANGE: std::ops::RangeInclusive<i64> = -2_147_483_648..=1_000_000_000;

const POLICIES: [&str; 2] = ["PreemptLowerPriority", "Never"];

fn check(stream: &Stream<'_>, findings: &mut Vec<Diagnostic>) {
    let classes: Vec<_> = stream.of_kind("scheduling.k8s.io", "PriorityClass").collect();
    for class in &classes {
        findings.extend(reserved_name(stream, class));
        findings.extend(out_of_range(stream, class));
        findings.extend(unknown_policy(stream, class));
        findings.extend(never_preempts(stream, class, &classes));
    }
    let defaults = classes.iter().filter(|class| is_default(class));
    let defaults: Vec<_> = defaults.collect();
    if let [first, others @ ..] = &defaults[..] {
        for other in others {
            let message = format!(
                "`{}` is a second global default: the API server rejects it",
                other.title()
            );
            findings.push(
                Diagnostic::new(&CODE, message)
                    .at(
                        stream.entry_span(other, other.node, "globalDefault"),
                        "second default",
                    )
                    .at(
                        stream.entry_span(first, first.node, "globalDefault"),
                        "first default",
                    )
                    .help("set `globalDefault: true` in at most one class"),
            );
        }
    }
}

fn is_default(class: &Object<'_>) -> bool {
    let default = class.node.get("globalDefault");
    default.and_then(NodeRef::scalar) == Some(Scalar::Bool(true))
}

fn reserved_name(stream: &Stream<'_>, class: &Object<'_>) -> Option<Diagnostic> {
    let name = class.name();
    if !name.starts_with("system-") || SYSTEM_CLASSES.contains(&name.as_str()) {
        return None;
    }
    let message =
        format!("priority class name `{name}` is reserved: the API server rejects the class");
    let finding =
        Diagnostic::new(&CODE, message).at(stream.place(class), "prefix `system-` is reserved");
    Some(finding.help("use a name without the prefix `system-`"))
}

fn out_of_range(stream: &Stream<'_>, class: &Object<'_>) -> Option<Diagnostic> {
    let value = class.node.get("value")?;
    let expected = match value.scalar()? {
        Scalar::Int(number) if RANGE.contains(&number) => return None,
        Scalar::Null => return None,
        Scalar::Float(number) if number.fract() == 0.0 && number.abs() <= 1e9 => return None,
        Scalar::Int(_) | Scalar::Uint(_) => "expected -2147483648 to 1000000000",
        _ => "expected an integer",
    };
    let message = format!(
        "the value of `{}` is not an accepted priority: the API server rejects it",
        class.title()
    );
    Some(
        Diagnostic::new(&CODE, message)
            .at(stream.entry_span(class, class.node, "value"), expected)
            .help("use an integer up to 1000000000; higher values are reserved for Kubernetes"),
    )
}

/// Whether user pods have the class: z2jh's class (`jupyterhub.priority.fullname`), or the global default.
fn is_for_users(class: &Object<'_>) -> bool {
    let name = class.name();
    is_default(class) || name.ends_with("default-priority")
}

fn unknown_policy(stream: &Stream<'_>, class: &Object<'_>) -> Option<Diagnostic> {
    let policy = class.node.get("preemptionPolicy")?.text()?;
    if POLICIES.contains(&policy) {
        return None;
    }
    let message = format!(
        "`{policy}` is not a preemption policy: the API server rejects `{}`",
        class.title()
    );
    let finding = Diagnostic::new(&CODE, message).at(
        stream.entry_span(class, class.node, "preemptionPolicy"),
        "unknown policy",
    );
    Some(finding.help("use `PreemptLowerPriority` or `Never`"))
}

/// Returns the finding about a class of user pods that is above the class of placeholders but never preempts them, so
/// user pods stay Pending next to reserved seats.
fn never_preempts(
    stream: &Stream<'_>,
    class: &Object<'_>,
    classes: &[&Object<'_>],
) -> Option<Diagnostic> {
    let priority = |class: &Object<'_>| match class.node.get("value")?.scalar()? {
        Scalar::Int(number) => Some(number),
        _ => None,
    };
    let never = class.node.get("preemptionPolicy")?;
    let mut workloads = stream.workloads.iter();
    let placeholder = workloads.find(|workload| components::is_placeholder(workload))?;
    let named = placeholder.template.spec.get(PodField::PriorityClassName)?;
    let lowest = classes.iter().find(|class| Some(class.name().as_str()) == named.text())?;
    if !is_for_users(class)
        || never.text() != Some("Never")
        || priority(class)? <= priority(lowest)?
    {
        return None;
    }
    let message = format!(
        "user pods of class `{}` cannot preempt placeholders: its policy is `Never`",
        class.name()
    );
    let finding = Diagnostic::new(&CODE, message)
        .at(
            stream.entry_span(class, class.node, "preemptionPolicy"),
            "never preempts",
        )
        .at(
            stream.span(&placeholder.object, named),
            "placeholders have a lower priority",
        )
        .help("remove `preemptionPolicy`");
    let level = Level::Warning;
    Some(Diagnostic { level, ..finding })
}
