//! Findings that were there before the linter came: known, not shown, and fewer every time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::diag::Diagnostic;
use crate::text::{Source, Sources};
use crate::yaml::{self, NodeRef};

/// The findings that are known, by what stays when lines move.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Baseline {
    counts: BTreeMap<Key, usize>,
}

/// A rule, a file, and the keys that lead to the place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Key {
    file: String,
    path: String,
    rule: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u32,
    findings: Vec<BaselineEntry>,
}

#[derive(Serialize, Deserialize)]
struct BaselineEntry {
    #[serde(flatten)]
    key: Key,
    count: usize,
}

impl Baseline {
    /// Reads what [`Baseline::write`] wrote.
    ///
    /// # Errors
    /// What is wrong with the text, with its line.
    pub fn read(text: &str) -> Result<Self, String> {
        let written: Written = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if written.version != 1 {
            return Err(format!(
                "version {} is not supported, expected 1",
                written.version
            ));
        }
        let entries = written.findings.into_iter();
        let mut counts = BTreeMap::new();
        for BaselineEntry { mut key, count } in entries {
            key.file.drain(..key.file.len() - plain_path(&key.file).len());
            *counts.entry(key).or_default() += count;
        }
        Ok(Self { counts })
    }

    /// As JSON, one finding below the other, in the order of files.
    pub fn write(&self) -> String {
        let entries = self.counts.iter().filter(|(_, count)| **count > 0);
        let written = Written {
            version: 1,
            findings: entries
                .map(|(key, count)| BaselineEntry {
                    key: key.clone(),
                    count: *count,
                })
                .collect(),
        };
        let text = serde_json::to_string_pretty(&written).expect("strings and numbers serialize");
        text + "\n"
    }

    /// All of some findings.
    pub fn of(sources: &Sources, findings: &[Diagnostic]) -> Self {
        let mut counts = BTreeMap::new();
        for finding in findings {
            *counts.entry(key(sources, finding)).or_default() += 1;
        }
        Self { counts }
    }

    /// What is known of these findings and still there: of each kind as many as before at most, and all of them in a
    /// file that was not linted.
    #[must_use]
    pub fn shrunk(&self, now: &Self, is_linted: impl Fn(&str) -> bool) -> Self {
        let kept = self.counts.iter().map(|(key, count)| {
            let there = now.counts.get(key).copied().unwrap_or_default();
            let count = if is_linted(&key.file) {
                *count.min(&there)
            } else {
                *count
            };
            (key.clone(), count)
        });
        Self {
            counts: kept.filter(|(_, count)| *count > 0).collect(),
        }
    }

    /// Leaves out the findings that are known.
    pub fn apply(&self, sources: &Sources, findings: &mut Vec<Diagnostic>) {
        let mut left = self.counts.clone();
        findings.retain(|finding| match left.get_mut(&key(sources, finding)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        });
    }

    /// The files that have known findings.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.counts.keys().map(|key| key.file.as_str())
    }

    /// How many findings it has.
    pub fn len(&self) -> usize {
        self.counts.values().sum()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn key(sources: &Sources, finding: &Diagnostic) -> Key {
    let rule = finding.code.id.to_owned();
    let Some(span) = finding.span() else {
        return Key {
            file: String::new(),
            path: finding.message.clone(),
            rule,
        };
    };
    let source = sources.get(span.source);
    Key {
        file: plain_path(source.name()).to_owned(),
        path: path(source, span.start),
        rule,
    }
}

/// A path by which a file is known, named as `a.yaml` or as `./a.yaml`.
fn plain_path(mut path: &str) -> &str {
    while let Some(rest) = path.strip_prefix("./") {
        path = rest.trim_start_matches('/');
    }
    path
}

/// The keys that lead to a place, after the kind and name of an object; the line where that cannot be said.
fn path(source: &Source, offset: usize) -> String {
    let text = source.text();
    let parts = yaml::split(text);
    let part = parts.into_iter().find(|part| part.contains(&offset));
    let part = part.unwrap_or(0..text.len());
    let document = yaml::parse(&text[part.clone()]);
    let root = document.as_ref().ok().and_then(|document| document.root());
    let Some(root) = root else {
        let line = source.line_range(source.line_column(offset).line);
        return source.shown(line).trim().to_owned();
    };
    let mut keys = object(root);
    follow(root, offset - part.start, &mut keys);
    keys.join(".")
}

fn object(root: NodeRef<'_>) -> Vec<String> {
    let kind = root.get("kind").and_then(|kind| kind.text());
    let name = root.get_path(&["metadata", "name"]);
    let name = name.and_then(|name| name.text());
    match (kind, name) {
        (Some(kind), Some(name)) => vec![format!("{kind}/{name}")],
        _ => Vec::new(),
    }
}

/// Items of lists have no numbers, which change when others come before them.
fn follow(node: NodeRef<'_>, offset: usize, keys: &mut Vec<String>) {
    if node.is_alias() {
        return;
    }
    let mut entries = node.entries().filter(|(key, _)| key.range().start <= offset);
    if let Some((key, value)) = entries.next_back() {
        keys.extend(yaml::key_name(key));
        if value.range().start <= offset {
            follow(value, offset, keys);
        }
        return;
    }
    let mut items = node.items().filter(|item| item.range().start <= offset);
    if let Some(item) = items.next_back() {
        keys.push("[]".to_owned());
        follow(item, offset, keys);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Code;
    use crate::text::Span;

    const CODE: &Code = &Code::warning("TS001", "test", "a test");

    fn findings(text: &str, words: &[&str]) -> (Sources, Vec<Diagnostic>) {
        let mut sources = Sources::default();
        let source = sources.add("a.yaml", text.to_owned());
        let finding = |word: &&str| {
            let start = text.find(*word).expect("a word");
            Diagnostic::new(CODE, "a test").at(Span::new(source, start..start + word.len()), "")
        };
        let findings = words.iter().map(finding).collect();
        (sources, findings)
    }

    #[test]
    fn a_finding_is_known_by_its_keys() {
        for (text, word, expected) in [
            ("a:\n  b: {c: 1}\n  d: 2\n", "c", "a.b.c"),
            ("a:\n  b: {c: 1}\n  d: 2\n", "2", "a.d"),
            ("a:\n- b: 1\n- c: 2\n", "c", "a.[].c"),
            (
                "kind: A\nmetadata: {name: x}\n---\nkind: B\nmetadata: {name: y}\nspec: 1\n",
                "spec",
                "B/y.spec",
            ),
            ("a: [\nb: 1\n", "b: 1", "b: 1"),
        ] {
            let (sources, findings) = findings(text, &[word]);
            assert_eq!(key(&sources, &findings[0]).path, expected, "{text}");
        }
    }

    #[test]
    fn a_baseline_only_shrinks() {
        let (sources, before) = findings("a: {b: 1, c: 2}\n", &["b", "c"]);
        let known = Baseline::of(&sources, &before);
        assert_eq!(Baseline::read(&known.write()), Ok(known.clone()));
        // Lines moved, one finding went and another came.
        let (sources, now) = findings("# moved\nd: 3\na: {c: 2}\n", &["c", "d"]);
        let mut left = now.clone();
        known.apply(&sources, &mut left);
        assert_eq!(left, now[1..]);
        let now_known = Baseline::of(&sources, &now);
        let shrunk = known.shrunk(&now_known, |file| file == "a.yaml");
        assert_eq!((known.len(), shrunk.len()), (2, 1));
        assert!(
            shrunk.write().contains("\"path\": \"a.c\""),
            "{}",
            shrunk.write()
        );
        assert_eq!(known.shrunk(&now_known, |_| false), known);
        // A second finding at a known place is not known.
        let mut twice = vec![now[0].clone(), now[0].clone()];
        shrunk.apply(&sources, &mut twice);
        assert_eq!(twice.len(), 1);
    }

    #[test]
    fn a_file_is_known_by_either_spelling_of_its_path() {
        let text = "a: 1\n";
        let of = |name: &str| {
            let mut sources = Sources::default();
            let source = sources.add(name, text.to_owned());
            let finding = Diagnostic::new(CODE, "a test").at(Span::new(source, 0..1), "");
            Baseline::of(&sources, &[finding])
        };
        assert_eq!(of("./x/a.yaml"), of("x/a.yaml"));
        let written = of("x/a.yaml").write().replace("x/a.yaml", "./x/a.yaml");
        assert_eq!(Baseline::read(&written), Ok(of("x/a.yaml")));
        assert_ne!(of("../a.yaml"), of("a.yaml"));
    }

    #[test]
    fn what_is_no_baseline_is_refused() {
        for text in ["", "{}", "{\"version\": 2, \"findings\": []}", "[1]"] {
            assert!(Baseline::read(text).is_err(), "{text}");
        }
    }
}
