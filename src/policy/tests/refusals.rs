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
    let found: Vec<&str> = diagnostics.iter().map(|found| found.message.as_str()).collect();
    assert_eq!(found, messages);
}

#[test]
fn what_is_no_policy_at_all() {
    let begin =
        "start with `version: 1`, `pools` and `workloads`; `dunnage init` proposes a policy";
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
        Some("indent with spaces: YAML does not allow tabs in indentation")
    );
    let line = policy[..only.span().expect("a place").start].lines().count();
    assert!((2..=3).contains(&line), "{only:?}");
}

#[test]
fn a_file_is_one_policy() {
    check(
        "version: 1\n---\nversion: 1\n",
        &Expected {
            code: "PO003",
            message: "the policy file has a second YAML document",
            at: "---",
            help: "merge both documents into one",
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
            help: "merge the two values, or remove one",
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
        diagnostics.iter().map(|found| found.code.id).collect::<Vec<_>>(),
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
            "unknown key `workload`",
            "workload",
            "did you mean `workloads`?",
        ),
    );
    check(
        "version: 1\nmatchNodePurpose: prefer\n",
        &unknown(
            "unknown key `matchNodePurpose`",
            "matchNodePurpose",
            "move it: this key belongs under `workloads[]`",
        ),
    );
    check(
        "version: 1\nzzz: 1\n",
        &unknown(
            "unknown key `zzz`",
            "zzz",
            "known keys: `additions`, `autoscaler`, `demand`, `jobs`, `lead`, `lint`, `pools`, `prePuller`, `priorityClasses`, `templates`, `version`, `workloads`",
        ),
    );
    check_row(
        "{pool: core, taints: []}",
        "PO006",
        "unknown key `taints` in `workloads[0]`",
        "taints",
        "move it: this key belongs under `pools.*`",
    );
    check_row(
        "{pool: core, match: {kinds: Job}}",
        "PO006",
        "unknown key `kinds` in `workloads[0].match`",
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
    check("pools: {}\n", &missing("missing key `version`", "pools"));
    check("{}\n", &missing("missing key `version`", "{}"));
    check_row(
        "{name: all}",
        "PO007",
        "missing key `pool` in `workloads[0]`",
        "name",
        "",
    );
    check(
        "version: 1\nprePuller: {extraImages: {spark: {name: a}}}\n",
        &missing(
            "missing key `tag` in `prePuller.extraImages.spark`",
            "spark",
        ),
    );
}

#[test]
fn types_are_told_apart() {
    check_pool(
        "{taints: a:NoSchedule}",
        "PO008",
        "`pools.core.taints` is a string, not a list",
        "a:NoSchedule",
        "use a list: put the value in brackets, `[` and `]`",
    );
    check_pool(
        "{labels: {a: yes}}",
        "PO008",
        "`pools.core.labels.a` is a boolean, not a string",
        "yes",
        "quote the value: \"yes\"",
    );
    check_pool(
        "{taints: }",
        "PO008",
        "`pools.core.taints` is empty, not a list",
        "taints",
        "write a list, or remove the key",
    );
    check_pool(
        "{max: many}",
        "PO008",
        "`pools.core.max` is a string, not a whole number",
        "many",
        "",
    );
    check(
        "version: 1\nprePuller: {extraImages: {spark: {name: a, tag: 1.10}}}\n",
        &Expected {
            code: "PO008",
            message: "`prePuller.extraImages.spark.tag` is a number, not a string",
            at: "1.10",
            help: "quote the value: \"1.10\"",
        },
    );
    check_row(
        "{pool: core, match: {kind: {a: b}}}",
        "PO008",
        "`workloads[0].match.kind` is a mapping, not a string or a list",
        "{a: b}",
        "",
    );
    check_row(
        "{pool: [core, 1]}",
        "PO008",
        "`workloads[0].pool[1]` is a number, not a string",
        "1",
        "quote the value: \"1\"",
    );
    check_row(
        "{pool: core, expect: true}",
        "PO008",
        "`workloads[0].expect` is a boolean, not a whole number or a string",
        "true",
        "quote the value: \"true\"",
    );
}

#[test]
fn words_are_of_a_list() {
    check_row(
        "{pool: core, matchNodePurpose: required}",
        "PO009",
        "`required` is not a value of `workloads[0].matchNodePurpose`",
        "required",
        "did you mean `require`? use `ignore`, `prefer` or `require`",
    );
    check(
        "version: 1\njobs: no\n",
        &Expected {
            code: "PO009",
            message: "`no` is not a value of `jobs`",
            at: "no",
            help: "use `patch`, `skip` or `error`",
        },
    );
    check_row(
        "{pool: core, override: [tolerations]}",
        "PO009",
        "`tolerations` is not a value of `workloads[0].override[0]`",
        "tolerations",
        "use `priorityClassName` or `nodeSelector`",
    );
    check_row(
        "{pool: []}",
        "PO009",
        "`workloads[0].pool` is an empty list",
        "[]",
        "",
    );
}

#[test]
fn times_and_releases_of_the_linter_are_checked() {
    check(
        "version: 1\ndemand: {users: 3, within: 10}\n",
        &Expected {
            code: "PO008",
            message: "`demand.within` is a number, not a string",
            at: "10",
            help: "quote the value: \"10\"",
        },
    );
    check(
        "version: 1\ndemand: {users: 3, within: 10 min}\n",
        &Expected {
            code: "PO027",
            message: "`10 min` is not a duration",
            at: "10 min",
            help: "write it like `90s`, `10m` or `1h30m`",
        },
    );
    check(
        "version: 1\nlint: {releases: [{name: a, values: [b.yaml]}, {name: a}]}\n",
        &Expected {
            code: "PO028",
            message: "two releases are named `a`",
            at: "a",
            help: "rename one of them",
        },
    );
    check(
        "version: 1\nlint: {levels: {PH001: fatal}}\n",
        &Expected {
            code: "PO009",
            message: "`fatal` is not a value of `lint.levels.PH001`",
            at: "fatal",
            help: "use `error`, `warning`, `note` or `hint`",
        },
    );
}

#[test]
fn another_version_is_not_guessed_at() {
    check_all(
        "version: 2\nunheard: of\n",
        &["policy format version 2 is not supported"],
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
        "pool `cor` is not defined",
        "cor",
        "did you mean `core`?",
    );
    check_row(
        "{pool: [core, gpu]}",
        "PO012",
        "pool `gpu` is not defined",
        "gpu",
        "use one of `core`, `user`",
    );
    check_row(
        "{pool: [none, core]}",
        "PO012",
        "pool `none` is not defined",
        "none",
        "`none` cannot be combined with pools",
    );
    check(
        "version: 1\nworkloads: [{pool: gpu}]\n",
        &Expected {
            code: "PO012",
            message: "pool `gpu` is not defined",
            at: "gpu",
            help: "define it: `pools: {gpu: {taints: [..]}}`",
        },
    );
    check(
        "version: 1\npools: {none: {}}\n",
        &Expected {
            code: "PO024",
            message: "a pool cannot be named `none`",
            at: "none",
            help: "choose another name; `pool: none` leaves workloads unchanged",
        },
    );
}

#[test]
fn taints_are_as_kubectl_writes_them() {
    check_pool(
        "{taints: ['a=b']}",
        "PO013",
        "cannot parse taint `a=b`",
        "a=b",
        "append an effect: `a=b:NoSchedule`, `:PreferNoSchedule` or `:NoExecute`",
    );
    check_pool(
        "{startupTaints: [\"a=b:noSchedule\"]}",
        "PO013",
        "cannot parse taint `a=b:noSchedule`",
        "noSchedule",
        "did you mean `NoSchedule`? use `NoSchedule`, `PreferNoSchedule` or `NoExecute`",
    );
    check_pool(
        "{taints: [ok:NoExecute, ':NoSchedule']}",
        "PO013",
        "cannot parse taint `:NoSchedule`",
        ":NoSchedule",
        "write `key=value:Effect` or `key:Effect`",
    );
    check_pool(
        "{taints: ['a=b c:NoSchedule']}",
        "PO013",
        "taint `a=b c:NoSchedule` is rejected by the API server",
        " ",
        "",
    );
}

#[test]
fn texts_are_what_kubernetes_takes() {
    check_pool(
        "{labels: {a/b/c: x}}",
        "PO015",
        "label key `a/b/c` is rejected by the API server",
        "a/b/c",
        "",
    );
    check_pool(
        "{labels: {a: 'x y'}}",
        "PO015",
        "label value `x y` is rejected by the API server",
        " ",
        "",
    );
    check_pool(
        "{allocatable: {memory: 60GB}}",
        "PO023",
        "`60GB` is not a Kubernetes quantity",
        "60GB",
        "write `memory` like `60.8Gi`",
    );
    check_row(
        "{pool: core, priorityClassName: Metrics}",
        "PO017",
        "priority class name `Metrics` is rejected by the API server",
        "Metrics",
        "",
    );
    check(
        "version: 1\npriorityClasses: {existing: ['']}\n",
        &Expected {
            code: "PO017",
            message: "priority class name `` is rejected by the API server",
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
        "`1-2` is not a count",
        "1-2",
        "write `3` for exactly three, `1+` for one or more, `0+` for any number",
    );
    check_row(
        "{pool: core, match: {kind: Job}, expect: 1+}",
        "PO029",
        "`expect` needs `match.chart`: releases of other charts do not have these workloads",
        "expect",
        "add the chart that renders them (`match: {chart: NAME}`), or remove `expect`",
    );
}

#[test]
fn patterns_and_images_are_read() {
    check_row(
        "{pool: core, match: {name: 'a[b'}}",
        "PO014",
        "cannot parse pattern `a[b`",
        "[b",
        "`*` matches any string, `?` one character, `[abc]` one of these; write `[*]` for a literal `*`",
    );
    check_row(
        "{pool: core, puller: true, images: ['a b']}",
        "PO019",
        "`a b` cannot be used in an image reference",
        "'a b'",
        "",
    );
}

#[test]
fn a_row_that_leaves_alone_changes_nothing() {
    check_row(
        "{pool: none, priorityClassName: metrics}",
        "PO018",
        "row with `pool: none` also sets `priorityClassName`",
        "priorityClassName",
        "remove `priorityClassName`, or name a pool",
    );
}

#[test]
fn doubts_do_not_stop_the_policy() {
    check_row(
        "{pool: core, match: {kind: deployment}}",
        "PO021",
        "kind `deployment` is not known to have pods",
        "deployment",
        "did you mean `Deployment`?",
    );
    check_row(
        "{pool: core, puller: true, images: [a, b, a]}",
        "PO020",
        "image `a` is listed twice",
        "a",
        "remove one of the two",
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
        &["row \"jobs\" never applies: an earlier row matches the same workloads"],
    );
    unreachable(
        "{match: {labels: {a: [b, c]}}, pool: core}, {match: {labels: {a: b}, hook: true}, pool: core}",
        &["row 2 (label a) never applies: an earlier row matches the same workloads"],
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
            "unknown key `taint` in `pools.core`",
            "`pools.user.max` is a string, not a whole number",
            "unknown key `pol` in `workloads[0]`",
            "missing key `pool` in `workloads[0]`",
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
