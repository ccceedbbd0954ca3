//! Loads the input of a run through a [`Host`](crate::host::Host): sources, the policy, the layers of releases, the
//! subjects of the linter. The command line and an editor use it in the same way: a plain request, `load`, and one call
//! of an engine.

mod chart_folder;
mod codes;
mod gate;
mod gather;
mod layers;
mod lint;
mod loose_layers;
mod policy_discovery;
mod reader;
mod release_patterns;
mod relint;
mod render;
mod settings;
mod subjects;

pub use codes::{Codes, Explained};
pub use gate::gate;
pub use gather::NO_SUCH_VALUE;
pub use layers::{LayerRequest, LoadedValues, ValuesRequest, load_values};
pub use lint::{LintRequest, LoadedLint, load_lint};
pub use reader::{Reader, unreadable};
pub use relint::Relint;
pub use render::{RenderRequest, load_render};
pub use subjects::from_here;
