//! `dunnage values`: what a release gets of its layers, and who set a value.

use std::ffi::OsString;

use dunnage::cli;
use dunnage::host::Memory;

/// A hub's chart with z2jh below it, and two layers.
fn world() -> Memory {
    Memory::default()
        .file(
            "hub/Chart.yaml",
            "apiVersion: v2\nname: hub\nversion: 1.0.0\ndependencies:\n- {name: jupyterhub, version: 4.x, condition: jupyterhub.enabled}\n",
        )
        .file("hub/values.yaml", "jupyterhub:\n  hub: {config: {a: {b: 1}}}\n  cull: {every: 600}\n")
        .file("hub/charts/jupyterhub/Chart.yaml", "name: jupyterhub\nversion: 4.4.0\n")
        .file(
            "hub/charts/jupyterhub/values.yaml",
            "singleuser:\n  memory:\n    limit:\n    guarantee: 1G\ncull: {every: 300, timeout: 3600}\n",
        )
        .file(
            "common.yaml",
            "jupyterhub:\n  singleuser:\n    memory: {limit: 1G}\n    extraEnv: {TOKEN: abc}\n    nodeSelector: {hub.jupyter.org/node-purpose: user}\n    profileList:\n    - display_name: Small\n",
        )
        .file(
            "prod.yaml",
            "# production\njupyterhub:\n  singleuser:\n    memory:\n      limit: 2G\n  hub:\n    config:   # emptied by accident\n  cull:\n    every: null\n",
        )
}

fn run(world: &Memory, line: &str) -> u8 {
    let line = std::iter::once("dunnage").chain(line.split(' '));
    cli::run(world, line.map(OsString::from).collect()).code()
}

#[track_caller]
fn check(line: &str, expected: &str) {
    let world = world();
    assert_eq!(run(&world, line), 0, "{}", world.stderr());
    assert_eq!(world.stdout(), expected);
}

#[track_caller]
fn check_refused(world: &Memory, line: &str, expected: &str) {
    assert_eq!(run(world, line), 2);
    assert_eq!(world.stdout(), "");
    assert!(world.stderr().contains(expected), "{}", world.stderr());
}

#[test]
fn layers_come_over_the_chart_s_defaults() {
    check(
        "values hub common.yaml prod.yaml",
        "jupyterhub:\n  cull:\n    timeout: 3600\n  global: {}\n  hub:\n    config: null\n  singleuser:\n    extraEnv:\n      TOKEN: \"***\"\n    memory:\n      guarantee: \"1G\"\n      limit: \"2G\"\n    nodeSelector:\n      hub.jupyter.org/node-purpose: user\n    profileList:\n    - display_name: Small\n",
    );
}

#[test]
fn the_format_of_messages_is_not_that_of_values() {
    for line in [
        "values hub common.yaml --format json",
        "values --format json-lines hub common.yaml",
        "--format json values hub",
    ] {
        let expected = "error[CL005] usage: `--format` is the format of messages: it does not change the values\n  help: use `-o json` to print values as JSON\n";
        let world = world();
        assert_eq!(run(&world, line), 2);
        assert_eq!(
            (world.stdout().as_str(), world.stderr().as_str()),
            ("", expected)
        );
    }
    // Whoever names both means both.
    let both = world();
    assert_eq!(run(&both, "values common.yaml -o json --format json"), 0);
    assert!(both.stdout().starts_with("{\n"), "{}", both.stdout());
    let concise = world();
    assert_eq!(run(&concise, "values common.yaml --format concise"), 0);
}

#[test]
fn a_chart_that_is_off_gives_no_defaults() {
    let world = world().file("off.yaml", "jupyterhub: {enabled: false}\n");
    assert_eq!(run(&world, "values hub -f off.yaml -o json"), 0);
    assert!(!world.stdout().contains("guarantee"), "{}", world.stdout());
}

#[test]
fn a_value_knows_who_set_it_and_who_lost() {
    check(
        "values explain singleuser.memory hub -f common.yaml,prod.yaml",
        "jupyterhub.singleuser.memory.guarantee\n  default     hub/charts/jupyterhub/values.yaml:4  guarantee: 1G\n\njupyterhub.singleuser.memory.limit\n  set by      prod.yaml:5                          limit: 2G\n  over        common.yaml:3                        limit: 1G}\n  default     hub/charts/jupyterhub/values.yaml:3  limit:\n",
    );
}

#[test]
fn a_null_says_what_it_deleted() {
    check(
        "values explain cull.every hub common.yaml prod.yaml",
        "jupyterhub.cull.every\n  deleted by  prod.yaml:9                          every: null\n  default     hub/values.yaml:3                    every: 600}\n  default     hub/charts/jupyterhub/values.yaml:5  every: 300, timeout: 3600}\n",
    );
    // Helm takes away only what the chart itself has; what its parent preset is null from now on.
    check(
        "values explain jupyterhub.hub.config hub common.yaml prod.yaml",
        "jupyterhub.hub.config\n  set by      prod.yaml:7        config:   # emptied by accident\n  default     hub/values.yaml:2  config: {a: {b: 1}}}\n",
    );
}

#[test]
fn keys_may_hold_dots_and_lists_have_numbers() {
    check(
        "values explain singleuser.nodeSelector.hub.jupyter.org/node-purpose common.yaml",
        "jupyterhub.singleuser.nodeSelector.hub.jupyter.org/node-purpose\n  set by      common.yaml:5  hub.jupyter.org/node-purpose: user}\n",
    );
    check(
        "values explain singleuser.profileList[0].display_name common.yaml",
        "jupyterhub.singleuser.profileList[0].display_name\n  set by      common.yaml:7  display_name: Small\n",
    );
}

#[test]
fn arguments_come_last_and_have_no_lines() {
    check(
        "values explain singleuser.memory.limit common.yaml --set jupyterhub.singleuser.memory.limit=4G",
        "jupyterhub.singleuser.memory.limit\n  set by      --set          limit=4G\n  over        common.yaml:3  limit: 1G}\n",
    );
    check(
        "values common.yaml -o json --set-string jupyterhub=1 --set-json jupyterhub={}",
        "{\n  \"jupyterhub\": \"1\"\n}\n",
    );
    let file = world().file("motd", "hello\n");
    assert_eq!(
        run(&file, "values --set-file a=motd"),
        0,
        "{}",
        file.stderr()
    );
    assert_eq!(file.stdout(), "a: |\n  hello\n");
    check_refused(&world(), "values --set a", "this key has no value");
    check_refused(
        &world(),
        "values --set-file a=nowhere",
        "cannot read nowhere",
    );
}

#[test]
fn a_secret_is_never_shown() {
    check(
        "values explain a.token --set a.token=abc",
        "a.token\n  set by      --set  token=***\n",
    );
    check(
        "values explain singleuser.extraEnv.TOKEN common.yaml",
        "jupyterhub.singleuser.extraEnv.TOKEN\n  set by      common.yaml:4  TOKEN: ***}\n",
    );
}

#[test]
fn what_is_not_there_is_an_error_with_a_way_out() {
    check_refused(
        &world(),
        "values explain singleuser.memry common.yaml",
        "did you mean `singleuser.memory`?",
    );
    check_refused(
        &world(),
        "values nowhere.yaml",
        "cannot read `nowhere.yaml`",
    );
    let broken = world().file("broken.yaml", "a: [\n");
    check_refused(&broken, "values broken.yaml", "broken.yaml");
    let clash = world().file("clash.yaml", "jupyterhub: [no]\n");
    check_refused(&clash, "values hub clash.yaml", "`jupyterhub` is a chart");
    let no_chart = world().file("empty/values.yaml", "a: 1\n");
    check_refused(&no_chart, "values empty", "it has no Chart.yaml");
    let no_archive = world().file("a.tgz", "no archive");
    check_refused(&no_archive, "values a.tgz", "this is no packed chart");
}
