//! What is said of broken policies.

use crate::policy::{codes, read};
use crate::text::Sources;

/// What is expected of the first diagnostic.
pub(super) struct Expected<'a> {
    pub(super) code: &'a str,
    pub(super) message: &'a str,
    /// The text under the first label.
    pub(super) at: &'a str,
    pub(super) help: &'a str,
}

#[track_caller]
pub(super) fn check(policy: &str, expected: &Expected<'_>) {
    let mut sources = Sources::default();
    let id = sources.add("dunnage.yaml", policy.to_owned());
    let (model, diagnostics) = read(id, policy);
    let first = diagnostics.first().expect("a diagnostic");
    assert_eq!(first.code.id, expected.code, "{first:?}");
    assert_eq!(first.message, expected.message);
    assert_eq!(sources.slice(first.span().expect("a place")), expected.at);
    assert_eq!(first.help.as_deref().unwrap_or_default(), expected.help);
    let is_broken = diagnostics.iter().any(crate::diag::Diagnostic::is_error);
    assert_eq!(model.is_none(), is_broken);
}

/// Checks what is said of `row`, the only row of a policy with two pools.
#[track_caller]
fn check_row(row: &str, code: &str, message: &str, at: &str, help: &str) {
    let policy = format!("version: 1\npools: {{core: {{}}, user: {{}}}}\nworkloads:\n- {row}\n");
    check(
        &policy,
        &Expected {
            code,
            message,
            at,
            help,
        },
    );
}

/// Checks what is said of `pool`, the only pool of a policy.
#[track_caller]
fn check_pool(pool: &str, code: &str, message: &str, at: &str, help: &str) {
    let policy = format!("version: 1\npools:\n  core: {pool}\n");
    check(
        &policy,
        &Expected {
            code,
            message,
            at,
            help,
        },
    );
}

#[track_caller]
fn check_all(policy: &str, messages: &[&str]) {
    let mut sources = Sources::default();
    let id = sources.add("dunnage.yaml", policy.to_owned());
    let (_, diagnostics) = read(id, policy);
    let found: Vec<&str> = diagnostics
        .iter()
        .map(|found| found.message.as_str())
        .collect();
    assert_eq!(found, messages);
}

#[test]
fn what_is_no_policy_at_all() {
    let begin = "a policy begins with `version: 1`, then `pools` and `workloads`";
    let no_mapping = |message, at| Expected {
        code: "PO002",
        message,
        at,
        help: begin,
    };
    check("", &no_mapping("the policy is empty", ""));
    check("# only a comment\n", &no_mapping("the policy is empty", ""));
    check(
        "- a\n",
        &no_mapping("the policy is a list, not a mapping", "- a"),
    );
    check(
        "core\n",
        &no_mapping("the policy is a single value, not a mapping", "core"),
    );
}

#[test]
fn what_is_no_yaml() {
    let policy = "version: 1\npools:\n\tcore: {}\n";
    let (_, diagnostics) = read(Sources::default().add("p", policy.to_owned()), policy);
    let [only] = diagnostics.as_slice() else {
        panic!("{diagnostics:?}")
    };
    assert_eq!(only.code.id, "PO001");
    assert!(
        only.message.starts_with("the policy is not YAML: "),
        "{}",
        only.message
    );
    assert_eq!(
        only.help.as_deref(),
        Some("indent by spaces; YAML takes no tabs there")
    );
    let line = policy[..only.span().expect("a place").start]
        .lines()
        .count();
    assert!((2..=3).contains(&line), "{only:?}");
}

#[test]
fn a_file_is_one_policy() {
    check(
        "version: 1\n---\nversion: 1\n",
        &Expected {
            code: "PO003",
            message: "the policy file holds a second document",
            at: "---",
            help: "a file is one policy; merge the two",
        },
    );
    check_all("---\nversion: 1\n---\n# nothing\n", &[]);
}

#[test]
fn a_key_stands_once() {
    check(
        "version: 1\npools: {core: {}}\npools: {user: {}}\n",
        &Expected {
            code: "PO004",
            message: "`pools` is set twice",
            at: "pools",
            help: "merge the two, or remove one",
        },
    );
    check_all(
        "version: 1\npools: {yes: {}, true: {}}\n",
        &["`true` is set twice"],
    );
}

#[test]
fn aliases_end() {
    let endless = |message, at| Expected {
        code: "PO005",
        message,
        at,
        help: "",
    };
    check(
        "version: &v [*v]\n",
        &endless("an anchor contains itself", "*v"),
    );
    let mut bomb = "version: 1\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..20 {
        let items = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    let (model, diagnostics) = read(Sources::default().add("p", bomb.clone()), &bomb);
    assert!(model.is_none());
    assert_eq!(
        diagnostics
            .iter()
            .map(|found| found.code.id)
            .collect::<Vec<_>>(),
        ["PO005"]
    );
}

#[test]
fn keys_are_known_at_their_place() {
    let unknown = |message, at, help| Expected {
        code: "PO006",
        message,
        at,
        help,
    };
    check(
        "version: 1\nworkload: []\n",
        &unknown(
            "there is no key `workload`",
            "workload",
            "did you mean `workloads`?",
        ),
    );
    check(
        "version: 1\nmatchNodePurpose: prefer\n",
        &unknown(
            "there is no key `matchNodePurpose`",
            "matchNodePurpose",
            "this key exists, but under `workloads[]`",
        ),
    );
    check(
        "version: 1\nzzz: 1\n",
        &unknown(
            "there is no key `zzz`",
            "zzz",
            "known here: `autoscaler`, `demand`, `jobs`, `lead`, `lint`, `pools`, `prePuller`, `priorityClasses`, `templates`, `version`, `workloads`",
        ),
    );
    check_row(
        "{pool: core, taints: []}",
        "PO006",
        "item 1 of `workloads` has no key `taints`",
        "taints",
        "this key exists, but under `pools.*`",
    );
    check_row(
        "{pool: core, match: {kinds: Job}}",
        "PO006",
        "`match` has no key `kinds`",
        "kinds",
        "did you mean `kind`?",
    );
}

#[test]
fn what_has_to_be_there() {
    let missing = |message, at| Expected {
        code: "PO007",
        message,
        at,
        help: "",
    };
    check("pools: {}\n", &missing("`version` is missing", "pools"));
    check("{}\n", &missing("`version` is missing", "{}"));
    check_row(
        "{name: all}",
        "PO007",
        "item 1 of `workloads` lacks `pool`",
        "name",
        "",
    );
    check(
        "version: 1\nprePuller: {extraImages: {spark: {name: a}}}\n",
        &missing("`spark` lacks `tag`", "spark"),
    );
}

#[test]
fn types_are_told_apart() {
    check_pool(
        "{taints: a:NoSchedule}",
        "PO008",
        "`taints` is a string, not a list",
        "a:NoSchedule",
        "",
    );
    check_pool(
        "{labels: {a: yes}}",
        "PO008",
        "`a` is a boolean, not a string",
        "yes",
        "quote it: \"yes\"",
    );
    check_pool(
        "{taints: }",
        "PO008",
        "`taints` is empty, not a list",
        "taints",
        "write a list, or remove the key",
    );
    check_pool(
        "{max: many}",
        "PO008",
        "`max` is a string, not a whole number",
        "many",
        "",
    );
    check(
        "version: 1\nprePuller: {extraImages: {spark: {name: a, tag: 1.10}}}\n",
        &Expected {
            code: "PO008",
            message: "`tag` is a number, not a string",
            at: "1.10",
            help: "quote it: \"1.10\"",
        },
    );
    check_row(
        "{pool: core, match: {kind: {a: b}}}",
        "PO008",
        "`kind` is a mapping, not a string or a list",
        "{a: b}",
        "",
    );
    check_row(
        "{pool: [core, 1]}",
        "PO008",
        "item 2 of `pool` is a number, not a string",
        "1",
        "quote it: \"1\"",
    );
    check_row(
        "{pool: core, expect: true}",
        "PO008",
        "`expect` is a boolean, not a whole number or a string",
        "true",
        "quote it: \"true\"",
    );
}

#[test]
fn words_are_of_a_list() {
    check_row(
        "{pool: core, matchNodePurpose: required}",
        "PO009",
        "`required` is not a value of `matchNodePurpose`",
        "required",
        "did you mean `require`? it can be `ignore`, `prefer` or `require`",
    );
    check(
        "version: 1\njobs: no\n",
        &Expected {
            code: "PO009",
            message: "`no` is not a value of `jobs`",
            at: "no",
            help: "it can be `patch`, `skip` or `error`",
        },
    );
    check_row(
        "{pool: core, override: [tolerations]}",
        "PO009",
        "`tolerations` is not a value of `override`",
        "tolerations",
        "it can be `priorityClassName` or `nodeSelector`",
    );
    check_row("{pool: []}", "PO009", "`pool` is an empty list", "[]", "");
}

#[test]
fn sections_of_later_versions_say_so() {
    check(
        "version: 1\nadditions: {chart: hub}\nworkload: []\n",
        &Expected {
            code: "PO010",
            message: "`additions` is not supported yet by this version; remove it",
            at: "additions",
            help: "",
        },
    );
}

#[test]
fn times_and_releases_of_the_linter_are_checked() {
    check(
        "version: 1\ndemand: {users: 3, within: 10}\n",
        &Expected {
            code: "PO008",
            message: "`within` is a number, not a string",
            at: "10",
            help: "quote it: \"10\"",
        },
    );
    check(
        "version: 1\ndemand: {users: 3, within: 10 min}\n",
        &Expected {
            code: "PO027",
            message: "`10 min` is not a time",
            at: "10 min",
            help: "write it as `90s`, `10m` or `1h30m`",
        },
    );
    check(
        "version: 1\nlint: {releases: [{name: a, values: [b.yaml]}, {name: a}]}\n",
        &Expected {
            code: "PO028",
            message: "two releases are called `a`",
            at: "a",
            help: "give one of them another name",
        },
    );
    check(
        "version: 1\nlint: {levels: {PH001: fatal}}\n",
        &Expected {
            code: "PO009",
            message: "`fatal` is not a value of `PH001`",
            at: "fatal",
            help: "it can be `error`, `warning`, `note` or `hint`",
        },
    );
}

#[test]
fn another_version_is_not_guessed_at() {
    check_all(
        "version: 2\nunheard: of\n",
        &["the policy is written in version 2 of the format"],
    );
    check(
        "version: '1'\n",
        &Expected {
            code: "PO008",
            message: "`version` is a string, not a whole number",
            at: "'1'",
            help: "",
        },
    );
}

#[test]
fn pools_are_defined() {
    check_row(
        "{pool: cor}",
        "PO012",
        "the pool `cor` is not defined",
        "cor",
        "did you mean `core`?",
    );
    check_row(
        "{pool: [core, gpu]}",
        "PO012",
        "the pool `gpu` is not defined",
        "gpu",
        "pools are `core`, `user`",
    );
    check_row(
        "{pool: [none, core]}",
        "PO012",
        "the pool `none` is not defined",
        "none",
        "`none` stands alone, not beside pools",
    );
    check(
        "version: 1\nworkloads: [{pool: gpu}]\n",
        &Expected {
            code: "PO012",
            message: "the pool `gpu` is not defined",
            at: "gpu",
            help: "define it: `pools: {gpu: {taints: [..]}}`",
        },
    );
    check(
        "version: 1\npools: {none: {}}\n",
        &Expected {
            code: "PO024",
            message: "a pool cannot be called `none`",
            at: "none",
            help: "`pool: none` means no pool; choose another name",
        },
    );
}

#[test]
fn taints_are_as_kubectl_writes_them() {
    check_pool(
        "{taints: ['a=b']}",
        "PO013",
        "`a=b` is not a taint",
        "a=b",
        "write `a=b:NoSchedule`, `:PreferNoSchedule` or `:NoExecute`",
    );
    check_pool(
        "{startupTaints: [\"a=b:noSchedule\"]}",
        "PO013",
        "`a=b:noSchedule` is not a taint",
        "noSchedule",
        "did you mean `NoSchedule`? it can be `NoSchedule`, `PreferNoSchedule` or `NoExecute`",
    );
    check_pool(
        "{taints: [ok:NoExecute, ':NoSchedule']}",
        "PO013",
        "`:NoSchedule` is not a taint",
        ":NoSchedule",
        "write `key=value:Effect` or `key:Effect`",
    );
    check_pool(
        "{taints: ['a=b c:NoSchedule']}",
        "PO013",
        "Kubernetes refuses the taint `a=b c:NoSchedule`",
        " ",
        "",
    );
}

#[test]
fn texts_are_what_kubernetes_takes() {
    check_pool(
        "{labels: {a/b/c: x}}",
        "PO015",
        "`a/b/c` cannot be the key of a label",
        "a/b/c",
        "",
    );
    check_pool(
        "{labels: {a: 'x y'}}",
        "PO015",
        "`x y` cannot be the value of a label",
        " ",
        "",
    );
    check_pool(
        "{allocatable: {memory: 60GB}}",
        "PO023",
        "`60GB` is no quantity",
        "60GB",
        "write `memory` like `60.8Gi`",
    );
    check_row(
        "{pool: core, priorityClassName: Metrics}",
        "PO017",
        "`Metrics` cannot be the name of a priority class",
        "Metrics",
        "",
    );
    check(
        "version: 1\npriorityClasses: {existing: ['']}\n",
        &Expected {
            code: "PO017",
            message: "`` cannot be the name of a priority class",
            at: "''",
            help: "",
        },
    );
}

#[test]
fn what_a_row_expects_is_a_count_in_releases_of_its_chart() {
    check_row(
        "{pool: core, match: {chart: a}, expect: 1-2}",
        "PO016",
        "`1-2` is no count",
        "1-2",
        "write `3` for exactly three, `1+` for one or more",
    );
    check_row(
        "{pool: core, match: {kind: Job}, expect: 1+}",
        "PO029",
        "`expect` needs `match.chart`: releases of other charts do not have these workloads",
        "expect",
        "add the chart that renders them, `match: {chart: NAME}`, or remove `expect`",
    );
}

#[test]
fn patterns_and_images_are_read() {
    check_row(
        "{pool: core, match: {name: 'a[b'}}",
        "PO014",
        "`a[b` is not a pattern",
        "[b",
        "`*` is any text, `?` any character, `[abc]` one of these; write `[*]` for a star",
    );
    check_row(
        "{pool: core, puller: true, images: ['a b']}",
        "PO019",
        "`a b` cannot be part of an image's name",
        "'a b'",
        "",
    );
}

#[test]
fn a_row_that_leaves_alone_changes_nothing() {
    check_row(
        "{pool: none, priorityClassName: metrics}",
        "PO018",
        "a row with `pool: none` has `priorityClassName`",
        "priorityClassName",
        "remove `priorityClassName` or name a pool",
    );
}

#[test]
fn doubts_do_not_stop_the_policy() {
    check_row(
        "{pool: core, match: {kind: deployment}}",
        "PO021",
        "no object of kind `deployment` is known to have pods",
        "deployment",
        "did you mean `Deployment`?",
    );
    check_row(
        "{pool: core, puller: true, images: [a, b, a]}",
        "PO020",
        "the image `a` is listed twice",
        "a",
        "remove one; it is pulled once",
    );
}

#[test]
fn a_row_behind_a_wider_one_is_never_reached() {
    let unreachable = |rows: &str, messages: &[&str]| {
        check_all(
            &format!("version: 1\npools: {{core: {{}}}}\nworkloads: [{rows}]\n"),
            messages,
        );
    };
    unreachable(
        "{pool: core}, {name: jobs, match: {kind: Job}, pool: none}",
        &["row \"jobs\" can never match"],
    );
    unreachable(
        "{match: {labels: {a: [b, c]}}, pool: core}, {match: {labels: {a: b}, hook: true}, pool: core}",
        &["row 2 (label a) can never match"],
    );
    unreachable(
        "{pool: core}, {match: {kind: [Job, DaemonSet]}, pool: core}",
        &[],
    );
    unreachable(
        "{match: {chart: a}, pool: core}, {match: {chart: [a, b]}, pool: core}",
        &[],
    );
    unreachable(
        "{pool: core}, {match: {kind: [CephCluster, OpenTelemetryCollector]}, pool: core}",
        &[],
    );
    unreachable("{match: {hook: true}, pool: core}, {pool: core}", &[]);
}

#[test]
fn everything_wrong_is_said_in_the_order_of_the_file() {
    check_all(
        "version: 1\npools:\n  core: {taint: []}\n  user: {max: x}\nworkloads:\n- {pol: core}\n",
        &[
            "`core` has no key `taint`",
            "`max` is a string, not a whole number",
            "item 1 of `workloads` has no key `pol`",
            "item 1 of `workloads` lacks `pool`",
        ],
    );
}

#[test]
fn codes_are_numbered_without_gaps() {
    for (index, code) in codes::ALL.iter().enumerate() {
        assert_eq!(code.id, format!("PO{:03}", index + 1));
        assert!(code.name.starts_with("policy-"));
    }
}
