use std::collections::BTreeMap;

use proptest::prelude::*;

use super::choose::choose;
use super::texts::meet;
use super::*;
use crate::diag::{Code, Diagnostic, Fix, Safety, TextEdit};
use crate::text::{SourceId, Sources, Span};

static WORD: Code = Code::error("TS001", "bad-word", "a word is bad");
static OTHER: Code = Code::warning("TS002", "other-word", "a word is odd");

fn edit(source: SourceId, range: std::ops::Range<usize>, text: &str) -> TextEdit {
    TextEdit {
        span: Span::new(source, range),
        text: text.to_owned(),
    }
}

fn found(code: &'static Code, message: &str, edits: Vec<TextEdit>, safety: Safety) -> Diagnostic {
    Diagnostic::new(code, message).fix(Fix {
        message: "replace it".to_owned(),
        safety,
        edits,
    })
}

/// A linter of words: each pair is a word that is bad and what is to stand instead.
fn words(texts: &Texts<'_>, ids: &[SourceId], pairs: &[(&str, &str)]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for &id in ids {
        for (bad, good) in pairs {
            for (at, _) in texts.get(id).unwrap_or_default().match_indices(bad) {
                let edits = vec![edit(id, at..at + bad.len(), good)];
                findings.push(found(&WORD, bad, edits, Safety::Safe));
            }
        }
    }
    findings
}

fn one(text: &str) -> (Sources, SourceId) {
    let mut sources = Sources::default();
    let id = sources.add("a.yaml", text.to_owned());
    (sources, id)
}

/// The text after all fixes, how many were applied, and why others were not.
#[track_caller]
fn check(
    text: &str,
    pairs: &[(&str, &str)],
    expected: &str,
    applied: usize,
    refused: &[RefusalReason],
) {
    let (sources, id) = one(text);
    let outcome = run(&sources, Allowed::Safe, &mut |texts| {
        words(texts, &[id], pairs)
    });
    let new = outcome.texts.get(&id).map_or(text, String::as_str);
    assert_eq!(new, expected);
    assert_eq!(outcome.applied.len(), applied);
    let reasons: Vec<RefusalReason> = outcome.refused.into_iter().map(|it| it.reason).collect();
    assert_eq!(reasons, refused);
}

#[test]
fn every_fix_is_applied() {
    check(
        "a bad b bad c",
        &[("bad", "good")],
        "a good b good c",
        2,
        &[],
    );
    check("nothing", &[("bad", "good")], "nothing", 0, &[]);
}

/// A linter that wants each of these letters in the text, and would put it first.
fn letters(texts: &Texts<'_>, id: SourceId, wanted: &str) -> Vec<Diagnostic> {
    let text = texts.get(id).unwrap_or_default();
    let missing = wanted.chars().filter(|letter| !text.contains(*letter));
    let finding = |letter: char| {
        let letter = letter.to_string();
        found(&WORD, &letter, vec![edit(id, 0..0, &letter)], Safety::Safe)
    };
    missing.map(finding).collect()
}

#[test]
fn of_two_that_meet_the_second_waits_for_the_next_round() {
    let (sources, id) = one("!");
    let outcome = run(&sources, Allowed::Safe, &mut |texts| {
        letters(texts, id, "abc")
    });
    assert_eq!(outcome.texts[&id], "cba!");
    let rounds: Vec<usize> = outcome.applied.iter().map(|applied| applied.round).collect();
    assert_eq!(rounds, [1, 2, 3]);
}

#[test]
fn what_waits_too_long_is_said() {
    let (sources, id) = one("!");
    let outcome = run(&sources, Allowed::Safe, &mut |texts| {
        letters(texts, id, "abcdefghij")
    });
    assert_eq!(outcome.texts[&id], "hgfedcba!");
    let reasons: Vec<RefusalReason> = outcome.refused.into_iter().map(|it| it.reason).collect();
    assert_eq!(reasons, [RefusalReason::Waited, RefusalReason::Waited]);
}

#[test]
fn what_was_refused_is_tried_again_after_the_fix_that_waited_for_it() {
    let (sources, id) = one("ab");
    let outcome = run(&sources, Allowed::Safe, &mut |texts| {
        let text = texts.get(id).unwrap_or_default();
        let mut findings = Vec::new();
        if let Some(at) = text.find('a') {
            let edits = vec![edit(id, at..at + 1, "x")];
            findings.push(found(&WORD, "a", edits, Safety::Safe));
        }
        if let Some(at) = text.find('b') {
            // Its edit meets that of the letter before it.
            let edits = vec![edit(id, at - 1..at + 1, &format!("{}y", &text[at - 1..at]))];
            findings.push(found(&WORD, "b", edits, Safety::Safe));
        }
        if text == "xb" {
            findings.push(Diagnostic::new(&WORD, "x beside b"));
        }
        findings
    });
    assert_eq!(outcome.texts[&id], "xy");
    assert_eq!(outcome.applied.len(), 2);
    assert_eq!(outcome.refused, []);
}

#[test]
fn what_was_not_right_among_others_is_tried_again_after_them() {
    let (sources, id) = one("bad odd far pit");
    let outcome = run(&sources, Allowed::Safe, &mut |texts| {
        let text = texts.get(id).unwrap_or_default();
        let pairs = [
            ("bad", "good"),
            ("odd", "even"),
            ("far", "near"),
            ("pit", "pits"),
        ];
        let mut findings = words(texts, &[id], &pairs);
        if text.starts_with("good") && text.contains("far") {
            findings.push(Diagnostic::new(&WORD, "a good far one"));
        }
        findings
    });
    assert_eq!(outcome.texts[&id], "good even near pit");
    assert_eq!(outcome.refused.len(), 1);
}

#[test]
fn what_does_not_help_is_taken_back_alone() {
    let pairs = [("bad", "worse bad"), ("odd", "even")];
    check(
        "bad odd",
        &pairs,
        "bad even",
        1,
        &[RefusalReason::StillThere],
    );
}

#[test]
fn what_brings_something_as_bad_is_taken_back() {
    let brings = RefusalReason::Brings {
        code: &WORD,
        message: "evil".to_owned(),
    };
    let pairs = [("bad", "evil"), ("evil", "evil!"), ("odd", "even")];
    check("bad odd", &pairs, "bad even", 1, &[brings]);
}

/// Words that are bad, each once, as a linter finds them; what is applied, what is refused, and how often it was
/// linted.
#[track_caller]
fn check_trials(
    words: usize,
    mut extra: impl FnMut(&str) -> Vec<Diagnostic>,
    is_kept_bad: impl Fn(usize) -> bool,
) -> (usize, Vec<RefusalReason>, usize) {
    let text: String = (0..words).map(|word| format!("bad{word};")).collect();
    let (sources, id) = one(&text);
    let mut count = 0;
    let outcome = run(&sources, Allowed::Safe, &mut |texts| {
        count += 1;
        let text = texts.get(id).unwrap_or_default();
        let mut findings = extra(text);
        let mut at = 0;
        for (word, part) in text.split_inclusive(';').enumerate() {
            if part.starts_with("bad") {
                let new = if is_kept_bad(word) { "badly" } else { "good" };
                let edits = vec![edit(id, at..at + 3, new)];
                findings.push(found(&WORD, &format!("word {word}"), edits, Safety::Safe));
            }
            at += part.len();
        }
        findings
    });
    let reasons = outcome.refused.into_iter().map(|it| it.reason).collect();
    (outcome.applied.len(), reasons, count)
}

#[test]
fn one_that_does_not_help_among_many_takes_few_lints() {
    let (applied, refused, lints) = check_trials(200, |_| Vec::new(), |word| word == 77);
    assert_eq!((applied, refused), (199, vec![RefusalReason::StillThere]));
    assert!(lints <= 6, "{lints}");
}

#[test]
fn one_that_brings_something_among_many_takes_few_lints() {
    let brought = |text: &str| {
        let is_there = text.contains("good77;");
        let finding = Diagnostic::new(&WORD, "77 was needed");
        is_there.then_some(finding).into_iter().collect()
    };
    let (applied, refused, lints) = check_trials(200, brought, |_| false);
    let brings = RefusalReason::Brings {
        code: &WORD,
        message: "77 was needed".to_owned(),
    };
    assert_eq!((applied, refused), (199, vec![brings]));
    assert!(lints <= 20, "{lints}");
}

#[test]
fn of_many_of_which_only_one_can_be_the_others_are_not_tried() {
    let text: String = (0..2000).map(|word| format!("bad{word:04};")).collect();
    let (sources, id) = one(&text);
    let mut count = 0;
    let outcome = run(&sources, Allowed::Safe, &mut |texts| {
        count += 1;
        let text = texts.get(id).unwrap_or_default();
        let good = text.matches("good").count();
        let bad = text.match_indices("bad").map(|(at, _)| {
            let word = &text[at..at + 7];
            let edits = vec![edit(id, at..at + 7, "good")];
            match good {
                0 => found(&WORD, word, edits, Safety::Safe),
                _ => Diagnostic::new(&WORD, word),
            }
        });
        let again = (good > 1).then(|| Diagnostic::new(&WORD, "good twice"));
        bad.chain(again).collect()
    });
    assert_eq!(outcome.applied.len(), 1);
    assert!(outcome.texts[&id].starts_with("good;bad0001;"));
    assert_eq!((outcome.refused.len(), outcome.left.len()), (0, 1999));
    assert!(count <= 14, "{count}");
}

#[test]
fn where_hardly_one_is_right_not_each_is_tried_alone() {
    let (applied, refused, lints) = check_trials(1000, |_| Vec::new(), |word| word != 3);
    assert_eq!(applied, 1);
    assert_eq!(refused.len(), 999);
    assert!(
        refused.contains(&RefusalReason::Untried) && refused.contains(&RefusalReason::StillThere)
    );
    assert!(lints <= 110, "{lints}");
}

#[test]
fn what_was_hidden_and_is_milder_may_come() {
    let (sources, id) = one("bad");
    let outcome = run(&sources, Allowed::Safe, &mut |texts| {
        let mut findings = words(texts, &[id], &[("bad", "odd")]);
        if texts.get(id) == Some("odd") {
            findings.push(Diagnostic::new(&OTHER, "odd"));
        }
        findings
    });
    assert_eq!(outcome.texts[&id], "odd");
    assert_eq!(outcome.left.len(), 1);
}

#[test]
fn what_was_hidden_and_has_a_fix_is_fixed_as_well() {
    check(
        "a bad b",
        &[("bad", "evil"), ("evil", "odd"), ("odd", "good")],
        "a good b",
        3,
        &[],
    );
    // Without an end, or where the second is not to be fixed, the first is not applied.
    let brings = |code, message: &str| RefusalReason::Brings {
        code,
        message: message.to_owned(),
    };
    check(
        "bad",
        &[("bad", "evil"), ("evil", "bad")],
        "bad",
        0,
        &[brings(&WORD, "evil")],
    );
    let (sources, id) = one("bad");
    let outcome = run(&sources, Allowed::Safe, &mut |texts| {
        let mut findings = words(texts, &[id], &[("bad", "evil")]);
        if texts.get(id) == Some("evil") {
            let edits = vec![edit(id, 0..4, "good")];
            findings.push(found(&WORD, "evil", edits, Safety::Unsafe));
        }
        findings
    });
    assert!(outcome.texts.is_empty(), "{:?}", outcome.texts);
    let reasons: Vec<RefusalReason> = outcome.refused.into_iter().map(|it| it.reason).collect();
    assert_eq!(reasons, [brings(&WORD, "evil")]);
}

#[test]
fn unsafe_ones_need_to_be_allowed() {
    let (sources, id) = one("bad");
    for (allowed, applied) in [(Allowed::Safe, 0), (Allowed::Unsafe, 1)] {
        let outcome = run(&sources, allowed, &mut |texts| {
            let mut findings = words(texts, &[id], &[("bad", "good")]);
            for finding in &mut findings {
                finding.fix.as_mut().expect("it has one").safety = Safety::Unsafe;
            }
            findings
        });
        assert_eq!(outcome.applied.len(), applied);
        assert_eq!(outcome.left.len(), 1 - applied);
    }
}

#[test]
fn a_fix_of_two_files_is_done_in_both_or_in_none() {
    let mut sources = Sources::default();
    let a = sources.add("a.yaml", "left and right".to_owned());
    let b = sources.add("b.yaml", "left".to_owned());
    let mut lint = |texts: &Texts<'_>| {
        let (one, other) = (texts.get(a).unwrap(), texts.get(b).unwrap());
        let mut findings = words(texts, &[a], &[("right", "wrong")]);
        if one.starts_with("left") || other == "left" {
            let edits = vec![edit(a, 0..4, "LEFT"), edit(b, 0..4, "LEFT")];
            findings.insert(0, found(&WORD, "two", edits, Safety::Safe));
            // Meets the first in one of the files.
            let edits = vec![edit(b, 2..4, "?"), edit(a, 5..8, "?")];
            findings.push(found(&OTHER, "meets", edits, Safety::Safe));
        }
        findings
    };
    let outcome = run(&sources, Allowed::Safe, &mut lint);
    assert_eq!(outcome.texts[&a], "LEFT and wrong");
    assert_eq!(outcome.texts[&b], "LEFT");
}

#[test]
fn the_same_edits_are_done_once_for_all_who_ask() {
    let (sources, id) = one("bad");
    let outcome = run(&sources, Allowed::Safe, &mut |texts| {
        let mut findings = words(texts, &[id], &[("bad", "good")]);
        findings.extend(findings.clone());
        if let Some(last) = findings.last_mut() {
            last.code = &OTHER;
        }
        findings
    });
    assert_eq!(outcome.texts[&id], "good");
    assert_eq!(outcome.applied.len(), 1);
    assert_eq!(outcome.applied[0].findings.len(), 2);
}

#[test]
fn edits_beside_the_text_are_refused() {
    let (sources, id) = one("é");
    for edits in [
        vec![edit(id, 1..2, "x")],
        vec![edit(id, 2..9, "x")],
        vec![edit(id, 0..2, "x"), edit(id, 0..2, "y")],
    ] {
        let outcome = run(&sources, Allowed::Safe, &mut |_| {
            vec![found(&WORD, "it", edits.clone(), Safety::Safe)]
        });
        assert_eq!(outcome.refused[0].reason, RefusalReason::Unfit);
        assert!(outcome.texts.is_empty());
    }
}

/// Where it begins, how many bytes go, and what comes instead.
type AnyEdit = (usize, usize, String);

/// Edits anywhere in a text, some of which meet.
#[test]
fn an_insertion_meets_what_it_touches() {
    let (_, source) = one("abcdef");
    let met = |a: std::ops::Range<usize>, b: std::ops::Range<usize>| {
        let (a, b) = (edit(source, a, "x"), edit(source, b, "y"));
        assert_eq!(meet(&a, &b), meet(&b, &a));
        meet(&a, &b)
    };
    assert!(met(1..1, 1..1));
    assert!(met(1..1, 1..3));
    assert!(met(3..3, 1..3));
    assert!(met(1..3, 2..4));
    assert!(!met(1..1, 2..2));
    assert!(!met(4..4, 1..3));
    assert!(!met(1..3, 3..5));
}

#[test]
fn changed_texts_keep_their_sources() {
    let (mut sources, id) = one("a: bad\n");
    let other = sources.add("b.yaml", "c: d\n".to_owned());
    let fix = Fix {
        message: "replace it".to_owned(),
        safety: Safety::Safe,
        edits: vec![edit(id, 3..6, "good")],
    };
    let texts = Texts::new(&sources).with(&[&fix]);
    let changed = texts.sources();
    assert_eq!(changed.get(id).name(), "a.yaml");
    assert_eq!(changed.get(id).text(), "a: good\n");
    assert_eq!(changed.get(other).text(), "c: d\n");
}

fn fixes() -> impl Strategy<Value = (String, Vec<Vec<AnyEdit>>)> {
    "[a-f é]{0,40}".prop_flat_map(|text| {
        let edit = (0..=text.len(), 0..5usize, "[A-F]{0,3}");
        let fix = prop::collection::vec(edit, 1..4);
        (Just(text), prop::collection::vec(fix, 0..8))
    })
}

proptest! {
    #[test]
    fn edits_that_meet_never_mix((text, fixes) in fixes()) {
        let (sources, id) = one(&text);
        let texts = Texts::new(&sources);
        let findings: Vec<Diagnostic> = fixes.iter().map(|edits| {
            let edits = edits.iter().map(|(at, length, new)| edit(id, *at..at + length, new));
            found(&WORD, "it", edits.collect(), Safety::Safe)
        }).collect();
        let choice = choose(&findings, Allowed::Safe, &texts, |_| false);
        let edits: Vec<&TextEdit> = choice.chosen.iter().flat_map(|chosen| &chosen.fix.edits).collect();
        for (index, edit) in edits.iter().enumerate() {
            prop_assert!(edits[..index].iter().all(|other| !meet(edit, other)));
        }
        let first = findings.iter().find(|finding| texts.fit(finding.fix.as_ref().unwrap()));
        prop_assert_eq!(first.is_some(), !choice.chosen.is_empty());
        // What lies between two edits is what lay there.
        let mut sorted = edits.clone();
        sorted.sort_by_key(|edit| edit.span);
        let new = apply(&text, &edits);
        let (mut rest, mut at) = (new.as_str(), 0);
        for edit in sorted {
            let kept = &text[at..edit.span.start];
            let behind = rest.strip_prefix(kept).and_then(|rest| rest.strip_prefix(edit.text.as_str()));
            prop_assert!(behind.is_some(), "{} -> {}", text, new);
            rest = behind.unwrap_or_default();
            at = edit.span.end;
        }
        prop_assert_eq!(rest, &text[at..]);
    }

    #[test]
    fn fixing_twice_is_fixing_once(
        text in "[a-e]{0,40}",
        pairs in prop::collection::vec(("[a-e]{1,3}", "[a-g]{0,3}"), 1..5),
    ) {
        let (sources, id) = one(&text);
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(bad, good)| (bad.as_str(), good.as_str())).collect();
        let mut lint = |texts: &Texts<'_>| words(texts, &[id], &pairs);
        let once = run(&sources, Allowed::Safe, &mut lint);
        let fixed = sources.replaced(&once.texts);
        // A run that reaches a limit says so, and the next one goes on.
        let limits = [RefusalReason::Waited, RefusalReason::Untried];
        prop_assume!(!once.refused.iter().any(|refused| limits.contains(&refused.reason)));
        let twice = run(&fixed, Allowed::Safe, &mut lint);
        prop_assert!(twice.texts.is_empty(), "{} -> {:?} -> {:?}", text, once.texts, twice.texts);
        prop_assert_eq!(once.left.len(), twice.left.len());
    }
}

/// The files that are handed on, step by step.
#[track_caller]
fn check_handed_on(texts: &[&str], pairs: &[(&str, &str)], expected: &[&[&str]]) {
    let mut sources = Sources::default();
    let names = ["a", "b", "c"].iter().zip(texts);
    let ids: Vec<SourceId> =
        names.map(|(name, text)| sources.add(*name, (*text).to_owned())).collect();
    let mut steps: Vec<Vec<String>> = Vec::new();
    let outcome = run_and_hand_on(
        &sources,
        Allowed::Safe,
        &mut |texts| words(texts, &ids, pairs),
        &mut |texts| {
            let shown =
                |(id, text): &(SourceId, &str)| format!("{} {text}", sources.get(*id).name());
            steps.push(texts.iter().map(shown).collect());
        },
    );
    assert_eq!(steps, expected);
    let last: BTreeMap<SourceId, String> = outcome.texts;
    let texts = ids
        .iter()
        .filter_map(|id| Some(format!("{} {}", sources.get(*id).name(), last.get(id)?)));
    let handed_on: Vec<&String> = steps.iter().flatten().collect();
    assert!(
        texts.clone().all(|text| handed_on.contains(&&text)),
        "{last:?}"
    );
}

#[test]
fn a_text_is_handed_on_once_nothing_is_left_to_fix_in_it() {
    let pairs = [("bad", "good")];
    check_handed_on(
        &["bad", "fine", "bad bad"],
        &pairs,
        &[&["a good"], &["c good good"]],
    );
    check_handed_on(&["fine"], &pairs, &[]);
}

#[test]
fn texts_that_share_a_fix_are_handed_on_together() {
    let mut sources = Sources::default();
    let ids = ["a", "b"].map(|name| sources.add(name, "old next".to_owned()));
    let [a, b] = ids;
    let mut steps: Vec<usize> = Vec::new();
    run_and_hand_on(
        &sources,
        Allowed::Safe,
        &mut |texts| {
            let mut findings = Vec::new();
            if texts.get(a).unwrap_or_default().starts_with("old") {
                let edits = vec![edit(a, 0..3, "new"), edit(b, 0..3, "new")];
                findings.push(found(&WORD, "both", edits, Safety::Safe));
            } else {
                let text = texts.get(b).unwrap_or_default();
                let next = text.find("next").map(|at| edit(b, at..at + 4, "last"));
                // Milder than the first, so that it may come by its fix.
                findings.extend(next.map(|edit| found(&OTHER, "next", vec![edit], Safety::Safe)));
            }
            findings
        },
        &mut |texts| steps.push(texts.len()),
    );
    assert_eq!(steps, [2]);
}
