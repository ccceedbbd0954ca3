//! The templates of z2jh: which values set which fields of its objects.

use super::components::{CONTINUOUS_PULLER, HOOK_PULLER, USER_PLACEHOLDER};
use crate::k8s::Object;

/// A field of the objects of one component, and the values that may set it.
#[derive(Debug)]
pub struct TemplateRow {
    /// The component label of the object.
    component: &'static str,
    kind: &'static str,
    /// The path of the field, with `*` for any item of a list.
    pub node: &'static str,
    /// The paths of values, with `*` for any key or item. Either one of them sets the whole field, or each sets some
    /// of its entries or items.
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

/// Tolerations of user placeholders.
const OF_USERS: &[&str] = &[
    "scheduling.userPods.tolerations",
    "singleuser.extraTolerations",
];

/// Tolerations of image pullers.
const OF_PULLERS: &[&str] = &[
    "scheduling.userPods.tolerations",
    "singleuser.extraTolerations",
    "prePuller.extraTolerations",
];
const SELECTOR_OF_USERS: &[&str] = &["singleuser.nodeSelector"];

/// The images that [`super::hub_images`] returns.
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

/// The known fields. A test compares them with the manifests of real releases. For values that no release sets, such as
/// some disruption budgets, the chart's schema documents the effect.
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

/// The path of the values of each component. No value of `singleuser`, for example, affects the pods of the proxy.
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

/// Returns the path of the values of the component that an object belongs to.
pub fn part(object: &Object<'_>) -> Option<&'static [&'static str]> {
    let mut components = components(object);
    components.find_map(|component| {
        let mut parts = PARTS.iter();
        parts.find(|(name, _)| *name == component).map(|(_, keys)| *keys)
    })
}

/// Returns the rows whose field is on a path in an object, each with the number of steps to the field. A step is a
/// key, or `None` for an item of a list.
pub fn rows(object: &Object<'_>, steps: &[Option<&str>]) -> Vec<(&'static TemplateRow, usize)> {
    let depth = |row: &'static TemplateRow| Some((row, leads_to(steps, row.node)?));
    of(object).filter_map(depth).collect()
}

/// Returns the rows about an object.
pub fn of(object: &Object<'_>) -> impl Iterator<Item = &'static TemplateRow> {
    ROWS.iter().filter(|row| {
        let mut components = components(object);
        row.kind == object.gvk.kind && components.any(|component| component == row.component)
    })
}

/// Returns the component labels of an object.
pub fn components<'d>(object: &Object<'d>) -> impl Iterator<Item = &'d str> + use<'d> {
    let labels = object.node.get_path(&["metadata", "labels"]);
    let label = move |key| labels?.get(key)?.text();
    ["component", "app.kubernetes.io/component"].into_iter().filter_map(label)
}

/// Returns the number of steps that lead to a field, if the path leads through it.
fn leads_to(steps: &[Option<&str>], node: &str) -> Option<usize> {
    let mut depth = 0;
    for key in node.split('.') {
        let matches = match steps.get(depth)? {
            Some(name) => *name == key,
            None => key == "*",
        };
        matches.then(|| depth += 1)?;
    }
    Some(depth)
}
