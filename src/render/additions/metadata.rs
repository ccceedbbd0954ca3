//! The metadata of objects, read without parsing their documents.

use crate::yaml::{self, NodeRef};

/// Names in the metadata of an object that tell its release.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Metadata {
    /// `metadata.name`
    pub(super) name: String,
    /// `metadata.namespace`
    pub(super) namespace: Option<String>,
    /// The names of the release in labels and annotations.
    pub(super) releases: Vec<String>,
    /// `meta.helm.sh/release-namespace`
    pub(super) release_namespace: Option<String>,
    /// Whether an earlier run added the object.
    pub(super) is_addition: bool,
}

/// The labels with the name of the release.
const RELEASE_LABELS: [&str; 2] = ["app.kubernetes.io/instance", "release"];
const RELEASE: &str = "meta.helm.sh/release-name";
const NAMESPACE: &str = "meta.helm.sh/release-namespace";

impl Metadata {
    /// Reads the metadata of a parsed object.
    pub(super) fn of(object: NodeRef<'_>) -> Self {
        object.get("metadata").map(Self::read).unwrap_or_default()
    }

    /// Reads the metadata of an object whose document is a plain block mapping. Simple lines are read as they are;
    /// anything else under `metadata` is parsed.
    pub(super) fn in_text(text: &str) -> Self {
        let Some(block) = block(text) else {
            return Self::default();
        };
        lines(block).unwrap_or_else(|| {
            let document = yaml::parse(block);
            let root = document.as_ref().ok().and_then(|document| document.root());
            root.map(Self::of).unwrap_or_default()
        })
    }

    fn read(metadata: NodeRef<'_>) -> Self {
        let text = |path: &[&str]| Some(metadata.get_path(path)?.text()?.to_owned());
        let label = |key| text(&["labels", key]);
        let annotation = |key| text(&["annotations", key]);
        let labels = RELEASE_LABELS.into_iter().filter_map(label);
        let mut releases: Vec<String> = labels.chain(annotation(RELEASE)).collect();
        releases.retain(|release| !release.is_empty());
        Self {
            name: text(&["name"]).unwrap_or_default(),
            namespace: text(&["namespace"]).filter(|namespace| !namespace.is_empty()),
            releases,
            release_namespace: annotation(NAMESPACE),
            is_addition: annotation(super::added::ANNOTATION).is_some(),
        }
    }
}

/// Returns the lines of `metadata` at the root.
fn block(text: &str) -> Option<&str> {
    let start = if text.starts_with("metadata:") {
        0
    } else {
        text.find("\nmetadata:")? + 1
    };
    let rest = &text[start..];
    let is_end = |at: usize| {
        let next = rest[at + 1..].chars().next();
        next.is_some_and(|char| !char.is_whitespace() && char != '#')
    };
    let mut newlines = rest.match_indices('\n').map(|(at, _)| at);
    let end = newlines.find(|&at| is_end(at)).map_or(rest.len(), |at| at + 1);
    Some(&rest[..end])
}

/// Reads the metadata line by line; `None` if a line is not as simple as those that Helm charts have.
fn lines(block: &str) -> Option<Metadata> {
    let mut found = Metadata::default();
    let mut lines = block.lines();
    if lines.next()?.trim_end() != "metadata:" {
        return None;
    }
    let mut first = None;
    let mut section = "";
    let mut inner = None;
    for line in lines {
        let content = line.trim_start_matches(' ');
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let indent = line.len() - content.len();
        let outer = *first.get_or_insert(indent);
        if indent == outer {
            let (key, value) = content.split_once(':')?;
            let is_section = matches!(key, "labels" | "annotations");
            section = if is_section { key } else { "" };
            inner = None;
            match key {
                "name" => scalar(value)?.clone_into(&mut found.name),
                "namespace" => found.namespace = Some(scalar(value)?.to_owned()),
                "<<" => return None,
                _ if is_section && !value.trim().is_empty() => return None,
                _ => {}
            }
        } else if !section.is_empty() && indent == *inner.get_or_insert(indent) {
            found.read_line(section, content)?;
        }
    }
    found.namespace = found.namespace.filter(|namespace| !namespace.is_empty());
    found.releases.retain(|release| !release.is_empty());
    Some(found)
}

impl Metadata {
    /// Reads a line of the labels or annotations.
    fn read_line(&mut self, section: &str, line: &str) -> Option<()> {
        let (key, value) = line.split_once(": ").or_else(|| line.split_once(':'))?;
        let key = key.trim_matches(['"', '\'']);
        match (section, key) {
            ("labels", key) if RELEASE_LABELS.contains(&key) => {
                self.releases.push(scalar(value)?.to_owned());
            }
            ("annotations", RELEASE) => self.releases.push(scalar(value)?.to_owned()),
            ("annotations", NAMESPACE) => {
                self.release_namespace = Some(scalar(value)?.to_owned());
            }
            ("annotations", super::added::ANNOTATION) => self.is_addition = true,
            (_, "<<") => return None,
            _ => {}
        }
        Some(())
    }
}

/// Returns the text of a scalar on one line, if it is plain or in simple quotes.
fn scalar(value: &str) -> Option<&str> {
    let value = value.trim();
    for quote in ['"', '\''] {
        let inner = value.strip_prefix(quote).and_then(|value| value.strip_suffix(quote));
        if let Some(inner) = inner {
            return (!inner.contains([quote, '\\'])).then_some(inner);
        }
    }
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "-._/".contains(char);
    value.chars().all(is_plain).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &Metadata) {
        let document = yaml::parse(text).expect("YAML");
        let root = document.root().expect("a root");
        assert_eq!(&Metadata::of(root), expected, "{text}");
        assert_eq!(&Metadata::in_text(text), expected, "{text}");
    }

    #[test]
    fn lines_mean_what_yaml_means() {
        let mut expected = Metadata {
            name: "web".to_owned(),
            namespace: Some("hub".to_owned()),
            releases: vec!["prod".to_owned(), "prod".to_owned(), "prod".to_owned()],
            release_namespace: Some("hub".to_owned()),
            is_addition: false,
        };
        let text = "# c
apiVersion: v1
kind: Service
metadata:
  name: web
  # c
  namespace: 'hub'
  annotations:
    text: |
      release: other
    meta.helm.sh/release-name: \"prod\"
    meta.helm.sh/release-namespace: hub
  labels:
    app.kubernetes.io/instance: prod
    release: \"prod\"
    other: a: b
spec:
  labels:
    release: other
";
        let text = text.replace("other: a: b", "other: a");
        check(&text, &expected);
        let flow = "metadata: {name: web, namespace: hub, labels: {app.kubernetes.io/instance: prod, release: prod}, annotations: {meta.helm.sh/release-name: prod, meta.helm.sh/release-namespace: hub}}\nkind: A\n";
        check(flow, &expected);
        expected.is_addition = true;
        let added = text.replace("    text: |", "    dunnage/addition: a/b\n    text: |");
        check(&added, &expected);
    }

    #[test]
    fn lines_that_are_not_simple_are_parsed() {
        let of = |release: &str| Metadata {
            releases: vec![release.to_owned()],
            ..Metadata::default()
        };
        check("metadata:\n  labels:\n    release: &r a\n", &of("a"));
        check("metadata:\n  labels:\n    release: \"\\x61\"\n", &of("a"));
        check("metadata:\n  labels: {release: a}\n", &of("a"));
        check("metadata:\n    labels:\n        release: a # c\n", &of("a"));
        check("metadata:\n  labels:\n    release:\n", &Metadata::default());
        check("kind: A\n", &Metadata::default());
    }
}
