//! The images that the image pullers of a hub pull.

use crate::hub::ChartVersion;
use std::collections::BTreeSet;

use serde_json::Value;

use super::{Hub, locate_hub};
use crate::text::Span;
use crate::values::{self, Content};
use crate::yaml;

/// Paths of images of other projects that the chart runs. Each chart version has tested tags for them.
pub const OF_CHART: [&str; 5] = [
    "prePuller.pause.image",
    "proxy.chp.image",
    "proxy.traefik.image",
    "scheduling.userPlaceholder.image",
    "scheduling.userScheduler.image",
];

/// Returns the last part of an image name, without the suffix of the architecture.
pub fn short_name(name: &str) -> &str {
    let last = name.rsplit('/').next().unwrap_or(name);
    last.trim_end_matches("-amd64")
}

/// An image that user pods may run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubImage {
    /// The name of the container that pulls it, without the prefix `image-pull-`: `singleuser-profilelist-0`.
    pub name: String,
    /// The image reference: `quay.io/team/tool:v3`.
    pub image: String,
    /// The keys that lead to it in the values of the hub; items of lists have their index.
    pub keys: Vec<String>,
}

/// Returns the images of the hub in a values file; `None` if it has no values of a hub.
pub fn read_hub_images(text: &str) -> Option<Vec<HubImage>> {
    let document = yaml::parse(text).ok()?;
    let values = yaml::to_json(document.root()?).ok()?;
    locate_hub(&values).map(hub_images)
}

/// Returns the images that the image pullers pull for these values, in the chart's order: the network tools if they
/// block the cloud metadata server, the default image, init and extra containers, every profile with all of its
/// choices (unless `prePuller.pullProfileListImages` is false), and `prePuller.extraImages`.
pub fn hub_images(values: &Value) -> Vec<HubImage> {
    let user = &values["singleuser"];
    let mut images = Vec::new();
    let mut add = |name: String, keys: &[&str], image: Option<String>| {
        let keys = keys.iter().map(|&key| key.to_owned()).collect();
        images.extend(image.map(|image| HubImage { name, image, keys }));
    };
    if user["cloudMetadata"]["blockWithIptables"] == true {
        add(
            "metadata-block".to_owned(),
            &["singleuser", "networkTools", "image"],
            reference(&user["networkTools"]["image"]),
        );
    }
    add(
        "singleuser".to_owned(),
        &["singleuser", "image"],
        reference(&user["image"]),
    );
    let of_list = |list: &'static str| items(&user[list]).enumerate().map(move |item| (list, item));
    let containers = of_list("initContainers").chain(of_list("extraContainers"));
    for (index, (list, (at, container))) in containers.enumerate() {
        add(
            format!("singleuser-init-and-extra-containers-{index}"),
            &["singleuser", list, &at.to_string(), "image"],
            text(&container["image"]),
        );
    }
    if values["prePuller"]["pullProfileListImages"] != false {
        for (index, profile) in items(&user["profileList"]).enumerate() {
            let at = index.to_string();
            let profile_keys = ["singleuser", "profileList", &at];
            add(
                format!("singleuser-profilelist-{index}"),
                &[&profile_keys[..], &["kubespawner_override", "image"]].concat(),
                text(&profile["kubespawner_override"]["image"]),
            );
            for (option, choice, image) in choices(profile) {
                let keys = ["profile_options", option, "choices", choice];
                add(
                    format!("profile-{index}-option-{option}-choice-{choice}"),
                    &[&profile_keys[..], &keys, &["kubespawner_override", "image"]].concat(),
                    image,
                );
            }
        }
    }
    for (key, image) in pairs(&values["prePuller"]["extraImages"]) {
        add(
            key.clone(),
            &["prePuller", "extraImages", key],
            reference(image),
        );
    }
    images
}

/// Returns the place of an image in values files; `None` if only the chart sets it.
pub fn place_of(image: &HubImage, values: &values::Value) -> Option<Span> {
    let path = super::locate(values)?;
    let mut value = values.get_path(&super::keys(&path))?;
    for key in &image.keys {
        value = match &value.content {
            Content::List(items) => items.get(key.parse::<usize>().ok()?)?,
            _ => value.get(key)?,
        };
    }
    Some(super::span(value))
}

/// The first chart version whose image pullers pull the images of choices.
const CHOICES: ChartVersion = ChartVersion::new(3, 2);

/// Returns the images that the image pullers of a hub pull in its chart version.
pub fn of_pullers<'h>(hub: &'h Hub<'_>) -> &'h [HubImage] {
    hub.pulled.get_or_init(|| {
        let parts = ["singleuser", "prePuller"].into_iter();
        let parts = parts.filter_map(|part| Some((part.to_owned(), hub.get(part)?.to_json())));
        let mut images = hub_images(&parts.collect());
        if hub.version < CHOICES {
            images.retain(|image| {
                !(image.name.starts_with("profile-") && image.name.contains("-choice-"))
            });
        }
        images
    })
}

/// Returns the references of the images that [`of_pullers`] returns.
pub fn pulled<'h>(hub: &'h Hub<'_>) -> BTreeSet<&'h str> {
    let images = of_pullers(hub).iter();
    images.map(|image| image.image.as_str()).collect()
}

/// Returns the image reference in a value; `None` if it is empty, encrypted or no string.
pub fn text_of(value: &values::Value) -> Option<&str> {
    match &value.content {
        Content::String(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// Returns the option, the choice and the image override of each choice of a profile.
fn choices(profile: &Value) -> impl Iterator<Item = (&String, &String, Option<String>)> {
    pairs(&profile["profile_options"]).flat_map(|(option, spec)| {
        pairs(&spec["choices"]).map(move |(choice, spec)| {
            (option, choice, text(&spec["kubespawner_override"]["image"]))
        })
    })
}

/// Returns the reference of an image in the chart's form `{name, tag}`.
fn reference(image: &Value) -> Option<String> {
    let name = text(&image["name"])?;
    let tag = match &image["tag"] {
        Value::Number(tag) => Some(tag.to_string()),
        tag => text(tag),
    };
    Some(match tag {
        Some(tag) => format!("{name}:{tag}"),
        None => name,
    })
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn pairs(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_place_of_an_image_is_known() {
        let values = json!({
            "singleuser": {
                "cloudMetadata": {"blockWithIptables": true},
                "networkTools": {"image": {"name": "net", "tag": "1"}},
                "image": {"name": "user", "tag": null},
                "initContainers": [{"name": "i", "image": "init:1"}],
                "extraContainers": [{"name": "e", "image": "extra:1"}],
                "profileList": [
                    {"kubespawner_override": {"image": "p0:1"}},
                    {"profile_options": {"img": {"choices": {
                        "a": {"kubespawner_override": {"image": "c-a:1"}},
                        "b": {"kubespawner_override": {"mem_limit": "1G"}},
                    }}}},
                ],
            },
            "prePuller": {"extraImages": {"tool": {"name": "t", "tag": 3}}},
        });
        let names: Vec<String> = hub_images(&values)
            .into_iter()
            .map(|image| format!("{} {}", image.name, image.image))
            .collect();
        assert_eq!(
            names,
            [
                "metadata-block net:1",
                "singleuser user",
                "singleuser-init-and-extra-containers-0 init:1",
                "singleuser-init-and-extra-containers-1 extra:1",
                "singleuser-profilelist-0 p0:1",
                "profile-1-option-img-choice-a c-a:1",
                "tool t:3",
            ]
        );
    }

    #[test]
    fn profiles_are_left_to_the_first_spawn_where_the_chart_says_so() {
        let values = json!({
            "singleuser": {"image": {"name": "u"}, "profileList": [{"kubespawner_override": {"image": "p"}}]},
            "prePuller": {"pullProfileListImages": false},
        });
        assert_eq!(hub_images(&values).len(), 1);
    }
}
