//! `dunnage plan`: how many seats a hub needs, and who waits with those that it has. Pure: a question with named
//! assumptions goes in, an answer comes out.

mod amounts;
mod answer;
mod arguments;
mod arithmetic;
mod cluster;
mod codes;
mod json;
mod layers;
mod node;
mod question;
mod result;
mod scenario;
mod terminal;
mod words;

pub use answer::{PlanAnswer, answer};
pub use arguments::{DemandFile, PlanArguments, WrittenOption};
pub use codes::CODES;
pub use json::{answer_json, scenario_json};
pub use layers::{PolicyFacts, ValuesFacts};
pub use question::PlanQuestion;
pub use scenario::{ScenarioAnswer, play};
pub use terminal::{page, scenario_page};

/// The JSON Schema of the answer.
pub const SCHEMA: &str = include_str!("../../schemas/plan.schema.json");
