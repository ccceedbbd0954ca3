//! The published schema is made from the types; `UPDATE=1 cargo test` writes it anew.

use serde_json::Value;

use crate::policy::{SCHEMA, written};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/dunnage.schema.json");

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test that rewrites its own expectation"
)]
fn the_published_schema_is_that_of_the_types() {
    let mut schema = schemars::schema_for!(written::Policy).to_value();
    refuse_null(&mut schema);
    let text = format!("{schema:#}\n");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(PATH, &text).expect("the schema can be written");
        return;
    }
    assert!(
        text == SCHEMA,
        "schemas/dunnage.schema.json is stale; run `UPDATE=1 cargo test`"
    );
}

/// A key with nothing behind it is more often forgotten than meant, so `null` is never allowed where
/// a type is optional.
fn refuse_null(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if let Some(Value::Array(types)) = map.get_mut("type") {
                types.retain(|name| name != "null");
                if let [single] = types.as_slice() {
                    let single = single.clone();
                    map.insert("type".to_owned(), single);
                }
            }
            if let Some(Value::Array(branches)) = map.get_mut("anyOf") {
                branches.retain(|branch| branch["type"] != "null");
                if let [single] = branches.as_slice()
                    && let Value::Object(single) = single.clone()
                {
                    map.remove("anyOf");
                    map.extend(single);
                }
            }
            map.values_mut().for_each(refuse_null);
        }
        Value::Array(items) => items.iter_mut().for_each(refuse_null),
        _ => {}
    }
}
