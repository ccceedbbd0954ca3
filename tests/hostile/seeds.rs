//! The texts that mutations start from: every stream that the other tests hold.

use std::fs;
use std::path::{Path, PathBuf};

/// All streams of `testdata`, in order.
pub(crate) fn all() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let mut files = Vec::new();
    for folder in ["render", "yaml/edits", "yaml/shapes"] {
        collect(&root.join(folder), &mut files);
    }
    files.push(root.join("streams/hub-like.yaml"));
    files.sort();
    let read = |path: &PathBuf| {
        let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        String::from_utf8_lossy(&bytes).into_owned()
    };
    files.iter().map(read).collect()
}

/// `in.yaml` of each case, and files that are a stream by themselves.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|_| panic!("{}", folder.display()));
    for entry in entries {
        let path = entry.expect("an entry").path();
        let is_yaml = path.extension().is_some_and(|extension| extension == "yaml");
        if path.is_dir() {
            files.push(path.join("in.yaml"));
        } else if is_yaml {
            files.push(path);
        }
    }
}

/// Policies and values to start from.
pub(crate) fn policies() -> Vec<String> {
    let mut texts: Vec<String> =
        super::properties::POLICIES.iter().map(|(_, text)| (*text).to_owned()).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/render");
    let entries = fs::read_dir(root).expect("the cases are there");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path().join("policy.yaml"))
        .collect();
    files.sort();
    texts.extend(files.iter().filter_map(|file| fs::read_to_string(file).ok()));
    texts
}

/// Values of hubs: the examples of the linter's rules.
pub(crate) fn values() -> Vec<String> {
    let pages = dunnage::lint::RULES.iter().map(|rule| rule.code.page);
    let blocks = pages.flat_map(|page| page.split("```yaml file=").skip(1));
    let texts = blocks.filter_map(|block| block.split_once('\n')?.1.split("```").next());
    texts.map(str::to_owned).collect()
}
