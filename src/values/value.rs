use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Number;

use super::template;
use crate::text::{SourceId, Span};
use crate::yaml::JsonError;
use crate::yaml::{self, Build, NodeId, NodeRef};

/// A value of a release that knows who set it and who lost against them.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// What it is.
    pub content: Content,
    /// Where it was set. The source tells the layer; a `--set` argument is a source of its own.
    pub set: Setting,
    /// Values of lower layers that it took the place of, the last to lose first.
    pub overridden: Vec<Value>,
}

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Its key, or nothing at the root and in lists.
    pub key: Option<Span>,
    /// The value itself.
    pub value: Span,
}

/// What a value is, typed as Helm's go-yaml types it.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// `null`: set, to nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer or a float.
    Number(Number),
    /// A text.
    String(String),
    /// A text that sops encrypted: only what it was before is known; or what another tool fills in.
    Encrypted(Encrypted, String),
    /// A list; layers never merge lists. Copies share it until one of them changes.
    List(Arc<Vec<Value>>),
    /// A mapping. Copies share it until one of them changes: most of a release's values are the defaults of a
    /// chart that many releases have.
    Map(Arc<Map>),
}

impl Content {
    /// A list.
    pub fn list(items: Vec<Value>) -> Self {
        Self::List(Arc::new(items))
    }

    /// A mapping.
    pub fn map(map: Map) -> Self {
        Self::Map(Arc::new(map))
    }
}

/// What is known of a value that is not: sops says it of one that it encrypted, `ENC[AES256_GCM,data:...,type:bool]`.
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

/// A mapping. Go orders keys by their bytes, and so does this.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Map {
    /// What there is.
    pub entries: BTreeMap<String, Value>,
    /// What a `null` deleted: the null, with what it deleted among those who lost.
    pub deleted: BTreeMap<String, Value>,
    /// Values whose key comes again in the same mapping of the same text, with that key; they are lost.
    pub duplicates: Vec<(String, Value)>,
    /// Where a layer laid an empty mapping over this one when it had entries: none of them went away.
    pub emptied: Vec<Setting>,
}

impl Encrypted {
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
struct Layer {
    source: SourceId,
    offset: usize,
    /// Where the source ends: what is read may have a line end more.
    end: usize,
}

impl Layer {
    fn span(&self, node: NodeRef<'_>) -> Span {
        let range = node.range();
        let at = |offset: usize| (self.offset + offset).min(self.end);
        Span::new(self.source, at(range.start)..at(range.end))
    }
}

impl<'d> Build<'d> for Layer {
    type Value = Value;

    fn scalar(&self, node: NodeRef<'d>, value: serde_json::Value) -> Value {
        Value::new(Value::held(value), None, self.span(node))
    }

    fn list(&self, node: NodeRef<'d>, items: Vec<Value>) -> Value {
        Value::new(Content::list(items), None, self.span(node))
    }

    fn map(&self, node: NodeRef<'d>, entries: Vec<(String, NodeRef<'d>, Value)>) -> Value {
        // Not those that a merge key brings.
        let own: BTreeSet<NodeId> = node.resolve().entries().map(|(key, _)| key.id()).collect();
        let mut written = BTreeSet::new();
        let mut map = Map::default();
        for (name, key, mut value) in entries {
            value.set.key = Some(self.span(key));
            let is_again = own.contains(&key.id()) && !written.insert(name.clone());
            let before = map.entries.insert(name.clone(), value);
            map.duplicates
                .extend(before.filter(|_| is_again).map(|before| (name, before)));
        }
        Value::new(Content::map(map), None, self.span(node))
    }
}

impl Value {
    /// Reads a node as one layer sets it. `offset` is where the document's text begins in its source.
    /// Refuses what [`yaml::to_json`] refuses.
    pub fn read(source: SourceId, offset: usize, node: NodeRef<'_>) -> Result<Self, JsonError> {
        Self::read_to(usize::MAX, source, offset, node)
    }

    /// The same, where the source ends before what was read does.
    pub(super) fn read_to(
        end: usize,
        source: SourceId,
        offset: usize,
        node: NodeRef<'_>,
    ) -> Result<Self, JsonError> {
        let layer = Layer {
            source,
            offset,
            end,
        };
        yaml::build(node, &layer)
    }

    /// A scalar that JSON has.
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

    /// A scalar of a values file or of `--set-json` as Helm holds it: it reads every number as a float64 of Go, which
    /// has 53 bits for an integer.
    pub(super) fn held(value: serde_json::Value) -> Content {
        const EXACT: u64 = 1 << 53;
        let integer = value.as_number().filter(|number| !number.is_f64());
        let is_exact = |number: &Number| {
            let size = number.as_i64().map(i64::unsigned_abs);
            size.or_else(|| number.as_u64())
                .is_some_and(|size| size <= EXACT)
        };
        let rounded = integer.filter(|number| !is_exact(number));
        let rounded = rounded.and_then(Number::as_f64).and_then(yaml::float_json);
        match rounded {
            Some(number) => Content::Number(number),
            None => Self::scalar(value),
        }
    }

    /// A value that nobody overrode.
    pub fn new(content: Content, key: Option<Span>, value: Span) -> Self {
        let set = Setting { key, value };
        let lost = Vec::new();
        Self {
            content,
            set,
            overridden: lost,
        }
    }

    /// Adds the sources of it, of everything below it and of everything that it overrode.
    pub fn add_sources(&self, sources: &mut BTreeSet<SourceId>) {
        sources.insert(self.set.value.source);
        self.overridden
            .iter()
            .for_each(|value| value.add_sources(sources));
        match &self.content {
            Content::List(items) => items.iter().for_each(|item| item.add_sources(sources)),
            Content::Map(map) => {
                let entries = map.entries.values().chain(map.deleted.values());
                let duplicates = map.duplicates.iter().map(|(_, value)| value);
                entries
                    .chain(duplicates)
                    .for_each(|value| value.add_sources(sources));
                sources.extend(map.emptied.iter().map(|setting| setting.value.source));
            }
            _ => {}
        }
    }

    /// The mapping, if it is one.
    pub fn as_map(&self) -> Option<&Map> {
        match &self.content {
            Content::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The mapping, if it is one.
    pub fn as_map_mut(&mut self) -> Option<&mut Map> {
        match &mut self.content {
            Content::Map(map) => Some(Arc::make_mut(map)),
            _ => None,
        }
    }

    /// Whether it is a mapping; Helm calls that a table.
    pub fn is_map(&self) -> bool {
        self.as_map().is_some()
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        self.content == Content::Null
    }

    /// The string, if it is one that is not encrypted.
    pub fn as_text(&self) -> Option<&str> {
        match &self.content {
            Content::String(text) => Some(text),
            _ => None,
        }
    }

    /// What a key holds.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map()?.entries.get(key)
    }

    /// What stands under keys one below the other.
    pub fn get_path(&self, path: &[&str]) -> Option<&Value> {
        path.iter().try_fold(self, |value, key| value.get(key))
    }

    /// What stands under keys one below the other.
    pub fn get_path_mut(&mut self, path: &[&str]) -> Option<&mut Value> {
        path.iter()
            .try_fold(self, |value, key| value.as_map_mut()?.entries.get_mut(*key))
    }

    /// Returns everything below this value, with the key of what stands under one, in the order of the keys.
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

    /// Takes the place of another value, which goes to those who lost.
    pub fn replace(&mut self, mut by: Value) {
        let mut old = std::mem::replace(self, Value::new(Content::Null, None, by.set.value));
        let before = std::mem::take(&mut old.overridden);
        by.overridden.push(old);
        by.overridden.extend(before);
        *self = by;
    }

    /// As JSON, the way templates see it; what sops encrypted stays encrypted.
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
                map.entries
                    .iter()
                    .map(|(key, value)| (key.clone(), value.to_json()))
                    .collect(),
            ),
        }
    }
}
