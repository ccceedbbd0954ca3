//! The user servers of a hub: on which nodes each can run, which images it uses and what it requests.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::profiles::{self, SpawnerSettings};
use super::seats::{self, Seat};
use super::{Hub, HubImage, hub_images};
use crate::k8s::{Affinity, Demands, Toleration};
use crate::yaml;

/// A user server that users can start.
#[derive(Debug, Clone)]
pub struct UserServer {
    /// How messages name it: `` the profile `Large` ``.
    pub title: String,
    /// Its images.
    pub images: BTreeSet<String>,
    /// What it demands of its node; `None` if that is unknown.
    pub demands: Option<Demands>,
    /// What it requests, as quantities by resource; `None` if that is unknown.
    pub requests: Option<BTreeMap<String, String>>,
}

/// Traits that place a server.
const PLACEMENT: [&str; 3] = ["node_selector", "tolerations", "node_affinity_required"];

/// Returns the user servers, in the order of the profiles.
pub fn user_servers(hub: &Hub<'_>) -> Vec<UserServer> {
    // Python code may place servers in another way.
    let is_open =
        PLACEMENT.iter().any(|name| hub.code_may_set(name)) || profiles::has_own_spawner(hub);
    // Without the key, as in other charts with a hub, nobody says what user pods tolerate.
    let is_open = is_open || hub.get("scheduling.userPods.tolerations").is_none();
    let server = |settings: &SpawnerSettings<'_>| UserServer {
        title: settings.title.clone(),
        images: images(settings),
        demands: (!is_open).then(|| demands(settings)).flatten(),
        requests: seats::of(settings).map(|seat| quantities(&seat)),
    };
    profiles::effective(hub).iter().map(server).collect()
}

/// The name of the image that blocks the metadata of the cloud, which every server uses.
const BLOCK: &str = "metadata-block";

/// Returns what can start images that are in no list: options with unlisted choices, and Python code.
pub fn unknown_images(hub: &Hub<'_>) -> Vec<String> {
    let mut unknown = Vec::new();
    for profile in hub.profiles() {
        let options = profile.get("profile_options").and_then(crate::values::Value::as_map);
        for (key, option) in options.into_iter().flat_map(|options| &options.entries) {
            let choice = option.get("unlisted_choice");
            let is_enabled = choice.and_then(|choice| choice.get("enabled"));
            if is_enabled.is_some_and(|enabled| enabled.to_json() == true) {
                unknown.push(format!(
                    "users can enter an image in the option `{key}` (`unlisted_choice`)"
                ));
            }
        }
    }
    if hub.code_may_set("image") {
        unknown.push("Python code of the hub (`hub.extraConfig`) can set images".to_owned());
    }
    unknown
}

/// Returns the images of the hub with the indexes of the servers that use each; empty if that is unknown.
pub fn images_of_servers(hub: &Hub<'_>, servers: &[UserServer]) -> Vec<(HubImage, Vec<usize>)> {
    let all = hub_images(&hub.values.to_json()).into_iter();
    all.map(|image| {
        let users = servers.iter().enumerate();
        let users =
            users.filter(|(_, server)| image.name == BLOCK || server.images.contains(&image.image));
        let users = users.map(|(index, _)| index).collect();
        (image, users)
    })
    .collect()
}

fn images(settings: &SpawnerSettings<'_>) -> BTreeSet<String> {
    let text = |value: &crate::values::Value| value.as_text().map(str::to_owned);
    let containers = ["init_containers", "extra_containers"].into_iter();
    let containers = containers.flat_map(|name| settings.items(name));
    let others = containers.filter_map(|container| text(container.get("image")?));
    let own = settings.get("image").and_then(text);
    own.into_iter().chain(others).collect()
}

/// Returns what a server demands of its node; `None` if a part is unknown.
fn demands(settings: &SpawnerSettings<'_>) -> Option<Demands> {
    if settings.get("extra_pod_config").is_some_and(|pod| {
        ["nodeSelector", "tolerations", "affinity", "node_selector"]
            .iter()
            .any(|key| pod.get(key).is_some())
    }) {
        return None;
    }
    let items = |name: &str| -> Json {
        settings.items(name).into_iter().map(|item| item.to_json()).collect()
    };
    let mut spec = json!({"tolerations": items("tolerations")});
    if let Some(selector) = settings.get("node_selector") {
        spec["nodeSelector"] = selector.to_json();
    }
    let terms = items("node_affinity_required");
    if terms.as_array().is_some_and(|terms| !terms.is_empty()) {
        spec["affinity"]["nodeAffinity"][Affinity::REQUIRED]["nodeSelectorTerms"] = terms;
    }
    let text = spec.to_string();
    if text.contains("ENC[") {
        return None;
    }
    let document = yaml::parse(&text).ok()?;
    let root = document.root()?;
    let tolerations = root.get("tolerations").into_iter().flat_map(|list| list.items());
    Some(Demands {
        tolerations: tolerations.map(Toleration::read).collect(),
        affinity: Affinity::read(root),
        preferred: Vec::new(),
    })
}

/// Returns a seat as quantities by resource, without resources of which it requests nothing.
fn quantities(seat: &Seat) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut add = |name: &str, amount: f64, text: String| {
        if amount > 0.0 {
            all.insert(name.to_owned(), text);
        }
    };
    add("cpu", seat.cpu, seat.cpu.to_string());
    add("memory", seat.memory, bytes(seat.memory));
    for (name, amount) in &seat.others {
        add(name, *amount, amount.to_string());
    }
    all
}

/// Returns a number of bytes with the largest unit that divides it.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an amount of memory"
)]
fn bytes(amount: f64) -> String {
    let whole = amount.ceil().max(0.0) as u64;
    let units = [("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10)];
    let unit = units
        .into_iter()
        .find(|(_, power)| whole > 0 && whole.trailing_zeros() >= *power);
    match unit {
        Some((unit, power)) => format!("{}{unit}", whole >> power),
        None => whole.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::tests::with_hub;

    const VALUES: &str = "
singleuser:
  image: {name: base, tag: '1'}
  cpu: {guarantee: 0.05}
  memory: {guarantee: 1.5G}
  initContainers: [{name: i, image: 'init:1'}]
  profileList:
    - display_name: Small
    - display_name: GPU
      kubespawner_override:
        image: cuda:1
        mem_guarantee: 16G
        node_selector: {gpu: 'true'}
        extra_resource_limits: {nvidia.com/gpu: '1'}
        tolerations: [{key: nvidia.com/gpu, operator: Exists}]
prePuller: {extraImages: {tool: {name: t, tag: '3'}}}
";

    #[test]
    fn a_server_has_the_settings_of_its_profile() {
        let servers = with_hub("4.4", VALUES, user_servers);
        let [small, gpu] = &servers[..] else {
            panic!("{servers:?}");
        };
        let shown = |server: &UserServer| {
            let requests = server.requests.as_ref().expect("known");
            let requests = requests.iter().map(|(name, amount)| format!("{name}={amount}"));
            requests.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(shown(small), "cpu=0.05 memory=1536Mi");
        assert_eq!(shown(gpu), "cpu=0.05 memory=16Gi nvidia.com/gpu=1");
        let selector = |server: &UserServer| {
            let demands = server.demands.clone().expect("known");
            (
                demands.affinity.node_selector.len(),
                demands.tolerations.len(),
            )
        };
        assert_eq!(selector(small), (0, 2));
        assert_eq!(selector(gpu), (1, 1));
    }

    #[test]
    fn an_image_belongs_to_the_servers_that_use_it() {
        let images = with_hub("4.4", VALUES, |hub| {
            let servers = user_servers(hub);
            images_of_servers(hub, &servers)
        });
        let of = |name: &str| {
            let mut found = images.iter().filter(|(image, _)| image.image == name);
            found.next().map(|(_, users)| users.clone())
        };
        assert_eq!(of("base:1"), Some(vec![0]));
        assert_eq!(of("cuda:1"), Some(vec![1]));
        assert_eq!(of("init:1"), Some(vec![0, 1]));
        assert_eq!(of("t:3"), Some(vec![]));
        let block = images.iter().find(|(image, _)| image.name == "metadata-block");
        assert_eq!(block.map(|(_, users)| users.len()), Some(2));
    }

    #[test]
    fn code_may_place_servers_in_another_way() {
        let text = "hub: {extraConfig: {a: 'c.KubeSpawner.node_selector = f()'}}\n";
        let servers = with_hub("4.4", text, user_servers);
        assert!(servers[0].demands.is_none());
        let text = "singleuser: {extraPodConfig: {tolerations: []}}\n";
        let servers = with_hub("4.4", text, user_servers);
        assert!(servers[0].demands.is_none());
    }
}
