//! Whether a value is what stands in a manifest.

use serde_json::Value as Json;

use super::ValueOrigin;
use super::scope::Candidate;
use super::steps::{NodeStep, ReachedNode};
use crate::hub::Release;
use crate::k8s::Object;
use crate::values::{Content, Value};
use crate::yaml::{self, NodeRef};

/// Keys of manifests under which charts write what values of that name hold.
static SAME: [&str; 20] = [
    "affinity",
    "annotations",
    "containers",
    "env",
    "image",
    "initContainers",
    "labels",
    "nodeAffinity",
    "nodeSelector",
    "podAffinity",
    "podAntiAffinity",
    "priorityClassName",
    "resources",
    "runtimeClassName",
    "schedulerName",
    "strategy",
    "tolerations",
    "topologySpreadConstraints",
    "updateStrategy",
    "volumes",
];

/// Such keys whose values are called otherwise; the first is the kind, where only one has the key.
static OTHERWISE: [(&str, &str, &[&str]); 4] = [
    (
        "PodDisruptionBudget",
        "spec",
        &["pdb", "disruptionBudget", "poddisruptionbudget"],
    ),
    (
        "",
        "requiredDuringSchedulingIgnoredDuringExecution",
        &["required"],
    ),
    (
        "",
        "preferredDuringSchedulingIgnoredDuringExecution",
        &["preferred"],
    ),
    ("", "nodeSelectorTerms", &["required"]),
];

/// Mappings whose keys are the user's own, so that a key says as much as what it holds.
const FREE: [&str; 3] = ["annotations", "labels", "nodeSelector"];

/// How values may be called: one of these, or with words before it (`podAnnotations`).
#[derive(Debug, Clone, Copy)]
pub(super) struct KeyNames(&'static [&'static str]);

impl KeyNames {
    /// Those for what stands under a key in objects of a kind.
    fn of(kind: &str, key: &str) -> Option<Self> {
        let same = SAME.iter().find(|name| **name == key);
        let otherwise = || {
            let mut rows = OTHERWISE.iter();
            rows.find(|(only, name, _)| *name == key && (only.is_empty() || *only == kind))
        };
        same.map(std::slice::from_ref)
            .or_else(|| otherwise().map(|(.., names)| *names))
            .map(Self)
    }

    /// Whether a key is such a name; labels that a selector looks for are none that it gives.
    pub(super) fn has(self, key: &str) -> bool {
        key != "matchLabels"
            && self.0.iter().any(|name| {
                let (first, rest) = name.split_at(1);
                let is_word = |before: &str| before.ends_with(&first.to_ascii_uppercase());
                key == *name || key.strip_suffix(rest).is_some_and(is_word)
            })
    }
}

/// A node that a value may have made as a whole, or by one of its entries or items, with what follows on the way to
/// the node that a finding is about.
#[derive(Debug)]
pub(super) struct Anchor<'a, 'd> {
    whole: Json,
    /// The entry or the item that is on the way.
    part: Option<Json>,
    /// What the finding is about.
    last: Json,
    rest: &'a [ReachedNode<'d>],
    is_free: bool,
}

impl<'a, 'd> Anchor<'a, 'd> {
    /// The node that so many steps lead to; nothing where its JSON is not known.
    pub(super) fn new(steps: &'a [ReachedNode<'d>], depth: usize) -> Option<Self> {
        let at = steps[..depth].last()?;
        let rest = &steps[depth..];
        Some(Self {
            whole: json(at.node)?,
            part: rest.first().and_then(|reached| json(reached.node)),
            last: json(steps.last()?.node)?,
            rest,
            is_free: matches!(at.step, NodeStep::Key(key) if FREE.contains(&key)),
        })
    }

    /// Whether it is unlikely that another value is the same: a number or a boolean says nothing.
    pub(super) fn is_telling(&self) -> bool {
        let matched = self.part.as_ref().unwrap_or(&self.whole);
        self.is_free || !matches!(matched, Json::Bool(_) | Json::Number(_))
    }

    /// What a value is to the node that the finding is about; nothing where it did not make it.
    pub(super) fn made_by<'r>(
        &self,
        candidate: Candidate<'r>,
        release: &Release,
    ) -> Option<ValueOrigin<'r>> {
        let Candidate { path, value } = candidate;
        let value = match self.rest {
            [] if is_same(value, &self.whole) => value,
            [] => image(value, self.whole.as_str()?, release)?,
            rest if is_same(value, &self.whole) => self.checked(follow(value, rest)?)?,
            [first, rest @ ..] => self.checked(follow(self.part_of(value, first.step)?, rest)?)?,
        };
        Some(ValueOrigin { path, value })
    }

    /// Of two equal keys of a mapping the last one counts; the first is not what was compared.
    fn checked<'r>(&self, value: &'r Value) -> Option<&'r Value> {
        (value.to_json() == self.last).then_some(value)
    }

    /// The entry or the one item of a value that is the one on the way.
    fn part_of<'r>(&self, value: &'r Value, step: NodeStep<'_>) -> Option<&'r Value> {
        let part = self.part.as_ref()?;
        match (step, &value.content) {
            (NodeStep::Key(key), Content::Map(_)) => {
                value.get(key).filter(|value| is_same(value, part))
            }
            (NodeStep::Item(_), Content::List(items)) => {
                let mut same = items.iter().filter(|item| is_same(item, part));
                same.next().filter(|_| same.next().is_none())
            }
            _ => None,
        }
    }
}

/// The nodes on the way whose key tells how the values are called that may have made them, the last one first.
pub(super) fn anchors<'a, 'd>(
    object: &'a Object<'d>,
    steps: &'a [ReachedNode<'d>],
) -> impl Iterator<Item = (Anchor<'a, 'd>, KeyNames)> {
    let depths = (1..=steps.len()).rev();
    depths.filter_map(|depth| {
        let NodeStep::Key(key) = steps[depth - 1].step else {
            return None;
        };
        let names = KeyNames::of(&object.gvk.kind, key)?;
        Some((Anchor::new(steps, depth)?, names))
    })
}

fn json(node: NodeRef<'_>) -> Option<Json> {
    yaml::to_json(node).ok()
}

/// What is empty is like too much else.
fn is_same(value: &Value, json: &Json) -> bool {
    let is_empty = match json {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::Object(entries) => entries.is_empty(),
        Json::Bool(_) | Json::Number(_) => false,
    };
    !is_empty && value.to_json() == *json
}

fn follow<'r>(value: &'r Value, steps: &[ReachedNode<'_>]) -> Option<&'r Value> {
    let mut steps = steps.iter();
    steps.try_fold(value, |value, reached| {
        match (reached.step, &value.content) {
            (NodeStep::Key(key), _) => value.get(key),
            (NodeStep::Item(index), Content::List(items)) => items.get(index),
            (NodeStep::Item(_), _) => None,
        }
    })
}

/// The part of an image in several values that a layer set: its tag, else its name.
fn image<'r>(value: &'r Value, image: &str, release: &Release) -> Option<&'r Value> {
    let text = |key| match &value.get(key)?.content {
        Content::String(text) if !text.is_empty() => Some(text.clone()),
        Content::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let key = ["name", "repository"].into_iter().find(|key| text(key).is_some())?;
    let registry = text("registry").map(|registry| registry + "/").unwrap_or_default();
    let tag = text("tag").map(|tag| format!(":{tag}")).unwrap_or_default();
    if format!("{registry}{}{tag}", text(key)?) != image {
        return None;
    }
    let parts = ["tag", key].into_iter().filter(|key| text(key).is_some());
    let parts: Vec<&Value> = parts.filter_map(|key| value.get(key)).collect();
    let set = parts.iter().find(|part| !release.is_default(part));
    set.or(parts.first()).copied()
}
