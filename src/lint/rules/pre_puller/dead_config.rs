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
    "ignored-puller-setting",
    "a setting of the image pullers has no effect",
)
.page(include_str!("dead_config.md"))
.fix(FixKind::Safe);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    if hub.pulls() {
        findings.extend(redundant_images(cx));
        findings.extend(selector_of_awaiter(hub));
        return;
    }
    let known = ["prePuller.hook.enabled", "prePuller.continuous.enabled"];
    if known.iter().any(|path| hub.flag(path) != Some(false)) {
        return;
    }
    for name in ["extraImages", "extraTolerations", "pullProfileListImages"] {
        let path = format!("prePuller.{name}");
        let is_filled = hub.get(&path).is_some_and(|value| !is_empty(value));
        if !hub.is_set(&path) || !is_filled {
            continue;
        }
        let message = format!("`{path}` has no effect: both image pullers are disabled");
        let finding = Diagnostic::new(&CODE, message).help(
            "set `prePuller.continuous.enabled` or `prePuller.hook.enabled` to true, or remove the key",
        );
        let places = [
            (path.as_str(), "no effect"),
            ("prePuller.hook.enabled", "disabled"),
            ("prePuller.continuous.enabled", "disabled"),
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

/// Returns a finding for each extra image that is pulled anyway.
fn redundant_images(cx: &Context<'_>) -> Vec<Diagnostic> {
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
        let message = format!("extra image `{key}` has no effect: `{own}` is pulled anyway");
        let finding = Diagnostic::new(&CODE, message)
            .at(span(extra), "already pulled")
            .help("remove it");
        let edits = fixes::remove(cx, extra);
        found.push(fixes::safe_fix(finding, "remove the extra image", edits));
    }
    found
}

/// Returns a finding if `prePuller.hook.nodeSelector`, which places only the Job that waits, selects user nodes.
fn selector_of_awaiter(hub: &Hub<'_>) -> Option<Diagnostic> {
    const SELECTOR: &str = "prePuller.hook.nodeSelector";
    if hub.flag("prePuller.hook.enabled") != Some(true) || !hub.is_set(SELECTOR) {
        return None;
    }
    let settings = profiles::effective(hub);
    let of_users: Vec<(&str, &Content)> = settings
        .iter()
        .flat_map(|settings| settings.entries("node_selector"))
        .map(|(key, value)| (key.as_str(), &value.content))
        .collect();
    let selects_user_nodes = hub
        .entries(SELECTOR)
        .any(|(key, value)| of_users.contains(&(key.as_str(), &value.content)));
    if !selects_user_nodes {
        return None;
    }
    let message =
        format!("`{SELECTOR}` does not place image pullers, only the Job that waits for them");
    let finding = Diagnostic::new(&CODE, message).help(
        "remove it: image pullers use `singleuser.nodeSelector`, and the Job belongs on the nodes of the hub",
    );
    Some(hub.at(finding, &[(SELECTOR, "selects user nodes")]))
}
