//! dunnage keeps Kubernetes pods on the nodes they were meant for: it renders (a Helm post-renderer that places pods,
//! adds the objects that a policy asks for and changes no other byte), lints (the values of a JupyterHub, and the
//! manifests of any chart) and plans (how many seats a hub needs, and who waits).
//!
//! A run has three steps. `cli` turns a command line into a request, [`project`] reads everything that the request
//! names through a [`host`] into [`text::Sources`], and one call of an engine does the work: [`render::run`],
//! [`lint::judge`] or the answer of [`plan`]. The first two return diagnostics ([`diag`]) and edits of the original text
//! ([`yaml::edit`]), which [`report`] writes.
//!
//! The map of the modules, the layers, the invariants and the walk of one render and one lint are in
//! `docs/architecture.md`; `CONTRIBUTING.md` says how to add a rule, a pass, a kind, a command or a code.

pub mod capacity;
pub mod cli;
pub mod diag;
pub mod fix;
pub mod host;
pub mod hub;
pub mod k8s;
pub mod lint;
pub mod plan;
pub mod policy;
pub mod project;
pub mod render;
pub mod report;
pub mod schema;
pub mod text;
pub mod values;
pub mod yaml;
