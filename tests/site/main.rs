//! The documentation as a site: pages that are generated, the table of contents, and links that work both in a checkout and
//! on the site. `UPDATE=1 cargo test --test site` writes the generated pages. `scripts/site` builds the site from `docs/`.

#![allow(
    clippy::disallowed_methods,
    reason = "a test reads the source tree, and rewrites its own expectation"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

mod picture;
mod reference;
#[path = "../support/mod.rs"]
mod support;

use reference::{reference_of_commands, reference_of_schema};

/// Files of the root that `scripts/site` adds to the site.
const ADDED: [&str; 4] = [
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
];

/// Sections of the table of contents: the title, and the pages in their order. A folder means all its other pages.
const SECTIONS: &[(&str, &[&str])] = &[
    ("Start", &["tutorial.md"]),
    (
        "Guides",
        &[
            "lint.md",
            "render.md",
            "additions.md",
            "plan.md",
            "values.md",
            "upgrade.md",
            "helm.md",
            "ci.md",
            "",
        ],
    ),
    (
        "How-to",
        &[
            "how-to/helm3.md",
            "how-to/helm4.md",
            "how-to/helmfile.md",
            "how-to/argocd.md",
            "how-to/flux.md",
            "how-to/github.md",
            "how-to/gitlab.md",
            "how-to/pre-commit.md",
            "how-to/editors.md",
            "how-to",
        ],
    ),
    (
        "Reference",
        &[
            "reference",
            "environment.md",
            "passes/README.md",
            "passes",
            "additions/README.md",
            "additions",
            "rules/README.md",
            "rules",
        ],
    ),
    (
        "Explanation",
        &[
            "explanation/node-pools.md",
            "explanation",
            "advice.md",
            "performance.md",
        ],
    ),
    (
        "Project",
        &[
            "architecture.md",
            "cluster.md",
            "CONTRIBUTING.md",
            "CHANGELOG.md",
        ],
    ),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn docs() -> PathBuf {
    root().join("docs")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The paths of all pages below a folder, relative to it.
fn pages_below(folder: &Path) -> BTreeSet<String> {
    let mut pages = BTreeSet::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder of the source tree") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|kind| kind == "md") {
                let path = path.strip_prefix(folder).expect("a path below it");
                pages.insert(path.to_str().expect("a plain name").replace('\\', "/"));
            }
        }
    }
    pages
}

/// The pages of the parts of `render` below a folder, and their index.
fn parts_of_render(folder: &str, title: &str, about: &str) -> BTreeMap<String, String> {
    let sources = root().join("src/render").join(folder);
    let mut pages = BTreeMap::new();
    let mut index = format!("# {title}\n\n{about}\n\n");
    for name in pages_below(&sources) {
        let text = read(&sources.join(&name));
        let title = title_of(&text);
        writeln!(index, "- [{title}]({name})").expect("a string");
        pages.insert(format!("{folder}/{name}"), text);
    }
    pages.insert(format!("{folder}/README.md"), index);
    pages
}

/// The text of the first heading of a page.
fn title_of(page: &str) -> &str {
    let mut lines = page.lines();
    let heading = lines.find_map(|line| line.strip_prefix("# "));
    heading.expect("a page starts with a heading")
}

/// The table of contents of the site.
fn contents(pages: &BTreeSet<String>) -> String {
    let named: BTreeSet<&str> =
        SECTIONS.iter().flat_map(|(_, entries)| *entries).copied().collect();
    let title = |page: &str| {
        let below = if ADDED.contains(&page) {
            root().to_owned()
        } else {
            docs()
        };
        title_of(&read(&below.join(page))).replace(['`', '[', ']'], "")
    };
    let mut summary = "# Summary\n\n[dunnage](README.md)\n".to_owned();
    for (section, entries) in SECTIONS {
        write!(summary, "\n# {section}\n\n").expect("a string");
        for entry in *entries {
            if Path::new(entry).extension().is_some() {
                let above = if ADDED.contains(entry) { "../" } else { "" };
                writeln!(summary, "- [{}]({above}{entry})", title(entry)).expect("a string");
                continue;
            }
            let of_folder = pages.iter().filter(|page| {
                let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
                folder == *entry
                    && !named.contains(page.as_str())
                    && *page != "README.md"
                    && *page != "SUMMARY.md"
            });
            let indent = if named.contains(format!("{entry}/README.md").as_str()) {
                "  "
            } else {
                ""
            };
            for page in of_folder {
                writeln!(summary, "{indent}- [{}]({page})", title(page)).expect("a string");
            }
        }
    }
    summary
}

fn generated() -> BTreeMap<String, String> {
    let about = "A pass adds one thing to the pods that a row of the policy selects. Each page has an example, which is a test.";
    let mut pages = parts_of_render("passes", "Passes of render", about);
    let about = "An addition is an object that the chart has no template for. Each page has an example, which is a test.";
    pages.extend(parts_of_render(
        "additions",
        "Objects that render adds",
        about,
    ));
    pages.insert("reference/commands.md".to_owned(), reference_of_commands());
    let about = "Every key of `dunnage.yaml`, from the JSON Schema that `dunnage schema` prints. [Place pods](../render.md) explains\nwhat they do.";
    pages.insert(
        "reference/policy.md".to_owned(),
        reference_of_schema("The policy", about, "policy"),
    );
    let about = "Every key of the file that `--report` writes, from the JSON Schema that `dunnage schema report` prints.";
    pages.insert(
        "reference/report.md".to_owned(),
        reference_of_schema("The report", about, "report"),
    );
    pages
}

#[test]
fn generated_pages_are_fresh() {
    let generated = generated();
    let is_update = std::env::var_os("UPDATE").is_some();
    let mut stale = Vec::new();
    for (name, page) in &generated {
        let path = docs().join(name);
        if is_update {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, page).expect("a page can be written");
        } else if std::fs::read_to_string(path).ok().as_ref() != Some(page) {
            stale.push(name.clone());
        }
    }
    for folder in ["additions", "passes", "reference"] {
        let written = pages_below(&docs().join(folder)).into_iter();
        let written = written.map(|name| format!("{folder}/{name}"));
        stale.extend(written.filter(|name| !generated.contains_key(name)));
    }
    let contents = contents(&pages_below(&docs()));
    let path = docs().join("SUMMARY.md");
    if is_update {
        std::fs::write(path, contents).expect("a page can be written");
    } else if std::fs::read_to_string(path).ok() != Some(contents) {
        stale.push("SUMMARY.md".to_owned());
    }
    assert!(
        stale.is_empty(),
        "docs: {stale:?}; run `UPDATE=1 cargo test --test site`"
    );
}

/// mdBook writes only the pages that the table of contents lists.
#[test]
fn every_page_is_in_the_table_of_contents() {
    let summary = read(&docs().join("SUMMARY.md"));
    let listed: BTreeSet<&str> = links(&summary).into_iter().map(|(path, _)| path).collect();
    for page in pages_below(&docs()) {
        assert!(
            page == "SUMMARY.md" || listed.contains(page.as_str()),
            "docs/{page} is not in docs/SUMMARY.md"
        );
    }
    for code in support::explained_codes() {
        let page = format!("rules/{}.md", code["code"].as_str().expect("a code"));
        assert!(listed.contains(page.as_str()), "{page}");
    }
}

/// A text without its blocks and inline code, in which nothing is a link.
fn without_code(text: &str) -> String {
    let mut is_block = false;
    let lines = text.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        is_block ^= is_fence;
        !is_block && !is_fence
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The targets of relative links: the path and the heading.
fn links(text: &str) -> Vec<(&str, &str)> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets
        .filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
        .map(|target| target.split_once('#').unwrap_or((target, "")))
        .collect()
}

/// The anchors of the headings of a page, as GitHub and mdBook make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let text = without_code(text);
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let heading = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        heading
            .chars()
            .filter(|letter| letter.is_alphanumeric() || "-_".contains(*letter))
            .collect()
    };
    headings.map(anchor).collect()
}

/// The path of a link's target in the folder of the site's sources; `None` for a target outside of it.
fn resolved(page: &str, target: &str) -> Option<String> {
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    let mut is_outside = false;
    for part in target.split('/') {
        match part {
            ".." if parts.pop().is_none() => is_outside = true,
            "." | ".." => {}
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    (is_outside == ADDED.contains(&path.as_str())).then_some(path)
}

#[test]
fn links_work_on_the_site() {
    let mut wrong = Vec::new();
    for page in pages_below(&docs()) {
        let text = without_code(&read(&docs().join(&page)));
        for (target, anchor) in links(&text) {
            let path = if target.is_empty() {
                Some(page.clone())
            } else {
                resolved(&page, target)
            };
            let file = path.map(|path| {
                let is_added = ADDED.contains(&path.as_str());
                let folder = if is_added { root().to_owned() } else { docs() };
                folder.join(path)
            });
            let is_right = file
                .filter(|file| file.is_file())
                .is_some_and(|file| anchor.is_empty() || anchors(&read(&file)).contains(anchor));
            if !is_right {
                wrong.push(format!("docs/{page}: {target}#{anchor}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Pages load nothing from other hosts: an image or a script of another host would be loaded by every reader.
#[test]
fn pages_have_no_images_of_other_hosts() {
    for page in pages_below(&docs()) {
        let text = without_code(&read(&docs().join(&page)));
        for part in ["![", "<img", "<script", "<iframe"] {
            let mut found = text.match_indices(part);
            let is_foreign = found.any(|(at, _)| {
                let rest = text[at..].split(['\n', ')']).next().unwrap_or_default();
                rest.contains("://")
            });
            assert!(!is_foreign, "docs/{page}");
        }
    }
}
