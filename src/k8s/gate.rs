//! The gate: which parts of a stream are copied without being parsed.

use super::kinds;

/// The kind of the part's document, where one look at the text shows it beyond doubt: exactly one
/// `kind:` in column 0 with one plain word, no quoted `kind` anywhere, and content that begins with a
/// letter in column 0. Anything less certain is parsed.
fn plain_kind(part: &str) -> Option<&str> {
    let first = part.lines().find(|line| {
        let content = line.trim();
        !content.is_empty() && !content.starts_with('#')
    })?;
    if !first.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
        return None;
    }
    let mut kind = None;
    for at in memchr::memmem::find_iter(part.as_bytes(), "kind") {
        let rest = &part[at + "kind".len()..];
        if rest.starts_with(['"', '\'']) {
            return None;
        }
        let begins_line = at == 0 || part.as_bytes()[at - 1] == b'\n';
        if begins_line && rest.starts_with([':', ' ', '\t']) && kind.replace(rest).is_some() {
            return None;
        }
    }
    let line = kind?.lines().next()?.strip_prefix(": ")?;
    let word = line.trim_end();
    word.bytes()
        .all(|byte| byte.is_ascii_alphanumeric())
        .then_some(word)
        .filter(|word| !word.is_empty())
}

/// Whether a part's document cannot concern any pass. A hook is never skipped: it tells the mode.
pub(super) fn is_out_of_scope(part: &str) -> bool {
    let Some(kind) = plain_kind(part) else {
        return false;
    };
    !kinds::may_concern(kind)
        && memchr::memmem::find(part.as_bytes(), super::HOOK.as_bytes()).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_documents_show_their_kind() {
        assert!(is_out_of_scope(
            "\n# Source: a/templates/b.yaml\napiVersion: v1\nkind: ConfigMap\ndata: {}\n"
        ));
        assert!(is_out_of_scope("apiVersion: v1\r\nkind: Service\r\n"));
        assert!(is_out_of_scope(
            "kind: CustomResourceDefinition\nspec:\n  names:\n    kind: Pod\n"
        ));
    }

    #[test]
    fn what_may_concern_a_pass_or_hides_its_kind_is_parsed() {
        for part in [
            "apiVersion: apps/v1\nkind: Deployment\n",
            "apiVersion: v1\nkind: PodList\n",
            "apiVersion: v1\nkind: Secret\n",
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
            assert!(!is_out_of_scope(part), "{part:?}");
        }
    }
}
