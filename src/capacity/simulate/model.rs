//! The cluster of a hub: nodes, times, limits and headroom, and what it looks like at the start.

use super::autoscaler::{AutoscalerFlags, AutoscalerState, Buffer};
use super::scheduler::{Pod, Profile};
use super::world::{Blocker, NodePool, PodKind, UserImage, World, no_schedule};
use crate::capacity::delay::Delay;
use crate::capacity::draws::NodeDraws;
use crate::capacity::resources::Resources;

/// The priority of the pods of `DaemonSets`: `system-node-critical`.
const DAEMON_PRIORITY: i64 = 2_000_001_000;

/// Pods that run at the start have done so for a day.
const DAY: f64 = 86_400.0;

/// CPU and memory that a pod requests; nothing where it says nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PodRequest {
    /// Thousandths of a core.
    pub cpu: Option<u64>,
    /// Bytes.
    pub memory: Option<u64>,
}

impl PodRequest {
    /// What fits on a node is counted with these; the pod itself is one.
    pub fn resources(self) -> Resources {
        Pod::requesting(self.cpu, self.memory).requests
    }
}

/// Pods that hold seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placeholders {
    /// The number of pods.
    pub count: u64,
    /// What each requests.
    pub request: PodRequest,
    /// Their priority; users have 0.
    pub priority: i64,
}

/// A minimum of the node pool that holds from some time on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PoolMinimum {
    /// The time in seconds.
    pub from: f64,
    /// The number of nodes.
    pub nodes: usize,
}

/// What is held for users who are to come.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Headroom {
    /// Placeholders.
    pub placeholders: Option<Placeholders>,
    /// Seats of a `CapacityBuffer`.
    pub buffer: u64,
    /// Whether a node takes users only once it has the image.
    pub is_gated: bool,
    /// Changes of the minimum of the pool.
    pub minimums: Vec<PoolMinimum>,
}

/// How the culler ends user servers that are idle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Culler {
    /// How long a server is idle, in seconds.
    pub timeout: f64,
    /// How often it looks, in seconds.
    pub every: f64,
}

/// What the hub itself limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HubLimits {
    /// How many user servers may start at once; 0 for any number.
    pub concurrent_spawns: u64,
    /// How long a user server may start, in seconds.
    pub start_timeout: f64,
    /// Who ends idle servers; their sessions are the time in which they are used.
    pub culler: Option<Culler>,
}

/// The cluster of a hub.
#[derive(Debug, Clone, PartialEq)]
pub struct HubModel {
    /// How pods are scheduled.
    pub profile: Profile,
    /// What pods can request on a node.
    pub allocatable: Resources,
    /// What `DaemonSets` request of it.
    pub daemons: Resources,
    /// What a user server requests.
    pub user: PodRequest,
    /// From the order of a node to Ready.
    pub boot: Delay,
    /// From Ready to the image.
    pub pull: Delay,
    /// From the image to a server that runs, in seconds.
    pub start: f64,
    /// The size of the image in bytes, by which the scheduler prefers nodes.
    pub image: u64,
    /// Whether nodes pull the image before a user comes.
    pub has_puller: bool,
    /// How long users stay; nothing where nobody leaves.
    pub session: Option<Delay>,
    /// Nodes at the start; nothing for those that hold users and headroom.
    pub nodes: Option<usize>,
    /// The least number of nodes.
    pub min: usize,
    /// The largest number of nodes; nothing for any number.
    pub max: Option<usize>,
    /// Users at the start; nothing for as many as fit beside the headroom.
    pub running: Option<u64>,
    /// The autoscaler ignores pods whose priority is below this.
    pub cutoff: i64,
    /// The limits of the hub.
    pub hub: HubLimits,
    /// What is held.
    pub headroom: Headroom,
}

/// Where pods are at the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartPlan {
    /// The number of nodes.
    pub nodes: usize,
    /// The node of each user.
    users: Vec<usize>,
    /// The node of each placeholder; nothing for one that fits nowhere.
    placeholders: Vec<Option<usize>>,
}

impl StartPlan {
    /// The number of users at the start.
    pub fn users(&self) -> usize {
        self.users.len()
    }
}

/// Nodes on which pods are put, each on the first that has room.
struct Packing {
    used: Vec<Resources>,
    empty: Resources,
    allocatable: Resources,
    /// Whether there may be more nodes.
    may_grow: bool,
    /// The last pod, and the first node that had room for it: those before have none for its like.
    last: Option<(Resources, usize)>,
}

impl Packing {
    fn put(&mut self, pod: Resources) -> Option<usize> {
        let fits = |used: Resources| {
            let with = used.plus(pod);
            let is_within = |with: u64, pod: u64, all: u64| pod == 0 || with <= all;
            is_within(with.cpu, pod.cpu, self.allocatable.cpu)
                && is_within(with.memory, pod.memory, self.allocatable.memory)
                && with.pods <= self.allocatable.pods
        };
        let first = match self.last {
            Some((like, first)) if like == pod => first,
            _ => 0,
        };
        let mut rest = self.used.iter().skip(first);
        let place = rest.position(|used| fits(*used)).map(|at| first + at);
        let can_grow = self.may_grow && fits(self.empty);
        let at = place.unwrap_or(self.used.len());
        self.last = Some((pod, at));
        if place.is_none() {
            if !can_grow {
                return None;
            }
            self.used.push(self.empty);
        }
        self.used[at] = self.used[at].plus(pod);
        Some(at)
    }
}

impl HubModel {
    /// Where pods are at the start: users on the first nodes, then what is held. Nodes without a number of users are
    /// full.
    pub fn start_plan(&self) -> StartPlan {
        let mut packing = Packing {
            used: vec![self.daemons; self.nodes.unwrap_or_default()],
            empty: self.daemons,
            allocatable: self.allocatable,
            may_grow: self.nodes.is_none(),
            last: None,
        };
        let user = self.user.resources();
        let running = self.running.unwrap_or_default();
        let mut users: Vec<usize> = (0..running).map_while(|_| packing.put(user)).collect();
        let held = self.headroom.placeholders;
        let mut placeholders: Vec<Option<usize>> = held
            .iter()
            .flat_map(|held| (0..held.count).map(|_| held.request.resources()))
            .map(|request| packing.put(request))
            .collect();
        for _ in 0..self.headroom.buffer {
            packing.put(user);
        }
        let least = self.min.max(1);
        if packing.used.len() < least && self.nodes.is_none() {
            packing.used.resize(least, self.daemons);
        }
        if self.running.is_none() {
            packing.may_grow = false;
            users = std::iter::from_fn(|| packing.put(user)).collect();
        }
        // What is held last is on the nodes that were added last.
        let nodes = packing.used.len();
        if self.running.is_none() {
            let mirrored = |node: &mut usize| *node = nodes - 1 - *node;
            users.iter_mut().for_each(mirrored);
            placeholders.iter_mut().flatten().for_each(mirrored);
        }
        StartPlan {
            nodes,
            users,
            placeholders,
        }
    }

    /// The cluster at the start, without users who are to come; with it the autoscaler, and the kind of user pods.
    pub(super) fn world(&self, plan: &StartPlan) -> (World, AutoscalerState, usize) {
        let mut world = World::new(
            self.profile,
            vec![self.pool()],
            self.daemon_pods(),
            Vec::new(),
        );
        world.image = Some(UserImage {
            name: IMAGE.to_owned(),
            bytes: self.image,
            has_puller: self.has_puller,
        });
        for node in 0..plan.nodes {
            world.add_ready_node(0, &format!("pool-node-{node}"));
        }
        let user = self.add_user_kind(&mut world);
        for (number, node) in plan.users.iter().enumerate() {
            world.add_running(user, started(number), *node);
        }
        self.add_placeholders(&mut world, plan);
        for minimum in &self.headroom.minimums {
            world.add_minimum(minimum.from, 0, minimum.nodes);
        }
        let buffer = Buffer {
            kind: user,
            replicas: self.headroom.buffer,
        };
        let buffers = if buffer.replicas > 0 {
            vec![buffer]
        } else {
            Vec::new()
        };
        let flags = AutoscalerFlags {
            cutoff: self.cutoff,
            ..AutoscalerFlags::default()
        };
        let autoscaler = AutoscalerState::new(flags, 1, buffers);
        (world, autoscaler, user)
    }

    /// The times of the nodes of a run.
    pub(super) fn node_draws(&self, seed: u64, run: u64) -> NodeDraws {
        NodeDraws::new(seed, run, self.boot, self.pull)
    }

    fn pool(&self) -> NodePool {
        let taint = no_schedule("startup-taint.cluster-autoscaler.kubernetes.io/image");
        NodePool {
            name: "pool".to_owned(),
            allocatable: self.allocatable,
            labels: std::collections::BTreeMap::default(),
            min: self.min,
            max: self.max.unwrap_or(usize::MAX),
            register: self.boot.median,
            ready: 0.0,
            startup_taint: self.headroom.is_gated.then_some((taint, 0.0)),
        }
    }

    fn daemon_pods(&self) -> Vec<Pod> {
        let mut pod = Pod::requesting(Some(self.daemons.cpu), Some(self.daemons.memory));
        pod.requests.pods = self.daemons.pods;
        pod.priority = DAEMON_PRIORITY;
        if self.daemons == Resources::default() {
            Vec::new()
        } else {
            vec![pod]
        }
    }

    fn add_user_kind(&self, world: &mut World) -> usize {
        let mut pod = Pod::requesting(self.user.cpu, self.user.memory);
        if self.image > 0 {
            pod.images = vec![IMAGE.to_owned()];
        }
        let kind = PodKind {
            name: "user".to_owned(),
            is_user: true,
            blockers: vec![Blocker::Bare],
            ..PodKind::default()
        };
        world.add_kind(pod, kind)
    }

    fn add_placeholders(&self, world: &mut World, plan: &StartPlan) {
        let Some(held) = self.headroom.placeholders else {
            return;
        };
        let mut pod = Pod::requesting(held.request.cpu, held.request.memory);
        pod.priority = held.priority;
        let kind = PodKind {
            name: "placeholder".to_owned(),
            is_placeholder: true,
            comes_again: true,
            ..PodKind::default()
        };
        let kind = world.add_kind(pod, kind);
        for (number, node) in plan.placeholders.iter().enumerate() {
            match node {
                Some(node) => {
                    world.add_running(kind, started(number), *node);
                }
                None => world.add_arriving(kind, 0.0),
            }
        }
    }
}

/// The name of the image of user servers.
const IMAGE: &str = "user";

/// When the pods of the start began, one after another.
#[expect(clippy::cast_precision_loss, reason = "a number of pods")]
fn started(number: usize) -> f64 {
    number as f64 * 1e-3 - DAY
}
