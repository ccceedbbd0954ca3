//! dunnage keeps Kubernetes pods on the nodes they were meant for.

pub mod cli;
pub mod diag;
pub mod host;
pub mod k8s;
pub mod policy;
pub mod render;
pub mod report;
pub mod schema;
pub mod text;
pub mod values;
pub mod yaml;
