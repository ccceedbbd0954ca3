//! `dunnage helm install-plugin`: where it puts the plugin, and when it had better not.

#![allow(
    clippy::disallowed_methods,
    reason = "the program is started on the disk"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dunnage::cli;
use dunnage::host::{Memory, Read as _};

const PLUGIN: &str = include_str!("../plugins/dunnage/plugin.yaml");

/// A plugin in the style of Helm 3.
const DIFF: &str = "name: diff\nversion: 3.9.0\nusage: u\ndescription: d\ncommand: \"true\"\n";

fn world() -> Memory {
    Memory::default().variable("HELM_PLUGINS", "/plugins")
}

fn with_helm(mut host: Memory, version: &str) -> Memory {
    host.outputs.insert("helm".to_owned(), version.to_owned());
    host
}

fn install(host: &Memory, arguments: &[&str]) -> u8 {
    let line = ["dunnage", "helm", "install-plugin", "--format", "concise"];
    let line = line.iter().chain(arguments).map(Into::into).collect();
    cli::run(host, line).code()
}

/// Installs, which has to go well; gives back what was told.
#[track_caller]
fn check_installed(host: &Memory, arguments: &[&str], plugin: &str) -> String {
    let code = install(host, arguments);
    assert_eq!((host.stderr().as_str(), code), ("", 0));
    let files = host.files.borrow();
    let content = |name: &str| files.get(&Path::new(plugin).join(name)).map(Vec::as_slice);
    assert_eq!(content("plugin.yaml"), Some(PLUGIN.as_bytes()));
    let program = format!("bin/dunnage{}", std::env::consts::EXE_SUFFIX);
    assert_eq!(content(&program), Some(Memory::PROGRAM));
    host.stdout()
}

/// Installs, which has to be refused with this message and nothing written.
#[track_caller]
fn check_refused(host: &Memory, arguments: &[&str], expected: &str) {
    let before = host.files.clone();
    let code = install(host, arguments);
    assert_eq!((host.stdout().as_str(), code), ("", 2));
    assert!(host.stderr().contains(expected), "{}", host.stderr());
    assert_eq!(host.files, before);
}

#[test]
fn the_plugin_lands_where_helm_looks() {
    let told = check_installed(&world(), &[], "/plugins/dunnage");
    assert_eq!(
        told,
        format!(
            "`/plugins/dunnage` holds the plugin of dunnage {} for Helm 4.\n\
             Next:\n\n  helm upgrade RELEASE CHART --post-renderer dunnage\n",
            env!("CARGO_PKG_VERSION")
        )
    );
}

#[test]
fn another_folder_has_to_be_told_to_helm() {
    for arguments in [["--plugins", "mine"], ["--plugins", "/mine"]] {
        let told = check_installed(&world(), &arguments, "/mine/dunnage");
        assert!(told.contains("where HELM_PLUGINS is `/mine`"), "{told}");
    }
    let told = check_installed(&world(), &["--plugins", "plugins"], "/plugins/dunnage");
    assert!(!told.contains("HELM_PLUGINS"), "{told}");
    let told = check_installed(&Memory::default(), &["--plugins", "/mine"], "/mine/dunnage");
    assert!(told.contains("where HELM_PLUGINS is `/mine`"), "{told}");
}

#[test]
fn without_a_home_the_folder_has_to_be_named() {
    check_refused(
        &Memory::default(),
        &[],
        "neither `HELM_PLUGINS` nor a home folder is set",
    );
}

#[test]
fn under_helm_3_it_has_to_be_forced() {
    for version in ["v3.21.4", "v3.9\n", "3.1.0"] {
        let host = with_helm(world(), version);
        check_refused(&host, &[], "error[CL011]");
    }
    let host = with_helm(world(), "v3.21.4");
    assert_eq!(
        cli::run(
            &host,
            ["dunnage", "helm", "install-plugin"]
                .map(Into::into)
                .to_vec()
        )
        .code(),
        2
    );
    let said = host
        .stderr()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    for word in [
        "is v3.21.4",
        "failed to load plugins: ... unknown field \"apiVersion\"",
        "`--post-renderer dunnage` takes the program itself",
        "its own `HELM_PLUGINS`",
        "`--force`",
    ] {
        assert!(said.contains(word), "no `{word}` in {said}");
    }
    check_installed(
        &with_helm(world(), "v3.21.4"),
        &["--force"],
        "/plugins/dunnage",
    );
    for version in ["v4.2.4", "v4.2", "v30.0.0", "", "what?"] {
        check_installed(&with_helm(world(), version), &[], "/plugins/dunnage");
    }
}

#[test]
fn plugins_of_helm_3_in_the_same_folder_are_told_of() {
    let host = world()
        .file("/plugins/helm-diff/plugin.yaml", DIFF)
        .file(
            "/plugins/secrets/plugin.yaml",
            DIFF.replace("diff", "secrets"),
        )
        .file(
            "/plugins/other/plugin.yaml",
            PLUGIN.replace("name: dunnage", "name: other"),
        )
        .file("/plugins/broken/plugin.yaml", "name: [")
        .file("/plugins/nothing/README.md", "");
    let told = check_installed(&host, &[], "/plugins/dunnage");
    assert!(told.contains("same folder: diff, secrets. "), "{told}");
    assert!(
        told.contains("failed to load plugins: ... unknown field \"apiVersion\""),
        "{told}"
    );
}

#[test]
fn an_earlier_one_is_replaced_and_twice_is_once() {
    let older = PLUGIN.replace(env!("CARGO_PKG_VERSION"), "0.0.1");
    let host = world()
        .file("/plugins/dunnage/plugin.yaml", older)
        .file("/plugins/dunnage/bin/dunnage", "an older program")
        .file("/plugins/dunnage/notes", "mine");
    check_installed(&host, &[], "/plugins/dunnage");
    let after = host.files.clone();
    assert!(host.is_file(Path::new("/plugins/dunnage/notes")));
    assert_eq!(install(&host, &[]), 0);
    assert_eq!(host.files, after);
}

#[test]
fn a_plugin_of_another_kind_stays() {
    for other in [
        DIFF.replace("diff", "dunnage"),
        PLUGIN.replace("postrenderer/v1", "cli/v1"),
        PLUGIN.replace("name: dunnage", "name: other"),
        "name: [".to_owned(),
        String::new(),
    ] {
        let host = world().file("/plugins/dunnage/plugin.yaml", other);
        check_refused(&host, &[], "error[CL012]");
        let host = with_helm(host, "v3.21.4");
        check_refused(&host, &["--force"], "is another plugin");
    }
}

#[test]
fn a_second_plugin_of_the_name_stops_it() {
    let host = world().file("/plugins/dunnage-0.0.1/plugin.yaml", PLUGIN);
    check_refused(
        &host,
        &[],
        "`/plugins/dunnage-0.0.1` is a plugin named `dunnage`, too",
    );
}

#[test]
fn a_full_disk_is_an_error() {
    let mut host = world();
    host.is_disk_full = true;
    check_refused(&host, &[], "error[CL004]");
    assert!(
        host.stderr()
            .contains("cannot write /plugins/dunnage/bin/dunnage"),
        "{}",
        host.stderr()
    );
}

/// Runs the program itself with this environment alone.
fn run(variables: &[(&str, &Path)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dunnage"))
        .args(["helm", "install-plugin"])
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .expect("the program starts")
}

#[test]
fn the_installed_program_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let plugins = folder.path().join("helm plugins");
    let paths: PathBuf = std::env::join_paths([&plugins, &folder.path().join("b")])
        .expect("no separator in them")
        .into();
    for _ in 0..2 {
        let output = run(&[("HELM_PLUGINS", &paths)]);
        assert!(output.status.success(), "{output:?}");
        let program = plugins.join("dunnage").join("bin").join("dunnage");
        let version = Command::new(program).arg("--version").output();
        let version = version.expect("the copy starts").stdout;
        let expected = concat!("dunnage ", env!("CARGO_PKG_VERSION"), "\n");
        assert_eq!(String::from_utf8_lossy(&version), expected);
    }
    let mut names: Vec<_> = std::fs::read_dir(plugins.join("dunnage"))
        .expect("the plugin")
        .chain(std::fs::read_dir(plugins.join("dunnage").join("bin")).expect("its program"))
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    names.sort();
    let program = format!("dunnage{}", std::env::consts::EXE_SUFFIX);
    assert_eq!(names, ["bin", &program, "plugin.yaml"]);
}

#[cfg(unix)]
#[test]
fn the_helm_on_the_path_is_asked() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let helm = folder.path().join("helm");
    let script = "#!/bin/sh\n[ \"$*\" = 'version --template {{.Version}}' ] && printf v3.21.4\n";
    std::fs::write(&helm, script).expect("a file");
    std::fs::set_permissions(&helm, std::fs::Permissions::from_mode(0o755)).expect("a program");
    let plugins = folder.path().join("plugins");
    let output = run(&[("PATH", folder.path()), ("HELM_PLUGINS", &plugins)]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(output.stdout.is_empty() && !plugins.exists());
}

#[test]
fn a_file_in_the_place_of_the_folder_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("dunnage"), "a file").expect("a file");
    let output = run(&[("HELM_PLUGINS", folder.path())]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.stdout.is_empty() && said.contains("error[CL004]"),
        "{said}"
    );
    assert_eq!(
        std::fs::read_dir(folder.path())
            .expect("the folder")
            .count(),
        1
    );
}
