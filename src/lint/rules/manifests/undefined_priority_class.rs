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
    "priority class does not exist",
)
.page(include_str!("undefined_priority_class.md"));

/// The two classes that every cluster has. The prefix `system-` is reserved for them.
pub(super) const SYSTEM_CLASSES: [&str; 2] = ["system-cluster-critical", "system-node-critical"];

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
        || SYSTEM_CLASSES.contains(&name)
        || is_known
        || created.any(|class| class.name() == name)
    {
        return;
    }
    let message = format!(
        "pods of `{}` use priority class `{name}`, which the release does not create",
        workload.title()
    );
    let finding = Diagnostic::new(&CODE, message)
        .at(
            stream.span(&workload.object, node),
            "pods are rejected without it",
        )
        .help("create it, correct the name, or list it under `priorityClasses.existing` in the policy if the cluster has it");
    // Without a list in the policy, only a reserved name is certain not to exist.
    let is_sure = known.is_some() || name.starts_with("system-");
    let level = if is_sure { CODE.level } else { Level::Warning };
    findings.push(Diagnostic { level, ..finding });
}
