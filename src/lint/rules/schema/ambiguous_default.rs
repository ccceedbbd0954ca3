use crate::hub::ChartVersion;
use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::span;
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "SM008",
    "ambiguous-default-profile",
    "several profiles or choices are the default, or share a slug",
)
.page(include_str!("ambiguous_default.md"))
.fix(FixKind::Unsafe);

/// Since this version the first default is used; before, the last one.
const FIRST_DEFAULT: ChartVersion = ChartVersion::new(3, 2);

/// Profiles that are filtered by group may have a default for each group.
const FILTER: &str = "allowed_groups";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let profiles = hub.profiles();
    if profiles.iter().all(|profile| profile.get(FILTER).is_none()) {
        findings.extend(defaults(cx, "profiles", profiles.iter().copied()));
        findings.extend(slugs(&profiles));
    }
    for profile in profiles {
        for (_, option) in entries(profile.get("profile_options")) {
            let choices = entries(option.get("choices")).map(|(_, choice)| choice);
            findings.extend(defaults(cx, "choices", choices));
        }
    }
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    let map = value.and_then(Value::as_map);
    map.into_iter().flat_map(|map| &map.entries)
}

/// Returns the finding for more than one default.
fn defaults<'v>(
    cx: &Context<'_>,
    what: &str,
    all: impl Iterator<Item = &'v Value>,
) -> Option<Diagnostic> {
    let hub = cx.hub;
    let defaults = all.filter_map(|one| one.get("default"));
    let claims: Vec<&Value> =
        defaults.filter(|value| value.content == Content::Bool(true)).collect();
    if claims.len() < 2 {
        return None;
    }
    let is_first = hub.version >= FIRST_DEFAULT;
    let used = if is_first { 0 } else { claims.len() - 1 };
    let count = claims.len();
    let which = if is_first { "first" } else { "last" };
    let message = format!("{count} {what} set `default: true`: the {which} one is used");
    let finding = Diagnostic::new(&CODE, message).help("keep `default: true` in one of them");
    let others = claims.iter().enumerate().filter(|(at, _)| *at != used);
    let removed: Option<Vec<_>> = others.map(|(_, claim)| fixes::remove(cx, claim)).collect();
    let edits = removed.map(|edits| edits.concat());
    let finding = fixes::unsafe_fix(finding, "keep the one that is used", edits);
    let labels = claims.into_iter().enumerate();
    Some(labels.fold(finding, |finding, (index, claim)| {
        let text = if index == used {
            "used as default"
        } else {
            "ignored"
        };
        finding.at(span(claim), text)
    }))
}

/// Returns findings for profiles with the slug of an earlier profile.
fn slugs(profiles: &[&Value]) -> Vec<Diagnostic> {
    let mut first: BTreeMap<String, &Value> = BTreeMap::new();
    let mut found = Vec::new();
    for profile in profiles {
        let Some((slug, value)) = slug(profile) else {
            continue;
        };
        let Some(earlier) = first.get(&slug) else {
            first.insert(slug, value);
            continue;
        };
        let message =
            format!("two profiles have the slug `{slug}`: users cannot select the second one");
        found.push(
            Diagnostic::new(&CODE, message)
                .at(span(value), "never selected")
                .at(span(earlier), "selected for both")
                .help("give each profile its own `slug` or `display_name`"),
        );
    }
    found
}

/// Returns the slug of a profile: its `slug`, otherwise what KubeSpawner derives from its `display_name`. KubeSpawner
/// transliterates letters outside ASCII; such names have no slug here.
fn slug(profile: &Value) -> Option<(String, &Value)> {
    let text = |key: &str| {
        let value = profile.get(key)?;
        match &value.content {
            Content::String(text) => Some((text.as_str(), value)),
            _ => None,
        }
    };
    if let Some((slug, value)) = text("slug") {
        return Some((slug.to_owned(), value));
    }
    let (name, value) = text("display_name").filter(|_| profile.get("slug").is_none())?;
    let is_plain = name.is_ascii() && !name.contains(['&', '\'', ',']);
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let slug = words.join("-").to_ascii_lowercase();
    (is_plain && !slug.is_empty()).then_some((slug, value))
}
