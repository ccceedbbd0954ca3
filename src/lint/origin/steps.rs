//! The steps from an object to what a finding in it is about.

use std::ops::Range;

use crate::yaml::NodeRef;

/// A step down from a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NodeStep<'d> {
    /// To what a key holds.
    Key(&'d str),
    /// To an item of a list.
    Item(usize),
}

/// A node with the step that led there.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReachedNode<'d> {
    /// The last step.
    pub(super) step: NodeStep<'d>,
    /// What stands there.
    pub(super) node: NodeRef<'d>,
}

impl<'d> ReachedNode<'d> {
    /// The key of the last step; nothing for an item of a list.
    pub(super) fn key(&self) -> Option<&'d str> {
        match self.step {
            NodeStep::Key(key) => Some(key),
            NodeStep::Item(_) => None,
        }
    }
}

/// The steps to the smallest node that holds these bytes of the document, of a key to what it holds.
pub(super) fn to<'d>(root: NodeRef<'d>, range: &Range<usize>) -> Vec<ReachedNode<'d>> {
    let mut steps = Vec::new();
    let mut node = root;
    while let Some((reached, is_key)) = below(node, range) {
        steps.push(reached);
        // What an alias stands for is written elsewhere.
        if is_key || reached.node.is_alias() {
            break;
        }
        node = reached.node;
    }
    steps
}

/// The node right below that holds the bytes, and whether they begin in its key and not in itself.
fn below<'d>(node: NodeRef<'d>, range: &Range<usize>) -> Option<(ReachedNode<'d>, bool)> {
    if node.is_sequence() {
        let mut items = node.items().enumerate();
        let (index, node) = items.find(|(_, item)| holds(&item.range(), range))?;
        let step = NodeStep::Item(index);
        return Some((ReachedNode { step, node }, false));
    }
    let mut entries = node.entries();
    let (key, node) =
        entries.find(|(key, value)| holds(&(key.range().start..value.range().end), range))?;
    let step = NodeStep::Key(key.text()?);
    Some((ReachedNode { step, node }, range.start < key.range().end))
}

fn holds(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    // A place between two bytes belongs to what begins there.
    let begins = (outer.start..outer.end.max(outer.start + 1)).contains(&inner.start);
    begins && inner.end <= outer.end.max(inner.start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    /// `marked` has `^` before and behind what is looked for.
    #[track_caller]
    fn check_steps(marked: &str, expected: &str) {
        let parts: Vec<&str> = marked.split('^').collect();
        let [before, marked, after] = parts[..] else {
            panic!("two marks")
        };
        let text = format!("{before}{marked}{after}");
        let document = yaml::parse(&text).expect("YAML");
        let root = document.root().expect("a document");
        let steps = to(root, &(before.len()..before.len() + marked.len()));
        let names = steps.iter().map(|reached| match reached.step {
            NodeStep::Key(key) => key.to_owned(),
            NodeStep::Item(_) => "[]".to_owned(),
        });
        assert_eq!(names.collect::<Vec<_>>().join(" "), expected);
    }

    #[test]
    fn a_place_is_reached_step_by_step() {
        check_steps("a: {b: 1}\nc:\n- d: ^x^\n", "c [] d");
        check_steps("c:\n- ^d: x^\n  e: y\n", "c [] d");
        check_steps("c:\n- ^d: x\n  e: y^\n", "c []");
        check_steps("^c^:\n- d: x\n", "c");
        check_steps("c: ^^{d: x}\n", "c");
        check_steps("a: ^*b^\n", "a");
        check_steps("a: 1 ^^\n", "");
    }
}
