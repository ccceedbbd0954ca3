use serde_json::json;

use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::Hub;
use crate::hub::images;
use crate::hub::profiles;
use crate::hub::span;
use crate::lint::documents::Edits;
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "PP005",
    "images-hidden-from-pullers",
    "an image of user pods is set in a key that the image pullers do not read",
)
.page(include_str!("images_not_seen.md"))
.fix(FixKind::Safe);

const HELP: &str = "add it to `prePuller.extraImages`";

/// Keys of containers in the overrides of a profile.
const CONTAINERS: [&[&str]; 6] = [
    &["init_containers"],
    &["extra_containers"],
    &["extra_pod_config", "initContainers"],
    &["extra_pod_config", "init_containers"],
    &["extra_pod_config", "containers"],
    &["extra_pod_config", "ephemeralContainers"],
];

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    if !hub.pulls() {
        return;
    }
    let pulled = images::pulled(hub);
    let mut hidden = Vec::new();
    for overrides in profiles::overrides(hub) {
        hidden.extend(overrides.get("image_spec"));
        for path in CONTAINERS {
            let containers = overrides.get_path(path).map(profiles::items);
            let containers = containers.unwrap_or_default().into_iter();
            hidden.extend(containers.filter_map(|container| container.get("image")));
        }
    }
    let config = ["KubeSpawner", "Spawner"];
    for class in config {
        let path = format!("hub.config.{class}");
        hidden.extend(hub.get(&format!("{path}.image")));
        let list = hub.get(&format!("{path}.profile_list")).map(profiles::items);
        let overrides = list.unwrap_or_default().into_iter();
        hidden.extend(
            overrides.filter_map(|profile| profile.get_path(&["kubespawner_override", "image"])),
        );
    }
    for value in hidden {
        let Some(image) = images::text_of(value).filter(|image| !pulled.contains(*image)) else {
            continue;
        };
        let message = format!("image pullers do not pull `{image}`: they do not read this key");
        let finding = Diagnostic::new(&CODE, message)
            .at(span(value), "not read by image pullers")
            .help(HELP);
        let edits = as_extra_image(cx, image);
        let finding = fixes::safe_fix(finding, "add it to `prePuller.extraImages`", edits);
        profiles::report(findings, finding);
    }
    findings.extend(in_code(hub));
}

/// Returns the edits that add an extra image; `None` without a tag, which the chart requires, or without a container
/// name.
fn as_extra_image(cx: &Context<'_>, image: &str) -> Edits {
    const EXTRA: &str = "prePuller.extraImages";
    /// The length that the chart's prefix leaves for the name of the container.
    const MOST: usize = 63 - "image-pull-extra-".len();
    let hub = cx.hub;
    let (name, tag) = image.rsplit_once(':').filter(|(_, tag)| !tag.contains('/'))?;
    let last = name.rsplit('/').next()?.split(['@', ':']).next()?;
    let plain = last.to_ascii_lowercase().replace(['.', '_'], "-");
    let plain = plain.trim_matches('-');
    let is_free = |key: &String| hub.get(&format!("{EXTRA}.{key}")).is_none();
    let numbered = (2..100).map(|number| format!("{plain}-{number}"));
    let key = std::iter::once(plain.to_owned()).chain(numbered).find(is_free)?;
    let is_label = |key: &str| {
        let mut letters = key.chars();
        letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
    };
    if plain.is_empty() || key.len() > MOST || !is_label(&key) {
        return None;
    }
    fixes::set_near(
        cx,
        &format!("{EXTRA}.{key}"),
        json!({"name": name, "tag": tag}),
    )
}

/// Returns a finding for each item of `hub.extraConfig` that sets images. Code that only selects profiles of the values
/// sets none.
fn in_code(hub: &Hub<'_>) -> Vec<Diagnostic> {
    let assigns = |code: &&Value| match &code.content {
        Content::String(code) => {
            let makes_profiles = code.contains("KubeSpawner.profile_list =")
                && code.replace("KubeSpawner.image", "").contains("image");
            code.contains("KubeSpawner.image =") || makes_profiles
        }
        _ => false,
    };
    let code = hub.entries("hub.extraConfig").map(|(_, code)| code);
    let finding = |code| {
        let message = "image pullers do not pull images that `hub.extraConfig` sets";
        let mut finding = Diagnostic::new(&CODE, message)
            .at(span(code), "sets images or profiles")
            .help("add these images to `prePuller.extraImages`");
        finding.level = Level::Note;
        finding
    };
    code.filter(assigns).map(finding).collect()
}
