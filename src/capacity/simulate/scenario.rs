//! A cluster as it is written, played to its end.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::autoscaler::{AutoscalerFlags, AutoscalerState, Buffer};
use super::outcome::ScenarioOutcome;
use super::scheduler::{Pod, Profile};
use super::world::{Blocker, NodePool, PodKind, World};
use crate::capacity::resources::Resources;
use crate::k8s::{Demands, Effect, Operator, Taint, Toleration, syntax};

/// The default age of pods that run at the start: a day.
const DAY: f64 = 86_400.0;

/// A cluster, and what happens in it. Times are seconds from the start, amounts are quantities.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scenario {
    /// A name.
    #[serde(default)]
    pub id: String,
    /// What it is about.
    #[serde(default)]
    pub title: String,
    scheduler: ScenarioProfile,
    #[serde(default)]
    autoscaler: BTreeMap<String, String>,
    pools: Vec<ScenarioPool>,
    #[serde(default)]
    pods: Vec<ScenarioPod>,
    #[serde(default)]
    daemon_sets: Vec<ScenarioPod>,
    #[serde(default)]
    pdbs: Vec<ScenarioBudget>,
    #[serde(default)]
    buffers: Vec<ScenarioBuffer>,
    #[serde(default)]
    steps: Vec<ScenarioStep>,
    until: f64,
    /// Whether an implementation has to reproduce a recorded case; not used here.
    #[serde(default)]
    pub reproduce: Value,
    /// Why not; not used here.
    #[serde(default)]
    pub why: Value,
    /// What of `users` is compared; not used here.
    #[serde(default)]
    pub compare: Value,
    /// What happened in a recorded case; not used here.
    #[serde(default)]
    pub expect: Value,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ScenarioProfile {
    MostAllocated,
    LeastAllocated,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ScenarioPool {
    name: String,
    allocatable: BTreeMap<String, Value>,
    #[serde(default)]
    min: usize,
    max: usize,
    #[serde(default)]
    nodes: usize,
    register: f64,
    ready: f64,
    /// Ready to image; a scenario looks at nodes alone.
    #[serde(default)]
    pull: f64,
    startup_taint: Option<ScenarioTaint>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ScenarioTaint {
    key: String,
    #[serde(default)]
    value: String,
    effect: String,
    seconds: f64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ScenarioPod {
    name: String,
    #[serde(default = "one")]
    count: usize,
    node: Option<String>,
    age: Option<f64>,
    #[serde(default)]
    at: f64,
    #[serde(default)]
    every: f64,
    #[serde(default)]
    requests: BTreeMap<String, Value>,
    priority: Option<i64>,
    owner: Option<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
    #[serde(default)]
    volumes: Vec<Value>,
    #[serde(default)]
    tolerations: Vec<ScenarioToleration>,
    #[serde(default)]
    node_selector: BTreeMap<String, String>,
    namespace: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ScenarioToleration {
    #[serde(default)]
    key: String,
    operator: Option<String>,
    #[serde(default)]
    value: String,
    #[serde(default)]
    effect: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ScenarioBudget {
    #[expect(dead_code, reason = "read, so that it is no unknown member")]
    name: String,
    selector: BTreeMap<String, String>,
    namespace: Option<String>,
    disruptions_allowed: i64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ScenarioBuffer {
    #[expect(dead_code, reason = "read, so that it is no unknown member")]
    name: String,
    replicas: u64,
    requests: BTreeMap<String, Value>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ScenarioStep {
    at: f64,
    delete: String,
    first: Option<usize>,
}

fn one() -> usize {
    1
}

impl Scenario {
    /// Reads a scenario, as JSON.
    ///
    /// # Errors
    /// For a text that is no scenario, with its line and column.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Plays it.
    ///
    /// # Errors
    /// For an amount, a flag or a taint that cannot be read, and for a node that is not there.
    pub fn play(&self) -> Result<ScenarioOutcome, String> {
        self.check_size()?;
        let pools = self.pools.iter().map(ScenarioPool::pool);
        let pools: Vec<NodePool> = pools.collect::<Result<_, _>>()?;
        let daemons = self.daemon_sets.iter().map(|daemon| self.pod(daemon));
        let profile = match self.scheduler {
            ScenarioProfile::MostAllocated => Profile::MostAllocated,
            ScenarioProfile::LeastAllocated => Profile::LeastAllocated,
        };
        let budgets = self.pdbs.iter().map(|budget| budget.disruptions_allowed);
        let mut world = World::new(
            profile,
            pools,
            daemons.collect::<Result<_, _>>()?,
            budgets.collect(),
        );
        for (index, pool) in self.pools.iter().enumerate() {
            for node in 0..pool.nodes {
                world.add_ready_node(index, &format!("{}-node-{node}", pool.name));
            }
        }
        for entry in &self.pods {
            self.add(&mut world, entry)?;
        }
        for step in &self.steps {
            world.add_deletion(step.at, &step.delete, step.first);
        }
        let buffers = self.buffers.iter().map(|buffer| {
            Ok::<_, String>(Buffer {
                kind: world.add_kind(requesting(&buffer.requests)?, PodKind::default()),
                replicas: buffer.replicas,
            })
        });
        let buffers = buffers.collect::<Result<_, _>>()?;
        let mut autoscaler = AutoscalerState::new(self.settings()?, self.pools.len(), buffers);
        world.run(&mut autoscaler, self.until, |_, _| {});
        Ok(world.outcome())
    }

    /// Refuses times and numbers that no cluster has.
    fn check_size(&self) -> Result<(), String> {
        const YEAR: f64 = 366.0 * DAY;
        const MOST_PODS: usize = 1_000_000;
        const MOST_NODES: usize = 15_000;
        let pods = self.pods.iter();
        let times = pods.clone().flat_map(|pod| [pod.at, pod.every]);
        let of_pools = self.pools.iter().flat_map(|pool| [pool.register, pool.ready, pool.pull]);
        let of_steps = self.steps.iter().map(|step| step.at);
        let times = times.chain(of_pools).chain(of_steps).chain([self.until]);
        if let Some(time) = times.clone().find(|time| !(0.0..=YEAR).contains(time)) {
            return Err(format!("{time} is not a time between 0 and a year"));
        }
        if self.pools.is_empty() {
            return Err("there is no pool".to_owned());
        }
        let count = pods.fold(0_usize, |sum, pod| sum.saturating_add(pod.count));
        let replicas = self.buffers.iter().map(|buffer| buffer.replicas);
        if count > MOST_PODS || replicas.sum::<u64>() > MOST_PODS as u64 {
            return Err(format!("it has more than {MOST_PODS} pods"));
        }
        if self.pools.iter().any(|pool| pool.nodes > MOST_NODES) {
            return Err(format!("a pool has more than {MOST_NODES} nodes"));
        }
        Ok(())
    }

    /// Adds the pods of an entry.
    #[expect(clippy::cast_precision_loss, reason = "a number of pods")]
    fn add(&self, world: &mut World, entry: &ScenarioPod) -> Result<(), String> {
        for index in 0..entry.count {
            let mut pod = self.pod(entry)?;
            let name = entry.name.replace("{i}", &index.to_string());
            let created = match entry.node {
                Some(_) => -entry.age.unwrap_or(DAY),
                None => entry.at + index as f64 * entry.every,
            };
            pod.has_no_priority = entry.priority.is_none();
            let kind = world.add_kind(pod, entry.kind(name, self.has_budget(entry)));
            let Some(node) = &entry.node else {
                world.add_arriving(kind, created);
                continue;
            };
            let mut nodes = world.cluster.nodes.iter();
            let node = nodes
                .position(|known| known.name == *node)
                .ok_or_else(|| format!("there is no node `{node}` for `{}`", entry.name))?;
            world.add_running(kind, created, node);
        }
        Ok(())
    }

    fn pod(&self, entry: &ScenarioPod) -> Result<Pod, String> {
        let mut pod = requesting(&entry.requests)?;
        pod.priority = entry.priority.unwrap_or_default();
        pod.demands = entry.demands();
        let budgets = self.pdbs.iter().enumerate();
        pod.budgets = budgets
            .filter(|(_, budget)| budget.covers(entry))
            .map(|(index, _)| index)
            .collect();
        Ok(pod)
    }

    fn has_budget(&self, entry: &ScenarioPod) -> bool {
        self.pdbs.iter().any(|budget| budget.covers(entry))
    }

    fn settings(&self) -> Result<AutoscalerFlags, String> {
        let mut settings = AutoscalerFlags::default();
        for (flag, value) in &self.autoscaler {
            let seconds = || seconds(value).ok_or_else(|| format!("`{flag}: {value}` is no time"));
            let number =
                || value.parse::<f64>().map_err(|_| format!("`{flag}: {value}` is no number"));
            match flag.as_str() {
                "expendable-pods-priority-cutoff" => {
                    settings.cutoff = value
                        .parse()
                        .map_err(|_| format!("`{flag}: {value}` is no whole number"))?;
                }
                "scan-interval" => settings.interval = seconds()?,
                "scale-down-utilization-threshold" => settings.threshold = number()?,
                "scale-down-unneeded-time" => settings.unneeded = seconds()?,
                "max-node-provision-time" => settings.provision = seconds()?,
                "frequent-loops-enabled" => settings.is_woken = value == "true",
                _ => return Err(format!("`{flag}` is not simulated")),
            }
        }
        Ok(settings)
    }
}

impl ScenarioPool {
    fn pool(&self) -> Result<NodePool, String> {
        let taint = self.startup_taint.as_ref().map(|taint| {
            let written = format!("{}={}:{}", taint.key, taint.value, taint.effect);
            let read = written.parse::<Taint>().map_err(|error| error.to_string());
            read.map(|read| (read, taint.seconds))
        });
        Ok(NodePool {
            name: self.name.clone(),
            allocatable: resources(&self.allocatable)?,
            labels: self.labels.clone(),
            min: self.min,
            max: self.max,
            register: self.register,
            ready: self.ready,
            startup_taint: taint.transpose()?,
        })
    }
}

impl ScenarioPod {
    fn is_of_system(&self) -> bool {
        self.namespace.as_deref() == Some("kube-system")
    }

    fn kind(&self, name: String, has_budget: bool) -> PodKind {
        const SAFE: &str = "cluster-autoscaler.kubernetes.io/safe-to-evict";
        let owner = self.owner.as_deref().unwrap_or_default();
        let safe = self.annotations.get(SAFE).map(String::as_str);
        let is_stored = |volume: &Value| {
            let on_disk = volume.get("emptyDir").is_some_and(|it| it["medium"] != "Memory");
            volume.get("hostPath").is_some() || on_disk
        };
        let blockers = [
            (safe == Some("false"), Blocker::NotSafeToEvict),
            (owner.is_empty() && safe != Some("true"), Blocker::Bare),
            (
                self.is_of_system() && !has_budget && safe != Some("true"),
                Blocker::System,
            ),
            (
                self.volumes.iter().any(is_stored) && safe != Some("true"),
                Blocker::LocalStorage,
            ),
        ];
        let there = blockers.into_iter().filter(|(is_there, _)| *is_there);
        PodKind {
            is_user: self.name.starts_with("user-"),
            comes_again: ["StatefulSet/", "ReplicaSet/"].iter().any(|kind| owner.starts_with(kind)),
            blockers: there.map(|(_, blocker)| blocker).collect(),
            name,
            ..PodKind::default()
        }
    }

    fn demands(&self) -> Demands {
        let mut demands = Demands::default();
        demands.affinity.node_selector = self.node_selector.clone();
        demands.tolerations = self.tolerations.iter().map(ScenarioToleration::toleration).collect();
        demands
    }
}

impl ScenarioToleration {
    fn toleration(&self) -> Toleration {
        let operator = match self.operator.as_deref() {
            Some("Exists") => Operator::Exists,
            _ => Operator::Equal,
        };
        let effect = match self.effect.as_str() {
            "NoSchedule" => Some(Effect::NoSchedule),
            "NoExecute" => Some(Effect::NoExecute),
            "PreferNoSchedule" => Some(Effect::PreferNoSchedule),
            _ => None,
        };
        Toleration {
            key: self.key.clone(),
            operator,
            value: self.value.clone(),
            effect,
            seconds: None,
            is_malformed: false,
        }
    }
}

impl ScenarioBudget {
    fn covers(&self, pod: &ScenarioPod) -> bool {
        let namespace = |name: &Option<String>| name.clone().unwrap_or_else(|| "jhub".to_owned());
        let mut pairs = self.selector.iter();
        namespace(&self.namespace) == namespace(&pod.namespace)
            && pairs.all(|(key, value)| pod.labels.get(key) == Some(value))
    }
}

fn requesting(requests: &BTreeMap<String, Value>) -> Result<Pod, String> {
    let amounts = resources(requests)?;
    let of = |name: &str, amount: u64| requests.contains_key(name).then_some(amount);
    Ok(Pod::requesting(
        of("cpu", amounts.cpu),
        of("memory", amounts.memory),
    ))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an amount, which is not negative"
)]
fn resources(amounts: &BTreeMap<String, Value>) -> Result<Resources, String> {
    let mut resources = Resources::default();
    for (name, amount) in amounts {
        let read = match amount {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => syntax::quantity(text),
            _ => None,
        };
        let number = read.ok_or_else(|| format!("`{name}: {amount}` is no quantity"))?;
        match name.as_str() {
            "cpu" => resources.cpu = (number * 1000.0).round() as u64,
            "memory" => resources.memory = number.round() as u64,
            "pods" => resources.pods = number.round() as u64,
            _ => return Err(format!("`{name}` is not simulated")),
        }
    }
    Ok(resources)
}

/// `10m0s`, `30s`.
fn seconds(text: &str) -> Option<f64> {
    let mut rest = text;
    let mut sum = 0.0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..end].parse().ok()?;
        let factor = match rest[end..].chars().next()? {
            'h' => 3600.0,
            'm' => 60.0,
            's' => 1.0,
            _ => return None,
        };
        sum += number * factor;
        rest = &rest[end + 1..];
    }
    Some(sum)
}
