//! Scenarios end as they ended with the real scheduler and the real autoscaler: `testdata/autoscaler/cases.json`.

use std::collections::BTreeMap;

use dunnage::capacity::simulate::ScenarioOutcome;
use dunnage::capacity::simulate::scenario::Scenario;
use serde_json::Value;

const CASES: &str = include_str!("../testdata/autoscaler/cases.json");

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("a small number"))
}

/// A count of each name, without zeros.
fn recorded(value: &Value) -> BTreeMap<String, usize> {
    let members = value.as_object().into_iter().flatten();
    let members = members.filter_map(|(name, count)| {
        let count = usize::try_from(count.as_u64()?).ok()?;
        (count > 0).then(|| (name.clone(), count))
    });
    members.collect()
}

/// What differs from what happened, with the tolerances of the recorded cases: the simulated autoscaler looks at other
/// seconds than the real one.
fn differences(scenario: &Scenario, outcome: &ScenarioOutcome) -> Vec<String> {
    let expect = &scenario.expect;
    let mut found = Vec::new();
    let mut differ = |what: &str, is: String, was: String| {
        if is != was {
            found.push(format!("{what}: it is {is}, and was {was}"));
        }
    };
    let counts = |counts: &BTreeMap<String, usize>| format!("{counts:?}");
    differ(
        "nodes",
        counts(&outcome.nodes),
        counts(&recorded(&expect["nodesAtEnd"])),
    );
    differ(
        "pending",
        counts(&outcome.pending),
        counts(&recorded(&expect["pendingAtEnd"])),
    );
    differ(
        "running",
        counts(&outcome.running),
        counts(&recorded(&expect["runningAtEnd"])),
    );
    differ_nodes(scenario, outcome, &mut differ);
    differ_users(scenario, outcome, &mut differ);
    found
}

fn differ_nodes(
    scenario: &Scenario,
    outcome: &ScenarioOutcome,
    differ: &mut dyn FnMut(&str, String, String),
) {
    let expect = &scenario.expect;
    let near = |is: f64, was: f64, most: f64| (is - was).abs() <= most;
    let orders: Vec<&Value> = items(&expect["scaleUps"]).collect();
    let is_same = orders.len() == outcome.orders.len()
        && orders.iter().zip(&outcome.orders).all(|(was, is)| {
            near(is.at, number(&was["t"]), 3.0)
                && is.pool == was["pool"]
                && Some(is.nodes as u64) == was["nodes"].as_u64()
        });
    if !is_same {
        differ(
            "orders",
            format!("{:?}", outcome.orders),
            format!("{orders:?}"),
        );
    }
    let deletions: Vec<&Value> = items(&expect["deleted"]).collect();
    let is_same = deletions.len() == outcome.deletions.len()
        && deletions
            .iter()
            .zip(&outcome.deletions)
            .all(|(was, is)| near(is.at, number(&was["t"]), 21.0) && is.node == was["node"]);
    if !is_same {
        differ(
            "deletions",
            format!("{:?}", outcome.deletions),
            format!("{deletions:?}"),
        );
    }
    if let Some(kept) = expect["keptBecause"].as_object() {
        let kept: BTreeMap<&str, &str> = kept
            .iter()
            .filter_map(|(node, reason)| Some((node.as_str(), reason.as_str()?)))
            .collect();
        let is: BTreeMap<&str, &str> = outcome
            .kept_because
            .iter()
            .map(|(node, reason)| (node.as_str(), *reason))
            .collect();
        differ("kept", format!("{is:?}"), format!("{kept:?}"));
    }
}

fn differ_users(
    scenario: &Scenario,
    outcome: &ScenarioOutcome,
    differ: &mut dyn FnMut(&str, String, String),
) {
    let Some(users) = scenario.expect["users"].as_object() else {
        return;
    };
    let is_compared = |member: &str| {
        scenario.compare.is_null() || items(&scenario.compare).any(|name| name == member)
    };
    for (member, was) in users {
        if !is_compared(member) || was.is_null() {
            continue;
        }
        let was = number(was);
        let users = &outcome.users;
        let (is, most) = match member.as_str() {
            "count" => (real(users.count), 0.0),
            "neverBound" => (real(users.never_bound), 0.0),
            "waitedOver10s" => (
                real(users.waited_over_10s),
                (0.02 * real(users.count)).max(1.0),
            ),
            "p50" => (users.quantile(0.5).unwrap_or_default(), 5.0),
            "p95" => (users.quantile(0.95).unwrap_or_default(), 5.0),
            "max" => (users.quantile(1.0).unwrap_or_default(), 7.0),
            other => panic!("{other} is not known"),
        };
        if (is - was).abs() > most {
            differ(member, is.to_string(), was.to_string());
        }
    }
}

fn cases() -> Vec<Scenario> {
    let cases: Value = serde_json::from_str(CASES).expect("JSON");
    let cases = items(&cases["cases"]);
    cases
        .map(|case| Scenario::read(&case.to_string()).expect("a scenario"))
        .collect()
}

#[test]
fn scenarios_end_as_they_ended() {
    let (must, may): (Vec<Scenario>, Vec<Scenario>) =
        cases().into_iter().partition(|case| case.reproduce == "must");
    let mut wrong = Vec::new();
    let check = |case: &Scenario| match case.play() {
        Ok(outcome) => differences(case, &outcome),
        Err(error) => vec![error],
    };
    for case in &must {
        let differences = check(case);
        if !differences.is_empty() {
            wrong.push(format!("{}: {}", case.id, differences.join("; ")));
        }
    }
    println!("{} of {} cases", must.len() - wrong.len(), must.len());
    for case in &may {
        let outcome = if check(case).is_empty() {
            "the same"
        } else {
            "another outcome"
        };
        println!("{}: {outcome} ({})", case.id, case.why);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
