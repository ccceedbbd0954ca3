//! Which entries of a mapping count for Helm's reader, where merge keys (`<<`) bring more of them.
//!
//! go-yaml v2 reads a mapping from its first entry to its last, and a merge key is one of them: what it brings
//! overrides what is written before it, and is overridden by what is written after it (`decoder.merge`). YAML's
//! own description, and go-yaml v3 where it decodes values, let every written key override. Both Helms read
//! manifests with v2 in the end.

use std::collections::BTreeSet;

use super::json;
use super::tree::{Entry, FoundEntry, NodeContent, NodeId, NodeRef, ScalarStyle};

impl<'d> NodeRef<'d> {
    /// Where `key` is and what it holds: the last one of a name written twice, or one that a merge key brings
    /// after it.
    pub fn find(self, key: &str) -> Option<FoundEntry<'d>> {
        self.find_where(|node| node.is_key(key))
    }

    /// The entry that counts among those whose key satisfies a predicate.
    pub(super) fn find_where(
        self,
        is_wanted: impl Fn(NodeRef<'d>) -> bool,
    ) -> Option<FoundEntry<'d>> {
        Backwards::of(self).find(|found| is_wanted(found.key))
    }

    /// The keys and values of a mapping as Helm's reader sees them: of equal names the one that counts, merge
    /// keys replaced by what they bring. None for other nodes.
    pub fn pairs(self) -> Vec<(NodeRef<'d>, NodeRef<'d>)> {
        let mut names = BTreeSet::new();
        let counts = |found: &FoundEntry<'d>| {
            json::key_name(found.key).is_none_or(|name| names.insert(name))
        };
        let pair = |found: FoundEntry<'d>| (found.key, found.value);
        let mut pairs: Vec<_> = Backwards::of(self).filter(counts).map(pair).collect();
        pairs.reverse();
        pairs
    }

    /// Whether the mapping takes keys from elsewhere by `<<`.
    pub fn has_merge_key(self) -> bool {
        self.entries().any(|(key, _)| key.is_merge_key())
    }

    /// Whether a key is `<<` to go-yaml v2 (`isMerge`): plain and without a tag, or with `!!merge` or `!`, in
    /// quotes too. Helm 4 writes `!!merge <<` to a post-renderer.
    pub fn is_merge_key(self) -> bool {
        let NodeContent::Scalar { text, style } = &self.node().content else {
            return false;
        };
        text == "<<"
            && match self.node().tag() {
                None => *style == ScalarStyle::Plain,
                Some(tag) => ["!", "!!merge", "tag:yaml.org,2002:merge"].contains(&tag),
            }
    }
}

/// The entries of a mapping, the one that counts most first. A mapping that several merge keys name is entered
/// once: what it brings a second time is overridden.
struct Backwards<'d> {
    mapping: NodeRef<'d>,
    /// How many of its entries have not been given.
    left: usize,
    /// Mappings to go on with, the next one at the end.
    waiting: Vec<(NodeRef<'d>, usize)>,
    merged: BTreeSet<NodeId>,
}

impl<'d> Backwards<'d> {
    fn of(mapping: NodeRef<'d>) -> Self {
        let mapping = mapping.resolve();
        Self {
            mapping,
            left: mapping.raw_entries().len(),
            waiting: Vec::new(),
            merged: BTreeSet::new(),
        }
    }

    /// Goes on with what a merge key names, then with the entries before it.
    fn enter(&mut self, value: NodeRef<'d>) {
        let value = value.resolve();
        self.waiting.push((self.mapping, self.left));
        let start = self.waiting.len();
        let mut wait = |source: NodeRef<'d>| {
            let source = source.resolve();
            if self.merged.insert(source.id()) {
                self.waiting.push((source, source.raw_entries().len()));
            }
        };
        // Of several, the first one counts most.
        if value.is_sequence() {
            value.items().for_each(&mut wait);
        } else {
            wait(value);
        }
        self.waiting[start..].reverse();
        self.go_on();
    }

    fn go_on(&mut self) -> Option<()> {
        (self.mapping, self.left) = self.waiting.pop()?;
        Some(())
    }
}

impl<'d> Iterator for Backwards<'d> {
    type Item = FoundEntry<'d>;

    fn next(&mut self) -> Option<FoundEntry<'d>> {
        loop {
            if self.left == 0 {
                self.go_on()?;
                continue;
            }
            self.left -= 1;
            let entry: Entry = self.mapping.raw_entries()[self.left];
            let document = self.mapping.document();
            let (key, value) = (document.at(entry.key), document.at(entry.value));
            if key.is_merge_key() {
                self.enter(value);
                continue;
            }
            return Some(FoundEntry {
                mapping: self.mapping,
                entry,
                key,
                value,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::yaml::parse;

    /// What `m.k` holds, and the pairs of `m`.
    #[track_caller]
    fn check(text: &str, found: Option<&str>, pairs: &str) {
        let text = format!("x: &a {{k: 1, j: 2}}\nb: &b {{k: 3}}\nm: {text}\n");
        let document = parse(&text).expect("YAML");
        let mapping = document.root().and_then(|root| root.get("m")).expect("m");
        let written = |node: crate::yaml::NodeRef<'_>| text[node.range()].to_owned();
        assert_eq!(mapping.get("k").map(written).as_deref(), found, "{text}");
        let all = mapping.pairs();
        let all: Vec<String> = all
            .into_iter()
            .map(|(key, value)| format!("{} {}", written(key), written(value)))
            .collect();
        assert_eq!(all.join(", "), pairs, "{text}");
    }

    #[test]
    fn a_merge_key_overrides_what_is_before_it_and_not_what_is_after_it() {
        check("{k: 0, <<: *a}", Some("1"), "k 1, j 2");
        check("{<<: *a, k: 0}", Some("0"), "j 2, k 0");
        check("{k: 0, <<: *a, k: 5}", Some("5"), "j 2, k 5");
        check("{k: 0, <<: {z: 1}}", Some("0"), "k 0, z 1");
        check("{k: 0, <<: {k: ~}}", Some("~"), "k ~");
    }

    #[test]
    fn the_first_of_a_list_counts_and_the_last_of_several_merge_keys() {
        check("{<<: [*a, *b]}", Some("1"), "k 1, j 2");
        check("{<<: [*b, *a]}", Some("3"), "j 2, k 3");
        check("{<<: *a, <<: *b}", Some("3"), "j 2, k 3");
        check("{<<: *b, <<: *a}", Some("1"), "k 1, j 2");
        check("{k: 0, <<: []}", Some("0"), "k 0");
    }

    #[test]
    fn merges_within_merges_are_followed() {
        check("{k: 0, <<: {k: 9, <<: *a}}", Some("1"), "k 1, j 2");
        check("{k: 0, <<: {<<: *a, k: 9}}", Some("9"), "j 2, k 9");
        check("&m {k: 0, <<: *m, <<: *m}", Some("0"), "k 0");
    }

    #[test]
    fn a_tag_decides_whether_it_is_a_merge_key() {
        for key in [
            "<<",
            "!!merge <<",
            "!!merge '<<'",
            "! <<",
            "! \"<<\"",
            "&q <<",
        ] {
            check(&format!("{{k: 0, {key}: *a}}"), Some("1"), "k 1, j 2");
        }
        for key in ["'<<'", "\"<<\"", "!!str <<", "!t <<"] {
            let bare = key.rsplit(' ').next().unwrap_or_default();
            check(
                &format!("{{k: 0, {key}: *b}}"),
                Some("0"),
                &format!("k 0, {bare} *b"),
            );
        }
    }

    #[test]
    fn a_long_chain_of_merges_takes_no_stack() {
        let mut text = "a0: &a0 {k: 1}\n".to_owned();
        for link in 1..20_000 {
            text.push_str(&format!("a{link}: &a{link} {{<<: *a{}}}\n", link - 1));
        }
        let document = parse(&text).expect("YAML");
        let last = document.root().and_then(|root| root.get("a19999")).expect("the last");
        assert_eq!(last.get("k").and_then(|value| value.text()), Some("1"));
    }
}
