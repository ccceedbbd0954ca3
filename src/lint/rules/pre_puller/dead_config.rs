use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::Hub;
use crate::hub::images;
use crate::hub::profiles;
use crate::hub::span;
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::note(
    "PP009",
    "dead-puller-config",
    "a setting of the image pullers has no effect",
)
.page(include_str!("dead_config.md"))
.fix(FixKind::Safe);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    if hub.pulls() {
        findings.extend(pulled_twice(cx));
        findings.extend(only_the_awaiter(hub));
        return;
    }
    let known = ["prePuller.hook.enabled", "prePuller.continuous.enabled"];
    if known.iter().any(|path| hub.flag(path) != Some(false)) {
        return;
    }
    for name in ["extraImages", "extraTolerations", "pullProfileListImages"] {
        let path = format!("prePuller.{name}");
        let is_said = hub.get(&path).is_some_and(|value| !is_empty(value));
        if !hub.is_set(&path) || !is_said {
            continue;
        }
        let message = format!("`{path}` does nothing, for no image puller is on");
        let finding = Diagnostic::new(&CODE, message).help(
            "switch `prePuller.continuous.enabled` or `prePuller.hook.enabled` on, or take it away",
        );
        let places = [
            (path.as_str(), "has no effect"),
            ("prePuller.hook.enabled", "off"),
            ("prePuller.continuous.enabled", "off"),
        ];
        findings.push(hub.at(finding, &places));
    }
}

fn is_empty(value: &Value) -> bool {
    match &value.content {
        Content::Null => true,
        Content::List(items) => items.is_empty(),
        Content::Map(map) => map.entries.is_empty(),
        _ => false,
    }
}

/// Extra images that are pulled anyway.
fn pulled_twice(cx: &Context<'_>) -> Vec<Diagnostic> {
    let hub = cx.hub;
    let images = images::of_pullers(hub);
    let mut by_name: BTreeMap<&str, &str> = BTreeMap::new();
    for image in images {
        by_name.insert(&image.name, &image.image);
    }
    let mut found = Vec::new();
    for (key, extra) in hub.entries("prePuller.extraImages") {
        let Some(own) = by_name.get(key.as_str()) else {
            continue;
        };
        let others = images.iter().filter(|image| image.name != *key);
        if hub.is_default(extra) || !others.into_iter().any(|image| image.image == *own) {
            continue;
        }
        let message =
            format!("`{own}` is pulled anyway, so that the extra image `{key}` adds nothing");
        let finding = Diagnostic::new(&CODE, message)
            .at(span(extra), "pulled a second time")
            .help("take it away");
        let edits = fixes::remove(cx, extra);
        found.push(fixes::safe(finding, "take the extra image away", edits));
    }
    found
}

/// Placement below `hook` moves the Job that waits, and no puller: a mistake where it names nodes of users.
fn only_the_awaiter(hub: &Hub<'_>) -> Option<Diagnostic> {
    const SELECTOR: &str = "prePuller.hook.nodeSelector";
    if hub.flag("prePuller.hook.enabled") != Some(true) || !hub.is_set(SELECTOR) {
        return None;
    }
    let of_users = profiles::effective(hub);
    let of_users: Vec<(&str, &Content)> = of_users
        .iter()
        .flat_map(|settings| settings.entries("node_selector"))
        .map(|(key, value)| (key.as_str(), &value.content))
        .collect();
    let names_users = hub
        .entries(SELECTOR)
        .any(|(key, value)| of_users.contains(&(key.as_str(), &value.content)));
    if !names_users {
        return None;
    }
    let message = format!("`{SELECTOR}` moves the Job that waits for the pullers, and no puller");
    let finding = Diagnostic::new(&CODE, message).help(
        "pullers go where `singleuser.nodeSelector` says; the Job belongs where the hub runs",
    );
    Some(hub.at(finding, &[(SELECTOR, "nodes of users")]))
}
