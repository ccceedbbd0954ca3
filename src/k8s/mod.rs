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
pub use kinds::{TemplatePath, template_path};
pub use object::{ChartPath, HOOK, Object};
pub use release::{Body, Part, Release};
pub use taint::{Effect, Operator, Taint, TaintError, Toleration};
pub use workload::{PodTemplate, Workload};
