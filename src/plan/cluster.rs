//! The cluster and the hub of a question.

use super::amounts;
use super::arguments::{Assumptions, Provenance, WrittenOption};
use super::layers::PLACEHOLDER_PRIORITY;
use super::node::PlanNode;
use super::question::QuestionLayers;
use super::terminal::{delay, time};
use super::{codes, words};
use crate::capacity::arithmetic;
use crate::capacity::delay::Delay;
use crate::capacity::demand::{DemandSource, UserDemand};
use crate::capacity::simulate::scheduler::Profile;
use crate::capacity::simulate::{Headroom, HubLimits, HubModel, Placeholders, PodRequest};
use crate::diag::Diagnostic;
use crate::policy::{Autoscaler, DEFAULT_CUTOFF};

/// How long a node boots where nothing is known.
const BOOT: Delay = Delay {
    median: 150.0,
    p95: 240.0,
};

/// How long it pulls the image where nothing is known.
const PULL: Delay = Delay {
    median: 300.0,
    p95: 600.0,
};

/// How long users stay where nothing is known.
const SESSION: Delay = Delay {
    median: 5400.0,
    p95: 14_400.0,
};

/// The size of the image that the scheduler prefers nodes for, where it is pulled at all.
const IMAGE: u64 = 4 << 30;

/// The time until the server runs on a node with the image.
const START: f64 = 10.0;

/// The chart's own `concurrentSpawnLimit` and `startTimeout`.
const SPAWNS: u64 = 64;
const TIMEOUT: f64 = 300.0;

/// Karpenter makes a node for every pod.
const NO_CUTOFF: i64 = i64::MIN;

/// More pods at the start than this are refused, and more nodes.
const MOST_PODS: u64 = 100_000;
const MOST_NODES: usize = 15_000;

impl QuestionLayers<'_> {
    pub(super) fn model(
        &self,
        assumed: &mut Assumptions,
        demand: &UserDemand,
        node: &PlanNode,
        user: PodRequest,
    ) -> Result<HubModel, Diagnostic> {
        let (options, policy, values) = (self.options, self.policy, self.values);
        let boot = read(options.boot.as_ref(), words::positive_delay)?;
        let pull = read(options.pull.as_ref(), words::delay)?;
        let start = read(options.start.as_ref(), words::seconds)?;
        let pull = assumed.choose("pull", (pull, policy.pull, None), PULL, |it| delay(*it));
        let profile = (options.scheduler, None, values.profile);
        let mut model = HubModel {
            profile: assumed.choose("scheduler", profile, Profile::MostAllocated, |profile| {
                match profile {
                    Profile::MostAllocated => "most-allocated".to_owned(),
                    Profile::LeastAllocated => "least-allocated".to_owned(),
                }
            }),
            allocatable: node.bounded(user),
            daemons: node.daemons,
            user,
            boot: assumed.choose("boot", (boot, policy.boot, None), BOOT, |it| delay(*it)),
            pull,
            start: assumed.choose("start", (start, policy.start, None), START, |it| time(*it)),
            image: if pull.median > 0.0 { IMAGE } else { 0 },
            // Nothing but a puller brings the image to a node that accepts no users.
            has_puller: options.gate || policy.is_gated || self.has_puller(assumed),
            session: self.session(assumed, demand)?,
            nodes: None,
            min: 0,
            max: None,
            running: None,
            cutoff: self.cutoff(assumed),
            hub: self.limits(assumed)?,
            headroom: self.headroom(assumed, user)?,
        };
        self.add_nodes(assumed, demand, &mut model)?;
        Ok(model)
    }

    fn has_puller(&self, assumed: &mut Assumptions) -> bool {
        let has_puller = self.values.has_puller.unwrap_or(true);
        if !has_puller {
            let value = "none, a node pulls the image for its first user";
            assumed.note("puller", value, Provenance::Values);
        }
        has_puller
    }

    fn session(
        &self,
        assumed: &mut Assumptions,
        demand: &UserDemand,
    ) -> Result<Option<Delay>, Diagnostic> {
        let option = read(self.options.session.as_ref(), words::positive_delay)?;
        if option.is_some() {
            return Ok(option);
        }
        match &demand.source {
            DemandSource::Rate(_) => {
                assumed.note("session", "no user leaves", Provenance::Default);
                Ok(None)
            }
            DemandSource::Event { .. } => {
                let value = "no user leaves during the event";
                assumed.note("session", value, Provenance::Default);
                Ok(None)
            }
            DemandSource::Trace(trace) if trace.sessions.is_some() => {
                assumed.note("session", "as recorded", Provenance::Trace);
                Ok(None)
            }
            DemandSource::Curve(_) | DemandSource::Trace(_) => {
                assumed.note("session", delay(SESSION), Provenance::Default);
                Ok(Some(SESSION))
            }
        }
    }

    fn cutoff(&self, assumed: &mut Assumptions) -> i64 {
        match self.policy.autoscaler {
            Some(Autoscaler::ClusterAutoscaler { cutoff }) => i64::from(cutoff),
            Some(Autoscaler::Karpenter) => {
                let value = "karpenter, simulated as the cluster autoscaler without a cutoff";
                assumed.note("autoscaler", value, Provenance::Policy);
                NO_CUTOFF
            }
            Some(Autoscaler::None) | None => i64::from(DEFAULT_CUTOFF),
        }
    }

    fn limits(&self, assumed: &mut Assumptions) -> Result<HubLimits, Diagnostic> {
        let (options, values) = (self.options, self.values);
        let spawns = read(options.spawn_limit.as_ref(), words::count_or_zero)?;
        let timeout = read(options.start_timeout.as_ref(), words::positive_seconds)?;
        let spawns = (spawns, None, values.concurrent_spawns);
        let timeout = (timeout, None, values.start_timeout);
        Ok(HubLimits {
            concurrent_spawns: assumed.choose("spawn-limit", spawns, SPAWNS, u64::to_string),
            start_timeout: assumed.choose("start-timeout", timeout, TIMEOUT, |it| time(*it)),
            culler: values.culler,
        })
    }

    fn headroom(
        &self,
        assumed: &mut Assumptions,
        user: PodRequest,
    ) -> Result<Headroom, Diagnostic> {
        let (options, values) = (self.options, self.values);
        let written = read(options.placeholders.as_ref(), words::placeholders)?;
        let seat = values.placeholder_request.unwrap_or(user);
        let seat = if options.user.is_some() { user } else { seat };
        let option = written.map(|(count, amounts)| Placeholders {
            count,
            request: amounts.map_or(seat, super::amounts::Amounts::request),
            priority: values.placeholder_priority.unwrap_or(PLACEHOLDER_PRIORITY),
        });
        let buffer =
            read(options.capacity_buffer.as_ref(), words::count_or_zero)?.unwrap_or_default();
        // A setting that is asked about is asked about alone.
        let is_alternative = option.is_some() || buffer > 0;
        let of_values = values.placeholders.filter(|_| !is_alternative);
        let placeholders = option.or(of_values).filter(|held| held.count > 0);
        if !is_alternative {
            let source = if of_values.is_some() {
                Provenance::Values
            } else {
                Provenance::Default
            };
            let value = placeholders.map_or("none".to_owned(), |held| {
                format!("{} x {}", held.count, amounts::request(held.request))
            });
            assumed.note("placeholders", value, source);
        }
        if self.policy.is_gated && !options.gate {
            let value = "yes, the pool has a startup taint";
            assumed.note("gate", value, Provenance::Policy);
        }
        Ok(Headroom {
            placeholders,
            buffer,
            is_gated: options.gate || self.policy.is_gated,
            minimums: Vec::new(),
        })
    }

    /// Nodes and users at the start, and the bounds of the pool.
    fn add_nodes(
        &self,
        assumed: &mut Assumptions,
        demand: &UserDemand,
        model: &mut HubModel,
    ) -> Result<(), Diagnostic> {
        let options = self.options;
        let nodes = read(options.nodes.as_ref(), words::count)?;
        let running = read(options.running.as_ref(), words::count_or_zero)?;
        let min = read(options.min.as_ref(), words::count_or_zero)?.or(self.policy.min);
        let max = read(options.max.as_ref(), words::count)?.or(self.policy.max);
        let small = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        model.nodes = nodes.map(small);
        model.min = small(min.unwrap_or_default());
        model.max = max.map(small);
        model.running = match (&demand.source, running) {
            (_, Some(running)) => Some(running),
            (DemandSource::Rate(_), None) => {
                let value = "as many as fit: the nodes are full but for the headroom";
                assumed.note("running", value, Provenance::Default);
                None
            }
            _ => {
                assumed.note("running", "0", Provenance::Default);
                Some(0)
            }
        };
        for (is_given, limit, field) in [
            (options.min.is_some(), min, "min"),
            (options.max.is_some(), max, "max"),
        ] {
            if let Some(limit) = limit.filter(|_| !is_given) {
                assumed.note(field, limit.to_string(), Provenance::Policy);
            }
        }
        self.check_start(model)?;
        let plan = model.start_plan();
        if nodes.is_none() {
            assumed.note("nodes", plan.nodes.to_string(), Provenance::Computed);
        }
        if self.policy.autoscaler == Some(Autoscaler::None) {
            let value = "none, the number of nodes is fixed";
            assumed.note("autoscaler", value, Provenance::Policy);
            model.max = Some(plan.nodes);
            model.min = plan.nodes;
        }
        Ok(())
    }

    /// Refuses a start that cannot be: more nodes than the maximum, or too many users.
    fn check_start(&self, model: &HubModel) -> Result<(), Diagnostic> {
        let free = model.allocatable.minus(model.daemons);
        let seats = arithmetic::seats(free, model.user.resources()).per_node.max(1);
        let refuse = |written: Option<&WrittenOption>, message: String, help: &str| {
            Err(match written {
                Some(written) => written.refuse(message, help),
                None => Diagnostic::new(&codes::BAD_OPTION, message).help(help),
            })
        };
        let running = model.running.unwrap_or_default();
        let held = model.headroom.placeholders.map_or(0, |held| held.count);
        if running.max(held).max(model.headroom.buffer) > MOST_PODS {
            let message = "more than 100,000 users, placeholders or seats of a buffer at the start"
                .to_owned();
            return refuse(None, message, "ask about fewer");
        }
        if model.nodes.unwrap_or_default().max(model.min) > MOST_NODES {
            let message = format!("a cluster has at most {MOST_NODES} nodes");
            return refuse(self.options.nodes.as_ref(), message, "use fewer nodes");
        }
        let plan = model.start_plan();
        if (plan.users() as u64) < running {
            let all = plan.nodes as u64 * seats;
            let message = format!(
                "{running} users do not fit on the nodes of the start: they have {all} seats"
            );
            let way_out = "use more `--nodes`, or fewer `--running`";
            return refuse(self.options.running.as_ref(), message, way_out);
        }
        if model.nodes.is_some_and(|nodes| nodes < model.min) {
            let message = format!(
                "{} nodes at the start are below the minimum of {}",
                plan.nodes, model.min
            );
            return refuse(
                self.options.nodes.as_ref(),
                message,
                "use more `--nodes`, or a smaller `--min`",
            );
        }
        if let Some(max) = model.max.filter(|max| *max < plan.nodes) {
            let message = format!(
                "the maximum of {max} nodes is below the {} nodes at the start",
                plan.nodes
            );
            return refuse(self.options.max.as_ref(), message, "use a larger `--max`");
        }
        Ok(())
    }
}

fn read<T>(
    written: Option<&WrittenOption>,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<T>, Diagnostic> {
    written.map(|written| written.read(read)).transpose()
}
