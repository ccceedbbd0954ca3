use serde_json::Value;

use super::World;

/// Returns all codes with their pages, as `dunnage rule --format json` prints them.
#[track_caller]
pub(crate) fn explained_codes() -> Vec<Value> {
    let printed = World::default().run("dunnage rule --format json").exits(0);
    let mut document: Value = serde_json::from_str(&printed.stdout).expect("JSON");
    match document["rules"].take() {
        Value::Array(codes) => codes,
        other => panic!("{other} is no list"),
    }
}
