//! Values files that are templates of another tool, such as Terraform, Go or Jinja.

use std::collections::BTreeMap;

use super::{Content, Encrypted, Value};
use crate::diag::{Code, Diagnostic};
use crate::text::{SourceId, Sources, Span};

pub(super) static TEMPLATE: Code = Code::note(
    "VA019",
    "values-template",
    "a values file is a template: values that another tool fills in are not linted",
)
.page(include_str!("template.md"));

/// Whether a string is a template expression of another tool, or a name or address with one. `${HOME}/bin` and
/// expressions in a command are for a shell.
pub fn is_filled_in_later(text: &str) -> bool {
    is_variable(text) || is_tag(text) || is_name_with_variable(text)
}

/// Whether a string is a Terraform expression: `${service_type}`, `${indent(4, jsonencode(labels))}`.
fn is_variable(text: &str) -> bool {
    let inner = text.strip_prefix("${").and_then(|text| text.strip_suffix('}'));
    inner.is_some_and(|inner| !inner.is_empty() && !inner.starts_with('{'))
}

/// Whether a string is a Go or Jinja expression: `{{ cookiecutter.name }}`, `{{- .Values.host }}`. Escaped braces for
/// `KubeSpawner` are not.
fn is_tag(text: &str) -> bool {
    let inner = text.strip_prefix("{{").and_then(|text| text.strip_suffix("}}"));
    let inner = inner.map(|inner| inner.trim_start_matches('-'));
    inner.is_some_and(|inner| {
        let inner = inner.trim_start_matches(' ');
        inner.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '.' | '_' | '$'))
            && inner.contains([' ', '.'])
    })
}

/// Whether a string is a name with a Terraform variable: `hub.${domain}`.
fn is_name_with_variable(text: &str) -> bool {
    let mut variables = text.split("${").skip(1);
    !text.contains(char::is_whitespace)
        && variables.any(|rest| {
            let name = rest.split('}').next().unwrap_or_default();
            rest.contains('}') && name.starts_with(|c: char| c.is_ascii_lowercase())
        })
}

/// Returns the note that replaces a syntax error, if the file is a template.
pub fn unreadable_template(sources: &Sources, error: &Diagnostic) -> Option<Diagnostic> {
    let span = error.span()?;
    let text = sources.get(span.source).text();
    let start = text[..span.start].rfind('\n').map_or(0, |end| end + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    let is_control = |line: &str| {
        let line = line.trim_start();
        ["%{", "{%", "{{"].iter().any(|mark| line.starts_with(mark))
    };
    let marks = ["${", "%{", "{{", "{%"];
    if !text.lines().any(is_control) && !marks.iter().any(|mark| line.contains(mark)) {
        return None;
    }
    let what = kind(text);
    let message = format!("this file is {what}, not YAML: it is not linted");
    let note = Diagnostic::new(&TEMPLATE, message).at(span, "not YAML");
    Some(note.help("lint the output of the template tool"))
}

/// Returns a note for each file with values that another tool fills in.
pub fn template_notes(sources: &Sources, values: &Value) -> Vec<Diagnostic> {
    let mut found = BTreeMap::new();
    collect(values, &mut found);
    let notes = found.into_iter().map(|(source, spans): (SourceId, Vec<Span>)| {
        let what = kind(sources.get(source).text());
        let values = match spans.len() {
            1 => "1 value is".to_owned(),
            count => format!("{count} values are"),
        };
        let message = format!("this file is {what}: {values} filled in later and not linted");
        let first = spans.into_iter().min().expect("one of them");
        Diagnostic::new(&TEMPLATE, message).at(first, "filled in later")
    });
    notes.collect()
}

/// Adds the spans of template expressions by source, overridden values included.
fn collect(value: &Value, found: &mut BTreeMap<SourceId, Vec<Span>>) {
    match &value.content {
        Content::Encrypted(Encrypted::Any, _) => {
            let span = value.set.value;
            found.entry(span.source).or_default().push(span);
        }
        Content::List(items) => items.iter().for_each(|item| collect(item, found)),
        Content::Map(map) => map.entries.values().for_each(|below| collect(below, found)),
        _ => {}
    }
    for overridden in &value.overridden {
        collect(overridden, found);
    }
}

/// Describes the kind of template.
fn kind(text: &str) -> &'static str {
    let mut variables = text.split("${").skip(1);
    let is_small = |rest: &str| rest.starts_with(|c: char| c.is_ascii_lowercase());
    if text.contains("%{") || variables.any(is_small) {
        "a Terraform template"
    } else {
        "a template"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_tool_fills_in_is_told_from_what_a_shell_does() {
        for text in [
            "${a}",
            "${indent(4, jsonencode(labels))}",
            "${DOMAIN}",
            "${a}-${b}",
            "hub.${domain}",
            "{{ cookiecutter.name }}",
            "{{- .Values.host }}",
        ] {
            assert!(is_filled_in_later(text), "{text}");
        }
        for text in [
            "mkdir -p \"${HOME}/x\"",
            "echo ${name}",
            "${HOME}/bin",
            "$(POD_NAME)",
            "{username}",
            "claim-{{username}}",
            "{{\"a\": 1}}",
            "{{}}",
            "${}",
            "$a",
            "",
        ] {
            assert!(!is_filled_in_later(text), "{text}");
        }
    }
}
