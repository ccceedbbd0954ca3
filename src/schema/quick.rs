//! A look that is enough for most values: whether a schema surely takes them, without compiling it.
//!
//! It knows the keywords of the schemas that are built in. Whatever it is not sure of is for the validator.

use std::cell::Cell;

use serde_json::{Map, Value};

/// More schemas in one another than this are for the validator.
const DEEPEST: usize = 64;

/// A look at more schemas than this is no quick one.
const MOST_LOOKS: usize = 1_000_000;

/// Whether a value is surely valid.
pub(super) fn accepts(document: &Value, value: &Value) -> bool {
    accepts_with(document, &|pointer| document.pointer(pointer), value)
}

/// Whether a value is surely valid. `target` returns the schema that a pointer refers to, so that only those that the value
/// needs are read.
pub(super) fn accepts_with<'s>(
    schema: &Value,
    target: &'s dyn Fn(&str) -> Option<&'s Value>,
    value: &Value,
) -> bool {
    let left = Cell::new(MOST_LOOKS);
    QuickCheck { target, left }.at(schema, value, 0)
}

/// Whether a schema surely compiles: it has the keywords that are known here, each in its shape.
pub(super) fn is_plain(document: &Value) -> bool {
    is_plain_at(document, document)
}

fn is_plain_at(document: &Value, schema: &Value) -> bool {
    match schema {
        Value::Bool(_) => true,
        Value::Object(keywords) => keywords
            .iter()
            .all(|(name, keyword_value)| is_plain_keyword(document, name, keyword_value)),
        _ => false,
    }
}

fn is_plain_keyword(document: &Value, name: &str, keyword_value: &Value) -> bool {
    let is_plain = |schema: &Value| is_plain_at(document, schema);
    let all_named = |keyword_value: &Value| {
        keyword_value.as_object().is_some_and(|all| all.values().all(is_plain))
    };
    match name {
        "title" | "description" | "default" | "const" => true,
        "$schema" => keyword_value.as_str().is_some_and(|draft| DRAFTS.contains(&draft)),
        "type" => is_list_of(keyword_value, |name| {
            name.as_str().is_some_and(|name| TYPES.contains(&name))
        }),
        "enum" => keyword_value.is_array(),
        "minimum" | "maximum" => keyword_value.is_number(),
        "minItems" => keyword_value.is_u64(),
        "required" => keyword_value.is_array() && is_list_of(keyword_value, Value::is_string),
        "properties" | "definitions" | "$defs" => all_named(keyword_value),
        "pattern" => keyword_value.as_str().is_some_and(is_read),
        "patternProperties" => {
            let mut patterns = keyword_value.as_object().into_iter().flat_map(Map::keys);
            all_named(keyword_value) && patterns.all(|pattern| is_read(pattern))
        }
        "additionalProperties" | "items" | "if" | "then" | "else" => is_plain(keyword_value),
        "allOf" | "anyOf" | "oneOf" => {
            keyword_value.as_array().is_some_and(|all| !all.is_empty())
                && is_list_of(keyword_value, is_plain)
        }
        "$ref" => {
            let pointer = keyword_value.as_str().and_then(|to| to.strip_prefix('#'));
            pointer.is_some_and(|pointer| document.pointer(pointer).is_some())
        }
        _ => false,
    }
}

/// Whether all items hold, or the only one where it is no list.
fn is_list_of(keyword_value: &Value, holds: impl Fn(&Value) -> bool) -> bool {
    match keyword_value {
        Value::Array(items) => items.iter().all(holds),
        one => holds(one),
    }
}

const DRAFTS: [&str; 3] = [
    "http://json-schema.org/draft-07/schema#",
    "http://json-schema.org/draft-07/schema",
    "https://json-schema.org/draft/2020-12/schema",
];

const TYPES: [&str; 7] = [
    "null", "boolean", "integer", "number", "string", "array", "object",
];

struct QuickCheck<'s> {
    /// Returns the schema that a pointer refers to.
    target: &'s dyn Fn(&str) -> Option<&'s Value>,
    /// How many schemas may still be looked at.
    left: Cell<usize>,
}

impl QuickCheck<'_> {
    fn at(&self, schema: &Value, value: &Value, depth: usize) -> bool {
        match schema {
            Value::Bool(takes_all) => *takes_all,
            Value::Object(keywords) if depth < DEEPEST && self.left.get() > 0 => {
                self.left.set(self.left.get() - 1);
                let mut keywords_of = keywords.iter();
                keywords_of.all(|(name, keyword_value)| {
                    self.keyword(keywords, (name, keyword_value), value, depth)
                })
            }
            _ => false,
        }
    }

    fn keyword(
        &self,
        keywords: &Map<String, Value>,
        (name, keyword_value): (&str, &Value),
        value: &Value,
        depth: usize,
    ) -> bool {
        let below = depth + 1;
        match name {
            "$schema" | "definitions" | "$defs" | "title" | "description" | "default" | "then"
            | "else" => true,
            "type" => is_of_type(keyword_value, value),
            "enum" => keyword_value.as_array().is_some_and(|all| all.contains(value)),
            "const" => keyword_value == value,
            "minimum" => is_within(keyword_value, value, |number, least| number >= least),
            "maximum" => is_within(keyword_value, value, |number, most| number <= most),
            "minItems" => value.as_array().is_none_or(|items| {
                let least = keyword_value.as_u64().and_then(|least| usize::try_from(least).ok());
                least.is_some_and(|least| items.len() >= least)
            }),
            "pattern" => {
                let pattern = keyword_value.as_str().unwrap_or_default();
                value.as_str().is_none_or(|text| is_match(pattern, text))
            }
            // Integers of some width, whose range stands beside it.
            "format" => value.is_number(),
            "required" => has_all(keyword_value, value),
            "properties" | "patternProperties" | "additionalProperties" => {
                name != first_of(keywords) || self.members(keywords, value, below)
            }
            "items" => value
                .as_array()
                .is_none_or(|items| items.iter().all(|item| self.at(keyword_value, item, below))),
            "$ref" => {
                let target = keyword_value.as_str().and_then(|to| to.strip_prefix('#'));
                let target = target.and_then(self.target);
                // Older drafts see nothing beside it.
                let mut others = keywords.keys().map(String::as_str);
                others.all(|name| matches!(name, "$ref" | "title" | "description" | "default"))
                    && target.is_some_and(|to| self.at(to, value, below))
            }
            "allOf" => branches(keyword_value).all(|branch| self.at(branch, value, below)),
            "anyOf" => branches(keyword_value).any(|branch| self.at(branch, value, below)),
            "oneOf" => {
                let of_one = |branch| self.at(branch, value, below);
                let at = branches(keyword_value).position(of_one);
                let mut others = branches(keyword_value).enumerate();
                at.is_some_and(|at| {
                    others.all(|(index, branch)| index == at || refuses(branch, value))
                })
            }
            "if" => {
                let takes = |name| {
                    let branch = keywords.get(name);
                    branch.is_none_or(|branch| self.at(branch, value, below))
                };
                if refuses(keyword_value, value) {
                    return takes("else");
                }
                // Not to be sure of `if` is not to know that it fails.
                takes("then") && (self.at(keyword_value, value, below) || takes("else"))
            }
            _ => false,
        }
    }

    /// The three keywords about members, which go together.
    fn members(&self, keywords: &Map<String, Value>, value: &Value, depth: usize) -> bool {
        let Some(members) = value.as_object() else {
            return true;
        };
        let known = |name: &str| keywords.get("properties").and_then(|known| known.get(name));
        let patterns = keywords.get("patternProperties").and_then(Value::as_object);
        let patterns: Vec<_> = patterns.into_iter().flatten().collect();
        if !patterns.iter().all(|(pattern, _)| is_read(pattern)) {
            return false;
        }
        let rest = keywords.get("additionalProperties");
        members.iter().all(|(name, member)| {
            let of_pattern = patterns
                .iter()
                .filter(|(pattern, _)| is_match(pattern, name))
                .map(|(_, schema)| *schema);
            let mut schemas = known(name).into_iter().chain(of_pattern).peekable();
            if schemas.peek().is_none() {
                return rest.is_none_or(|rest| self.at(rest, member, depth));
            }
            schemas.all(|schema| self.at(schema, member, depth))
        })
    }
}

/// A pattern, and whether it surely matches a text.
type Pattern = (&'static str, fn(&str) -> bool);

/// Patterns that are read here, and what they match.
const PATTERNS: [Pattern; 4] = [
    (".*", |_| true),
    ("^[A-Z].*$", |name| {
        name.starts_with(|c: char| c.is_ascii_uppercase()) && !name.contains('\n')
    }),
    (r"^\d{4}-\d{2}-\d{2}$", |day| {
        let is_as_in_a_day = |(at, byte): (usize, u8)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        };
        day.len() == 10 && day.bytes().enumerate().all(is_as_in_a_day)
    }),
    (
        "^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$",
        is_quantity,
    ),
];

/// Whether a text is a quantity of Kubernetes: a number with a unit or an exponent.
fn is_quantity(text: &str) -> bool {
    const UNITS: [&str; 16] = [
        "", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei",
    ];
    let unsigned = |text: &str| text.strip_prefix(['+', '-']).map(str::to_owned);
    let text = unsigned(text).unwrap_or_else(|| text.to_owned());
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let (number, suffix) = text.split_at(end.unwrap_or(text.len()));
    let is_number = number.bytes().any(|byte| byte.is_ascii_digit())
        && number.bytes().filter(|byte| *byte == b'.').count() <= 1;
    let is_exponent = suffix.strip_prefix(['e', 'E']).is_some_and(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    });
    is_number && (UNITS.contains(&suffix) || is_exponent)
}

fn is_read(pattern: &str) -> bool {
    PATTERNS.iter().any(|(known, _)| *known == pattern)
}

fn is_match(pattern: &str, name: &str) -> bool {
    let mut known = PATTERNS.iter();
    known.any(|(known, matches)| *known == pattern && matches(name))
}

/// Whether a value is surely not valid, by the keywords that tell alternatives apart.
fn refuses(schema: &Value, value: &Value) -> bool {
    // Numbers, also in lists and mappings, are compared by their value.
    let is_exact = value.is_string() || value.is_boolean() || value.is_null();
    let differs = |keyword_value: &Value| is_exact && keyword_value != value;
    let lacks = |keyword_value: &Value| {
        is_exact && keyword_value.as_array().is_some_and(|all| !all.contains(value))
    };
    let lacks_key = |keyword_value: &Value| value.is_object() && !has_all(keyword_value, value);
    let of_member = |(name, schema): (&String, &Value)| {
        let member = value.get(name);
        member.is_some_and(|member| refuses(schema, member))
    };
    let refuses_member = |keyword_value: &Value| {
        keyword_value.as_object().is_some_and(|all| all.iter().any(of_member))
    };
    // The validator takes 1.0 for an integer.
    !value.is_number()
        && (schema.get("const").is_some_and(differs)
            || schema.get("enum").is_some_and(lacks)
            || schema.get("required").is_some_and(lacks_key)
            || schema.get("properties").is_some_and(refuses_member)
            || schema
                .get("type")
                .is_some_and(|keyword_value| !is_of_type(keyword_value, value)))
}

fn is_within(keyword_value: &Value, value: &Value, holds: fn(f64, f64) -> bool) -> bool {
    let bound = keyword_value.as_f64();
    value
        .as_f64()
        .is_none_or(|number| bound.is_some_and(|bound| holds(number, bound)))
}

fn first_of(keywords: &Map<String, Value>) -> &str {
    let names = ["properties", "patternProperties", "additionalProperties"];
    let mut there = names.into_iter().filter(|name| keywords.contains_key(*name));
    there.next().unwrap_or_default()
}

fn branches(keyword_value: &Value) -> impl Iterator<Item = &Value> {
    keyword_value.as_array().into_iter().flatten()
}

fn has_all(keyword_value: &Value, value: &Value) -> bool {
    let Some(members) = value.as_object() else {
        return true;
    };
    let names = keyword_value.as_array().map(Vec::as_slice).unwrap_or_default();
    names
        .iter()
        .all(|name| name.as_str().is_some_and(|name| members.contains_key(name)))
}

fn is_of_type(keyword_value: &Value, value: &Value) -> bool {
    match keyword_value {
        Value::String(name) => is_of_one_type(name, value),
        Value::Array(names) => {
            names.iter().filter_map(Value::as_str).any(|name| is_of_one_type(name, value))
        }
        _ => false,
    }
}

fn is_of_one_type(name: &str, value: &Value) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
