//! dunnage keeps Kubernetes pods on the nodes they were meant for.
//!
//! # The walk of one render
//!
//! 1. `main` builds the real [`host::Host`] and calls [`cli::run`], which asks it for the policy and for
//!    the manifests and puts both into [`text::Sources`].
//! 2. [`policy::read`] turns the policy's text into a checked [`policy::Policy`]: by way of a tree
//!    ([`yaml::parse`]), JSON ([`yaml::to_json`]), the JSON Schema ([`schema`]) and typed structs.
//!    [`k8s::Release::read`] splits the manifests as Helm does and parses the documents that may concern
//!    a pass; the others are copied and never looked into.
//! 3. [`render::run`] finds the row of each workload and lets each pass plan its changes. The plans
//!    become edits of the original text ([`yaml::edit`]); every edited document is read again and
//!    compared with the tree that was meant.
//! 4. [`report`] writes the diagnostics and, where asked, the diff with its reasons. Without an error all
//!    of the output is written at once; with one, nothing.
//!
//! # Who may name whom
//!
//! `text, host` < `diag` < `yaml` < `values, k8s, schema` < `policy` < `render` < `cli`. `report` names
//! only `text` and `diag`; only `cli` and `main` name `host`. Every outside crate has one door. The test
//! `layers` holds both tables.
//!
//! # What stays true
//!
//! - Nothing below `cli` touches the world: no file, environment, clock, randomness or printing.
//! - Reading never fails: a `read` gives a model and diagnostics, and what is not broken is still checked.
//! - A typed Kubernetes object is never written back as text. A byte that no change names stays.
//! - Where pod templates sit is a table (`k8s/kinds.rs`); a new kind is a row.
//! - One [`diag::Code`] serves every diagnostic; it stands beside the code that raises it.
//! - Order is part of the output; nothing is ordered by a hash.

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
