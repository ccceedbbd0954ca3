use serde_json::Value;

use super::Step;
use crate::diag::{Code, Diagnostic};
use crate::text::Span;

/// The codes under which the violations of one schema are reported.
#[derive(Debug, Clone, Copy)]
pub struct Codes {
    /// A key that the schema does not allow at its place.
    pub unknown_key: &'static Code,
    /// A required key that is missing.
    pub missing_key: &'static Code,
    /// A value of another type.
    pub wrong_type: &'static Code,
    /// A value of the right type that is not allowed.
    pub wrong_value: &'static Code,
}

/// A violation of a schema in a document, with its texts for a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The steps to the wrong value, or to the mapping with an unknown or missing key.
    pub steps: Vec<Step>,
    /// The kind of the violation.
    pub kind: ViolationKind,
    /// The span of the value or the key.
    pub span: Span,
    /// The message, one sentence.
    pub message: String,
    /// The label at the span.
    pub label: String,
    /// How to fix it.
    pub help: Option<String>,
}

/// The kinds of violations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ViolationKind {
    /// A key that the schema does not allow at its place.
    UnknownKey {
        /// The key.
        key: String,
        /// A similar key that is allowed there.
        meant: Option<String>,
        /// Paths under which the key is allowed: `pools.*`; the empty path is the top level.
        homes: Vec<String>,
    },
    /// A required key that is missing.
    MissingKey(String),
    /// A value of another type.
    WrongType {
        /// Whether a string would be right.
        wants_string: bool,
        /// The value in the text of a string, if it has an expected type.
        meant: Option<Value>,
    },
    /// A value of the right type that is not allowed.
    WrongValue {
        /// A similar value that is allowed.
        meant: Option<String>,
    },
}

impl Violation {
    /// Returns a diagnostic with the code for its kind.
    pub fn diagnostic(self, codes: &Codes) -> Diagnostic {
        let code = match self.kind {
            ViolationKind::UnknownKey { .. } => codes.unknown_key,
            ViolationKind::MissingKey(_) => codes.missing_key,
            ViolationKind::WrongType { .. } => codes.wrong_type,
            ViolationKind::WrongValue { .. } => codes.wrong_value,
        };
        self.under(code)
    }

    /// Returns a diagnostic with the given code.
    pub fn under(self, code: &'static Code) -> Diagnostic {
        Diagnostic {
            help: self.help,
            ..Diagnostic::new(code, self.message).at(self.span, self.label)
        }
    }

    /// Returns whether a value of the right type is wrong.
    pub(super) fn is_of_value(&self) -> bool {
        matches!(self.kind, ViolationKind::WrongValue { .. })
    }

    /// Returns whether a value has the wrong type.
    pub(super) fn is_of_type(&self) -> bool {
        matches!(self.kind, ViolationKind::WrongType { .. })
    }
}
