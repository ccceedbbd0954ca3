use crate::diag::{Code, Diagnostic, Level};
use crate::k8s::{PodField, Workload};
use crate::lint::{Check, Rule, Stream};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Workload(check),
};

static CODE: Code = Code::error(
    "XR003",
    "undefined-priority-class",
    "pods name a priority class that there is not",
)
.page(include_str!("undefined_priority_class.md"));

/// The two classes that every cluster has; no other may begin with `system-`.
pub(super) const OF_SYSTEM: [&str; 2] = ["system-cluster-critical", "system-node-critical"];

fn check(stream: &Stream<'_>, workload: &Workload<'_>, findings: &mut Vec<Diagnostic>) {
    let spec = &workload.template.spec;
    let class = spec.own(PodField::PriorityClassName);
    let Some((node, name)) = class.and_then(|node| Some((node, node.as_str()?))) else {
        return;
    };
    let known = &stream.cluster.classes;
    let is_known = known.as_ref().is_some_and(|known| known.contains(&name));
    let mut created = stream.of_kind("scheduling.k8s.io", "PriorityClass");
    if name.is_empty()
        || OF_SYSTEM.contains(&name)
        || is_known
        || created.any(|class| class.name() == name)
    {
        return;
    }
    let message = format!(
        "the pods of `{}` name the priority class `{name}`, which the release does not create",
        workload.title()
    );
    let finding = Diagnostic::new(&CODE, message)
        .at(
            stream.span(&workload.object, node),
            "without the class, the API server refuses each of the pods",
        )
        .help("create it, correct the name, or name it under `priorityClasses.existing` of the policy if the cluster has it");
    // Nobody said what the cluster has, but such a name it cannot have.
    let is_sure = known.is_some() || name.starts_with("system-");
    let level = if is_sure { CODE.level } else { Level::Warning };
    findings.push(Diagnostic { level, ..finding });
}
