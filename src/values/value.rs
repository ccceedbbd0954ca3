//! Values with their provenance.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Number;

use super::template;
use crate::text::{SourceId, Span};
use crate::yaml::JsonError;
use crate::yaml::{self, Build, NodeId, NodeRef};

/// A value of a release with its provenance and the values it overrides.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// The content.
    pub content: Content,
    /// Where it is set. The source identifies the layer; a `--set` argument is a source of its own.
    pub set: Setting,
    /// The values of lower layers that it overrides, the highest layer first.
    pub overridden: Vec<Value>,
}

/// The place of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// The key; `None` at the root and in lists.
    pub key: Option<Span>,
    /// The value.
    pub value: Span,
}

/// The content of a value, typed as Helm's go-yaml does it.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer or a float.
    Number(Number),
    /// A string.
    String(String),
    /// A string that sops encrypted, of which only the original type is known, or a template of another tool.
    Encrypted(Encrypted, String),
    /// A list; layers never merge lists. Copies share it until one of them changes.
    List(Arc<Vec<Value>>),
    /// A mapping. Copies share it until one of them changes: most values of a release are chart defaults that many
    /// releases have.
    Map(Arc<Map>),
}

impl Content {
    /// Returns a list.
    pub fn list(items: Vec<Value>) -> Self {
        Self::List(Arc::new(items))
    }

    /// Returns a mapping.
    pub fn map(map: Map) -> Self {
        Self::Map(Arc::new(map))
    }
}

/// The known type of an unknown value. sops writes it into encrypted values: `ENC[AES256_GCM,data:...,type:bool]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encrypted {
    /// `type:str`, and `type:bytes`
    String,
    /// `type:int` and `type:float`
    Number,
    /// `type:bool`
    Bool,
    /// `${name}`: a template of another tool, which may fill in a value of any type.
    Any,
}

/// A mapping. Keys are ordered by their bytes, as in Go.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Map {
    /// The values by key.
    pub entries: BTreeMap<String, Value>,
    /// The nulls that deleted keys, with the deleted values in `overridden`.
    pub deleted: BTreeMap<String, Value>,
    /// Values that are ignored because the same mapping has their key again, with the key.
    pub duplicates: Vec<(String, Value)>,
    /// Where a layer sets an empty mapping although this one has entries, which it does not remove.
    pub emptied: Vec<Setting>,
}

impl Encrypted {
    /// Returns the kind of a string that is encrypted or a template.
    fn of(text: &str) -> Option<Self> {
        if template::is_filled_in_later(text) {
            return Some(Encrypted::Any);
        }
        let inner = text.strip_prefix("ENC[")?.strip_suffix(']')?;
        let kind = inner.rsplit_once("type:").map(|(_, kind)| kind);
        Some(match kind {
            Some("bool") => Encrypted::Bool,
            Some("int" | "float") => Encrypted::Number,
            _ => Encrypted::String,
        })
    }
}

/// Builds the values of one document.
struct LayerBuilder {
    source: SourceId,
    offset: usize,
    /// The end of the source: the text that is parsed may have one more line break.
    end: usize,
}

impl LayerBuilder {
    fn span(&self, node: NodeRef<'_>) -> Span {
        let range = node.range();
        let at = |offset: usize| (self.offset + offset).min(self.end);
        Span::new(self.source, at(range.start)..at(range.end))
    }
}

impl<'d> Build<'d> for LayerBuilder {
    type Value = Value;

    fn scalar(&self, node: NodeRef<'d>, value: serde_json::Value) -> Value {
        Value::new(Value::held(value), None, self.span(node))
    }

    fn list(&self, node: NodeRef<'d>, items: Vec<Value>) -> Value {
        Value::new(Content::list(items), None, self.span(node))
    }

    fn map(&self, node: NodeRef<'d>, entries: Vec<(String, NodeRef<'d>, Value)>) -> Value {
        // Without the keys of a merge key.
        let own: BTreeSet<NodeId> = node.resolve().entries().map(|(key, _)| key.id()).collect();
        let mut written = BTreeSet::new();
        let mut map = Map::default();
        for (name, key, mut value) in entries {
            value.set.key = Some(self.span(key));
            let is_again = own.contains(&key.id()) && !written.insert(name.clone());
            let before = map.entries.insert(name.clone(), value);
            map.duplicates.extend(before.filter(|_| is_again).map(|before| (name, before)));
        }
        Value::new(Content::map(map), None, self.span(node))
    }
}

impl Value {
    /// Reads the values of one layer from a node. `offset` is the start of the document in its source. Fails for what
    /// [`yaml::to_json`] refuses.
    pub fn read(source: SourceId, offset: usize, node: NodeRef<'_>) -> Result<Self, JsonError> {
        Self::read_to(usize::MAX, source, offset, node)
    }

    /// Reads values as [`Value::read`] does, for a source that ends before the parsed text.
    pub(super) fn read_to(
        end: usize,
        source: SourceId,
        offset: usize,
        node: NodeRef<'_>,
    ) -> Result<Self, JsonError> {
        let builder = LayerBuilder {
            source,
            offset,
            end,
        };
        yaml::build(node, &builder)
    }

    /// Returns the content for a JSON scalar.
    pub fn scalar(value: serde_json::Value) -> Content {
        match value {
            serde_json::Value::Bool(value) => Content::Bool(value),
            serde_json::Value::Number(value) => Content::Number(value),
            serde_json::Value::String(value) => match Encrypted::of(&value) {
                Some(encrypted) => Content::Encrypted(encrypted, value),
                None => Content::String(value),
            },
            _ => Content::Null,
        }
    }

    /// Returns the content for a scalar of a values file or of `--set-json` as Helm stores it: every number is a
    /// float64 of Go, with 53 bits for an integer.
    pub(super) fn held(value: serde_json::Value) -> Content {
        const EXACT: u64 = 1 << 53;
        let integer = value.as_number().filter(|number| !number.is_f64());
        let is_exact = |number: &Number| {
            let size = number.as_i64().map(i64::unsigned_abs);
            size.or_else(|| number.as_u64()).is_some_and(|size| size <= EXACT)
        };
        let rounded = integer.filter(|number| !is_exact(number));
        let rounded = rounded.and_then(Number::as_f64).and_then(yaml::float_json);
        match rounded {
            Some(number) => Content::Number(number),
            None => Self::scalar(value),
        }
    }

    /// Returns a value that overrides nothing.
    pub fn new(content: Content, key: Option<Span>, value: Span) -> Self {
        let set = Setting { key, value };
        Self {
            content,
            set,
            overridden: Vec::new(),
        }
    }

    /// Adds the sources of it, of everything below it and of everything that it overrode.
    pub fn add_sources(&self, sources: &mut BTreeSet<SourceId>) {
        sources.insert(self.set.value.source);
        self.overridden.iter().for_each(|value| value.add_sources(sources));
        match &self.content {
            Content::List(items) => items.iter().for_each(|item| item.add_sources(sources)),
            Content::Map(map) => {
                let entries = map.entries.values().chain(map.deleted.values());
                let duplicates = map.duplicates.iter().map(|(_, value)| value);
                entries.chain(duplicates).for_each(|value| value.add_sources(sources));
                sources.extend(map.emptied.iter().map(|setting| setting.value.source));
            }
            _ => {}
        }
    }

    /// Returns the mapping, if the value is one.
    pub fn as_map(&self) -> Option<&Map> {
        match &self.content {
            Content::Map(map) => Some(map),
            _ => None,
        }
    }

    /// Returns the mapping, if the value is one.
    pub fn as_map_mut(&mut self) -> Option<&mut Map> {
        match &mut self.content {
            Content::Map(map) => Some(Arc::make_mut(map)),
            _ => None,
        }
    }

    /// Whether the value is a mapping, which Helm calls a table.
    pub fn is_map(&self) -> bool {
        self.as_map().is_some()
    }

    /// Whether the value is `null`.
    pub fn is_null(&self) -> bool {
        self.content == Content::Null
    }

    /// Returns the string, if the value is one and not encrypted.
    pub fn as_text(&self) -> Option<&str> {
        match &self.content {
            Content::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map()?.entries.get(key)
    }

    /// Returns the value at a path of keys.
    pub fn get_path(&self, path: &[&str]) -> Option<&Value> {
        path.iter().try_fold(self, |value, key| value.get(key))
    }

    /// Returns the value at a path of keys.
    pub fn get_path_mut(&mut self, path: &[&str]) -> Option<&mut Value> {
        path.iter()
            .try_fold(self, |value, key| value.as_map_mut()?.entries.get_mut(*key))
    }

    /// Returns all values below this one in the order of the keys, each with its key if it has one.
    pub fn below(&self) -> Vec<(Option<&str>, &Value)> {
        let mut found = Vec::new();
        let mut open = vec![self];
        while let Some(holder) = open.pop() {
            let start = found.len();
            match &holder.content {
                Content::Map(map) => {
                    let entries = map.entries.iter();
                    found.extend(entries.map(|(key, value)| (Some(key.as_str()), value)));
                }
                Content::List(items) => found.extend(items.iter().map(|item| (None, item))),
                _ => {}
            }
            open.extend(found[start..].iter().rev().map(|(_, value)| *value));
        }
        found
    }

    /// Replaces the value by one of a higher layer, which then overrides it.
    pub fn replace(&mut self, mut by: Value) {
        let mut old = std::mem::replace(self, Value::new(Content::Null, None, by.set.value));
        let before = std::mem::take(&mut old.overridden);
        by.overridden.push(old);
        by.overridden.extend(before);
        *self = by;
    }

    /// Returns the value as JSON, as templates see it. Encrypted values stay encrypted.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.content {
            Content::Null => Json::Null,
            Content::Bool(value) => Json::Bool(*value),
            Content::Number(value) => Json::Number(value.clone()),
            Content::String(value) => Json::String(value.clone()),
            Content::Encrypted(_, text) => Json::String(text.clone()),
            Content::List(items) => items.iter().map(Value::to_json).collect(),
            Content::Map(map) => Json::Object(
                map.entries.iter().map(|(key, value)| (key.clone(), value.to_json())).collect(),
            ),
        }
    }
}
