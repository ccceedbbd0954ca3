//! Measures the size of a document with its aliases expanded.

use std::ops::Range;

use super::tree::{NodeContent, NodeId, NodeRef};

/// The reason why the aliases of a document cannot be expanded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ExpansionError {
    /// The error message, in one line.
    pub message: String,
    /// The alias, in the document's text.
    pub range: Range<usize>,
}

/// Returns an error for what Helm's go-yaml v2 refuses: an anchor that contains itself, and aliases that make up nearly
/// all of a document with more than a thousand nodes.
pub fn expansion_problem(root: NodeRef<'_>) -> Result<(), ExpansionError> {
    let document = root.document();
    if !document.nodes().any(NodeRef::is_alias) {
        return Ok(());
    }
    let mut sizes = Sizes {
        total: vec![None; document.nodes().count()],
        aliased: 0,
    };
    let total = sizes.measure(root)?;
    #[expect(clippy::cast_precision_loss, reason = "a ratio needs no last digit")]
    let share = sizes.aliased as f64 / total as f64;
    if sizes.aliased > 100 && total > 1_000 && share > allowed_share(total) {
        let range = document.nodes().find(|node| node.is_alias()).map_or(0..0, NodeRef::range);
        let message = format!("the aliases of this document expand to {total} nodes");
        return Err(ExpansionError { message, range });
    }
    Ok(())
}

/// `allowedAliasRatio` of go-yaml: nearly everything in a small document, a tenth in a large one.
fn allowed_share(total: u64) -> f64 {
    const LOW: u64 = 400_000;
    const HIGH: u64 = 4_000_000;
    #[expect(clippy::cast_precision_loss, reason = "a ratio needs no last digit")]
    let above = total.clamp(LOW, HIGH).saturating_sub(LOW) as f64 / (HIGH - LOW) as f64;
    0.99 - 0.89 * above
}

struct Sizes {
    /// Nodes under each node, aliases written out; `None` while it is being counted.
    total: Vec<Option<u64>>,
    /// How many of the root's nodes come from aliases.
    aliased: u64,
}

impl Sizes {
    /// Children first: an alias is reached after its anchor's node is counted, unless it is in it.
    fn measure(&mut self, node: NodeRef<'_>) -> Result<u64, ExpansionError> {
        let children: Vec<NodeId> = match &node.node().content {
            NodeContent::Mapping { entries, .. } => {
                entries.iter().flat_map(|entry| [entry.key, entry.value]).collect()
            }
            NodeContent::Sequence { items, .. } => items.to_vec(),
            NodeContent::Alias(Some(target)) => return self.alias(node, *target),
            _ => Vec::new(),
        };
        let mut total = 1u64;
        for child in children {
            total = total.saturating_add(self.measure(node.document().at(child))?);
        }
        self.total[node.id().index()] = Some(total);
        Ok(total)
    }

    fn alias(&mut self, alias: NodeRef<'_>, target: NodeId) -> Result<u64, ExpansionError> {
        let size = self.total[target.index()].ok_or_else(|| ExpansionError {
            message: "an anchor contains itself".to_owned(),
            range: alias.range(),
        })?;
        self.aliased = self.aliased.saturating_add(size);
        Ok(size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::parse;

    fn problem(text: &str) -> Option<String> {
        let document = parse(text).expect("YAML");
        expansion_problem(document.root().expect("a root"))
            .err()
            .map(|error| error.message)
    }

    #[test]
    fn ordinary_aliases_are_fine() {
        assert_eq!(problem("a: &a {b: c}\nd: *a\ne: [*a, *a]\n"), None);
    }

    #[test]
    fn an_anchor_that_contains_itself_is_refused() {
        assert_eq!(
            problem("a: &a [*a]\n").as_deref(),
            Some("an anchor contains itself")
        );
    }

    #[test]
    fn a_billion_laughs_are_counted_and_not_made() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..40 {
            let before = format!("*a{}", level - 1);
            let items = vec![before; 10].join(", ");
            text.push_str(&format!("a{level}: &a{level} [{items}]\n"));
        }
        assert!(problem(&text).expect("refused").contains("expand to"));
    }
}
