//! `dunnage helm install-plugin`: where it puts the plugin, and when it had better not.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dunnage::host::Memory;

use crate::support::{Outcome, World};

const PLUGIN: &str = include_str!("../../plugins/dunnage/plugin.yaml");

/// A plugin for Helm 3.
const DIFF: &str = "name: diff\nversion: 3.9.0\nusage: u\ndescription: d\ncommand: \"true\"\n";

fn world() -> World {
    World::default().variable("HELM_PLUGINS", "/plugins")
}

fn with_helm(world: World, version: &str) -> World {
    world.with(|memory| {
        memory.outputs.insert("helm".to_owned(), version.to_owned());
    })
}

fn install(world: &World, options: &str) -> Outcome {
    world.run(&format!(
        "dunnage helm install-plugin --format concise {options}"
    ))
}

/// Installs, which has to go well and to write the plugin alone.
#[track_caller]
fn check_installed(world: &World, options: &str, plugin: &str) -> Outcome {
    let outcome = install(world, options).exits(0);
    assert_eq!(outcome.stderr, "");
    let program = format!("bin/dunnage{}", std::env::consts::EXE_SUFFIX);
    let expected = [
        (Path::new(plugin).join("plugin.yaml"), PLUGIN.as_bytes()),
        (Path::new(plugin).join(program), Memory::PROGRAM),
    ];
    let expected = expected.map(|(path, content)| (path, content.to_vec()));
    assert_eq!(outcome.changed, expected.into());
    outcome
}

/// Installs, which has to be refused with this message and nothing written.
#[track_caller]
fn check_refused(world: &World, options: &str, message: &str) {
    let outcome = install(world, options).fails(2);
    assert!(outcome.stderr.contains(message), "{}", outcome.stderr);
}

#[test]
fn the_plugin_lands_where_helm_looks() {
    let told = check_installed(&world(), "", "/plugins/dunnage").stdout;
    assert_eq!(
        told,
        format!(
            "Installed the Helm 4 plugin of dunnage {} in `/plugins/dunnage`.\n\
             Next:\n\n  helm upgrade RELEASE CHART --post-renderer dunnage\n",
            env!("CARGO_PKG_VERSION")
        )
    );
}

#[test]
fn two_folders_of_plugins_are_a_warning() {
    let warning = "Warning: `helm plugin install` of an archive ignores HELM_PLUGINS.";
    let both = world().variable("HELM_DATA_HOME", "/data");
    let told = check_installed(&both, "", "/plugins/dunnage").stdout;
    assert!(told.contains(warning), "{told}");
    assert!(told.contains("writes to `/data/plugins`"), "{told}");
    assert!(told.contains("plugins in `/plugins`"), "{told}");
    let same = World::default()
        .variable("HELM_DATA_HOME", "/data")
        .variable("HELM_PLUGINS", "/data/plugins");
    let told = check_installed(&same, "", "/data/plugins/dunnage").stdout;
    assert!(!told.contains("Warning"), "{told}");
    let data = World::default().variable("HELM_DATA_HOME", "/data");
    let told = check_installed(&data, "", "/data/plugins/dunnage").stdout;
    assert!(!told.contains("Warning"), "{told}");
}

#[test]
fn another_directory_needs_helm_plugins() {
    for options in ["--plugins mine", "--plugins /mine"] {
        let told = check_installed(&world(), options, "/mine/dunnage").stdout;
        assert!(told.contains("Set HELM_PLUGINS to `/mine`"), "{told}");
    }
    let told = check_installed(&world(), "--plugins plugins", "/plugins/dunnage").stdout;
    assert!(!told.contains("HELM_PLUGINS"), "{told}");
    let told = check_installed(&World::default(), "--plugins /mine", "/mine/dunnage").stdout;
    assert!(told.contains("Set HELM_PLUGINS to `/mine`"), "{told}");
}

#[test]
fn without_a_home_the_folder_has_to_be_named() {
    check_refused(
        &World::default(),
        "",
        "neither `HELM_PLUGINS` nor a home directory is set",
    );
}

#[test]
fn under_helm_3_it_has_to_be_forced() {
    for version in ["v3.21.4", "v3.9\n", "3.1.0"] {
        let world = with_helm(world(), version);
        check_refused(&world, "", "error[CL011]");
    }
    let refused = with_helm(world(), "v3.21.4").run("dunnage helm install-plugin");
    let words: Vec<String> =
        refused.fails(2).stderr.split_whitespace().map(str::to_owned).collect();
    let said = words.join(" ");
    for word in [
        "is v3.21.4",
        "failed to load plugins: ... unknown field \"apiVersion\"",
        "use `--post-renderer dunnage`: Helm 3 needs no plugin",
        "a separate `HELM_DATA_HOME` for each",
        "`--force`",
    ] {
        assert!(said.contains(word), "no `{word}` in {said}");
    }
    check_installed(
        &with_helm(world(), "v3.21.4"),
        "--force",
        "/plugins/dunnage",
    );
    for version in ["v4.2.4", "v4.2", "v30.0.0", "", "what?"] {
        check_installed(&with_helm(world(), version), "", "/plugins/dunnage");
    }
}

#[test]
fn plugins_of_helm_3_in_the_same_directory_are_reported() {
    let world = world()
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
    let told = check_installed(&world, "", "/plugins/dunnage").stdout;
    assert!(
        told.contains("plugins for Helm 3: diff, secrets. "),
        "{told}"
    );
    assert!(
        told.contains("failed to load plugins: ... unknown field \"apiVersion\""),
        "{told}"
    );
}

#[test]
fn an_earlier_one_is_replaced_and_twice_is_once() {
    let older = PLUGIN.replace(env!("CARGO_PKG_VERSION"), "0.0.1");
    let world = world()
        .file("/plugins/dunnage/plugin.yaml", older)
        .file("/plugins/dunnage/bin/dunnage", "an older program")
        .file("/plugins/dunnage/notes", "mine");
    let first = check_installed(&world, "", "/plugins/dunnage");
    let again = install(&world.after(&first), "");
    again.check(0, &first.stdout, "");
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
        let world = world().file("/plugins/dunnage/plugin.yaml", other);
        check_refused(&world, "", "error[CL012]");
        let world = with_helm(world, "v3.21.4");
        check_refused(&world, "--force", "belongs to another plugin");
    }
}

#[test]
fn a_second_plugin_of_the_name_stops_it() {
    let world = world().file("/plugins/dunnage-0.0.1/plugin.yaml", PLUGIN);
    check_refused(
        &world,
        "",
        "`/plugins/dunnage-0.0.1` is also a plugin named `dunnage`",
    );
}

#[test]
fn a_full_disk_is_an_error() {
    let world = world().with(|memory| memory.is_disk_full = true);
    check_refused(&world, "", "error[CL004]");
    check_refused(&world, "", "cannot write /plugins/dunnage/bin/dunnage");
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
        std::fs::read_dir(folder.path()).expect("the folder").count(),
        1
    );
}
