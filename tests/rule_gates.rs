//! What a rule finds, and at which level, where the version of the chart or the facts of the cluster decide.

use dunnage::diag::Diagnostic;
use dunnage::hub::{ChartCache, Release, ReleaseInput, ReleaseSpec};
use dunnage::lint::{self, Run};
use dunnage::policy::{Autoscaler, Facts};
use dunnage::text::Sources;
use dunnage::values::{self, Helm};

/// Everything that is found in values of a version.
fn found(version: Option<&str>, facts: &Facts, text: &str) -> Vec<Diagnostic> {
    let mut sources = Sources::default();
    let source = sources.add("values.yaml", text.to_owned());
    let read = values::read(source, text, Helm::Four).expect("values");
    let parts = ReleaseInput {
        chart: None,
        values: read,
        helm: Helm::Four,
        version,
        hub: None,
        inside: Vec::new(),
        is_partial: false,
    };
    let mut shared = ChartCache::default();
    let (plan, _) = ReleaseSpec::new(&mut sources, &mut shared, parts);
    let release = Release::new(plan).expect("values");
    let run = Run {
        sources: &sources,
        shared: &shared,
        facts,
        pools: &[],
        has_hints: true,
    };
    lint::run(run, &release)
}

/// The findings of some codes: `error[PR002] message: help`, one a line.
#[track_caller]
fn check(codes: &[&str], version: &str, facts: &Facts, text: &str, expected: &str) {
    let mut shown = String::new();
    for finding in found(Some(version), facts, text) {
        if codes.contains(&finding.code.id) {
            let (level, id) = (finding.level.name(), finding.code.id);
            let help = finding.help.unwrap_or_default();
            shown += &format!("{level}[{id}] {}: {help}\n", finding.message);
        }
    }
    assert_eq!(shown, expected, "{version}: {text}");
}

fn with(autoscaler: Autoscaler) -> Facts {
    Facts {
        autoscaler: Some(autoscaler),
        ..Facts::default()
    }
}

const EXPENDABLE: &str = "
scheduling:
  podPriority: {enabled: true, userPlaceholderPriority: -20}
  userPlaceholder: {replicas: 4}
";

#[test]
fn the_autoscaler_decides_what_is_expendable() {
    let found = |level: &str, cutoff: i32| {
        format!(
            "{level}[PR002] the cluster autoscaler adds no nodes for placeholders: priority -20 is below its cutoff {cutoff}: \
             set `scheduling.podPriority.userPlaceholderPriority: {cutoff}` or higher; below it, placeholders stay pending\n"
        )
    };
    let cutoff = |cutoff| with(Autoscaler::ClusterAutoscaler { cutoff });
    for (facts, expected) in [
        (Facts::default(), found("warning", -10)),
        (cutoff(-15), found("error", -15)),
        (cutoff(-20), String::new()),
        (with(Autoscaler::Karpenter), String::new()),
        (with(Autoscaler::None), String::new()),
    ] {
        check(&["PR002"], "4.4", &facts, EXPENDABLE, &expected);
    }
}

#[test]
fn the_order_that_is_advised_is_above_the_cutoff() {
    let text = "scheduling: {podPriority: {enabled: true, userPlaceholderPriority: 0}}";
    let facts = with(Autoscaler::ClusterAutoscaler { cutoff: 0 });
    check(
        &["PR001"],
        "4.4",
        &facts,
        text,
        "error[PR001] user pods (priority 0) cannot evict placeholders (priority 0): \
         use 0 for placeholders, 5 for image pullers and 10 for users with a cutoff of 0\n",
    );
}

#[test]
fn pullers_have_a_priority_since_2_0() {
    let text = "scheduling: {podPriority: {enabled: true, defaultPriority: 10, userPlaceholderPriority: 0}}";
    check(&["PR001"], "1.2", &Facts::default(), text, "");
    check(
        &["PR001"],
        "2.0",
        &Facts::default(),
        text,
        "warning[PR001] image puller priority -5 must be above placeholders (0) and at most that of users (10): \
         use -10 for placeholders, -5 for image pullers and 0 for users, the chart's defaults\n",
    );
}

#[test]
fn placeholders_name_their_class_since_4_1() {
    let text = "scheduling: {userPlaceholder: {replicas: 1, extraPodSpec: {priorityClassName: a}}}";
    check(&["PH001"], "4.2", &Facts::default(), text, "");
    check(
        &["PH001"],
        "4.0",
        &Facts::default(),
        text,
        "error[PH001] user placeholders cannot be evicted: `scheduling.podPriority` is disabled: \
         set `scheduling.podPriority.enabled: true`\n",
    );
}

#[test]
fn the_hook_puller_names_its_class_since_4_0() {
    let text = "scheduling: {podPriority: {enabled: true}}";
    check(&["PR004"], "3.3", &Facts::default(), text, "");
    check(
        &["PR004"],
        "4.0",
        &Facts::default(),
        text,
        "hint[PR004] on the first install the hook puller has no pods: its priority class does not exist yet: \
         create the class before the first install, or disable the hook puller for it; upgrades are not affected\n",
    );
}

#[test]
fn levels_are_weighed() {
    for (code, level, text) in [
        ("RS004", "hint", "singleuser: {memory: {limit: 5G}}"),
        ("RS004", "warning", "singleuser: {memory: {limit: 11G}}"),
        ("RS005", "note", "singleuser: {memory: {guarantee: null}}"),
        ("RS005", "warning", "singleuser: {cpu: {limit: 1}}"),
        (
            "RS001",
            "warning",
            "hub: {resources: {limits: {memory: 1m}}}",
        ),
        (
            "NP010",
            "warning",
            "singleuser: {extraTolerations: [{operator: Exists}]}",
        ),
        (
            "NP009",
            "error",
            "singleuser: {extraPodConfig: {affinity: {node_affinity: {preferred: []}}}}",
        ),
        (
            "NP009",
            "warning",
            "singleuser: {extraPodConfig: {affinity: {pod_affinity: {}}}}",
        ),
        (
            "PH002",
            "hint",
            "scheduling: {userPlaceholder: {enabled: true}}",
        ),
        (
            "PH003",
            "error",
            "{singleuser: {memory: {guarantee: 0}}, scheduling: {userPlaceholder: {replicas: 1}}}",
        ),
    ] {
        let found = found(Some("4.4"), &Facts::default(), text);
        let levels = found.iter().filter(|finding| finding.code.id == code);
        let levels: Vec<_> = levels.map(|finding| finding.level.name()).collect();
        assert_eq!(levels, [level], "{code}: {text}");
    }
}

#[test]
fn only_the_cluster_autoscaler_evicts_by_its_annotation_and_takes_nodes_away() {
    let text = "
singleuser: {extraAnnotations: {cluster-autoscaler.kubernetes.io/safe-to-evict: 'true'}}
scheduling: {userPods: {nodeAffinity: {matchNodePurpose: require}}}
";
    let both = |facts: Facts, expected: &[&str]| {
        let found = found(None, &facts, text);
        let codes = found.iter().map(|finding| finding.code.id);
        let codes: Vec<_> = codes.filter(|code| code.starts_with("NP")).collect();
        assert_eq!(codes, expected, "{facts:?}");
    };
    let cluster = Autoscaler::ClusterAutoscaler { cutoff: -10 };
    // Whatever takes nodes away, NP012 names the label that the nodes need.
    both(Facts::default(), &["NP011", "NP006", "NP012"]);
    both(with(cluster), &["NP011", "NP006", "NP012"]);
    both(with(Autoscaler::Karpenter), &["NP006", "NP012"]);
    both(with(Autoscaler::None), &["NP012"]);
}
