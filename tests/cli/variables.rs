//! The environment twins of options: what the command line does not say, a variable may.

use crate::support::World;

/// The variables of `render`.
const OF_RENDER: &[&str] = &[
    "DUNNAGE_COLOR",
    "DUNNAGE_FORMAT",
    "DUNNAGE_GATE",
    "DUNNAGE_MODE",
    "DUNNAGE_NAMESPACE",
    "DUNNAGE_POLICY",
    "DUNNAGE_PREVIOUS",
    "DUNNAGE_RELEASE",
    "DUNNAGE_REPORT",
    "DUNNAGE_STRICT",
    "DUNNAGE_VALUES",
];

/// Those of `lint`.
const OF_LINT: &[&str] = &[
    "DUNNAGE_BASELINE",
    "DUNNAGE_CHART_VERSION",
    "DUNNAGE_COLOR",
    "DUNNAGE_EXCLUDE",
    "DUNNAGE_EXIT_ZERO",
    "DUNNAGE_FAIL_ON",
    "DUNNAGE_FORMAT",
    "DUNNAGE_IGNORE",
    "DUNNAGE_PEDANTIC",
    "DUNNAGE_POLICY",
    "DUNNAGE_QUIET",
    "DUNNAGE_SELECT",
    "DUNNAGE_TO",
];

const OTHER: &str = "version: 1\nworkloads: [{name: everything, pool: none}]\n";

const RUN: &str = "dunnage < web.yaml";

/// A policy that is found, another one, and manifests.
fn world() -> World {
    World::of_case("render-check").file("other.yaml", OTHER)
}

#[test]
fn help_names_the_variables() {
    for (command, variables) in [("render", OF_RENDER), ("lint", OF_LINT)] {
        let help = World::default().run(&format!("dunnage {command} --help"));
        let words: Vec<&str> = help.stdout.split_whitespace().collect();
        let help = words.join(" ");
        let named = help.split("[env: ").skip(1);
        let mut named: Vec<&str> =
            named.map(|rest| rest.split([']', ',']).next().expect("a name")).collect();
        named.sort_unstable();
        assert_eq!(named, variables);
    }
}

#[test]
fn a_variable_that_is_set_but_empty_counts_as_not_set() {
    let plain = world().run(RUN).exits(0);
    let mut all = world();
    for name in OF_RENDER {
        assert_eq!(world().variable(name, "").run(RUN), plain, "{name}");
        all = all.variable(name, "");
    }
    assert_eq!(all.run(RUN), plain);
    let other = world().run("DUNNAGE_POLICY=other.yaml dunnage < web.yaml");
    assert_ne!(other, plain);
}

#[test]
fn an_option_overrides_its_variable_whatever_that_holds() {
    let plain = world().run(RUN);
    for (name, option) in [
        ("DUNNAGE_MODE", "--mode auto"),
        ("DUNNAGE_COLOR", "--color auto"),
        ("DUNNAGE_FORMAT", "--format graphical"),
        ("DUNNAGE_POLICY", "--policy dunnage.yaml"),
    ] {
        let outcome = world().run(&format!("{name}=nonsense dunnage {option} < web.yaml"));
        assert_eq!(outcome, plain, "{name}");
    }
    let other = world().run("DUNNAGE_POLICY=dunnage.yaml dunnage --policy other.yaml < web.yaml");
    assert_eq!(other, world().run("dunnage --policy other.yaml < web.yaml"));
    assert_ne!(other, plain);
}

/// What a command has no use for cannot stop it.
#[test]
fn a_variable_of_render_is_nothing_to_other_commands() {
    let schema = World::default().run("dunnage schema").exits(0);
    let other = World::default().run("DUNNAGE_MODE=helm5 dunnage schema");
    assert_eq!(other, schema);
}

#[test]
fn yes_and_no_have_three_words_each() {
    // Of an existing Pod only the tolerations can change, which is a note.
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: []}\n";
    let world = World::default().file("pod.yaml", pod);
    let strict = |value: &str| {
        let world = World::of_case("variables-for-policy").variable("DUNNAGE_STRICT", value);
        world.file("pod.yaml", pod).run("dunnage --policy z2jh < pod.yaml")
    };
    for value in ["1", "true", "yes", "TRUE", "Yes"] {
        strict(value).fails(1);
    }
    for value in ["0", "false", "no", "No", ""] {
        let rendered = strict(value).exits(0);
        assert_ne!(rendered.stdout, "", "{value}");
    }
    for (name, line) in [
        ("DUNNAGE_STRICT", "dunnage render --policy z2jh < pod.yaml"),
        ("DUNNAGE_GATE", "dunnage render --policy z2jh < pod.yaml"),
        ("DUNNAGE_PEDANTIC", "dunnage lint ."),
        ("DUNNAGE_EXIT_ZERO", "dunnage lint ."),
    ] {
        for value in [
            "on",
            "off",
            "y",
            "n",
            "t",
            "f",
            "2",
            " 1",
            "yes please",
            "none",
        ] {
            let message = format!(
                "error[CL005] usage: `{name}` is `{value}`, expected a boolean\n  help: use `1`, `true` or `yes`, or `0`, `false` or `no`\n"
            );
            let line = format!("{name}='{value}' {line}");
            world.run(&line).check(2, "", &message);
        }
    }
}

fn path_list(paths: [&str; 2]) -> String {
    let list = std::env::join_paths(paths).expect("no separator in them");
    list.into_string().expect("Unicode")
}

#[test]
fn a_list_of_values_is_split_in_the_variable_alone() {
    let values = |tag: &str| {
        format!("singleuser: {{image: {{name: quay.io/example/base, tag: '{tag}'}}}}\n")
    };
    let puller = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: puller}\n\
        spec:\n  template:\n    metadata: {labels: {component: hook-image-puller}}\n    spec:\n      \
        initContainers:\n      - {name: image-pull-a, image: a, command: [sh]}\n";
    let world = World::default()
        .file("a.yaml", values("1"))
        .file("b.yaml", values("2"))
        .file("puller.yaml", puller)
        .variable("DUNNAGE_VALUES", path_list(["a.yaml", "b.yaml"]));
    let rendered = world.run("dunnage --policy z2jh < puller.yaml").exits(0);
    let stdout = rendered.stdout;
    assert!(
        stdout.contains("quay.io/example/base:2") && !stdout.contains("base:1"),
        "{stdout}"
    );
    let empty = self::world().variable("DUNNAGE_VALUES", path_list(["", "a.yaml"]));
    let messages = empty.run(RUN).fails(2).stderr;
    assert!(messages.contains("cannot read `a.yaml`"), "{messages}");
    let option = self::world().run("dunnage --values 'a.yaml:b.yaml;c.yaml' < web.yaml");
    let messages = option.fails(2).stderr;
    let message = "cannot read `a.yaml:b.yaml;c.yaml`";
    assert!(messages.contains(message), "{messages}");
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_unicode_is_not_passed_over() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt as _;
    // A report may be called anything.
    for name in OF_RENDER.iter().filter(|name| **name != "DUNNAGE_REPORT") {
        let bytes = OsString::from_vec(b"\xff".to_vec());
        world().variable(name, bytes).run(RUN).fails(2);
    }
}
