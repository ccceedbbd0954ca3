//! The linter: what is wrong in the values of a hub and in the manifests of any chart, with the line that caused
//! it, why it matters, and a fix.
//!
//! A rule ([`Rule`]) is a static and a function; `rules/` has one file and one page for each. `engine` applies them
//! to what they look at, [`Selection`], [`Suppressions`] and [`Baseline`] decide which findings are shown.

mod baseline;
mod codes;
mod dedup;
mod documents;
mod engine;
mod fixes;
mod input;
mod memo;
mod origin;
mod partial;
mod question;
mod rule;
mod rules;
mod select;
mod stream;
mod subjects;
mod suppress;
mod violations;

pub use baseline::Baseline;
pub use codes::ALL as CODES;
pub use engine::{LintTask, Linted, Run, manifests, rows, run, run_all};
pub use input::{Input, Outcome, Rendered, Repeats, judge, judge_again};
pub use memo::Memo;
pub use question::{Question, Target};
pub use rule::{Check, Claim, Rule};
pub use rules::{RULES, VIOLATIONS};
pub use select::{NO_SUCH_RULE, Selection, is_rule, no_such_rule};
pub use stream::{Cluster, Stream, hub_values};
pub use subjects::{Context, Rows, SchemaViolation, Upgrade, Values};
pub use suppress::{Comment, JudgedComment, Scope, Suppressions, Word};
