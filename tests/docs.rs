//! The reference is generated from the codes: `docs/rules` has the page of every code and an index, and the last section of
//! `docs/advice.md` lists the rules of each published document. `UPDATE=1 cargo test --test docs` writes both. What
//! `docs/advice.md` names exists, and links lead to files.

#![allow(
    clippy::disallowed_methods,
    reason = "a test reads the source tree, and rewrites its own expectation"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

mod support;

use support::explained_codes;

/// Families in the order of the index: the letters, the name, and what their rules are about.
const FAMILIES: &[(&str, &str, &str)] = &[
    (
        "PH",
        "Placeholders",
        "Pods that reserve seats for future users, so that the autoscaler adds a node before users wait.",
    ),
    (
        "PP",
        "Image pullers",
        "Which images are pulled on which nodes before users need them.",
    ),
    (
        "PR",
        "Priorities",
        "Which pods preempt which, and for which pods an autoscaler adds a node.",
    ),
    (
        "SC",
        "The user scheduler",
        "User pods are packed on few nodes, so that other nodes become empty.",
    ),
    (
        "NP",
        "Node pools",
        "On which nodes the values allow and prefer user pods and core pods.",
    ),
    (
        "RS",
        "Resources",
        "Guarantees and limits of user servers, and how Kubernetes reads them.",
    ),
    (
        "CU",
        "Culling",
        "When idle user servers are stopped, and what is deleted with them.",
    ),
    (
        "HB",
        "The hub",
        "One process and one database that serve all users.",
    ),
    ("IM", "Images", "Image references in the values."),
    ("XL", "Across files", "Values that several files set."),
    (
        "SM",
        "Schema",
        "Keys and types that the chart and KubeSpawner accept, by version.",
    ),
    (
        "KB",
        "Kubernetes objects",
        "Containers, volumes, hosts and quantities that the API server rejects, in values and in manifests.",
    ),
    (
        "TX",
        "Pasted text",
        "What came into a file from a web page, a chat or a terminal, and is no value.",
    ),
    (
        "SY",
        "YAML and merging",
        "Cases in which Helm reads something else than the file seems to say.",
    ),
    (
        "UP",
        "Upgrades",
        "What another version of the chart changes for a hub; only with `--to`.",
    ),
    (
        "SP",
        "Suppressions",
        "Comments that are meant to suppress findings but have no effect.",
    ),
    (
        "PL",
        "The policy",
        "Rows of `dunnage.yaml` that have another effect than intended.",
    ),
    (
        "XR",
        "Manifests",
        "Pods, disruption budgets and priority classes that any chart renders.",
    ),
    (
        "RN",
        "Rendering",
        "What `dunnage render` and `dunnage verify` report about manifests and the policy's effect on them.",
    ),
    ("PO", "The policy", "Mistakes in `dunnage.yaml`."),
    (
        "VA",
        "Values and charts",
        "Values, `--set` arguments and charts that Helm cannot read.",
    ),
    (
        "PN",
        "Plans",
        "What `dunnage plan` reports about its options, its files and the answer.",
    ),
    (
        "CL",
        "The command line",
        "Options, files and folders. Only `no-such-rule` is a rule: the linter reports it in comments.",
    ),
];

/// A published document that rules carry the advice of.
struct Document {
    title: &'static str,
    about: &'static str,
    address: &'static str,
}

const DOCUMENTS: &[Document] = &[
    Document {
        title: "Optimizations",
        about: "guide of Zero to JupyterHub",
        address: "https://z2jh.jupyter.org/en/stable/administrator/optimization.html",
    },
    Document {
        title: "Core component resilience/reliability",
        about: "thread in the Jupyter forum",
        address: "https://discourse.jupyter.org/t/core-component-resilience-reliability/5433",
    },
    Document {
        title: "Planning placeholders with jupyterhub helm chart 0.8",
        about: "thread in the Jupyter forum",
        address: "https://discourse.jupyter.org/t/planning-placeholders-with-jupyterhub-helm-chart-0-8-tested-on-mybinder-org/213",
    },
    Document {
        title: "Speed and Optimization",
        about: "older version of the page \"Optimizations\"",
        address: "https://test-zerotojh.readthedocs.io/en/doc-build/optimization.html",
    },
    Document {
        title: "User placeholders",
        about: "2i2c's guide to the infrastructure of events",
        address: "https://infrastructure.2i2c.org/topic/infrastructure/user-placeholders/",
    },
];

/// The head of the section of `docs/advice.md` that is generated.
const GENERATED: &str = "\n## Rules by document\n";

impl Document {
    /// Whether the page of a rule says that it carries advice of this document: by its title, as a link or in quotes.
    fn is_carried_by(&self, page: &str) -> bool {
        let title = self.title;
        page.contains(&format!("[{title}]")) || page.contains(&format!("\"{title}\""))
    }

    /// Whether the page of a rule refers to this document in any way.
    fn is_named_by(&self, page: &str) -> bool {
        self.is_carried_by(page) || page.contains(self.address)
    }
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// The rules as the program shows them to programs, by their codes.
fn rules() -> BTreeMap<String, Value> {
    let rules = explained_codes().into_iter();
    rules.map(|rule| (text(&rule, "code").to_owned(), rule)).collect()
}

fn text<'r>(rule: &'r Value, key: &str) -> &'r str {
    rule[key].as_str().expect(key)
}

/// The section of `docs/advice.md` with the rules that name each document.
fn rules_by_document(rules: &BTreeMap<String, Value>) -> String {
    let mut section = format!(
        "{GENERATED}\n\
         The references of the rule pages, by document. Rules that are not here come from the documentation and the\n\
         sources of Kubernetes, Helm, KubeSpawner and the chart; their pages name them.\n\n\
         | document | rules |\n| --- | --- |\n"
    );
    for document in DOCUMENTS {
        let named = rules.iter().filter(|(_, rule)| document.is_named_by(text(rule, "page")));
        let links: Vec<String> =
            named.map(|(code, _)| format!("[{code}](rules/{code}.md)")).collect();
        let Document {
            title,
            about,
            address,
            ..
        } = document;
        let links = links.join(", ");
        writeln!(section, "| [{title}]({address}), {about} | {links} |").expect("a string");
    }
    section
}

/// The index of all pages.
fn index(rules: &BTreeMap<String, Value>) -> String {
    let mut index = "\
# Rules and codes

`dunnage rule CODE` prints a page, `dunnage rule --all` prints all of them, and `dunnage rule --format json` prints them as
JSON. The level is the default; a page says if a finding can have another one. Hints are shown with `--pedantic`. The last
column is the kind of fix that `dunnage lint --fix` applies; unsafe fixes also need `--unsafe-fixes`. `--select` and
`--ignore` accept the letters of a family for all of its rules. The codes of the last four families belong to other commands
and cannot be selected.
"
    .to_owned();
    for (family, name, about) in FAMILIES {
        let of_family = rules.values().filter(|rule| rule["family"] == *family);
        let head = "| rule | level | problem | fix |\n| --- | --- | --- | --- |";
        write!(index, "\n## {name} ({family})\n\n{about}\n\n{head}\n").expect("a string");
        for rule in of_family {
            let [code, name, level, summary, fix] =
                ["code", "name", "level", "summary", "fix"].map(|key| text(rule, key));
            let summary = summary.replace('|', "\\|");
            let fix = if fix == "none" { "" } else { fix };
            writeln!(
                index,
                "| [{code}]({code}.md) `{name}` | {level} | {summary} | {fix} |"
            )
            .expect("a string");
        }
    }
    index.push_str(
        "\n## Published advice\n\n\
         [advice.md](../advice.md) lists the published advice that rules and passes carry, by document.\n",
    );
    index
}

/// What `docs/rules` has to hold.
fn pages() -> BTreeMap<String, String> {
    let rules = rules();
    let mut pages: BTreeMap<String, String> = rules
        .iter()
        .map(|(code, rule)| (format!("{code}.md"), text(rule, "page").to_owned()))
        .collect();
    pages.insert("README.md".to_owned(), index(&rules));
    pages
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).expect("a folder of the source tree");
    entries
        .map(|entry| entry.expect("an entry").file_name())
        .map(|name| name.into_string().expect("a plain name"))
        .collect()
}

fn write_anew(folder: &Path, pages: &BTreeMap<String, String>) {
    std::fs::create_dir_all(folder).expect("a folder");
    for (name, page) in pages {
        std::fs::write(folder.join(name), page).expect("a page can be written");
    }
    for name in names_in(folder) {
        if !pages.contains_key(&name) {
            std::fs::remove_file(folder.join(name)).expect("a page can be removed");
        }
    }
}

#[test]
fn the_published_pages_are_those_of_the_rules() {
    let folder = docs().join("rules");
    let pages = pages();
    if std::env::var_os("UPDATE").is_some() {
        return write_anew(&folder, &pages);
    }
    let published = names_in(&folder);
    let is_stale = |(name, page): &(&String, &String)| {
        let published = std::fs::read_to_string(folder.join(name));
        published.ok().as_ref() != Some(page)
    };
    let stale = pages.iter().filter(is_stale).map(|(name, _)| name.clone());
    let gone = published.into_iter().filter(|name| !pages.contains_key(name));
    let wrong: Vec<String> = stale.chain(gone).collect();
    assert!(
        wrong.is_empty(),
        "docs/rules: {wrong:?}; run `UPDATE=1 cargo test`"
    );
}

#[test]
fn every_rule_has_a_family_with_a_name_and_every_family_has_rules() {
    let of_rules: BTreeSet<String> =
        rules().values().map(|rule| text(rule, "family").to_owned()).collect();
    let named: BTreeSet<String> =
        FAMILIES.iter().map(|(family, ..)| (*family).to_owned()).collect();
    assert_eq!(of_rules, named);
}

#[test]
fn pages_link_to_documents_by_their_address() {
    for (code, rule) in rules() {
        let page = text(&rule, "page");
        for document in DOCUMENTS {
            let (title, address) = (document.title, document.address);
            for (at, link) in page.match_indices(&format!("[{title}](")) {
                let target = &page[at + link.len()..];
                assert!(
                    target.starts_with(address),
                    "{code}: `{title}` is at {address}"
                );
            }
        }
    }
}

/// Words that look like the code of a rule.
fn codes(text: &str) -> BTreeSet<&str> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    let is_code = |word: &&str| {
        word.len() == 5
            && word[..2].bytes().all(|byte| byte.is_ascii_uppercase())
            && word[2..].bytes().all(|byte| byte.is_ascii_digit())
    };
    words.filter(is_code).collect()
}

/// `docs/advice.md`: what is written by hand, and the section that is generated.
fn advice() -> (String, String) {
    let advice = std::fs::read_to_string(docs().join("advice.md")).expect("docs/advice.md");
    let at = advice.find(GENERATED).unwrap_or(advice.len());
    let (by_hand, generated) = advice.split_at(at);
    (by_hand.to_owned(), generated.to_owned())
}

#[test]
fn rules_are_listed_by_their_documents() {
    let (by_hand, generated) = advice();
    let expected = rules_by_document(&rules());
    if std::env::var_os("UPDATE").is_some() {
        let path = docs().join("advice.md");
        return std::fs::write(path, by_hand + &expected).expect("a page can be written");
    }
    assert_eq!(
        generated, expected,
        "docs/advice.md is stale; run `UPDATE=1 cargo test --test docs`"
    );
}

#[test]
fn advice_is_carried_by_rules_that_exist() {
    let rules = rules();
    let (by_hand, _) = advice();
    let named = codes(&by_hand);
    for code in &named {
        assert!(
            rules.contains_key(*code),
            "docs/advice.md: there is no {code}"
        );
    }
    for document in DOCUMENTS {
        for (code, rule) in &rules {
            assert!(
                !document.is_carried_by(text(rule, "page")) || named.contains(code.as_str()),
                "the page of {code} names `{}`, and docs/advice.md does not say what {code} carries of it",
                document.title
            );
        }
        let head = format!("\n## {}\n", document.title);
        assert!(by_hand.contains(&head), "no section{head}");
        assert!(
            by_hand.contains(document.address),
            "no link to {}",
            document.address
        );
    }
}

/// The targets of links in Markdown: the path of a file of the checkout, and the heading in it.
fn links(text: &str) -> Vec<(&str, &str)> {
    let targets = text.split("](").skip(1);
    targets
        .filter_map(|rest| rest.split(')').next())
        .filter(|target| !target.contains("://"))
        .map(|target| target.split_once('#').unwrap_or((target, "")))
        .collect()
}

/// The anchors of the headings of a page, as GitHub makes them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| line.trim_start_matches('#').trim().to_lowercase())
        .map(|heading| heading.replace(' ', "-"))
        .map(|heading| {
            heading
                .chars()
                .filter(|letter| letter.is_alphanumeric() || "-_".contains(*letter))
                .collect()
        })
        .collect()
}

#[test]
fn links_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = vec![docs().join("rules/README.md")];
    let named = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"];
    pages.extend(named.map(|name| root.join(name)));
    let documents = names_in(&docs()).into_iter();
    pages.extend(
        documents
            .filter(|name| Path::new(name).extension().is_some_and(|ending| ending == "md"))
            .map(|name| docs().join(name)),
    );
    for page in pages {
        let text = std::fs::read_to_string(&page).expect("a page");
        for (path, anchor) in links(&text) {
            let target = match path {
                "" => page.clone(),
                path => page.parent().expect("a folder").join(path),
            };
            assert!(target.exists(), "{}: {path}", page.display());
            if !anchor.is_empty() {
                let text = std::fs::read_to_string(&target).expect("a page");
                let is_there = anchors(&text).contains(anchor);
                assert!(is_there, "{}: {path}#{anchor}", page.display());
            }
        }
    }
}

/// Every page that is written by hand can be reached from the door: `README.md`, or the first page of the site.
#[test]
fn the_first_pages_link_to_every_page_of_the_guide() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name| std::fs::read_to_string(root.join(name)).expect(name);
    let (readme, first) = (read("README.md"), read("docs/README.md"));
    let linked = links(&readme).into_iter().map(|(path, _)| path.to_owned());
    let of_first = links(&first).into_iter();
    let linked = linked.chain(of_first.map(|(path, _)| format!("docs/{path}")));
    let linked: BTreeSet<String> = linked.collect();
    for folder in ["docs", "docs/how-to", "docs/explanation"] {
        for name in names_in(&root.join(folder)) {
            let path = format!("{folder}/{name}");
            let is_page = Path::new(&name).extension().is_some_and(|kind| kind == "md");
            let is_linked = !is_page || name == "SUMMARY.md" || linked.contains(&path);
            assert!(
                is_linked,
                "neither README.md nor docs/README.md links to {path}"
            );
        }
    }
}
