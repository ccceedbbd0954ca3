//! What `dunnage plan` answers to questions with known answers: figures of an independent simulation and of the formulas.

mod support;

use dunnage::capacity::arithmetic;
use dunnage::capacity::delay::Delay;
use dunnage::capacity::demand::{Curve, DemandSource, Trace, UserDemand};
use dunnage::capacity::resources::Resources;
use dunnage::capacity::simulate::scheduler::Profile;
use dunnage::capacity::simulate::{
    Culler, Headroom, HubLimits, HubModel, HubQuestion, HubRun, Placeholders, PodRequest,
    PoolMinimum, simulate,
};
use dunnage::cli::{self, Exit};
use dunnage::host::Memory;
use proptest::prelude::*;
use serde_json::Value;
use support::CommandLine;

const GI: u64 = 1 << 30;

/// The answer to a command line, as JSON.
fn plan(options: &str) -> Value {
    let host = Memory::default();
    let line = CommandLine::parse(&format!("dunnage plan --format json {options}"));
    let exit = cli::run(&host, line.arguments());
    assert!(
        matches!(exit, Exit::Fine | Exit::Findings),
        "{options}: {}",
        host.stderr()
    );
    serde_json::from_str(&host.stdout()).expect("JSON")
}

#[track_caller]
fn check(options: &str, pointer: &str, expected: f64, tolerance: f64) {
    let answer = plan(options);
    let found = answer.pointer(pointer).and_then(Value::as_f64);
    let found = found.unwrap_or_else(|| panic!("{options}: no number at {pointer}"));
    assert!(
        (found - expected).abs() <= tolerance,
        "{options}: {pointer} is {found}, not {expected}"
    );
}

const WAITING: &str = "/candidates/0/result/waiting/share";
const NODE_HOURS: &str = "/candidates/0/result/nodeHours";
const DRAINED: &str = "/candidates/0/result/placeholders/drainedIn/p50";

#[test]
fn arithmetic_has_the_known_figures() {
    let small = "--user memory=1G --pull 0s --runs 1 --allocatable memory=64Gi";
    let rate = format!("{small} --rate 100/10m --boot 2m --reaction 0s");
    for (placeholders, any_waits) in [(20, 0.530), (25, 0.157)] {
        let asked = format!("{rate} --placeholders {placeholders}");
        check(&asked, "/arithmetic/today/anyWaits", any_waits, 6e-4);
    }
    for (placeholders, any_waits) in [(20, 0.629), (25, 0.229)] {
        let slower = rate.replace("--reaction 0s", "--reaction 7s");
        let asked = format!("{slower} --placeholders {placeholders}");
        check(&asked, "/arithmetic/today/anyWaits", any_waits, 6e-4);
    }
    let expected = format!("{small} --rate 100/10m --boot 125s --placeholders 20");
    check(&expected, "/lead/reaction", 7.42, 5e-3);
    check(&expected, "/arithmetic/today/anyWaits", 0.699, 6e-4);
    for (asked, rule, five, one) in [
        (rate.clone(), 20, 29, 32),
        (format!("{rate} --dispersion 5"), 20, 40, 51),
        (
            rate.replace("100/10m", "60/3m").replace("2m", "10m"),
            200,
            225,
            235,
        ),
        (
            format!("{small} --event '60 users in 3m' --boot 10m --reaction 0s"),
            60,
            60,
            60,
        ),
    ] {
        let answer = plan(&asked);
        let arithmetic = &answer["arithmetic"];
        assert_eq!(arithmetic["meanRule"], rule, "{asked}");
        assert_eq!(arithmetic["quantiles"][0]["seats"], five, "{asked}");
        assert_eq!(arithmetic["quantiles"][1]["seats"], one, "{asked}");
    }
}

#[test]
fn seats_are_bound_by_what_there_is_least_of() {
    let quiet = "--event '10 users in 10m' --runs 1";
    let answer = plan(&format!(
        "{quiet} --allocatable cpu=4,memory=26Gi --user cpu=0.05,memory=512M"
    ));
    assert_eq!(answer["seats"]["perNode"], 52);
    assert_eq!(answer["seats"]["boundBy"], serde_json::json!(["memory"]));
    let answer = plan(&format!(
        "{quiet} --node r5.2xlarge --daemonsets pods=6 --user memory=1G"
    ));
    assert_eq!(answer["seats"]["perNode"], 52);
    assert_eq!(answer["seats"]["boundBy"], serde_json::json!(["pods"]));
    assert_eq!(answer["seats"]["by"]["memory"], 61);
    assert_eq!(answer["seats"]["by"]["cpu"], Value::Null);
    let answer = plan(&format!(
        "{quiet} --node r5.2xlarge --daemonsets cpu=195m,memory=250Mi,pods=6 --user memory=1G"
    ));
    assert_eq!(answer["seats"]["by"]["memory"], 60);
}

#[test]
fn a_full_node_may_use_more_memory_than_it_has() {
    let answer = plan(
        "--event '10 users in 10m' --runs 1 --allocatable memory=100Gi --user memory=1G \
         --usage '1G:80%,10G:20%' --users-per-node 50",
    );
    let memory = &answer["arithmetic"]["memory"];
    assert_eq!(memory["expected"], 140.0 * 1024.0);
    assert_eq!(memory["usersFor1Percent"], 20);
    let overflow = memory["overflow"].as_f64().expect("a share");
    assert!((overflow - 0.952).abs() < 6e-4, "{overflow}");
}

#[test]
fn placeholders_are_drained_as_fast_as_users_come() {
    let rate = "--rate 100/10m --boot 125s --pull 0s --user memory=1G --allocatable memory=64Gi \
                --placeholders 10 --spawn-limit 0 --runs 100";
    check(rate, DRAINED, 52.0, 6.0);
    let burst = format!("{rate} --burst '40 in 60s at 0s'");
    check(&burst, DRAINED, 10.0, 3.0);
}

#[test]
fn one_seat_placeholders_do_not_cover_an_image_pull() {
    let event = "--event '400 users in 20m' --user memory=1G --allocatable memory=64Gi \
                 --spawn-limit 0 --start-timeout 1h --runs 40";
    let pulling = format!("{event} --boot 3m --pull 7m");
    check(
        &format!("{pulling} --placeholders 224"),
        WAITING,
        0.74,
        0.04,
    );
    let gated = format!("{pulling} --placeholders 224 --gate");
    check(&gated, WAITING, 0.0, 0.01);
    let buffer = format!("{pulling} --capacity-buffer 224");
    check(&buffer, WAITING, 0.0, 0.02);
    let booting = format!("{event} --boot 10m --pull 0s");
    check(
        &format!("{booting} --placeholders 128"),
        WAITING,
        0.65,
        0.04,
    );
    check(&format!("{booting} --placeholders 200"), WAITING, 0.0, 0.03);
    check(
        &format!("{booting} --placeholders 224"),
        WAITING,
        0.0,
        0.005,
    );
}

/// A class of 320 students on nodes with 52 seats, of which five are taken.
const CLASS: &str = "--event '320 users in 10m' --shape early --node r5.2xlarge --user memory=1G \
                     --daemonsets cpu=195m,memory=250Mi,pods=6 --boot 150s/240s \
                     --pull 420s/600s --spawn-limit 100 --start-timeout 600s --running 5 --runs 40";

#[test]
fn a_class_waits_although_placeholders_hold_its_seats() {
    for (headroom, waiting, tolerance) in [
        ("--placeholders '1 x memory=32Gi'", 0.85, 0.04),
        ("--placeholders 320", 0.41, 0.06),
        ("--placeholders '6 x memory=60Gi'", 0.31, 0.06),
        ("--placeholders 320 --gate", 0.0, 0.01),
        ("--placeholders '6 x memory=60Gi' --gate", 0.0, 0.01),
    ] {
        check(&format!("{CLASS} {headroom}"), WAITING, waiting, tolerance);
    }
}

#[test]
fn nobody_waits_with_nodes_that_are_there() {
    for headroom in ["--min 7", "--nodes 7 --min 7"] {
        let asked = format!("{CLASS} {headroom}");
        check(&asked, WAITING, 0.0, 0.0);
        check(&asked, NODE_HOURS, 14.0, 0.05);
    }
    let warmed = plan(&format!("{CLASS} --nodes 7"));
    let held = warmed.pointer("/candidates/0/result/heldBefore");
    assert!(held.and_then(Value::as_f64).is_some_and(|held| held > 1.5));
    check(&format!("{CLASS} --min 6"), WAITING, 0.041, 0.002);
}

/// A cluster whose nodes have 64 seats of 1 GiB.
fn model() -> HubModel {
    HubModel {
        profile: Profile::MostAllocated,
        allocatable: Resources {
            cpu: 64_000,
            memory: 64 * GI,
            pods: 110,
        },
        daemons: Resources::default(),
        user: PodRequest {
            cpu: None,
            memory: Some(GI),
        },
        boot: Delay::constant(180.0),
        pull: Delay::constant(420.0),
        start: 10.0,
        image: 4 * GI,
        has_puller: true,
        session: None,
        nodes: None,
        min: 0,
        max: None,
        running: Some(0),
        cutoff: -10,
        hub: HubLimits {
            concurrent_spawns: 0,
            start_timeout: 3600.0,
            culler: None,
        },
        headroom: Headroom::default(),
    }
}

fn placeholders(count: u64, seats: u64) -> Headroom {
    Headroom {
        placeholders: Some(Placeholders {
            count,
            request: PodRequest {
                cpu: None,
                memory: Some(seats * GI),
            },
            priority: -10,
        }),
        ..Headroom::default()
    }
}

fn of_source(source: DemandSource) -> UserDemand {
    UserDemand {
        source,
        bursts: Vec::new(),
        dispersion: 1.0,
    }
}

fn of_starts(starts: Vec<f64>) -> UserDemand {
    of_source(DemandSource::Trace(Trace {
        starts,
        sessions: None,
    }))
}

fn waiting(run: &HubRun) -> usize {
    let waits = run.waits.iter();
    waits.filter(|wait| wait.is_longer_than(10.0)).count()
}

#[test]
fn users_go_to_the_cold_node_while_a_warm_one_is_held() {
    let one_and_31 = |from: f64, step: f64| {
        let others = (0..31).map(move |index| from + step * f64::from(index));
        of_starts(std::iter::once(100.0).chain(others).collect())
    };
    let gated = Headroom {
        is_gated: true,
        ..placeholders(32, 1)
    };
    let buffer = Headroom {
        buffer: 32,
        ..Headroom::default()
    };
    let headrooms = [
        ("32 x 1", placeholders(32, 1), 31),
        ("2 x 16", placeholders(2, 16), 16),
        ("1 x 32", placeholders(1, 32), 0),
        ("buffer", buffer, 0),
        ("gate", gated, 0),
    ];
    let times = [
        ("during the boot", one_and_31(120.0, 3.0), false),
        ("between Ready and image", one_and_31(400.0, 3.0), true),
        ("after the image", one_and_31(1000.0, 3.0), false),
    ];
    for (time, demand, is_cold) in &times {
        for (name, headroom, cold) in &headrooms {
            let model = HubModel {
                running: Some(32),
                nodes: Some(1),
                headroom: headroom.clone(),
                ..model()
            };
            let runs = simulate(
                HubQuestion {
                    model: &model,
                    demand,
                    horizon: 7200.0,
                    seed: 1,
                },
                1,
            );
            let expected = if *is_cold { *cold } else { 0 };
            assert_eq!(waiting(&runs[0]), expected, "{name}, {time}");
        }
    }
}

/// A week in which each day has as many users at its hours.
fn week() -> UserDemand {
    let hours = (0..24_u32).map(f64::from);
    let points: Vec<(f64, f64)> = hours
        .map(|hour| {
            let angle = hour / 24.0 * std::f64::consts::TAU;
            (hour * 3600.0, (8.25 - 5.25 * libm::cos(angle)) / 60.0)
        })
        .collect();
    let day = of_source(DemandSource::Curve(Curve::new(&points)));
    let days = (0..7_u32).flat_map(|number| {
        let arrivals = day.arrivals(1, u64::from(number), 86_400.0).into_iter();
        arrivals.map(move |arrival| arrival.at + 86_400.0 * f64::from(number))
    });
    of_starts(days.collect())
}

#[test]
fn spreading_users_keeps_more_nodes() {
    let demand = week();
    let node_hours = |profile| {
        let model = HubModel {
            profile,
            boot: Delay::constant(125.0),
            pull: Delay::constant(0.0),
            image: 0,
            session: Some(Delay {
                median: 1200.0,
                p95: 4800.0,
            }),
            headroom: placeholders(10, 1),
            ..model()
        };
        let question = HubQuestion {
            model: &model,
            demand: &demand,
            horizon: 7.0 * 86_400.0,
            seed: 1,
        };
        simulate(question, 1)[0].node_seconds
    };
    let ratio = node_hours(Profile::LeastAllocated) / node_hours(Profile::MostAllocated);
    assert!((1.3..=1.5).contains(&ratio), "{ratio}");
}

#[test]
fn a_minimum_of_the_pool_holds_from_its_beginning_to_its_end() {
    let minimums = [(600.0, 5), (5400.0, 0)];
    let model = HubModel {
        headroom: Headroom {
            minimums: minimums.map(|(from, nodes)| PoolMinimum { from, nodes }).to_vec(),
            ..Headroom::default()
        },
        ..model()
    };
    let question = HubQuestion {
        model: &model,
        demand: &of_starts(vec![3600.0]),
        horizon: 7200.0,
        seed: 1,
    };
    let run = &simulate(question, 1)[0];
    assert_eq!(run.max_nodes, 5);
    // One node all the time; the others until ten minutes after the end of the minimum.
    let expected = 7200.0 + 4.0 * (5400.0 + 610.0 - 600.0);
    let difference = (run.node_seconds - expected).abs();
    assert!(difference < 300.0, "{} {expected}", run.node_seconds);
}

#[test]
fn a_buffer_keeps_the_nodes_that_it_needs() {
    let model = HubModel {
        headroom: Headroom {
            buffer: 128,
            ..Headroom::default()
        },
        ..model()
    };
    let question = HubQuestion {
        model: &model,
        demand: &of_starts(vec![60.0]),
        horizon: 7200.0,
        seed: 1,
    };
    let run = &simulate(question, 1)[0];
    assert_eq!(run.max_nodes, 3);
    let expected = 2.0 * 7200.0 + 7140.0;
    let difference = (run.node_seconds - expected).abs();
    assert!(difference < 15.0, "{} {expected}", run.node_seconds);
}

#[test]
fn recorded_sessions_include_the_time_until_the_culler_ends_them() {
    let demand = of_source(DemandSource::Trace(Trace {
        starts: (0..100_u32).map(f64::from).collect(),
        sessions: Some(vec![600.0; 100]),
    }));
    let node_seconds = |culler| {
        let model = HubModel {
            hub: HubLimits {
                culler,
                ..model().hub
            },
            ..model()
        };
        let question = HubQuestion {
            model: &model,
            demand: &demand,
            horizon: 7200.0,
            seed: 1,
        };
        simulate(question, 1)[0].node_seconds
    };
    let culler = Culler {
        timeout: 3600.0,
        every: 600.0,
    };
    let (without, with) = (node_seconds(None), node_seconds(Some(culler)));
    assert!((without - with).abs() < 1e-6, "{without} {with}");
    assert!(without < 1.5 * 7200.0, "{without}");
}

#[test]
fn users_below_the_cutoff_go_with_their_node() {
    let model = HubModel {
        cutoff: 5,
        min: 0,
        session: Some(Delay::constant(3600.0)),
        nodes: Some(3),
        ..model()
    };
    let question = HubQuestion {
        model: &model,
        demand: &of_starts((0..20_u32).map(f64::from).collect()),
        horizon: 7200.0,
        seed: 1,
    };
    let run = &simulate(question, 1)[0];
    assert_eq!(run.waits.len(), 20);
    assert!(run.node_seconds < 3.0 * 1000.0, "{}", run.node_seconds);
}

#[test]
fn the_hub_turns_users_away_and_gives_up_on_servers() {
    let model = HubModel {
        running: Some(64),
        hub: HubLimits {
            concurrent_spawns: 10,
            start_timeout: 300.0,
            culler: None,
        },
        ..model()
    };
    let question = HubQuestion {
        model: &model,
        demand: &of_starts((0..20_u32).map(f64::from).collect()),
        horizon: 7200.0,
        seed: 1,
    };
    let run = &simulate(question, 1)[0];
    assert!(run.throttled >= 10, "{}", run.throttled);
    assert!(run.failed >= 10 && run.restarts >= 2, "{}", run.failed);
    assert_eq!(run.waits.len(), 20);
    assert!(run.waits.iter().all(|wait| wait.is_over));
}

#[test]
fn a_seed_gives_the_same_bytes_on_any_number_of_cores() {
    let asked = format!("dunnage plan --format json {CLASS} --placeholders 20");
    let text = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().expect("threads").install(|| {
            let host = Memory::default();
            cli::run(&host, CommandLine::parse(&asked).arguments());
            host.stdout()
        })
    };
    let alone = text(1);
    assert_eq!(alone, text(3));
    assert!(alone.contains("\"waiting\""));
    let other = asked.replace("--runs", "--seed 2 --runs");
    let host = Memory::default();
    cli::run(&host, CommandLine::parse(&other).arguments());
    assert_ne!(alone, host.stdout());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    /// The formula for users of a scale-up agrees with the simulation, whatever the rate and the boot time.
    #[test]
    fn arithmetic_and_simulation_agree(
        per_minute in 2.0_f64..20.0,
        boot in 60.0_f64..300.0,
        around in -1.0_f64..2.0,
    ) {
        const RUNS: u32 = 250;
        let rate = per_minute / 60.0;
        let mean = rate * boot;
        let text = format!("{:.0}", (mean + around * libm::sqrt(mean)).max(1.0));
        let held: u64 = text.parse().expect("a number");
        let boot = Delay::constant(boot);
        let model = HubModel {
            boot,
            pull: Delay::constant(0.0),
            image: 0,
            running: None,
            headroom: placeholders(held, 1),
            ..model()
        };
        let question = HubQuestion {
            model: &model,
            demand: &of_source(DemandSource::Rate(rate)),
            horizon: 2.0 * boot.median + 60.0,
            seed: 1,
        };
        let runs = simulate(question, u64::from(RUNS));
        let waited = runs.iter().filter(|run| run.first_scale_up_waits).count();
        let simulated = f64::from(u32::try_from(waited).expect("few")) / f64::from(RUNS);
        let reaction = arithmetic::expected_reaction(rate, true);
        let computed = arithmetic::arrivals(rate, reaction, boot, 1.0).at_least(held);
        let error = libm::sqrt(computed * (1.0 - computed) / f64::from(RUNS));
        prop_assert!(
            (simulated - computed).abs() <= 0.02 + 3.0 * error,
            "{per_minute}/min, {boot:?}, {held}: {simulated} {computed}"
        );
    }
}
