//! The house's two tables: which module may name which, and through which door each outside crate comes in.
//!
//! A new pair is a commit of its own that says why.

#![allow(clippy::disallowed_methods, reason = "a test reads the source tree")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Each module with those that it may name.
const LAYERS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("host", &[]),
    ("diag", &["text"]),
    ("yaml", &["text", "diag"]),
    ("values", &["text", "diag", "yaml"]),
    ("schema", &["text", "diag", "yaml"]),
    ("k8s", &["text", "diag", "yaml"]),
    ("policy", &["text", "diag", "yaml", "schema", "k8s"]),
    (
        "hub",
        &["text", "diag", "yaml", "values", "schema", "k8s", "policy"],
    ),
    (
        "render",
        &["text", "diag", "yaml", "k8s", "policy", "hub", "capacity"],
    ),
    ("capacity", &["text", "k8s"]),
    (
        "plan",
        &["text", "diag", "k8s", "policy", "hub", "capacity", "report"],
    ),
    (
        "lint",
        &[
            "text", "diag", "yaml", "values", "schema", "k8s", "policy", "hub",
        ],
    ),
    ("report", &["text", "diag"]),
    ("fix", &["text", "diag"]),
    (
        "project",
        &[
            "text", "diag", "k8s", "values", "policy", "hub", "render", "lint", "plan", "host",
        ],
    ),
    (
        "cli",
        &[
            "text", "diag", "yaml", "k8s", "values", "policy", "hub", "capacity", "render", "lint",
            "plan", "fix", "report", "project", "host",
        ],
    ),
];

/// Outside crates with the files or folders (below `src`) that may name them.
const DOORS: &[(&str, &[&str])] = &[
    ("base64", &["yaml/binary.rs"]),
    ("clap", &["cli/args.rs", "cli/args/"]),
    ("clap_complete", &["cli/args/pages.rs"]),
    ("clap_complete_nushell", &["cli/args/pages.rs"]),
    ("clap_mangen", &["cli/args/pages.rs"]),
    ("csv", &["capacity/demand/trace.rs"]),
    ("ctor", &["host/closed.rs"]),
    ("flate2", &["values/chart/"]),
    ("glob", &["policy/"]),
    ("granit_parser", &["yaml/parse.rs"]),
    ("ignore", &["host/walk.rs"]),
    ("jiff", &["capacity/demand/time.rs"]),
    ("jsonschema", &["schema/"]),
    ("kube_core", &["k8s/"]),
    ("libm", &["capacity/"]),
    ("memchr", &["text/", "yaml/", "k8s/"]),
    ("miette", &["report/graphical.rs"]),
    ("rand_pcg", &["capacity/draws.rs"]),
    (
        "rayon",
        &[
            "capacity/simulate/hub.rs",
            "k8s/release.rs",
            "lint/engine.rs",
            "render/engine.rs",
        ],
    ),
    (
        "rustix",
        &["host/os.rs", "host/replace.rs", "host/trust.rs"],
    ),
    ("similar", &["report/diff.rs"]),
    ("strsim", &["text/mask/names.rs", "text/nearest.rs"]),
    ("tar", &["values/chart/"]),
    ("terminal_size", &["host/os.rs"]),
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder of the source tree") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Every source file with its path below `src`, in which `/` parts folders, and its code without
/// comments.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("a source file");
        let code: Vec<&str> =
            text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let name = path
            .strip_prefix(&root)
            .expect("it lies below")
            .to_string_lossy()
            .replace('\\', "/");
        (name, code.join("\n"))
    };
    files(&root).into_iter().map(read).collect()
}

/// Words that follow `marker` in the code: `crate::yaml::parse` gives `yaml`.
fn named_after(code: &str, marker: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices(marker) {
        let rest = &code[at + marker.len()..];
        if let Some(list) = rest.strip_prefix('{') {
            let list = list.split('}').next().unwrap_or_default();
            names.extend(list.split(',').map(|name| word(name.trim())));
        } else {
            names.insert(word(rest));
        }
    }
    names.remove("");
    names
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
        .collect()
}

#[test]
fn modules_name_only_lower_ones() {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for (file, code) in sources() {
        let Some((module, _)) = file.split_once('/') else {
            continue;
        };
        let allowed = LAYERS.iter().find(|(name, _)| *name == module);
        let (_, allowed) =
            allowed.unwrap_or_else(|| panic!("`{module}` stands in no row of LAYERS"));
        for named in named_after(&code, "crate::") {
            seen.insert((module.to_owned(), named.clone()));
            if named != module && !allowed.contains(&named.as_str()) {
                wrong.push(format!("{file} names `{named}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(
        seen.len() > 10,
        "the search for `crate::` finds nothing any more"
    );
}

/// The file that declares each name that `mod.rs` of a folder passes on: `pub use engine::{run, Job};`.
fn passed_on(code: &str) -> BTreeMap<String, String> {
    let mut declared = BTreeMap::new();
    for statement in code.split(';') {
        let Some((_, path)) = statement.split_once("use ") else {
            continue;
        };
        let Some((file, names)) = path.split_once("::") else {
            continue;
        };
        let names = names.trim_matches(['{', '}']);
        for name in names.split(',') {
            let (_, to) = name.split_once(" as ").unwrap_or((name, name));
            declared.insert(to.trim().to_owned(), file.trim().to_owned());
        }
    }
    declared
}

/// The first words of what a path, or each path of a list, names: `{self, a::b, c}` gives `a` and `c`.
fn heads(path: &str) -> BTreeSet<String> {
    let list = path.strip_prefix('{').unwrap_or(path);
    let mut depth = 0;
    let mut names = BTreeSet::new();
    for item in list.split(|letter| {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        letter == ',' && depth == 0
    }) {
        names.insert(word(item.trim()));
        if !path.starts_with('{') {
            break;
        }
    }
    names.remove("self");
    names.remove("");
    names
}

/// The files and folders right below `lint` that each of them names.
fn named_in_lint() -> BTreeMap<String, BTreeSet<String>> {
    let sources = sources();
    let code_of = |wanted: &str| {
        let mut sources = sources.iter();
        let (_, code) = sources.find(|(file, _)| file == wanted).expect("a file");
        code.clone()
    };
    let declared = passed_on(&code_of("lint/mod.rs"));
    let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, code) in &sources {
        let Some(path) = file.strip_prefix("lint/").filter(|path| *path != "mod.rs") else {
            continue;
        };
        let own = path.split(['/', '.']).next().expect("a name").to_owned();
        // Unit tests may look at everything.
        if path.ends_with("/tests.rs") || path.ends_with("/properties.rs") {
            continue;
        }
        let code = code.split("#[cfg(test)]\nmod").next().unwrap_or_default();
        let is_root = !path.contains('/');
        let markers: &[&str] = if is_root {
            &["crate::lint::", "super::"]
        } else {
            &["crate::lint::"]
        };
        for marker in markers {
            for (at, _) in code.match_indices(marker) {
                let end = code[at..].find(';').map_or(code.len(), |end| at + end);
                for head in heads(&code[at + marker.len()..end]) {
                    let target = declared.get(&head).cloned().unwrap_or(head);
                    if target != own {
                        named.entry(own.clone()).or_default().insert(target);
                    }
                }
            }
        }
    }
    named
}

#[test]
fn the_files_of_lint_name_each_other_in_one_direction() {
    let mut named = named_in_lint();
    // A search that finds nothing any more would find no circle either.
    assert!(named["engine"].contains("rules"), "{named:#?}");
    assert!(named["rules"].contains("rule"), "{named:#?}");
    // Takes away what names nothing that is left, again and again: what stays is a cycle.
    loop {
        let known: BTreeSet<String> = named.keys().cloned().collect();
        let before = named.len();
        named.retain(|_, targets| targets.iter().any(|target| known.contains(target)));
        if named.len() == before {
            break;
        }
    }
    assert!(
        named.is_empty(),
        "these name each other in a circle: {named:#?}"
    );
}

/// What two commands share is in `cli` or below it.
#[test]
fn a_command_names_no_other_command() {
    let sources = sources().into_iter();
    let commands = sources.filter_map(|(file, code)| {
        let file = file.strip_prefix("cli/commands/")?;
        let is_root = !file.contains('/') && file != "mod.rs";
        let names_other = code.contains("commands::") || is_root && code.contains("\nuse super::");
        Some((file.to_owned(), names_other))
    });
    let commands: Vec<(String, bool)> = commands.collect();
    assert!(commands.len() > 5, "the commands are somewhere else");
    let wrong: Vec<_> = commands.iter().filter(|(_, is_wrong)| *is_wrong).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn outside_crates_have_one_door() {
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for (file, code) in sources() {
        for (name, doors) in DOORS {
            let at = format!("{name}::");
            let is_named = code.match_indices(&at).any(|(start, _)| {
                !code[..start]
                    .ends_with(|before: char| before.is_alphanumeric() || "_:".contains(before))
            });
            if !is_named {
                continue;
            }
            used.insert(*name);
            if !doors.iter().any(|door| file.starts_with(door)) {
                wrong.push(format!("{file} names `{name}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let unused: Vec<_> = DOORS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| !used.contains(name))
        .collect();
    assert!(unused.is_empty(), "doors that nobody uses: {unused:?}");
}
