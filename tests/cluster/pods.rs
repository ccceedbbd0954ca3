//! Where pods run, and what the product foretold of them.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::Duration;

use dunnage::k8s::Fit;
use serde_json::Value;

use crate::cluster::Cluster;
use crate::support::{demands, refusals};

/// A pod that runs somewhere, or that cannot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pod {
    pub(crate) name: String,
    /// `Deployment/hub`, or the pod itself.
    pub(crate) owner: String,
    /// Its node, or the scheduler's words.
    pub(crate) node: Result<String, String>,
    pub(crate) spec: Value,
}

/// What controllers and the scheduler still have to do is not seen by one look: nothing changes for as long.
const QUIET: Duration = Duration::from_millis(400);

impl Cluster {
    /// All pods, once controllers and scheduler are done with them.
    pub(crate) fn pods(&self) -> Vec<Pod> {
        let mut last = None;
        self.wait_for("an end of all controllers' work", || {
            let pods = settled(&self.objects(
                "deployments,replicasets,statefulsets,daemonsets,replicationcontrollers,jobs,pods",
            ));
            if pods.is_some() && pods == last {
                return pods;
            }
            last = pods;
            thread::sleep(QUIET);
            None
        })
    }

    /// Where the pods of each owner are: pools, or `Pending`; of a DaemonSet the nodes. One line each.
    pub(crate) fn places(&self) -> String {
        let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for pod in self.pods() {
            let place = match &pod.node {
                Ok(node) if pod.owner.starts_with("DaemonSet/") => node.clone(),
                Ok(node) => self.pool(node).to_owned(),
                Err(_) => "Pending".to_owned(),
            };
            places.entry(pod.owner).or_default().insert(place);
        }
        let lines = places.into_iter().map(|(owner, places)| {
            let places: Vec<String> = places.into_iter().collect();
            format!("{owner}: {}\n", places.join(" "))
        });
        lines.collect()
    }

    /// The node of every pod that the scheduler ever placed, hooks that are gone included, by the name that
    /// its controller gave it before a dash.
    pub(crate) fn nodes_ever(&self, prefix: &str) -> BTreeSet<String> {
        let events = self.objects("events");
        let scheduled = events.iter().filter_map(|event| {
            let message = event["message"].as_str()?;
            let (pod, node) = message.strip_prefix("Successfully assigned ")?.split_once(" to ")?;
            let (_, pod) = pod.split_once('/')?;
            pod.starts_with(prefix).then(|| node.to_owned())
        });
        scheduled.collect()
    }

    pub(crate) fn pool(&self, node: &str) -> &'static str {
        let found = self.nodes.iter().find(|known| known.name == node);
        found.unwrap_or_else(|| panic!("there is no node {node}")).pool
    }

    /// Every pod is where the product's own evaluation of nodes says, or refused for the same reasons.
    pub(crate) fn check_nodes(&self) {
        self.check_nodes_of(|_| true);
    }

    /// The same for some pods; those whose room or neighbours count are not among them.
    pub(crate) fn check_nodes_of(&self, is_checked: impl Fn(&Pod) -> bool) {
        let mut pods = self.pods();
        pods.retain(is_checked);
        assert!(!pods.is_empty(), "no pods");
        for pod in &pods {
            let demands = demands(&pod.spec);
            let mut taking = BTreeMap::new();
            let mut refused: BTreeMap<String, usize> = BTreeMap::new();
            for node in &self.nodes {
                match demands.fit(node.known()) {
                    Fit::Takes => {
                        taking.insert(node.name.clone(), demands.preference(node.known()));
                    }
                    Fit::Refuses(refusal) => {
                        *refused.entry(refusal.event().to_owned()).or_default() += 1;
                    }
                    Fit::Depends(labels) => panic!("{}: {labels:?}", pod.name),
                }
            }
            match &pod.node {
                Ok(node) => {
                    let most = taking.values().max();
                    let weight = taking.get(node);
                    assert!(
                        weight.is_some() && weight == most,
                        "{} on {node}: {taking:?}",
                        pod.name
                    );
                }
                Err(message) => {
                    assert_eq!(taking, BTreeMap::new(), "{}: {message}", pod.name);
                    assert_eq!(refused, refusals(message), "{}: {message}", pod.name);
                }
            }
        }
    }

    /// Every pod is in a pool that does not refuse it according to the report, one that it prefers most; and
    /// a pod that is nowhere is taken by none of them.
    pub(crate) fn check_report(&self, report: &Value) {
        let mut checked = 0;
        for pod in self.pods() {
            let Some(fits) = fits(report, &pod.owner) else {
                continue;
            };
            let known: Vec<&Value> = fits
                .iter()
                .filter(|fit| self.nodes.iter().any(|node| fit["pool"] == node.pool))
                .collect();
            let taking = known.iter().filter(|fit| fit["fit"] != "refuses");
            let most = taking.map(|fit| fit["preference"].as_i64()).max();
            match &pod.node {
                Ok(node) => {
                    let pool = self.pool(node);
                    let Some(fit) = known.iter().find(|fit| fit["pool"] == pool) else {
                        continue;
                    };
                    assert_ne!(fit["fit"], "refuses", "{} on {node}: {fit}", pod.owner);
                    let is_pinned = pod.owner.starts_with("DaemonSet/");
                    let weight = Some(fit["preference"].as_i64());
                    assert!(
                        is_pinned || weight == most,
                        "{} on {node}: {fits:?}",
                        pod.owner
                    );
                }
                Err(message) => {
                    for fit in known {
                        assert_ne!(fit["fit"], "takes", "{}: {message}: {fit}", pod.owner);
                        let event = fit["event"].as_str().unwrap_or_default();
                        assert!(message.contains(event), "{}: {message}: {fit}", pod.owner);
                    }
                }
            }
            checked += 1;
        }
        assert!(checked > 0, "the report speaks of no pod that there is");
    }
}

/// What the report says of the first template of an object: `Deployment/hub`.
fn fits<'r>(report: &'r Value, owner: &str) -> Option<&'r Vec<Value>> {
    let (kind, name) = owner.split_once('/')?;
    let mut objects = report["objects"].as_array()?.iter();
    let object = objects.find(|object| object["kind"] == kind && object["name"] == name)?;
    object["templates"][0]["fits"].as_array()
}

/// The pods, unless something is still to happen.
fn settled(objects: &[Value]) -> Option<Vec<Pod>> {
    let of = |kind: &'static str| objects.iter().filter(move |object| object["kind"] == kind);
    let number = |object: &Value, path: &str| {
        object.pointer(path).and_then(Value::as_i64).unwrap_or_default()
    };
    let is_seen = |object: &Value| {
        number(object, "/status/observedGeneration") >= number(object, "/metadata/generation")
    };
    let done = |kind: &'static str, wanted: &'static str, there: &'static str| {
        of(kind).all(|object| is_seen(object) && number(object, wanted) == number(object, there))
    };
    let is_done = done("Deployment", "/spec/replicas", "/status/updatedReplicas")
        && done("ReplicaSet", "/spec/replicas", "/status/replicas")
        && done(
            "ReplicationController",
            "/spec/replicas",
            "/status/replicas",
        )
        && done("StatefulSet", "/spec/replicas", "/status/updatedReplicas")
        && done(
            "DaemonSet",
            "/status/desiredNumberScheduled",
            "/status/updatedNumberScheduled",
        )
        && of("Job").all(|job| !job["status"].as_object().is_none_or(serde_json::Map::is_empty));
    if !is_done {
        return None;
    }
    of("Pod").map(|pod| settled_pod(pod, objects)).collect()
}

fn settled_pod(pod: &Value, objects: &[Value]) -> Option<Pod> {
    let conditions = pod.pointer("/status/conditions").and_then(Value::as_array);
    let unschedulable = conditions.into_iter().flatten().find(|condition| {
        condition["type"] == "PodScheduled" && condition["reason"] == "Unschedulable"
    });
    let phase = pod.pointer("/status/phase").and_then(Value::as_str);
    let node = pod.pointer("/spec/nodeName").and_then(Value::as_str);
    let node = match (node, phase, unschedulable) {
        (Some(node), Some("Running" | "Succeeded"), _) => Ok(node.to_owned()),
        (None, _, Some(condition)) => Err(condition["message"].as_str()?.to_owned()),
        _ => return None,
    };
    if !pod["metadata"]["deletionTimestamp"].is_null() {
        return None;
    }
    Some(Pod {
        name: pod["metadata"]["name"].as_str()?.to_owned(),
        owner: owner(pod, objects),
        node,
        spec: pod["spec"].clone(),
    })
}

/// The topmost controller of an object, or the object itself.
fn owner(object: &Value, objects: &[Value]) -> String {
    let controller = &object["metadata"]["ownerReferences"][0];
    if controller.is_null() {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        return format!(
            "{}/{}",
            text(&object["kind"]),
            text(&object["metadata"]["name"])
        );
    }
    let above = objects.iter().find(|above| above["metadata"]["uid"] == controller["uid"]);
    above.map_or_else(
        || format!("gone/{}", controller["name"]),
        |above| owner(above, objects),
    )
}
