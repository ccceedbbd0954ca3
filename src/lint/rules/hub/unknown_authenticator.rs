use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::classes::{AUTHENTICATOR_CLASS, AuthenticatorClass, Classes};
use crate::hub::span;
use crate::lint::{Check, Context, Rule, fixes};
use crate::text::misspelled;
use crate::values::Content;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "HB009",
    "unknown-authenticator",
    "the hub does not start: `authenticator_class` names no authenticator",
)
.page(include_str!("unknown_authenticator.md"))
.fix(FixKind::Unsafe);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let Some(value) = hub.get(AUTHENTICATOR_CLASS) else {
        return;
    };
    let Content::String(name) = &value.content else {
        return;
    };
    let possible = Classes::possible(hub);
    let is_missing =
        |classes: &&Classes| classes.authenticator(name) == AuthenticatorClass::Missing;
    if hub.is_default(value)
        || !possible.iter().all(is_missing)
        || hub.code_may_set("authenticator_class")
        || is_custom_image(cx)
    {
        return;
    }
    let Some(classes) = possible.first() else {
        return;
    };
    let message =
        format!("the hub does not start: `authenticator_class` `{name}` is not installed");
    let finding = Diagnostic::new(&CODE, message).at(span(value), "unknown authenticator");
    let is_installed =
        |classes: &'static Classes| classes.authenticator(name) != AuthenticatorClass::Missing;
    if let Some(version) = Classes::first_after(hub.version, is_installed) {
        let help = format!("upgrade to z2jh {version} or later, or use another authenticator");
        findings.push(finding.help(help));
        return;
    }
    findings.push(if let Some(meant) = meant(classes, name) {
        let edits = fixes::replace_scalar(cx, value, meant.clone());
        let finding = finding.help(format!("did you mean `{meant}`?"));
        fixes::unsafe_fix(finding, format!("replace it with `{meant}`"), edits)
    } else {
        let names: Vec<&str> = classes.authenticator_names().collect();
        let names = names.into_iter().filter(|name| !name.contains('-'));
        let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
        let names = names.join(", ");
        finding.help(format!(
            "use one of {names}, or the full name of a class, such as `package.Class`"
        ))
    });
}

/// Returns the short name or the class that was probably meant.
fn meant(classes: &Classes, name: &str) -> Option<String> {
    if let Some((module, class)) = name.rsplit_once('.') {
        return Some(format!("{module}.{}", classes.class_like(class)?));
    }
    let lower = name.to_lowercase();
    // `github` is the short name of `GitHubOAuthenticator`.
    let of_class = |short: &&str| {
        let known = classes.authenticator(short);
        matches!(known, AuthenticatorClass::Known(class) if class.eq_ignore_ascii_case(name))
    };
    let stem = lower.trim_end_matches("authenticator");
    let stem = stem.strip_suffix('o').unwrap_or(stem);
    let is_stem = |short: &&str| *short == stem;
    let mut names = classes.authenticator_names();
    let found = names
        .find(of_class)
        .or_else(|| classes.authenticator_names().find(is_stem))
        .or_else(|| misspelled(&lower, classes.authenticator_names()));
    found.map(str::to_owned)
}

/// Whether the hub image is not the chart's, so other authenticators may be installed.
fn is_custom_image(cx: &Context<'_>) -> bool {
    cx.hub.is_set("hub.image.name")
}
