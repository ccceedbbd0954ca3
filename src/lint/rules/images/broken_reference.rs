use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::Hub;
use crate::hub::chart::UNSET_TAG;
use crate::hub::profiles;
use crate::hub::span;
use crate::lint::{Check, Context, Rule, fixes};
use crate::text::SourceId;
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "IM001",
    "broken-image-reference",
    "image reference cannot be pulled",
)
.page(include_str!("broken_reference.md"))
.fix(FixKind::Safe);

/// Keys of the chart whose images have the form `{name, tag}`.
const IMAGES: [&str; 9] = [
    "singleuser.image",
    "hub.image",
    "singleuser.networkTools.image",
    "prePuller.hook.image",
    "prePuller.pause.image",
    "proxy.chp.image",
    "proxy.traefik.image",
    "proxy.secretSync.image",
    "scheduling.userScheduler.image",
];

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for path in IMAGES {
        if let Some(name) = hub.get(&format!("{path}.name")) {
            if !hub.is_default(name) {
                let tag = hub.get(&format!("{path}.tag"));
                let tag = tag.filter(|tag| !hub.is_default(tag));
                findings.extend(flaw(name).map(|found| with_split_name(cx, name, tag, found)));
            }
            if flaw(name).is_none() {
                findings.extend(without_tag(hub, path, name));
            }
            findings.extend(unset_tag(cx, path));
        }
    }
    for (key, image) in hub.entries("prePuller.extraImages") {
        let name = image.get("name");
        let found = name.and_then(|name| Some((name, flaw(name)?)));
        findings
            .extend(found.map(|(name, found)| with_split_name(cx, name, image.get("tag"), found)));
        findings.extend(unset_tag(cx, &format!("prePuller.extraImages.{key}")));
        let is_named = name.is_some_and(|name| flaw(name).is_none());
        if is_named && image.get("tag").is_none_or(is_empty) {
            let message = format!("image cannot be pulled: extra image `{key}` has no tag");
            let help = "set `tag`: the image pullers request `name:` without it";
            findings
                .push(Diagnostic::new(&CODE, message).at(span(image), "tag missing").help(help));
        }
    }
    for settings in profiles::overrides(hub) {
        findings.extend(settings.get("image").and_then(in_profile));
    }
}

/// Returns the finding about the placeholder tag of the chart's sources, which packaged charts replace.
fn unset_tag(cx: &Context<'_>, path: &str) -> Option<Diagnostic> {
    let hub = cx.hub;
    let tag = hub.get(&format!("{path}.tag"))?;
    let is_unset = matches!(&tag.content, Content::String(tag) if tag == UNSET_TAG);
    if !is_unset || hub.is_default(tag) {
        return None;
    }
    let finding = Diagnostic::new(&CODE, UNSET).at(span(tag), "placeholder tag");
    if hub.is_set(&format!("{path}.name")) {
        return Some(finding.help("set the tag of the image"));
    }
    let finding = finding.help("remove the tag: the packaged chart sets its version");
    let edits = fixes::remove(cx, tag);
    Some(fixes::safe_fix(finding, "remove the tag", edits))
}

const UNSET: &str = "image cannot be pulled: no registry has the tag `set-by-chartpress`";

/// Returns the finding about a name without its own tag: it has none, or that of the chart's image.
fn without_tag(hub: &Hub<'_>, path: &str, name: &Value) -> Option<Diagnostic> {
    let tag = format!("{path}.tag");
    let empty = hub.deleted(&tag);
    let empty = empty.or_else(|| hub.get(&tag).filter(|tag| is_empty(tag)));
    if let Some(empty) = empty {
        let message = "image cannot be pulled: it has no tag, and the chart requests `name:`";
        let finding = Diagnostic::new(&CODE, message)
            .at(span(empty), "removes the chart's tag")
            .help("set the tag of the image");
        return Some(finding);
    }
    if hub.is_set(&tag) || hub.is_default(name) || is_copy(hub, name) {
        return None;
    }
    let message = "image cannot be pulled: without `tag` it gets the tag of the chart's own image";
    let mut finding = Diagnostic::new(&CODE, message)
        .at(span(name), "name without a tag")
        .help(format!("set `{tag}`"));
    if is_tagged_by_tool(hub) {
        finding.level = Level::Note;
    }
    Some(finding)
}

/// Whether an image is the chart's own in another registry, or a variant of it: those have the chart's tags too.
fn is_copy(hub: &Hub<'_>, name: &Value) -> bool {
    let last = |value: &Value| match &value.content {
        // The chart's repository publishes `k8s-hub-slim` with the tags of `k8s-hub`.
        Content::String(text) => {
            let last = text.rsplit('/').next()?;
            Some(last.strip_suffix("-slim").unwrap_or(last).to_owned())
        }
        _ => None,
    };
    let own = last(name);
    own.is_none() || name.overridden.iter().any(|old| hub.is_default(old) && last(old) == own)
}

/// Whether a tool probably adds the tag when it deploys.
fn is_tagged_by_tool(hub: &Hub<'_>) -> bool {
    let mut layers = BTreeSet::new();
    collect_layers(hub.values, &mut layers);
    layers.difference(hub.defaults).any(|layer| {
        let text = hub.sources.get(*layer).text();
        let marks = ["image: {}", "hubploy", "helmfile"];
        marks.iter().any(|mark| text.contains(mark))
    })
}

/// Collects the sources that set a value or a part of it, and those they override.
fn collect_layers(value: &Value, layers: &mut BTreeSet<SourceId>) {
    layers.insert(value.set.value.source);
    for old in &value.overridden {
        layers.insert(old.set.value.source);
    }
    let map = value.as_map().into_iter();
    for below in map.flat_map(|map| map.entries.values()) {
        collect_layers(below, layers);
    }
}

fn is_empty(tag: &Value) -> bool {
    match &tag.content {
        Content::Null => true,
        Content::String(tag) => tag.is_empty(),
        _ => false,
    }
}

/// Returns the finding about the image of a profile, which is one string with the tag in it.
fn in_profile(image: &Value) -> Option<Diagnostic> {
    let finding = |message: &str, label| Diagnostic::new(&CODE, message).at(span(image), label);
    match &image.content {
        Content::Map(_) => {
            let help =
                "use `image: name:tag`; only `singleuser.image` has the keys `name` and `tag`";
            Some(finding(MAPPING, "a mapping").help(help))
        }
        Content::String(text) if text.ends_with(&format!(":{UNSET_TAG}")) => {
            Some(finding(UNSET, "placeholder tag").help("set the tag of the image"))
        }
        Content::String(text) if has_capital(text.split('@').next().unwrap_or_default()) => {
            let help = format!("use the name in the registry: `{}`", text.to_lowercase());
            Some(finding(CAPITALS, "capital letters").help(help))
        }
        _ => None,
    }
}

const MAPPING: &str =
    "user servers of this profile do not start: `image` expects a string, found a mapping";

const TAG: &str = "image cannot be pulled: the name has a tag, and the chart adds a second one";

const DIGEST: &str = "image cannot be pulled: the name has a digest, and the chart adds a tag";

const CAPITALS: &str = "image cannot be pulled: repository names have no capital letters";

/// Whether the repository, without its registry and its tag, has a capital letter.
fn has_capital(name: &str) -> bool {
    let path = name.split_once('/').map_or(name, |(_, path)| path);
    let (folders, last) = path.rsplit_once('/').unwrap_or(("", path));
    let last = last.split(':').next().unwrap_or_default();
    folders.chars().chain(last.chars()).any(char::is_uppercase)
}

/// Adds a fix that moves the tag or the digest to `tag`, unless `tag` is set to another one.
fn with_split_name(
    cx: &Context<'_>,
    name: &Value,
    tag: Option<&Value>,
    found: Diagnostic,
) -> Diagnostic {
    let Content::String(text) = &name.content else {
        return found;
    };
    let parts = text.rsplit_once(':').filter(|(_, tag)| !tag.contains('/'));
    let own = parts.map(|(_, tag)| Content::String(tag.to_owned()));
    let is_free = tag.is_none_or(|tag| is_empty(tag) || Some(&tag.content) == own.as_ref());
    let edits = parts.filter(|_| is_free).and_then(|(short, tag)| {
        let keys: [(&[&str], Json); 2] = [(&["name"], short.into()), (&["tag"], tag.into())];
        fixes::beside(cx, name, &keys)
    });
    fixes::safe_fix(found, "move the tag to `tag`", edits)
}

/// Returns what is wrong with the name of a repository.
fn flaw(name: &Value) -> Option<Diagnostic> {
    let Content::String(text) = &name.content else {
        return None;
    };
    // `name@sha256` with the digest as its tag gives a correct reference.
    if text.ends_with("@sha256") {
        return None;
    }
    let last = text.rsplit('/').next().unwrap_or_default();
    // Of `name@sha256:digest`, the chart needs `name@sha256` as the name.
    let tag = last.rsplit_once(':').map_or(last, |(_, tag)| tag);
    let move_tag = format!("move `{tag}` from the name to `tag`");
    let (message, label, help) = if text.contains('@') {
        (DIGEST, "digest in the name", move_tag)
    } else if last.contains(':') {
        (TAG, "tag in the name", move_tag)
    } else if has_capital(text) {
        let help = format!("use the name in the registry: `{}`", text.to_lowercase());
        (CAPITALS, "capital letters", help)
    } else {
        return None;
    };
    Some(Diagnostic::new(&CODE, message).at(span(name), label).help(help))
}
