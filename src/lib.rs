//! dunnage keeps Kubernetes pods on the nodes they were meant for.
//!
//! # The walk of one render
//!
//! 1. `main` builds the real [`host::Host`] and calls [`cli::run`], which turns its options into a request.
//!    [`project::load_render`] reads the policy and the manifests through the host into [`text::Sources`].
//! 2. [`policy::read`] turns the policy's text into a checked [`policy::Policy`]: by way of a tree
//!    ([`yaml::parse`]), JSON ([`yaml::to_json`]), the JSON Schema ([`schema`]) and typed structs.
//!    [`k8s::Manifests::read`] splits the manifests as Helm does and looks at the text of each part: what
//!    cannot concern a pass is copied and never parsed.
//! 3. [`render::run`] reads first what documents have in common (priority classes, the hub's values, hooks).
//!    Then each document with pods goes its own way, on all cores: it is parsed, the row of each workload is
//!    found, each pass plans its changes, the plans become edits of the original text ([`yaml::edit`]), the
//!    new text is read again and compared with the tree that was meant, and the trees are forgotten.
//! 4. [`report`] writes the diagnostics and, where asked, the diff with its reasons. Without an error all
//!    of the output is written at once; with one, nothing.
//!
//! # The walk of one lint
//!
//! 1. [`project::load_lint`] finds the policy and the releases. The chart and every layer are read into [`values::Value`]s, which know where each value was set; one
//!    layer is laid over the other, who loses stays beside the winner, and the defaults of the charts come
//!    under them as Helm has it ([`values::coalesced`]).
//! 2. [`hub::ReleaseSpec`] finds where the values of z2jh stand; where its chart is not at hand, it brings the known
//!    defaults and the known schema. [`hub::Release`] is what Helm makes of it. Manifests are read as `render`
//!    reads them ([`lint::Stream`]).
//! 3. Each rule ([`lint::RULES`]) is a function over one of a few things ([`lint::Check`]): the hub, all values,
//!    what breaks a schema, an upgrade, a workload, a stream, a comment. Its page is its test. A finding in
//!    manifests gets the place of the value that made what it is about, where the release is known
//!    (`lint::origin`). [`lint::judge`] takes all subjects at once; comments and the policy silence
//!    ([`lint::Suppressions`]), the policy and the options choose ([`lint::Selection`]), and a baseline knows
//!    ([`lint::Baseline`]).
//! 4. Some findings bring edits that would end them. [`fix::run`] chooses among them, applies them to the
//!    texts, lints again until nothing is left to fix, and takes back what did not do what it said.
//!
//! # Who may name whom
//!
//! `text, host` < `diag` < `yaml` < `values, k8s, schema` < `policy` < `render, lint` < `project` < `cli`.
//! `report` and `fix` name only `text` and `diag`; only `project`, `cli` and `main` name `host`. Every outside crate has one door. The test
//! `layers` holds both tables.
//!
//! # What stays true
//!
//! - Nothing below `project` touches the world: no file, environment, clock, randomness or printing.
//! - Reading never fails: a `read` gives a model and diagnostics, and what is not broken is still checked.
//! - A typed Kubernetes object is never written back as text. A byte that no change names stays.
//! - Where pod templates sit is a table (`k8s/kinds.rs`); a new kind is a row.
//! - One [`diag::Code`] serves every diagnostic; it and its page are next to the code that raises it. `project::Codes` lists all
//!   of them for `dunnage rule`; a test fails for one that is missing.
//! - Order is part of the output; nothing is ordered by a hash.

pub mod cli;
pub mod diag;
pub mod fix;
pub mod host;
pub mod hub;
pub mod k8s;
pub mod lint;
pub mod policy;
pub mod project;
pub mod render;
pub mod report;
pub mod schema;
pub mod text;
pub mod values;
pub mod yaml;
