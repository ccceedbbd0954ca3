use super::undefined_priority_class::OF_SYSTEM;
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
    "the API server refuses a priority class, or it cannot do what it is for",
)
.page(include_str!("invalid_priority_class.md"));

/// `HighestUserDefinablePriority` and the least of an `int32`.
const RANGE: std::ops::RangeInclusive<i64> = -2_147_483_648..=1_000_000_000;

const POLICIES: [&str; 2] = ["PreemptLowerPriority", "Never"];

fn check(stream: &Stream<'_>, findings: &mut Vec<Diagnostic>) {
    let classes: Vec<_> = stream
        .of_kind("scheduling.k8s.io", "PriorityClass")
        .collect();
    for class in &classes {
        findings.extend(name(stream, class));
        findings.extend(value(stream, class));
        findings.extend(policy(stream, class));
        findings.extend(keeps_placeholders(stream, class, &classes));
    }
    let defaults = classes.iter().filter(|class| is_default(class));
    let defaults: Vec<_> = defaults.collect();
    if let [first, others @ ..] = &defaults[..] {
        for other in others {
            let message = format!("`{}` is the second default of the cluster", other.title());
            findings.push(
                Diagnostic::new(&CODE, message)
                    .at(
                        stream.entry_span(other, other.node, "globalDefault"),
                        "the API server refuses it",
                    )
                    .at(
                        stream.entry_span(first, first.node, "globalDefault"),
                        "this is the default already",
                    )
                    .help("leave `globalDefault` to one class, or to none"),
            );
        }
    }
}

fn is_default(class: &Object<'_>) -> bool {
    let default = class.node.get("globalDefault");
    default.and_then(NodeRef::scalar) == Some(Scalar::Bool(true))
}

fn name(stream: &Stream<'_>, class: &Object<'_>) -> Option<Diagnostic> {
    let name = class.name();
    if !name.starts_with("system-") || OF_SYSTEM.contains(&name.as_str()) {
        return None;
    }
    let message = format!("a priority class cannot be called `{name}`");
    let finding = Diagnostic::new(&CODE, message).at(
        stream.place(class),
        "names that begin with `system-` are those of Kubernetes",
    );
    Some(finding.help("choose another name"))
}

fn value(stream: &Stream<'_>, class: &Object<'_>) -> Option<Diagnostic> {
    let value = class.node.get("value")?;
    let what = match value.scalar()? {
        Scalar::Int(number) if RANGE.contains(&number) => return None,
        Scalar::Null => return None,
        Scalar::Float(number) if number.fract() == 0.0 && number.abs() <= 1e9 => return None,
        Scalar::Int(_) | Scalar::Uint(_) => {
            "a priority is at most 1000000000, and at least -2147483648"
        }
        _ => "a priority is a whole number",
    };
    let message = format!("the value of `{}` is no priority", class.title());
    Some(
        Diagnostic::new(&CODE, message)
            .at(stream.entry_span(class, class.node, "value"), what)
            .help("what is higher is for the pods of Kubernetes itself"),
    )
}

/// z2jh's class of users and of the core (`jupyterhub.priority.fullname`), or the one that all pods get.
fn is_of_users(class: &Object<'_>) -> bool {
    let name = class.name();
    is_default(class) || name.ends_with("default-priority")
}

fn policy(stream: &Stream<'_>, class: &Object<'_>) -> Option<Diagnostic> {
    let policy = class.node.get("preemptionPolicy")?.text()?;
    if POLICIES.contains(&policy) {
        return None;
    }
    let message = format!("`{policy}` is no preemption policy");
    let finding = Diagnostic::new(&CODE, message).at(
        stream.entry_span(class, class.node, "preemptionPolicy"),
        "the API server refuses the class",
    );
    Some(finding.help("it can be `PreemptLowerPriority` or `Never`"))
}

/// The class of users' pods above that of placeholders that may not evict them, so that they wait beside the
/// room that is kept for them.
fn keeps_placeholders(
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
    let lowest = classes
        .iter()
        .find(|class| Some(class.name().as_str()) == named.text())?;
    if !is_of_users(class) || never.text() != Some("Never") || priority(class)? <= priority(lowest)?
    {
        return None;
    }
    let message = format!(
        "pods of the class `{}` cannot take the room that placeholders keep",
        class.name()
    );
    let finding = Diagnostic::new(&CODE, message)
        .at(
            stream.entry_span(class, class.node, "preemptionPolicy"),
            "these pods evict nobody",
        )
        .at(
            stream.span(&placeholder.object, named),
            "placeholders have a lower class, to be evicted",
        )
        .help("take `preemptionPolicy` away");
    let level = Level::Warning;
    Some(Diagnostic { level, ..finding })
}
