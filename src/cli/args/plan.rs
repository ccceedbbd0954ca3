//! The options of `plan`. What they say is read by `plan::Question`, which knows what is wrong with it.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::LayerOptions;
use crate::capacity::demand::EventShape;
use crate::capacity::simulate::scheduler::Profile;
use crate::cli::codes::CODES;
use crate::plan::{PlanArguments, WrittenOption};
use crate::project::PlanRequest;
use crate::text::Sources;

/// The options that say nothing about a scenario.
const OTHERS: &[&str] = &[
    "rate",
    "event",
    "shape",
    "curve",
    "trace",
    "burst",
    "dispersion",
    "session",
    "running",
    "node",
    "allocatable",
    "daemonsets",
    "nodes",
    "min",
    "max",
    "price",
    "boot",
    "pull",
    "start",
    "reaction",
    "user",
    "spawn_limit",
    "start_timeout",
    "scheduler",
    "placeholders",
    "capacity_buffer",
    "gate",
    "goal",
    "usage",
    "users_per_node",
    "seed",
    "runs",
    "chart",
    "values",
    "set",
    "set_string",
    "set_json",
    "set_file",
    "set_literal",
    "chart_version",
    "hub",
    "policy",
];

/// Options of `plan`.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct PlanOptions {
    /// Constant demand: users and a time, `100/10m`
    #[arg(long, value_name = "USERS/TIME", help_heading = "UserDemand")]
    rate: Option<String>,
    /// Users of an event: `320 users in 10m [at 2026-08-28T09:30-07:00]`
    #[arg(long, value_name = "EVENT", help_heading = "UserDemand")]
    event: Option<String>,
    /// How the users of an event are distributed over its time [default: uniform]
    #[arg(long, value_enum, help_heading = "UserDemand")]
    shape: Option<ShapeArg>,
    /// CSV file of a day: time of day, users per minute
    #[arg(long, value_name = "FILE", help_heading = "UserDemand")]
    curve: Option<PathBuf>,
    /// Recorded launches: CSV with a header, JSON lines, or an event archive of mybinder.org
    #[arg(long, value_name = "FILE", help_heading = "UserDemand")]
    trace: Option<PathBuf>,
    /// Users on top of the demand: `40 in 60s at 0s`; may be repeated
    #[arg(long, value_name = "BURST", help_heading = "UserDemand")]
    burst: Vec<String>,
    /// Variance over mean of the counts of users [default: 1; of a trace: measured]
    #[arg(long, value_name = "NUMBER", help_heading = "UserDemand")]
    dispersion: Option<String>,
    /// How long users stay, median and 95 %: `90m/4h` [default: of a rate or an event nobody leaves]
    #[arg(long, value_name = "TIME[/TIME]", help_heading = "UserDemand")]
    session: Option<String>,
    /// Users at the start [default: 0; with a rate as many as fit]
    #[arg(long, value_name = "NUMBER", help_heading = "UserDemand")]
    running: Option<String>,
    /// Machine type of the nodes: `r5.2xlarge`
    #[arg(
        long,
        value_name = "TYPE",
        help_heading = "Node pool",
        conflicts_with = "allocatable"
    )]
    node: Option<String>,
    /// What pods can request on a node: `cpu=8,memory=64Gi,pods=110`
    #[arg(long, value_name = "AMOUNTS", help_heading = "Node pool")]
    allocatable: Option<String>,
    /// What `DaemonSets` request on each node, and their pods: `cpu=195m,memory=250Mi,pods=6`
    #[arg(long, value_name = "AMOUNTS", help_heading = "Node pool")]
    daemonsets: Option<String>,
    /// Nodes at the start [default: those that hold users and headroom]
    #[arg(long, value_name = "NUMBER", help_heading = "Node pool")]
    nodes: Option<String>,
    /// Minimum number of nodes
    #[arg(long, value_name = "NUMBER", help_heading = "Node pool")]
    min: Option<String>,
    /// Maximum number of nodes
    #[arg(long, value_name = "NUMBER", help_heading = "Node pool")]
    max: Option<String>,
    /// Price of a node for an hour, in dollars
    #[arg(long, value_name = "NUMBER", help_heading = "Node pool")]
    price: Option<String>,
    /// Time from the order of a node until it is Ready, median and 95 % [default: 150s/240s]
    #[arg(long, value_name = "TIME[/TIME]", help_heading = "Times")]
    boot: Option<String>,
    /// Time to pull the image, median and 95 % [default: 5m/10m]
    #[arg(long, value_name = "TIME[/TIME]", help_heading = "Times")]
    pull: Option<String>,
    /// Time until a user server runs on a node with the image [default: 10s]
    #[arg(long, value_name = "TIME", help_heading = "Times")]
    start: Option<String>,
    /// Delay of the autoscaler in the arithmetic [default: the expected delay]
    #[arg(long, value_name = "TIME", help_heading = "Times")]
    reaction: Option<String>,
    /// Requests of a user server, as the hub reads them: `cpu=0.05,memory=512M`
    #[arg(long, value_name = "AMOUNTS", help_heading = "Hub")]
    user: Option<String>,
    /// User servers that may start at once, 0 for any number [default: 64]
    #[arg(long, value_name = "NUMBER", help_heading = "Hub")]
    spawn_limit: Option<String>,
    /// Time after which the hub gives up on a start [default: 300s]
    #[arg(long, value_name = "TIME", help_heading = "Hub")]
    start_timeout: Option<String>,
    /// How the scheduler chooses nodes [default: most-allocated]
    #[arg(long, value_enum, help_heading = "Hub")]
    scheduler: Option<SchedulerArg>,
    /// User placeholders: a number, or `6 x memory=60Gi`
    #[arg(long, value_name = "PLACEHOLDERS", help_heading = "Headroom")]
    placeholders: Option<String>,
    /// Seats of a `CapacityBuffer`
    #[arg(long, value_name = "SEATS", help_heading = "Headroom")]
    capacity_buffer: Option<String>,
    /// A node accepts users only when it has the image
    #[arg(long, help_heading = "Headroom")]
    gate: bool,
    /// How many users may wait how long [default: wait 10s 1%]
    #[arg(long, value_name = "GOAL", help_heading = "Question")]
    goal: Option<String>,
    /// Memory that users use, with shares: `1G:80%,10G:20%`
    #[arg(long, value_name = "SIZES", help_heading = "Question")]
    usage: Option<String>,
    /// Users on a full node, for `--usage` [default: the seats of a node]
    #[arg(long, value_name = "NUMBER", help_heading = "Question")]
    users_per_node: Option<String>,
    /// Number that all random numbers depend on [default: 1]
    #[arg(long, value_name = "NUMBER", help_heading = "Question")]
    seed: Option<String>,
    /// Number of simulated runs [default: 200, fewer for many users]
    #[arg(long, value_name = "NUMBER", help_heading = "Question")]
    runs: Option<String>,
    /// Play a cluster exactly as this JSON file describes it, and print what happens
    #[arg(long, value_name = "FILE", help_heading = "Question", conflicts_with_all = OTHERS)]
    pub(in crate::cli) scenario: Option<PathBuf>,
    #[command(flatten)]
    layers: LayerOptions,
    /// z2jh version if the chart itself is not available [default: the newest]
    #[arg(long, value_name = "VERSION", help_heading = "Input")]
    chart_version: Option<String>,
    /// Key path of the z2jh values, such as `binderhub.jupyterhub` [default: detected]
    #[arg(long, value_name = "KEYS", help_heading = "Input")]
    hub: Option<String>,
    /// Policy file, for its facts about nodes and demand [default: the nearest dunnage.yaml, if any]
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    policy: Option<PathBuf>,
}

impl PlanOptions {
    /// What they ask to read.
    pub(in crate::cli) fn request(&self) -> PlanRequest {
        PlanRequest {
            layers: self.layers.request(),
            chart_version: self.chart_version.clone(),
            hub: self.hub.clone(),
            policy: self.policy.clone(),
            curve: self.curve.clone(),
            trace: self.trace.clone(),
            codes: CODES,
        }
    }

    /// What they say, each with its place.
    pub(in crate::cli) fn arguments<'t>(&self, sources: &mut Sources) -> PlanArguments<'t> {
        let mut written = |option: &'static str, text: &Option<String>| {
            let text = text.clone()?;
            let source = sources.add_argument(option, text.clone());
            Some(WrittenOption {
                option,
                text,
                source,
            })
        };
        let burst = self.burst.iter().cloned();
        PlanArguments {
            burst: burst.filter_map(|burst| written("--burst", &Some(burst))).collect(),
            rate: written("--rate", &self.rate),
            event: written("--event", &self.event),
            shape: self.shape.map(EventShape::from),
            curve: None,
            trace: None,
            dispersion: written("--dispersion", &self.dispersion),
            session: written("--session", &self.session),
            node: written("--node", &self.node),
            allocatable: written("--allocatable", &self.allocatable),
            daemonsets: written("--daemonsets", &self.daemonsets),
            nodes: written("--nodes", &self.nodes),
            min: written("--min", &self.min),
            max: written("--max", &self.max),
            price: written("--price", &self.price),
            running: written("--running", &self.running),
            user: written("--user", &self.user),
            boot: written("--boot", &self.boot),
            pull: written("--pull", &self.pull),
            start: written("--start", &self.start),
            reaction: written("--reaction", &self.reaction),
            placeholders: written("--placeholders", &self.placeholders),
            capacity_buffer: written("--capacity-buffer", &self.capacity_buffer),
            gate: self.gate,
            spawn_limit: written("--spawn-limit", &self.spawn_limit),
            start_timeout: written("--start-timeout", &self.start_timeout),
            scheduler: self.scheduler.map(Profile::from),
            goal: written("--goal", &self.goal),
            usage: written("--usage", &self.usage),
            users_per_node: written("--users-per-node", &self.users_per_node),
            seed: written("--seed", &self.seed),
            runs: written("--runs", &self.runs),
        }
    }
}

/// `--shape`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ShapeArg {
    /// As many users in each minute
    Uniform,
    /// Most users early: the peak is at 35 % of the time
    Early,
}

impl From<ShapeArg> for EventShape {
    fn from(shape: ShapeArg) -> Self {
        match shape {
            ShapeArg::Uniform => EventShape::Uniform,
            ShapeArg::Early => EventShape::Early,
        }
    }
}

/// `--scheduler`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SchedulerArg {
    /// Fill nodes, as z2jh's user scheduler does
    MostAllocated,
    /// Spread users, as the default scheduler does
    LeastAllocated,
}

impl From<SchedulerArg> for Profile {
    fn from(scheduler: SchedulerArg) -> Self {
        match scheduler {
            SchedulerArg::MostAllocated => Profile::MostAllocated,
            SchedulerArg::LeastAllocated => Profile::LeastAllocated,
        }
    }
}
