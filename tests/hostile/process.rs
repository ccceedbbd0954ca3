//! The program itself under a limit of time and memory.

use std::fs::{self, File};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// What takes longer than this has a cost that grows faster than its input.
pub(crate) const LONGEST: Duration = Duration::from_mins(1);

/// What one run left behind.
#[derive(Debug)]
pub(crate) struct Ended {
    /// None where a signal, the clock or the memory it took ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
    /// The most memory that it was seen to use; zero where the system does not tell.
    pub(crate) memory: usize,
}

/// Renders `input` under the built-in policy. It is ended when it uses more than so many bytes.
pub(crate) fn render(input: &[u8], most_memory: usize, arguments: &[&str]) -> Ended {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    fs::write(path("in.yaml"), input).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_dunnage"));
    command
        .args(["render", "--policy", "z2jh", "--mode", "plain"])
        .args(arguments)
        .stdin(File::open(path("in.yaml")).expect("a file"))
        .stdout(File::create(path("stdout")).expect("a file"))
        .stderr(File::create(path("stderr")).expect("a file"))
        .current_dir(folder.path());
    let start = Instant::now();
    let (code, memory) = watch(command.spawn().expect("the program starts"), most_memory);
    let stderr = fs::read(path("stderr")).expect("a file");
    Ended {
        code,
        stdout: fs::read(path("stdout")).expect("a file"),
        stderr: String::from_utf8(stderr).expect("messages are text"),
        took: start.elapsed(),
        memory,
    }
}

/// The exit code, unless the child takes too long or too much, and the memory that it was seen to use.
fn watch(mut child: Child, most_memory: usize) -> (Option<i32>, usize) {
    let start = Instant::now();
    let mut memory = 0;
    loop {
        std::thread::sleep(Duration::from_millis(2));
        memory = memory.max(used(&child));
        let status = child.try_wait().expect("a child can be waited for");
        if let Some(status) = status {
            return (status.code(), memory);
        }
        if start.elapsed() > LONGEST || memory > most_memory {
            child.kill().expect("a child can be ended");
            child.wait().expect("a child can be waited for");
            return (None, memory);
        }
    }
}

/// The most memory that a process has used so far, as Linux tells.
fn used(child: &Child) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kibibytes.map_or(0, |number| {
        1024 * number.parse::<usize>().expect("a number of kibibytes")
    })
}
