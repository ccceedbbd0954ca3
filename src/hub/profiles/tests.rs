use super::*;
use crate::hub::tests::with_hub;

/// What each of the settings of a hub has of some traits, one a line: `title: trait=value`.
fn shown(version: &str, text: &str, traits: &[&str]) -> String {
    with_hub(version, text, |hub| {
        let lines = effective(hub).iter().map(|settings| {
            let values = traits.iter().map(|name| {
                let value = settings.get(name).map(Value::to_json);
                format!(" {name}={}", value.unwrap_or_default())
            });
            format!("{}:{}\n", settings.title, values.collect::<String>())
        });
        lines.collect()
    })
}

#[track_caller]
fn check(version: &str, text: &str, traits: &[&str], expected: &str) {
    assert_eq!(shown(version, text, traits), expected);
}

#[test]
fn without_profiles_there_is_one_server() {
    for list in ["", "  profileList: []\n", "  profileList: null\n"] {
        let text = format!("singleuser:\n  memory: {{limit: 2G}}\n{list}");
        check(
            "4.4",
            &text,
            &["mem_limit", "mem_guarantee"],
            "a user server: mem_limit=\"2G\" mem_guarantee=\"1G\"\n",
        );
    }
}

#[test]
fn profiles_that_cannot_be_read_are_left_alone() {
    for list in [
        "'lambda spawner: []'",
        "'ENC[AES256_GCM,data:aa,iv:bb,tag:cc,type:str]'",
    ] {
        let text = format!("singleuser:\n  profileList: {list}\n");
        check("4.4", &text, &["mem_limit"], "");
    }
}

const SELECTORS: &str = "
singleuser:
  nodeSelector: {pool: users, zone: a}
  extraResource: {limits: {example.org/gpu: 1}}
  profileList:
    - display_name: Large
      kubespawner_override:
        node_selector: {pool: large, zone: null}
        extra_annotations: {a: {b: null, c: d}}
      profile_options:
        disk:
          choices:
            fast:
              kubespawner_override:
                node_selector: {disk: ssd}
                extra_resource_limits: null
";

#[test]
fn mappings_are_merged_and_a_null_takes_a_key_away() {
    check(
        "4.4",
        SELECTORS,
        &[
            "node_selector",
            "extra_resource_limits",
            "extra_annotations",
        ],
        "the profile `Large`: node_selector={\"disk\":\"ssd\",\"pool\":\"large\"} \
         extra_resource_limits=null extra_annotations={\"a\":{\"c\":\"d\"}}\n",
    );
}

#[test]
fn older_charts_replace_mappings() {
    check(
        "2.0",
        SELECTORS,
        &["node_selector", "extra_annotations"],
        "the profile `Large`: node_selector={\"disk\":\"ssd\"} \
         extra_annotations={\"a\":{\"b\":null,\"c\":\"d\"}}\n",
    );
}

#[test]
fn lists_are_replaced_by_lists_and_mappings() {
    let text = "
singleuser:
  extraTolerations: [{key: a}]
  profileList:
    - display_name: List
      kubespawner_override: {tolerations: [{key: b}]}
    - display_name: Mapping
      kubespawner_override: {tolerations: {one: {key: c}}}
      profile_options:
        gpu:
          choices:
            some: {kubespawner_override: {tolerations: {two: {key: d}}}}
scheduling:
  userPods: {tolerations: [{key: base}]}
";
    check(
        "4.4",
        text,
        &["tolerations"],
        "the profile `List`: tolerations=[{\"key\":\"b\"}]\n\
         the profile `Mapping`: tolerations={\"one\":{\"key\":\"c\"},\"two\":{\"key\":\"d\"}}\n",
    );
    let plain = "singleuser: {extraTolerations: [{key: a}]}\n\
                 scheduling: {userPods: {tolerations: [{key: base}]}}\n";
    check(
        "4.4",
        plain,
        &["tolerations"],
        "a user server: tolerations=[{\"key\":\"base\"},{\"key\":\"a\"}]\n",
    );
}

#[test]
fn the_chart_adds_the_purpose_of_nodes_and_the_block_of_metadata() {
    let text = "
singleuser:
  extraNodeAffinity: {required: [{matchExpressions: [{key: a, operator: Exists}]}]}
  initContainers: [{name: first}]
  image: {name: registry.example.org/user, tag: '1'}
scheduling: {userPods: {nodeAffinity: {matchNodePurpose: require}}}
";
    let traits = ["node_affinity_required", "init_containers", "image"];
    check(
        "4.4",
        text,
        &traits,
        "a user server: node_affinity_required=[{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"Exists\"}]},\
         {\"matchExpressions\":[{\"key\":\"hub.jupyter.org/node-purpose\",\"operator\":\"In\",\"values\":[\"user\"]}]}] \
         init_containers=[{\"name\":\"first\"},{\"name\":\"block-cloud-metadata\"}] \
         image=\"registry.example.org/user:1\"\n",
    );
}

const CHOICES: &str = "
singleuser:
  profileList:
    - display_name: Any
      kubespawner_override: {singleuser_node_selector: {pool: users}}
      profile_options:
        image:
          unlisted_choice: {enabled: true, kubespawner_override: {image: '{value}'}}
          choices:
            r: {kubespawner_override: {image: r}}
            python: {kubespawner_override: {image_spec: python}}
        memory:
          choices:
            large: {kubespawner_override: {mem_limit: 8G}}
            small: {default: true, kubespawner_override: {mem_limit: 2G}}
        pool:
          choices:
            gpu: {kubespawner_override: {node_selector: {pool: gpu}}}
            plain: {default: true}
        free:
          unlisted_choice: {enabled: true, kubespawner_override: {mem_limit: '{value}'}}
";

#[test]
fn choices_stand_alone_and_those_of_resources_and_placement_together() {
    check(
        "4.4",
        CHOICES,
        &["image", "mem_limit", "node_selector"],
        "\
the profile `Any`: image=\"python\" mem_limit=\"2G\" node_selector={\"pool\":\"users\"}
the profile `Any` with `r`: image=\"r\" mem_limit=\"2G\" node_selector={\"pool\":\"users\"}
the profile `Any` with `large`: image=\"python\" mem_limit=\"8G\" node_selector={\"pool\":\"users\"}
the profile `Any` with `gpu`: image=\"python\" mem_limit=\"2G\" node_selector={\"pool\":\"gpu\"}
the profile `Any` with `large` and `gpu`: image=\"python\" mem_limit=\"8G\" node_selector={\"pool\":\"gpu\"}
",
    );
    assert!(with_hub("4.4", CHOICES, |hub| cut_off(hub).is_empty()));
}

/// Options of so many choices each.
fn many(counts: &[usize]) -> String {
    let mut text =
        "singleuser:\n  profileList:\n    - display_name: Any\n      profile_options:\n".to_owned();
    for (option, count) in counts.iter().enumerate() {
        text += &format!("        o{option}:\n          choices:\n");
        for choice in 0..*count {
            text += &format!(
                "            c{option}-{choice}: {{kubespawner_override: {{node_selector: {{o{option}: c{choice}}}}}}}\n"
            );
        }
    }
    text
}

#[test]
fn the_cut_is_counted() {
    for (counts, looked_at, cut) in [
        (&[8, 8][..], 64, None),
        (&[8, 9], 64, Some((64, 72))),
        (&[2; 40], 64, Some((64, 1 << 40))),
        (&[60, 60], 119, Some((119, 3600))),
        (&[70], 70, None),
    ] {
        let text = many(counts);
        let found = with_hub("4.4", &text, |hub| {
            let cuts = cut_off(hub);
            let cut = cuts.first().map(|cut| (cut.checked, cut.total));
            (effective(hub).len(), cut)
        });
        assert_eq!(found, (looked_at, cut), "{counts:?}");
    }
}

#[test]
fn combinations_differ_from_one_another() {
    let text = many(&[3, 4, 9]);
    let shown = shown("4.4", &text, &["node_selector"]);
    let lines: std::collections::BTreeSet<&str> = shown.lines().collect();
    assert_eq!(lines.len(), 64);
}

#[test]
fn the_default_profile_is_the_first_that_says_so() {
    let text = "
singleuser:
  profileList:
    - {display_name: A}
    - {display_name: B, default: true}
    - {display_name: C, default: true}
";
    let title = |version: &str, text: &str| {
        with_hub(version, text, |hub| {
            let all = effective(hub);
            default_profile(hub, all).map(|settings| settings.title.clone())
        })
    };
    assert_eq!(title("4.4", text).as_deref(), Some("the profile `B`"));
    assert_eq!(title("2.0", text).as_deref(), Some("the profile `C`"));
    let none = text.replace(", default: true", "");
    assert_eq!(title("4.4", &none).as_deref(), Some("the profile `A`"));
    assert_eq!(title("4.4", "singleuser: {}\nhub: {}\n"), None);
}
