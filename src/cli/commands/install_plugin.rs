//! `dunnage helm install-plugin`: installs the Helm 4 plugin, unless another plugin or Helm 3 would break.

use std::env::consts;
use std::path::{Path, PathBuf};

use crate::cli::Exit;
use crate::cli::args::InstallPluginOptions;
use crate::cli::session::{self, Session};
use crate::diag::{Code, Diagnostic};
use crate::host::Host;
use crate::project;
use crate::yaml;

pub(in crate::cli) static HELM_3: Code = Code::error(
    "CL011",
    "plugin-needs-helm-4",
    "the plugin needs Helm 4, but the `helm` on the PATH is Helm 3",
)
.page(include_str!("../codes/helm_3.md"));

pub(in crate::cli) static PLUGIN_IN_THE_WAY: Code = Code::error(
    "CL012",
    "plugin-conflict",
    "another plugin has the name or the directory `dunnage`",
)
.page(include_str!("../codes/plugin_in_the_way.md"));

pub(in crate::cli) static NO_PLUGINS_FOLDER: Code = Code::error(
    "CL013",
    "no-plugin-directory",
    "the plugin directory of Helm cannot be determined",
)
.page(include_str!("../codes/no_plugins_folder.md"));

/// The manifest of the plugin, which Helm 4 reads.
const PLUGIN: &str = include_str!("../../../plugins/dunnage/plugin.yaml");

/// The error that Helm 3 prints for it (`pkg/plugin/plugin.go` rejects unknown fields).
const HELM_3_SAYS: &str = "failed to load plugins: ... unknown field \"apiVersion\"";

pub(in crate::cli) fn run(session: &Session<'_>, options: &InstallPluginOptions) -> Exit {
    match install(session, options) {
        Ok(told) => session.write(&told),
        Err(diagnostic) => {
            session.show(&[diagnostic]);
            Exit::Usage
        }
    }
}

/// Installs the plugin and returns the text for the user.
fn install(session: &Session<'_>, options: &InstallPluginOptions) -> Result<String, Diagnostic> {
    let host = session.host;
    let home = plugins_folder(host, consts::OS);
    let folder = options.plugins.clone().or_else(|| home.clone());
    let folder = folder.ok_or_else(no_plugins_folder)?;
    let start = host
        .current_dir()
        .map_err(|error| project::unreadable(Path::new("."), &error))?;
    let folder = start.join(folder);
    if !options.force {
        refuse_helm_3(host)?;
    }
    let plugin = folder.join("dunnage");
    refuse_to_replace(host, &plugin)?;
    let neighbours = neighbours(host, &folder);
    refuse_to_clash(&neighbours)?;
    write(host, &plugin)?;

    let mut told = format!(
        "Installed the Helm 4 plugin of dunnage {} in `{}`.\n",
        env!("CARGO_PKG_VERSION"),
        plugin.display()
    );
    if home.is_none_or(|home| start.join(home) != folder) {
        let folder = folder.display();
        told.push_str(&format!(
            "Set HELM_PLUGINS to `{folder}`, so that Helm 4 finds it.\n"
        ));
    }
    told.push_str("Next:\n\n  helm upgrade RELEASE CHART --post-renderer dunnage\n");
    told.push_str(&about_helm_3(&neighbours));
    told.push_str(&about_two_folders(host, consts::OS));
    Ok(told)
}

/// Writes the program first, so that `plugin.yaml` never names a missing program.
fn write(host: &dyn Host, plugin: &Path) -> Result<(), Diagnostic> {
    let programs = plugin.join("bin");
    let program = programs.join(format!("dunnage{}", consts::EXE_SUFFIX));
    host.create_dir(&programs)
        .and_then(|()| host.copy_program(&program))
        .and_then(|()| host.write_file(&plugin.join("plugin.yaml"), PLUGIN.as_bytes()))
        .map_err(|error| session::unwritable(&error))
}

/// Returns the plugin directory of Helm 4 (its `helmpath` and `cli` packages); the first of a list.
fn plugins_folder(host: &dyn Host, system: &str) -> Option<PathBuf> {
    named_plugins_folder(host).or_else(|| default_plugins_folder(host, system))
}

/// Returns the first folder of `HELM_PLUGINS`.
fn named_plugins_folder(host: &dyn Host) -> Option<PathBuf> {
    let list = host.env("HELM_PLUGINS")?;
    std::env::split_paths(&list).find(|folder| !folder.as_os_str().is_empty())
}

/// Returns the folder of plugins in Helm's data directory, to which `helm plugin install` writes even if `HELM_PLUGINS`
/// names another one.
fn default_plugins_folder(host: &dyn Host, system: &str) -> Option<PathBuf> {
    let set = |name| host.env(name).filter(|value| !value.is_empty());
    if let Some(data) = set("HELM_DATA_HOME") {
        return Some(PathBuf::from(data).join("plugins"));
    }
    let home = || set("HOME").map(PathBuf::from);
    let data = match (set("XDG_DATA_HOME"), system) {
        (Some(data), _) => PathBuf::from(data),
        (None, "windows") => PathBuf::from(set("APPDATA")?),
        (None, "macos") => home()?.join("Library"),
        (None, _) => home()?.join(".local").join("share"),
    };
    Some(data.join("helm").join("plugins"))
}

fn no_plugins_folder() -> Diagnostic {
    Diagnostic::new(
        &NO_PLUGINS_FOLDER,
        "neither `HELM_PLUGINS` nor a home directory is set",
    )
    .help("set the plugin directory with `--plugins DIR`")
}

fn refuse_helm_3(host: &dyn Host) -> Result<(), Diagnostic> {
    let version = host.output_of("helm", &["version", "--template", "{{.Version}}"]);
    let version = version.unwrap_or_default();
    let version = version.trim();
    if version.trim_start_matches('v').split('.').next() != Some("3") {
        return Ok(());
    }
    let message = format!("the plugin needs Helm 4, but the `helm` on the PATH is {version}");
    let help = format!(
        "use `--post-renderer dunnage`: Helm 3 needs no plugin. With this plugin in its directory it would print \
         `{HELM_3_SAYS}` on every command and load none of its plugins. If you also use Helm 4, set a separate \
         `HELM_DATA_HOME` for each, and use `--force`"
    );
    Err(Diagnostic::new(&HELM_3, message).help(help))
}

/// Refuses to replace another plugin in the directory `dunnage`.
fn refuse_to_replace(host: &dyn Host, plugin: &Path) -> Result<(), Diagnostic> {
    let file = plugin.join("plugin.yaml");
    if !host.is_file(&file) {
        return Ok(());
    }
    let there = host.read_file(&file).ok();
    let is_ours = there.and_then(|text| describe(&text)).is_some_and(|there| {
        there.name == "dunnage" && there.kind.as_deref() == Some("postrenderer/v1")
    });
    if is_ours {
        return Ok(());
    }
    let message = format!("`{}` belongs to another plugin", file.display());
    let help = "remove it with `helm plugin uninstall`, or use another directory: `--plugins DIR`";
    Err(Diagnostic::new(&PLUGIN_IN_THE_WAY, message).help(help))
}

/// Refuses a second plugin named `dunnage`: Helm 4 then loads no plugin at all.
fn refuse_to_clash(neighbours: &[Neighbour]) -> Result<(), Diagnostic> {
    let Some(other) = neighbours.iter().find(|other| other.plugin.name == "dunnage") else {
        return Ok(());
    };
    let message = format!(
        "`{}` is also a plugin named `dunnage`",
        other.folder.display()
    );
    let help = "remove one of them: Helm 4 loads neither and prints `two plugins claim the name`";
    Err(Diagnostic::new(&PLUGIN_IN_THE_WAY, message).help(help))
}

/// The content of a `plugin.yaml`.
struct Plugin {
    name: String,
    /// Its type; `None` for a plugin of Helm 3.
    kind: Option<String>,
}

/// Another plugin in the same plugin directory.
struct Neighbour {
    folder: PathBuf,
    plugin: Plugin,
}

fn neighbours(host: &dyn Host, folder: &Path) -> Vec<Neighbour> {
    let folders = host.list_dir(folder).into_iter();
    folders
        .filter(|folder| !folder.ends_with("dunnage"))
        .filter_map(|folder| {
            let text = host.read_file(&folder.join("plugin.yaml")).ok()?;
            let plugin = describe(&text)?;
            Some(Neighbour { folder, plugin })
        })
        .collect()
}

/// Reads a `plugin.yaml`; `None` if it is not one.
fn describe(text: &str) -> Option<Plugin> {
    let document = yaml::parse(text).ok()?;
    let root = document.root()?;
    let name = root.get("name")?.as_str()?.to_owned();
    let kind = match root.get("apiVersion") {
        Some(_) => Some(root.get("type")?.as_str()?.to_owned()),
        None => None,
    };
    Some(Plugin { name, kind })
}

/// Returns a warning about a Helm 3 that uses the same directory.
fn about_helm_3(neighbours: &[Neighbour]) -> String {
    let old = neighbours.iter().filter(|neighbour| neighbour.plugin.kind.is_none());
    let names: Vec<&str> = old.map(|old| old.plugin.name.as_str()).collect();
    if names.is_empty() {
        return String::new();
    }
    format!(
        "\nThe same directory has plugins for Helm 3: {}. Helm 4 still loads them. A Helm 3 that uses this\n\
         directory no longer loads any plugin, and prints on every command:\n\n  {HELM_3_SAYS}\n\n\
         Set a separate HELM_DATA_HOME for each Helm.\n",
        names.join(", ")
    )
}

/// Returns a warning if `helm plugin install` of an archive writes to another folder than the one in which Helm 4 searches
/// (`internal/plugin/installer/{http,local}_installer.go` of Helm 4.2.4 use the data directory, `pkg/cli/environment.go`
/// reads `HELM_PLUGINS`).
fn about_two_folders(host: &dyn Host, system: &str) -> String {
    let folders = named_plugins_folder(host).zip(default_plugins_folder(host, system));
    let Some((named, default)) = folders.filter(|(named, default)| named != default) else {
        return String::new();
    };
    format!(
        "\nWarning: `helm plugin install` of an archive ignores HELM_PLUGINS. It writes to `{}`, and\n\
         Helm 4 searches for plugins in `{}`. Set HELM_DATA_HOME instead of HELM_PLUGINS: both read it.\n",
        default.display(),
        named.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Memory;

    #[track_caller]
    fn check_folder(system: &str, variables: &[(&str, &str)], expected: Option<&str>) {
        let mut host = Memory::default();
        for (name, value) in variables {
            host = host.variable(name, *value);
        }
        assert_eq!(
            plugins_folder(&host, system),
            expected.map(PathBuf::from),
            "{system} {variables:?}"
        );
    }

    /// Each line is what `helm env HELM_PLUGINS` says in that environment.
    #[test]
    fn where_helm_looks() {
        let home = ("HOME", "/h");
        check_folder("linux", &[home], Some("/h/.local/share/helm/plugins"));
        check_folder("macos", &[home], Some("/h/Library/helm/plugins"));
        let app_data = ("APPDATA", "/h/AppData/Roaming");
        let roaming = Some("/h/AppData/Roaming/helm/plugins");
        check_folder("windows", &[home, app_data], roaming);
        let xdg = ("XDG_DATA_HOME", "/x");
        for system in ["linux", "macos", "windows"] {
            check_folder(system, &[home, xdg], Some("/x/helm/plugins"));
            check_folder(system, &[], None);
        }
        let data = ("HELM_DATA_HOME", "/d");
        check_folder("linux", &[home, xdg, data], Some("/d/plugins"));
        let empty = [home, ("XDG_DATA_HOME", ""), ("HELM_DATA_HOME", "")];
        check_folder("linux", &empty, Some("/h/.local/share/helm/plugins"));
        let list = std::env::join_paths(["", "/p", "/q"]).expect("no separator in them");
        let list = list.to_str().expect("Unicode");
        check_folder("linux", &[home, data, ("HELM_PLUGINS", list)], Some("/p"));
    }

    #[test]
    fn the_plugin_is_of_this_version() {
        let version = concat!("\nversion: ", env!("CARGO_PKG_VERSION"), "\n");
        assert!(PLUGIN.contains(version), "{PLUGIN}");
        let plugin = describe(PLUGIN).expect("a plugin");
        assert_eq!(plugin.name, "dunnage");
        assert_eq!(plugin.kind.as_deref(), Some("postrenderer/v1"));
    }
}
