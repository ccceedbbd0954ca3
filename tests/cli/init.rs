//! What `dunnage init` proposes: a policy that reads without a word and that fits what it was made from.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::support::{World, corpus, streams};

/// What is proposed for a stream, which a failure must not leave behind.
fn proposed(stream: &str) -> Result<String, String> {
    let outcome = World::default().piped(stream).run("dunnage init");
    if outcome.exit == 0 {
        assert_eq!(outcome.stderr, "");
        Ok(outcome.stdout)
    } else {
        Err(outcome.fails(2).stderr)
    }
}

/// Renders a stream by what was proposed for it: nothing is wrong, and nothing is left to say of the rows. A
/// kind that is not known is still reported, as its entry is only a guess in a comment.
#[track_caller]
fn check_fits(name: &str, stream: &str) {
    let policy = proposed(stream).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(
        proposed(stream).as_ref(),
        Ok(&policy),
        "{name}: not the same twice"
    );
    for line in ["render --mode plain", "render", "verify"] {
        check_no_word_of_the_policy(name, &policy, stream, line);
    }
}

/// Runs a command by a policy: nothing is wrong in it, and nothing is left to say of its rows.
#[track_caller]
fn check_no_word_of_the_policy(name: &str, policy: &str, stream: &str, line: &str) {
    let world = World::default().file("dunnage.yaml", policy).piped(stream);
    let outcome = world.run(&format!("dunnage {line} --format concise"));
    let stderr = outcome.stderr;
    let is_right = outcome.exit == 0 || line == "verify" && outcome.exit == 1;
    assert!(is_right, "{name} {line}: {stderr}\n{policy}");
    let of_the_policy = ["PO0", "RN011", "RN012"];
    let wrong = of_the_policy.iter().any(|code| stderr.contains(&format!("[{code}")));
    assert!(!wrong, "{name} {line}: {stderr}\n{policy}");
}

/// The manifests of a golden case.
fn manifests(case: &str) -> String {
    World::of_case(case).text("rendered.yaml")
}

#[test]
fn a_proposal_fits_the_manifests_that_it_is_made_from() {
    for case in ["init-hub", "init-pools-kinds-and-classes", "init-operators"] {
        check_fits(case, &manifests(case));
    }
}

#[test]
fn agents_of_operators_are_left_alone() {
    let stream = manifests("init-operators");
    let world = World::default()
        .file("dunnage.yaml", proposed(&stream).expect("a proposal"))
        .piped(stream.as_str());
    let rendered = world.run("dunnage render --mode plain").exits(0).stdout;
    let (operators, deployment) = stream.split_at(stream.rfind("---").expect("documents"));
    assert!(rendered.starts_with(operators), "{rendered}");
    assert_ne!(&rendered[operators.len()..], deployment);
}

#[test]
fn every_real_release_is_fitted() {
    let Some(corpus) = corpus() else { return };
    let streams: BTreeMap<String, String> = streams(&corpus).into_iter().collect();
    for (name, text) in &streams {
        check_fits(name, text);
        // Made from a stream with hooks, and followed where there are none.
        let other = name.replace(".helm4", ".helm3");
        if let Some(text_of_helm3) = streams.get(&other).filter(|_| other != *name) {
            let policy = proposed(text).expect("a proposal");
            check_no_word_of_the_policy(name, &policy, text_of_helm3, "render");
        }
    }
}

#[test]
fn every_case_reads_or_says_why_not() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/render");
    let hub = manifests("init-hub");
    let mut read = 0;
    for entry in fs::read_dir(folder).expect("the cases are there") {
        let path = entry.expect("a case").path().join("in.yaml");
        let Ok(stream) = fs::read_to_string(&path) else {
            continue;
        };
        if let Ok(policy) = proposed(&stream) {
            let messages = rendered_by(&policy, &hub);
            assert!(!messages.contains("[PO"), "{messages}\n{policy}");
            read += 1;
        }
    }
    assert!(read > 60, "only {read}");
}

/// The messages of a run by a policy.
fn rendered_by(policy: &str, stream: &str) -> String {
    let world = World::default().file("dunnage.yaml", policy).piped(stream);
    world.run("dunnage render --check --format concise").stderr
}

#[test]
fn names_of_any_sort_do_not_break_the_policy() {
    let hub = manifests("init-hub");
    for name in [
        "'a\\nb: c'",
        "\"*?[x]\"",
        "'# no comment'",
        "yes",
        "0644",
        "\"\\u2028\"",
        "~",
    ] {
        let stream = format!(
            "# Source: p/charts/{name}/templates/a.yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\n\
             spec: {{template: {{spec: {{nodeSelector: {{example.org/a: {name}}}, priorityClassName: {name}, containers: []}}}}}}\n\
             ---\n# Source: p/templates/b.yaml\napiVersion: batch/v1\nkind: Job\nmetadata: {{name: {name}}}\nspec: {{template: {{spec: {{containers: []}}}}}}\n"
        );
        let policy = proposed(&stream).unwrap_or_else(|error| panic!("{name}: {error}"));
        let messages = rendered_by(&policy, &hub);
        assert!(!messages.contains("[PO001"), "{name}: {messages}\n{policy}");
    }
}
