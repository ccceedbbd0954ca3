//! Setting a value at a path in existing values.

use std::sync::Arc;

use crate::text::Span;
use crate::values::{Content, Map, Value};

/// Helm's `MaxIndex`.
const LARGEST_INDEX: usize = 65536;

/// A step of a path.
#[derive(Debug)]
pub(super) enum SetStep {
    /// A key, and its span in the argument.
    Key { name: String, span: Span },
    /// An index in a list.
    Index(usize),
}

/// The value at the end of a path.
#[derive(Debug)]
pub(super) enum Leaf {
    /// A value.
    Value(Value),
    /// The empty string, because the argument ends after `=`.
    EmptyAtEnd(Value),
    /// No value: the argument ends before it.
    Nothing,
}

impl Leaf {
    /// Whether Helm stops at the end of the argument and does not insert the new mappings and lists on the path.
    fn stops_early(&self, rest: &[SetStep]) -> bool {
        match self {
            Leaf::Nothing => true,
            Leaf::EmptyAtEnd(_) => rest.iter().any(|step| matches!(step, SetStep::Key { .. })),
            Leaf::Value(_) => false,
        }
    }

    fn into_value(self) -> Option<Value> {
        match self {
            Leaf::Value(value) | Leaf::EmptyAtEnd(value) => Some(value),
            Leaf::Nothing => None,
        }
    }
}

/// Sets a value at a path. New mappings and lists on the way get the place of `made`.
///
/// # Errors
/// Why Helm refuses it.
pub(super) fn assign(
    values: &mut Value,
    path: &[SetStep],
    leaf: Leaf,
    made: &Value,
) -> Result<(), String> {
    match values.as_map_mut() {
        Some(map) => in_map(map, path, leaf, made),
        None => Err("the values are not a mapping".to_owned()),
    }
}

/// Sets a value below a mapping.
fn in_map(map: &mut Map, path: &[SetStep], leaf: Leaf, made: &Value) -> Result<(), String> {
    let Some((SetStep::Key { name, span }, rest)) = path.split_first() else {
        return Err("an index needs a key before it".to_owned());
    };
    let new = |content: Content| {
        let mut value = Value {
            content,
            ..made.clone()
        };
        value.set.key = Some(*span);
        value.set.value = *span;
        value
    };
    let is_end = leaf.stops_early(rest) || matches!(leaf, Leaf::EmptyAtEnd(_));
    match rest.first() {
        None => {
            if let Some(value) = leaf.into_value() {
                put(map, name, value);
            }
        }
        Some(SetStep::Key { .. }) => {
            let existing = map.entries.get_mut(name);
            let is_new = existing.is_none();
            let mut fresh = new(Content::map(Map::default()));
            let inner = existing.unwrap_or(&mut fresh);
            let Content::Map(inner_map) = &mut inner.content else {
                return Err(format!("`{name}` is already set and is not a mapping"));
            };
            let inner_map = Arc::make_mut(inner_map);
            in_map(inner_map, rest, leaf, made)?;
            let is_empty = inner_map.entries.is_empty();
            if is_empty && !is_end {
                return Err(format!("no value is set below `{name}`"));
            }
            if is_new && !is_empty {
                put(map, name, fresh);
            }
        }
        Some(SetStep::Index(_)) => {
            let existing = map.entries.get_mut(name);
            let is_new = existing.is_none();
            let mut fresh = new(Content::list(Vec::new()));
            let list = existing.unwrap_or(&mut fresh);
            let Content::List(items) = &mut list.content else {
                return Err(format!("`{name}` is already set and is not a list"));
            };
            in_list(Arc::make_mut(items), rest, leaf, &new(Content::Null))?;
            if is_new {
                put(map, name, fresh);
            }
        }
    }
    Ok(())
}

/// Sets a key, unless it is empty.
fn put(map: &mut Map, name: &str, value: Value) {
    if name.is_empty() {
        return;
    }
    match map.entries.get_mut(name) {
        Some(existing) => existing.replace(value),
        None => {
            map.entries.insert(name.to_owned(), value);
        }
    }
}

/// Sets a value below a list.
fn in_list(
    items: &mut Vec<Value>,
    path: &[SetStep],
    leaf: Leaf,
    made: &Value,
) -> Result<(), String> {
    let Some((SetStep::Index(index), rest)) = path.split_first() else {
        return Err("missing index".to_owned());
    };
    let stops_early = leaf.stops_early(rest);
    match rest.first() {
        None => match leaf.into_value() {
            Some(value) => put_at(items, *index, value, made),
            None => Ok(()),
        },
        Some(SetStep::Index(_)) => {
            let mut fresh = Value {
                content: Content::list(Vec::new()),
                ..made.clone()
            };
            let existing = items.get_mut(*index).filter(|item| !item.is_null());
            let is_new = existing.is_none();
            let Content::List(inner) = &mut existing.unwrap_or(&mut fresh).content else {
                return Err(format!("item {index} is already set and is not a list"));
            };
            in_list(Arc::make_mut(inner), rest, leaf, made)?;
            if is_new && !stops_early {
                put_at(items, *index, fresh, made)?;
            }
            Ok(())
        }
        Some(SetStep::Key { .. }) => {
            let mut fresh = Value {
                content: Content::map(Map::default()),
                ..made.clone()
            };
            let existing = items.get_mut(*index);
            let is_new = existing.is_none();
            let inner = existing.unwrap_or(&mut fresh);
            if !inner.is_map() {
                inner.replace(Value {
                    content: Content::map(Map::default()),
                    ..made.clone()
                });
            }
            if let Content::Map(inner) = &mut inner.content {
                in_map(Arc::make_mut(inner), rest, leaf, made)?;
            }
            if is_new && !stops_early {
                put_at(items, *index, fresh, made)?;
            }
            Ok(())
        }
    }
}

/// Sets an item of a list. New items before the index are null.
fn put_at(items: &mut Vec<Value>, index: usize, value: Value, made: &Value) -> Result<(), String> {
    if index > LARGEST_INDEX {
        return Err(format!("the largest index is {LARGEST_INDEX}"));
    }
    while items.len() <= index {
        items.push(Value {
            content: Content::Null,
            ..made.clone()
        });
    }
    if items[index].is_null() {
        items[index] = value;
    } else {
        items[index].replace(value);
    }
    Ok(())
}
