use serde_json::Value;

use crate::yaml;

/// An image that a user's pod may run, with the name that z2jh gives to the container that pulls it
/// (without `image-pull-`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubImage {
    /// `singleuser-profilelist-0`
    pub name: String,
    /// `quay.io/team/tool:v3`
    pub image: String,
}

/// Keys that only the values of the z2jh chart have together.
const OF_HUB: [&str; 5] = ["singleuser", "prePuller", "hub", "proxy", "scheduling"];

/// The deepest nesting of charts around a hub: `binderhub.jupyterhub` is two.
const DEEPEST: usize = 3;

/// Where the values of z2jh stand in the values of a release: at the root, or under the keys of the
/// charts around it (`jupyterhub`, `basehub.jupyterhub`, an alias).
pub fn locate_hub(values: &Value) -> Option<&Value> {
    locate(values, DEEPEST)
}

/// The images of the hub whose values a text holds; nothing where it holds none.
pub fn read_hub_images(text: &str) -> Option<Vec<HubImage>> {
    let document = yaml::parse(text).ok()?;
    let values = yaml::to_json(document.root()?).ok()?;
    locate_hub(&values).map(hub_images)
}

fn locate(values: &Value, depth: usize) -> Option<&Value> {
    let map = values.as_object()?;
    if map.get("singleuser").is_some_and(Value::is_object) {
        return Some(values);
    }
    if let Some(hub) = map.get("jupyterhub").filter(|hub| hub.is_object()) {
        let is_hub = OF_HUB.iter().any(|key| hub.get(key).is_some());
        return if is_hub {
            Some(hub)
        } else {
            locate(hub, depth)
        };
    }
    if OF_HUB
        .iter()
        .any(|key| map.get(*key).is_some_and(Value::is_object))
    {
        return Some(values);
    }
    if depth == 0 {
        return None;
    }
    map.values()
        .find_map(|value| locate(value, depth - 1).filter(|hub| hub.get("singleuser").is_some()))
}

/// The images that the pullers of the z2jh chart pull for these values, in the chart's own order: the
/// network tools where they block the cloud's metadata, the default image, the init and extra
/// containers, every profile with all of its choices (unless `prePuller.pullProfileListImages` is
/// off), and `prePuller.extraImages`.
pub fn hub_images(values: &Value) -> Vec<HubImage> {
    let user = &values["singleuser"];
    let mut images = Vec::new();
    let mut add = |name: String, image: Option<String>| {
        images.extend(image.map(|image| HubImage { name, image }));
    };
    if user["cloudMetadata"]["blockWithIptables"] == true {
        add(
            "metadata-block".to_owned(),
            reference(&user["networkTools"]["image"]),
        );
    }
    add("singleuser".to_owned(), reference(&user["image"]));
    let containers = items(&user["initContainers"]).chain(items(&user["extraContainers"]));
    for (index, container) in containers.enumerate() {
        add(
            format!("singleuser-init-and-extra-containers-{index}"),
            text(&container["image"]),
        );
    }
    if values["prePuller"]["pullProfileListImages"] != false {
        for (index, profile) in items(&user["profileList"]).enumerate() {
            add(
                format!("singleuser-profilelist-{index}"),
                text(&profile["kubespawner_override"]["image"]),
            );
            for (option, choice, image) in choices(profile) {
                add(
                    format!("profile-{index}-option-{option}-choice-{choice}"),
                    image,
                );
            }
        }
    }
    for (key, image) in pairs(&values["prePuller"]["extraImages"]) {
        add(key.clone(), reference(image));
    }
    images
}

/// Each choice of each option of a profile with the image that it overrides.
fn choices(profile: &Value) -> impl Iterator<Item = (&String, &String, Option<String>)> {
    pairs(&profile["profile_options"]).flat_map(|(option, spec)| {
        pairs(&spec["choices"]).map(move |(choice, spec)| {
            (option, choice, text(&spec["kubespawner_override"]["image"]))
        })
    })
}

/// An image of the chart's own form, `{name, tag}`.
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
    value
        .as_str()
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
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

    #[test]
    fn a_hub_is_found_under_the_charts_around_it() {
        let hub = json!({"singleuser": {"image": {"name": "u"}}});
        for values in [
            hub.clone(),
            json!({"jupyterhub": hub}),
            json!({"other": 1, "binderhub": {"config": {}, "jupyterhub": hub}}),
            json!({"basehub": {"jupyterhub": hub}}),
            json!({"my-alias": hub}),
        ] {
            assert_eq!(locate_hub(&values), Some(&hub), "{values}");
        }
        assert_eq!(locate_hub(&json!({"grafana": {"image": {}}})), None);
    }
}
