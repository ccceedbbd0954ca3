//! What describes the packages agrees with the crate: versions, hooks of pre-commit, workflows.

#![expect(
    clippy::disallowed_methods,
    reason = "the descriptions are in the source tree"
)]

use std::path::Path;

use serde_yaml::Value;

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn yaml(name: &str) -> Value {
    serde_yaml::from_str(&read(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn every_package_has_the_version_of_the_crate() {
    let has_line = |name: &str, line: &str| {
        let text = read(name);
        let is_there = text.lines().any(|other| other.trim() == line);
        assert!(is_there, "{name} has no line `{line}`");
    };
    has_line("pyproject.toml", &format!("version = \"{VERSION}\""));
    has_line(
        "pyproject.toml",
        &format!("dependencies = [\"dunnage=={VERSION}\"]"),
    );
    has_line(
        "packages/pypi/pyproject.toml",
        &format!("version = \"{VERSION}\""),
    );
    for package in ["dunnage", "platform"] {
        let manifest = format!("packages/npm/{package}/package.json");
        has_line(&manifest, &format!("\"version\": \"{VERSION}\","));
    }
    has_line(
        "plugins/dunnage/plugin.yaml",
        &format!("version: {VERSION}"),
    );
    let changelog = read("CHANGELOG.md");
    let newest = changelog.lines().find(|line| line.starts_with("## "));
    let newest = newest.expect("a version");
    assert!(newest.starts_with(&format!("## {VERSION} (")), "{newest}");
}

/// The scripts of package building and the wheel's description name one version of maturin.
#[test]
fn the_wheel_is_built_by_one_version_of_maturin() {
    let tools = read("scripts/tools");
    let version = tools.lines().find_map(|line| line.strip_prefix("maturin_version="));
    let version = version.expect("a version of maturin");
    let project = read("packages/pypi/pyproject.toml");
    let requirement = format!("requires = [\"maturin=={version}\"]");
    assert!(project.contains(&requirement), "{requirement}");
}

#[test]
fn hooks_of_pre_commit_need_no_compiler_unless_their_name_says_so() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let hooks = hooks.as_sequence().expect("hooks");
    let languages: Vec<(&str, &str)> = hooks
        .iter()
        .map(|hook| ["id", "language"].map(|key| hook[key].as_str().expect(key)))
        .map(|[id, language]| (id, language))
        .collect();
    assert_eq!(
        languages,
        [
            ("dunnage-lint", "python"),
            ("dunnage-render-check", "python"),
            ("dunnage-lint-src", "rust"),
            ("dunnage-lint-system", "system"),
        ]
    );
    let entries = |word: &str| {
        let lint = hooks.iter().filter(|hook| {
            let id = hook["id"].as_str().expect("an id");
            id.starts_with("dunnage-lint")
        });
        let mut values = lint.map(|hook| hook[word].clone());
        let first = values.next().expect("a hook");
        assert!(values.all(|other| other == first), "{word}");
    };
    for key in ["entry", "types", "exclude", "require_serial", "files"] {
        entries(key);
    }
}

/// The steps of all workflows.
fn steps() -> Vec<Value> {
    let workflow = yaml(".github/workflows/release.yml");
    let jobs = workflow["jobs"].as_mapping().expect("jobs").values();
    let of_jobs = jobs.flat_map(|job| job["steps"].as_sequence().expect("steps"));
    of_jobs.cloned().collect()
}

#[test]
fn workflows_pin_every_action_and_image_by_hash() {
    let steps = steps();
    let used: Vec<&str> = steps.iter().filter_map(|step| step["uses"].as_str()).collect();
    assert!(used.len() > 10, "{used:?}");
    for action in used {
        let (_, hash) = action.split_once('@').expect("a version");
        let is_hash = hash.len() == 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        assert!(is_hash, "{action}");
    }
    let text = read(".github/workflows/release.yml");
    for line in text.lines().filter(|line| line.contains("rust:")) {
        assert!(line.contains("@sha256:"), "{line}");
    }
}

/// No step fetches a program from anywhere but package registries, and no expression is part of a script.
#[test]
fn workflows_fetch_nothing_but_packages() {
    let programs = [
        "rustup", "curl", "wget", "apt-get", "apk add", "brew", "choco", "${{",
    ];
    for step in steps() {
        let Some(script) = step["run"].as_str() else {
            continue;
        };
        for program in programs {
            assert!(!script.contains(program), "{program}: {script}");
        }
        let named = script.split_whitespace();
        let named = named.map(|word| word.trim_start_matches("\"$("));
        for script in named.filter(|word| word.starts_with("scripts/")) {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(script);
            assert!(path.exists(), "{script}");
        }
    }
}

#[test]
fn there_are_three_issue_forms() {
    for form in ["bug", "false-finding", "idea"] {
        let form = yaml(&format!(".github/ISSUE_TEMPLATE/{form}.yml"));
        assert!(form["name"].is_string() && form["description"].is_string());
        let fields = form["body"].as_sequence().expect("fields");
        assert!(fields.iter().all(|field| field["type"].is_string()));
    }
    assert_eq!(yaml(".github/dependabot.yml")["version"], 2);
}

/// Runs the command of the config management plugin with this program in the place of Helm.
#[cfg(unix)]
fn generate(helm: &str) -> std::process::Output {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("helm");
    std::fs::write(&program, format!("#!/bin/sh\n{helm}\n")).expect("a program");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("a program");
    let policy = read("examples/dunnage.yaml");
    std::fs::write(folder.path().join("dunnage.yaml"), policy).expect("a policy");
    let plugin = yaml("packages/argocd/plugin.yaml");
    let generate = &plugin["spec"]["generate"];
    let words = ["command", "args"].map(|key| generate[key].as_sequence().expect(key));
    let words: Vec<&str> = words.into_iter().flatten().filter_map(Value::as_str).collect();
    let dunnage = Path::new(env!("CARGO_BIN_EXE_dunnage")).parent();
    let dunnage = dunnage.expect("a folder").display();
    std::process::Command::new(words[0])
        .args(&words[1..])
        .current_dir(folder.path())
        .env_clear()
        .env(
            "PATH",
            format!("{}:{dunnage}:/usr/bin:/bin", folder.path().display()),
        )
        .env("ARGOCD_APP_NAME", "monitoring")
        .env("ARGOCD_APP_NAMESPACE", "apps")
        .env("KUBE_VERSION", "1.33.0")
        .env("PARAM_HELM_ARGS_0", "--values=a b.yaml")
        .env("PARAM_HELM_ARGS_1", "--skip-tests")
        .output()
        .expect("bash starts")
}

#[cfg(unix)]
#[test]
fn the_plugin_of_argo_cd_renders_and_passes_arguments() {
    let manifests = read("examples/monitoring.yaml");
    let helm = format!("printf '[%s]' \"$@\" >&2\ncat <<'END'\n{manifests}END");
    let output = generate(&helm);
    let (stdout, stderr) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{stderr}");
    assert!(stdout.contains("      tolerations:\n"), "{stdout}");
    let arguments = "[template][monitoring][.][--namespace][apps][--kube-version][1.33.0][--include-crds]\
                     [--values=a b.yaml][--skip-tests]";
    assert!(stderr.contains(arguments), "{stderr}");
}

/// With pruning, Argo CD deletes what is missing from the output.
#[cfg(unix)]
#[test]
fn the_plugin_of_argo_cd_prints_nothing_if_a_program_fails() {
    for helm in ["echo 'kind: Pod'; exit 1", "echo 'kind: ['", "true"] {
        let output = generate(helm);
        assert!(!output.status.success(), "{helm}");
        assert!(output.stdout.is_empty(), "{helm}");
    }
}
