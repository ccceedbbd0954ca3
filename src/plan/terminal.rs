//! The page for people: at most 80 columns, without color.

use std::collections::BTreeMap;

use super::amounts::{decimal, real, whole};
use super::answer::{CandidateKind, PlanAnswer, PlanCandidate};
use super::arguments::Provenance;
use super::arithmetic::written;
use super::question::PlanQuestion;
use super::scenario::ScenarioAnswer;
use crate::capacity::delay::Delay;
use crate::capacity::demand::DemandSource;

/// The width of the page.
const WIDTH: usize = 80;

/// The width of the names of facts, with the margin.
const MARGIN: usize = 19;

/// The answer to a question.
pub fn page(question: &PlanQuestion, answer: &PlanAnswer) -> String {
    let mut page = wrapped("", &sentence(question, answer), 0);
    page += "\n";
    for (name, fact) in facts(question, answer) {
        page += &wrapped(&format!("  {name}"), &fact, MARGIN);
    }
    page += "\n";
    page += &table(question, answer);
    page += "\n";
    page += &assumptions(answer);
    for finding in &answer.findings {
        let (level, id) = (finding.level.name(), finding.code.id);
        let text = format!("{level}[{id}] {}", finding.message);
        page += &wrapped("  ", &text, 2);
    }
    page
}

/// What happened in a scenario.
pub fn scenario_page(scenario: &ScenarioAnswer) -> String {
    let outcome = &scenario.outcome;
    let mut lines = Vec::new();
    if !scenario.title.is_empty() {
        lines.push(scenario.title.clone());
        lines.push(String::new());
    }
    let counts = |counts: &BTreeMap<String, usize>| {
        let counts = counts.iter().map(|(name, count)| format!("{name} {count}"));
        let counts: Vec<String> = counts.collect();
        if counts.is_empty() {
            "none".to_owned()
        } else {
            counts.join(", ")
        }
    };
    for order in &outcome.scale_ups {
        let noun = if order.nodes == 1 { "node" } else { "nodes" };
        let line = format!(
            "{:>9.1}s  {} {noun} of {} ordered",
            order.t, order.nodes, order.pool
        );
        lines.push(line);
    }
    for deletion in &outcome.deleted {
        lines.push(format!("{:>9.1}s  {} deleted", deletion.t, deletion.node));
    }
    let users = &outcome.users;
    let wait = |seconds: Option<f64>| seconds.map_or("-".to_owned(), time);
    for (name, text) in [
        ("nodes at the end", counts(&outcome.nodes_at_end)),
        ("pending", counts(&outcome.pending_at_end)),
        ("running", counts(&outcome.running_at_end)),
    ] {
        lines.push(format!("  {name:<18}{text}"));
    }
    lines.push(format!(
        "  {:<18}{}, {} wait longer than 10s, {} never get a node",
        "users", users.count, users.waited_over_10s, users.never_bound
    ));
    lines.push(format!(
        "  {:<18}{} median, {} p95, {} longest",
        "wait for a node",
        wait(users.p50),
        wait(users.p95),
        wait(users.max)
    ));
    for (node, reason) in &outcome.kept_because {
        lines.push(format!("  {node} kept: {reason}"));
    }
    lines.join("\n") + "\n"
}

/// The answer in one sentence.
fn sentence(question: &PlanQuestion, answer: &PlanAnswer) -> String {
    let result = &answer.today().result;
    let goal = question.goal;
    let wait = time(goal.wait);
    let waiting = whole(result.waiting.share * result.users);
    if waiting == 0 && result.waiting.share <= 0.0 {
        return format!("no user waits longer than {wait}");
    }
    let users = whole(result.users);
    let failed = whole(result.failed_spawns);
    let verb = if waiting == 1 { "waits" } else { "wait" };
    let mut sentence = if waiting == 0 {
        format!(
            "{} of {users} users wait longer than {wait}",
            percent(result.waiting.share)
        )
    } else {
        format!("{waiting} of {users} users {verb} longer than {wait}")
    };
    if failed > 0 {
        let verb = if failed == 1 {
            "spawn fails"
        } else {
            "spawns fail"
        };
        sentence += &format!(", {failed} {verb}");
    }
    if answer.meets_goal() {
        return sentence + &format!(": the goal of at most {} is met", percent(goal.share));
    }
    let lead = &answer.lead;
    if result.causes.throttled > result.causes.node.max(result.causes.image)
        && lead.pull.p50 + lead.boot.p50 < 60.0
    {
        let limit = answer.arithmetic.hub.limit;
        return sentence + &format!(": the hub starts at most {limit} servers at a time");
    }
    sentence
        + &if lead.pull.p50 > lead.boot.p50 {
            format!(": the image pull takes {}", time(lead.pull.p50))
        } else {
            format!(": a new node takes {} to boot", time(lead.boot.p50))
        }
}

/// The arithmetic, in words.
fn facts(question: &PlanQuestion, answer: &PlanAnswer) -> Vec<(&'static str, String)> {
    let (lead, arithmetic) = (&answer.lead, &answer.arithmetic);
    let mut facts = vec![
        ("seats per node", seats(answer)),
        (
            "lead time",
            format!(
                "{} median, {} p95: autoscaler {}, boot {}, pull {}",
                time(lead.total.p50),
                time(lead.total.p95),
                time(lead.reaction.round()),
                time(lead.boot.p50),
                time(lead.pull.p50)
            ),
        ),
        ("rate x boot", format!("{} seats", arithmetic.mean_rule)),
        ("seats needed", quantiles(question, answer)),
    ];
    let today = &arithmetic.today;
    facts.push((
        "held today",
        format!(
            "{} seats: users wait for a node in {} of scale-ups, {} users on average",
            today.seats,
            percent(today.any_waits),
            decimal(today.expected_waiting)
        ),
    ));
    if arithmetic.cold_bound > 0.0 {
        let share = percent(arithmetic.cold_bound);
        facts.push((
            "image",
            format!("at most {share} of users get a node without it"),
        ));
    }
    facts.push(("hub", hub(answer)));
    facts.push(("largest", largest(answer)));
    facts.extend(memory(answer).map(|memory| ("memory", memory)));
    facts.extend(cost(question, answer).map(|cost| ("cost", cost)));
    if let Some(begins) = &question.begins {
        facts.push(("begins", begins.clone()));
    }
    facts
}

fn seats(answer: &PlanAnswer) -> String {
    let seats = &answer.seats;
    let mut text = format!(
        "{}, bound by {}",
        seats.per_node,
        seats.bound_by.join(" and ")
    );
    let all = answer.node.allocatable.pods.unwrap_or_default();
    let free = answer.node.free.pods.unwrap_or_default();
    if seats.bound_by.contains(&"pods") && all > free {
        text += &format!(" ({all} - {} of DaemonSets)", all - free);
    }
    let others = [
        ("cpu", seats.by.cpu),
        ("memory", seats.by.memory),
        ("pods", seats.by.pods),
    ];
    for (name, seats) in others {
        if let Some(seats) = seats.filter(|seats| *seats > answer.seats.per_node) {
            let verb = if name == "pods" { "allow" } else { "allows" };
            text += &format!("; {name} {verb} {seats}");
        }
    }
    text
}

fn quantiles(question: &PlanQuestion, answer: &PlanAnswer) -> String {
    let all = answer.arithmetic.quantiles.iter();
    let all = all.map(|it| format!("{} in {}", it.seats, percent(1.0 - it.eps)));
    let all: Vec<String> = all.collect();
    let what = if question.model.headroom.is_gated || question.model.headroom.buffer > 0 {
        ", boots and pulls"
    } else {
        " and boots"
    };
    let mean = decimal(answer.arithmetic.mean_in_lead);
    format!(
        "{} of scale-ups; on average {mean} users arrive while a node is ordered{what}",
        all.join(", ")
    )
}

fn hub(answer: &PlanAnswer) -> String {
    let hub = &answer.arithmetic.hub;
    let servers = match whole(hub.starting) {
        1 => "1 server starts at a time".to_owned(),
        starting => format!("{starting} servers start at a time"),
    };
    if hub.limit == 0 {
        return format!("{servers}, without a limit");
    }
    let waves = match hub.waves {
        0 | 1 => String::new(),
        waves => format!(", in {waves} waves of nodes"),
    };
    let what = if hub.throttled {
        format!(": it turns users away{waves}")
    } else {
        String::new()
    };
    format!("{servers}, limit {}{what}", hub.limit)
}

fn largest(answer: &PlanAnswer) -> String {
    let largest = &answer.arithmetic.largest_placeholder;
    let cpu = largest.cpu.map(|cpu| format!("{cpu}m CPU"));
    let memory = largest.memory.map(written);
    let parts: Vec<String> = cpu.into_iter().chain(memory).collect();
    if parts.is_empty() {
        return format!("a placeholder holds at most {} seats", largest.seats);
    }
    format!(
        "placeholder that fits: {}, {} seats",
        parts.join(" and "),
        largest.seats
    )
}

fn memory(answer: &PlanAnswer) -> Option<String> {
    let memory = answer.arithmetic.memory.as_ref()?;
    Some(format!(
        "{} users use {} of it, more than the node has in {}; {} users keep that below 1 %",
        memory.users,
        written(memory.expected),
        percent(memory.overflow),
        memory.users_for_1_percent
    ))
}

fn cost(question: &PlanQuestion, answer: &PlanAnswer) -> Option<String> {
    let price = question.price?;
    if answer.arithmetic.today.seats == 0 {
        return None;
    }
    let seats = real(answer.arithmetic.today.seats) / real(answer.seats.per_node.max(1));
    Some(format!(
        "${:.2} an hour for the seats held today",
        seats * price
    ))
}

/// The results of the simulation.
fn table(question: &PlanQuestion, answer: &PlanAnswer) -> String {
    let today = answer.today();
    let result = &today.result;
    let title = demand(question, result.users);
    let label = label(question, today);
    let width = title.chars().count().max(label.chars().count()).max(28);
    let mut columns = vec![
        ("waiting", percent(result.waiting.share)),
        ("p95 wait", time(result.wait.p95)),
        ("failed", whole(result.failed_spawns).to_string()),
        ("429s", whole(result.throttled).to_string()),
        ("node-h", format!("{:.1}", result.node_hours)),
    ];
    columns.extend(result.cost.map(|cost| ("cost", format!("${cost:.2}"))));
    let (mut head, mut row) = (format!("  {title:<width$}"), format!("  {label:<width$}"));
    for (name, value) in columns {
        let width = name.len().max(value.chars().count().min(8)) + 2;
        head += &format!("{name:>width$}");
        row += &format!("{value:>width$}");
    }
    format!("{}\n{}\n", head.trim_end(), row.trim_end())
}

/// What the demand is.
fn demand(question: &PlanQuestion, users: f64) -> String {
    match &question.demand.source {
        DemandSource::Event { users, window, .. } => format!("{users} users in {}", time(*window)),
        DemandSource::Rate(rate) => format!(
            "{} users/min for {}",
            decimal(rate * 60.0),
            time(question.horizon)
        ),
        DemandSource::Curve(_) => format!("{} users in a day", whole(users)),
        DemandSource::Trace(_) => format!("{} users of a trace", whole(users)),
    }
}

/// Today's settings.
fn label(question: &PlanQuestion, today: &PlanCandidate) -> String {
    let gate = if today.gate { ", gated" } else { "" };
    let size = today.request.as_ref().and_then(|request| request.memory);
    let size = size.map(written);
    let plural = if today.replicas == 1 { "" } else { "s" };
    let what = match (today.kind, size) {
        (CandidateKind::Placeholders, Some(size)) if gate.is_empty() => {
            format!("{} placeholder{plural}, {size}", today.replicas)
        }
        (CandidateKind::Placeholders, Some(size)) => format!("{} x {size}", today.replicas),
        (CandidateKind::Placeholders, None) => format!("{} placeholder{plural}", today.replicas),
        (CandidateKind::CapacityBuffer, _) => format!("buffer of {} seats", today.replicas),
        (CandidateKind::PoolMinimum, _) if today.min_nodes > 0 => {
            format!("minimum of {} nodes", today.min_nodes)
        }
        (CandidateKind::PoolMinimum, _) => {
            format!("{} nodes", question.model.nodes.unwrap_or_default())
        }
        (CandidateKind::None, _) => "no headroom".to_owned(),
    };
    format!("today: {what}{gate}")
}

fn assumptions(answer: &PlanAnswer) -> String {
    let mut text = String::new();
    for (source, title) in [
        (Provenance::Policy, "policy: "),
        (Provenance::Values, "values: "),
        (Provenance::Trace, "trace: "),
        (Provenance::Computed, "computed: "),
        (Provenance::Default, "assumed: "),
    ] {
        let of_source = answer.assumptions.iter().filter(|it| it.source == source);
        let parts = of_source.map(|it| format!("{} {}", it.field, it.value));
        let parts: Vec<String> = parts.collect();
        if !parts.is_empty() {
            let first = format!("  {title}");
            let indent = first.len();
            text += &wrapped(&first, &parts.join("; "), indent);
        }
    }
    text
}

/// Text in lines of at most 80 columns; `first` is before the first line, the others are indented.
fn wrapped(first: &str, text: &str, indent: usize) -> String {
    let mut lines = Vec::new();
    let mut line = format!("{first:<indent$}");
    let mut is_empty = true;
    for word in text.split(' ') {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(line);
            line = " ".repeat(indent);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line += word;
        is_empty = false;
    }
    lines.push(line);
    lines.join("\n") + "\n"
}

/// A time with its unit: `10s`, `2.5m`, `1.5h`.
pub(super) fn time(seconds: f64) -> String {
    const LONG: f64 = 5940.0;
    if seconds < 59.95 {
        format!("{}s", decimal(seconds))
    } else if seconds < LONG {
        format!("{}m", decimal(seconds / 60.0))
    } else {
        format!("{}h", decimal(seconds / 3600.0))
    }
}

/// A median and a 95 % quantile: `2.5m/4m`.
pub(super) fn delay(delay: Delay) -> String {
    if delay.is_constant() {
        time(delay.median)
    } else {
        format!("{}/{}", time(delay.median), time(delay.p95))
    }
}

/// A share: `85 %`, `0.4 %`.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent >= 1.0 || percent <= 0.0 {
        format!("{percent:.0} %")
    } else if percent < 0.1 {
        "<0.1 %".to_owned()
    } else {
        format!("{percent:.1} %")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_shares_are_short() {
        assert_eq!(time(10.0), "10s");
        assert_eq!(time(150.0), "2.5m");
        assert_eq!(time(7200.0), "2h");
        assert_eq!(time(0.0), "0s");
        assert_eq!(percent(0.852), "85 %");
        assert_eq!(percent(0.004), "0.4 %");
        assert_eq!(percent(0.0001), "<0.1 %");
        assert_eq!(percent(0.0), "0 %");
    }

    #[test]
    fn lines_have_at_most_80_columns() {
        let text = "word ".repeat(60);
        let lines = wrapped("  a name", text.trim(), 19);
        assert!(lines.lines().all(|line| line.chars().count() <= WIDTH));
        assert_eq!(lines.split_whitespace().count(), 62);
        assert!(lines.lines().skip(1).all(|line| line.starts_with(&" ".repeat(19))));
    }
}
