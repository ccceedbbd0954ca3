use crate::diag::{Code, Diagnostic, Level};
use crate::hub::span;
use crate::lint::{Check, Context, Rule};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "TX003",
    "unreplaced-placeholder",
    "a placeholder copied from documentation was not replaced",
)
.page(include_str!("placeholder.md"));

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for (key, value) in hub.values.below() {
        let Content::String(text) = &value.content else {
            continue;
        };
        if hub.is_default(value) {
            continue;
        }
        findings.extend(placeholder(text).map(|found| finding(key, value, &found)));
    }
}

/// A placeholder in a value, as documentation writes it.
#[derive(Debug, PartialEq, Eq)]
enum Placeholder<'t> {
    /// `<RANDOM_HEX>`
    Capitals(&'t str),
    /// `<your-domain-name>`, `your-client-id`
    Lower(&'t str),
}

fn finding(key: Option<&str>, value: &Value, found: &Placeholder<'_>) -> Diagnostic {
    let subject = key.map_or_else(|| "the value".to_owned(), |key| format!("`{key}`"));
    let message = format!("{subject} is still a placeholder from documentation");
    let mut finding = Diagnostic::new(&CODE, message)
        .at(span(value), "placeholder text")
        .help("replace it with your own value");
    if matches!(found, Placeholder::Lower(_)) {
        finding.level = Level::Note;
    }
    finding
}

fn placeholder(text: &str) -> Option<Placeholder<'_>> {
    if text.contains('\n') {
        return None;
    }
    if let Some(start) = text.find('<')
        && let Some(end) = text[start..].find('>')
    {
        let found = &text[start..=start + end];
        let name = &found[1..found.len() - 1];
        let is_of = |is_letter: fn(char) -> bool| {
            let mut letters = name.chars();
            name.len() > 2
                && name.starts_with(is_letter)
                && letters.all(|c| is_letter(c) || c.is_ascii_digit() || "-_ ".contains(c))
        };
        if is_of(|c| c.is_ascii_uppercase()) {
            return Some(Placeholder::Capitals(found));
        }
        // Markup such as `<strong>Large</strong>` goes on after the name.
        if is_of(|c| c.is_ascii_lowercase()) && found.len() == text.len() {
            return Some(Placeholder::Lower(found));
        }
        return None;
    }
    let lower = text.to_lowercase();
    let is_open = ["your-", "your_", "changeme", "change-me"]
        .iter()
        .any(|begin| lower.starts_with(begin));
    let is_one_word = !text.contains([' ', '{']);
    (is_open && is_one_word).then_some(Placeholder::Lower(text))
}

#[cfg(test)]
mod tests {
    use super::{Placeholder, placeholder};

    #[test]
    fn placeholders_differ_from_markup() {
        for (text, expected) in [
            ("<RANDOM_HEX>", Some(Placeholder::Capitals("<RANDOM_HEX>"))),
            (
                "https://<DOMAIN>/x",
                Some(Placeholder::Capitals("<DOMAIN>")),
            ),
            (
                "<your-domain-name>",
                Some(Placeholder::Lower("<your-domain-name>")),
            ),
            ("your-client-id", Some(Placeholder::Lower("your-client-id"))),
            ("<strong>Large</strong>", None),
            ("a < b > c", None),
            ("yours", None),
            ("<b>", None),
        ] {
            assert_eq!(placeholder(text), expected, "{text}");
        }
    }
}
