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

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use dunnage::host::Distrust;
use rayon::prelude::*;
use serde_json::Value;

mod support;

use support::{World, explained_codes};

/// A code as `dunnage rule` explains it.
struct Explained {
    id: String,
    level: String,
    page: String,
}

/// All codes but rules.
fn explained() -> Vec<Explained> {
    let codes = explained_codes().into_iter();
    let others = codes.filter(|code| code["selectable"] == false);
    let text = |code: &Value, key: &str| code[key].as_str().expect(key).to_owned();
    others
        .map(|code| Explained {
            id: text(&code, "code"),
            level: text(&code, "level"),
            page: text(&code, "page"),
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

/// The world in which an example begins.
fn world() -> World {
    World::default().at("/deploy").variable("DUNNAGE_FORMAT", "concise")
}

/// Does what a command does that prepares an example; returns whether it is one.
fn prepare(world: &mut World, command: &str) -> bool {
    let path = |name: &str| Path::new("/deploy").join(name);
    let before = std::mem::take(world);
    let words: Vec<&str> = command.split(' ').collect();
    *world = before.with(|memory| match words[..] {
        ["chmod", "o+w", file] => {
            let distrust = Distrust::WritableByEveryone;
            memory.distrusted.insert(path(file), distrust);
        }
        ["ln", "-s", target, file] => {
            let files = memory.files.get_mut();
            let content = files.get(&path(target)).cloned().unwrap_or_default();
            files.insert(path(file), content);
            memory.links.insert(path(file), path(target));
        }
        _ => {}
    });
    ["chmod", "ln"].contains(&words[0])
}

/// What the commands of a `console` block print, each below its command; files are changed by them.
fn transcript(console: &str, mut world: World) -> String {
    let mut lines = console.lines().peekable();
    let mut transcript = String::new();
    while let Some(line) = lines.next() {
        let command = line.strip_prefix("$ ").expect("a command");
        let mut shown = String::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with("$ ")) {
            writeln!(shown, "{line}").expect("a string");
        }
        writeln!(transcript, "$ {command}").expect("a string");
        if command.starts_with("helm ") {
            transcript += &shown;
            world = world.with(|memory| {
                memory.outputs.insert("helm".to_owned(), shown);
            });
            continue;
        }
        if !prepare(&mut world, command) {
            let outcome = world.run(command);
            transcript += &outcome.printed();
            world = world.after(&outcome);
        }
    }
    transcript
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
    let mut files = world();
    let mut expected = page.clone();
    let mut printed = String::new();
    for Block { info, text } in blocks(page) {
        if info == "console" {
            let transcript = transcript(text, std::mem::replace(&mut files, world()));
            expected = expected.replace(
                &format!("```console\n{text}"),
                &format!("```console\n{transcript}"),
            );
            printed += &transcript;
        } else {
            let mut words = info.split(' ');
            let name = words.find_map(|word| word.strip_prefix("file="));
            let name = name.ok_or_else(|| format!("{id}: a block without `file=`"))?;
            files = files.file(name, text);
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
