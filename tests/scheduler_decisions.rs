//! The simulated scheduler decides as kube-scheduler has decided: `testdata/scheduler/decisions.json`.

mod support;

use std::collections::BTreeMap;

use dunnage::capacity::resources::Resources;
use dunnage::capacity::simulate::scheduler::{
    Decision, Pod, Profile, SimulatedCluster, SimulatedNode,
};
use dunnage::k8s::syntax;
use serde_json::{Value, json};
use support::demands;

const DECISIONS: &str = include_str!("../testdata/scheduler/decisions.json");

/// Cases that need what a simulation of placeholders does not, with the reason.
const OTHERS: &[(&str, &str)] = &[
    ("15.sts", "PodTopologySpread, by the owner of pods"),
    ("22.nominated-ph", "victims that take time to end"),
    ("23.waits", "victims that take time to end"),
    ("23.new-node", "victims that take time to end"),
];

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn amount(value: &Value, factor: f64) -> Option<u64> {
    let number = match value {
        Value::Null => return None,
        Value::Number(number) => number.as_f64(),
        text => syntax::quantity(text.as_str().expect("a quantity")),
    };
    let amount = (number.expect("a quantity") * factor).round();
    Some(format!("{amount}").parse().expect("a whole number"))
}

fn resources(value: &Value) -> Resources {
    Resources {
        cpu: amount(&value["cpu"], 1000.0).unwrap_or_default(),
        memory: amount(&value["memory"], 1.0).unwrap_or_default(),
        pods: amount(&value["pods"], 1.0).unwrap_or_default(),
    }
}

/// A cluster with the names of its pods.
struct World<'c> {
    case: &'c Value,
    cluster: SimulatedCluster,
    names: Vec<String>,
    profile: Profile,
}

impl<'c> World<'c> {
    fn new(case: &'c Value) -> Self {
        let mut world = Self {
            case,
            cluster: SimulatedCluster::new(
                items(&case["pdbs"])
                    .map(|budget| budget["disruptions_allowed"].as_i64().expect("a number"))
                    .collect(),
            ),
            names: Vec::new(),
            profile: match text(&case["profile"]) {
                "user-scheduler" => Profile::MostAllocated,
                _ => Profile::LeastAllocated,
            },
        };
        for node in items(&case["nodes"]) {
            for (name, _) in copies(node) {
                world.add_node(node, name);
            }
        }
        for pod in items(&case["pods"]) {
            for (name, index) in copies(pod) {
                let added = world.add_pod(pod, name, index);
                let node = world.node(text(&pod["node"]));
                world.cluster.bind(added, node);
            }
        }
        world
    }

    fn add_node(&mut self, node: &Value, name: String) {
        let taints = items(&node["taints"]).map(|taint| {
            let value = taint["value"].as_str().unwrap_or_default();
            let written = format!("{}={value}:{}", text(&taint["key"]), text(&taint["effect"]));
            written.parse().expect("a taint")
        });
        let labels = node["labels"].as_object().into_iter().flatten();
        let labels = labels.map(|(key, value)| (key.clone(), text(value).to_owned()));
        let images = node["images"].as_object().into_iter().flatten();
        let mut added = SimulatedNode::new(&name, resources(&node["allocatable"]));
        added.labels = labels.chain([("kubernetes.io/hostname".to_owned(), name)]).collect();
        added.taints = taints.collect();
        added.images = images
            .map(|(image, size)| (image.clone(), size.as_u64().expect("bytes")))
            .collect();
        self.cluster.add_node(added);
    }

    fn add_pod(&mut self, pod: &Value, name: String, index: u32) -> usize {
        let requests = &pod["requests"];
        let mut added = Pod::requesting(
            amount(&requests["cpu"], 1000.0),
            amount(&requests["memory"], 1.0),
        );
        added.priority = pod["priority"].as_i64().unwrap_or_default();
        let number = |key: &str| pod[key].as_f64().unwrap_or_default();
        added.started = number("started") + number("started_step") * f64::from(index);
        added.never_preempts = pod["preemptionPolicy"] == "Never";
        let init = items(&pod["init_containers"]).map(|container| &container["image"]);
        let images = init.chain([&pod["image"]]);
        added.images = images
            .map(|image| image.as_str().unwrap_or("registry.k8s.io/pause:3.10").to_owned())
            .collect();
        let mut spec = json!({"containers": [{"name": "main", "image": "a"}]});
        for key in ["tolerations", "nodeSelector"] {
            if !pod[key].is_null() {
                spec[key] = pod[key].clone();
            }
        }
        if !pod["nodeAffinity"].is_null() {
            spec["affinity"] = json!({"nodeAffinity": pod["nodeAffinity"]});
        }
        added.demands = demands(&spec);
        let budgets = items(&self.case["pdbs"]).enumerate();
        let covers = |budget: &Value| {
            let selector = budget["selector"].as_object().into_iter().flatten();
            let mut pairs = selector.map(|(key, value)| pod["labels"].get(key) == Some(value));
            pairs.all(|is_same| is_same)
        };
        added.budgets =
            budgets.filter(|(_, budget)| covers(budget)).map(|(index, _)| index).collect();
        self.names.push(name);
        self.cluster.add(added)
    }

    fn node(&self, name: &str) -> usize {
        let mut nodes = self.cluster.nodes.iter();
        nodes.position(|node| node.name == name).expect("a node")
    }

    /// Schedules a pod until it is bound or stays pending; what happened, as the cases say it.
    fn schedule(&mut self, pod: &Value, name: String, index: u32) -> Value {
        let pod = self.add_pod(pod, name, index);
        let name = |world: &Self, node: usize| world.cluster.nodes[node].name.clone();
        match self.cluster.decide(pod, self.profile) {
            Decision::Bind(node) => {
                self.cluster.bind(pod, node);
                json!({"binds_to": name(self, node)})
            }
            Decision::Pending => json!({"unschedulable": true}),
            Decision::Preempt { node, victims } => {
                for victim in &victims {
                    self.cluster.remove(*victim, node);
                }
                let mut names: Vec<&String> = victims.iter().map(|pod| &self.names[*pod]).collect();
                names.sort();
                let mut outcome = json!({"nominated": name(self, node), "victims": names});
                if let Decision::Bind(node) = self.cluster.decide(pod, self.profile) {
                    self.cluster.bind(pod, node);
                    outcome["then_binds_to"] = name(self, node).into();
                }
                outcome
            }
        }
    }
}

/// The names of all objects that an entry stands for.
fn copies(entry: &Value) -> impl Iterator<Item = (String, u32)> {
    let count = entry["count"].as_u64().unwrap_or(1);
    let name = text(&entry["name"]).to_owned();
    (0..u32::try_from(count).expect("a few"))
        .map(move |index| (name.replace("{i}", &index.to_string()), index))
}

/// What is compared of an outcome.
fn compared(outcome: &Value) -> Value {
    let keys = [
        "binds_to",
        "nominated",
        "victims",
        "then_binds_to",
        "unschedulable",
    ];
    let mut compared = json!({});
    for key in keys {
        if !outcome[key].is_null() {
            compared[key] = outcome[key].clone();
        }
    }
    if let Some(victims) = compared["victims"].as_array_mut() {
        victims.sort_by_key(|name| name.as_str().map(str::to_owned));
    } else {
        compared.as_object_mut().expect("a mapping").remove("victims");
    }
    compared
}

/// What is wrong with the decisions in a case.
fn check(case: &Value) -> Result<(), String> {
    let expected = &case["expected"];
    let mut world = World::new(case);
    check_scores(&mut world, expected)?;
    let more = items(&case["incoming_more"]);
    let mut outcomes = Vec::new();
    for pod in [&case["incoming"]].into_iter().chain(more) {
        for (name, index) in copies(pod) {
            outcomes.push(world.schedule(pod, name, index));
        }
    }
    if let Some(per_node) = expected["per_node"].as_object() {
        let mut found: BTreeMap<&str, u64> = BTreeMap::new();
        for outcome in &outcomes {
            let node = outcome["binds_to"].as_str().or(outcome["then_binds_to"].as_str());
            *found.entry(node.unwrap_or("none")).or_default() += 1;
        }
        let wanted = per_node
            .iter()
            .map(|(node, count)| (node.as_str(), count.as_u64().unwrap_or_default()));
        let wanted: BTreeMap<&str, u64> = wanted.collect();
        return same(&format!("{found:?}"), &format!("{wanted:?}"));
    }
    if let Some(sequence) = expected["sequence"].as_array() {
        for (found, wanted) in outcomes.iter().zip(sequence) {
            same(&compared(found).to_string(), &compared(wanted).to_string())?;
        }
        return Ok(());
    }
    let found = compared(&outcomes[0]).to_string();
    let wanted: Vec<String> = match expected["any_of"].as_array() {
        Some(several) => several.iter().map(|one| compared(one).to_string()).collect(),
        None => vec![compared(expected).to_string()],
    };
    if wanted.contains(&found) {
        return Ok(());
    }
    same(&found, &wanted.join(" or "))
}

/// The total score of each node, where the cases have it.
fn check_scores(world: &mut World<'_>, expected: &Value) -> Result<(), String> {
    let Some(scores) = expected["scores"].as_object() else {
        return Ok(());
    };
    let (name, index) = copies(&world.case["incoming"]).next().expect("a pod");
    let pod = world.add_pod(&world.case["incoming"], name, index);
    let nodes: Vec<usize> = scores.keys().map(|name| world.node(name)).collect();
    let pod = world.cluster.pod(pod);
    let found = world.cluster.scores(pod, &nodes, world.profile);
    for ((name, wanted), found) in scores.iter().zip(found) {
        let wanted = wanted["total"].as_i64().expect("a total");
        same(&format!("{name} {found}"), &format!("{name} {wanted}"))?;
    }
    Ok(())
}

fn same(found: &str, wanted: &str) -> Result<(), String> {
    if found == wanted {
        Ok(())
    } else {
        Err(format!("it is {found}, and was {wanted}"))
    }
}

#[test]
fn pods_go_where_kube_scheduler_sent_them() {
    let decisions: Value = serde_json::from_str(DECISIONS).expect("JSON");
    let is_other = |case: &&Value| {
        let id = text(&case["id"]);
        let id = id
            .rsplit_once('.')
            .filter(|(_, profile)| ["default", "user"].contains(profile))
            .map_or(id, |(id, _)| id);
        OTHERS.iter().any(|(other, _)| *other == id)
    };
    let cases: Vec<&Value> = items(&decisions["cases"]).collect();
    let (others, cases): (Vec<&Value>, Vec<&Value>) = cases.into_iter().partition(is_other);
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| Some(format!("{}: {}", text(&case["id"]), check(case).err()?)))
        .collect();
    println!(
        "{} of {} cases, {} others",
        cases.len() - wrong.len(),
        cases.len(),
        others.len()
    );
    for (id, reason) in OTHERS {
        println!("not compared: {id}: {reason}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(cases.len() > 110, "only {} cases", cases.len());
}
