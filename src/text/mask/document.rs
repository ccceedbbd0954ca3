//! Splits a stream into documents, and finds those that contain a Secret.

use std::ops::Range;

use memchr::memmem;

use super::{count, names};

/// Returns the documents of a stream. Only `---` alone or before white space separates documents, as in YAML: a PEM
/// header at the start of a line does not end the Secret that contains it.
pub(super) fn documents(text: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut from = 0;
    for at in memmem::find_iter(text.as_bytes(), "\n---") {
        let after = text.as_bytes().get(at + 4);
        if after.is_none_or(u8::is_ascii_whitespace) {
            parts.push(from..at + 1);
            from = at + 1;
        }
    }
    parts.push(from..text.len());
    parts
}

/// Returns whether an object in the document is a Secret, in any spelling: by its `kind`, or by a type that only
/// Secrets have.
pub(super) fn declares_secret(document: &[u8]) -> bool {
    const TYPES: [&[u8]; 8] = [
        b"Opaque",
        b"kubernetes.io/tls",
        b"kubernetes.io/basic-auth",
        b"kubernetes.io/ssh-auth",
        b"kubernetes.io/dockercfg",
        b"kubernetes.io/dockerconfigjson",
        b"kubernetes.io/service-account-token",
        b"helm.sh/release.v1",
    ];
    let is_kind = |value: &[u8]| str::from_utf8(value).is_ok_and(names::is_secret_kind);
    values_of(document, "kind").any(is_kind)
        || values_of(document, "type").any(|value| TYPES.contains(&value))
}

/// Returns the words after each `name:` in a text, without quotes.
fn values_of<'d>(document: &'d [u8], name: &'static str) -> impl Iterator<Item = &'d [u8]> {
    memmem::find_iter(document, name).filter_map(move |at| {
        let after = at + name.len();
        let after = &document[after..document.len().min(after + 100)];
        let after = after.trim_ascii_start();
        let after = after.strip_prefix(b"\"").or(after.strip_prefix(b"'")).unwrap_or(after);
        // In JSON that is quoted in YAML, quotes are escaped.
        let after = after.strip_prefix(b"\\\"").unwrap_or(after).trim_ascii_start();
        word(after.strip_prefix(b":")?)
    })
}

fn word(value: &[u8]) -> Option<&[u8]> {
    let is_property =
        |part: &&[u8]| !part.is_empty() && !matches!(part[0], b'!' | b'&' | b'|' | b'>');
    let value = value.split(u8::is_ascii_whitespace).find(is_property)?;
    let open = count(value, |byte| matches!(byte, b'"' | b'\'' | b'\\'));
    let name = &value[open..];
    let length = count(name, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/' | b'-')
    });
    Some(&name[..length])
}
