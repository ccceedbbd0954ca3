use serde_json::Value;

use super::Step;
use crate::diag::{Code, Diagnostic};
use crate::text::Span;

/// The codes under which the violations of one schema are reported.
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

/// What a document has that its schema does not allow, and how to say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The steps to the value at fault; to the mapping, where a key is unknown or missing.
    pub steps: Vec<Step>,
    /// What is wrong with it.
    pub kind: ViolationKind,
    /// Where it stands.
    pub span: Span,
    /// In one sentence.
    pub message: String,
    /// What stands at the span.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// The kinds of violations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ViolationKind {
    /// A key that the schema does not know at its place.
    UnknownKey {
        /// The key.
        key: String,
        /// A key that is known there and alike.
        meant: Option<String>,
        /// Paths under which the key is known: `pools.*`; an empty one is the top.
        homes: Vec<String>,
    },
    /// A key that has to be there and is not.
    MissingKey(String),
    /// A value of another type.
    WrongType {
        /// Whether a string would be right.
        wants_string: bool,
        /// What the text of a string says, where that would be right.
        meant: Option<Value>,
    },
    /// A value of the right type that is not allowed.
    WrongValue {
        /// The word that is alike, of those that are allowed.
        meant: Option<String>,
    },
}

impl Violation {
    /// As a diagnostic under the code of its kind.
    pub fn diagnostic(self, codes: &Codes) -> Diagnostic {
        let code = match self.kind {
            ViolationKind::UnknownKey { .. } => codes.unknown_key,
            ViolationKind::MissingKey(_) => codes.missing_key,
            ViolationKind::WrongType { .. } => codes.wrong_type,
            ViolationKind::WrongValue { .. } => codes.wrong_value,
        };
        self.under(code)
    }

    /// As a diagnostic under a code.
    pub fn under(self, code: &'static Code) -> Diagnostic {
        Diagnostic {
            help: self.help,
            ..Diagnostic::new(code, self.message).at(self.span, self.label)
        }
    }

    /// Whether it is about a value of the right type.
    pub(super) fn is_of_value(&self) -> bool {
        matches!(self.kind, ViolationKind::WrongValue { .. })
    }

    /// Whether it is about a value of another type.
    pub(super) fn is_of_type(&self) -> bool {
        matches!(self.kind, ViolationKind::WrongType { .. })
    }
}
