//! Answers as programs read them.

use serde::Serialize;

use super::answer::PlanAnswer;
use super::scenario::{OutcomeAnswer, ScenarioAnswer};
use crate::report::{Finding, findings};
use crate::text::Sources;

/// The version of the form of an answer.
const VERSION: u32 = 1;

/// What `dunnage plan --format json` prints. Times are in seconds, memory in MiB, CPU in thousandths of a core, shares from
/// 0 to 1.
#[derive(Serialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "dunnage plan"))]
enum PlanFile<'a> {
    /// The answer to a question.
    Answer(AnswerFile<'a>),
    /// The outcome of a scenario.
    Scenario(ScenarioFile<'a>),
}

/// The answer to a question.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct AnswerFile<'a> {
    /// The version of this form: `1`.
    #[cfg_attr(test, schemars(extend("const" = 1)))]
    version: u32,
    #[serde(flatten)]
    answer: &'a PlanAnswer,
    /// What is worth a change.
    findings: Vec<Finding>,
}

/// The outcome of a scenario.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ScenarioFile<'a> {
    /// The version of this form: `1`.
    #[cfg_attr(test, schemars(extend("const" = 1)))]
    version: u32,
    /// What happened.
    outcome: &'a OutcomeAnswer,
}

/// An answer as JSON.
pub fn answer_json(sources: &Sources, answer: &PlanAnswer) -> String {
    text(&PlanFile::Answer(AnswerFile {
        version: VERSION,
        answer,
        findings: findings(sources, &answer.findings),
    }))
}

/// The outcome of a scenario as JSON.
pub fn scenario_json(scenario: &ScenarioAnswer) -> String {
    text(&PlanFile::Scenario(ScenarioFile {
        version: VERSION,
        outcome: &scenario.outcome,
    }))
}

fn text(file: &PlanFile<'_>) -> String {
    let text = serde_json::to_string_pretty(file).expect("an answer is plain data");
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::SCHEMA;

    const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/plan.schema.json");

    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "a test that rewrites its own expectation"
    )]
    fn the_published_schema_is_that_of_the_types() {
        let generator = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
        let schema = generator.into_generator().into_root_schema_for::<PlanFile<'_>>();
        let text = format!("{:#}\n", schema.to_value());
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(PATH, &text).expect("the schema can be written");
            return;
        }
        assert!(
            text == SCHEMA,
            "schemas/plan.schema.json is stale; run `UPDATE=1 cargo test`"
        );
    }
}
