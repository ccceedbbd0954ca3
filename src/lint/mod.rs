//! The linter: what is wrong in the values of a hub and in the manifests of any chart, with the line that caused
//! it, why it matters, and a fix.
//!
//! A rule ([`Rule`]) is a static and a function; `rules/` has one file and one page for each. [`run`] applies them.

mod baseline;
mod codes;
mod engine;
mod fixes;
mod manifests;
mod origin;
mod rule;
mod rules;
mod select;
mod suppress;
mod upgrade;
mod values;
mod violations;

pub use baseline::Baseline;
pub use codes::ALL as CODES;
pub use engine::{Job, Linted, Rows, Run, rows, run, run_all};
pub use manifests::{Cluster, Stream, hub_values, manifests};
pub use rule::{Check, Context, Rule};
pub use rules::{NO_SUCH_RULE, RULES};
pub use select::{Selection, is_rule, no_such_rule};
pub use suppress::{Comment, Judged, Scope, Silence, Word};
pub use upgrade::{Target, Upgrade};
pub use values::Values;
pub use violations::Found;
