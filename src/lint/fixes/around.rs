//! Remedies around a value: beside it, in a mapping next to it, or in the file that sets what is nearest.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::{loses_comment, scatter, set, split};
use crate::lint::Context;
use crate::lint::documents::{DocumentEditor, Editable, Edits};
use crate::values::Value;
use crate::yaml::{self, Edit, Rewrite};

/// Other keys, each with the keys that lead to it, in the mapping that holds a value.
pub(in crate::lint) fn beside<'v>(
    files: impl Into<Editable<'v>>,
    value: &Value,
    keys: &[(&[&str], Json)],
) -> Edits {
    let editor = DocumentEditor::of(files.into(), value.set.value)?;
    let (mapping, _) = editor.entry(value)?;
    let put = |(path, new): &(&[&str], Json)| Edit::put_path(mapping, path, new.clone().into());
    let puts: Vec<Edit> = keys.iter().map(put).collect();
    editor.edits(&puts, &[])
}

/// A value below the hub's: in the file that sets it, else in the one that sets what is nearest.
pub(in crate::lint) fn set_near(cx: &Context<'_>, path: &str, new: impl Into<Json>) -> Edits {
    let hub = cx.hub;
    let beside = if hub.is_set(path) {
        path
    } else {
        hub.nearest_path(path)?
    };
    set(cx, path, new, beside)
}

/// A value goes to a key in a mapping of the same file, below `keys` there; nothing where one is there already,
/// and where a comment has no place there.
pub(in crate::lint) fn transfer<'v>(
    files: impl Into<Editable<'v>>,
    value: &Value,
    holder: &Value,
    keys: &[&str],
) -> Edits {
    if holder.get_path(keys).is_some() {
        return None;
    }
    let editor = DocumentEditor::of(files.into(), value.set.value)?;
    let document = editor.document()?;
    let (mapping, entry) = editor.entry(value)?;
    let mut nodes = document.nodes();
    let is_holder = |node: &yaml::NodeRef<'_>| {
        editor.span(*node) == holder.set.value && !node.raw_entries().is_empty()
    };
    let to = nodes.find(is_holder)?;
    let remove = Rewrite::Remove {
        mapping: mapping.id(),
        key: entry.key,
    };
    if loses_comment(&editor, &remove) {
        return None;
    }
    let moved = yaml::Value::of(document.at(entry.value))?;
    let put = Edit::put_path(to, keys, moved);
    editor.edits(&[put], &[remove])
}

/// A list of mappings goes to another path as a mapping by their names, which is how the chart has it.
pub(in crate::lint) fn move_by_name(cx: &Context<'_>, from: &str, to: &str) -> Edits {
    scatter(cx, from, |list| Some(vec![(split(to), by_name(list)?)]))
}

fn by_name(list: yaml::Value) -> Option<yaml::Value> {
    let yaml::Value::Sequence(items) = list else {
        return None;
    };
    let pairs: Option<Vec<(String, yaml::Value)>> = items.into_iter().map(named).collect();
    let pairs = pairs.filter(|pairs| !pairs.is_empty())?;
    let names: BTreeSet<&String> = pairs.iter().map(|(name, _)| name).collect();
    let is_each_once = names.len() == pairs.len();
    is_each_once.then_some(yaml::Value::Mapping(pairs))
}

/// An item without its name, and the name.
fn named(item: yaml::Value) -> Option<(String, yaml::Value)> {
    let yaml::Value::Mapping(mut pairs) = item else {
        return None;
    };
    let at = pairs.iter().position(|(key, _)| key == "name")?;
    match pairs.remove(at) {
        (_, yaml::Value::String(name)) => Some((name, yaml::Value::Mapping(pairs))),
        _ => None,
    }
}
