//! What a run is made of: texts read through a [`Host`](crate::host::Host), the policy that applies, the layers of
//! releases, what is linted. The command line and an editor ask for it in the same way: a plain request, `load`, and
//! one call of an engine.

mod chart_folder;
mod codes;
mod gate;
mod gather;
mod images;
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
pub use images::{ImagesRequest, LoadedImages, load_images};
pub use layers::{LayerRequest, LoadedValues, ValuesRequest, load_values};
pub use lint::{LintRequest, LoadedLint, load_lint};
pub use reader::{Reader, unreadable};
pub use relint::Relint;
pub use render::{RenderRequest, load_render};
pub use subjects::from_here;
