//! The labels that z2jh gives its objects and nodes, and the roles of pods by these labels.

use crate::k8s::{Demands, NodeLabels, PodField, Toleration, Workload};
use crate::yaml::NodeRef;

/// The `component` label of the image puller that runs on every node.
pub const CONTINUOUS_PULLER: &str = "continuous-image-puller";

/// The `component` label of the image puller that runs before an upgrade.
pub const HOOK_PULLER: &str = "hook-image-puller";

/// The `component` labels of both image pullers.
pub const PULLERS: [&str; 2] = [CONTINUOUS_PULLER, HOOK_PULLER];

/// The `component` label of node placeholders, which z2jh does not have.
pub const NODE_PLACEHOLDER: &str = "node-placeholder";

/// The `component` label of the priority class of image pullers.
pub const IMAGE_PULLER: &str = "image-puller";

/// The `component` label of the priority class of user pods.
pub const DEFAULT_PRIORITY: &str = "default-priority";

/// The `component` label of the user scheduler.
pub const USER_SCHEDULER: &str = "user-scheduler";

/// The label of added pods that names their pool.
pub const POOL: &str = "dunnage/pool";

/// The pause image of the newest chart.
pub const PAUSE_IMAGE: &str = "registry.k8s.io/pause:3.10.1";

/// The `component` label of user placeholders.
pub const USER_PLACEHOLDER: &str = "user-placeholder";

/// The key of the taint of dedicated node pools, and its spelling for clouds that do not allow `/` in a taint key.
pub const DEDICATED: [&str; 2] = ["hub.jupyter.org/dedicated", "hub.jupyter.org_dedicated"];

/// The label with the purpose of a node, `core` or `user`.
pub const PURPOSE: &str = "hub.jupyter.org/node-purpose";

/// Whether the pods are user placeholders.
pub fn is_placeholder(workload: &Workload<'_>) -> bool {
    workload.template.is_component(&[USER_PLACEHOLDER])
}

/// Returns whether the pods were added for one pool, and are not meant for the others.
pub fn is_of_one_pool(workload: &Workload<'_>) -> bool {
    workload.template.labels().contains_key(POOL)
}

/// Whether a workload is an image puller of z2jh.
pub fn is_hub_puller(workload: &Workload<'_>) -> bool {
    workload.kind() == "DaemonSet" && workload.template.is_component(&PULLERS)
}

/// Whether a workload is an image puller: a `DaemonSet` whose init containers do nothing, so their only purpose is
/// the pull.
pub fn is_puller(workload: &Workload<'_>) -> bool {
    let mut containers = pulled(workload).peekable();
    let does_nothing = containers.peek().is_some() && containers.all(does_nothing);
    workload.kind() == "DaemonSet" && (does_nothing || is_hub_puller(workload))
}

/// Returns the containers whose images an image puller pulls.
pub fn pulled<'d>(workload: &Workload<'d>) -> impl Iterator<Item = NodeRef<'d>> + use<'d> {
    let list = workload.template.spec.get(PodField::InitContainers);
    list.into_iter().flat_map(|list| list.items())
}

/// Whether a container only prints something, or nothing, and exits.
fn does_nothing(container: NodeRef<'_>) -> bool {
    let words = ["command", "args"].into_iter().filter_map(|key| container.get(key));
    let words: Vec<&str> =
        words.flat_map(|list| list.items()).filter_map(|word| word.text()).collect();
    let is_idle = |word: &str| ["echo", "true", "/bin/true", "exit"].contains(&word);
    match words[..] {
        ["sh" | "/bin/sh" | "bash" | "/bin/bash", "-c", script] => {
            let first = script.split_whitespace().next();
            first.is_some_and(is_idle) && !script.contains([';', '&', '|', '\n'])
        }
        [first, ..] => is_idle(first),
        [] => false,
    }
}

/// Whether the pods stay on user nodes: they are user placeholders, they are bound to user nodes, or they tolerate
/// the taint of user nodes and not that of core nodes.
pub fn is_of_users(workload: &Workload<'_>) -> bool {
    let demands = Demands::of(&workload.template.spec);
    let tolerates = |value| has_purpose(&demands.tolerations, value);
    is_placeholder(workload)
        || is_bound_to(&demands, "user") && !is_bound_to(&demands, "core")
        || tolerates("user") && !tolerates("core")
}

/// Whether one of the tolerations names the dedicated taint with this value.
pub fn has_purpose(tolerations: &[Toleration], purpose: &str) -> bool {
    tolerations.iter().any(|toleration| {
        DEDICATED.contains(&toleration.key.as_str()) && toleration.value == purpose
    })
}

/// Whether node selector or required affinity allow only nodes of this purpose.
fn is_bound_to(demands: &Demands, purpose: &str) -> bool {
    let affinity = &demands.affinity;
    let by_selector = affinity.node_selector.get(PURPOSE).is_some_and(|found| found == purpose);
    let can_run = |purpose: &str| {
        let labels = NodeLabels::from([(PURPOSE.to_owned(), purpose.to_owned())]);
        let mut terms = affinity.required.iter().flatten();
        terms.any(|term| term.can_match(&labels))
    };
    by_selector || can_run(purpose) && !can_run("neither")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy;

    #[test]
    fn the_second_spelling_is_that_of_a_policy() {
        assert_eq!(policy::without_slash(DEDICATED[0]), DEDICATED[1]);
    }
}
