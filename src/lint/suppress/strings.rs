use std::ops::Range;

use crate::yaml::{self, NodeContent, NodeRef, ScalarStyle};

/// Where the strings of a text are, in which `#` starts no comment.
pub(super) struct Strings {
    /// In the order of the text.
    ranges: Vec<Range<usize>>,
}

/// Keys under which an object of Argo CD or of k3s has the values of a release as text.
const VALUES: [&str; 2] = ["values", "valuesContent"];

impl Strings {
    /// The strings of all documents that can be read; one that is not YAML has none.
    pub(super) fn of(text: &str) -> Self {
        let mut ranges = Vec::new();
        for part in yaml::split(text) {
            if let Ok(document) = yaml::parse(&text[part.clone()]) {
                let values = values(&document);
                let strings = document.nodes().filter(|node| is_string(*node));
                let strings = strings.map(NodeRef::range);
                let strings = strings.filter(|range| !values.contains(range));
                ranges
                    .extend(strings.map(|range| part.start + range.start..part.start + range.end));
            }
        }
        ranges.sort_by_key(|range| range.start);
        Self { ranges }
    }

    /// Whether a byte is inside of a string.
    pub(super) fn has(&self, offset: usize) -> bool {
        let after = self.ranges.partition_point(|range| range.start <= offset);
        let before = after.checked_sub(1).map(|index| &self.ranges[index]);
        before.is_some_and(|range| range.contains(&offset))
    }
}

fn is_string(node: NodeRef<'_>) -> bool {
    matches!(node.node().content, NodeContent::Scalar { .. })
}

/// The block scalars of an object that are values of a release: YAML inside of YAML, with comments of its own.
fn values(document: &yaml::Document<'_>) -> Vec<Range<usize>> {
    let root = document.root();
    let is_object =
        root.is_some_and(|root| root.get("apiVersion").is_some() && root.get("kind").is_some());
    if !is_object {
        return Vec::new();
    }
    let mappings = document.nodes().filter(|node| !node.is_alias());
    let entries = mappings.flat_map(NodeRef::entries);
    let of_values = entries.filter(|(key, value)| {
        let is_named = key.text().is_some_and(|name| VALUES.contains(&name));
        is_named && is_block_scalar(*value)
    });
    of_values.map(|(_, value)| value.range()).collect()
}

fn is_block_scalar(node: NodeRef<'_>) -> bool {
    matches!(
        node.node().content,
        NodeContent::Scalar {
            style: ScalarStyle::Block,
            ..
        }
    )
}
