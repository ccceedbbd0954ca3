//! A release as Kubernetes reads it: its documents and objects, where their pod templates sit, and the
//! scheduling semantics of taints, tolerations and node affinity.

mod affinity;
mod gate;
mod kinds;
mod object;
mod release;
mod taint;
mod workload;

pub use affinity::{Affinity, NodeLabels, Requirement, Term};
pub use kinds::{TemplatePath, known_kinds, template_path};
/// Selectors of labels, as the API server evaluates them.
pub use kube_core::{Expression, Selector, labels::SelectorExt};
pub use object::{ChartPath, HOOK, Object};
pub use release::{Body, Part, Release};
pub use taint::{Effect, Operator, Taint, TaintError, Toleration};
pub use workload::{PodTemplate, Workload};
