//! Decides which parts of a stream are copied without parsing, and which are read first.

use super::kinds::{Kinds, is_of_kubernetes};
use crate::yaml;

/// The content of a part of a stream, as far as one look at its text shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// No document: blank lines, comments, directives.
    Blank,
    /// A document that no pass changes or reads; it is not parsed and may be anything.
    Copied,
    /// No pass changes it, but its kind is unknown and may have pods: it is inspected if it is YAML.
    Perhaps,
    /// A document of a kind with pods, which no other document depends on.
    Workload,
    /// Anything else: what other documents depend on (priority classes, the hub's values), hooks, lists, and documents
    /// of unclear type.
    Common,
}

/// The type of a part's document, if its text shows it without doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PlainType<'t> {
    /// Returns the kind.
    pub(super) kind: &'t str,
    /// The API group, unless it is in doubt.
    pub(super) group: Option<&'t str>,
}

/// Returns the type of a part's document: exactly one `kind:` in column 0 with one plain word, no quoted `kind`
/// anywhere, and nothing in column 0 but plain keys, comments and dashes. Anything less certain is parsed.
pub(super) fn plain_type(part: &str) -> Option<PlainType<'_>> {
    if !is_plain(part) {
        return None;
    }
    let kind = only_value(part, "kind")?;
    let is_word = kind.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let version = only_value(part, "apiVersion").filter(|_| heads(part, "apiVersion: "));
    let group = version.and_then(|version| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"./-".contains(&byte);
        let group = version.rsplit_once('/').map_or("", |(group, _)| group);
        version.bytes().all(is_plain).then_some(group)
    });
    (is_word && !kind.is_empty()).then_some(PlainType { kind, group })
}

/// Returns whether all lines look like a plain block mapping at the root: they start with a letter, with a blank or a
/// dash inside it, or with a comment, and end where all readers end a line.
fn is_plain(part: &str) -> bool {
    let bytes = part.as_bytes();
    let begins_plain = |at: usize| {
        let first = bytes.get(at).copied().unwrap_or(b'\n');
        first.is_ascii_alphabetic() || matches!(first, b' ' | b'\t' | b'-' | b'#' | b'\n' | b'\r')
    };
    // A blank before the first key would make the root another mapping than that of column 0.
    let first = content_lines(part).next();
    let is_mapping =
        first.is_some_and(|line| line.starts_with(|letter: char| letter.is_ascii_alphabetic()));
    is_mapping
        && begins_plain(0)
        && memchr::memchr_iter(b'\n', bytes).all(|newline| begins_plain(newline + 1))
        && yaml::odd_line_break(part).is_none()
}

/// Returns whether a key is the first one, or the second after `kind`: further down, the start of a line may be inside
/// quotes that were opened above it.
fn heads(part: &str, key: &str) -> bool {
    let mut lines = content_lines(part);
    let first = lines.next().unwrap_or_default();
    first.starts_with(key)
        || first.starts_with("kind: ") && lines.next().is_some_and(|line| line.starts_with(key))
}

/// Returns the lines that are not blank or comments.
fn content_lines(part: &str) -> impl Iterator<Item = &str> {
    part.lines().filter(|line| {
        let content = line.trim();
        !content.is_empty() && !content.starts_with('#')
    })
}

/// Returns the text after a key that is in column 0 exactly once, and nowhere in quotes.
fn only_value<'t>(part: &'t str, key: &str) -> Option<&'t str> {
    let mut found = None;
    for at in memchr::memmem::find_iter(part.as_bytes(), key) {
        let rest = &part[at + key.len()..];
        if rest.starts_with(['"', '\'']) {
            return None;
        }
        let begins_line = at == 0 || part.as_bytes()[at - 1] == b'\n';
        if begins_line && rest.starts_with([':', ' ', '\t']) && found.replace(rest).is_some() {
            return None;
        }
    }
    let mut lines = found?.lines();
    let value = lines.next()?.strip_prefix(": ")?.trim();
    // What is indented after a scalar belongs to it.
    let next = lines.find(|line| !line.trim().is_empty());
    let goes_on = next.is_some_and(|line| line.starts_with([' ', '\t']));
    (!value.is_empty() && !goes_on).then_some(value)
}

/// Returns the content of a part. A hook is never skipped, because it shows the mode.
pub(super) fn classify(part: &str, kinds: &Kinds) -> Body {
    if yaml::is_blank(part) {
        return Body::Blank;
    }
    let Some(PlainType { kind, group }) = plain_type(part) else {
        return Body::Common;
    };
    let holds = |word: &str| memchr::memmem::find(part.as_bytes(), word.as_bytes()).is_some();
    // An escape could hide a hook if there are annotations.
    let escapes = ["\\x", "\\u", "\\U", "\\/"];
    let is_hook = holds(super::HOOK) || holds("annotations") && escapes.into_iter().any(holds);
    if kind.ends_with("List") || kind == "PriorityClass" || is_hook {
        return Body::Common;
    }
    if kinds.has_name(kind, group) {
        return Body::Workload;
    }
    if kind == "Secret" {
        // Only the Secret of the hub is read, for its values. An escape could hide their key.
        let may_be_the_hubs = holds("values.yaml") || holds("\\");
        return if may_be_the_hubs {
            Body::Common
        } else {
            Body::Copied
        };
    }
    let may_have_pods = !group.is_some_and(is_of_kubernetes)
        && ["containers", "tolerations", "nodeAffinity"].into_iter().any(holds);
    if may_have_pods {
        Body::Perhaps
    } else {
        Body::Copied
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(part: &str, expected: Body) {
        assert_eq!(classify(part, &Kinds::default()), expected, "{part:?}");
    }

    #[test]
    fn ordinary_documents_show_their_kind() {
        for part in [
            "\n# Source: a/templates/b.yaml\napiVersion: v1\nkind: ConfigMap\ndata: {}\n",
            "apiVersion: v1\r\nkind: Service\r\n",
            "# c\nkind: Service\n\napiVersion: v1\n",
            "apiVersion: v1\nkind: Secret\ndata: {password: YQ==}\n",
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec:\n  names:\n    kind: Pod\n",
            "apiVersion: example.org/v1\nkind: Gizmo\nspec: {}\n",
            "apiVersion: example.org/v1\nkind: Deployment\nspec: {}\n",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {annotations: {a: b}}\n",
            "apiVersion: v1\nkind: ConfigMap\ndata: {a: \"\\x41\"}\n",
        ] {
            check(part, Body::Copied);
        }
    }

    #[test]
    fn unknown_kinds_are_looked_into_where_they_speak_of_pods() {
        check(
            "apiVersion: example.org/v1\nkind: Gizmo\nspec:\n  containers: []\n",
            Body::Perhaps,
        );
        check(
            "apiVersion: batch.x-k8s.io/v1\nkind: Gizmo\nspec: {tolerations: []}\n",
            Body::Perhaps,
        );
        check("kind: Gizmo\nspec: {tolerations: []}\n", Body::Perhaps);
        check(
            "apiVersion: example.org/v1\nkind: Gizmo\nspec: {place: {nodeAffinity: {}}}\n",
            Body::Perhaps,
        );
        check(
            "apiVersion: v1\nkind: ConfigMap\ndata: {a: 'containers:'}\n",
            Body::Copied,
        );
    }

    #[test]
    fn what_may_concern_a_pass_or_hides_its_kind_is_parsed() {
        for part in [
            "apiVersion: apps/v1\nkind: Deployment\n",
            "apiVersion: serving.knative.dev/v1\nkind: Service\n",
            "kind: Service\n",
            "kind: Pod\nspec:\n  a: \"b\napiVersion: apps/v1\n    c\"\n",
            "kind: Pod\nspec:\n  a: \"b\napiVersion: apps/v1\nc: d\"\n",
            "apiVersion: \n batch/v1\nkind: CronJob\n",
            "apiVersion: v1\n\n  x\nkind: Service\n",
            "apiVersion: &a v1\nkind: Service\n",
            "apiVersion: v1\napiVersion: serving.knative.dev/v1\nkind: Service\n",
        ] {
            check(part, Body::Workload);
        }
        for part in [
            "apiVersion: v1\n\"apiVersion\": serving.knative.dev/v1\nkind: Service\n",
            "kind: ConfigMap\n List\n",
            "apiVersion: v1\nkind: ConfigMap\n? kind\n: Pod\n",
            "apiVersion: v1\nkind: ConfigMap\n&a kind: Pod\n",
            "apiVersion: v1\nkind: ConfigMap\r!!str kind: Pod\n",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a} #\u{2028}<<: {kind: Pod}\n",
            "apiVersion: v1\nkind: ConfigMap\n# c\u{2029}kind: Pod\n",
            "apiVersion: v1\nkind: ConfigMap\u{85}kind: Pod\n",
            "# c\u{2028}kind: Pod\n",
            "# c\rkind: Pod\n",
            "apiVersion: v1\nkind: ConfigMap\n<<: {kind: Pod}\n",
            "apiVersion: v1\nkind: ConfigMap\n!!merge <<: {kind: Pod}\n",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {annotations: {\"helm.sh\\x2fhook\": test}}\n",
            "apiVersion: v1\nkind: PodList\n",
            "apiVersion: v1\nkind: Secret\ndata:\n  values.yaml: e30=\n",
            "apiVersion: v1\nkind: Secret\ndata:\n  \"values\\x2eyaml\": e30=\n",
            "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\n",
            "apiVersion: batch/v1\nkind: Job\nmetadata:\n  annotations:\n    helm.sh/hook: test\n",
            "kind: ConfigMap\nmetadata:\n  annotations:\n    helm.sh/hook: test\n",
            "a: \"x\nkind: ConfigMap\n\"\nkind: Pod\n",
            "{\"kind\": \"Pod\", \"a\": \"\nkind: ConfigMap\n\"}\n",
            "\"kind\": Pod\nb: |\n\nkind: ConfigMap\n",
            "  kind: Pod\n",
            "kind: \"ConfigMap\"\n",
            "kind: &a ConfigMap\n",
            "kind : ConfigMap\n",
            "? kind\n: Pod\n",
            "- kind: Pod\n",
            "apiVersion: v1\n",
        ] {
            check(part, Body::Common);
        }
    }
}
