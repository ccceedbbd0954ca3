use std::path::Path;

/// Returns the source files below `src` by their paths, such as `src/lint/rule.rs`, without unit tests; sorted.
pub(crate) fn source_code() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut open = vec![root.join("src")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder of the source tree") {
            let path = entry.expect("an entry").path();
            if path.ends_with("tests") || path.ends_with("tests.rs") {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source file");
                let code = text.split("\nmod tests {").next().unwrap_or_default();
                let name = path.strip_prefix(root).expect("below the root");
                let name = name.to_str().expect("a plain name").replace('\\', "/");
                found.push((name, code.to_owned()));
            }
        }
    }
    found.sort();
    found
}
