//! A stream that breaks off: right or an error, never a wrong success.

use super::loops;
use super::properties::{self, Rules};
use super::streams;

const SMALL: &str = include_str!("../../testdata/streams/hub-like.yaml");

/// The policies under which one document says nothing of another: none names a class or an image.
fn rules() -> Vec<Rules> {
    let mut rules = Rules::all();
    rules.retain(|rules| matches!(rules.name, "z2jh" | "require"));
    rules
}

/// Whatever is whole in the beginning of a stream is rendered as in all of it, and whatever is wrong lies
/// in the document that breaks off.
fn check(stream: &str, whole: &[String], cut: usize, rules: &Rules) {
    let beginning = &stream[..cut];
    match properties::rendered_parts(beginning, rules) {
        Ok(parts) => {
            let (_, complete) = parts.split_last().expect("a stream has a part");
            assert_eq!(complete, &whole[..complete.len()], "cut at byte {cut}");
        }
        Err(places) => {
            let last = properties::last_part(beginning);
            let is_last = places.iter().all(|place| place.start >= last);
            assert!(is_last, "cut at byte {cut}: {places:?} before {last}");
        }
    }
}

/// Checks about so many places of a stream, evenly spread.
fn check_evenly(name: &str, stream: &str, places: usize) {
    for rules in rules() {
        let whole = properties::rendered_parts(stream, &rules)
            .unwrap_or_else(|places| panic!("{name} renders: {places:?}"));
        let mut checked = 0;
        for place in 0..places {
            let at = stream.len() * place / places;
            if stream.is_char_boundary(at) {
                check(stream, &whole, at, &rules);
                checked += 1;
            }
        }
        eprintln!("{name}, {}: {checked} truncations", rules.name);
        assert!(checked * 2 > places);
    }
}

#[test]
fn a_truncated_stream_is_rendered_as_far_as_it_goes_or_refused() {
    let (of_small, of_large, documents) = if loops::duration().is_some() {
        (SMALL.len(), 10_000, 2_000)
    } else {
        (120, 20, 200)
    };
    check_evenly("hub-like.yaml", SMALL, of_small);
    check_evenly("a large stream", &streams::release(documents), of_large);
}

#[test]
fn every_property_holds_of_a_truncated_stream() {
    let step = if loops::duration().is_some() { 1 } else { 197 };
    let rules = Rules::all();
    for (index, cut) in (0..SMALL.len()).step_by(step).enumerate() {
        if SMALL.is_char_boundary(cut) {
            properties::render(&SMALL[..cut], &rules[index % rules.len()]);
        }
    }
}

/// Real streams, where there are any.
#[test]
fn a_truncated_release_is_rendered_as_far_as_it_goes_or_refused() {
    let Some(folder) = std::env::var_os("DUNNAGE_CORPUS") else {
        eprintln!("skipped: DUNNAGE_CORPUS names no folder of streams");
        return;
    };
    let places = if loops::duration().is_some() {
        5_000
    } else {
        5
    };
    let mut checked = 0;
    for entry in std::fs::read_dir(folder).expect("the corpus") {
        let path = entry.expect("an entry").path();
        let name = path.display().to_string();
        if !name.ends_with(".helm3.yaml") {
            continue;
        }
        let stream = std::fs::read_to_string(&path).expect("a stream");
        let is_refused = |rules| properties::rendered_parts(&stream, rules).is_err();
        if !rules().iter().any(is_refused) {
            check_evenly(&name, &stream, places);
            checked += 1;
        }
    }
    assert!(checked > 0, "every stream of the corpus is refused");
}
