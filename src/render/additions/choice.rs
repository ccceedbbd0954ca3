//! Chooses the entry of `additions` that applies to a stream, and completes the identity of its release.

use super::identity::{KnownName, ReleaseIdentity};
use crate::diag::Diagnostic;
use crate::policy::Addition;
use crate::render::codes;
use crate::text::Span;

/// The entry that applies.
#[derive(Debug)]
pub(super) struct ChosenEntry<'p> {
    pub(super) entry: &'p Addition,
    /// The name of the release.
    pub(super) release: String,
    /// The namespace of the release, as far as it is known.
    pub(super) namespace: KnownName,
    /// Whether the namespace is that of `HELM_NAMESPACE`.
    pub(super) is_from_environment: bool,
}

/// What is known of a stream before an entry is chosen.
pub(super) struct EntryQuestion<'a> {
    pub(super) additions: &'a [Addition],
    pub(super) identity: ReleaseIdentity,
    pub(super) charts: Vec<&'a str>,
    /// `HELM_NAMESPACE`
    pub(super) helm_namespace: Option<&'a str>,
}

/// Returns the first entry that matches; `None` if no entry does.
///
/// # Errors
/// If several entries could match, or the release is unknown.
pub(super) fn choose(
    mut question: EntryQuestion<'_>,
) -> Result<Option<ChosenEntry<'_>>, Diagnostic> {
    let mut candidates = candidates(&question);
    let mut is_from_environment = false;
    if let (true, Some(namespace)) = (candidates.len() > 1, question.environment()) {
        question.identity.namespace = KnownName::Is(namespace.to_owned());
        is_from_environment = true;
        candidates = self::candidates(&question);
    }
    let entry = match candidates[..] {
        [] => return Ok(None),
        [entry] => entry,
        [first, second, ..] => return Err(ambiguous(&question, first, second)),
    };
    let Some(release) = release_of(entry, &question.identity.release) else {
        return Err(unknown(
            "name",
            "--release",
            &question.identity.release,
            entry.name.span,
        ));
    };
    let namespace = namespace_of(entry, &question);
    is_from_environment |= namespace.1;
    let namespace = namespace.0;
    match entry.criteria.has_namespace(namespace.name()) {
        None => Err(unknown(
            "namespace",
            "--namespace",
            &namespace,
            entry.name.span,
        )),
        Some(false) => Ok(None),
        Some(true) => Ok(Some(ChosenEntry {
            entry,
            release,
            namespace,
            is_from_environment,
        })),
    }
}

impl<'a> EntryQuestion<'a> {
    /// Returns the namespace of the environment, if nothing else tells it.
    fn environment(&self) -> Option<&'a str> {
        let is_open = self.identity.namespace == KnownName::Nothing;
        self.helm_namespace.filter(|_| is_open)
    }
}

/// Returns the entries that could be the first one that matches.
fn candidates<'p>(question: &EntryQuestion<'p>) -> Vec<&'p Addition> {
    let mut candidates = Vec::new();
    for entry in question.additions {
        match matches(entry, question) {
            Some(false) => {}
            Some(true) => {
                candidates.push(entry);
                break;
            }
            None => candidates.push(entry),
        }
    }
    candidates
}

/// Returns whether an entry matches; `None` if that depends on names that are unknown.
fn matches(entry: &Addition, question: &EntryQuestion<'_>) -> Option<bool> {
    let criteria = &entry.criteria;
    if !criteria.has_chart(&question.charts) {
        return Some(false);
    }
    let ReleaseIdentity { release, namespace } = &question.identity;
    let of = |known: &KnownName, has: &dyn Fn(Option<&str>) -> Option<bool>| match known {
        KnownName::Several(names) if names.iter().all(|name| has(Some(name)) == Some(false)) => {
            Some(false)
        }
        known => has(known.name()),
    };
    let of_release = of(release, &|name| criteria.has_release(name));
    let of_namespace = of(namespace, &|name| criteria.has_namespace(name));
    match (of_release, of_namespace) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn release_of(entry: &Addition, known: &KnownName) -> Option<String> {
    let only = entry.criteria.only_release();
    let only = only.filter(|name| known.may_be(name));
    known.name().or(only).map(str::to_owned)
}

/// Returns the namespace, and whether it is that of the environment.
fn namespace_of(entry: &Addition, question: &EntryQuestion<'_>) -> (KnownName, bool) {
    let known = &question.identity.namespace;
    if known.name().is_some() {
        return (known.clone(), false);
    }
    let only = entry.criteria.only_namespace();
    if let Some(only) = only.filter(|name| known.may_be(name)) {
        return (KnownName::Is(only.to_owned()), false);
    }
    match question.environment() {
        Some(namespace) => (KnownName::Is(namespace.to_owned()), true),
        None => (known.clone(), false),
    }
}

/// Returns the error for a name of the release that is unknown.
pub(super) fn unknown(what: &str, option: &str, known: &KnownName, span: Span) -> Diagnostic {
    let (message, label) = match known {
        KnownName::Several(names) => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            let names = names.join(", ");
            let message = format!(
                "the {what} of the release is ambiguous, and added objects need it: \
                 the manifests contain {names}"
            );
            (message, "needs one of them")
        }
        KnownName::Is(_) | KnownName::Nothing => {
            let message = format!(
                "the {what} of the release is unknown, and added objects need it: \
                 the manifests do not contain it"
            );
            (message, "needs it")
        }
    };
    let variable = option.trim_start_matches("--").to_uppercase();
    Diagnostic::new(&codes::RELEASE_UNKNOWN, message)
        .at(span, label)
        .help(format!("pass `{option} NAME`, or set `DUNNAGE_{variable}`"))
}

fn ambiguous(question: &EntryQuestion<'_>, first: &Addition, second: &Addition) -> Diagnostic {
    let (one, other) = (&first.name, &second.name);
    let ReleaseIdentity { release, namespace } = &question.identity;
    let options: Vec<&str> = [(release, "`--release`"), (namespace, "`--namespace`")]
        .into_iter()
        .filter(|(known, _)| known.name().is_none())
        .map(|(_, option)| option)
        .collect();
    let message = format!(
        "two entries of `additions` could match this release: `{}` and `{}`",
        one.value, other.value
    );
    Diagnostic::new(&codes::AMBIGUOUS_ADDITION, message)
        .at(one.span, "could match")
        .at(other.span, "could match too")
        .help(format!("pass {}", options.join(" and ")))
}
