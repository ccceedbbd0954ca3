//! What is known of the templates of z2jh: which values make which nodes of its objects.

use super::components::{CONTINUOUS_PULLER, HOOK_PULLER, USER_PLACEHOLDER};
use crate::k8s::Object;

/// A node of objects of one part of the hub, and the values that may make it.
#[derive(Debug)]
pub struct TemplateRow {
    /// How the chart calls the part, by a label.
    component: &'static str,
    kind: &'static str,
    /// The keys that lead to the node, with `*` for any item of a list.
    pub node: &'static str,
    /// The paths of values, with `*` for any key or item: one makes all of the node, or each of them some of its
    /// entries or items.
    pub values: &'static [&'static str],
}

const fn row(
    component: &'static str,
    kind: &'static str,
    node: &'static str,
    values: &'static [&'static str],
) -> TemplateRow {
    TemplateRow {
        component,
        kind,
        node,
        values,
    }
}

const TOLERATIONS: &str = "spec.template.spec.tolerations";
const SELECTOR: &str = "spec.template.spec.nodeSelector";
const POD: &str = "spec.template.spec";
const PULLED: &str = "spec.template.spec.initContainers.*.image";

/// Those of pods that stand for users, and of those that pull for them.
const OF_USERS: &[&str] = &[
    "scheduling.userPods.tolerations",
    "singleuser.extraTolerations",
];
const OF_PULLERS: &[&str] = &[
    "scheduling.userPods.tolerations",
    "singleuser.extraTolerations",
    "prePuller.extraTolerations",
];
const SELECTOR_OF_USERS: &[&str] = &["singleuser.nodeSelector"];

/// As `hub::hub_images` has them.
const IMAGES: &[&str] = &[
    "singleuser.networkTools.image",
    "singleuser.image",
    "singleuser.initContainers.*.image",
    "singleuser.extraContainers.*.image",
    "singleuser.profileList.*.kubespawner_override.image",
    "singleuser.profileList.*.profile_options.*.choices.*.kubespawner_override.image",
    "prePuller.extraImages.*",
];

const CORE: &str = "scheduling.corePods.tolerations";

/// What real releases set agrees with their manifests, which a test holds; of what none of them sets (the pods' own
/// tolerations, some budgets), the chart's schema says what it does.
#[rustfmt::skip]
const ROWS: &[TemplateRow] = &[
    row("hub", "Deployment", TOLERATIONS, &[CORE, "hub.tolerations"]),
    row("hub", "Deployment", SELECTOR, &["hub.nodeSelector"]),
    row("hub", "Deployment", POD, &["hub.extraPodSpec"]),
    row("hub", "PodDisruptionBudget", "spec", &["hub.pdb"]),
    row("hub", "Service", "metadata.annotations", &["hub.service.annotations"]),
    row("proxy", "Deployment", TOLERATIONS, &[CORE, "proxy.chp.tolerations"]),
    row("proxy", "Deployment", SELECTOR, &["proxy.chp.nodeSelector"]),
    row("proxy", "Deployment", POD, &["proxy.chp.extraPodSpec"]),
    row("proxy", "PodDisruptionBudget", "spec", &["proxy.chp.pdb"]),
    row("ingress", "Ingress", "metadata.annotations", &["ingress.annotations"]),
    row("user-scheduler", "Deployment", TOLERATIONS, &[CORE, "scheduling.userScheduler.tolerations"]),
    row("user-scheduler", "PodDisruptionBudget", "spec", &["scheduling.userScheduler.pdb"]),
    row(USER_PLACEHOLDER, "StatefulSet", TOLERATIONS, OF_USERS),
    row(USER_PLACEHOLDER, "StatefulSet", SELECTOR, SELECTOR_OF_USERS),
    row(USER_PLACEHOLDER, "PriorityClass", "value", &["scheduling.podPriority.userPlaceholderPriority"]),
    row("default-priority", "PriorityClass", "value", &["scheduling.podPriority.defaultPriority"]),
    row("default-priority", "PriorityClass", "globalDefault", &["scheduling.podPriority.globalDefault"]),
    row("image-puller", "PriorityClass", "value", &["scheduling.podPriority.imagePullerPriority"]),
    row("image-puller", "Job", TOLERATIONS, &[CORE, "prePuller.hook.tolerations"]),
    row(CONTINUOUS_PULLER, "DaemonSet", TOLERATIONS, OF_PULLERS),
    row(CONTINUOUS_PULLER, "DaemonSet", SELECTOR, SELECTOR_OF_USERS),
    row(CONTINUOUS_PULLER, "DaemonSet", PULLED, IMAGES),
    row(HOOK_PULLER, "DaemonSet", TOLERATIONS, OF_PULLERS),
    row(HOOK_PULLER, "DaemonSet", SELECTOR, SELECTOR_OF_USERS),
    row(HOOK_PULLER, "DaemonSet", PULLED, IMAGES),
];

/// The keys of the values of each part of the hub: of `singleuser`, say, nothing comes into the pods of the proxy.
const PARTS: &[(&str, &[&str])] = &[
    ("autohttps", &["proxy", "traefik"]),
    (CONTINUOUS_PULLER, &["prePuller"]),
    (HOOK_PULLER, &["prePuller"]),
    ("hub", &["hub"]),
    ("image-puller", &["prePuller"]),
    ("ingress", &["ingress"]),
    ("proxy", &["proxy"]),
    ("proxy-api", &["proxy"]),
    ("proxy-public", &["proxy"]),
    ("singleuser", &["singleuser"]),
    (USER_PLACEHOLDER, &["scheduling", "userPlaceholder"]),
    ("user-scheduler", &["scheduling", "userScheduler"]),
];

/// The keys of the values of the part of the hub that an object is.
pub fn part(object: &Object<'_>) -> Option<&'static [&'static str]> {
    let mut components = components(object);
    components.find_map(|component| {
        let mut parts = PARTS.iter();
        parts
            .find(|(name, _)| *name == component)
            .map(|(_, keys)| *keys)
    })
}

/// The rows about a node that the steps pass through, each with the number of steps that lead to it. A step is a
/// key; `None` is an item of a list.
pub fn rows(object: &Object<'_>, steps: &[Option<&str>]) -> Vec<(&'static TemplateRow, usize)> {
    let depth = |row: &'static TemplateRow| Some((row, leads_to(steps, row.node)?));
    of(object).filter_map(depth).collect()
}

/// The rows about an object.
pub fn of(object: &Object<'_>) -> impl Iterator<Item = &'static TemplateRow> {
    ROWS.iter().filter(|row| {
        let mut components = components(object);
        row.kind == object.gvk.kind && components.any(|component| component == row.component)
    })
}

/// What an object says that it is in its chart.
pub fn components<'d>(object: &Object<'d>) -> impl Iterator<Item = &'d str> + use<'d> {
    let labels = object.node.get_path(&["metadata", "labels"]);
    let label = move |key| labels?.get(key)?.text();
    ["component", "app.kubernetes.io/component"]
        .into_iter()
        .filter_map(label)
}

/// How many of the steps lead to the node, if they lead through it.
fn leads_to(steps: &[Option<&str>], node: &str) -> Option<usize> {
    let mut depth = 0;
    for key in node.split('.') {
        let is_there = match steps.get(depth)? {
            Some(name) => *name == key,
            None => key == "*",
        };
        is_there.then(|| depth += 1)?;
    }
    Some(depth)
}
