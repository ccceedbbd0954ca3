//! Values go to several places at once: what stands below one path to others, in every file that sets it, and
//! new ones beside another.

use std::collections::BTreeMap;

use super::loses_comment;
use crate::lint::documents::{DocumentEditor, Editable, Edits};
use crate::lint::{Context, Values};
use crate::text::{SourceId, Span};
use crate::values::Value;
use crate::yaml::{self, Edit, Entry, NodeRef, Rewrite};

/// Keys and values, some of them one below the other.
type Tree = Vec<(String, yaml::Value)>;

/// Where a value goes: the keys that lead there, and what stands there.
pub(in crate::lint) type NewValue = (Vec<String>, yaml::Value);

/// The values that paths begin at: those of a hub, or all of a release.
#[derive(Clone, Copy)]
pub(in crate::lint) struct PathBase<'v> {
    files: Editable<'v>,
    values: &'v Value,
    /// The keys that lead to them in a file.
    path: &'v [String],
}

impl<'v> From<&Context<'v>> for PathBase<'v> {
    fn from(cx: &Context<'v>) -> Self {
        Self {
            files: cx.into(),
            values: cx.hub.values,
            path: cx.hub.path,
        }
    }
}

impl<'v> From<&Values<'v>> for PathBase<'v> {
    fn from(values: &Values<'v>) -> Self {
        Self {
            files: values.into(),
            values: values.root,
            path: &[],
        }
    }
}

impl PathBase<'_> {
    fn is_default(&self, value: &Value) -> bool {
        self.files.defaults.contains(&value.set.value.source)
    }
}

/// A value goes from one path below the hub to another as it is.
pub(in crate::lint) fn move_key(cx: &Context<'_>, from: &str, to: &str) -> Edits {
    scatter(cx, from, |value| Some(vec![(split(to), value)]))
}

/// The keys of a path with dots between.
pub(in crate::lint) fn split(path: &str) -> Vec<String> {
    path.split('.').map(str::to_owned).collect()
}

/// What a path holds goes to other places, each file's share in that file. There is no remedy where `places`
/// knows none for it, where a layer has set one of the new places, and where a comment would have none.
pub(in crate::lint) fn scatter<'v>(
    base: impl Into<PathBase<'v>>,
    from: &str,
    places: impl Fn(yaml::Value) -> Option<Vec<NewValue>>,
) -> Edits {
    let base = base.into();
    let from: Vec<&str> = from.split('.').collect();
    let mut files = BTreeMap::new();
    add_files(base, base.values.get_path(&from)?, &mut files);
    let mut edits = Vec::new();
    for span in files.into_values() {
        edits.extend(scatter_in(base, span, &from, &places)?);
    }
    Some(edits)
}

/// New values in the file that sets another one. There is no remedy where a layer has set or deleted one of
/// them.
pub(in crate::lint) fn add(cx: &Context<'_>, beside: &Value, places: Vec<NewValue>) -> Edits {
    let editor = DocumentEditor::of(Editable::from(cx), beside.set.value)?;
    let mut puts = Vec::new();
    put_below(cx.into(), editor.root()?, places, &mut puts)?;
    editor.edits(&puts, &[])
}

/// One place in each text, charts' own aside, that sets a value or something below it.
fn add_files(base: PathBase<'_>, value: &Value, files: &mut BTreeMap<SourceId, Span>) {
    let below = value.as_map().into_iter().flat_map(|map| &map.entries);
    for value in value.overridden.iter().chain(below.map(|(_, value)| value)) {
        add_files(base, value, files);
    }
    if !base.is_default(value) {
        files.entry(value.set.value.source).or_insert(value.set.value);
    }
}

fn scatter_in(
    base: PathBase<'_>,
    span: Span,
    from: &[&str],
    places: impl Fn(yaml::Value) -> Option<Vec<NewValue>>,
) -> Edits {
    let editor = DocumentEditor::of(base.files, span)?;
    let document = editor.document()?;
    let root = editor.root()?;
    let (last, above) = from.split_last()?;
    let path = base.path.iter().map(String::as_str);
    let above: Vec<&str> = path.chain(above.iter().copied()).collect();
    let mapping = root.get_path(&above)?;
    let mut entries = mapping.raw_entries().iter();
    let is_it = |key: NodeRef<'_>| yaml::key_name(key).as_deref() == Some(last);
    let entry = entries.find(|entry| is_it(document.at(entry.key)))?;
    let old = yaml::Value::of(document.at(entry.value))?;
    let mut puts = Vec::new();
    put_below(base, root, places(old.clone())?, &mut puts)?;
    let renamed = rename(mapping, *entry, &old, &mut puts);
    let rewrites = renamed.unwrap_or_else(|| {
        let (mapping, key) = (mapping.id(), entry.key);
        vec![Rewrite::Remove { mapping, key }]
    });
    let is_lossy = rewrites.iter().any(|rewrite| loses_comment(&editor, rewrite));
    editor.edits(&puts, &rewrites).filter(|_| !is_lossy)
}

/// Where one of the new keys stands beside the old one, that is called otherwise and keeps its place.
fn rename(
    mapping: NodeRef<'_>,
    entry: Entry,
    old: &yaml::Value,
    puts: &mut Vec<Edit>,
) -> Option<Vec<Rewrite>> {
    let is_scalar =
        |value: &yaml::Value| !matches!(value, yaml::Value::Mapping(_) | yaml::Value::Sequence(_));
    let is_beside = |edit: &Edit| match edit {
        Edit::Put {
            mapping: at, value, ..
        } => *at == mapping.id() && (value == old || is_scalar(old) && is_scalar(value)),
        Edit::Extend { .. } => false,
    };
    let at = puts.iter().position(is_beside)?;
    let Edit::Put { key, value, .. } = puts.remove(at) else {
        return None;
    };
    let mut rewrites = vec![Rewrite::Rename {
        mapping: mapping.id(),
        key: entry.key,
        name: key,
    }];
    if value != *old {
        let node = entry.value;
        rewrites.push(Rewrite::Scalar { node, value });
    }
    Some(rewrites)
}

/// The edits that add values to a file; nothing where they are not free.
fn put_below(
    base: PathBase<'_>,
    root: NodeRef<'_>,
    places: Vec<NewValue>,
    puts: &mut Vec<Edit>,
) -> Option<()> {
    let mut tree = Tree::new();
    for (path, value) in places {
        plant(&mut tree, &path, value)?;
    }
    if !is_free(base, base.values, &tree) {
        return None;
    }
    for key in base.path.iter().rev() {
        tree = vec![(key.clone(), yaml::Value::Mapping(tree))];
    }
    put(root, tree, puts)
}

/// Puts a value under its keys; nothing where another stands there.
fn plant(tree: &mut Tree, path: &[String], value: yaml::Value) -> Option<()> {
    let (key, rest) = path.split_first()?;
    let at = tree.iter().position(|(name, _)| name == key);
    match (at, rest.is_empty()) {
        (None, true) => tree.push((key.clone(), value)),
        (None, false) => {
            let mut below = Tree::new();
            plant(&mut below, rest, value)?;
            tree.push((key.clone(), yaml::Value::Mapping(below)));
        }
        (Some(at), false) => match &mut tree[at].1 {
            yaml::Value::Mapping(below) => plant(below, rest, value)?,
            _ => return None,
        },
        (Some(_), true) => return None,
    }
    Some(())
}

/// Whether no layer has set or deleted what the tree sets.
fn is_free(base: PathBase<'_>, values: &Value, tree: &Tree) -> bool {
    tree.iter().all(|(key, new)| {
        let map = values.as_map();
        if map.is_some_and(|map| map.deleted.contains_key(key)) {
            return false;
        }
        match (values.get(key), new) {
            (None, _) => true,
            (Some(old), yaml::Value::Mapping(below)) if old.is_map() => is_free(base, old, below),
            (Some(old), _) => base.is_default(old),
        }
    })
}

/// The edits that add a tree to a mapping; nothing where a part of it is there.
fn put(node: NodeRef<'_>, tree: Tree, puts: &mut Vec<Edit>) -> Option<()> {
    for (key, value) in tree {
        match (node.get(&key), value) {
            (None, value) => puts.push(Edit::Put {
                mapping: node.id(),
                key,
                value,
            }),
            (Some(below), yaml::Value::Mapping(tree)) if below.is_mapping() => {
                put(below, tree, puts)?;
            }
            (Some(_), _) => return None,
        }
    }
    Some(())
}
