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
    "an image that no registry has under this name",
)
.page(include_str!("broken_reference.md"))
.fix(FixKind::Safe);

/// Images of the form `{name, tag}` in the chart's values.
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
                findings.extend(flaw(name).map(|found| split(cx, name, tag, found)));
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
        findings.extend(found.map(|(name, found)| split(cx, name, image.get("tag"), found)));
        findings.extend(unset_tag(cx, &format!("prePuller.extraImages.{key}")));
        let is_named = name.is_some_and(|name| flaw(name).is_none());
        if is_named && image.get("tag").is_none_or(is_nothing) {
            let message = format!("the extra image `{key}` has no tag");
            let help = "the pullers would ask for `name:`, which no registry has; set `tag`";
            findings.push(
                Diagnostic::new(&CODE, message)
                    .at(span(image), "")
                    .help(help),
            );
        }
    }
    for settings in profiles::overrides(hub) {
        findings.extend(settings.get("image").and_then(of_profile));
    }
}

/// A tag that only the sources of the chart have, where packages have the version of the chart.
fn unset_tag(cx: &Context<'_>, path: &str) -> Option<Diagnostic> {
    let hub = cx.hub;
    let tag = hub.get(&format!("{path}.tag"))?;
    let is_unset = matches!(&tag.content, Content::String(tag) if tag == UNSET_TAG);
    if !is_unset || hub.is_default(tag) {
        return None;
    }
    let finding = Diagnostic::new(&CODE, UNSET).at(span(tag), "placeholder of the chart's sources");
    if hub.is_set(&format!("{path}.name")) {
        return Some(finding.help("set the tag of the image"));
    }
    let finding = finding.help("remove the tag: the packaged chart sets its version");
    let edits = fixes::remove(cx, tag);
    Some(fixes::safe(finding, "remove the tag", edits))
}

const UNSET: &str = "image cannot be pulled: no registry has the tag `set-by-chartpress`";

/// A name with the tag of another image, or with none.
fn without_tag(hub: &Hub<'_>, path: &str, name: &Value) -> Option<Diagnostic> {
    let tag = format!("{path}.tag");
    let nothing = hub.deleted(&tag);
    let nothing = nothing.or_else(|| hub.get(&tag).filter(|tag| is_nothing(tag)));
    if let Some(nothing) = nothing {
        let message = "this image has no tag, and the chart asks for `name:`";
        let finding = Diagnostic::new(&CODE, message)
            .at(span(nothing), "takes the chart's tag away")
            .help("write the tag here");
        return Some(finding);
    }
    if hub.is_set(&tag) || hub.is_default(name) || is_copy(hub, name) {
        return None;
    }
    let message = "this image gets the tag of the chart's own image";
    let mut finding = Diagnostic::new(&CODE, message)
        .at(span(name), "named without a tag")
        .help(format!("set `{tag}` beside the name"));
    if is_tagged_elsewhere(hub) {
        finding.level = Level::Note;
    }
    Some(finding)
}

/// Whether it is the chart's own image in another registry, or a variant of it, which have the chart's tags too.
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
    own.is_none()
        || name
            .overridden
            .iter()
            .any(|lost| hub.is_default(lost) && last(lost) == own)
}

/// Whether a tool is likely to add the tag when it deploys.
fn is_tagged_elsewhere(hub: &Hub<'_>) -> bool {
    let mut layers = BTreeSet::new();
    collect(hub.values, &mut layers);
    layers.difference(hub.defaults).any(|layer| {
        let text = hub.sources.get(*layer).text();
        let marks = ["image: {}", "hubploy", "helmfile"];
        marks.iter().any(|mark| text.contains(mark))
    })
}

/// The sources that have a share in a value.
fn collect(value: &Value, layers: &mut BTreeSet<SourceId>) {
    layers.insert(value.set.value.source);
    for lost in &value.overridden {
        layers.insert(lost.set.value.source);
    }
    let map = value.as_map().into_iter();
    for below in map.flat_map(|map| map.entries.values()) {
        collect(below, layers);
    }
}

fn is_nothing(tag: &Value) -> bool {
    match &tag.content {
        Content::Null => true,
        Content::String(tag) => tag.is_empty(),
        _ => false,
    }
}

/// The image of a profile is one text with the tag in it.
fn of_profile(image: &Value) -> Option<Diagnostic> {
    let finding = |message: &str| Diagnostic::new(&CODE, message).at(span(image), "");
    match &image.content {
        Content::Map(_) => {
            let help = "write `image: name:tag`; `name` and `tag` are of `singleuser.image`";
            Some(finding("`image` of a profile is a text and no mapping").help(help))
        }
        Content::String(text) if text.ends_with(&format!(":{UNSET_TAG}")) => {
            Some(finding(UNSET).help("set the tag of the image"))
        }
        Content::String(text) if is_capital(text.split('@').next().unwrap_or_default()) => {
            let help = format!("registries would have it as `{}`", text.to_lowercase());
            Some(finding(CAPITALS).help(help))
        }
        _ => None,
    }
}

const CAPITALS: &str = "the name of a repository has no capital letters";

/// Whether the repository, without its registry and its tag, has a capital letter.
fn is_capital(name: &str) -> bool {
    let path = name.split_once('/').map_or(name, |(_, path)| path);
    let (folders, last) = path.rsplit_once('/').unwrap_or(("", path));
    let last = last.split(':').next().unwrap_or_default();
    folders.chars().chain(last.chars()).any(char::is_uppercase)
}

/// The tag or the digest under `tag`, unless another one stands there.
fn split(cx: &Context<'_>, name: &Value, tag: Option<&Value>, found: Diagnostic) -> Diagnostic {
    let Content::String(text) = &name.content else {
        return found;
    };
    let parts = text.rsplit_once(':').filter(|(_, tag)| !tag.contains('/'));
    let own = parts.map(|(_, tag)| Content::String(tag.to_owned()));
    let is_free = tag.is_none_or(|tag| is_nothing(tag) || Some(&tag.content) == own.as_ref());
    let edits = parts.filter(|_| is_free).and_then(|(short, tag)| {
        let keys: [(&[&str], Json); 2] = [(&["name"], short.into()), (&["tag"], tag.into())];
        fixes::beside(cx, name, &keys)
    });
    fixes::safe(found, "put the tag under `tag`", edits)
}

/// What is wrong with the name of a repository.
fn flaw(name: &Value) -> Option<Diagnostic> {
    let Content::String(text) = &name.content else {
        return None;
    };
    // `name@sha256` with the digest as its tag comes out right.
    if text.ends_with("@sha256") {
        return None;
    }
    let last = text.rsplit('/').next().unwrap_or_default();
    let (message, help) =
        if let Some((_, tag)) = text.split_once('@').or_else(|| last.split_once(':')) {
            let message = "the chart adds `:tag` to this name, which has one already";
            (message, format!("put `{tag}` under `tag`"))
        } else if is_capital(text) {
            let help = format!("registries would have it as `{}`", text.to_lowercase());
            (CAPITALS, help)
        } else {
            return None;
        };
    Some(
        Diagnostic::new(&CODE, message)
            .at(span(name), "")
            .help(help),
    )
}
