//! Expands entries of `lint.releases` that describe several releases: their values files are patterns.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::diag::{Code, Diagnostic};
use crate::host::Read;
use crate::policy::{LintRelease, Spanned};

pub(super) static NO_MATCH: Code = Code::error(
    "VA016",
    "pattern-matches-no-file",
    "the patterns of a release in the policy match no files",
)
.page(include_str!("codes/no_match.md"));

/// The texts that match the names and stars of patterns.
type Binding = BTreeMap<String, String>;

/// A piece of a directory or file name in a pattern.
#[derive(Debug, PartialEq, Eq)]
enum NamePart {
    Text(String),
    /// `{hub}`, or the number of a `*`: the same text in all patterns of a release.
    Name(String),
}

/// A path with names in it.
struct PathPattern<'p> {
    text: &'p Spanned<String>,
    segments: Vec<Vec<NamePart>>,
    names: BTreeSet<String>,
}

/// Returns the releases of an entry: the entry itself, if no values file is a pattern; otherwise one for each set of
/// texts that match its names and stars, without patterns that have no file for the release.
///
/// # Errors
/// Where the patterns match no file.
pub(super) fn expand(
    host: &dyn Read,
    folder: &Path,
    release: &LintRelease,
) -> Result<Vec<LintRelease>, Diagnostic> {
    let patterns: Vec<PathPattern<'_>> = release.values.iter().map(PathPattern::new).collect();
    let names: BTreeSet<&String> = patterns.iter().flat_map(|pattern| &pattern.names).collect();
    if names.is_empty() {
        return Ok(vec![release.clone()]);
    }
    let matches: Vec<Vec<(Binding, String)>> =
        patterns.iter().map(|pattern| pattern.matches(host, folder)).collect();
    let mut bindings: BTreeSet<Binding> = matches
        .iter()
        .flatten()
        .filter(|(binding, _)| binding.len() == names.len())
        .map(|(binding, _)| binding.clone())
        .collect();
    let is_whole = |pattern: &PathPattern<'_>| pattern.names.len() == names.len();
    if !patterns.iter().any(is_whole) {
        bindings = matches
            .iter()
            .filter(|found| !found.is_empty())
            .fold(BTreeSet::from([Binding::new()]), |known, found| {
                joined(&known, found)
            });
        bindings.retain(|binding| binding.len() == names.len());
    }
    let expanded = bindings.iter().filter_map(|binding| {
        let values = patterns.iter().zip(&matches);
        let values: Vec<Spanned<String>> =
            values.filter_map(|(pattern, found)| pattern.file(binding, found)).collect();
        // `{env}.yaml` next to `common.yaml` also matches `common.yaml`, which is not a release.
        let files: BTreeSet<&String> = values.iter().map(|file| &file.value).collect();
        (files.len() == values.len()).then(|| bound(release, binding, values.clone()))
    });
    let expanded: Vec<LintRelease> = expanded.collect();
    if expanded.is_empty() {
        return Err(no_match(release, &patterns));
    }
    Ok(expanded)
}

fn no_match(release: &LintRelease, patterns: &[PathPattern<'_>]) -> Diagnostic {
    let message = format!(
        "the patterns of release `{}` match no files",
        release.name.value
    );
    let patterns = patterns.iter().filter(|pattern| !pattern.names.is_empty());
    let error = Diagnostic::new(&NO_MATCH, message);
    let error = patterns.fold(error, |error, pattern| {
        error.at(pattern.text.span, "no file matches")
    });
    error.help("correct the path: it starts at the directory of the policy; `{name}` and `*` match within one directory or file name")
}

/// Returns the combined bindings that agree.
fn joined(known: &BTreeSet<Binding>, found: &[(Binding, String)]) -> BTreeSet<Binding> {
    let pairs = known.iter().flat_map(|one| found.iter().map(move |(other, _)| (one, other)));
    pairs
        .filter(|(one, other)| agree(one, other))
        .map(|(one, other)| {
            one.iter()
                .chain(other)
                .map(|(name, text)| (name.clone(), text.clone()))
                .collect()
        })
        .collect()
}

fn agree(one: &Binding, other: &Binding) -> bool {
    let mut names = one.iter();
    names.all(|(name, text)| other.get(name).is_none_or(|other| other == text))
}

/// Returns one release of an entry.
fn bound(release: &LintRelease, binding: &Binding, values: Vec<Spanned<String>>) -> LintRelease {
    let fill = |text: &str| {
        let names = binding.iter();
        names.fold(text.to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        })
    };
    let fill_spanned = |text: &Spanned<String>| Spanned::new(fill(&text.value), text.span);
    let mut name = fill_spanned(&release.name);
    if name.value == release.name.value {
        let texts: Vec<&str> = binding.values().map(String::as_str).collect();
        name.value = format!("{} ({})", name.value, texts.join(", "));
    }
    LintRelease {
        name,
        chart: release.chart.as_ref().map(fill_spanned),
        chart_version: release.chart_version.as_ref().map(fill_spanned),
        values,
        set: release.set.iter().map(|set| fill(set)).collect(),
        hub: release.hub.as_deref().map(fill),
    }
}

impl<'p> PathPattern<'p> {
    fn new(text: &'p Spanned<String>) -> Self {
        let mut stars = 0;
        let segments: Vec<Vec<NamePart>> =
            text.value.split('/').map(|segment| parts(segment, &mut stars)).collect();
        let names = segments.iter().flatten().filter_map(|part| match part {
            NamePart::Name(name) => Some(name.clone()),
            NamePart::Text(_) => None,
        });
        Self {
            text,
            names: names.collect(),
            segments,
        }
    }

    /// Returns the files that match, with the texts of the names.
    fn matches(&self, host: &dyn Read, folder: &Path) -> Vec<(Binding, String)> {
        let mut found = Vec::new();
        if !self.names.is_empty() {
            descend(
                host,
                folder,
                &self.segments,
                &Binding::new(),
                "",
                &mut found,
            );
        }
        found
    }

    /// Returns the file of a release: for a pattern, the file that matches the binding, if any.
    fn file(&self, binding: &Binding, found: &[(Binding, String)]) -> Option<Spanned<String>> {
        if self.names.is_empty() {
            return Some(self.text.clone());
        }
        let (_, file) = found.iter().find(|(of_file, _)| agree(of_file, binding))?;
        Some(Spanned::new(file.clone(), self.text.span))
    }
}

/// Returns the pieces of a directory or file name.
fn parts(segment: &str, stars: &mut usize) -> Vec<NamePart> {
    let mut parts = Vec::new();
    let mut rest = segment;
    while let Some(at) = rest.find(['{', '*']) {
        let (before, after) = rest.split_at(at);
        let (name, after) = if let Some(after) = after.strip_prefix('*') {
            *stars += 1;
            (format!("*{stars}"), after.trim_start_matches('*'))
        } else if let Some((name, after)) = after[1..].split_once('}') {
            (name.to_owned(), after)
        } else {
            break;
        };
        if !before.is_empty() {
            parts.push(NamePart::Text(before.to_owned()));
        }
        parts.push(NamePart::Name(name));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(NamePart::Text(rest.to_owned()));
    }
    parts
}

/// Collects matches below a directory.
fn descend(
    host: &dyn Read,
    folder: &Path,
    segments: &[Vec<NamePart>],
    binding: &Binding,
    path: &str,
    found: &mut Vec<(Binding, String)>,
) {
    let Some((segment, rest)) = segments.split_first() else {
        return;
    };
    let next = |binding: &Binding, place: &Path, name: &str, found: &mut Vec<(Binding, String)>| {
        let path = if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}/{name}")
        };
        if !rest.is_empty() {
            descend(host, place, rest, binding, &path, found);
        } else if host.is_file(place) {
            found.push((binding.clone(), path));
        }
    };
    match &segment[..] {
        [] => next(binding, folder, ".", found),
        [NamePart::Text(name)] => next(binding, &folder.join(name), name, found),
        parts => {
            let mut places: Vec<PathBuf> = host.list_dir(folder);
            places.sort();
            for place in places {
                let name = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
                if name.starts_with('.') {
                    continue;
                }
                if let Some(binding) = matched(parts, &name, binding) {
                    next(&binding, &place, &name, found);
                }
            }
        }
    }
}

/// Returns the texts of the names, including known ones, if a text matches; a name matches as little as possible.
fn matched(parts: &[NamePart], text: &str, known: &Binding) -> Option<Binding> {
    match parts.split_first() {
        None => text.is_empty().then(|| known.clone()),
        Some((NamePart::Text(start), rest)) => {
            matched(rest, text.strip_prefix(start.as_str())?, known)
        }
        Some((NamePart::Name(name), rest)) => {
            if let Some(value) = known.get(name) {
                return matched(rest, text.strip_prefix(value.as_str())?, known);
            }
            let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
            let mut ends = ends;
            ends.find_map(|end| {
                let mut known = known.clone();
                known.insert(name.clone(), text[..end].to_owned());
                matched(rest, &text[end..], &known)
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, text: &str, expected: Option<&[(&str, &str)]>) {
        let parts = parts(pattern, &mut 0);
        let found = matched(&parts, text, &Binding::new());
        let expected = expected.map(|pairs| {
            let pairs = pairs.iter();
            pairs.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
        });
        assert_eq!(found, expected, "{pattern} {text}");
    }

    #[test]
    fn names_and_stars_match_within_a_name() {
        check("{env}.yaml", "prod.yaml", Some(&[("env", "prod")]));
        check("values-*.yaml", "values-prod.yaml", Some(&[("*1", "prod")]));
        check(
            "{a}-{b}.yaml",
            "x-y-z.yaml",
            Some(&[("a", "x"), ("b", "y-z")]),
        );
        check("{a}-{a}.yaml", "x-x.yaml", Some(&[("a", "x")]));
        check("{a}-{a}.yaml", "x-y.yaml", None);
        check("{env}.yaml", ".yaml", None);
        check("{env}.yaml", "prod.yml", None);
        check("{env", "{env", Some(&[]));
    }
}
