use crate::diag::{Code, Diagnostic, FixKind};
use crate::lint::{Check, Rule, Values, fixes};
use crate::text::is_typographic_quote;
use crate::values::Content;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Values(check),
};

static CODE: Code = Code::error(
    "TX001",
    "typographic-quotes",
    "typographic quotes are part of the value: YAML does not read them as quotes",
)
.page(include_str!("typographic_quotes.md"))
.fix(FixKind::Safe);

/// Keys whose strings users read; any quotes are fine there.
const PROSE: [&str; 4] = ["display_name", "description", "title", "custom_html"];

fn check(values: &Values<'_>, findings: &mut Vec<Diagnostic>) {
    for (key, value) in values.root.below() {
        let Content::String(text) = &value.content else {
            continue;
        };
        let is_default = values.defaults.contains(&value.set.value.source);
        let is_prose = key.is_some_and(|key| PROSE.contains(&key)) || text.contains('\n');
        let inner = inner(text).filter(|_| !is_default && !is_prose);
        let Some(inner) = inner else { continue };
        let subject = key.map_or_else(|| "the value".to_owned(), |key| format!("`{key}`"));
        let message =
            format!("{subject} contains typographic quotes, which become part of the value");
        let finding = Diagnostic::new(&CODE, message)
            .at(value.set.value, "not YAML quotes")
            .help("use `\"` or `'` instead");
        let edits = fixes::replace_scalar(values, value, inner);
        findings.push(fixes::safe_fix(
            finding,
            "remove the typographic quotes",
            edits,
        ));
    }
}

/// The text between two typographic quotes.
fn inner(text: &str) -> Option<&str> {
    let inner = text.strip_prefix(is_typographic_quote)?;
    let inner = inner.strip_suffix(is_typographic_quote)?;
    (!inner.contains(is_typographic_quote)).then_some(inner)
}
