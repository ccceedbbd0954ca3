//! dunnage keeps Kubernetes pods on the nodes they were meant for.

pub mod diag;
pub mod host;
pub mod k8s;
pub mod policy;
pub mod report;
pub mod schema;
pub mod text;
pub mod values;
pub mod yaml;
