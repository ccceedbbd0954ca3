//! The documentation is made of the rules and tells the truth of them: `docs/rules` has the page of every code with an
//! index (`UPDATE=1 cargo test` writes it anew), `docs/seeds.md` names rules that there are.

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
        "Pods that hold seats for users to come, so that a node is asked for before they wait.",
    ),
    (
        "PP",
        "Image pullers",
        "What is pulled onto which nodes before anybody needs it there.",
    ),
    (
        "PR",
        "Priorities",
        "Who makes room for whom, and for what an autoscaler adds a node.",
    ),
    (
        "SC",
        "The user scheduler",
        "Servers are packed on few nodes, so that the others empty.",
    ),
    (
        "NP",
        "Node pools",
        "Which nodes the values send servers and core pods to, and keep them from.",
    ),
    (
        "RS",
        "Resources",
        "How much a server is promised, how much it may take, and what Kubernetes makes of it.",
    ),
    (
        "CU",
        "Culling",
        "Servers that nobody uses are stopped, and nothing else is.",
    ),
    (
        "HB",
        "The hub itself",
        "One process and one database that everybody waits for.",
    ),
    (
        "IM",
        "Images",
        "How the values name the software that runs.",
    ),
    (
        "XL",
        "Across files",
        "Values that several files say differently.",
    ),
    (
        "SM",
        "Schema",
        "What the chart and KubeSpawner know of keys and of types, of each version its own.",
    ),
    (
        "KB",
        "Objects of Kubernetes",
        "Containers, volumes, hosts and quantities that the API server refuses, in values and in manifests.",
    ),
    (
        "TX",
        "Pasted text",
        "What came into a file from a web page, a chat or a terminal, and is no value.",
    ),
    (
        "SY",
        "YAML and its merge",
        "What Helm reads is not always what stands in the file.",
    ),
    (
        "UP",
        "Upgrades",
        "What another version of the chart changes for a hub: with `--to` alone.",
    ),
    (
        "SP",
        "Suppressions",
        "Comments that silence findings, and do not do it, or not any more.",
    ),
    (
        "PL",
        "The policy",
        "Rows of `dunnage.yaml` that do not do what they seem to.",
    ),
    (
        "XR",
        "Manifests",
        "What any chart renders, pod by pod, budget by budget, class by class.",
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
        "Values, `--set` arguments and charts that Helm cannot read either.",
    ),
    (
        "CL",
        "The command line",
        "Options, files and folders; of these only `no-such-rule` is a rule, for comments.",
    ),
];

/// The documents that rules come from.
const SEEDS: &[(&str, &str)] = &[
    (
        "000",
        "the page \"Optimizations\" of the guide Zero to JupyterHub",
    ),
    (
        "001",
        "the thread \"Core component resilience/reliability\"",
    ),
    ("002", "the thread \"Planning placeholders\""),
    ("003", "the old page \"Speed and Optimization\""),
    ("004", "the section \"User placeholders\" on events"),
];

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// The rules as the program shows them to programs, by their codes.
fn rules() -> BTreeMap<String, Value> {
    let rules = explained_codes().into_iter();
    rules
        .map(|rule| (text(&rule, "code").to_owned(), rule))
        .collect()
}

fn text<'r>(rule: &'r Value, key: &str) -> &'r str {
    rule[key].as_str().expect(key)
}

/// The seeds that a page names in its item `- Source:`.
fn seeds_of(page: &str) -> BTreeSet<&str> {
    // Codes that are no rules have none.
    let (_, source) = page.split_once("\n- Source: ").unwrap_or_default();
    let source = source.split("\n\n").next().unwrap_or_default();
    if !source.contains("seed") {
        return BTreeSet::new();
    }
    let words = source.split(|letter: char| !letter.is_ascii_alphanumeric());
    words
        .filter(|word| word.len() == 3 && word.starts_with("00"))
        .collect()
}

/// The index of all pages.
fn index(rules: &BTreeMap<String, Value>) -> String {
    let mut index = "\
# The rules of the linter and all other codes

`dunnage rule CODE` prints a page, `dunnage rule --all` all of them, `dunnage rule --format json` what programs
read. The level is the usual one; a page says where a finding has another. Hints are shown with `--pedantic`.
The last column is what a page promises of `dunnage lint --fix`; what is unsafe needs `--unsafe-fixes` too. The
letters of a family stand for all of its rules in `--select` and `--ignore`. The last four families are codes of other
commands: they are explained here, and cannot be selected.
"
    .to_owned();
    for (family, name, about) in FAMILIES {
        let of_family = rules.values().filter(|rule| rule["family"] == *family);
        let head = "| rule | level | what is wrong | fix |\n| --- | --- | --- | --- |";
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
        "\n## Where they come from\n\nWhat each document advises, sentence by sentence, and what carries it, is in \
         [seeds.md](../seeds.md).\nRules that are not here come from Kubernetes, Helm, KubeSpawner and the chart, as their pages say.\n\n\
         | seed | document | rules |\n| --- | --- | --- |\n",
    );
    for (seed, title) in SEEDS {
        let named = rules
            .iter()
            .filter(|(_, rule)| seeds_of(text(rule, "page")).contains(seed));
        let links: Vec<String> = named
            .map(|(code, _)| format!("[{code}]({code}.md)"))
            .collect();
        writeln!(index, "| {seed} | {title} | {} |", links.join(", ")).expect("a string");
    }
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
    let gone = published
        .into_iter()
        .filter(|name| !pages.contains_key(name));
    let wrong: Vec<String> = stale.chain(gone).collect();
    assert!(
        wrong.is_empty(),
        "docs/rules: {wrong:?}; run `UPDATE=1 cargo test`"
    );
}

#[test]
fn every_rule_has_a_family_with_a_name_and_every_family_has_rules() {
    let of_rules: BTreeSet<String> = rules()
        .values()
        .map(|rule| text(rule, "family").to_owned())
        .collect();
    let named: BTreeSet<String> = FAMILIES
        .iter()
        .map(|(family, ..)| (*family).to_owned())
        .collect();
    assert_eq!(of_rules, named);
}

#[test]
fn the_seeds_that_pages_name_are_known() {
    for (code, rule) in rules() {
        for seed in seeds_of(text(&rule, "page")) {
            assert!(
                SEEDS.iter().any(|(known, _)| *known == seed),
                "{code}: seed {seed}"
            );
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

#[test]
fn the_seeds_are_carried_by_rules_that_there_are() {
    let rules = rules();
    let seeds = std::fs::read_to_string(docs().join("seeds.md")).expect("docs/seeds.md");
    for code in codes(&seeds) {
        assert!(
            rules.contains_key(code),
            "docs/seeds.md: there is no {code}"
        );
    }
    let named = codes(&seeds);
    for (code, rule) in &rules {
        assert!(
            seeds_of(text(rule, "page")).is_empty() || named.contains(code.as_str()),
            "the page of {code} names a seed, and docs/seeds.md has nothing of it"
        );
    }
    for (seed, _) in SEEDS {
        assert!(seeds.contains(&format!("\n## {seed}: ")), "no seed {seed}");
    }
}

/// The targets of links in Markdown, without the part behind `#`.
fn links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1);
    targets
        .filter_map(|rest| rest.split([')', '#']).next())
        .filter(|target| !target.is_empty() && !target.contains("://"))
        .collect()
}

#[test]
fn links_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = vec![root.join("README.md"), docs().join("rules/README.md")];
    let documents = names_in(&docs()).into_iter();
    pages.extend(
        documents
            .filter(|name| {
                Path::new(name)
                    .extension()
                    .is_some_and(|ending| ending == "md")
            })
            .map(|name| docs().join(name)),
    );
    for page in pages {
        let text = std::fs::read_to_string(&page).expect("a page");
        for link in links(&text) {
            let target = page.parent().expect("a folder").join(link);
            assert!(target.exists(), "{}: {link}", page.display());
        }
    }
}
