use std::ops::Range;

use super::place::{Findings, PolicyPlace, pairs};
use super::written::Holds;
use super::{codes, written};
use crate::diag::Diagnostic;
use crate::k8s::{self, Bound, Kind, Kinds, OnChange};

/// Checks the entries of `templates` and returns all known kinds.
pub(super) fn check_all(
    written: &[written::Templates],
    place: PolicyPlace<'_>,
    findings: &mut Findings,
) -> Kinds {
    let mut added: Vec<Kind> = Vec::new();
    for (entry, place) in written.iter().zip(place.items()) {
        let is_same = |other: &Kind| other.group == entry.group && other.name == entry.kind;
        if added.iter().any(is_same) {
            let message = format!("`{}` is listed twice under `templates`", entry.kind);
            let diagnostic = Diagnostic::new(&codes::DUPLICATE_KIND, message);
            let help = "use one entry with a list of paths";
            findings.push(diagnostic.at(place.under("kind").span(), "listed again").help(help));
        }
        added.push(check(entry, place, findings));
    }
    Kinds::with(added)
}

fn check(entry: &written::Templates, place: PolicyPlace<'_>, findings: &mut Findings) -> Kind {
    let paths = entry.path.as_slice();
    for (path, place) in pairs(paths, place.under("path")) {
        if let Some(at) = flaw(path) {
            let message = format!("`{path}` is not a path to a pod template");
            let help = "separate keys with dots: `spec.groups[].template` (`[]`: each item of a list), \
                        `spec.replicas.*.template` (`*`: each value of a mapping), `spec.template?` \
                        (`?`: created if it is missing)";
            findings.push(
                Diagnostic::new(&codes::BAD_PATH, message)
                    .at(place.part(&at), "not a key")
                    .help(help),
            );
        }
    }
    let shape = match entry.holds {
        Holds::Template => &k8s::TEMPLATE,
        Holds::PodSpec => &k8s::POD_SPEC,
        Holds::Placement => &k8s::PLACEMENT,
    };
    let places = paths.iter().map(|path| k8s::TemplatePlace {
        path: path.clone(),
        role: if paths.len() > 1 {
            role(path)
        } else {
            String::new()
        },
        shape,
        inherits: Vec::new(),
        unless: None,
        bound: bound(path),
        is_expected: true,
    });
    Kind {
        group: entry.group.clone(),
        name: entry.kind.clone(),
        places: places.collect(),
        on_change: if entry.restarts {
            OnChange::Restart
        } else {
            OnChange::Stay
        },
        caveat: None,
    }
}

/// Returns the range of the first step that is not a key. After a created key (`?`), only keys are allowed.
fn flaw(path: &str) -> Option<Range<usize>> {
    let mut start = 0;
    let mut is_created = false;
    for step in path.split('.') {
        let at = start..start + step.len();
        start = at.end + 1;
        let is_collection = step == "*" || step.ends_with("[]");
        if is_created && is_collection {
            return Some(at);
        }
        is_created |= step.ends_with('?');
        let key = step.strip_suffix("[]").or(step.strip_suffix('?'));
        let key = key.unwrap_or(step);
        let is_key = |key: &str| {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
            !key.is_empty() && key.bytes().all(is_plain)
        };
        if step != "*" && !is_key(key) {
            return Some(at);
        }
    }
    None
}

/// Returns whether the pods are bound to nodes, judged by the path: an operator creates them with a DaemonSet.
fn bound(path: &str) -> Bound {
    if path.to_ascii_lowercase().contains("daemonset") {
        Bound::EveryNode
    } else {
        Bound::Free
    }
}

/// Returns the name of a template for `match.template`: the last key of its path that distinguishes it.
fn role(path: &str) -> String {
    let says_something = |step: &&str| !matches!(*step, "*" | "spec" | "template" | "podTemplate");
    let mut steps = path.rsplit('.').map(|step| step.trim_end_matches('?'));
    let step = steps.find(says_something);
    step.unwrap_or_default().trim_end_matches("[]").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_keys_with_dots_between() {
        for path in [
            "spec",
            "spec.template",
            "spec.groups[].template",
            "spec.replicas.*.pod_spec",
        ] {
            assert_eq!(flaw(path), None, "{path}");
        }
        assert_eq!(flaw(""), Some(0..0));
        assert_eq!(flaw("spec..template"), Some(5..5));
        assert_eq!(flaw("spec.groups[0].template"), Some(5..14));
        assert_eq!(flaw("$.spec"), Some(0..1));
        assert_eq!(flaw("spec.template?.spec"), None);
        assert_eq!(flaw("spec.groups?.groups[]"), Some(13..21));
        assert_eq!(flaw("spec.?"), Some(5..6));
    }

    #[test]
    fn a_role_is_the_last_key_that_tells_templates_apart() {
        assert_eq!(role("spec.worker.template"), "worker");
        assert_eq!(role("spec.groups[].template.spec"), "groups");
        assert_eq!(role("spec.template"), "");
        assert_eq!(role("spec.worker?.template?"), "worker");
    }
}
