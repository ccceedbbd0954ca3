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
    "JupyterHub ignores a setting in `hub.config` that its class does not have",
)
.page(include_str!("unknown_trait.md"))
.fix(FixKind::Unsafe);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    // A custom image may have newer packages.
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
        return finding.help(format!("remove it, or upgrade to z2jh {version} or later"));
    }
    if let Some(meant) = meant(reader, name) {
        let edits = is_unset(cx, section, meant)
            .then(|| fixes::rename_key(cx, value, meant))
            .flatten();
        let finding = finding.help(format!("did you mean `{meant}`?"));
        return fixes::unsafe_fix(finding, format!("rename it to `{meant}`"), edits);
    }
    match reader.homes(name).as_slice() {
        [] => finding.help(format!("remove it, or use a setting of `{section}`")),
        [home] => finding.help(format!(
            "move it to `hub.config.{home}`, which has this setting"
        )),
        homes => {
            let homes = homes.iter().take(3).map(|home| format!("`{home}`"));
            let homes: Vec<String> = homes.collect();
            finding.help(format!(
                "move it to a section that has this setting: {}",
                homes.join(", ")
            ))
        }
    }
}

/// Returns the trait that was probably meant: for a misspelling, a plural, another letter case or an old name.
fn meant<'r>(reader: &'r Section, name: &str) -> Option<&'r str> {
    let snake = crate::hub::traits::snake_case(name);
    let names = reader.names();
    let known = |wanted: &str| names.iter().copied().find(|name| *name == wanted);
    let old = RENAMED.iter().find(|(old, _)| *old == snake);
    let old = old.and_then(|(_, new)| known(new));
    let singular = snake.strip_suffix('s').and_then(known);

    known(&snake)
        .or(old)
        .or_else(|| known(&format!("{snake}s")))
        .or(singular)
        .or_else(|| misspelled(&snake, names.iter().copied()))
}

/// Names that JupyterHub no longer has, with their new names.
const RENAMED: [(&str, &str); 6] = [
    ("admin_groups_whitelist", "admin_groups"),
    ("blacklist", "blocked_users"),
    ("callback_url", "oauth_callback_url"),
    ("group_whitelist", "allowed_groups"),
    ("users", "allowed_users"),
    ("whitelist", "allowed_users"),
];

/// Whether a section does not set a trait yet.
fn is_unset(cx: &Context<'_>, section: &str, name: &str) -> bool {
    let section = cx.hub.get("hub.config").and_then(|config| config.get(section));
    section.is_some_and(|section| section.get(name).is_none())
}
