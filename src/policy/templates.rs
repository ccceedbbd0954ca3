use std::ops::Range;

use super::place::{Findings, Place, pairs};
use super::written::Holds;
use super::{codes, written};
use crate::diag::Diagnostic;
use crate::k8s::{self, Kind, Kinds, OnChange};

/// Checks the kinds that the policy adds to the table.
pub(super) fn check_all(
    written: &[written::Templates],
    place: Place<'_>,
    findings: &mut Findings,
) -> Kinds {
    let mut added: Vec<Kind> = Vec::new();
    for (entry, place) in written.iter().zip(place.items()) {
        let is_same = |other: &Kind| other.group == entry.group && other.name == entry.kind;
        if added.iter().any(is_same) {
            let message = format!("`{}` stands under `templates` twice", entry.kind);
            let diagnostic = Diagnostic::new(&codes::DUPLICATE_KIND, message);
            let help = "give one entry a list of paths, and remove the other";
            findings.push(
                diagnostic
                    .at(place.under("kind").span(), "again here")
                    .help(help),
            );
        }
        added.push(check(entry, place, findings));
    }
    Kinds::with(added)
}

fn check(entry: &written::Templates, place: Place<'_>, findings: &mut Findings) -> Kind {
    let paths = entry.path.as_slice();
    for (path, place) in pairs(paths, place.under("path")) {
        if let Some(at) = flaw(path) {
            let message = format!("`{path}` is no path to a pod template");
            let help = "write keys with dots between them: `spec.groups[].template`, where `[]` is each \
                        item of a list, or `spec.replicas.*.template`, where `*` is each value of a mapping";
            findings.push(
                Diagnostic::new(&codes::BAD_PATH, message)
                    .at(place.part(&at), "is no key")
                    .help(help),
            );
        }
    }
    let shape = match entry.holds {
        Holds::Template => &k8s::TEMPLATE,
        Holds::PodSpec => &k8s::POD_SPEC,
    };
    let places = paths.iter().map(|path| k8s::Place {
        path: path.clone(),
        role: if paths.len() > 1 {
            role(path)
        } else {
            String::new()
        },
        shape,
        inherits: Vec::new(),
        elsewhere: None,
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

/// The first step of a path that is no key.
fn flaw(path: &str) -> Option<Range<usize>> {
    let mut start = 0;
    for step in path.split('.') {
        let at = start..start + step.len();
        start = at.end + 1;
        let key = step.strip_suffix("[]").unwrap_or(step);
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

/// What `match.template` calls one of several templates: the last key of its path that says more than
/// that a template is there.
fn role(path: &str) -> String {
    let says_something = |step: &&str| !matches!(*step, "*" | "spec" | "template" | "podTemplate");
    let step = path.rsplit('.').find(says_something);
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
    }

    #[test]
    fn a_role_is_the_last_key_that_tells_templates_apart() {
        assert_eq!(role("spec.worker.template"), "worker");
        assert_eq!(role("spec.groups[].template.spec"), "groups");
        assert_eq!(role("spec.template"), "");
    }
}
