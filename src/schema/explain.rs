//! Turns errors of the validator into violations with readable texts.

use std::mem::discriminant;

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

use super::check::Schema;
use super::place::{Instance, SchemaPlace};
use super::{Step, Violation, ViolationKind, cost, keys};
use crate::text::{Span, nearest};

/// How much violations say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// Everything that a reader needs.
    Full,
    /// Only what is violated and where: no key is suggested.
    Places,
}

/// Adds the violations of `error`; each unknown key is a separate one.
pub(super) fn explain(
    schema: &Schema,
    detail: Detail,
    subject: Instance<'_>,
    error: &ValidationError<'_>,
    found: &mut Vec<Violation>,
) {
    let cx = ExplainContext {
        schema,
        detail,
        place: SchemaPlace::find(subject, error.instance_path()),
    };
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let allowed = keys::allowed(&schema.document, error.schema_path().as_str());
            let unknown = unexpected.iter();
            found.extend(
                unknown.map(|key| cx.unknown_key(key, error.instance().get(key), &allowed)),
            );
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            let missing = missing_alternatives(error, context);
            match meant_branch(error, context) {
                Some(_) if missing.len() > 1 => found.push(cx.missing_one_of(&missing)),
                Some(branch) => {
                    for error in branch {
                        explain(schema, detail, subject, error, found);
                    }
                }
                None => found.push(cx.no_branch(error, context)),
            }
        }
        Kind::Required { property } => {
            found.push(cx.missing_key(property.as_str().unwrap_or_default()));
        }
        kind @ Kind::Type { .. } => found.push(cx.wrong_type(error.instance(), &types_of(kind))),
        Kind::Enum { options } => {
            let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
            found.push(cx.not_an_option(error.instance(), options.iter()));
        }
        Kind::Constant { expected_value } => {
            found
                .push(cx.not_an_option(error.instance(), std::iter::once(expected_value.as_ref())));
        }
        kind => found.push(cx.not_allowed(error, kind)),
    }
}

/// Returns the violation for a schema that cannot be checked in bounded time.
pub(super) fn unbounded(subject: Instance<'_>) -> Violation {
    let place = SchemaPlace::root(subject);
    Violation {
        steps: Vec::new(),
        kind: ViolationKind::WrongValue { meant: None },
        span: place.heading(),
        message: "cannot check the schema: its references expand without end".to_owned(),
        label: "not checked".to_owned(),
        help: Some(format!(
            "remove recursive references: dunnage stops after {} checks",
            cost::MOST_CHECKS
        )),
    }
}

/// Returns the alternative that was probably meant: the type of the value fits, so the errors are deeper. Of several,
/// it is the one with the fewest errors.
fn meant_branch<'e>(
    error: &ValidationError<'_>,
    branches: &'e [Vec<ValidationError<'static>>],
) -> Option<&'e [ValidationError<'static>]> {
    let fits = |branch: &&Vec<ValidationError<'static>>| {
        branch.iter().all(|inner| {
            let is_here = inner.instance_path() == error.instance_path();
            !(is_here
                && matches!(
                    inner.kind(),
                    Kind::Type { .. } | Kind::Constant { .. } | Kind::Enum { .. }
                ))
        })
    };
    branches
        .iter()
        .filter(fits)
        .min_by_key(|branch| branch.len())
        .map(Vec::as_slice)
}

/// The keys of which one is missing, where each branch asks for one and for nothing else.
fn missing_alternatives<'e>(
    error: &ValidationError<'_>,
    branches: &'e [Vec<ValidationError<'static>>],
) -> Vec<&'e str> {
    let keys = branches.iter().map(|branch| match branch.as_slice() {
        [inner] if inner.instance_path() == error.instance_path() => match inner.kind() {
            Kind::Required { property } => property.as_str(),
            _ => None,
        },
        _ => None,
    });
    keys.collect::<Option<Vec<&str>>>().unwrap_or_default()
}

struct ExplainContext<'a> {
    schema: &'a Schema,
    detail: Detail,
    place: SchemaPlace<'a>,
}

impl ExplainContext<'_> {
    fn violation(&self, kind: ViolationKind, span: Span, message: String) -> Violation {
        Violation {
            steps: self.place.steps.clone(),
            kind,
            span,
            message,
            label: String::new(),
            help: None,
        }
    }

    fn unknown_key(&self, key: &str, value: Option<&Value>, allowed: &[&str]) -> Violation {
        let under = self.place.under(key).and_then(|spot| spot.key);
        let span = under.unwrap_or_else(|| self.place.heading());
        let message = match &self.place.name {
            Some(parent) => format!("unknown key `{key}` in `{parent}`"),
            None => format!("unknown key `{key}`"),
        };
        if self.detail == Detail::Places {
            let kind = ViolationKind::UnknownKey {
                key: key.to_owned(),
                meant: None,
                homes: Vec::new(),
            };
            return self.violation(kind, span, message);
        }
        let meant = nearest(key, allowed.iter().copied()).map(str::to_owned);
        let mut homes = self.schema.key_index().homes(key);
        if let Some(value) = value.filter(|_| homes.len() <= MOST_TRIED) {
            homes.retain(|home| self.schema.accepts(home, key, value));
        }
        let longer = match (&meant, value) {
            (None, Some(value)) if homes.is_empty() => self.longer(key, value),
            _ => Vec::new(),
        };
        let help = where_key_belongs(meant.as_deref(), &homes, &longer, allowed);
        let key = key.to_owned();
        Violation {
            label: "unknown key".to_owned(),
            help: Some(help),
            ..self.violation(
                ViolationKind::UnknownKey { key, meant, homes },
                span,
                message,
            )
        }
    }

    /// The paths of keys here and one level below that end in the unknown one, as `containerSecurityContext` does in
    /// `securityContext`, and take its value.
    fn longer(&self, key: &str, value: &Value) -> Vec<String> {
        let steps = self.place.steps.iter().map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Index(_) => None,
        });
        let Some(here) = steps.collect::<Option<Vec<&str>>>() else {
            return Vec::new();
        };
        let here = here.join(".");
        let found = self.schema.key_index().longer(&here, key).into_iter();
        let found = found.filter(|(home, longer)| self.schema.accepts(home, longer, value));
        found.map(|(home, key)| keys::join(home, key)).collect()
    }

    /// One of several keys, any of which would do.
    fn missing_one_of(&self, keys: &[&str]) -> Violation {
        let (last, others) = keys.split_last().expect("several keys");
        let quoted: Vec<String> = others.iter().map(|key| format!("`{key}`")).collect();
        let names = format!("{} or `{last}`", quoted.join(", "));
        let first = self.missing_key(keys[0]);
        let only = format!("`{}`", keys[0]);
        Violation {
            message: first.message.replace(&only, &names),
            label: first.label.replace(&format!("the key {only}"), "one of these keys"),
            ..first
        }
    }

    fn missing_key(&self, key: &str) -> Violation {
        let message = match &self.place.name {
            Some(parent) => format!("missing key `{key}` in `{parent}`"),
            None => format!("missing key `{key}`"),
        };
        let kind = ViolationKind::MissingKey(key.to_owned());
        Violation {
            label: format!("`{key}` is required"),
            ..self.violation(kind, self.place.heading(), message)
        }
    }

    /// Returns how YAML writes the expected list or mapping, if nothing else is expected.
    fn expected_form(value: &Value, expected: &[&str]) -> Option<&'static str> {
        let mut types = expected.iter().filter(|name| **name != wanted(JsonType::Null));
        let (Some(only), None) = (types.next(), types.next()) else {
            return None;
        };
        if *only == wanted(JsonType::Array) {
            return Some(if value.is_object() {
                "use a list: start each item with `- `"
            } else {
                "use a list: put the value in brackets, `[` and `]`"
            });
        }
        let is_mapping = *only == wanted(JsonType::Object);
        is_mapping.then_some("use a mapping: `KEY: VALUE`, one per line")
    }

    fn wrong_type(&self, value: &Value, expected: &[&str]) -> Violation {
        let wants_string = expected.contains(&wanted(JsonType::String));
        // Name null last.
        let mut expected = expected.to_vec();
        expected.sort_by_key(|name| *name == wanted(JsonType::Null));
        let shown = alternatives(&expected);
        let is = type_name(value);
        let message = format!("{} {is}, not {shown}", self.subject_of_sentence());
        let help = match &self.place.spot.text {
            Some(_) if wants_string && self.place.spot.is_secret => {
                Some("quote the value".to_owned())
            }
            Some(text) if wants_string && !value.is_null() => {
                Some(format!("quote the value: {}", Value::from(text.as_str())))
            }
            _ if value.is_null() => Some(format!("write {shown}, or remove the key")),
            _ => Self::expected_form(value, &expected).map(str::to_owned),
        };
        let kind = ViolationKind::WrongType {
            wants_string,
            meant: value.as_str().and_then(|text| scalar_in(text, &expected)),
        };
        Violation {
            label: is.to_owned(),
            help,
            ..self.violation(kind, self.place.value(), message)
        }
    }

    fn not_an_option<'v>(
        &self,
        value: &Value,
        options: impl Iterator<Item = &'v Value>,
    ) -> Violation {
        let options: Vec<&Value> = options.collect();
        let meant = value
            .as_str()
            .and_then(|word| nearest(word, options.iter().filter_map(|option| option.as_str())));
        let words = options.iter().take(MOST_NAMED + 1);
        let words = words.map(|option| format!("`{}`", plain(option))).collect();
        let shown = few(words, options.len());
        let text = self.place.spot.text.clone();
        let text = text.unwrap_or_else(|| value.to_string());
        let message = match &self.place.name {
            Some(name) => format!("`{text}` is not a value of `{name}`"),
            None => format!("`{text}` is not allowed here"),
        };
        let kind = ViolationKind::WrongValue {
            meant: meant.map(str::to_owned),
        };
        let question = meant.map(|meant| format!("did you mean `{meant}`? ")).unwrap_or_default();
        let help = format!("{question}use {}", alternatives(&shown));
        Violation {
            label: "not an allowed value".to_owned(),
            help: Some(help),
            ..self.violation(kind, self.place.value(), message)
        }
    }

    /// Returns the violation if no alternative fits: one list of types, or of allowed values.
    fn no_branch(
        &self,
        error: &ValidationError<'_>,
        branches: &[Vec<ValidationError<'static>>],
    ) -> Violation {
        let reasons: Vec<Vec<&Kind>> =
            branches.iter().map(|branch| reasons(branch, error)).collect();
        let all = || reasons.iter().flatten().copied();
        let options: Vec<&Value> = all().flat_map(options_of).collect();
        let value = error.instance();
        let is_like = |option: &&Value| discriminant(*option) == discriminant(value.as_ref());
        let only_options = reasons
            .iter()
            .all(|branch| branch.iter().any(|kind| !options_of(kind).is_empty()));
        if only_options || options.iter().any(is_like) {
            return self.not_an_option(value, options.into_iter());
        }
        let mut expected: Vec<&str> = Vec::new();
        let wanted = all().flat_map(types_of);
        for name in wanted.chain(options.into_iter().map(type_name_wanted)) {
            if !expected.contains(&name) {
                expected.push(name);
            }
        }
        if expected.is_empty() {
            return self.not_allowed(error, error.kind());
        }
        self.wrong_type(value, &expected)
    }

    fn not_allowed(&self, error: &ValidationError<'_>, kind: &Kind) -> Violation {
        let message = match kind {
            Kind::MinItems { .. } if error.instance().as_array().is_some_and(Vec::is_empty) => {
                format!("{} an empty list", self.subject_of_sentence())
            }
            Kind::MinLength { .. } if error.instance().as_str() == Some("") => {
                format!("{} empty", self.subject_of_sentence())
            }
            Kind::FalseSchema => format!("{} not allowed", self.subject_of_sentence()),
            _ => error.masked_with("the value").to_string(),
        };
        let kind = ViolationKind::WrongValue { meant: None };
        self.violation(kind, self.place.value(), message)
    }

    fn subject_of_sentence(&self) -> String {
        match &self.place.name {
            Some(name) => format!("`{name}` is"),
            None => "the file is".to_owned(),
        }
    }
}

/// The most paths for which it is tried whether they accept a value.
const MOST_TRIED: usize = 12;

/// The most words that a message lists; of more, it lists a few and their number.
const MOST_NAMED: usize = 60;

fn few(mut words: Vec<String>, count: usize) -> Vec<String> {
    const FEW: usize = 5;
    if count > MOST_NAMED {
        words.truncate(FEW);
        words.push(format!("one of {} others", count - FEW));
    }
    words
}

/// Returns the help for an unknown key: a similar key, the paths where it is allowed, or all known keys.
fn where_key_belongs(
    meant: Option<&str>,
    homes: &[String],
    longer: &[String],
    allowed: &[&str],
) -> String {
    const MOST: usize = 3;
    if let Some(meant) = meant {
        return format!("did you mean `{meant}`?");
    }
    if (1..=MOST).contains(&longer.len()) {
        let longer: Vec<String> = longer.iter().map(|path| format!("`{path}`")).collect();
        return format!("did you mean {}?", alternatives(&longer));
    }
    let shown = homes.iter().take(MOST).map(|home| match home.as_str() {
        "" => "at the top level".to_owned(),
        home => format!("under `{home}`"),
    });
    let mut shown: Vec<String> = shown.collect();
    if homes.len() > MOST {
        shown.push("elsewhere".to_owned());
    }
    if !shown.is_empty() {
        return format!("move it: this key belongs {}", alternatives(&shown));
    }
    if allowed.is_empty() {
        return "remove it".to_owned();
    }
    let keys = allowed.iter().take(MOST_NAMED + 1);
    let keys = keys.map(|key| format!("`{key}`")).collect();
    format!("known keys: {}", few(keys, allowed.len()).join(", "))
}

/// Returns the errors of a branch about the value itself, including those of nested alternatives.
fn reasons<'e>(branch: &'e [ValidationError<'static>], of: &ValidationError<'_>) -> Vec<&'e Kind> {
    let here = branch.iter().filter(|inner| inner.instance_path() == of.instance_path());
    here.flat_map(|inner| match inner.kind() {
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            context.iter().flat_map(|branch| reasons(branch, of)).collect()
        }
        kind => vec![kind],
    })
    .collect()
}

fn options_of(kind: &Kind) -> Vec<&Value> {
    match kind {
        Kind::Constant { expected_value } => vec![expected_value.as_ref()],
        Kind::Enum { options } => options.as_array().into_iter().flatten().collect(),
        _ => Vec::new(),
    }
}

fn types_of(kind: &Kind) -> Vec<&'static str> {
    match kind {
        Kind::Type {
            kind: TypeKind::Single(one),
        } => vec![wanted(*one)],
        Kind::Type {
            kind: TypeKind::Multiple(several),
        } => several.iter().map(wanted).collect(),
        _ => Vec::new(),
    }
}

fn wanted(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Null => "null",
        JsonType::Boolean => "a boolean",
        JsonType::Integer => "a whole number",
        JsonType::Number => "a number",
        JsonType::String => "a string",
        JsonType::Array => "a list",
        JsonType::Object => "a mapping",
    }
}

fn type_name_wanted(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => wanted(JsonType::Boolean),
        _ => type_name(value),
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "empty",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

/// Returns the number or the boolean in a string, if it is expected.
fn scalar_in(text: &str, expected: &[&str]) -> Option<Value> {
    let value: Value = serde_json::from_str(text).ok()?;
    let kind = match &value {
        Value::Bool(_) => JsonType::Boolean,
        Value::Number(number) if number.is_f64() => JsonType::Number,
        Value::Number(_) if expected.contains(&wanted(JsonType::Integer)) => JsonType::Integer,
        Value::Number(_) => JsonType::Number,
        _ => return None,
    };
    expected.contains(&wanted(kind)).then_some(value)
}

/// Returns a value as JSON, strings without quotes.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// `a, b or c`.
fn alternatives<T: AsRef<str>>(words: &[T]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}
