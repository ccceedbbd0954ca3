//! Built-in schemas in which each definition has a line of its own, so that it is read when a value first needs it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value;

use super::{Instance, Schema, Violation, quick};

/// A built-in JSON Schema. A line of its text is a definition (`"Name": {..},`) or a part of the rest. Most values are valid
/// and need a few of its definitions, and no compiled schema.
#[derive(Debug)]
pub struct EmbeddedSchema {
    text: &'static str,
    parts: OnceLock<(Value, Definitions)>,
    whole: OnceLock<Schema>,
}

impl EmbeddedSchema {
    /// A schema that compiles, as a test of its owner shows.
    pub const fn new(text: &'static str) -> Self {
        Self {
            text,
            parts: OnceLock::new(),
            whole: OnceLock::new(),
        }
    }

    /// Returns every violation, like [`Schema::check`].
    pub fn check(&'static self, subject: Instance<'_>) -> Vec<Violation> {
        if self.is_surely_valid(subject.value) {
            return Vec::new();
        }
        self.whole().check(subject)
    }

    /// Whether a value is surely valid, without reading definitions that it does not need.
    pub(crate) fn is_surely_valid(&'static self, value: &Value) -> bool {
        let (root, definitions) = self.parts.get_or_init(|| {
            let is_rest = |line: &&str| !line.starts_with('"');
            let rest: String = self.text.lines().filter(is_rest).collect();
            (read(&rest), Definitions::of_lines(self.text))
        });
        quick::accepts_with(root, &|pointer| definitions.at(pointer), value)
    }

    /// Returns the schema with all definitions.
    pub(crate) fn whole(&self) -> &Schema {
        self.whole.get_or_init(|| Schema::known(read(self.text)))
    }
}

/// Definitions of a schema by name.
#[derive(Debug)]
pub(super) struct Definitions {
    by_name: BTreeMap<&'static str, Definition>,
}

#[derive(Debug)]
struct Definition {
    text: &'static str,
    schema: OnceLock<Value>,
}

impl Definitions {
    /// Returns the definitions of a text in which each has a line.
    pub(super) fn of_lines(text: &'static str) -> Self {
        let lines = text.lines().filter_map(|line| line.strip_prefix('"'));
        let lines = lines.filter_map(|line| line.split_once("\": "));
        let definition = |text: &'static str| Definition {
            text: text.trim_end_matches(','),
            schema: OnceLock::new(),
        };
        let by_name = lines.map(|(name, text)| (name, definition(text))).collect();
        Self { by_name }
    }

    /// Returns a definition by its name.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        let definition = self.by_name.get(name)?;
        Some(definition.schema.get_or_init(|| read(definition.text)))
    }

    /// Returns the definition that a pointer such as `/definitions/Container` refers to.
    pub(super) fn at(&self, pointer: &str) -> Option<&Value> {
        let (_, name) = pointer.strip_prefix('/')?.split_once('/')?;
        self.get(name)
    }

    /// Returns the names of all definitions.
    #[cfg(test)]
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().copied()
    }
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("a test reads all of the text")
}
