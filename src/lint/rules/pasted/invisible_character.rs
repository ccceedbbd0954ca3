use crate::diag::{Code, Diagnostic, FixKind};
use crate::lint::{Check, Rule, Values, fixes};
use crate::text::{Span, invisible_name};
use crate::values::Content;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Values(check),
};

static CODE: Code = Code::error(
    "TX002",
    "invisible-character",
    "a key or value contains an invisible character or an unusual space",
)
.page(include_str!("invisible_character.md"))
.fix(FixKind::Unsafe);

/// Keys whose strings users read.
const PROSE: [&str; 4] = ["display_name", "description", "title", "custom_html"];

fn check(values: &Values<'_>, findings: &mut Vec<Diagnostic>) {
    for (key, value) in values.root.below() {
        if values.defaults.contains(&value.set.value.source) && value.as_map().is_none() {
            continue;
        }
        if let (Some(key), Some(span)) = (key, value.set.key)
            && let Some(name) = named(key)
            && !values.defaults.contains(&span.source)
        {
            let meant = cleaned(key);
            let message = format!("key `{meant}` contains a {name}, so it is a different key");
            let finding = found(values, span, message);
            let edits = fixes::rename_key(values, value, &meant);
            findings.push(fixes::unsafe_fix(
                finding,
                format!("rename it to `{meant}`"),
                edits,
            ));
            continue;
        }
        let Content::String(text) = &value.content else {
            continue;
        };
        let is_prose = key.is_some_and(|key| PROSE.contains(&key)) || text.contains('\n');
        let Some(name) = named(text).filter(|_| !is_prose) else {
            continue;
        };
        let subject = key.map_or_else(|| "the value".to_owned(), |key| format!("`{key}`"));
        let message = format!("{subject} contains a {name}, which becomes part of the value");
        let finding = found(values, value.set.value, message);
        let edits = fixes::replace_scalar(values, value, cleaned(text));
        findings.push(fixes::unsafe_fix(
            finding,
            "remove the character or replace it with a space",
            edits,
        ));
    }
}

/// Returns a finding at the first such character, or at the whole scalar if the character is escaped.
fn found(values: &Values<'_>, span: Span, message: String) -> Diagnostic {
    let written = values.sources.slice(span);
    let at = written.char_indices().find(|(_, c)| invisible_name(*c).is_some());
    let place = at.map_or(span, |(at, c)| {
        let start = span.start + at;
        Span::new(span.source, start..start + c.len_utf8())
    });
    Diagnostic::new(&CODE, message)
        .at(place, "invisible character")
        .help("remove it, or replace it with an ordinary space")
}

fn named(text: &str) -> Option<&'static str> {
    text.chars().find_map(invisible_name)
}

/// Returns the text with ordinary spaces, without zero-width characters, and trimmed.
fn cleaned(text: &str) -> String {
    let characters = text.chars().filter_map(|c| match c {
        '\u{200b}' | '\u{200c}' | '\u{2060}' | '\u{ad}' | '\u{200e}' => None,
        c if invisible_name(c).is_some() => Some(' '),
        c => Some(c),
    });
    characters.collect::<String>().trim().to_owned()
}
