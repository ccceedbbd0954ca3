use std::ops::Range;

use jsonschema::Validator;
use serde_json::Value;

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
    /// Compiles a schema; references to other files or addresses are not followed.
    pub fn compile(document: Value) -> Result<Self, BrokenSchema> {
        let validator = jsonschema::validator_for(&document)
            .map_err(|error| BrokenSchema(error.to_string()))?;
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
