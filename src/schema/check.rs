use std::ops::Range;

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Value, json};

use super::explain;
use crate::diag::{Code, Diagnostic};
use crate::text::{SourceId, Span};
use crate::yaml::NodeRef;

/// A compiled JSON Schema.
#[derive(Debug)]
pub struct Schema {
    /// The schema as written; suggestions are looked up in it.
    pub(super) document: Value,
    validator: Validator,
}

/// Why a schema cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot use the schema: {0}")]
pub struct BrokenSchema(String);

/// The codes under which the errors of one schema are reported.
#[derive(Debug, Clone, Copy)]
pub struct Codes {
    /// A key that the schema does not know at its place.
    pub unknown_key: &'static Code,
    /// A key that has to be there and is not.
    pub missing_key: &'static Code,
    /// A value of another type.
    pub wrong_type: &'static Code,
    /// A value of the right type that is not allowed.
    pub wrong_value: &'static Code,
}

/// What is checked: one document, as tree and as JSON.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Where the document comes from.
    pub source: SourceId,
    /// Where the document's text begins in its source.
    pub offset: usize,
    /// The document.
    pub root: NodeRef<'a>,
    /// What [`to_json`](crate::yaml::to_json) made of the root.
    pub value: &'a Value,
}

impl Subject<'_> {
    /// The span of a range of the document.
    pub fn span(&self, range: &Range<usize>) -> Span {
        Span::new(
            self.source,
            self.offset + range.start..self.offset + range.end,
        )
    }
}

impl Schema {
    /// Compiles a schema; references to other files or addresses are not followed. That it is one that
    /// its draft allows is for a test to see, not for every start of the program.
    pub fn compile(document: Value) -> Result<Self, BrokenSchema> {
        let validator = validator(&document)?;
        Ok(Self {
            document,
            validator,
        })
    }

    /// Every violation, in the order of the text; one for each place.
    pub fn check(&self, subject: &Subject<'_>, codes: &Codes) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        for error in self.validator.iter_errors(subject.value) {
            explain::explain(self, subject, codes, &error, &mut diagnostics);
        }
        // A wrong type breaks other keywords of its place too; the type is what matters.
        diagnostics
            .sort_by_key(|diagnostic| (diagnostic.span(), diagnostic.code != codes.wrong_type));
        diagnostics.dedup_by(|later, earlier| {
            later.span() == earlier.span()
                && (later.message == earlier.message || earlier.code == codes.wrong_type)
        });
        diagnostics
    }
}

/// The crate checks every schema by the meta-schema of its draft, and compiling that one takes four times
/// as long as compiling ours. So what it is given is one line of the oldest draft, whose meta-schema is
/// small; the schema that the line refers to is read by its own draft and not checked.
fn validator(document: &Value) -> Result<Validator, BrokenSchema> {
    const NAME: &str = "urn:dunnage:schema";
    let broken = |error: &dyn std::fmt::Display| BrokenSchema(error.to_string());
    let registry = Registry::new()
        .add(NAME, document)
        .and_then(|registry| registry.prepare())
        .map_err(|error| broken(&error))?;
    jsonschema::options()
        .with_draft(Draft::Draft4)
        .with_registry(&registry)
        .build(&json!({"$ref": NAME}))
        .map_err(|error| broken(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_schema_is_one_that_its_draft_allows() {
        let text = include_str!("../../schemas/dunnage.schema.json");
        let schema = serde_json::from_str(text).expect("JSON");
        assert!(jsonschema::meta::is_valid(&schema));
    }

    #[test]
    fn a_schema_is_read_by_its_own_draft() {
        let schema = Schema::compile(json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$defs": {"word": {"type": "string"}},
            "$ref": "#/$defs/word",
            "minLength": 2,
        }));
        let validator = schema.expect("a schema").validator;
        // Beside `$ref` the oldest draft sees no other keyword.
        assert!(validator.is_valid(&json!("ab")) && !validator.is_valid(&json!("a")));
        assert!(!validator.is_valid(&json!(1)));
    }

    #[test]
    fn a_schema_that_cannot_be_used_is_an_error() {
        assert!(Schema::compile(json!({"type": "word"})).is_err());
        assert!(Schema::compile(json!({"$ref": "#/$defs/missing"})).is_err());
    }
}
