//! The guides are correct: `README.md`, `CONTRIBUTING.md` and the pages in `docs/` that are written by hand.
//!
//! Their commands run in a world with the files of `examples/`, and start there. A fenced block is tested by what it is:
//!
//! | block | test |
//! | --- | --- |
//! | its first line starts with `$ ` | prints what follows each command; `UPDATE=1 cargo test --test guide_pages` records it |
//! | `sh` | each `dunnage` in it runs; `helm template` and `helm get manifest` print recorded manifests |
//! | `yaml policy` | is a policy, or a part of one |
//! | `yaml values` | has no finding as values of a hub |
//!
//! Commands and options in the text exist.

#![allow(
    clippy::disallowed_methods,
    reason = "a test reads the source tree, and rewrites its own expectation"
)]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use dunnage::policy;
use dunnage::text::Sources;
use support::{CommandLine, Outcome, World};

const STREAM: &str = "testdata/streams/hub-like.yaml";

/// Other programs that guides run.
const FOREIGN: &[&str] = &[
    "cargo", "cd", "curl", "eval", "helm", "kubectl", "pip", "uvx",
];

/// Options of these programs, and of programs of this repository.
const FOREIGN_OPTIONS: &[&str] = &[
    "--all-targets",
    "--ignored",
    "--library",
    "--keyring",
    "--lib",
    "--locked",
    "--nocapture",
    "--path",
    "--post-renderer",
    "--post-renderer-args",
    "--quick",
    "--rollback-on-failure",
    "--bench",
    "--plan",
    "--target",
    "--test",
    "--tool",
    "--verify",
    "--wait",
];

/// What a placeholder in a command of the text can be.
const PLACEHOLDERS: &[(&str, &str)] = &[
    ("CODE", "PH001"),
    ("FILE", "monitoring.yaml"),
    ("KEY", "retention"),
    ("SHELL", "bash"),
    ("VERSION", "4.3"),
];

#[test]
fn transcripts_are_what_the_program_prints() {
    let is_update = std::env::var_os("UPDATE").is_some();
    let mut differences = Vec::new();
    for page in Page::all() {
        let mut text = page.text.clone();
        let world = world();
        for block in page.blocks().into_iter().rev() {
            let shown = &page.text[block.text.clone()];
            if !shown.starts_with("$ ") {
                continue;
            }
            let now = transcript(&world, shown);
            if now != shown {
                differences.push(format!("== {}\n{shown}== now\n{now}", page.name));
                text.replace_range(block.text, &now);
            }
        }
        if is_update && text != page.text {
            fs::write(&page.path, text).expect("a page can be written");
        }
    }
    assert!(
        differences.is_empty() || is_update,
        "{}\nread what changed; if it is right: UPDATE=1 cargo test --test guide_pages",
        differences.concat()
    );
}

#[test]
fn commands_run() {
    let mut count = 0;
    for page in Page::all() {
        let mut world = world();
        for script in page.blocks_of("sh") {
            for line in commands(script) {
                count += run(&mut world, line, &page.name);
            }
        }
    }
    assert!(count > 20, "only {count} commands were found");
}

#[test]
fn commands_in_the_text_are_accepted() {
    let mut count = 0;
    for page in Page::all() {
        for code in page.inline_code() {
            let Some(arguments) = code.strip_prefix("dunnage ") else {
                continue;
            };
            let words = arguments.split_whitespace().map(|word| {
                let filled = PLACEHOLDERS.iter().find(|(name, _)| *name == word);
                filled.map_or(word, |(_, example)| example)
            });
            // With `--help` a command reads its options and does nothing.
            let outcome = world().run_with(words.chain(["--help"]));
            assert_eq!(
                outcome.exit, 0,
                "{}: `{code}`\n{}",
                page.name, outcome.stderr
            );
            count += 1;
        }
    }
    assert!(count > 20, "only {count} commands were found");
}

#[test]
fn options_in_the_text_exist() {
    let commands = [
        "",
        "render",
        "lint",
        "plan",
        "values",
        "values explain",
        "verify",
        "images",
        "init",
        "rule",
        "helm install-plugin",
    ];
    let help = commands.map(|command| world().run(&format!("dunnage {command} --help")).exits(0));
    let help: String = help.iter().map(|outcome| &*outcome.stdout).collect();
    let known: BTreeSet<&str> = options(&help).into_iter().collect();
    for page in Page::all() {
        for code in page.inline_code() {
            for option in options(&code) {
                let is_known = known.contains(option) || FOREIGN_OPTIONS.contains(&option);
                assert!(is_known, "{}: `{code}`: no option {option}", page.name);
            }
        }
    }
}

/// Returns the long options in a text, without their values.
fn options(text: &str) -> Vec<&str> {
    let words = text.split(|letter: char| !letter.is_ascii_lowercase() && letter != '-');
    words
        .filter(|word| word.len() > 3 && word.starts_with("--") && !word.starts_with("---"))
        .collect()
}

#[test]
fn policies_have_no_findings() {
    let mut count = 0;
    for page in Page::all() {
        for block in page.blocks_of("yaml policy") {
            let text = if block.starts_with("version:") {
                block.to_owned()
            } else {
                format!("version: 1\n{block}")
            };
            let mut sources = Sources::default();
            let source = sources.add(&*page.name, text);
            let (policy, diagnostics) = policy::read(source, sources.get(source).text());
            let is_clean = policy.is_some() && diagnostics.is_empty();
            assert!(is_clean, "{}: {block}\n{diagnostics:#?}", page.name);
            count += 1;
        }
    }
    assert!(count > 2, "only {count} policies were found");
}

#[test]
fn values_have_no_findings() {
    for page in Page::all() {
        for block in page.blocks_of("yaml values") {
            let world = World::default().piped(block);
            let outcome = world.run("dunnage lint - --format concise");
            assert_eq!(
                outcome.exit,
                0,
                "{}: {block}\n{}",
                page.name,
                outcome.printed()
            );
        }
    }
}

/// What one hub expects is not looked for in the releases of other charts.
#[test]
fn the_whole_policy_of_the_guide_suits_any_release() {
    let page = Page::read("docs/render.md");
    let mut blocks = page.blocks_of("yaml policy").into_iter();
    let policy = blocks.find(|block| block.starts_with("version:"));
    let policy = policy.expect("docs/render.md shows a whole policy");
    let corpus = support::corpus();
    let recorded = corpus.as_deref().map(support::streams).unwrap_or_default();
    let own = [("hub-like".to_owned(), read(STREAM))];
    for (name, stream) in own.into_iter().chain(recorded) {
        let world = World::default().file("dunnage.yaml", policy).piped(stream);
        let outcome = world.run("dunnage --strict --format concise");
        assert_eq!(outcome.exit, 0, "{name}: {}", outcome.stderr);
    }
}

#[test]
fn the_readme_names_the_rust_of_cargo_and_is_short() {
    let readme = read("README.md");
    assert!(readme.contains(concat!("Rust ", env!("CARGO_PKG_RUST_VERSION"))));
    let count = readme.lines().count();
    assert!(
        count <= 150,
        "README.md has {count} lines, at most 150 are read"
    );
}

#[test]
fn recorded_manifests_are_those_of_the_example_chart() {
    let template = read("examples/monitoring/templates/server.yaml");
    let values = read("examples/monitoring/values.yaml");
    let rendered = values.lines().fold(template, |text, line| {
        let (key, value) = line.split_once(": ").expect("a key and its value");
        text.replace(&format!("{{{{ .Values.{key} }}}}"), value)
    });
    let expected = format!("---\n# Source: monitoring/templates/server.yaml\n{rendered}");
    assert_eq!(read("examples/monitoring.yaml"), expected);
}

/// A page for users.
struct Page {
    path: PathBuf,
    name: String,
    text: String,
}

/// A fenced block of a page.
struct Block {
    info: String,
    text: Range<usize>,
}

impl Page {
    /// Returns all pages: those in the root, and those of `docs/` that are written by hand.
    fn all() -> Vec<Self> {
        let folders = ["docs", "docs/how-to", "docs/explanation"];
        let mut names: Vec<String> = folders.into_iter().flat_map(pages_in).collect();
        names.extend(["README.md", "CONTRIBUTING.md"].map(str::to_owned));
        names.sort();
        names.iter().map(|name| Self::read(name)).collect()
    }

    fn read(name: &str) -> Self {
        Self {
            path: root().join(name),
            name: name.to_owned(),
            text: read(name),
        }
    }

    fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut open: Option<(String, usize)> = None;
        let mut at = 0;
        for line in self.text.split_inclusive('\n') {
            let next = at + line.len();
            match (line.trim_end().strip_prefix("```"), open.take()) {
                (Some(info), None) => open = Some((info.to_owned(), next)),
                (Some(_), Some((info, start))) => {
                    let text = start..at;
                    blocks.push(Block { info, text });
                }
                (None, unchanged) => open = unchanged,
            }
            at = next;
        }
        assert!(open.is_none(), "{}: a block is not closed", self.name);
        blocks
    }

    /// Returns the code in the text around the blocks: what is between single backticks.
    fn inline_code(&self) -> Vec<String> {
        let mut text = self.text.clone();
        for block in self.blocks().into_iter().rev() {
            text.replace_range(block.text, "");
        }
        let text = text.replace("```", "");
        let code = text.split('`').skip(1).step_by(2);
        code.map(str::to_owned).collect()
    }

    /// Returns the texts of the blocks with an info string.
    fn blocks_of(&self, info: &str) -> Vec<&str> {
        let blocks = self.blocks().into_iter();
        let blocks = blocks.filter(|block| block.info == info);
        blocks.map(|block| &self.text[block.text]).collect()
    }
}

/// Returns the names of the pages in a folder, without those in folders below it.
fn pages_in(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(folder)).expect("a folder of the source tree");
    entries
        .map(|entry| entry.expect("an entry").file_name())
        .filter_map(|name| name.into_string().ok())
        .filter(|name| Path::new(name).extension().is_some_and(|kind| kind == "md"))
        .map(|name| format!("{folder}/{name}"))
        .collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    let text = fs::read_to_string(root().join(name));
    text.unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Returns the world of a checkout, in the folder of the examples.
fn world() -> World {
    World::default()
        .folder("/examples", &root().join("examples"))
        .file(STREAM, read(STREAM))
        .file(".git/HEAD", "ref: refs/heads/main\n")
        .variable("HELM_PLUGINS", "/plugins")
        .at("/examples")
}

/// Returns a transcript as it is now: the commands of the old one, each with what it prints.
fn transcript(world: &World, shown: &str) -> String {
    let mut text = String::new();
    for line in shown.lines().filter(|line| line.starts_with("$ ")) {
        let mut printed = None;
        for command in line["$ ".len()..].split(" | ") {
            let now = printed_by(world, command, printed);
            printed = Some(now);
        }
        let printed = printed.unwrap_or_default();
        writeln!(text, "{line}\n{}", printed.trim_end()).expect("a string");
    }
    text
}

fn printed_by(world: &World, command: &str, stdin: Option<String>) -> String {
    if let Some(file) = recorded(command) {
        return world.text(&file);
    }
    let outcome = dunnage(world, command, stdin);
    assert!(outcome.exit < 2, "{command}\n{}", outcome.printed());
    outcome.printed()
}

/// Returns the commands of a script, without comments and without what a here-document holds.
fn commands(script: &str) -> Vec<&str> {
    let mut commands = Vec::new();
    let mut is_document = false;
    for line in script.lines() {
        let command = line.split(" #").next().unwrap_or_default().trim();
        if is_document {
            is_document = line != "END";
        } else if !command.is_empty() && !command.starts_with('#') {
            is_document = command.ends_with("<<END");
            commands.push(command);
        }
    }
    commands
}

/// Runs each `dunnage` of a line, and returns how many there are.
fn run(world: &mut World, line: &str, page: &str) -> usize {
    let (pipe, target) = match line.split_once(" > ") {
        Some((pipe, target)) => (pipe, Some(target)),
        None => (line, None),
    };
    let mut count = 0;
    let mut stdin = None;
    for command in pipe.split(" | ") {
        let mut words = command.split(' ').filter(|word| !word.contains('='));
        let program = words.next().unwrap_or_default();
        if let Some(file) = recorded(command) {
            stdin = Some(world.text(&file));
        } else if let Some(arguments) = command.strip_prefix("cargo run --release -- ") {
            let root = std::mem::take(world).at("/");
            run_one(&root, &format!("dunnage {arguments}"), None, page);
            *world = root.at("/examples");
            count += 1;
        } else if command.contains("--post-renderer dunnage") {
            let manifests = Some(world.text("/examples/monitoring.yaml"));
            run_one(world, &post_renderer(command), manifests, page);
            count += 1;
        } else if command.contains("dunnage") && !FOREIGN.contains(&program) {
            let outcome = run_one(world, command, stdin.take(), page);
            stdin = Some(outcome.stdout.clone());
            *world = std::mem::take(world).after(&outcome);
            count += 1;
        } else if program.starts_with("scripts/") {
            assert!(root().join(program).exists(), "{page}: no {program}");
        } else {
            let is_known = FOREIGN.contains(&program);
            assert!(is_known, "{page}: `{command}`: what is {program}?");
        }
    }
    if let (Some(target), Some(text)) = (target, stdin) {
        *world = std::mem::take(world).file(format!("/examples/{target}"), text);
    }
    count
}

fn run_one(world: &World, command: &str, stdin: Option<String>, page: &str) -> Outcome {
    let outcome = dunnage(world, command, stdin);
    assert!(outcome.exit < 2, "{page}: {command}\n{}", outcome.printed());
    outcome
}

fn dunnage(world: &World, command: &str, stdin: Option<String>) -> Outcome {
    let command = CommandLine::parse(command);
    match stdin {
        Some(text) => world.copied().piped(text).run_command(&command),
        None => world.run_command(&command),
    }
}

/// Returns the file that holds what a command of Helm prints, by the name of the release.
fn recorded(command: &str) -> Option<String> {
    let words = ["helm template ", "helm get manifest "];
    let release = words.iter().find_map(|words| command.strip_prefix(words))?;
    match release.split(' ').next() {
        Some("hub") => Some(format!("/{STREAM}")),
        Some("monitoring") => Some("/examples/monitoring.yaml".to_owned()),
        _ => panic!("`{command}`: what does this release have?"),
    }
}

/// Returns the command that Helm runs as its post-renderer.
fn post_renderer(command: &str) -> String {
    let words = command.split_whitespace();
    let variables = words.clone().take_while(|word| word.contains('='));
    let arguments = words.filter_map(|word| word.strip_prefix("--post-renderer-args="));
    let line: Vec<&str> = variables.chain(["dunnage"]).chain(arguments).collect();
    line.join(" ")
}
