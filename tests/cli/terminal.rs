//! What people see as it comes: colors, and the end of a flood of messages.

use crate::support::World;

#[test]
fn colors_are_chosen_by_option_variable_and_terminal() {
    let is_colored = |world: World, start: &str, options: &str| {
        let line = format!("{start} dunnage render --diff {options} < web.yaml");
        world.run(&line).exits(0).stdout.contains('\u{1b}')
    };
    let world = || World::of_case("render-check");
    assert!(!is_colored(world(), "", ""));
    assert!(is_colored(world(), "", "--color always"));
    assert!(is_colored(world(), "FORCE_COLOR=1", ""));
    assert!(!is_colored(world(), "FORCE_COLOR=1 NO_COLOR=1", ""));
    assert!(!is_colored(world(), "FORCE_COLOR=1", "--color never"));
    assert!(is_colored(world(), "DUNNAGE_COLOR=always", ""));
    assert!(is_colored(world().terminal(80), "", ""));
}

#[test]
fn a_variable_colors_messages_too() {
    let world = World::of_case("variables-for-namespace");
    let outcome = world.run("DUNNAGE_COLOR=always dunnage < web.yaml");
    let messages = outcome.exits(0).stderr;
    assert!(messages.contains('\u{1b}'), "{messages}");
}

#[test]
fn a_flood_of_messages_is_cut() {
    let rows: String = (0..50)
        .map(|row| {
            format!("  - {{name: r{row}, match: {{chart: app, name: n{row}}}, pool: none}}\n")
        })
        .collect();
    let world = World::of_case("variables-for-namespace")
        .file("dunnage.yaml", format!("version: 1\nworkloads:\n{rows}"));
    let messages = world.run("dunnage render < web.yaml").exits(0).stderr;
    assert!(messages.lines().count() <= 42, "{messages}");
    let end = "10 more messages; use `--format json` to see all of them\n";
    assert!(messages.ends_with(end), "{messages}");
    assert!(messages.contains("more lines"), "{messages}");
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    let world = World::of_case("render-check").with(|memory| memory.is_pipe_broken = true);
    world.run("dunnage render < web.yaml").check(0, "", "");
}
