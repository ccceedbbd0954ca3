//! Names of added objects: unique for each release, and short enough for every kind.

use crate::k8s::syntax;

/// The longest name of an object; a `StatefulSet` with a longer one cannot label its pods.
const LONGEST: usize = 52;

/// The length of a hash in a name.
const HASH: usize = 8;

/// The characters that are left of the owner in a name that is too long.
const OWNER: usize = 16;

/// The release that owns the objects, as it appears in their names.
#[derive(Debug, Clone)]
pub(super) struct Names {
    release: String,
    namespace: Option<String>,
}

impl Names {
    pub(super) fn new(release: &str, namespace: Option<&str>) -> Self {
        Self {
            release: release.to_owned(),
            namespace: namespace.map(str::to_owned),
        }
    }

    /// Returns the name of an object in the namespace of the release: `<release>-dunnage-<what>[-<pool>]`.
    pub(super) fn namespaced(&self, what: &str, pool: Option<&str>) -> String {
        name(&[&self.release], what, pool, LONGEST)
    }

    /// Returns the same with a hash of the content at the end.
    pub(super) fn hashed(&self, what: &str, pool: Option<&str>, content: &str) -> String {
        let name = name(&[&self.release], what, pool, LONGEST - HASH - 1);
        format!("{name}-{}", hash(content))
    }

    /// Returns the name of an object without a namespace: `<release>-<namespace>-dunnage-<what>`; `None` if the
    /// namespace is unknown.
    pub(super) fn of_cluster(&self, what: &str) -> Option<String> {
        let namespace = self.namespace.as_deref()?;
        Some(name(&[&self.release, namespace], what, None, LONGEST))
    }
}

/// Returns a name of at most `longest` characters. One that is too long is cut and gets a hash of the whole, as does
/// one with characters that a DNS label cannot have.
fn name(owner: &[&str], what: &str, pool: Option<&str>, longest: usize) -> String {
    let whole = [owner, &["dunnage", what], pool.as_slice()].concat();
    let plain = whole.join("-");
    let clean = label(&plain);
    // `a-b` and `c` own other objects than `a` and `b-c`.
    let is_ambiguous = owner.len() > 1 && owner.iter().any(|part| part.contains('-'));
    if clean == plain && plain.len() <= longest && !is_ambiguous {
        return clean;
    }
    let hash = hash(&whole.join("/"));
    let owner = label(&owner.join("-"));
    let rest = [&["dunnage", what], pool.as_slice()].concat().join("-");
    let rest = label(&rest);
    let room = longest - HASH - 1;
    let fits = owner.len() + 1 + rest.len() <= room;
    let owner = if fits { &owner[..] } else { cut(&owner, OWNER) };
    let body = format!("{owner}-{rest}");
    format!("{}-{hash}", cut(&body, room))
}

fn cut(text: &str, longest: usize) -> &str {
    text[..text.len().min(longest)].trim_end_matches('-')
}

/// Returns a text with lower case letters, digits and dashes alone.
fn label(text: &str) -> String {
    let clean: String = text
        .chars()
        .map(|char| match char.to_ascii_lowercase() {
            char if char.is_ascii_alphanumeric() => char,
            _ => '-',
        })
        .collect();
    clean.trim_matches('-').to_owned()
}

/// Returns a text as the value of a label; one that the API server rejects is cleaned and gets a hash.
pub(super) fn label_value(text: &str) -> String {
    const LONGEST: usize = 63;
    if syntax::value_flaw(text).is_none() {
        return text.to_owned();
    }
    let clean = label(text);
    let body = cut(&clean, LONGEST - HASH - 1);
    format!("{body}-{}", hash(text)).trim_matches('-').to_owned()
}

/// Returns a hash that is the same on every platform and in every version: FNV-1a of 32 bits.
pub(super) fn hash(text: &str) -> String {
    let step = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    let hash = text.bytes().fold(0x811c_9dc5, step);
    format!("{hash:08x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_release() {
        let names = Names::new("hub", Some("hub"));
        assert_eq!(
            names.namespaced("image-puller", Some("gpu")),
            "hub-dunnage-image-puller-gpu"
        );
        assert_eq!(
            names.namespaced("user-placeholder", None),
            "hub-dunnage-user-placeholder"
        );
        assert_eq!(
            names.of_cluster("image-puller-m5").as_deref(),
            Some("hub-hub-dunnage-image-puller-m5")
        );
        assert_eq!(Names::new("hub", None).of_cluster("a"), None);
        let hashed = names.hashed("user-placeholder", Some("user"), "spec");
        assert!(
            hashed.starts_with("hub-dunnage-user-placeholder-user-"),
            "{hashed}"
        );
        assert_ne!(
            hashed,
            names.hashed("user-placeholder", Some("user"), "other")
        );
    }

    #[test]
    fn a_long_name_is_cut_and_stays_unique() {
        let long = "a".repeat(53);
        let names = |release: &str| {
            let names = Names::new(release, Some(&long));
            [
                names.namespaced("user-placeholder", Some("a long pool name")),
                names.hashed("user-placeholder", Some(&long), "spec"),
                names.of_cluster("user-placeholder-m1000000000").expect("a namespace"),
            ]
        };
        let (one, other) = (names(&long), names(&format!("{}b", "a".repeat(52))));
        for name in one.iter().chain(&other) {
            assert!(name.len() <= 52, "{name}");
            assert!(name.contains("-dunnage-"), "{name}");
            assert_eq!(syntax::value_flaw(name), None, "{name}");
        }
        for (one, other) in one.iter().zip(&other) {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn other_characters_do_not_make_two_names_one() {
        let of = |release: &str, pool: &str| Names::new(release, None).namespaced("x", Some(pool));
        assert_ne!(of("a.b", "p"), of("a-b", "p"));
        assert_ne!(of("a", "GPU"), of("a", "gpu"));
        let of =
            |release: &str, namespace: &str| Names::new(release, Some(namespace)).of_cluster("x");
        assert_ne!(of("a-b", "c"), of("a", "b-c"));
    }

    #[test]
    fn a_label_has_the_name_of_the_pool_if_it_can() {
        assert_eq!(label_value("gpu_A.1"), "gpu_A.1");
        let value = label_value("GPU pool!");
        assert!(value.starts_with("gpu-pool-"), "{value}");
        assert_eq!(syntax::value_flaw(&value), None);
        assert_eq!(syntax::value_flaw(&label_value("!!")), None);
        assert_eq!(syntax::value_flaw(&label_value(&"x".repeat(99))), None);
    }

    #[test]
    fn a_hash_never_changes() {
        assert_eq!(hash(""), "811c9dc5");
        assert_eq!(hash("a"), "e40c292c");
    }
}
