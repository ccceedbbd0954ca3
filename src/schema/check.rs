use std::collections::BTreeMap;
use std::sync::OnceLock;

use jsonschema::error::ValidationErrorKind;
use jsonschema::paths::LocationSegment;
use jsonschema::{Draft, Registry, ValidationError, Validator};
use serde_json::{Value, json};

use super::explain::Detail;
use super::keys::KeyIndex;
use super::{Codes, Instance, Step, Violation, cost, explain, quick};
use crate::diag::Diagnostic;

/// A compiled JSON Schema.
#[derive(Debug)]
pub struct Schema {
    /// The schema as written; suggestions are looked up in it.
    pub(super) document: Value,
    /// Compiled when it is first needed.
    validator: OnceLock<Validator>,
    /// The keys that it allows, found when they are first needed.
    keys: OnceLock<KeyIndex>,
}

/// Why a schema cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot use the schema: {0}")]
pub struct BrokenSchema(String);

impl Schema {
    /// Compiles a schema, at once unless it surely can be; references to other files or addresses are not
    /// followed.
    pub fn compile(document: Value) -> Result<Self, BrokenSchema> {
        if quick::is_plain(&document) {
            return Ok(Self::known(document));
        }
        let compiled = validator(&document)?;
        Ok(Self {
            validator: OnceLock::from(compiled),
            ..Self::known(document)
        })
    }

    /// A schema that compiles, as tests know; that it is one that its draft allows is for them to see too,
    /// not for every start of the program.
    pub fn known(document: Value) -> Self {
        Self {
            document,
            validator: OnceLock::new(),
            keys: OnceLock::new(),
        }
    }

    /// Returns the keys that it allows.
    pub(super) fn key_index(&self) -> &KeyIndex {
        self.keys.get_or_init(|| KeyIndex::new(&self.document))
    }

    fn validator(&self) -> &Validator {
        let compile = || validator(&self.document).expect("a known schema compiles");
        self.validator.get_or_init(compile)
    }

    /// Whether a schema compiles.
    #[cfg(test)]
    pub(super) fn check_compiles(document: &Value) -> bool {
        validator(document).is_ok()
    }

    /// Whether a document breaks nothing of it.
    #[cfg(test)]
    pub(super) fn is_valid(&self, value: &Value) -> bool {
        self.validator().is_valid(value)
    }

    /// Whether the schema has nothing against a value of a key under a path such as `singleuser.storage`; also where the
    /// path leads through lists or names of the reader's own (`pools.*`), which are not looked into.
    pub(super) fn accepts(&self, path: &str, key: &str, value: &Value) -> bool {
        if path.contains(['*', '[']) {
            return true;
        }
        let above = path.split('.').filter(|name| !name.is_empty());
        let keys: Vec<&str> = above.chain([key]).collect();
        let around = |below: Value, key: &&str| json!({*key: below});
        let document = keys.iter().rev().fold(value.clone(), around);
        let is_within = |error: &ValidationError<'_>| {
            // Other layers and the chart's defaults may have what is missing.
            if matches!(error.kind(), ValidationErrorKind::Required { .. }) {
                return false;
            }
            let mut segments = error.instance_path().into_iter();
            keys.iter().all(|key| match segments.next() {
                Some(LocationSegment::Property(name)) => name == *key,
                _ => false,
            })
        };
        !cost::is_bounded(&self.document, &document)
            || !self.validator().iter_errors(&document).any(|error| is_within(&error))
    }

    /// Returns every violation, in the order of the text; one for each place.
    pub fn check(&self, subject: Instance<'_>) -> Vec<Violation> {
        self.violations_of(subject, Detail::Full)
    }

    /// Returns what [`Self::check`] does, without suggestions, which take most of its time.
    pub fn check_places(&self, subject: Instance<'_>) -> Vec<Violation> {
        self.violations_of(subject, Detail::Places)
    }

    fn violations_of(&self, subject: Instance<'_>, detail: Detail) -> Vec<Violation> {
        let mut found = Vec::new();
        if quick::accepts(&self.document, subject.value) {
            return found;
        }
        if !cost::is_bounded(&self.document, subject.value) {
            found.push(explain::unbounded(subject));
            return found;
        }
        for error in self.validator().iter_errors(subject.value) {
            explain::explain(self, detail, subject, &error, &mut found);
        }
        // A wrong type breaks other keywords of its place too; the type is what matters.
        found.sort_by_key(|violation| (violation.span, !violation.is_of_type()));
        found.dedup_by(|later, earlier| {
            later.span == earlier.span && (later.message == earlier.message || earlier.is_of_type())
        });
        few_of_each_list(found)
    }

    /// The same as diagnostics.
    pub fn diagnostics(&self, subject: Instance<'_>, codes: &Codes) -> Vec<Diagnostic> {
        let found = self.check(subject).into_iter();
        found.map(|violation| violation.diagnostic(codes)).collect()
    }
}

/// Leaves out what is wrong with the items of a list in the same way as with several before them.
fn few_of_each_list(found: Vec<Violation>) -> Vec<Violation> {
    const MOST: usize = 10;
    let mut counts: BTreeMap<(Vec<Step>, String), usize> = BTreeMap::new();
    let mut kept: Vec<Violation> = Vec::new();
    for violation in found {
        let list = match violation.steps.split_last() {
            Some((Step::Index(_), list)) if violation.is_of_value() => list,
            _ => {
                kept.push(violation);
                continue;
            }
        };
        let count = counts.entry((list.to_vec(), violation.label.clone())).or_default();
        *count += 1;
        if *count <= MOST {
            kept.push(violation);
        } else if let Some(last) = kept.last_mut()
            && *count == MOST + 1
        {
            let more = "more items of this list are wrong in the same way";
            last.help = Some(
                last.help
                    .take()
                    .map_or_else(|| more.to_owned(), |help| format!("{help}; {more}")),
            );
        }
    }
    kept
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
        .map_err(|error| match error.instance_path().as_str() {
            "" => broken(&error),
            path => broken(&format!("at {path}: {error}")),
        })
}

/// What tests of other modules ask of schemas that they hold.
#[cfg(test)]
impl Schema {
    /// Whether the meta-schema of its draft allows a schema.
    pub fn is_allowed(document: &Value) -> bool {
        jsonschema::meta::is_valid(document)
    }

    /// Where a value without a text breaks the schema, as a JSON pointer, and how.
    pub fn violations(&self, value: &Value) -> Vec<(String, String)> {
        let errors = self.validator().iter_errors(value);
        errors
            .map(|error| (error.instance_path().to_string(), error.to_string()))
            .collect()
    }
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
        let schema = schema.expect("a schema");
        let validator = schema.validator();
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
