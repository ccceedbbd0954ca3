use serde_json::Value;

use crate::diag::{Code, Diagnostic};
use crate::text::{SourceId, Span};
use crate::yaml;

static NOT_VALUES: Code = Code::error(
    "VA001",
    "values-unreadable",
    "a values file is not YAML, or not a mapping",
);

/// Reads one values file as Helm does: an empty one is an empty mapping.
pub fn read(source: SourceId, text: &str) -> Result<Value, Diagnostic> {
    let error = |message: String, range: std::ops::Range<usize>| {
        Diagnostic::new(&NOT_VALUES, message)
            .at(Span::new(source, range), "here")
            .help("Helm cannot read this file either")
    };
    let document = yaml::parse(text).map_err(|problem| {
        error(
            format!("this is not YAML: {}", problem.message),
            problem.offset..problem.offset,
        )
    })?;
    let Some(root) = document.root().filter(|root| !root.is_null()) else {
        return Ok(Value::Object(serde_json::Map::new()));
    };
    if !root.is_mapping() {
        return Err(error(
            "values are keys with values, and this is not".to_owned(),
            root.range(),
        ));
    }
    yaml::to_json(root).map_err(|problem| error(problem.message, problem.range))
}
