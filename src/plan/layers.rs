//! What the values of a hub and the policy say about a question.

use super::amounts::{Amounts, Notation, read_amount, whole};
use crate::capacity::delay::Delay;
use crate::capacity::simulate::scheduler::Profile;
use crate::capacity::simulate::{Culler, Placeholders, PodRequest};
use crate::hub::seats::{self, Seat};
use crate::hub::{Hub, profiles};
use crate::policy::{self, Policy, Pool};

/// What the autoscaler calls the priority of placeholders by default.
pub(super) const PLACEHOLDER_PRIORITY: i64 = -10;

/// What the values of a hub say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ValuesFacts {
    pub(super) user: Option<PodRequest>,
    pub(super) placeholders: Option<Placeholders>,
    pub(super) placeholder_request: Option<PodRequest>,
    pub(super) placeholder_priority: Option<i64>,
    pub(super) profile: Option<Profile>,
    pub(super) concurrent_spawns: Option<u64>,
    pub(super) start_timeout: Option<f64>,
    pub(super) has_puller: Option<bool>,
    pub(super) culler: Option<Culler>,
}

impl ValuesFacts {
    /// Reads the values of a hub. Users take the default profile.
    pub fn of(hub: &Hub<'_>) -> Self {
        let request = |seat: Seat| {
            let amount = |amount: f64| (amount > 0.0).then(|| whole(amount));
            PodRequest {
                cpu: amount(seat.cpu * 1000.0),
                memory: amount(seat.memory),
            }
        };
        let all = profiles::effective(hub);
        let base = profiles::base(hub);
        let settings = profiles::default_profile(hub, all).unwrap_or(&base);
        let priority = match hub.flag("scheduling.podPriority.enabled") {
            Some(true) => hub.number("scheduling.podPriority.userPlaceholderPriority").map(signed),
            // Without priorities placeholders are as important as users.
            Some(false) => Some(0),
            None => None,
        };
        let held = seats::placeholder(hub).map(request);
        let count = hub.number("scheduling.userPlaceholder.replicas").map(whole);
        let placeholders = count.zip(held).map(|(count, request)| Placeholders {
            count: if hub.has_placeholders() { count } else { 0 },
            request,
            priority: priority.unwrap_or(PLACEHOLDER_PRIORITY),
        });
        let timeout = settings.get("start_timeout").and_then(crate::hub::bytes::amount);
        Self {
            user: seats::of(settings).map(request),
            placeholders,
            placeholder_request: held,
            placeholder_priority: priority,
            profile: hub.flag("scheduling.userScheduler.enabled").map(|enabled| {
                if enabled {
                    Profile::MostAllocated
                } else {
                    Profile::LeastAllocated
                }
            }),
            concurrent_spawns: hub.number("hub.concurrentSpawnLimit").map(whole),
            start_timeout: timeout.filter(|seconds| *seconds > 0.0),
            has_puller: hub.flag("prePuller.continuous.enabled"),
            culler: culler(hub),
        }
    }
}

/// The culler, where it is enabled.
fn culler(hub: &Hub<'_>) -> Option<Culler> {
    if hub.flag("cull.enabled") != Some(true) {
        return None;
    }
    Some(Culler {
        timeout: hub.number("cull.timeout")?,
        every: hub.number("cull.every")?,
    })
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a priority is a 32-bit number"
)]
fn signed(number: f64) -> i64 {
    number as i64
}

/// What the policy says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PolicyFacts {
    pub(super) node: Option<String>,
    pub(super) allocatable: Option<Amounts>,
    pub(super) daemon_sets: Option<Amounts>,
    pub(super) min: Option<u64>,
    pub(super) max: Option<u64>,
    pub(super) price: Option<f64>,
    /// Whether nodes have a startup taint, so that they take users only when they are ready for them.
    pub(super) is_gated: bool,
    /// The users of an event, and its length in seconds.
    pub(super) demand: Option<(u64, f64)>,
    pub(super) boot: Option<Delay>,
    pub(super) pull: Option<Delay>,
    pub(super) start: Option<f64>,
    pub(super) autoscaler: Option<policy::Autoscaler>,
}

impl PolicyFacts {
    /// Reads a policy: its facts, and those of the pool of users.
    pub fn of(policy: &Policy) -> Self {
        let facts = &policy.facts;
        let pool = user_pool(policy);
        let constant = |time: std::time::Duration| Delay::constant(time.as_secs_f64());
        let amounts = |written: &policy::Allocatable| {
            let amount = |text: &Option<policy::Spanned<String>>, factor: f64| {
                let number = read_amount(&text.as_ref()?.value, Notation::Kubernetes)?;
                Some(whole(number * factor))
            };
            Amounts {
                cpu: amount(&written.cpu, 1000.0),
                memory: amount(&written.memory, 1.0),
                pods: amount(&written.pods, 1.0),
            }
        };
        let of_pool = |pool: &Pool| Self {
            node: pool.node.as_ref().map(|node| node.value.clone()),
            allocatable: pool.allocatable.as_ref().map(amounts),
            daemon_sets: pool.daemon_sets.as_ref().map(amounts),
            min: pool.min.map(u64::from),
            max: pool.max.map(u64::from),
            price: pool.price,
            is_gated: !pool.startup_taints.is_empty(),
            ..Self::default()
        };
        Self {
            demand: facts
                .demand
                .map(|demand| (u64::from(demand.users), demand.within.as_secs_f64())),
            boot: facts.lead.map(|lead| constant(lead.boot)),
            pull: facts.lead.map(|lead| constant(lead.pull)),
            start: facts.lead.map(|lead| lead.start.as_secs_f64()),
            autoscaler: facts.autoscaler,
            ..pool.map(of_pool).unwrap_or_default()
        }
    }
}

/// The pool of users: the one with z2jh's label for it, else the only one that says what its nodes are.
fn user_pool(policy: &Policy) -> Option<&Pool> {
    let is_labelled = |pool: &&Pool| {
        let mut labels = pool.labels.iter();
        labels.any(|(key, value)| key == "hub.jupyter.org/node-purpose" && value == "user")
    };
    let labelled = policy.pools.iter().find(is_labelled);
    labelled.or_else(|| {
        let mut described = policy
            .pools
            .iter()
            .filter(|pool| pool.node.is_some() || pool.allocatable.is_some());
        described.next().filter(|_| described.next().is_none())
    })
}
