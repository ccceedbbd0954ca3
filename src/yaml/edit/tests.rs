use super::*;
use crate::yaml::parse;

/// The three things a release's pod specs get, done to the mapping at `path`.
fn place(text: &str, path: &[&str]) -> Result<String, String> {
    let document = parse(text).expect("YAML");
    let spec = document
        .root()
        .expect("a root")
        .get_path(path)
        .expect("a pod spec");
    let toleration = Value::map([("key", "a/b".into()), ("value", "0644".into())]);
    let term = Value::map([("weight", 100.into())]);
    let edits = [
        Edit::extend_path(spec, &["tolerations"], vec![toleration]),
        Edit::put_path(spec, &["priorityClassName"], "yes".into()),
        Edit::extend_path(spec, &["affinity", "nodeAffinity", "preferred"], vec![term]),
    ];
    apply(&document, &edits).map_err(|refusal| refusal.to_string())
}

#[test]
fn dump() {
    let shapes: serde_json::Value = serde_json::from_str(
        &std::fs::read_to_string("testdata/yaml/shapes.json").unwrap(),
    )
    .unwrap();
    for (name, text) in shapes.as_object().unwrap() {
        let text = text.as_str().unwrap();
        println!("=== {name}");
        for range in crate::yaml::split(text) {
            let part = &text[range];
            if crate::yaml::is_blank(part) {
                continue;
            }
            let document = match parse(part) {
                Ok(d) => d,
                Err(e) => {
                    println!("ERR {e}");
                    continue;
                }
            };
            let root = document.root().unwrap();
            let path: &[&str] = if root.get_path(&["spec", "template"]).is_some() {
                &["spec", "template", "spec"]
            } else {
                &["spec"]
            };
            if root.get_path(path).is_none() {
                println!("no spec");
                continue;
            }
            match place(part, path) {
                Ok(t) => println!("{t}"),
                Err(e) => println!("REFUSED {e}"),
            }
        }
    }
}
