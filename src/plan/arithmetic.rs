//! The arithmetic of a question: seats, lead time, who waits, the hub, the largest placeholder, memory.

use serde::Serialize;

use super::amounts::{Amounts, memory, real, whole};
use super::question::PlanQuestion;
use crate::capacity::arithmetic::{
    self, cold_bound, expected_reaction, overflow, seats_for, users_for,
};
use crate::capacity::counts::Counts;
use crate::capacity::delay::Delay;
use crate::capacity::demand::DemandSource;
use crate::capacity::resources::{Resource, Resources};

/// So many equally probable times stand for a boot, a pull, and both together.
const SAMPLES: u32 = 32;

/// The risks for which seats are computed.
const RISKS: [f64; 2] = [0.05, 0.01];

/// A bytes-to-mebibytes factor.
const MI: f64 = 1_048_576.0;

/// Seats on a node.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct SeatsAnswer {
    /// Users on a node.
    pub(super) per_node: u64,
    /// The resources that bind.
    pub(super) bound_by: Vec<&'static str>,
    /// What each resource alone allows; null where users request none of it, or its amount is not known.
    pub(super) by: SeatsBy,
}

/// Seats by each resource.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct SeatsBy {
    pub(super) cpu: Option<u64>,
    pub(super) memory: Option<u64>,
    pub(super) pods: Option<u64>,
}

/// A median and a 95 % quantile, in seconds.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Quantiles {
    pub(super) p50: f64,
    pub(super) p95: f64,
}

/// The time until a seat on a new node is warm, in seconds.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct LeadAnswer {
    /// From the first user without a seat to the order of a node, expected.
    pub(super) reaction: f64,
    /// From the order to Ready.
    pub(super) boot: Quantiles,
    /// From Ready to the image.
    pub(super) pull: Quantiles,
    /// All together.
    pub(super) total: TotalLead,
    /// The total in equal shares, in order.
    #[serde(skip)]
    pub(super) samples: Vec<f64>,
}

/// Quantiles of the lead time, in seconds.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct TotalLead {
    pub(super) p50: f64,
    pub(super) p95: f64,
    pub(super) p99: f64,
}

/// Seats for a risk.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct SeatsForRisk {
    /// The probability that a user of a scale-up waits.
    pub(super) eps: f64,
    /// The seats that it needs.
    pub(super) seats: u64,
}

/// What today's headroom does.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct TodayAnswer {
    /// Seats that are held.
    pub(super) seats: u64,
    /// The probability that any user of a scale-up waits for a node.
    pub(super) any_waits: f64,
    /// The expected number of users who do.
    pub(super) expected_waiting: f64,
}

/// What the hub does with users who come at once.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct HubAnswer {
    /// User servers that start at a time, at the peak.
    pub(super) starting: f64,
    /// How many may; 0 for any number.
    pub(super) limit: u64,
    /// Whether users are turned away.
    pub(super) throttled: bool,
    /// In how many waves of nodes the users of an event, or of a lead time, get their servers.
    pub(super) waves: u64,
}

/// The largest placeholder that fits on a node.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct LargestPlaceholder {
    /// Thousandths of a core; null where it is not known what a node has.
    pub(super) cpu: Option<u64>,
    /// MiB.
    pub(super) memory: Option<f64>,
    /// The seats that it holds.
    pub(super) seats: u64,
}

/// The memory of a full node, by what users use.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct MemoryAnswer {
    /// Expected, in MiB.
    pub(super) expected: f64,
    /// The probability that it is more than the node has.
    pub(super) overflow: f64,
    /// The users for which that probability is at most 1 %.
    #[serde(rename = "usersFor1Percent")]
    pub(super) users_for_1_percent: u64,
    /// The users of the question.
    #[serde(skip)]
    pub(super) users: u64,
}

/// The arithmetic of a question.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ArithmeticAnswer {
    /// The mean number of users who arrive in a lead time, at the peak.
    pub(super) mean_in_lead: f64,
    /// The rule on paper: rate times boot time.
    pub(super) mean_rule: u64,
    /// The seats for which hardly anybody waits.
    pub(super) quantiles: Vec<SeatsForRisk>,
    /// Today's headroom.
    pub(super) today: TodayAnswer,
    /// An upper bound of the share of users who get a node without the image.
    pub(super) cold_bound: f64,
    /// The hub.
    pub(super) hub: HubAnswer,
    /// The largest placeholder that fits on a node.
    pub(super) largest_placeholder: LargestPlaceholder,
    /// The memory of a full node, with `--usage`.
    pub(super) memory: Option<MemoryAnswer>,
}

/// Seats on a node.
pub(super) fn seats(question: &PlanQuestion) -> SeatsAnswer {
    let user = question.model.user.resources();
    let free = question.node.free();
    let by = |amount: Option<u64>, resource| amount?.checked_div(user.get(resource));
    let by = SeatsBy {
        cpu: by(free.cpu, Resource::Cpu),
        memory: by(free.memory, Resource::Memory),
        pods: by(free.pods, Resource::Pods),
    };
    let all = [
        (Resource::Cpu, by.cpu),
        (Resource::Memory, by.memory),
        (Resource::Pods, by.pods),
    ];
    let per_node = all.iter().filter_map(|(_, seats)| *seats).min();
    let bound = all.iter().filter(|(_, seats)| *seats == per_node);
    SeatsAnswer {
        per_node: per_node.unwrap_or_default(),
        bound_by: bound.map(|(resource, _)| resource.name()).collect(),
        by,
    }
}

/// The lead time of a new node.
pub(super) fn lead(question: &PlanQuestion) -> LeadAnswer {
    let model = &question.model;
    let reaction = question.reaction.unwrap_or_else(|| {
        let rate = peak_rate(question, model.boot.median);
        expected_reaction(rate, model.headroom.placeholders.is_some())
    });
    let samples = sums(reaction, model.boot, model.pull, 128);
    let at = |share: f64| quantile(&samples, share);
    let quantiles = |delay: Delay| Quantiles {
        p50: rounded(delay.median),
        p95: rounded(delay.p95),
    };
    LeadAnswer {
        reaction: rounded(reaction),
        boot: quantiles(model.boot),
        pull: quantiles(model.pull),
        total: TotalLead {
            p50: rounded(at(0.5)),
            p95: rounded(at(0.95)),
            p99: rounded(at(0.99)),
        },
        samples,
    }
}

/// Reaction, boot and pull together, in order; boot and pull vary independently.
fn sums(reaction: f64, boot: Delay, pull: Delay, count: u32) -> Vec<f64> {
    let of = |delay: Delay| delay.samples(if delay.is_constant() { 1 } else { count });
    let pulls: Vec<f64> = of(pull).collect();
    let sums = of(boot).flat_map(|boot| pulls.iter().map(move |pull| reaction + boot + pull));
    let mut sums: Vec<f64> = sums.collect();
    sums.sort_by(f64::total_cmp);
    sums
}

/// The number at a share of numbers in order.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "an index"
)]
pub(super) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let at = (share * last as f64).floor() as usize;
    sorted.get(at).copied().unwrap_or_default()
}

/// Users a second, at the peak over a window.
fn peak_rate(question: &PlanQuestion, window: f64) -> f64 {
    let window = window.max(1.0);
    let of_bursts = real(question.demand.of_bursts(window));
    (question.demand.largest_mean(window) + of_bursts) / window
}

/// The arithmetic; `mean_wait` is that of the simulation.
pub(super) fn arithmetic(
    question: &PlanQuestion,
    seats: &SeatsAnswer,
    lead: &LeadAnswer,
    mean_wait: f64,
) -> ArithmeticAnswer {
    let model = &question.model;
    let arrivals = arrivals(question, lead.reaction);
    let most = most_users(question);
    let at_most = |seats: u64| most.map_or(seats, |most| seats.min(most));
    let quantiles = RISKS.map(|eps| SeatsForRisk {
        eps,
        seats: at_most(seats_for(&arrivals, eps)),
    });
    let on_paper = question.demand.largest_mean(model.boot.median);
    let rate = peak_rate(question, model.pull.median);
    let is_warm = model.headroom.is_gated || model.headroom.buffer > 0;
    ArithmeticAnswer {
        mean_in_lead: rounded(arrivals.mean()),
        mean_rule: arithmetic::mean_rule(1.0, on_paper),
        quantiles: quantiles.to_vec(),
        today: today(question, &arrivals),
        cold_bound: if is_warm || model.pull.median <= 0.0 {
            0.0
        } else {
            rounded(cold_bound(rate, model.pull.median, seats.per_node))
        },
        hub: hub(question, lead, &arrivals, mean_wait),
        largest_placeholder: largest_placeholder(question, seats),
        memory: memory_of_node(question, seats),
    }
}

/// How many users arrive until a new node takes them, at the peak.
fn arrivals(question: &PlanQuestion, reaction: f64) -> Counts {
    let model = &question.model;
    let is_gated = model.headroom.is_gated || model.headroom.buffer > 0;
    let pull = if is_gated {
        model.pull
    } else {
        Delay::constant(0.0)
    };
    let leads = if pull.is_constant() {
        let count = if model.boot.is_constant() { 1 } else { SAMPLES };
        let leads = model.boot.samples(count);
        leads.map(|boot| reaction + boot + pull.median).collect()
    } else {
        sums(reaction, model.boot, pull, SAMPLES)
    };
    let means = leads.iter().map(|lead| question.demand.largest_mean(*lead));
    let longest = leads.last().copied().unwrap_or_default();
    Counts::mixed(means.collect(), question.demand.dispersion)
        .with_certain(question.demand.of_bursts(longest))
}

/// All users of an event, with bursts.
fn most_users(question: &PlanQuestion) -> Option<u64> {
    let DemandSource::Event { users, .. } = question.demand.source else {
        return None;
    };
    let of_bursts = question.demand.bursts.iter().map(|burst| burst.users);
    Some(users + of_bursts.sum::<u64>())
}

/// Who waits with today's headroom.
fn today(question: &PlanQuestion, arrivals: &Counts) -> TodayAnswer {
    let held = held_seats(question);
    let plan = question.model.start_plan();
    let free = free_resources(question);
    let seats = arithmetic::seats(free, question.model.user.resources()).per_node;
    let room = (plan.nodes as u64 * seats).saturating_sub(plan.users() as u64);
    // Where all users of an event have a seat, no node is ordered for any of them.
    let is_enough = most_users(question).is_some_and(|users| users <= room);
    TodayAnswer {
        seats: held,
        any_waits: if is_enough {
            0.0
        } else {
            rounded(arrivals.at_least(held))
        },
        expected_waiting: if is_enough {
            0.0
        } else {
            rounded(arrivals.expected_above(held))
        },
    }
}

/// What users of the simulated node can request.
fn free_resources(question: &PlanQuestion) -> Resources {
    question.model.allocatable.minus(question.model.daemons)
}

/// The seats that placeholders and a buffer hold.
pub(super) fn held_seats(question: &PlanQuestion) -> u64 {
    let headroom = &question.model.headroom;
    let held = headroom.placeholders.map_or(0, |held| {
        held.count * seats_of(question, held.request.resources())
    });
    held + headroom.buffer
}

/// The seats that become free with one placeholder, of which each is a pod too.
fn seats_of(question: &PlanQuestion, placeholder: Resources) -> u64 {
    let user = question.model.user.resources();
    let by = [Resource::Cpu, Resource::Memory].map(|resource| {
        let wanted = user.get(resource);
        let held = placeholder.get(resource);
        // What a placeholder does not request it does not hold.
        (held > 0).then_some(held).and_then(|held| held.checked_div(wanted))
    });
    let most = arithmetic::seats(free_resources(question), user).per_node;
    let seats = by.into_iter().flatten().min().unwrap_or(1);
    seats.clamp(1, most.max(1))
}

fn hub(question: &PlanQuestion, lead: &LeadAnswer, arrivals: &Counts, mean_wait: f64) -> HubAnswer {
    let limit = question.model.hub.concurrent_spawns;
    let rate = peak_rate(question, lead.total.p50);
    let at_once = most_users(question).unwrap_or_else(|| whole(arrivals.mean().ceil()));
    let starting = rate * (question.model.start + mean_wait);
    // There are never more than all users.
    let starting = most_users(question).map_or(starting, |users| starting.min(real(users)));
    HubAnswer {
        starting: rounded(starting),
        limit,
        throttled: limit > 0 && starting > real(limit),
        waves: at_once.checked_div(limit).map_or(1, |_| at_once.div_ceil(limit)),
    }
}

fn largest_placeholder(question: &PlanQuestion, seats: &SeatsAnswer) -> LargestPlaceholder {
    let free = question.node.free();
    LargestPlaceholder {
        cpu: free.cpu,
        memory: free.memory.map(mebibytes),
        seats: seats.per_node,
    }
}

fn memory_of_node(question: &PlanQuestion, seats: &SeatsAnswer) -> Option<MemoryAnswer> {
    let (usage, users) = question.usage.as_ref()?;
    let users = users.unwrap_or(seats.per_node);
    let free = question.node.free().memory?;
    // Sizes are counted in whole steps: of the greatest common divisor, unless that is very small.
    let step = usage.iter().map(|(size, _)| *size).fold(0, divisor);
    let step = step.max(free / 100_000).max(1);
    let each: f64 = usage.iter().map(|(size, share)| real(*size) * share).sum();
    Some(MemoryAnswer {
        expected: rounded(each * real(users) / MI),
        overflow: rounded(overflow(users, usage, free, step)),
        users_for_1_percent: users_for(0.01, usage, free, step),
        users,
    })
}

/// The greatest common divisor.
fn divisor(one: u64, other: u64) -> u64 {
    if other == 0 {
        one
    } else {
        divisor(other, one % other)
    }
}

/// Bytes in MiB.
pub(super) fn mebibytes(bytes: u64) -> f64 {
    rounded(real(bytes) / MI)
}

/// A number with at most four decimals, as answers have them.
pub(super) fn rounded(number: f64) -> f64 {
    const FOUR: f64 = 10_000.0;
    (number * FOUR).round() / FOUR
}

/// The pods, CPU and memory of a node in the units of an answer.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct AmountsAnswer {
    /// Thousandths of a core.
    pub(super) cpu: Option<u64>,
    /// MiB.
    pub(super) memory: Option<f64>,
    /// Pods.
    pub(super) pods: Option<u64>,
}

impl AmountsAnswer {
    pub(super) fn of(amounts: Amounts) -> Self {
        Self {
            cpu: amounts.cpu,
            memory: amounts.memory.map(mebibytes),
            pods: amounts.pods,
        }
    }
}

/// An amount of memory in MiB as Kubernetes writes it.
pub(super) fn written(mebibytes: f64) -> String {
    memory(whole(mebibytes * MI))
}
