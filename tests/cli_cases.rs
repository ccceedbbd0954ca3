//! Every folder of `testdata/cli` is a case: command lines, the files they find, and all that comes of them. The whole
//! outcome is compared: standard output, standard error, exit codes, and each file that was made or changed.
//!
//! `UPDATE=1 cargo test --test cli_cases` records the outcomes; read that change as you read code.

#![expect(
    clippy::disallowed_methods,
    reason = "the cases are on the disk, and their outcome is recorded there"
)]

mod support;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use support::{Case, CommandLine};

#[test]
fn every_case_has_the_recorded_outcome() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cli");
    let cases = Case::all(&root);
    assert!(!cases.is_empty(), "no case in {}", root.display());
    let differences = in_parallel(&cases, |case| {
        if std::env::var_os("UPDATE").is_some() {
            case.record();
        }
        case.differences()
    });
    assert!(
        differences.is_empty(),
        "{}read what changed; if it is right: UPDATE=1 cargo test --test cli_cases",
        differences.concat()
    );
}

/// Returns what a function gives for each case, in their order, with as many threads as there are processors.
fn in_parallel(cases: &[Case], check: impl Fn(&Case) -> Vec<String> + Sync) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let run = || {
        let mut checked = Vec::new();
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            checked.push((case.name(), check(case)));
        }
        checked
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut checked = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        let checked = running.into_iter().map(|thread| thread.join().expect("no case panics"));
        checked.flatten().collect::<Vec<_>>()
    });
    checked.sort();
    checked.into_iter().flat_map(|(_, texts)| texts).collect()
}

/// Writes a case into a folder that is removed in the end.
fn case(files: &[(&str, &str)]) -> (tempfile::TempDir, Case) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
        fs::write(path, content).expect("a file can be written");
    }
    let case = Case::new(folder.path().to_owned());
    (folder, case)
}

const FIXABLE: &str = "singleuser:\n  memory:\n    limit: 2Gi\n    guarantee: 2G\n";

const FIX: [(&str, &str); 2] = [
    (
        "cmd",
        "# Two commands.\ndunnage lint a.yaml --fix\ndunnage lint a.yaml --select PH1\n",
    ),
    ("files/a.yaml", FIXABLE),
];

#[test]
fn a_recorded_case_has_no_differences_and_each_of_its_files_counts() {
    let (folder, case) = case(&FIX);
    case.record();
    assert_eq!(case.differences(), [""; 0]);
    let recorded = ["after/a.yaml", "exit", "stderr"];
    for name in recorded {
        let path = folder.path().join(name);
        let content = fs::read(&path).expect(name);
        fs::write(&path, [&content[..], b"x"].concat()).expect("a file");
        assert_eq!(case.differences().len(), 1, "{name} is other");
        fs::remove_file(&path).expect("a file");
        assert_eq!(case.differences().len(), 1, "{name} is missing");
        fs::write(&path, content).expect("a file");
    }
    assert_eq!(
        fs::read_to_string(folder.path().join("exit")).expect("codes"),
        "0\n2\n"
    );
    let stderr = fs::read_to_string(folder.path().join("stderr")).expect("messages");
    assert!(
        stderr.starts_with("$ dunnage lint a.yaml --fix\n"),
        "{stderr}"
    );
}

#[test]
fn a_file_that_is_no_part_of_the_outcome_is_a_difference() {
    let (folder, case) = case(&FIX);
    case.record();
    for (name, is_stale_output) in [("stdout", true), ("after/b.yaml", true), ("notes", false)] {
        let path = folder.path().join(name);
        fs::write(&path, "").expect("a file");
        assert_eq!(case.differences().len(), 1, "{name}");
        case.record();
        assert_eq!(case.differences().is_empty(), is_stale_output, "{name}");
    }
}

#[test]
fn a_line_is_split_as_a_shell_splits_it() {
    let line = CommandLine::parse(
        r#"A=1 B='x y' dunnage lint 'prod, eu.yaml' "a \"b\"" c\ d --set 'a=1' '' "<" <  in.yaml"#,
    );
    let variables = [("A", "1"), ("B", "x y")];
    assert_eq!(
        line.variables,
        variables.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    let words = [
        "dunnage",
        "lint",
        "prod, eu.yaml",
        "a \"b\"",
        "c d",
        "--set",
        "a=1",
        "",
        "<",
    ];
    assert_eq!(line.words, words);
    assert_eq!(line.stdin.as_deref(), Some("in.yaml"));
}
