//! The README tells the truth: its policy is one, its diff is what the program prints.

mod support;

use dunnage::policy;
use dunnage::text::Sources;
use support::World;

const README: &str = include_str!("../README.md");
const STREAM: &str = include_str!("../testdata/streams/hub-like.yaml");

/// The texts of fenced blocks with this info string.
fn blocks(info: &str) -> Vec<String> {
    let fence = format!("```{info}\n");
    let starts = README
        .match_indices(&fence)
        .map(|(at, _)| &README[at + fence.len()..]);
    starts
        .map(|rest| rest.split("```").next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn the_policy_reads_without_a_word() {
    let policies: Vec<String> = blocks("yaml")
        .into_iter()
        .filter(|block| block.starts_with("version:"))
        .collect();
    assert_eq!(policies.len(), 1);
    let mut sources = Sources::default();
    let source = sources.add("README.md", policies[0].clone());
    let (policy, diagnostics) = policy::read(source, sources.get(source).text());
    assert!(
        policy.is_some() && diagnostics.is_empty(),
        "{diagnostics:#?}"
    );
}

/// What one hub expects is not looked for in the releases of other charts.
#[test]
fn the_policy_leaves_nothing_to_say_of_its_rows_in_any_release() {
    let policy = blocks("yaml")
        .into_iter()
        .find(|block| block.starts_with("version:"))
        .expect("a policy");
    let corpus = support::corpus();
    let recorded = corpus.as_deref().map(support::streams).unwrap_or_default();
    let own = [("hub-like".to_owned(), STREAM.to_owned())];
    for (name, stream) in own.into_iter().chain(recorded) {
        let world = World::default()
            .file("dunnage.yaml", policy.clone())
            .piped(stream);
        let outcome = world.run("dunnage --strict --format concise");
        assert_eq!(outcome.exit, 0, "{name}: {}", outcome.stderr);
    }
}

#[test]
fn the_diff_is_what_the_program_prints() {
    let world = World::default().file("testdata/streams/hub-like.yaml", STREAM);
    let shown = blocks("diff").pop().expect("the README shows a diff");
    let (command, shown) = shown
        .split_once('\n')
        .expect("a command and what it prints");
    let command = command.strip_prefix("$ ").expect("a command");
    let printed = world.run(command).exits(0).stdout;
    for part in shown.replace("+...\n", "...\n").split("...\n") {
        assert!(
            printed.contains(part),
            "{part}\n--- is not in ---\n{printed}"
        );
    }
}

#[test]
fn the_rust_that_it_asks_for_is_the_one_that_cargo_asks_for() {
    assert!(README.contains(concat!("Rust ", env!("CARGO_PKG_RUST_VERSION"))));
}

#[test]
fn the_findings_are_what_the_program_prints() {
    let world = World::default()
        .file(
            "testdata/lint/common.yaml",
            include_str!("../testdata/lint/common.yaml"),
        )
        .file(
            "testdata/lint/prod.yaml",
            include_str!("../testdata/lint/prod.yaml"),
        );
    let blocks = blocks("text");
    let shown = blocks
        .iter()
        .find(|block| block.starts_with("$ dunnage lint"));
    let (command, shown) = shown
        .and_then(|shown| shown.split_once('\n'))
        .expect("findings");
    let command = command.strip_prefix("$ ").expect("a command");
    let printed = world.run(command).exits(1).stdout;
    assert_eq!(printed.trim_end(), shown.trim_end());
}
