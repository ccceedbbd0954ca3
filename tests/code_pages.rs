//! The page of a code that is no rule is its test: its files are there, its commands run, and what they print is
//! what the page shows, the code among it. (The pages of rules are tested by `rule_pages`.)
//!
//! A block with `file=NAME` is a file of the example that the next `console` block ends. There `$ dunnage ..` runs, with
//! variables before it and `< FILE` behind it; messages are in the form of `--format concise`. `$ helm version`
//! is what another program prints; `$ chmod o+w FILE` and `$ ln -s TARGET FILE` prepare the example.
//!
//! `UPDATE=1 cargo test` writes what comes out into the pages; read that change as you read code.

#![allow(
    clippy::disallowed_methods,
    reason = "a test reads the source tree, and rewrites its own expectation"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use dunnage::cli;
use dunnage::host::{Distrust, Memory};
use rayon::prelude::*;
use serde_json::Value;

/// A code as `dunnage rule` explains it.
struct Explained {
    id: String,
    level: String,
    page: String,
}

/// All codes but rules.
fn explained() -> Vec<Explained> {
    let world = Memory::default();
    let line = ["dunnage", "rule", "--format", "json"];
    let exit = cli::run(&world, line.map(OsString::from).to_vec());
    assert_eq!(exit, cli::Exit::Fine, "{}", world.stderr());
    let document: Value = serde_json::from_str(&world.stdout()).expect("JSON");
    let codes = document["rules"].as_array().expect("codes").iter();
    let others = codes.filter(|code| code["selectable"] == false);
    let text = |code: &Value, key: &str| code[key].as_str().expect(key).to_owned();
    others
        .map(|code| Explained {
            id: text(code, "code"),
            level: text(code, "level"),
            page: text(code, "page"),
        })
        .collect()
}

/// A block of a page: what stands behind the fence, and the text.
struct Block<'p> {
    info: &'p str,
    text: &'p str,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once("\n```") {
        let (info, after) = after.split_once('\n').expect("a line");
        let end = if after.starts_with("```") {
            0
        } else {
            after.find("\n```").expect("the block ends") + 1
        };
        blocks.push(Block {
            info,
            text: &after[..end],
        });
        rest = &after[end + 3..];
    }
    blocks
}

/// The folder of an example.
#[derive(Default)]
struct Folder {
    files: BTreeMap<String, Vec<u8>>,
    /// Files that everybody may write.
    writable: BTreeSet<PathBuf>,
    links: BTreeMap<PathBuf, PathBuf>,
}

impl Folder {
    /// Does what a command does that prepares an example; nothing where it is another command.
    fn prepare(&mut self, command: &str) -> Option<()> {
        let path = |name: &str| Path::new("/deploy").join(name);
        match command.split(' ').collect::<Vec<_>>()[..] {
            ["chmod", "o+w", file] => {
                self.writable.insert(path(file));
            }
            ["ln", "-s", target, file] => {
                let content = self.files.get(target).cloned().unwrap_or_default();
                self.files.insert(file.to_owned(), content);
                self.links.insert(path(file), path(target));
            }
            _ => return None,
        }
        Some(())
    }
}

/// What the commands of a `console` block print, each below its command; files are changed by them.
fn transcript(console: &str, folder: &mut Folder) -> String {
    let mut lines = console.lines().peekable();
    let mut outputs: BTreeMap<String, String> = BTreeMap::new();
    let mut transcript = String::new();
    while let Some(line) = lines.next() {
        let command = line.strip_prefix("$ ").expect("a command");
        let mut shown = String::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with("$ ")) {
            writeln!(shown, "{line}").expect("a string");
        }
        let output = if command.starts_with("helm ") {
            outputs.insert("helm".to_owned(), shown.clone());
            shown
        } else if folder.prepare(command).is_some() {
            String::new()
        } else {
            run(command, folder, &outputs)
        };
        write!(transcript, "$ {command}\n{output}").expect("a string");
    }
    transcript
}

/// What one command prints, standard output first.
fn run(command: &str, folder: &mut Folder, outputs: &BTreeMap<String, String>) -> String {
    let (command, stdin) = match command.split_once(" < ") {
        Some((command, file)) => (command, Some(folder.files[file].clone())),
        None => (command, None),
    };
    let words: Vec<String> = words(command);
    let start = words.iter().position(|word| word == "dunnage");
    let (variables, line) = words.split_at(start.expect("dunnage"));
    let mut world = Memory::default();
    world.dir = "/deploy".into();
    world.stdin = stdin;
    world.outputs.clone_from(outputs);
    world = world.variable("DUNNAGE_FORMAT", "concise");
    for variable in variables {
        let (name, value) = variable.split_once('=').expect("NAME=VALUE");
        world = world.variable(name, value);
    }
    world.links.clone_from(&folder.links);
    let writable = folder.writable.iter();
    world.distrusted = writable
        .map(|path| (path.clone(), Distrust::WritableByEveryone))
        .collect();
    for (name, content) in &folder.files {
        world = world.file(name, content.clone());
    }
    cli::run(&world, line.iter().map(OsString::from).collect());
    let written = world.files.borrow();
    for (path, content) in &*written {
        if let Ok(name) = path.strip_prefix("/deploy") {
            folder
                .files
                .insert(name.display().to_string(), content.clone());
        }
    }
    world.stdout() + &world.stderr()
}

/// Words as a shell splits them, with quotes of both kinds.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word) = (Vec::new(), String::new());
    let mut quote = None;
    for letter in command.chars() {
        match (quote, letter) {
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            (None, ' ') => words.push(std::mem::take(&mut word)),
            _ => word.push(letter),
        }
    }
    words.push(word);
    words
}

/// The page as it has to be, and what is wrong in it otherwise.
fn check(explained: &Explained) -> Result<String, String> {
    let Explained { id, level, page } = explained;
    let level = format!("\n- Level: {level}\n");
    for part in [level.as_str(), "\n## Example\n", "\n## What to do\n"] {
        if !page.contains(part) {
            return Err(format!("{id} has no `{}`", part.trim()));
        }
    }
    let mut folder = Folder::default();
    let mut expected = page.clone();
    let mut printed = String::new();
    for Block { info, text } in blocks(page) {
        if info == "console" {
            let transcript = transcript(text, &mut folder);
            expected = expected.replace(
                &format!("```console\n{text}"),
                &format!("```console\n{transcript}"),
            );
            printed += &transcript;
            folder = Folder::default();
        } else {
            let mut words = info.split(' ');
            let name = words.find_map(|word| word.strip_prefix("file="));
            let name = name.ok_or_else(|| format!("{id}: a block without `file=`"))?;
            folder
                .files
                .insert(name.to_owned(), text.as_bytes().to_vec());
        }
    }
    if !printed.contains(&format!("[{id}]")) {
        return Err(format!("{id} is not printed:\n{printed}"));
    }
    Ok(expected)
}

#[test]
fn what_pages_show_is_what_happens() {
    let is_update = std::env::var_os("UPDATE").is_some();
    let sources = if is_update {
        markdown(&root())
    } else {
        BTreeMap::new()
    };
    let wrong: Vec<String> = explained()
        .par_iter()
        .filter_map(|explained| match check(explained) {
            Ok(expected) if expected == explained.page => None,
            Ok(expected) if is_update => {
                rewrite(&sources, &body(&explained.page), &body(&expected));
                None
            }
            Ok(expected) => Some(format!("{}: it is\n{expected}", explained.id)),
            Err(error) => Some(error),
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// What is in the file of a page: all but the head that is printed for every code.
fn body(page: &str) -> String {
    page.splitn(7, '\n').last().expect("a body").to_owned()
}

/// The Markdown files of the source tree, by their contents.
fn markdown(folder: &Path) -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("a folder of the source tree") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(markdown(&path));
        } else if path.extension().is_some_and(|ending| ending == "md") {
            found.insert(std::fs::read_to_string(&path).expect("a page"), path);
        }
    }
    found
}

fn rewrite(sources: &BTreeMap<String, PathBuf>, old: &str, new: &str) {
    let path = sources.get(old).expect("the page is in the source tree");
    std::fs::write(path, new).expect("a page can be written");
}
