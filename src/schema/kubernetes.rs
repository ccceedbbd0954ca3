//! The types of Kubernetes that values and manifests of a hub hold: a JSON Schema recorded from the `OpenAPI`
//! definitions (`scripts/record-kubernetes`).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::{Map, Value, json};

use super::embedded::Definitions;
use super::{Instance, Schema, Step, Violation, ViolationKind, quick};
use crate::text::misspelled;

const TYPES: &str = include_str!("../../schemas/kubernetes/types.json");

/// How much of an object of a type a value holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    /// All of it: required fields have to be there.
    Whole,
    /// Fields that are added to an object that is complete without them.
    Part,
}

/// Returns what the API server refuses in a value of a type, such as `Container`, and the fields that it does not
/// have. The type has to be one of the record.
pub fn check_kubernetes(name: &str, extent: Extent, subject: Instance<'_>) -> Vec<Violation> {
    if is_surely_valid(name, extent, subject.value) {
        return Vec::new();
    }
    let value = json!({name: subject.value});
    let spot = |steps: &[Step]| (subject.spot)(steps.get(1..).unwrap_or_default());
    let found = schema(name, extent).check(Instance {
        value: &value,
        spot: &spot,
    });
    let found = found.into_iter().map(|mut violation| {
        if !violation.steps.is_empty() {
            violation.steps.remove(0);
        }
        let text = (subject.spot)(&violation.steps).and_then(|spot| spot.text);
        worded(violation, text.as_deref())
    });
    found.collect()
}

/// Whether a value is surely valid, without reading types that it does not use.
fn is_surely_valid(name: &str, extent: Extent, value: &Value) -> bool {
    let schema = of_extent(definition(name), extent);
    quick::accepts_with(&schema, &|pointer| definitions().at(pointer), value)
}

/// Returns the schema of a document with one key, the name of a type.
fn schema(name: &str, extent: Extent) -> Arc<Schema> {
    type Schemas = BTreeMap<(String, Extent), Arc<Schema>>;
    static SCHEMAS: Mutex<Schemas> = Mutex::new(Schemas::new());
    let mut schemas = SCHEMAS.lock().unwrap_or_else(PoisonError::into_inner);
    let schema = schemas
        .entry((name.to_owned(), extent))
        .or_insert_with(|| Arc::new(Schema::known(document(name, extent))));
    Arc::clone(schema)
}

/// Returns the schema with a type and those that it refers to: all of them take longer to read than most values to check.
fn document(name: &str, extent: Extent) -> Value {
    let whole = of_extent(definition(name), extent).into_owned();
    let mut open = Vec::new();
    add_references(&whole, &mut open);
    let mut needed = Map::new();
    while let Some(name) = open.pop() {
        if !needed.contains_key(&name) {
            let definition = definition(&name);
            add_references(definition, &mut open);
            needed.insert(name, definition.clone());
        }
    }
    let of_one_key = |key: &str, value| Value::Object(Map::from_iter([(key.to_owned(), value)]));
    let mut document = of_one_key("properties", of_one_key(name, whole));
    document["$schema"] = "http://json-schema.org/draft-07/schema#".into();
    document["definitions"] = Value::Object(needed);
    document
}

/// Returns the schema of a whole object, or of a part of it, in which no field is required.
fn of_extent(whole: &Value, extent: Extent) -> Cow<'_, Value> {
    match extent {
        Extent::Whole => Cow::Borrowed(whole),
        Extent::Part => {
            let mut part = whole.clone();
            part.as_object_mut().and_then(|fields| fields.remove("required"));
            Cow::Owned(part)
        }
    }
}

/// Adds the names of the types that a schema refers to.
fn add_references(schema: &Value, names: &mut Vec<String>) {
    match schema {
        Value::Object(fields) => {
            let reference = fields.get("$ref").and_then(Value::as_str);
            let name = reference.and_then(|it| it.strip_prefix("#/definitions/"));
            names.extend(name.map(str::to_owned));
            fields.values().for_each(|it| add_references(it, names));
        }
        Value::Array(items) => items.iter().for_each(|it| add_references(it, names)),
        _ => {}
    }
}

fn definition(name: &str) -> &'static Value {
    definitions().get(name).expect("the record has the type")
}

/// Returns the types of the record.
fn definitions() -> &'static Definitions {
    static DEFINITIONS: OnceLock<Definitions> = OnceLock::new();
    DEFINITIONS.get_or_init(|| Definitions::of_lines(TYPES))
}

/// The violation in the words of Kubernetes.
fn worded(mut violation: Violation, text: Option<&str>) -> Violation {
    match &mut violation.kind {
        ViolationKind::UnknownKey { key, meant, homes } => {
            homes.clear();
            let same = |name: &str| name.replace('_', "").to_lowercase();
            let is_near = |meant: &&String| {
                same(key) == same(meant) || misspelled(key, [meant.as_str()]).is_some()
            };
            *meant = meant.take().filter(|meant| is_near(&meant));
            violation.help = Some(match meant {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "remove it, or move it to where it belongs".to_owned(),
            });
            "unknown field".clone_into(&mut violation.label);
        }
        // The only pattern of the record is that of quantities.
        ViolationKind::WrongValue { meant: None } if violation.label.is_empty() => {
            let shown = text.unwrap_or("the value");
            violation.message = format!("`{shown}` is not a quantity");
            "expected a quantity, such as `10Gi`".clone_into(&mut violation.label);
            violation.help = Some(match text.and_then(nearest_quantity) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "write a number, with `m`, `k`, `M`, `G`, `T`, `Ki`, `Mi`, `Gi` or `Ti` if it has a unit"
                    .to_owned(),
            });
        }
        _ => {}
    }
    violation
}

/// The quantity that was probably meant: `10Gi` for `10GiB` and `10 Gi`, `10G` for `10GB` and `10g`.
pub fn nearest_quantity(text: &str) -> Option<String> {
    let text: String = text.split_whitespace().collect();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(end);
    let unit = unit.to_lowercase();
    let unit = unit.strip_suffix('b').unwrap_or(&unit);
    let unit = match unit {
        "m" => "M",
        "k" => "k",
        "g" => "G",
        "t" => "T",
        "ki" => "Ki",
        "mi" => "Mi",
        "gi" => "Gi",
        "ti" => "Ti",
        _ => return None,
    };
    number.parse::<f64>().ok()?;
    Some(format!("{number}{unit}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Sources, Span};

    #[track_caller]
    fn check_found(name: &str, extent: Extent, value: &Value, expected: &[&str]) {
        let source = Sources::default().add("test", String::new());
        let spot = |steps: &[Step]| {
            let at = steps.iter().try_fold(value, |value, step| match step {
                Step::Key(key) => value.get(key),
                Step::Index(index) => value.get(index),
            })?;
            Some(super::super::Spot {
                key: None,
                value: Span::new(source, 0..0),
                first_key: None,
                text: at.as_str().map(str::to_owned),
                is_secret: false,
            })
        };
        let subject = Instance { value, spot: &spot };
        let found = check_kubernetes(name, extent, subject);
        let found: Vec<&str> = found.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_record_is_a_schema_of_its_draft() {
        let record: Value = serde_json::from_str(TYPES).expect("JSON");
        assert!(Schema::is_allowed(&record));
        let types = record["definitions"].as_object().expect("a mapping");
        assert!(types.keys().eq(definitions().names()));
        for (name, definition) in types {
            assert_eq!(super::definition(name), definition);
            for extent in [Extent::Whole, Extent::Part] {
                let document = document(name, extent);
                assert_eq!(document["$schema"], record["$schema"]);
                assert!(Schema::check_compiles(&document), "{name}");
            }
        }
    }

    #[test]
    fn types_are_checked_to_their_depth() {
        let mount = json!({"name": "a", "mountPath": "/a"});
        check_found("VolumeMount", Extent::Whole, &mount, &[]);
        check_found(
            "VolumeMount",
            Extent::Whole,
            &json!({"name": "a"}),
            &["missing key `mountPath` in `VolumeMount`"],
        );
        check_found(
            "Container",
            Extent::Part,
            &json!({"volumeMounts": [mount]}),
            &[],
        );
        check_found(
            "Container",
            Extent::Part,
            &json!({"ports": [{"containerPort": "80"}]}),
            &["`Container.ports[0].containerPort` is a string, not a whole number"],
        );
        check_found(
            "VolumeMount",
            Extent::Part,
            &json!({"mountpath": "/a"}),
            &["unknown key `mountpath` in `VolumeMount`"],
        );
    }

    #[test]
    fn a_value_is_checked_with_the_types_that_it_uses() {
        let fields = [
            json!({"name": "a"}),
            json!({"name": 1}),
            json!({"image": "a:1"}),
            json!({"name": "a", "env": [{"name": "A", "value": "b"}]}),
            json!({"name": "a", "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "n", "key": "k"}}}]}),
            json!({"name": "a", "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "n"}}}]}),
            json!({"name": "a", "resources": {"limits": {"memory": "1Gi"}}}),
            json!({"name": "a", "resources": {"limits": {"memory": "1GiB"}}}),
            json!({"name": "a", "livenessProbe": {"httpGet": {"port": "http"}}}),
            json!({"name": "a", "livenessProbe": {"httpGet": {"path": "/"}}}),
        ];
        let mut sure = 0;
        for extent in [Extent::Whole, Extent::Part] {
            for value in &fields {
                let is_valid = schema("Container", extent).is_valid(&json!({"Container": value}));
                assert_eq!(
                    is_surely_valid("Container", extent, value),
                    is_valid,
                    "{value}"
                );
                sure += usize::from(is_valid);
            }
        }
        assert_eq!(sure, 11);
    }

    #[test]
    fn quantities_have_a_unit_of_kubernetes() {
        for good in [
            json!("10Gi"),
            json!("500m"),
            json!(1),
            json!(0.5),
            json!("1e3"),
            json!("1.5"),
        ] {
            check_found("Quantity", Extent::Whole, &good, &[]);
        }
        for bad in ["10GB", "1Gb", "half", "10 Gi", "", "1,5"] {
            let message = format!("`{bad}` is not a quantity");
            check_found("Quantity", Extent::Whole, &json!(bad), &[&message]);
        }
        check_found(
            "Quantity",
            Extent::Whole,
            &json!(true),
            &["`Quantity` is a boolean, not a number or a string"],
        );
        assert_eq!(nearest_quantity("10GB").as_deref(), Some("10G"));
        assert_eq!(nearest_quantity("10 GiB").as_deref(), Some("10Gi"));
        assert_eq!(nearest_quantity("half"), None);
    }
}
