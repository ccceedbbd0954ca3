//! The pages of the passes and the cases under `testdata/render` run here.

use std::path::{Path, PathBuf};

use super::*;
use crate::diag::Diagnostic;
use crate::k8s::Release;
use crate::policy::{self, Policy};
use crate::report;
use crate::text::Sources;

/// What one rendering gives.
struct Rendered {
    text: Option<String>,
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
}

impl Rendered {
    /// `RN003 message`, a line each.
    fn says(&self) -> String {
        let line =
            |diagnostic: &Diagnostic| format!("{} {}\n", diagnostic.code.id, diagnostic.message);
        self.diagnostics.iter().map(line).collect()
    }
}

#[track_caller]
fn render(policy: &str, manifests: &str) -> Rendered {
    let mut sources = Sources::default();
    let policy_source = sources.add("policy.yaml", policy.to_owned());
    let source = sources.add("in.yaml", manifests.to_owned());
    let (policy, problems) = policy::read(policy_source, sources.get(policy_source).text());
    let policy: Policy = policy.unwrap_or_else(|| panic!("{problems:#?}"));
    let release = Release::read(source, sources.get(source).text());
    let outcome = run(
        &release,
        &policy,
        &Options {
            mode: Some(Mode::Plain),
            ..Options::default()
        },
    );
    let text = outcome.text.map(std::borrow::Cow::into_owned);
    let diagnostics = outcome.diagnostics;
    Rendered {
        text,
        sources,
        diagnostics,
    }
}

/// A fenced block of a page.
struct Block<'p> {
    info: &'p str,
    text: String,
    line: usize,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut open = false;
    for (index, line) in page.lines().enumerate() {
        match (line.strip_prefix("```"), open) {
            (Some(info), false) => {
                blocks.push(Block {
                    info,
                    text: String::new(),
                    line: index + 1,
                });
                open = true;
            }
            (Some(_), true) => open = false,
            (None, true) => {
                let block = blocks.last_mut().expect("a block is open");
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, false) => {}
        }
    }
    blocks
}

/// Every `in` of a page must come out as its `out` (the same text for `out same`, an error where there
/// is none) and say what its `says` says.
fn check_page(page: &Page) -> usize {
    let blocks = blocks(page.text);
    let mut policy = String::new();
    let mut checked = 0;
    for (index, block) in blocks.iter().enumerate() {
        let place = format!("{}, line {}", page.name, block.line);
        match block.info {
            "yaml policy" => policy.clone_from(&block.text),
            "yaml in" => {
                let rendered = render(&policy, &block.text);
                let after: Vec<&Block<'_>> = blocks[index + 1..]
                    .iter()
                    .take_while(|block| !matches!(block.info, "yaml in" | "yaml policy"))
                    .collect();
                let find = |info: &str| {
                    after
                        .iter()
                        .find(|block| block.info == info)
                        .map(|block| block.text.clone())
                };
                let out =
                    find("yaml out").or_else(|| find("yaml out same").map(|_| block.text.clone()));
                assert_eq!(rendered.text, out, "{place}: {}", rendered.says());
                let says = rendered.says();
                let says: String = says
                    .lines()
                    .filter(|line| !line.starts_with("RN011"))
                    .map(|line| format!("{line}\n"))
                    .collect();
                assert_eq!(says, find("text says").unwrap_or_default(), "{place}");
                if let Some(out) = out {
                    assert_eq!(
                        render(&policy, &out).text,
                        Some(out),
                        "{place}, rendered twice"
                    );
                }
                checked += 1;
            }
            "yaml out" | "yaml out same" | "text says" => {}
            other => panic!("{place}: no block is called `{other}`"),
        }
    }
    checked
}

#[test]
fn pages_are_true() {
    for page in PAGES {
        assert!(check_page(page) > 2, "{} shows too little", page.name);
    }
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/render");
    let entries = std::fs::read_dir(folder).expect("cases");
    let mut cases: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    cases.sort();
    cases
}

/// Compares with a file of the case, or writes it under `UPDATE=1`. An empty text is no file.
fn check_file(path: &Path, actual: &str) {
    if std::env::var_os("UPDATE").is_some() {
        if actual.is_empty() {
            let _ = std::fs::remove_file(path);
        } else {
            std::fs::write(path, actual).expect("the case can be written");
        }
        return;
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    let (actual, expected) = (actual.replace('\r', "\\r"), expected.replace('\r', "\\r"));
    assert_eq!(actual, expected, "{}: UPDATE=1 rewrites it", path.display());
}

#[test]
fn cases_come_out_as_recorded() {
    let cases = cases();
    assert!(cases.len() > 10, "only {} cases", cases.len());
    for case in cases {
        let read =
            |name: &str| std::fs::read_to_string(case.join(name)).expect("a file of the case");
        let (policy, manifests) = (read("policy.yaml"), read("in.yaml"));
        let rendered = render(&policy, &manifests);
        check_file(
            &case.join("out.yaml"),
            rendered.text.as_deref().unwrap_or_default(),
        );
        let look = report::Look {
            color: false,
            unicode: false,
            width: 100,
        };
        check_file(
            &case.join("stderr"),
            &report::graphical(&rendered.sources, &rendered.diagnostics, look),
        );
        if let Some(text) = rendered.text {
            assert_eq!(
                render(&policy, &text).text.as_ref(),
                Some(&text),
                "{} rendered twice",
                case.display()
            );
        }
    }
}
