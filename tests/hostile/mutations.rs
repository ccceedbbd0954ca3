//! The properties over mutated streams, policies and values.

use super::loops::each_seed;
use super::mutate;
use super::properties::{self, Rendered, Rules};
use super::random::Random;
use super::seeds;

/// How many cases each loop of a test run has.
const FEW: u64 = 1_500;

#[test]
fn a_mutated_stream_is_rendered_right_or_refused() {
    let (seeds, rules) = (seeds::all(), Rules::all());
    let (mut changed, mut refused, mut all) = (0_u64, 0_u64, 0_u64);
    each_seed("streams", FEW, |seed| {
        let mut random = Random::of(seed);
        let stream = mutate::case(&mut random, &seeds);
        let rules = random.pick(&rules);
        show(&stream, rules.name);
        let rendered = properties::render(&stream, rules);
        changed += u64::from(rendered == Rendered::Changed);
        refused += u64::from(rendered == Rendered::Refused);
        all += 1;
    });
    eprintln!("streams: of {all}, {changed} changed and {refused} were refused");
    let is_one = all == 1;
    assert!(
        is_one || changed * 10 > all && refused * 10 > all,
        "the slips have become too coarse"
    );
}

#[test]
fn every_stream_that_mutations_start_from_is_rendered_right_or_refused() {
    for stream in seeds::all() {
        properties::read(&stream);
        for rules in Rules::all() {
            properties::render(&stream, &rules);
        }
    }
}

#[test]
fn a_mutated_policy_is_read_or_refused() {
    let (seeds, policies) = (seeds::all(), seeds::policies());
    each_seed("policies", FEW / 4, |seed| {
        let mut random = Random::of(seed);
        let policy = mutate::case(&mut random, &policies);
        let stream = random.pick(&seeds);
        show(&policy, "the policy itself");
        properties::policy(&policy, stream);
    });
}

#[test]
fn mutated_values_are_merged_or_refused() {
    let all = seeds::all().into_iter().chain(seeds::policies());
    let seeds: Vec<String> = all.chain(seeds::values()).collect();
    lay_over("values", &seeds);
}

#[test]
fn values_of_hubs_that_are_mutated_are_linted() {
    lay_over("hubs", &seeds::values());
}

/// Two mutated values files, one over the other.
fn lay_over(name: &str, seeds: &[String]) {
    each_seed(name, FEW / 2, |seed| {
        let mut random = Random::of(seed);
        let under = mutate::case(&mut random, seeds);
        let over = mutate::case(&mut random, seeds);
        show(&under, &over);
        properties::values(&under, &over);
    });
}

#[test]
fn arguments_set_something_or_are_refused() {
    let seeds: Vec<String> = [
        "a.b=1,c[0].d={x,y},e=null",
        "a[1]={\"b\": [1, {\"c\": null}]},d=\"x\"",
        "a\\.b.c[2][0]=x\\,y,z=",
        "{\"a\": {\"b\": [true]}}",
    ]
    .map(str::to_owned)
    .to_vec();
    each_seed("arguments", FEW, |seed| {
        let mut random = Random::of(seed);
        let text = mutate::case(&mut random, &seeds);
        show(&text, "");
        properties::argument(&text);
    });
}

#[test]
fn whatever_is_masked_keeps_its_places() {
    let seeds: Vec<String> = seeds::all().into_iter().chain(seeds::policies()).collect();
    each_seed("masks", FEW / 2, |seed| {
        let text = mutate::case(&mut Random::of(seed), &seeds);
        show(&text, "");
        properties::mask_of(&text);
    });
}

/// Shows a case that is asked for alone.
fn show(text: &str, with: &str) {
    if std::env::var_os("DUNNAGE_FUZZ_SEED").is_some() {
        eprintln!("{text:?}\nwith {with}");
    }
}
