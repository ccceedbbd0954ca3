use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::classes::{Classes, Section, settings};
use crate::hub::span;
use crate::lint::{Check, Context, Rule, fixes};
use crate::text::misspelled;
use crate::values::Value;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "HB010",
    "unknown-config-trait",
    "JupyterHub ignores a setting of `hub.config` that its class does not have",
)
.page(include_str!("unknown_trait.md"))
.fix(FixKind::Unsafe);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    // An image of its own may have newer packages.
    if cx.hub.is_set("hub.image.name") {
        return;
    }
    for (section, name, value) in settings(cx.hub) {
        if cx.hub.code_may_set(name) {
            continue;
        }
        let Some(readers) = Section::readers(cx.hub, section) else {
            continue;
        };
        if readers.iter().all(|reader| reader.traits(name).is_empty()) {
            findings.push(unknown(cx, &readers, (section, name, value)));
        }
    }
}

fn unknown(
    cx: &Context<'_>,
    readers: &[Section],
    (section, name, value): (&str, &str, &Value),
) -> Diagnostic {
    let message = format!("JupyterHub ignores `{name}`: `{section}` has no such setting");
    let finding = Diagnostic::new(&CODE, message).at(span(value), "ignored");
    let Some(reader) = readers.first() else {
        return finding;
    };
    let has_it = |classes: &'static Classes| classes.has(section, name);
    if let Some(version) = Classes::first_after(cx.hub.version, has_it) {
        return finding.help(format!("remove it; z2jh {version} and later have it"));
    }
    if let Some(meant) = meant(reader, name) {
        let edits = is_free(cx, section, meant)
            .then(|| fixes::rename_key(cx, value, meant))
            .flatten();
        let finding = finding.help(format!("did you mean `{meant}`?"));
        return fixes::risky(finding, format!("write `{meant}`"), edits);
    }
    match reader.homes(name).as_slice() {
        [] => finding.help(format!(
            "remove it, or write the name of a trait of `{section}`"
        )),
        [home] => finding.help(format!(
            "`{name}` is a setting of `{home}`: move it to `hub.config.{home}`"
        )),
        homes => {
            let homes = homes.iter().take(3).map(|home| format!("`{home}`"));
            let homes: Vec<String> = homes.collect();
            finding.help(format!("`{name}` is a setting of {}", homes.join(", ")))
        }
    }
}

/// The trait that was probably meant: a misspelling, a plural, or another style of writing.
fn meant<'r>(reader: &'r Section, name: &str) -> Option<&'r str> {
    let snake = crate::hub::traits::snake_case(name);
    let names = reader.names();
    let known = |wanted: &str| names.iter().copied().find(|name| *name == wanted);
    let old = OLD.iter().find(|(old, _)| *old == snake);
    let old = old.and_then(|(_, new)| known(new));
    let singular = snake.strip_suffix('s').and_then(known);

    known(&snake)
        .or(old)
        .or_else(|| known(&format!("{snake}s")))
        .or(singular)
        .or_else(|| misspelled(&snake, names.iter().copied()))
}

/// Names that JupyterHub no longer has, and what they became.
const OLD: [(&str, &str); 6] = [
    ("admin_groups_whitelist", "admin_groups"),
    ("blacklist", "blocked_users"),
    ("callback_url", "oauth_callback_url"),
    ("group_whitelist", "allowed_groups"),
    ("users", "allowed_users"),
    ("whitelist", "allowed_users"),
];

fn is_free(cx: &Context<'_>, section: &str, name: &str) -> bool {
    let section = cx
        .hub
        .get("hub.config")
        .and_then(|config| config.get(section));
    section.is_some_and(|section| section.get(name).is_none())
}
