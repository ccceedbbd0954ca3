//! A release as Kubernetes reads it: documents and objects, the places of their pod templates, and the scheduling
//! semantics of taints, tolerations and node affinity.

mod affinity;
mod fit;
mod host;
mod kinds;
mod misshapen;
mod object;
mod operators;
mod path;
mod pod_spec;
mod prefilter;
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
pub use fit::{Demands, Fit, FitRefusal, Nodes};
pub use host::{HostFlaw, host_flaw};
pub use kinds::{Bound, Condition, Kind, Kinds, OnChange, TemplatePlace};
/// Label selectors, as the API server evaluates them.
pub use kube_core::{Expression, Selector, labels::SelectorExt};
pub use misshapen::{Misshapen, Type, misshapen, misshapen_items};
pub use object::{ChartPath, HOOK, Object};
pub use pod_spec::PodSpec;
pub use prefilter::Body;
pub use release::{Manifests, ParsedDocuments, StreamPart, WORTH_THREADS};
pub use selector::read_selector;
pub use shape::{PLACEMENT, POD_SPEC, PodField, TEMPLATE};
pub use taint::{Effect, Operator, Taint, TaintError, Toleration};
pub use toleration::{TolerationFlaw, WrittenToleration};
pub use unknown::{Likeness, likenesses, templates_entry};
pub use workload::{PodTemplate, Workload};
