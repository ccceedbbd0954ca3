//! Nothing secret is printed: planted credentials are searched for in every output of every command, also
//! where the input is broken right beside them.

use crate::support::World;

const RELEASE: &str = include_str!("../../testdata/secrets/release.yaml");
const VALUES: &str = include_str!("../../testdata/secrets/values.yaml");
const POLICY: &str = include_str!("../../testdata/secrets/policy.yaml");

/// What every planted credential begins with, as it is and in base64.
const PLANTED: [&str; 2] = ["PLANTED", "UExBTlR"];

/// A command line that says something about its input.
#[derive(Clone, Copy)]
struct Told {
    line: &'static str,
    /// Whether standard output is the manifests themselves where all goes well.
    writes_manifests: bool,
}

const fn told(line: &'static str) -> Told {
    Told {
        line,
        writes_manifests: false,
    }
}

const fn manifests(line: &'static str) -> Told {
    Told {
        line,
        writes_manifests: true,
    }
}

/// Every command that reads manifests, with every way to say something about them.
const COMMANDS: [Told; 40] = [
    manifests(""),
    manifests("render --report report.json"),
    manifests("render --previous live.yaml --report report.json"),
    manifests("render --values values.yaml --format concise"),
    manifests("helm-plugin --report report.json"),
    told("render --diff"),
    told("render --diff --color always"),
    told("render --diff --previous live.yaml --format json"),
    told("render --check"),
    told("render --strict"),
    told("render --strict --format concise"),
    told("render --strict --format json --report report.json"),
    told("helm-plugin --strict"),
    told("verify --report report.json"),
    told("verify --format json"),
    told("init"),
    told("images --values values.yaml"),
    told("images --values values.yaml --format json"),
    VALUES_COMMANDS[0],
    VALUES_COMMANDS[1],
    VALUES_COMMANDS[2],
    VALUES_COMMANDS[3],
    VALUES_COMMANDS[4],
    VALUES_COMMANDS[5],
    VALUES_COMMANDS[6],
    VALUES_COMMANDS[7],
    VALUES_COMMANDS[8],
    VALUES_COMMANDS[9],
    VALUES_COMMANDS[10],
    VALUES_COMMANDS[11],
    VALUES_COMMANDS[12],
    VALUES_COMMANDS[13],
    VALUES_COMMANDS[14],
    told("lint - --pedantic"),
    told("lint - --pedantic --format json"),
    told("lint - --pedantic --format sarif"),
    told("lint live.yaml --pedantic --format junit"),
    told("lint live.yaml values.yaml --format gitlab"),
    told("verify --format sarif"),
    told("render --strict --format github"),
];

/// Those that read values and nothing else.
const VALUES_COMMANDS: [Told; 15] = [
    told("values values.yaml"),
    told("values values.yaml --output json"),
    told("values explain hub values.yaml"),
    told("values explain singleuser values.yaml"),
    told("lint values.yaml"),
    told("lint values.yaml --format concise"),
    told("lint values.yaml --format json"),
    told("lint values.yaml --format sarif"),
    told("lint values.yaml --format github"),
    told("lint values.yaml --format json-lines"),
    told("lint values.yaml --format gitlab"),
    told("lint values.yaml --format junit --pedantic"),
    told("lint values.yaml --format checkstyle"),
    told("lint --set hub.x=1 -f values.yaml --pedantic"),
    told("plan -f values.yaml --rate 9/10m --pull 0s --runs 1"),
];

/// Commands that never see an input.
const SILENT: [&str; 7] = [
    "rule",
    "helm",
    "schema",
    "completions",
    "man",
    "version",
    "help",
];

/// The files of one run.
struct Input<'i> {
    release: &'i str,
    values: &'i str,
    policy: &'i str,
}

const WHOLE: Input<'static> = Input {
    release: RELEASE,
    values: VALUES,
    policy: POLICY,
};

/// Runs a command, and gives back all that it wrote but for manifests that are as they should be.
fn outputs(told: &Told, input: &Input<'_>, width: Option<usize>) -> Vec<(&'static str, String)> {
    let mut world = World::default()
        .file("dunnage.yaml", input.policy)
        .file("values.yaml", input.values)
        // What lives differs right beside its secrets.
        .file(
            "live.yaml",
            RELEASE.replace("registry.example.org/app:1", "registry.example.org/app:0"),
        )
        .piped(input.release);
    if let Some(width) = width {
        world = world.terminal(width);
    }
    let outcome = world.run(&format!("dunnage {}", told.line));
    assert_ne!(outcome.exit, 70, "{}: {}", told.line, outcome.stderr);
    let report = if told.line.contains("--report") {
        outcome.written("report.json")
    } else {
        assert!(outcome.changed.is_empty(), "{}: a report", told.line);
        String::new()
    };
    let is_refusal = outcome.stdout.starts_with("|-");
    let stdout = if told.writes_manifests && outcome.exit == 0 && !is_refusal {
        String::new()
    } else {
        outcome.stdout
    };
    vec![
        ("stdout", stdout),
        ("stderr", outcome.stderr),
        ("the report", report),
    ]
}

#[track_caller]
fn check(told: &Told, input: &Input<'_>, width: Option<usize>, what: &str) {
    let outputs = outputs(told, input, width);
    for (name, text) in &outputs {
        for planted in PLANTED {
            let Some(at) = text.find(planted) else {
                continue;
            };
            let lines: Vec<&str> = text[..at].lines().rev().take(4).collect();
            let rest: String = text[at..].chars().take(40).collect();
            panic!(
                "{what}, {}: {name} shows {rest:?} behind\n{lines:#?}",
                told.line
            );
        }
    }
}

/// The lines that hold a credential, by their number.
fn planted_lines(text: &str) -> Vec<usize> {
    let holds = |line: &&str| PLANTED.iter().any(|planted| line.contains(planted));
    let lines = text.lines().enumerate();
    lines.filter(|(_, line)| holds(line)).map(|(number, _)| number).collect()
}

/// Ways to break a line, each with what it is called.
type Breakage = (&'static str, fn(&str) -> String);

const BREAKAGES: [Breakage; 9] = [
    ("an open quote", |line| format!("{line}\"")),
    ("an open quote before", |line| {
        line.replacen(": ", ": \"", 1)
    }),
    ("a tab", |line| format!("\t{}", line.trim_start())),
    ("one blank less", |line| {
        line.strip_prefix(' ').unwrap_or(line).to_owned()
    }),
    ("twice", |line| format!("{line}\n{line}")),
    ("an alias of nothing", |line| {
        line.replacen(": ", ": *nowhere ", 1)
    }),
    ("a second colon", |line| format!("{line}: x: y")),
    ("a control character", |line| format!("{line}\u{1}")),
    ("an open bracket", |line| format!("{line} [")),
];

fn broken(text: &str, number: usize, breakage: fn(&str) -> String) -> String {
    let lines = text.lines().enumerate();
    let lines = lines.map(|(at, line)| {
        if at == number {
            breakage(line)
        } else {
            line.to_owned()
        }
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

#[test]
fn a_whole_release_shows_none() {
    for told in &COMMANDS {
        for width in [None, Some(40), Some(200)] {
            check(told, &WHOLE, width, "the whole release");
        }
    }
}

#[test]
fn what_is_said_is_not_nothing() {
    for told in &COMMANDS {
        let outputs = outputs(told, &WHOLE, None);
        let all: usize = outputs.iter().map(|(_, text)| text.len()).sum();
        assert!(all > 100, "{}: {outputs:?}", told.line);
    }
}

#[test]
fn the_manifests_themselves_keep_every_credential() {
    let world = World::default().file("dunnage.yaml", POLICY).piped(RELEASE);
    let rendered = world.run("dunnage render").exits(0);
    let count = |text: &str| PLANTED.map(|planted| text.matches(planted).count());
    assert_eq!(count(&rendered.stdout), count(RELEASE));
}

#[test]
fn a_release_that_is_broken_at_a_credential_shows_none() {
    let lines = planted_lines(RELEASE);
    assert!(lines.len() > 30, "{lines:?}");
    let reads_values = |told: &&Told| {
        let mut of_values = VALUES_COMMANDS.iter();
        of_values.any(|other| other.line == told.line)
    };
    let commands: Vec<&Told> = COMMANDS.iter().filter(|told| !reads_values(told)).collect();
    for (index, number) in lines.into_iter().enumerate() {
        for (name, breakage) in BREAKAGES {
            let release = broken(RELEASE, number, breakage);
            let input = Input {
                release: &release,
                ..WHOLE
            };
            let what = format!("{name} in line {}", number + 1);
            // Each breakage by a third of the commands; which ones changes from line to line.
            for told in commands.iter().skip(index % 3).step_by(3) {
                check(told, &input, None, &what);
            }
        }
    }
}

#[test]
fn values_that_are_broken_at_a_credential_show_none() {
    let render = manifests("render --values values.yaml");
    let commands: Vec<Told> = VALUES_COMMANDS.into_iter().chain([render]).collect();
    for (index, number) in planted_lines(VALUES).into_iter().enumerate() {
        for (name, breakage) in BREAKAGES {
            let values = broken(VALUES, number, breakage);
            let input = Input {
                values: &values,
                ..WHOLE
            };
            let what = format!("{name} in line {} of the values", number + 1);
            // As for releases: a third of the commands each.
            for told in commands.iter().skip(index % 3).step_by(3) {
                check(told, &input, None, &what);
            }
        }
    }
}

#[test]
fn a_policy_with_a_credential_in_the_wrong_place_shows_none() {
    for addition in [
        "password: PLANTED9001\n",
        "token: [PLANTED9002\n",
        "priorityClasses: {existing: [a], clientSecret: PLANTED9003}\n",
        "templates: [{group: a.b, kind: C, path: spec, apiToken: PLANTED9004}]\n",
        "url: https://user:PLANTED9005@example.org/\n",
    ] {
        let policy = format!("{POLICY}{addition}");
        for told in &COMMANDS[..15] {
            check(
                told,
                &Input {
                    policy: &policy,
                    ..WHOLE
                },
                None,
                addition,
            );
        }
    }
}

/// A number in the place of a secret is one as well, and messages about types quote what stands there.
#[test]
fn a_credential_of_another_type_is_not_quoted() {
    let values = "hub:\n  cookieSecret: 7391173911\n  config: {GitHubOAuthenticator: {client_secret: 7391173911}}\n  extraEnv: {API_TOKEN: 7391173911}\nproxy: {secretToken: 73911739e11}\nsingleuser: {image: {tag: 1.10}}\n";
    for format in [
        "graphical",
        "concise",
        "json",
        "json-lines",
        "sarif",
        "github",
        "gitlab",
        "junit",
        "checkstyle",
    ] {
        let (stdout, stderr) = printed(values, &format!("lint values.yaml --format {format}"));
        let shown = stdout + &stderr;
        assert!(
            shown.contains("SY003") && !shown.contains("73911"),
            "{shown}"
        );
    }
}

/// A new command has to be asked as well.
#[test]
fn every_command_is_asked() {
    let help = World::default().run("dunnage --help").stdout;
    let commands = help.split("Commands:").nth(1).and_then(|rest| rest.split("\n\n").next());
    let names = commands.expect("a list of commands").lines();
    let is_name = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
    let names = names.filter(is_name);
    let names: Vec<&str> = names.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() > 6, "{help}");
    for name in names {
        let is_asked = COMMANDS.iter().any(|told| told.line.split(' ').next() == Some(name));
        assert!(is_asked || SILENT.contains(&name), "`{name}` is not asked");
    }
}

/// Values with secrets in all kinds of places, each made of the same strings.
fn values_with(secrets: &[String]) -> serde_json::Value {
    let secret = |index: usize| secrets[index % secrets.len()].clone();
    serde_json::json!({
        "hub": {
            "cookieSecret": secret(0),
            "unknownKey": 1,
            "db": {"pwd": secret(1), "passwrd": secret(2)},
            "config": {"GitHubOAuthenticator": {"client_secret": secret(3), "scope": ["a"]}},
            "extraEnv": {"DEBUG": "on", "A": secret(4), "B": {"value": secret(5)}},
            "extraFiles": {"a": {"mountPath": "/a", "stringData": secret(6), "data": {"b": secret(7)}}},
            "extraConfig": {"a": format!("c.X.client_secret = {:?}\nos.environ[\"A\"] = {:?}\n", secret(8), secret(9))},
            "services": {"x": {"apiToken": secret(10), "url": "http://example.org"}},
            "args": ["--token", secret(11)],
        },
        "singleuser": {"extraEnv": [{"name": "A", "value": secret(12)}], "image": {"tag": 1.5}},
        "imagePullSecret": {"password": secret(13), "unknown": true},
        "proxy": {"secretToken": [secret(14)]},
        "extraObjects": [{"kind": "Secret", "stringData": {"a": secret(15), "b": {"c": secret(16)}}}],
        "custom": serde_json::json!({"env": {"A": secret(17)}}).to_string(),
    })
}

/// The leaves of values that are hidden, by their paths.
fn hidden_leaves(value: &serde_json::Value, path: &str, found: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(map) => {
            for (key, value) in map {
                hidden_leaves(value, &format!("{path}.{key}"), found);
            }
        }
        serde_json::Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                hidden_leaves(value, &format!("{path}[{index}]"), found);
            }
        }
        serde_json::Value::String(text) if text.contains("***") => found.push(path.to_owned()),
        _ => {}
    }
}

/// What one command prints about a values file, on both streams.
fn printed(values: &str, line: &str) -> (String, String) {
    let world = World::default().file("values.yaml", values);
    let outcome = world.run(&format!("dunnage {line}"));
    assert_ne!(outcome.exit, 70, "{line}: {}", outcome.stderr);
    (outcome.stdout, outcome.stderr)
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() })]

    /// Whatever the secrets are, what is printed is well-formed and holds none of them.
    #[test]
    fn generated_secrets_are_in_no_output(
        secrets in proptest::collection::vec("[a-z:#\\-\"' {}\\[\\],|>&*!?\\\\=%@`\n]{0,6}HUNTER[a-z:#\\-\"' {}\\[\\],\\\\=%@`\n]{0,6}", 1..6)
    ) {
        let values = serde_yaml::to_string(&values_with(&secrets)).expect("YAML");
        let (json, _) = printed(&values, "values values.yaml -o json");
        let (yaml, _) = printed(&values, "values values.yaml -o yaml");
        let of_json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        let of_yaml: serde_json::Value = serde_yaml::from_str(&yaml).expect("YAML");
        proptest::prop_assert_eq!(&of_json, &of_yaml);
        let mut leaves = Vec::new();
        hidden_leaves(&of_json, "", &mut leaves);
        proptest::prop_assert_eq!(leaves.len(), 17, "{:?}", leaves);
        proptest::prop_assert!(!json.contains("HUNTER") && !yaml.contains("HUNTER"), "{}", json);
        for command in VALUES_COMMANDS {
            let (stdout, stderr) = printed(&values, command.line);
            proptest::prop_assert!(!stdout.contains("HUNTER"), "{}: {}", command.line, stdout);
            proptest::prop_assert!(!stderr.contains("HUNTER"), "{}: {}", command.line, stderr);
            if command.line.split(' ').any(|word| ["json", "sarif"].contains(&word)) {
                let parsed = serde_json::from_str::<serde_json::Value>(&stdout);
                proptest::prop_assert!(parsed.is_ok(), "{}: {}", command.line, stdout);
            }
        }
    }
}

/// Documents that a secret breaks, and what else they must not show. `ZQ` begins every secret.
const BROKEN: [&str; 7] = [
    "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  tls.key: first-line\nsecond-line-ZQ1\n  token-file: ZQ2\n",
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  first: |\n    line one\nline two\n  key: ZQ3\n",
    "kind: Secret\nstringData:\n  a: @ZQ4\nZQ5: ZQ6\n",
    "kind: Secret\ndata:\n  a: 'ZQ7\ntype: Opaque\nZQ8: x\n",
    "hub:\n  cookieSecret: |\n    one\nZQ9\n  unknown: ZQ10\n",
    "hub:\n  extraEnv:\n    A: one\n   B: ZQ11\n  unknown: ZQ12\nsingleuser:\n  a: ZQ13\n",
    "hub:\n  extraFiles:\n    a:\n      stringData: |\n        one\n   ZQ14: x\n  other: ZQ15\n",
];

#[test]
fn documents_that_a_secret_breaks_show_none() {
    for text in BROKEN {
        for format in [
            "graphical",
            "concise",
            "json",
            "sarif",
            "junit",
            "gitlab",
            "github",
        ] {
            for width in [None, Some(40)] {
                let mut world = World::default().file("a.yaml", text);
                if let Some(width) = width {
                    world = world.terminal(width);
                }
                let line = format!("dunnage lint a.yaml --pedantic --format {format}");
                let outcome = world.run(&line);
                let exit = 2 - u8::from(text.contains("apiVersion"));
                let shown = outcome.exits(exit).printed();
                assert!(!shown.contains("ZQ"), "{format}: {shown}");
            }
        }
    }
}

/// A message may say what is wrong with a value, but not what the value is.
#[test]
fn settings_are_quoted_and_secrets_are_not() {
    let values =
        "hub:\n  extraEnv: {DEBUG: on, PORT: 8080, ID: 123456789}\n  cookieSecret: 12345\n";
    let (stdout, _) = printed(values, "lint values.yaml");
    let helps: Vec<&str> =
        stdout.lines().filter_map(|line| line.trim().strip_prefix("help: ")).collect();
    assert_eq!(
        helps,
        [
            "quote the value: \"on\"",
            "quote the value: \"8080\"",
            "quote the value",
            "quote the value"
        ]
    );
    assert!(!stdout.contains("12345"), "{stdout}");
}

#[test]
fn a_secret_beside_a_mistake_is_hidden() {
    let containers = "      containers:\n      - name: main\n        env:\n        - {name: PASSWORD, value: hunter2}\n        - {name: X, value: hunter2, value: hunter3}\n";
    let world = World::of_case("render-check");
    let (start, _) = world
        .text("web.yaml")
        .split_once("      containers:")
        .map(|(start, end)| (start.to_owned(), end.to_owned()))
        .expect("containers");
    let world = world.file("web.yaml", format!("{start}{containers}"));
    let shown = world.run("dunnage render --diff < web.yaml").exits(0).printed();
    assert!(
        shown.contains("`value` is set twice") && shown.contains("PASSWORD"),
        "{shown}"
    );
    assert!(!shown.contains("hunter"), "{shown}");
}

/// The last line of a patch says when it cannot be applied.
#[test]
fn a_secret_beside_a_change_is_masked() {
    for (case, line) in [
        (
            "render-diff-of-several-files",
            "dunnage render --diff db.yaml",
        ),
        ("lint-diff-masks-secrets", "dunnage lint --diff hub.yaml"),
    ] {
        let patch = World::of_case(case).run(line).stdout;
        assert!(patch.contains("API_TOKEN"), "{patch}");
        assert!(!patch.contains("s3cr3t"), "{patch}");
        let last = "# this patch cannot be applied: secret values in it are masked";
        assert_eq!(patch.lines().last(), Some(last));
    }
}
