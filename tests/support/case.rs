use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::world::files_below;
use super::{CommandLine, Outcome, World};

/// What a user brings: all other files of a case are recorded.
const INPUTS: [&str; 3] = ["cmd", "env", "stdin"];
/// Where the files of the world are.
const FILES: &str = "files";

/// A folder with command lines and all that comes of them.
///
/// | file | holds |
/// | --- | --- |
/// | `cmd` | command lines as a user types them, one a line; `cd FOLDER` and `git init` are known too, and `#` starts a comment |
/// | `files/` | the files of the world, whose root is `/` |
/// | `env` | variables for all commands, `NAME=value`, one a line |
/// | `stdin` | what is piped into each command; without it standard input is a terminal |
/// | `stdout`, `stderr` | what the commands print; where there are several, each part is below its `$ command` |
/// | `exit` | the exit code of each command, one a line; 0 where there is no file |
/// | `after/` | the files that the commands made or changed, as they are in the end |
pub(crate) struct Case {
    folder: PathBuf,
}

/// Recorded files by their path in the folder of the case.
type Recorded = BTreeMap<String, Vec<u8>>;

impl Case {
    /// Returns the case of a folder.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Returns the cases of all folders in a folder, in order.
    pub(crate) fn all(root: &Path) -> Vec<Self> {
        let entries = fs::read_dir(root).expect("the cases can be listed");
        let mut folders: Vec<PathBuf> =
            entries.map(|entry| entry.expect("the cases can be listed").path()).collect();
        folders.sort();
        folders.into_iter().map(Self::new).collect()
    }

    /// Returns the name of the folder.
    pub(crate) fn name(&self) -> String {
        let name = self.folder.file_name().expect("a folder has a name");
        name.to_string_lossy().into_owned()
    }

    /// Returns how the outcome differs from what is recorded: a text for each file.
    pub(crate) fn differences(&self) -> Vec<String> {
        let expected = self.recorded();
        let actual = self.outcome();
        let mut differences = Vec::new();
        for (name, text) in &actual {
            if expected.get(name) != Some(text) {
                let recorded = expected.get(name).map(Vec::as_slice);
                differences.push(self.difference(name, recorded, Some(text)));
            }
        }
        for (name, text) in &expected {
            if !actual.contains_key(name) {
                differences.push(self.difference(name, Some(text), None));
            }
        }
        differences
    }

    /// Records the outcome. Files that no outcome can have stay, and stay differences.
    pub(crate) fn record(&self) {
        let actual = self.outcome();
        for name in self.recorded().into_keys() {
            let is_output = ["stdout", "stderr", "exit"].contains(&name.as_str());
            if is_output || name.starts_with("after/") {
                fs::remove_file(self.folder.join(name)).expect("a stale file can be removed");
            }
        }
        for (name, content) in actual {
            let path = self.folder.join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
            fs::write(path, content).expect("a case can be written");
        }
    }

    fn difference(&self, name: &str, recorded: Option<&[u8]>, now: Option<&[u8]>) -> String {
        let path = self.folder.join(name);
        let shown = |content: Option<&[u8]>| match content {
            Some(content) => String::from_utf8_lossy(content).into_owned(),
            None => "(no such file)\n".to_owned(),
        };
        format!(
            "== {}, recorded:\n{}\n== now:\n{}\n",
            path.display(),
            shown(recorded),
            shown(now)
        )
    }

    /// Returns the files of the case but its inputs.
    fn recorded(&self) -> Recorded {
        let mut recorded = Recorded::new();
        for path in files_below(&self.folder) {
            let name = path.strip_prefix(&self.folder).expect("a file of the case");
            let is_input = name.starts_with(FILES) || INPUTS.iter().any(|input| name == *input);
            if !is_input {
                let content = fs::read(&path).expect("a case can be read");
                recorded.insert(name.to_string_lossy().replace('\\', "/"), content);
            }
        }
        recorded
    }

    /// Runs the commands one after another; each finds the files as the one before left them.
    fn outcome(&self) -> Recorded {
        let mut world = self.world();
        let mut outcomes = Vec::new();
        let mut changed = BTreeMap::new();
        for line in self.lines() {
            let command = CommandLine::parse(&line);
            let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
            match words[..] {
                ["cd", folder] => world = world.with(|memory| memory.dir.push(folder)),
                ["git", "init"] => world = world.file(".git/HEAD", "ref: refs/heads/main\n"),
                _ => {
                    let outcome = world.run_command(&command);
                    world = world.after(&outcome);
                    changed.extend(outcome.changed.clone());
                    outcomes.push((line, outcome));
                }
            }
        }
        let mut recorded = Recorded::new();
        for (name, text) in [
            ("stdout", transcript(&outcomes, |outcome| &outcome.stdout)),
            ("stderr", transcript(&outcomes, |outcome| &outcome.stderr)),
            ("exit", exits(&outcomes)),
        ] {
            if !text.is_empty() {
                recorded.insert(name.to_owned(), text.into_bytes());
            }
        }
        for (path, content) in changed {
            recorded.insert(format!("after{}", path.display()), content);
        }
        recorded
    }

    fn world(&self) -> World {
        let mut world = World::of_folder(&self.folder.join(FILES));
        if let Ok(stdin) = fs::read(self.folder.join("stdin")) {
            world = world.piped(stdin);
        }
        let variables = fs::read_to_string(self.folder.join("env")).unwrap_or_default();
        for line in variables.lines() {
            let (name, value) = line.split_once('=').expect("a line of `env` has a `=`");
            world = world.variable(name, value);
        }
        world
    }

    fn lines(&self) -> Vec<String> {
        let path = self.folder.join("cmd");
        let text = fs::read_to_string(&path);
        let text = text.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let is_command = |line: &&str| !line.is_empty() && !line.starts_with('#');
        let lines = text.lines().filter(is_command);
        let lines: Vec<String> = lines.map(str::to_owned).collect();
        assert!(!lines.is_empty(), "{}: no command", path.display());
        lines
    }
}

/// Returns what the commands printed to one stream: as it is where there is one command.
fn transcript(outcomes: &[(String, Outcome)], stream: impl Fn(&Outcome) -> &str) -> String {
    let [(_, outcome)] = outcomes else {
        let printed = outcomes.iter().map(|(line, outcome)| (line, stream(outcome)));
        let printed = printed.filter(|(_, text)| !text.is_empty());
        return printed.map(|(line, text)| format!("$ {line}\n{text}")).collect();
    };
    stream(outcome).to_owned()
}

/// Returns the exit codes, one a line; nothing where all are 0.
fn exits(outcomes: &[(String, Outcome)]) -> String {
    if outcomes.iter().all(|(_, outcome)| outcome.exit == 0) {
        return String::new();
    }
    let codes = outcomes.iter().map(|(_, outcome)| outcome.exit);
    codes.map(|code| format!("{code}\n")).collect()
}
