use serde_json::Value;

/// Lays one values file over another as Helm does between `-f` files: mappings merge, everything else
/// (lists, scalars, null) replaces.
pub fn merge(under: &mut Value, over: Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                merge(under.entry(key).or_insert(Value::Null), value);
            }
        }
        (under, over) => *under = over,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn mappings_merge_and_the_rest_replaces() {
        let mut values = json!({"a": {"b": 1, "c": [1, 2]}, "d": {"e": 1}});
        merge(&mut values, json!({"a": {"c": [3]}, "d": null, "f": {}}));
        assert_eq!(values, json!({"a": {"b": 1, "c": [3]}, "d": null, "f": {}}));
    }
}
