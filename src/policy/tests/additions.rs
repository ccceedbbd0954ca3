//! The section `additions`.

use super::refusals::{Expected, check};
use crate::policy::{Addition, Via, read};
use crate::text::Sources;

/// Two pools with labels and one without.
const POOLS: &str = "version: 1
pools:
  user: {labels: {pool: user}}
  gpu: {labels: {pool: gpu}}
  bare: {taints: ['a=b:NoSchedule']}
";

#[track_caller]
fn additions(text: &str) -> Vec<Addition> {
    let text = format!("{POOLS}{text}");
    let source = Sources::default().add("dunnage.yaml", text.clone());
    let (policy, diagnostics) = read(source, &text);
    assert_eq!(diagnostics, []);
    policy.expect("a policy without diagnostics").additions
}

/// Checks the first diagnostic about `entry`, an entry in flow style.
#[track_caller]
fn check_entry(entry: &str, code: &str, message: &str, at: &str, help: &str) {
    let policy = format!("{POOLS}additions:\n- {entry}\n");
    let expected = Expected {
        code,
        message,
        at,
        help,
    };
    check(&policy, &expected);
}

/// The same about the parts of an entry for `user`.
#[track_caller]
fn check_parts(parts: &str, code: &str, message: &str, at: &str, help: &str) {
    let entry = format!("{{name: hub, match: {{chart: hub}}, pools: {{user: {{}}}}, {parts}}}");
    check_entry(&entry, code, message, at, help);
}

/// An entry whose pools override some of its settings.
const MERGED: &str = "additions:
  - name: the hub
    match: {chart: jupyterhub, release: [prod, 'p-*'], namespace: hub}
    pools:
      gpu:
        prePuller: {extraImages: {cuda: {name: c, tag: '12'}, spark: {name: s, tag: '2'}}, pullSecrets: [own]}
        scheduling: {userPlaceholder: {replicas: 1, resources: {requests: {memory: 16G, nvidia.com/gpu: 1}}}}
      user: {prePuller: {continuous: {enabled: false}}}
    prePuller:
      continuous: {}
      extraImages: {spark: {name: s, tag: '1'}}
      via: volume
      pullSecrets: [registry]
      pause: {image: {name: pause, tag: '3'}}
    scheduling:
      podPriority: {userPlaceholderPriority: -9}
      userPlaceholder: {replicas: 20, seats: 8, resources: {requests: {memory: 2G, cpu: 0.5}}}
      nodePlaceholder: {replicas: 3}
";

#[test]
fn settings_of_a_pool_override_those_of_the_entry() {
    let all = additions(MERGED);
    let [entry] = &all[..] else {
        panic!("{all:?}");
    };
    let [user, gpu] = &entry.pools[..] else {
        panic!("{entry:?}");
    };
    assert_eq!((user.pool, gpu.pool), (0, 1));
    let (user, gpu) = (&user.parts, &gpu.parts);
    assert!(user.continuous.is_none() && gpu.continuous.is_some());
    let images = |parts: &crate::policy::AddedParts| -> Vec<String> {
        parts.images.iter().map(|image| image.reference()).collect()
    };
    assert_eq!(images(user), ["s:1"]);
    assert_eq!(images(gpu), ["c:12", "s:2"]);
    assert_eq!((user.via, gpu.via), (Via::Volume, Via::Volume));
    assert_eq!(user.pull_secrets[0].value, "registry");
    assert_eq!(gpu.pull_secrets[0].value, "own");
    assert_eq!(user.pause.as_deref(), Some("pause:3"));
    let priority = user.priority.as_ref().expect("priorities");
    assert_eq!(
        (priority.puller.value, priority.placeholder.value),
        (-5, -9)
    );
    let amounts = |parts: &crate::policy::AddedParts| {
        let users = parts.user_placeholder.clone().expect("placeholders");
        let resources = users.resources.expect("resources").value;
        let requests = resources.requests.into_iter();
        let requests: Vec<String> =
            requests.map(|(name, amount)| format!("{name} {amount}")).collect();
        (users.replicas.value, users.seats.value, requests.join(", "))
    };
    assert_eq!(amounts(user), (20, 8, "cpu 0.5, memory 2G".to_owned()));
    let of_gpu = "cpu 0.5, memory 16G, nvidia.com/gpu 1".to_owned();
    assert_eq!(amounts(gpu), (1, 8, of_gpu));
    assert_eq!(
        gpu.node_placeholder.as_ref().map(|part| part.replicas.value),
        Some(3)
    );
}

#[test]
fn a_part_without_its_key_is_disabled() {
    let all = additions(
        "additions: [{name: a, match: {release: b}, pools: {user: {}}, scheduling: {podPriority: {enabled: false}}}]\n",
    );
    let parts = &all[0].pools[0].parts;
    assert!(parts.continuous.is_none() && parts.priority.is_none());
    assert!(parts.user_placeholder.is_none() && parts.node_placeholder.is_none());
}

#[test]
fn conditions_may_be_undecided() {
    let all = additions(
        "additions: [{name: a, match: {chart: 'jupyter*', release: prod}, pools: {user: {}}}]\n",
    );
    let criteria = &all[0].criteria;
    assert!(criteria.has_chart(&["web", "jupyterhub"]));
    assert!(!criteria.has_chart(&["web"]) && !criteria.has_chart(&[]));
    assert_eq!(criteria.has_release(Some("prod")), Some(true));
    assert_eq!(criteria.has_release(Some("staging")), Some(false));
    assert_eq!(criteria.has_release(None), None);
    assert_eq!(criteria.has_namespace(None), Some(true));
    assert_eq!(criteria.only_release(), Some("prod"));
    assert_eq!(criteria.only_namespace(), None);
}

#[test]
fn parts_of_later_versions() {
    for (parts, key) in [
        ("prePuller: {hook: {}}", "prePuller.hook"),
        ("prePuller: {gate: {}}", "prePuller.gate"),
        (
            "scheduling: {userScheduler: {pool: user}}",
            "scheduling.userScheduler",
        ),
    ] {
        let message = format!("`additions[].{key}` is not supported yet");
        let at = key.rsplit('.').next().expect("a key");
        check_parts(
            parts,
            "PO010",
            &message,
            at,
            "remove it, or upgrade dunnage",
        );
    }
    check_entry(
        "{name: hub, match: {chart: hub}, pools: {user: {prePuller: {hook: {enabled: true}}}}}",
        "PO010",
        "`additions[].prePuller.hook` is not supported yet",
        "hook",
        "remove it, or upgrade dunnage",
    );
}

#[test]
fn misplaced_and_misspelled_keys() {
    check_parts(
        "prePuller: {via: volumes}",
        "PO009",
        "`volumes` is not a value of `additions[0].prePuller.via`",
        "volumes",
        "did you mean `volume`? use `command` or `volume`",
    );
    check_parts(
        "prePuller: {extraImages: {a: {name: b}}}",
        "PO007",
        "missing key `tag` in `additions[0].prePuller.extraImages.a`",
        "a",
        "",
    );
    check_parts(
        "userPlaceholder: {replicas: 1}",
        "PO006",
        "unknown key `userPlaceholder` in `additions[0]`",
        "userPlaceholder",
        "move it: this key belongs under `additions[].pools.*.scheduling` or under `additions[].scheduling`",
    );
    check_parts(
        "scheduling: {userPlaceholders: {replicas: 1}}",
        "PO006",
        "unknown key `userPlaceholders` in `additions[0].scheduling`",
        "userPlaceholders",
        "did you mean `userPlaceholder`?",
    );
}

#[test]
fn numbers_out_of_range() {
    check_parts(
        "scheduling: {userPlaceholder: {replicas: -1}}",
        "PO009",
        "the value is less than the minimum of 0",
        "-1",
        "",
    );
    check_parts(
        "scheduling: {userPlaceholder: {replicas: 1, seats: 0}}",
        "PO009",
        "the value is less than the minimum of 1",
        "0",
        "",
    );
    check_parts(
        "scheduling: {nodePlaceholder: {}}",
        "PO007",
        "missing key `replicas` in `nodePlaceholder`",
        "{}",
        "set `replicas`, or `enabled: false`",
    );
}

#[test]
fn amounts_that_are_no_quantities() {
    check_parts(
        "scheduling: {userPlaceholder: {replicas: 1, resources: {requests: {memory: 2GiB}}}}",
        "PO023",
        "`2GiB` is not a Kubernetes quantity",
        "2GiB",
        "did you mean `2Gi`?",
    );
    check_parts(
        "scheduling: {userPlaceholder: {replicas: 1, resources: {limits: {memory: much}}}}",
        "PO023",
        "`much` is not a Kubernetes quantity",
        "much",
        "write an amount like `500m`, `2` or `16G`",
    );
}

#[test]
fn priorities_in_the_wrong_order() {
    check_parts(
        "scheduling: {podPriority: {imagePullerPriority: -10}}",
        "PO035",
        "image pullers (-10) cannot evict user placeholders (-10): the priority of placeholders must be lower",
        "{imagePullerPriority: -10}",
        "use the order placeholders < pullers < users, such as -10, -5 and 0",
    );
    check_parts(
        "scheduling: {podPriority: {userPlaceholderPriority: -11}}",
        "PO035",
        "user placeholders never scale up a pool: their priority -11 is below the autoscaler's cutoff -10",
        "-11",
        "set -10 or more, or the autoscaler's `--expendable-pods-priority-cutoff` in `autoscaler.priorityCutoff`",
    );
    let entry = "additions: [{name: a, match: {chart: b}, pools: {user: {}}, scheduling: {podPriority: {userPlaceholderPriority: -11}}}]\n";
    additions(&format!("autoscaler: {{kind: karpenter}}\n{entry}"));
    additions(&format!(
        "autoscaler: {{kind: cluster-autoscaler, priorityCutoff: -11}}\n{entry}"
    ));
}

#[test]
fn pools_that_cannot_get_objects() {
    check_entry(
        "{name: hub, match: {chart: hub}, pools: {gpus: {}}}",
        "PO012",
        "pool `gpus` is not defined",
        "gpus",
        "did you mean `gpu`?",
    );
    check_entry(
        "{name: hub, match: {chart: hub}, pools: {bare: {}}}",
        "PO034",
        "pool `bare` has no labels: added pods could run on any node",
        "bare",
        "set the labels of its nodes in `pools.bare.labels`",
    );
}

#[test]
fn entries_that_hide_each_other() {
    check_entry(
        "{name: hub, match: {namespace: hub}, pools: {user: {}}}",
        "PO031",
        "`match` has neither `chart` nor `release`: every release would get the objects",
        "{namespace: hub}",
        "set `chart` or `release`",
    );
    check_entry(
        "{name: hub, match: {chart: hub}, pools: {user: {}}}\n- {name: hub, match: {chart: web}, pools: {user: {}}}",
        "PO033",
        "two entries of `additions` are named `hub`",
        "hub",
        "rename one of them",
    );
    check_entry(
        "{name: all, match: {chart: [hub, web]}, pools: {user: {}}}\n- {name: hub, match: {chart: hub, release: prod}, pools: {user: {}}}",
        "PO032",
        "`hub` never applies: an earlier entry matches the same releases",
        "hub",
        "move it above the earlier entry, or remove it; the first matching entry applies",
    );
}

#[test]
fn names_that_kubernetes_rejects() {
    check_parts(
        "prePuller: {pullSecrets: [my_registry]}",
        "PO009",
        "secret name `my_registry` is rejected by the API server",
        "_",
        "",
    );
    check_parts(
        "prePuller: {pause: {image: {name: 'a b', tag: '1'}}}",
        "PO019",
        "`a b` cannot be used in an image reference",
        "'a b'",
        "",
    );
}
