//! A hub in a cluster: users ask for servers, wait, are turned away, give up, and leave.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rayon::prelude::*;

use super::events::{Event, HubEvent, ordered};
use super::model::{HubModel, StartPlan};
use super::world::{Life, World};
use crate::capacity::demand::{Arrival, UserDemand};
use crate::capacity::draws::{Draws, Purpose};

/// A user whose server did not start in time asks again after this many seconds.
const AGAIN: (f64, f64) = (5.0, 20.0);

/// A user who was turned away asks again after this many seconds (`spawn_throttle_retry_range`).
const THROTTLED: (f64, f64) = (30.0, 60.0);

/// So often a user asks again after a failure.
const ATTEMPTS: u8 = 10;

/// The hub restarts after so many failures without a success (`consecutiveFailureLimit`).
const FAILURES: u32 = 5;

/// A pod that is bound later than this after its creation has waited for a node.
const BOUND_AT_ONCE: f64 = 1.0;

/// Why a user waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitCause {
    /// There was no place on any node.
    Node,
    /// The node had no image.
    Image,
    /// The hub turned the user away.
    Throttled,
    /// An attempt took longer than the start timeout.
    Timeout,
}

/// How long a user waited beyond the normal start of a server.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wait {
    /// Seconds; until the end of the run for a user who never got a server.
    pub seconds: f64,
    /// Why, where it was longer than nothing.
    pub cause: WaitCause,
    /// Whether the user got a server.
    pub is_over: bool,
}

impl Wait {
    /// Whether it is longer than so many seconds, or has no end.
    pub fn is_longer_than(self, seconds: f64) -> bool {
        // A sum of times may be off by a rounding error.
        const ROUNDING: f64 = 1e-6;
        !self.is_over || self.seconds > seconds + ROUNDING
    }
}

/// What happened in a run.
#[derive(Debug, Clone, PartialEq)]
pub struct HubRun {
    /// The wait of each user, in the order of arrival.
    pub waits: Vec<Wait>,
    /// Servers that did not start in time.
    pub failed: u64,
    /// How often users were turned away.
    pub throttled: u64,
    /// How often the hub restarted because of failures.
    pub restarts: u64,
    /// Node-seconds until the end of the run.
    pub node_seconds: f64,
    /// The largest number of nodes.
    pub max_nodes: usize,
    /// Seconds from the first eviction of a placeholder until none ran.
    pub drained_in: Option<f64>,
    /// Seconds from then until one ran again, or the end.
    pub empty_for: Option<f64>,
    /// Whether a user waited for a node who came before the first node that was ordered was Ready.
    pub first_scale_up_waits: bool,
}

/// A question to the simulation.
#[derive(Debug, Clone, Copy)]
pub struct HubQuestion<'q> {
    /// The cluster.
    pub model: &'q HubModel,
    /// The users.
    pub demand: &'q UserDemand,
    /// When it ends, in seconds.
    pub horizon: f64,
    /// What all random numbers depend on.
    pub seed: u64,
}

/// Plays all runs; the same for any number of cores.
pub fn simulate(question: HubQuestion<'_>, runs: u64) -> Vec<HubRun> {
    let start = question.model.start_plan();
    let (world, autoscaler, kind) = question.model.world(&start);
    let play = |run| {
        let mut world = world.clone();
        let mut autoscaler = autoscaler.clone();
        world.draws = Some(question.model.node_draws(question.seed, run));
        let mut hub = HubState::new(question, run, kind);
        hub.begin(&mut world, &start);
        world.run(&mut autoscaler, question.horizon, |world, event| {
            hub.follow(world, event);
        });
        hub.finish(&world)
    };
    (0..runs).into_par_iter().map(play).collect()
}

/// What a user does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing yet, or waits to ask again.
    Away,
    /// The pod exists and does not run.
    Starting,
    /// The server runs, or has run.
    Served,
    /// The user asks no more.
    Gone,
}

#[derive(Debug, Clone, Copy)]
struct User {
    phase: Phase,
    /// How often the user has asked again.
    attempt: u16,
    /// How many attempts have failed.
    failures: u8,
    pod: u32,
    cause: Option<WaitCause>,
}

/// A run in progress.
struct HubState<'q> {
    question: HubQuestion<'q>,
    run: u64,
    /// The kind of user pods.
    kind: usize,
    arrivals: Vec<Arrival>,
    users: Vec<User>,
    /// The wait of each user, as far as it is known.
    waits: Vec<Wait>,
    /// Servers that start, and those of `runs` that already run.
    starting: u64,
    /// When servers run that were bound, as `ordered` has it.
    runs: BinaryHeap<Reverse<u64>>,
    failures: u32,
    failed: u64,
    throttled: u64,
    restarts: u64,
    sessions: Draws,
}

impl<'q> HubState<'q> {
    fn new(question: HubQuestion<'q>, run: u64, kind: usize) -> Self {
        let HubQuestion {
            demand,
            horizon,
            seed,
            ..
        } = question;
        let arrivals = demand.arrivals(seed, run, horizon);
        let user = User {
            phase: Phase::Away,
            attempt: 0,
            failures: 0,
            pod: u32::MAX,
            cause: None,
        };
        let wait = Wait {
            seconds: 0.0,
            cause: WaitCause::Node,
            is_over: false,
        };
        Self {
            question,
            run,
            kind,
            users: vec![user; arrivals.len()],
            waits: vec![wait; arrivals.len()],
            arrivals,
            starting: 0,
            runs: BinaryHeap::new(),
            failures: 0,
            failed: 0,
            throttled: 0,
            restarts: 0,
            sessions: Draws::new(seed, Purpose::Sessions, run, 0),
        }
    }

    /// Plans the first user, and when those of the start leave.
    fn begin(&mut self, world: &mut World, plan: &StartPlan) {
        self.plan_arrival(world, 0);
        let Some(session) = self.question.model.session else {
            return;
        };
        let mut draws = Draws::new(self.question.seed, Purpose::Running, self.run, 0);
        let running = (0..world.lives.len()).filter(|pod| world.kind(*pod).is_user);
        let running: Vec<usize> = running.take(plan.users()).collect();
        for pod in running {
            let at = draws.delay(session) * draws.share();
            world.agenda.plan(at, Event::Hub(HubEvent::End(pod)));
        }
    }

    fn plan_arrival(&self, world: &mut World, user: usize) {
        if let Some(arrival) = self.arrivals.get(user) {
            world.agenda.plan(arrival.at, Event::Hub(HubEvent::Ask(user)));
        }
    }

    /// What the hub does about an event, and about pods that were bound.
    fn follow(&mut self, world: &mut World, event: Option<HubEvent>) {
        match event {
            Some(HubEvent::Ask(user)) => {
                if self.users[user].attempt == 0 && self.users[user].cause.is_none() {
                    self.plan_arrival(world, user + 1);
                }
                self.ask(world, user);
            }
            Some(HubEvent::Timeout(user, attempt)) => self.time_out(world, user, attempt),
            Some(HubEvent::End(pod)) => world.end(pod),
            None => {}
        }
        for at in 0..world.bound.len() {
            self.bound(world, world.bound[at]);
        }
        world.bound.clear();
    }

    /// Notes the servers that began to run before now. That is no event, because it concerns nothing but these counts.
    fn note_runs(&mut self, now: f64) {
        let is_before = |Reverse(at): &Reverse<u64>| *at < ordered(now);
        while self.runs.peek().is_some_and(is_before) {
            self.runs.pop();
            self.starting -= 1;
            self.failures = 0;
        }
    }

    /// A user asks for a server.
    fn ask(&mut self, world: &mut World, user: usize) {
        self.note_runs(world.now);
        let limits = &self.question.model.hub;
        if limits.concurrent_spawns > 0 && self.starting >= limits.concurrent_spawns {
            self.throttled += 1;
            self.users[user].cause = Some(WaitCause::Throttled);
            self.again(world, user, THROTTLED);
            return;
        }
        let mut life = Life::new(world.now);
        life.user = u32::try_from(user).ok();
        self.starting += 1;
        self.users[user].phase = Phase::Starting;
        let pod = world.create(self.kind, life);
        self.users[user].pod = u32::try_from(pod).unwrap_or(u32::MAX);
        if world.lives[pod].node.is_none() {
            self.plan_timeout(world, user, world.now);
        }
    }

    /// Lets a user ask again within a range of seconds.
    fn again(&mut self, world: &mut World, user: usize, (least, most): (f64, f64)) {
        let asked = &mut self.users[user].attempt;
        *asked = asked.saturating_add(1);
        // Each user has a stream, so that it does not matter who else asks again.
        let of = (user as u64) << 20 | u64::from(*asked);
        let mut draws = Draws::new(self.question.seed, Purpose::Retries, self.run, of);
        let at = world.now + draws.between(least, most);
        world.agenda.plan(at, Event::Hub(HubEvent::Ask(user)));
    }

    fn plan_timeout(&self, world: &mut World, user: usize, created: f64) {
        let at = created + self.question.model.hub.start_timeout;
        let event = HubEvent::Timeout(user, self.users[user].attempt);
        world.agenda.plan(at, Event::Hub(event));
    }

    /// The pod of a user was bound: when its server runs is known, or that it will not in time.
    fn bound(&mut self, world: &mut World, pod: usize) {
        let life = &world.lives[pod];
        let (Some(node), Some(user)) = (life.node, life.user) else {
            return;
        };
        let (user, created) = (user as usize, life.created);
        let image_at = world.pull(node);
        let runs_at = world.now.max(image_at) + self.question.model.start;
        if runs_at > created + self.question.model.hub.start_timeout {
            // For a pod that waited for its node the timeout is planned.
            if world.now <= created {
                self.plan_timeout(world, user, created);
            }
            return;
        }
        let since = self.arrivals[user].at;
        let cause = if world.now - created > BOUND_AT_ONCE {
            WaitCause::Node
        } else {
            WaitCause::Image
        };
        let state = &mut self.users[user];
        self.waits[user].seconds = runs_at - self.question.model.start - since;
        state.cause = state.cause.or(Some(cause));
        // No longer starting for the timeout, which may be planned.
        state.phase = Phase::Served;
        self.runs.push(Reverse(ordered(runs_at)));
        if let Some(at) = self.end_of_session(user, runs_at) {
            world.agenda.plan(at, Event::Hub(HubEvent::End(pod)));
        }
    }

    /// When a server that runs at some time ends.
    fn end_of_session(&mut self, user: usize, runs_at: f64) -> Option<f64> {
        let model = self.question.model;
        if let Some(recorded) = self.arrivals[user].session {
            return Some(runs_at + recorded);
        }
        let active = self.sessions.delay(model.session?);
        let idle = model.hub.culler.map_or(0.0, |culler| {
            culler.timeout + culler.every * self.sessions.share()
        });
        Some(runs_at + active + idle)
    }

    /// An attempt has lasted for the start timeout.
    fn time_out(&mut self, world: &mut World, user: usize, attempt: u16) {
        let state = self.users[user];
        if state.phase != Phase::Starting || state.attempt != attempt {
            return;
        }
        self.note_runs(world.now);
        self.starting -= 1;
        self.failed += 1;
        self.failures += 1;
        if self.failures == FAILURES {
            self.failures = 0;
            self.restarts += 1;
        }
        let state = &mut self.users[user];
        if state.cause != Some(WaitCause::Throttled) {
            state.cause = Some(WaitCause::Timeout);
        }
        state.failures += 1;
        state.phase = if state.failures < ATTEMPTS {
            Phase::Away
        } else {
            Phase::Gone
        };
        let is_gone = state.phase == Phase::Gone;
        let pod = state.pod as usize;
        world.end(pod);
        if !is_gone {
            self.again(world, user, AGAIN);
        }
    }

    fn finish(mut self, world: &World) -> HubRun {
        let end = self.question.horizon;
        for (wait, (user, arrival)) in
            self.waits.iter_mut().zip(self.users.iter().zip(&self.arrivals))
        {
            wait.cause = user.cause.unwrap_or(WaitCause::Node);
            wait.is_over = user.phase == Phase::Served;
            if !wait.is_over {
                wait.seconds = end - arrival.at;
            }
        }
        let waits = self.waits;
        let held = &world.held;
        let drained = held.drained.zip(held.first_eviction);
        HubRun {
            failed: self.failed,
            throttled: self.throttled,
            restarts: self.restarts,
            node_seconds: node_seconds(world, end),
            max_nodes: most_nodes(world, end),
            drained_in: drained.map(|(drained, first)| drained - first),
            empty_for: held.drained.map(|at| held.back.unwrap_or(end) - at),
            first_scale_up_waits: first_scale_up_waits(world, &waits, &self.arrivals),
            waits,
        }
    }
}

/// Whether a user waited who came before the first node that was ordered was Ready.
fn first_scale_up_waits(world: &World, waits: &[Wait], arrivals: &[Arrival]) -> bool {
    let ordered = world.machines.get(world.at_start);
    let ready = ordered.and_then(|machine| machine.ready_at);
    let mut users = waits.iter().zip(arrivals);
    users.any(|(wait, arrival)| {
        wait.is_longer_than(0.0) && ready.is_none_or(|ready| arrival.at < ready)
    })
}

/// The time for which nodes are paid: from the order to the deletion.
fn node_seconds(world: &World, end: f64) -> f64 {
    let of_each = world.machines.iter().map(|machine| {
        let until = machine.deleted.unwrap_or(end).min(end);
        (until - machine.ordered.max(0.0)).max(0.0)
    });
    of_each.sum()
}

/// The largest number of nodes that there were, or were ordered, at a time.
fn most_nodes(world: &World, end: f64) -> usize {
    let mut changes: Vec<(f64, isize)> = Vec::new();
    for machine in world.machines.iter().filter(|it| it.ordered <= end) {
        changes.push((machine.ordered, 1));
        changes.extend(machine.deleted.map(|at| (at, -1)));
    }
    // Deletions come before orders of the same time.
    changes
        .sort_by(|(at, change), (other, of_other)| at.total_cmp(other).then(change.cmp(of_other)));
    let sums = changes.iter().scan(0, |sum, (_, change)| {
        *sum += change;
        Some(*sum)
    });
    sums.max().unwrap_or(0).unsigned_abs()
}
