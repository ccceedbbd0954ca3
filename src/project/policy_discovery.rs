//! Which policy a run follows.

use std::path::{Path, PathBuf};

use super::reader::{Reader, unreadable};
use super::subjects::clean;
use crate::diag::{Code, Diagnostic};
use crate::host::{Distrust, Read};
use crate::policy::Z2JH;
use crate::text::SourceId;

/// The names under which a policy is found.
const NAMES: [&str; 2] = ["dunnage.yaml", ".dunnage.yaml"];

pub(super) static NO_POLICY: Code = Code::error(
    "CL001",
    "no-policy",
    "no policy was named and none was found",
)
.page(include_str!("codes/no_policy.md"));

pub(super) static TWO_POLICIES: Code = Code::error(
    "CL002",
    "two-policies",
    "one folder holds a policy under both names",
)
.page(include_str!("codes/two_policies.md"));

pub(super) static UNTRUSTED_POLICY: Code = Code::error(
    "CL016",
    "untrusted-policy",
    "a policy that was found can be changed by another user",
)
.page(include_str!("codes/untrusted_policy.md"));

/// Reads the policy that was asked for, or the nearest one. No policy is an error: nobody's production
/// is to change because a program was started from another folder.
pub(super) fn find(reader: &mut Reader<'_>, asked: Option<&Path>) -> Result<SourceId, Diagnostic> {
    match asked {
        Some(name) if name == Path::new("z2jh") => Ok(reader
            .sources
            .add_built_in("policy z2jh (built in)", Z2JH.to_owned())),
        Some(path) => reader.read(path),
        None => {
            let (folder, path) = nearest(reader)?;
            let path = path.ok_or_else(|| no_policy(reader.host, &folder))?;
            reader.read(&path)
        }
    }
}

/// The same for what needs no policy: nothing where none is named and none is found, or the built-in one is.
/// With it comes the folder at which its paths start.
pub(super) fn find_any(
    reader: &mut Reader<'_>,
    asked: Option<&Path>,
) -> Result<Option<(SourceId, PathBuf)>, Diagnostic> {
    let path = match asked {
        Some(path) => Some(path.to_owned()),
        None => nearest(reader)?.1,
    };
    // The built-in policy says nothing of anybody's cluster.
    let Some(path) = path.filter(|path| path != Path::new("z2jh")) else {
        return Ok(None);
    };
    let source = reader.read(&path)?;
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    Ok(Some((source, folder)))
}

/// Looks from the working folder, which comes back too, up to the root of the repository. Outside a repository
/// the folders above are not searched: others may write into them, as into `/tmp`.
fn nearest(reader: &mut Reader<'_>) -> Result<(PathBuf, Option<PathBuf>), Diagnostic> {
    let host = reader.host;
    let folder = host
        .current_dir()
        .map_err(|error| unreadable(Path::new("."), &error))?;
    let last = repository(host, &folder).unwrap_or(&folder);
    let found = look(host, &folder, last)?;
    if let Some(path) = found
        .as_ref()
        .filter(|path| path.parent() != Some(&*folder))
    {
        reader.policy_above = Some(path.clone());
    }
    Ok((folder, found))
}

/// The policy that is nearest to a folder, from there up to a last one.
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

/// The policies that are nearer to paths, or to what is below them, than that of the working folder, each with what it
/// applies to. What is left out has that one, which is in the folder `own`.
///
/// # Errors
/// A policy that is not trusted, or a folder with two of them.
pub(super) fn nearer(
    host: &dyn Read,
    own: Option<&Path>,
    paths: &[PathBuf],
) -> Result<Vec<(PathBuf, Vec<PathBuf>)>, Diagnostic> {
    let here = host
        .current_dir()
        .map_err(|error| unreadable(Path::new("."), &error))?;
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
            let is_policy = file
                .file_name()
                .is_some_and(|name| NAMES.iter().any(|known| *known == name));
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

/// The root of the repository that a folder is in.
fn repository<'f>(host: &dyn Read, folder: &'f Path) -> Option<&'f Path> {
    folder.ancestors().find(|above| {
        let git = above.join(".git");
        host.is_dir(&git) || host.is_file(&git)
    })
}

/// Refuses a policy that somebody else may have written. One that is named is the user's own choice.
fn trust(host: &dyn Read, path: &Path) -> Result<(), Diagnostic> {
    let Some(distrust) = host.distrust(path) else {
        return Ok(());
    };
    let path = path.display();
    let (message, fix) = match distrust {
        Distrust::WritableByEveryone => (
            format!("`{path}` can be written by every user, so it is not used"),
            format!("run `chmod o-w {path}`"),
        ),
        Distrust::OwnedBy(user) => (
            format!("`{path}` belongs to another user (id {user}), so it is not used"),
            "take ownership of it".to_owned(),
        ),
    };
    let help =
        format!("{fix}, or name it to use it all the same: `--policy {path}` or `DUNNAGE_POLICY`");
    Err(Diagnostic::new(&UNTRUSTED_POLICY, message).help(help))
}

fn no_policy(host: &dyn Read, folder: &Path) -> Diagnostic {
    let shown = folder.display();
    let message = if repository(host, folder).is_some() {
        format!("no `dunnage.yaml` in `{shown}` or above it")
    } else {
        format!(
            "no `dunnage.yaml` in `{shown}`, and outside a repository no other folder is searched"
        )
    };
    Diagnostic::new(&NO_POLICY, message).help(
        "name one by `--policy FILE` or `DUNNAGE_POLICY`, write a `dunnage.yaml` beside your charts, \
         or take the built-in one by `--policy z2jh`",
    )
}

fn two_policies(folder: &Path) -> Diagnostic {
    let message = format!(
        "`{}` holds both `dunnage.yaml` and `.dunnage.yaml`",
        folder.display()
    );
    Diagnostic::new(&TWO_POLICIES, message).help("keep one of them, or name it by `--policy FILE`")
}
