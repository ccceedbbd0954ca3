//! A release as Kubernetes reads it: its documents and objects, where their pod templates sit, and the
//! scheduling semantics of taints, tolerations and node affinity.

mod affinity;
mod fit;
mod gate;
mod kinds;
mod misshapen;
mod object;
mod operators;
mod path;
mod pod_spec;
mod release;
mod selector;
mod shape;
pub mod syntax;
mod table;
mod taint;
mod toleration;
mod unknown;
mod workload;

pub use affinity::{Affinity, NodeLabels, Requirement, Term};
pub use fit::{Demands, Fit, Nodes, Refusal};
pub use gate::Body;
pub use kinds::{Bound, Condition, Kind, Kinds, OnChange, Place};
/// Selectors of labels, as the API server evaluates them.
pub use kube_core::{Expression, Selector, labels::SelectorExt};
pub use misshapen::{Misshapen, Type, misshapen, misshapen_items};
pub use object::{ChartPath, HOOK, Object};
pub use pod_spec::PodSpec;
pub use release::{Documents, Part, Release, WORTH_THREADS};
pub use selector::read_selector;
pub use shape::{PLACEMENT, POD_SPEC, PodField, TEMPLATE};
pub use taint::{Effect, Operator, Taint, TaintError, Toleration};
pub use toleration::{Flaw, WrittenToleration};
pub use unknown::{Likeness, likenesses, templates_entry};
pub use workload::{PodTemplate, Workload};
