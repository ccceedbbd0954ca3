use crate::diag::{Code, Diagnostic, Level};
use crate::hub::Hub;
use crate::hub::profiles;
use crate::hub::span;
use crate::lint::{Check, Context, Rule};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::note(
    "IM002",
    "floating-tag",
    "image tag is mutable: nodes can run different images",
)
.page(include_str!("floating_tag.md"));

const FLOATING: [&str; 9] = [
    "latest", "main", "master", "develop", "dev", "stable", "nightly", "edge", "staging",
];
const NAME: &str = "singleuser.image.name";
const TAG: &str = "singleuser.image.tag";
const POLICY: &str = "singleuser.image.pullPolicy";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let is_digest = hub.text(NAME).is_some_and(|name| name.contains('@'));
    let floats = hub.text(TAG).is_some_and(is_floating) && hub.is_set(TAG) && !is_digest;
    if floats && let Some(tag) = hub.get(TAG) {
        let mut finding = mutable_tag(hub, tag, hub.text(TAG).unwrap_or_default());
        finding.level = Level::Warning;
        findings.push(finding);
    }
    let all = profiles::effective(hub);
    let default = profiles::default_profile(hub, all);
    let default = default.and_then(|settings| settings.get("image"));
    let of_profiles = profiles::overrides(hub).into_iter();
    let of_containers = ["singleuser.initContainers", "singleuser.extraContainers"];
    let of_containers = of_containers.into_iter().filter_map(|path| hub.get(path));
    let images = of_profiles.chain(of_containers.flat_map(profiles::items));
    for value in images.filter_map(|holder| holder.get("image")) {
        let Some(tag) = text(value).and_then(floating) else {
            continue;
        };
        let mut finding = mutable_tag(hub, value, tag);
        if default.is_some_and(|image| image.set == value.set) {
            finding.level = Level::Warning;
        }
        profiles::report(findings, finding);
    }
    for (_, image) in hub.entries("prePuller.extraImages") {
        let tag = image.get("tag");
        let floats = tag.and_then(text).is_some_and(is_floating);
        if let Some(tag) = tag.filter(|_| floats) {
            findings.push(mutable_tag(hub, tag, text(tag).unwrap_or_default()));
        }
    }
    findings.extend(pull_policy(hub));
}

fn mutable_tag(hub: &Hub<'_>, value: &Value, tag: &str) -> Diagnostic {
    let message = match tag {
        "" => "image without a tag is mutable: nodes can run different images".to_owned(),
        _ => format!("tag `{tag}` is mutable: nodes can run different images"),
    };
    let only_changes = hub.flag("prePuller.hook.enabled") == Some(true)
        && hub.flag("prePuller.hook.pullOnlyOnChanges") == Some(true);
    let help = if only_changes {
        "use a version or a digest; the hook image puller does not run if the image name is unchanged"
    } else {
        "use a version or a digest"
    };
    Diagnostic::new(&CODE, message).at(span(value), "mutable tag").help(help)
}

/// Returns the finding about a pull policy `Always` or `Never`.
fn pull_policy(hub: &Hub<'_>) -> Option<Diagnostic> {
    let (message, help, level) = match hub.text(POLICY)? {
        "Always" => (
            "every spawn contacts the registry and fails if the registry does not answer",
            "remove it: Kubernetes then pulls an image only if the node does not have it",
            Level::Note,
        ),
        "Never" if hub.pulls() => (
            "user servers never pull their image, but image pullers ignore this policy and pull it",
            "remove it, or disable the image pullers too",
            Level::Warning,
        ),
        _ => return None,
    };
    let mut finding = Diagnostic::new(&CODE, message).help(help);
    finding.level = level;
    Some(hub.at(finding, &[(POLICY, "for user servers")]))
}

fn text(value: &Value) -> Option<&str> {
    match &value.content {
        Content::String(text) => Some(text),
        _ => None,
    }
}

/// Returns the tag of an image if it is mutable; it is empty if the image has none.
fn floating(image: &str) -> Option<&str> {
    if image.is_empty() || image.contains('@') {
        return None;
    }
    let last = image.rsplit('/').next().unwrap_or_default();
    let tag = last.split_once(':').map_or("", |(_, tag)| tag);
    (tag.is_empty() || is_floating(tag)).then_some(tag)
}

fn is_floating(tag: &str) -> bool {
    FLOATING.contains(&tag)
}
