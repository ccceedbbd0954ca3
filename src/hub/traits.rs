//! The traits of KubeSpawner that a `kubespawner_override` can set, recorded from the class of each version.

use crate::hub::ChartVersion;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::Deserialize;

use crate::values::{Content, Value};

/// The traits of one version of KubeSpawner.
#[derive(Debug, Deserialize)]
pub struct Traits {
    #[serde(rename = "traits")]
    configurable: BTreeMap<String, Trait>,
    /// Former names that are still accepted, with the current ones.
    renamed: BTreeMap<String, String>,
    /// Attributes that are not configurable but can be set.
    internal: BTreeSet<String>,
    /// Attributes that cannot be set.
    read_only: BTreeSet<String>,
}

/// A configurable trait.
#[derive(Debug, Deserialize)]
pub struct Trait {
    /// The accepted JSON types.
    types: BTreeSet<TraitType>,
    /// The accepted strings; empty if every string is accepted.
    #[serde(default)]
    pub values: Vec<String>,
}

/// A JSON type. Integers are a type of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TraitType {
    /// A mapping.
    Object,
    /// A list.
    Array,
    /// A string.
    String,
    /// A number.
    Number,
    /// An integer.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// Python's `None`.
    Null,
}

/// The versions of KubeSpawner in the hub images of the chart, each with the first chart version that has it
/// (`scripts/record-traits`).
static RECORDED: [Recorded; 5] = [
    Recorded::new(
        ChartVersion::new(0, 0),
        include_str!("../../schemas/kubespawner/1.1.json"),
    ),
    Recorded::new(
        ChartVersion::new(2, 0),
        include_str!("../../schemas/kubespawner/4.2.json"),
    ),
    Recorded::new(
        ChartVersion::new(3, 0),
        include_str!("../../schemas/kubespawner/6.2.json"),
    ),
    Recorded::new(
        ChartVersion::new(4, 0),
        include_str!("../../schemas/kubespawner/7.0.json"),
    ),
    Recorded::new(
        ChartVersion::new(5, 0),
        include_str!("../../schemas/kubespawner/7.1.json"),
    ),
];

struct Recorded {
    since: ChartVersion,
    text: &'static str,
    read: OnceLock<Traits>,
}

impl Recorded {
    const fn new(since: ChartVersion, text: &'static str) -> Self {
        let read = OnceLock::new();
        Self { since, text, read }
    }

    fn traits(&'static self) -> &'static Traits {
        self.read
            .get_or_init(|| serde_json::from_str(self.text).expect("a test reads all of them"))
    }
}

impl Traits {
    /// Returns the traits of the KubeSpawner in the hub image of a chart version.
    pub fn of(chart: ChartVersion) -> &'static Self {
        let known = RECORDED.iter().rev().find(|known| known.since <= chart);
        known.unwrap_or(&RECORDED[0]).traits()
    }

    /// Returns the traits of every version, the newest first.
    pub fn every() -> impl Iterator<Item = &'static Self> {
        RECORDED.iter().rev().map(Recorded::traits)
    }

    /// Returns the first later chart version whose KubeSpawner accepts the value for a trait.
    pub fn first_after(chart: ChartVersion, name: &str, value: &Value) -> Option<ChartVersion> {
        let mut later = RECORDED.iter().filter(|known| known.since > chart);
        let takes = |known: &&'static Recorded| {
            let found = known.traits().get(name);
            found.is_some_and(|found| found.takes(value))
        };
        later.find(takes).map(|known| known.since)
    }

    /// Returns a trait by its current or former name.
    pub fn get(&self, name: &str) -> Option<&Trait> {
        let name = self.renamed.get(name).map_or(name, String::as_str);
        self.configurable.get(name)
    }

    /// Returns the current name of a trait for a former one.
    pub fn renamed(&self, name: &str) -> Option<&str> {
        self.renamed.get(name).map(String::as_str)
    }

    /// Whether an attribute is not configurable, but has an effect if it is set.
    pub fn is_internal(&self, name: &str) -> bool {
        self.internal.contains(name)
    }

    /// Whether an attribute cannot be set.
    pub fn is_read_only(&self, name: &str) -> bool {
        self.read_only.contains(name)
    }

    /// Returns the names of all configurable traits.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.configurable.keys().map(String::as_str)
    }
}

impl Trait {
    /// Whether the trait accepts a value. An encrypted value is accepted.
    pub fn takes(&self, value: &Value) -> bool {
        match &value.content {
            Content::Encrypted(..) => true,
            Content::String(text) if !self.values.is_empty() => self.values.contains(text),
            Content::Number(number) => match number.as_f64() {
                Some(number) if number.fract() != 0.0 => self.has(TraitType::Number),
                // A boolean trait accepts these too.
                Some(0.0 | 1.0) if self.has(TraitType::Boolean) => true,
                _ => self.has(TraitType::Integer),
            },
            content => TraitType::of(content).is_none_or(|it| self.has(it)),
        }
    }

    fn has(&self, wanted: TraitType) -> bool {
        self.types.contains(&wanted)
    }

    /// Describes the accepted values, such as "a string or a number"; `None` if only Python can set the trait.
    pub fn in_words(&self) -> Option<String> {
        let words = self.types.iter().filter_map(|it| match it {
            TraitType::Object => Some("a mapping"),
            TraitType::Array => Some("a list"),
            // A string is accepted as a list with one item.
            TraitType::String if !self.has(TraitType::Array) => Some("a string"),
            TraitType::Number => Some("a number"),
            TraitType::Integer if !self.has(TraitType::Number) => Some("an integer"),
            // Python accepts a boolean as a number, which is never intended.
            TraitType::Boolean if !self.has(TraitType::Integer) => Some("`true` or `false`"),
            TraitType::String | TraitType::Integer | TraitType::Boolean | TraitType::Null => None,
        });
        let words: Vec<&str> = words.collect();
        (!words.is_empty()).then(|| words.join(" or "))
    }
}

impl TraitType {
    fn of(content: &Content) -> Option<Self> {
        Some(match content {
            Content::Null => TraitType::Null,
            Content::Bool(_) => TraitType::Boolean,
            Content::Number(_) => TraitType::Number,
            Content::String(_) => TraitType::String,
            Content::List(_) => TraitType::Array,
            Content::Map(_) => TraitType::Object,
            Content::Encrypted(..) => return None,
        })
    }
}

/// Returns a key in snake case: `node_selector` for `nodeSelector` and `node-selector`, `memory_limit` for
/// `memory.limit`.
pub fn snake_case(key: &str) -> String {
    let mut snake = String::new();
    for letter in key.chars() {
        match letter {
            '.' | '-' => snake.push('_'),
            _ if letter.is_uppercase() => {
                if !snake.is_empty() && !snake.ends_with('_') {
                    snake.push('_');
                }
                snake.extend(letter.to_lowercase());
            }
            _ => snake.push(letter),
        }
    }
    snake
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::text::{Sources, Span};

    fn value(of: Json) -> Value {
        let place = Span::new(Sources::default().add("test", String::new()), 0..0);
        let content = match of {
            Json::Object(_) => Content::map(crate::values::Map::default()),
            Json::Array(_) => Content::list(Vec::new()),
            scalar => Value::scalar(scalar),
        };
        Value::new(content, None, place)
    }

    #[track_caller]
    fn check_takes(chart: ChartVersion, name: &str, wanted: &[Json], refused: &[Json]) {
        let found = Traits::of(chart).get(name).expect("a trait");
        for it in wanted {
            assert!(found.takes(&value(it.clone())), "{name}: {it}");
        }
        for it in refused {
            assert!(!found.takes(&value(it.clone())), "{name}: {it}");
        }
    }

    #[test]
    fn every_record_is_read() {
        for known in &RECORDED {
            let traits = known.traits();
            assert!(traits.names().count() > 90);
            assert!(traits.renamed.values().all(|new| traits.get(new).is_some()));
        }
    }

    #[test]
    fn a_chart_has_the_traits_of_its_spawner() {
        let has = |chart, name| Traits::of(chart).get(name).is_some();
        assert!(
            !has(ChartVersion::new(1, 2), "storage_extra_annotations")
                && has(ChartVersion::new(2, 0), "storage_extra_annotations")
        );
        assert!(
            !has(ChartVersion::new(3, 3), "slug_scheme")
                && has(ChartVersion::new(4, 0), "slug_scheme")
        );
        assert!(
            !has(ChartVersion::new(4, 4), "slow_spawn_message")
                && has(ChartVersion::new(5, 0), "slow_spawn_message")
        );
        assert!(
            has(ChartVersion::new(0, 9), "image") && has(ChartVersion::new(u32::MAX, 0), "image")
        );
        assert!(Traits::of(ChartVersion::new(4, 4)).is_internal("pvc_name"));
        assert!(Traits::of(ChartVersion::new(4, 4)).is_read_only("name"));
    }

    #[test]
    fn values_are_taken_as_traitlets_does() {
        let (map, list, text) = (json!({}), json!([]), json!("text"));
        let tolerations = [map.clone(), list.clone()];
        check_takes(
            ChartVersion::new(4, 0),
            "tolerations",
            &tolerations,
            &[json!(null), text.clone()],
        );
        check_takes(
            ChartVersion::new(3, 3),
            "tolerations",
            std::slice::from_ref(&list),
            std::slice::from_ref(&map),
        );
        check_takes(
            ChartVersion::new(4, 4),
            "args",
            &[text.clone(), list.clone()],
            &[json!(1)],
        );
        check_takes(
            ChartVersion::new(4, 4),
            "uid",
            &[json!(null), json!(0)],
            &[json!("0"), json!(1.5)],
        );
        check_takes(
            ChartVersion::new(4, 4),
            "cpu_limit",
            &[json!(1), json!(0.5), json!(null)],
            &[json!("1")],
        );
        check_takes(
            ChartVersion::new(4, 4),
            "privileged",
            &[json!(true), json!(1)],
            &[json!("true"), json!(2)],
        );
        check_takes(
            ChartVersion::new(4, 4),
            "slug_scheme",
            &[json!("safe")],
            &[text],
        );
        check_takes(
            ChartVersion::new(4, 4),
            "image_spec",
            &[json!("a:1")],
            std::slice::from_ref(&map),
        );
        check_takes(
            ChartVersion::new(4, 4),
            "modify_pod_hook",
            &[json!(null)],
            &[list, map],
        );
        let later = Traits::first_after(ChartVersion::new(3, 3), "tolerations", &value(json!({})));
        assert_eq!(later, Some(ChartVersion::new(4, 0)));
    }

    #[test]
    fn what_is_taken_has_words() {
        let words =
            |name| Traits::of(ChartVersion::new(4, 4)).get(name).expect("a trait").in_words();
        assert_eq!(words("mem_limit").as_deref(), Some("a string or a number"));
        assert_eq!(words("start_timeout").as_deref(), Some("an integer"));
        assert_eq!(words("privileged").as_deref(), Some("`true` or `false`"));
        assert_eq!(words("volumes").as_deref(), Some("a mapping or a list"));
        assert_eq!(words("modify_pod_hook"), None);
    }
}
