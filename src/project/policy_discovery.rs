//! Finds the policy of a run.

use std::path::{Path, PathBuf};

use super::reader::{Reader, unreadable};
use super::subjects::clean;
use crate::diag::{Code, Diagnostic};
use crate::host::{Distrust, Read};
use crate::policy::Z2JH;
use crate::text::SourceId;

/// The file names of a policy.
const NAMES: [&str; 2] = ["dunnage.yaml", ".dunnage.yaml"];

pub(super) static NO_POLICY: Code = Code::error(
    "CL001",
    "no-policy",
    "no policy was given and none was found",
)
.page(include_str!("codes/no_policy.md"));

pub(super) static TWO_POLICIES: Code = Code::error(
    "CL002",
    "two-policies",
    "a directory has both `dunnage.yaml` and `.dunnage.yaml`",
)
.page(include_str!("codes/two_policies.md"));

pub(super) static UNTRUSTED_POLICY: Code = Code::error(
    "CL016",
    "untrusted-policy",
    "the policy that was found can be changed by another user",
)
.page(include_str!("codes/untrusted_policy.md"));

/// Reads the given policy, or the nearest one. No policy is an error: production must not change because dunnage runs
/// in another directory.
pub(super) fn find(reader: &mut Reader<'_>, asked: Option<&Path>) -> Result<SourceId, Diagnostic> {
    match asked {
        Some(name) if name == Path::new("z2jh") => {
            Ok(reader.sources.add_built_in("policy z2jh (built in)", Z2JH.to_owned()))
        }
        Some(path) => reader.read(path),
        None => {
            let (folder, path) = nearest(reader)?;
            let path = path.ok_or_else(|| no_policy(reader.host, &folder))?;
            reader.read(&path)
        }
    }
}

/// Does the same for commands that need no policy: `None` if none is given and none is found, or for the built-in one.
/// The result includes the directory at which its paths start.
pub(super) fn find_any(
    reader: &mut Reader<'_>,
    asked: Option<&Path>,
) -> Result<Option<(SourceId, PathBuf)>, Diagnostic> {
    let path = match asked {
        Some(path) => Some(path.to_owned()),
        None => nearest(reader)?.1,
    };
    // The built-in policy has no facts about a cluster.
    let Some(path) = path.filter(|path| path != Path::new("z2jh")) else {
        return Ok(None);
    };
    let source = reader.read(&path)?;
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    Ok(Some((source, folder)))
}

/// Searches from the current directory, which is also returned, up to the root of the repository. Outside a repository,
/// parent directories are not searched: others may write into them, as into `/tmp`.
fn nearest(reader: &mut Reader<'_>) -> Result<(PathBuf, Option<PathBuf>), Diagnostic> {
    let host = reader.host;
    let folder = host.current_dir().map_err(|error| unreadable(Path::new("."), &error))?;
    let last = repository(host, &folder).unwrap_or(&folder);
    let found = look(host, &folder, last)?;
    if let Some(path) = found.as_ref().filter(|path| path.parent() != Some(&*folder)) {
        reader.policy_above = Some(path.clone());
    }
    Ok((folder, found))
}

/// Returns the policy nearest to a directory, up to a last directory.
fn look(host: &dyn Read, folder: &Path, last: &Path) -> Result<Option<PathBuf>, Diagnostic> {
    for above in folder.ancestors() {
        let found: Vec<PathBuf> = NAMES
            .iter()
            .map(|name| above.join(name))
            .filter(|path| host.is_file(path))
            .collect();
        match &found[..] {
            [] => {}
            [path] => {
                trust(host, path)?;
                return Ok(Some(path.clone()));
            }
            _ => return Err(two_policies(above)),
        }
        if above == last {
            break;
        }
    }
    Ok(None)
}

/// Returns the policies nearer to paths, or to files below them, than that of the current directory, each with the
/// paths that it applies to. All other paths have the policy in the directory `own`.
///
/// # Errors
/// A policy that is not trusted, or a folder with two of them.
pub(super) fn nearer(
    host: &dyn Read,
    own: Option<&Path>,
    paths: &[PathBuf],
) -> Result<Vec<(PathBuf, Vec<PathBuf>)>, Diagnostic> {
    let here = host.current_dir().map_err(|error| unreadable(Path::new("."), &error))?;
    let mut found: Vec<(PathBuf, Vec<PathBuf>)> = Vec::new();
    let mut add =
        |policy: PathBuf, path: PathBuf| match found.iter_mut().find(|(known, _)| *known == policy)
        {
            Some((_, paths)) => paths.push(path),
            None => found.push((policy, vec![path])),
        };
    let of_here = |folder: &Path| folder.ancestors().any(|above| above == here);
    for path in paths.iter().filter(|path| *path != Path::new("-")) {
        let whole = clean(&here.join(path));
        let is_folder = host.is_dir(path);
        let folder = if is_folder {
            whole.clone()
        } else {
            whole.parent().unwrap_or(&whole).to_owned()
        };
        let first = if of_here(&folder) { &here } else { &folder };
        let last = repository(host, &folder).unwrap_or(first);
        let nearest = look(host, &folder, last)?;
        if let Some(policy) = nearest.filter(|policy| policy.parent() != own) {
            add(policy, path.clone());
        }
        if !is_folder || host.is_file(&path.join("Chart.yaml")) {
            continue;
        }
        for file in host.walk(path) {
            let is_policy =
                file.file_name().is_some_and(|name| NAMES.iter().any(|known| *known == name));
            let around = file.parent().unwrap_or(Path::new("")).to_owned();
            if is_policy && clean(&here.join(&around)) != folder {
                let policy = look(
                    host,
                    &clean(&here.join(&around)),
                    &clean(&here.join(&around)),
                )?;
                if let Some(policy) = policy {
                    add(policy, around);
                }
            }
        }
    }
    Ok(found)
}

/// Returns the root of the repository that contains a directory.
fn repository<'f>(host: &dyn Read, folder: &'f Path) -> Option<&'f Path> {
    folder.ancestors().find(|above| {
        let git = above.join(".git");
        host.is_dir(&git) || host.is_file(&git)
    })
}

/// Returns an error for a policy that another user may have written. A policy given by option is not checked.
fn trust(host: &dyn Read, path: &Path) -> Result<(), Diagnostic> {
    let Some(distrust) = host.distrust(path) else {
        return Ok(());
    };
    let path = path.display();
    let (message, fix) = match distrust {
        Distrust::WritableByEveryone => (
            format!("policy `{path}` is not used: every user can write it"),
            format!("run `chmod o-w {path}`"),
        ),
        Distrust::OwnedBy(user) => (
            format!("policy `{path}` is not used: it belongs to another user (id {user})"),
            "take ownership of it".to_owned(),
        ),
    };
    let help = format!("{fix}, or use it anyway with `--policy {path}` or `DUNNAGE_POLICY`");
    Err(Diagnostic::new(&UNTRUSTED_POLICY, message).help(help))
}

fn no_policy(host: &dyn Read, folder: &Path) -> Diagnostic {
    let shown = folder.display();
    let message = if repository(host, folder).is_some() {
        format!("no `dunnage.yaml` in `{shown}` or its parent directories")
    } else {
        format!(
            "no `dunnage.yaml` in `{shown}`; outside a repository, parent directories are not searched"
        )
    };
    Diagnostic::new(&NO_POLICY, message).help(
        "set `--policy FILE` or `DUNNAGE_POLICY`, add a `dunnage.yaml` next to your charts, \
         or use the built-in policy: `--policy z2jh`",
    )
}

fn two_policies(folder: &Path) -> Diagnostic {
    let message = format!(
        "`{}` has both `dunnage.yaml` and `.dunnage.yaml`",
        folder.display()
    );
    Diagnostic::new(&TWO_POLICIES, message).help("remove one of them, or set `--policy FILE`")
}
