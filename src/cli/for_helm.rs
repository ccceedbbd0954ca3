//! Refuses commands that must not run where Helm reads the output. If a post-renderer succeeds without manifests, Helm 3
//! deletes all objects of the release, and so does Helm 4 if the output is only a comment.

use super::args::{Command, ModeArg, RenderOptions};
use crate::diag::{Code, Diagnostic};
use crate::host::Host;
use crate::render::Caller;

pub(super) static NO_MANIFESTS_FOR_HELM: Code = Code::error(
    "CL015",
    "no-manifests-for-helm",
    "Helm would delete all objects: a command or option writes no manifests",
)
.page(include_str!("codes/no_manifests_for_helm.md"));

/// Returns an error for `--check` and `--diff` if the command or the mode shows that Helm reads the output.
pub(super) fn refused_options(options: &RenderOptions, caller: Caller) -> Option<Diagnostic> {
    let option = without_manifests(options)?;
    let mode = match options.mode {
        Some(ModeArg::Helm3) => Some("helm3"),
        Some(ModeArg::Helm4) => Some("helm4"),
        _ => None,
    };
    let help = match (caller, mode) {
        (Caller::Person, None) => return None,
        (Caller::Person, Some(mode)) => format!(
            "remove `--mode {mode}` (or `DUNNAGE_MODE`): `dunnage render {option}` detects the mode from the manifests"
        ),
        _ => format!(
            "run it outside Helm: `helm template ... | dunnage render {option}`; to stop an upgrade on notes, use `--strict`"
        ),
    };
    Some(no_manifests(&format!("`{option}`"), help))
}

/// Returns an error for a command without manifests that Helm started as a post-renderer, for example with
/// `--post-renderer dunnage --post-renderer-args=verify`. A plugin of Helm may run any command.
pub(super) fn refused_command(
    host: &dyn Host,
    command: &Command,
    name: &str,
) -> Option<Diagnostic> {
    let name = match command {
        Command::Bare(_) | Command::HelmPlugin { .. } => return None,
        Command::Render { options, .. } => format!("{name} {}", without_manifests(options)?),
        _ => name.to_owned(),
    };
    let is_plugin = host.env("HELM_PLUGIN_NAME").is_some_and(|name| !name.is_empty());
    if host.stdin_is_terminal()
        || is_plugin
        || !host.parent_program().is_some_and(|name| is_helm(&name))
    {
        return None;
    }
    let help =
        "remove it from `--post-renderer-args`: a post-renderer accepts only options of `render`";
    Some(no_manifests(&format!("`{name}`"), help.to_owned()))
}

fn without_manifests(options: &RenderOptions) -> Option<&'static str> {
    match (options.diff, options.check) {
        (true, _) => Some("--diff"),
        (false, true) => Some("--check"),
        (false, false) => None,
    }
}

fn no_manifests(what: &str, help: String) -> Diagnostic {
    let message =
        format!("{what} writes no manifests, so Helm would delete every object of the release");
    Diagnostic::new(&NO_MANIFESTS_FOR_HELM, message).help(help)
}

/// Returns whether a program is Helm by its name: `helm`, `helm3`, `helm-4.2.4`.
fn is_helm(name: &str) -> bool {
    let version = name.strip_suffix(".exe").unwrap_or(name).strip_prefix("helm");
    version.is_some_and(|version| {
        let mut letters = version.chars();
        letters.all(|letter| letter.is_ascii_digit() || matches!(letter, '.' | '-' | '_' | 'v'))
    })
}

#[cfg(test)]
mod tests {
    use super::is_helm;

    #[test]
    fn helm_is_known_by_its_name_and_its_relatives_are_not_helm() {
        for name in ["helm", "helm3", "helm-4.2.4", "helm_v3", "helm.exe"] {
            assert!(is_helm(name), "{name}");
        }
        for name in [
            "helmfile",
            "helm-controller",
            "bash",
            "",
            "my-helm",
            "dunnage",
        ] {
            assert!(!is_helm(name), "{name}");
        }
    }
}
