//! Helm on the other side: what it can read, and what it must never get.

use crate::support::World;

/// Helm 4 shows nothing of a plugin that fails: the plugin has to end well and print one scalar.
#[test]
fn errors_of_the_plugin_are_one_scalar() {
    let world = World::of_case("helm-plugin-prints-errors-as-one-scalar");
    for line in [
        "dunnage helm-plugin --policy dunnage.yaml < tab.yaml",
        "dunnage helm-plugin --policy nowhere.yaml < tab.yaml",
        "dunnage helm-plugin --polcy dunnage.yaml < tab.yaml",
        "DUNNAGE_MODE=helm5 dunnage helm-plugin < tab.yaml",
    ] {
        let outcome = world.run(line).exits(0);
        let document: serde_yaml::Value = serde_yaml::from_str(&outcome.stdout).expect("YAML");
        let text = document.as_str().expect("one scalar");
        let start = "dunnage failed: 1 error\n- ";
        assert!(text.starts_with(start), "{line}: {text}");
        let messages = outcome.stderr;
        assert_ne!(messages, "", "whoever runs it by hand reads it there");
    }
}

/// `--post-renderer-args` can name a subcommand: Helm starts `dunnage verify`, which writes nothing where all is well.
#[test]
fn a_command_without_manifests_is_refused_where_helm_started_it() {
    let world = |parent: &str| {
        let world = World::of_case("render-check").variable("DUNNAGE_POLICY", "dunnage.yaml");
        world.with(|memory| memory.parent = Some(parent.to_owned()))
    };
    for line in [
        "dunnage verify < web.yaml",
        "dunnage lint - < web.yaml",
        "dunnage render --check < web.yaml",
        "dunnage render --diff < web.yaml",
        "dunnage values - < web.yaml",
        "dunnage init < web.yaml",
        "dunnage rule < web.yaml",
        "dunnage man < web.yaml",
    ] {
        let refused = world("helm").run(line).fails(2);
        assert!(refused.stderr.starts_with("error[CL015] "), "{refused:?}");
        for other in [
            world("bash"),
            world("helm").variable("HELM_PLUGIN_NAME", "lint-all"),
        ] {
            let messages = other.run(line).stderr;
            assert!(!messages.contains("[CL015]"), "{line}: {messages}");
        }
    }
    for line in [
        "dunnage < web.yaml",
        "dunnage render < web.yaml",
        "dunnage helm-plugin < web.yaml",
    ] {
        let rendered = world("helm").run(line).exits(0);
        assert_eq!(rendered, world("bash").run(line), "{line}");
        assert!(rendered.stdout.contains("kind: Deployment"), "{line}");
    }
}
