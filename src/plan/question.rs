//! A question: what options, the policy and values say, and what is assumed where none of them says anything.

use super::amounts::{self, Amounts, Notation};
use super::arguments::{
    Assumptions, DemandFile, PlanArguments, PlanAssumption, Provenance, WrittenOption,
};
use super::codes;
use super::layers::{PolicyFacts, ValuesFacts};
use super::node::PlanNode;
use super::words::{self, EventWords, Goal, Usage};
use crate::capacity::demand::{
    BadTrace, Burst, DemandSource, EventShape, MOST_LAUNCHES, UserDemand, read_curve, read_trace,
};
use crate::capacity::resources::{Resource, Resources};
use crate::capacity::simulate::{HubModel, PodRequest};
use crate::diag::Diagnostic;
use crate::text::Span;

/// Simulated time ends here: a year, in seconds.
const LONGEST: f64 = 366.0 * 86_400.0;

/// So many users are simulated over all runs, where no number of runs is given.
const USERS_OF_RUNS: f64 = 200_000.0;

/// The number of runs, where it is not given and there are not too many users.
const RUNS: u64 = 200;

/// A gibibyte.
const GI: u64 = 1 << 30;

/// A question with everything that the answer depends on.
#[derive(Debug, Clone)]
pub struct PlanQuestion {
    pub(super) demand: UserDemand,
    /// When the demand begins, as it is written.
    pub(super) begins: Option<String>,
    pub(super) node: PlanNode,
    pub(super) model: HubModel,
    /// The delay of the autoscaler in the arithmetic; nothing for the expected one.
    pub(super) reaction: Option<f64>,
    pub(super) goal: Goal,
    pub(super) price: Option<f64>,
    pub(super) usage: Option<(Usage, Option<u64>)>,
    pub(super) seed: u64,
    pub(super) runs: u64,
    pub(super) horizon: f64,
    pub(super) assumptions: Vec<PlanAssumption>,
}

/// What a question is made of.
pub(super) struct QuestionLayers<'a> {
    pub(super) options: &'a PlanArguments<'a>,
    pub(super) policy: &'a PolicyFacts,
    pub(super) values: &'a ValuesFacts,
}

impl PlanQuestion {
    /// Makes a question of options, the policy and values, each over those after it.
    ///
    /// # Errors
    /// An option that cannot be used, with its place and what to write.
    pub fn new(
        options: &PlanArguments<'_>,
        policy: &PolicyFacts,
        values: &ValuesFacts,
    ) -> Result<Self, Diagnostic> {
        let layers = QuestionLayers {
            options,
            policy,
            values,
        };
        let mut assumed = Assumptions::default();
        let (demand, begins) = layers.demand(&mut assumed)?;
        let user = layers.user(&mut assumed)?;
        let node = layers.node(&mut assumed, user)?;
        let model = layers.model(&mut assumed, &demand, &node, user)?;
        let goal = options.goal.as_ref().map(|goal| goal.read(words::goal));
        let goal = goal.transpose()?.unwrap_or_else(|| {
            assumed.note("goal", "wait 10s 1%", Provenance::Default);
            Goal {
                wait: 10.0,
                share: 0.01,
            }
        });
        let lead = model.boot.median + model.pull.median + model.start + 10.0;
        let horizon = demand.horizon(lead);
        let users = QuestionLayers::check_size(&demand, horizon)?;
        let held = model.headroom.placeholders.map_or(0, |held| held.count);
        let at_start = model.start_plan().users() as u64 + held;
        let runs = layers.runs(&mut assumed, users + amounts::real(at_start))?;
        let read = |written: &Option<WrittenOption>, read: fn(&str) -> Result<f64, String>| {
            written.as_ref().map(|it| it.read(read)).transpose()
        };
        let price = read(&options.price, words::positive)?;
        if let (None, Some(price)) = (price, policy.price) {
            assumed.note("price", price.to_string(), Provenance::Policy);
        }
        let seed = options.seed.as_ref().map(|it| it.read(words::count_or_zero));
        Ok(Self {
            begins,
            reaction: read(&options.reaction, words::seconds)?,
            price: price.or(policy.price),
            usage: layers.usage()?,
            seed: seed.transpose()?.unwrap_or(1),
            demand,
            node,
            model,
            goal,
            runs,
            horizon,
            assumptions: assumed.0,
        })
    }
}

impl QuestionLayers<'_> {
    /// The demand, and when it begins.
    fn demand(
        &self,
        assumed: &mut Assumptions,
    ) -> Result<(UserDemand, Option<String>), Diagnostic> {
        let options = self.options;
        let event = options.event.as_ref().map(|it| it.read(words::event));
        let event = event.transpose()?;
        let rate = options.rate.as_ref().map(|it| it.read(words::rate));
        let rate = rate.transpose()?;
        let begins = event.as_ref().and_then(|event| event.at.clone());
        let source = self.one_of(assumed, rate, event)?;
        if options.shape.is_some() && !matches!(source, DemandSource::Event { .. }) {
            let message = "`--shape` is the shape of an event, and the demand is no event";
            return Err(
                Diagnostic::new(&codes::BAD_OPTION, message).help("remove it, or use `--event`")
            );
        }
        let bursts = options.burst.iter().map(|burst| burst.read(words::burst));
        let bursts: Vec<Burst> = bursts.collect::<Result<_, _>>()?;
        let dispersion = options.dispersion.as_ref().map(|written| {
            let at_least_one = |text: &str| {
                let number = words::positive(text).ok().filter(|number| *number >= 1.0);
                number.ok_or_else(|| "write a number of at least 1".to_owned())
            };
            written.read(at_least_one)
        });
        let dispersion = match (dispersion.transpose()?, &source) {
            (Some(dispersion), _) => dispersion,
            (None, DemandSource::Trace(trace)) => {
                let measured = trace.dispersion();
                let value = format!("{measured:.1}");
                assumed.note("dispersion", value, Provenance::Trace);
                measured
            }
            (None, _) => {
                let value = "1 (users come independently)";
                assumed.note("dispersion", value, Provenance::Default);
                1.0
            }
        };
        let demand = UserDemand {
            source,
            bursts,
            dispersion,
        };
        Ok((demand, begins))
    }

    /// The one demand that is given.
    fn one_of(
        &self,
        assumed: &mut Assumptions,
        rate: Option<f64>,
        event: Option<EventWords>,
    ) -> Result<DemandSource, Diagnostic> {
        let options = self.options;
        let shape = options.shape.unwrap_or(EventShape::Uniform);
        let of_event = |users, window| DemandSource::Event {
            users,
            window,
            shape,
        };
        let refused = |message: &str| {
            Diagnostic::new(&codes::BAD_OPTION, message)
                .help("give exactly one of `--rate`, `--event`, `--curve` and `--trace`")
        };
        let (source, is_event) = match (rate, event, &options.curve, &options.trace) {
            (Some(rate), None, None, None) => (DemandSource::Rate(rate), false),
            (None, Some(event), None, None) => (of_event(event.users, event.window), true),
            (None, None, Some(curve), None) => {
                let read = read_curve(curve.text).map_err(|bad| bad_file(*curve, &bad))?;
                (DemandSource::Curve(read), false)
            }
            (None, None, None, Some(trace)) => {
                let read = read_trace(trace.text).map_err(|bad| bad_file(*trace, &bad))?;
                (DemandSource::Trace(read), false)
            }
            (None, None, None, None) => {
                let Some((users, window)) = self.policy.demand else {
                    return Err(refused("no demand is given"));
                };
                if users == 0 || window <= 0.0 {
                    return Err(refused("the demand of the policy has no users or no time"));
                }
                let value = format!("{users} users in {}", super::terminal::time(window));
                assumed.note("event", value, Provenance::Policy);
                (of_event(users, window), true)
            }
            _ => return Err(refused("two demands are given")),
        };
        if is_event && options.shape.is_none() {
            assumed.note("shape", "uniform", Provenance::Default);
        }
        Ok(source)
    }

    fn user(&self, assumed: &mut Assumptions) -> Result<PodRequest, Diagnostic> {
        let read = |text: &str| Amounts::read(text, Notation::Hub, &["cpu", "memory"]);
        let option = self.options.user.as_ref().map(|user| user.read(read));
        let option = option.transpose()?.map(Amounts::request);
        let default = PodRequest {
            cpu: None,
            memory: Some(GI),
        };
        let layers = (option, None, self.values.user);
        Ok(assumed.choose("user", layers, default, |user| amounts::request(*user)))
    }

    fn node(&self, assumed: &mut Assumptions, user: PodRequest) -> Result<PlanNode, Diagnostic> {
        let options = self.options;
        let read =
            |text: &str| Amounts::read(text, Notation::Kubernetes, &["cpu", "memory", "pods"]);
        let allocatable = options.allocatable.as_ref().map(|it| it.read(read)).transpose()?;
        let daemons = options.daemonsets.as_ref().map(|it| it.read(read)).transpose()?;
        let mut node = match (&options.node, allocatable) {
            (Some(node), None) => Self::of_type(assumed, &node.text).map_err(|help| {
                node.refuse(format!("node type `{}` is not known", node.text), help)
            })?,
            (_, Some(allocatable)) => PlanNode::of_amounts(allocatable),
            (None, None) => self.node_of_policy(assumed)?,
        };
        let show = |daemons: &Resources| {
            if *daemons == Resources::default() {
                return "none".to_owned();
            }
            let (cpu, memory) = (daemons.cpu, amounts::memory(daemons.memory));
            format!("cpu={cpu}m,memory={memory},pods={}", daemons.pods)
        };
        let layers = (
            daemons.map(Amounts::resources),
            self.policy.daemon_sets.map(Amounts::resources),
            None,
        );
        node.daemons = assumed.choose("daemonsets", layers, Resources::default(), show);
        self.check_fits(&node, user)?;
        Ok(node)
    }

    fn of_type(assumed: &mut Assumptions, name: &str) -> Result<PlanNode, String> {
        let (node, is_measured) = PlanNode::of_type(name)?;
        if !is_measured {
            let allocatable = node.allocatable.resources();
            let (cpu, memory) = (allocatable.cpu, amounts::memory(allocatable.memory));
            let value = format!("cpu={cpu}m,memory={memory},pods={}", allocatable.pods);
            assumed.note("allocatable", value, Provenance::Computed);
        }
        Ok(node)
    }

    fn node_of_policy(&self, assumed: &mut Assumptions) -> Result<PlanNode, Diagnostic> {
        let PolicyFacts {
            node, allocatable, ..
        } = self.policy;
        if let Some(allocatable) = allocatable {
            assumed.note("allocatable", "of the pool", Provenance::Policy);
            return Ok(PlanNode::of_amounts(*allocatable));
        }
        if let Some(name) = node {
            assumed.note("node", name, Provenance::Policy);
            return Self::of_type(assumed, name).map_err(|help| {
                let message = format!("node type `{name}` of the policy is not known");
                Diagnostic::new(&codes::BAD_OPTION, message).help(help)
            });
        }
        let value = "110 pods, CPU and memory do not bind";
        assumed.note("allocatable", value, Provenance::Default);
        Ok(PlanNode::of_amounts(Amounts::default()))
    }

    /// Refuses a user who does not fit on an empty node.
    fn check_fits(&self, node: &PlanNode, user: PodRequest) -> Result<(), Diagnostic> {
        let (free, wanted) = (node.free(), user.resources());
        let show = |resource: Resource, amount: u64| match resource {
            Resource::Cpu => format!("{amount}m CPU"),
            Resource::Memory => format!("{} of memory", amounts::memory(amount)),
            Resource::Pods => format!("{amount} pods"),
        };
        for (resource, free) in [
            (Resource::Cpu, free.cpu),
            (Resource::Memory, free.memory),
            (Resource::Pods, free.pods),
        ] {
            let (Some(free), wanted) = (free, wanted.get(resource)) else {
                continue;
            };
            if wanted > free {
                let message = format!(
                    "a user does not fit on a node: it requests {}, {} too much",
                    show(resource, wanted),
                    show(resource, wanted - free)
                );
                let help = "use a larger node, or a smaller `--user`";
                return Err(match &self.options.user {
                    Some(user) => user.refuse(message, help),
                    None => Diagnostic::new(&codes::BAD_OPTION, message).help(help),
                });
            }
        }
        Ok(())
    }

    fn usage(&self) -> Result<Option<(Usage, Option<u64>)>, Diagnostic> {
        let usage = self.options.usage.as_ref().map(|it| it.read(words::usage));
        let users = self.options.users_per_node.as_ref().map(|it| it.read(words::count));
        let (usage, users) = (usage.transpose()?, users.transpose()?);
        if usage.is_none() && users.is_some() {
            let message = "`--users-per-node` needs `--usage`";
            let help = "add `--usage`, such as `--usage '1G:80%,10G:20%'`";
            return Err(Diagnostic::new(&codes::BAD_OPTION, message).help(help));
        }
        Ok(usage.map(|usage| (usage, users)))
    }

    /// The number of users; refuses a question that is too large to answer.
    fn check_size(demand: &UserDemand, horizon: f64) -> Result<f64, Diagnostic> {
        let refused = |message: String, help: &str| {
            Err(Diagnostic::new(&codes::BAD_OPTION, message).help(help))
        };
        let users = demand.expected_users(horizon);
        if users > MOST_LAUNCHES {
            let message = format!("the demand has {users:.0} launches, more than 5 million");
            return refused(message, "ask about a shorter time, or fewer users");
        }
        if horizon > LONGEST {
            let message = "the simulated time is longer than a year".to_owned();
            return refused(message, "ask about a shorter time");
        }
        Ok(users)
    }

    fn runs(&self, assumed: &mut Assumptions, users: f64) -> Result<u64, Diagnostic> {
        if let Some(runs) = &self.options.runs {
            let runs_read = runs.read(words::count)?;
            if amounts::real(runs_read) * users > 40.0 * MOST_LAUNCHES {
                let message =
                    format!("{runs_read} runs of {users:.0} users and placeholders are too many");
                return Err(runs.refuse(message, "use fewer runs"));
            }
            return Ok(runs_read);
        }
        let affordable = amounts::whole((USERS_OF_RUNS / users.max(1.0)).floor());
        let runs = affordable.clamp(1, RUNS);
        if runs < RUNS {
            assumed.note("runs", runs.to_string(), Provenance::Computed);
        }
        Ok(runs)
    }
}

/// A file that is not what it is given as.
fn bad_file(file: DemandFile<'_>, bad: &BadTrace) -> Diagnostic {
    let span = Span::new(file.source, place(file.text, bad.line, bad.column));
    Diagnostic::new(&codes::BAD_FILE, bad.message.clone())
        .at(span, "")
        .help("`dunnage rule PN002` shows the formats that can be read")
}

/// The bytes of the word at a line and column of a text, both from 1.
pub(super) fn place(text: &str, line: usize, column: usize) -> std::ops::Range<usize> {
    let lines = text.split_inclusive('\n');
    let start: usize = lines.take(line.saturating_sub(1)).map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default();
    let rest = rest.lines().next().unwrap_or_default();
    let before = rest.char_indices().nth(column.saturating_sub(1));
    let at = before.map_or(rest.len(), |(at, _)| at);
    let word = rest[at..].find([',', ' ', '\t']);
    start + at..start + word.map_or(rest.len(), |word| at + word)
}
