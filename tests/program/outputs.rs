//! Where output goes that a shell redirects: closed streams, full disks, links to inputs.

use std::os::unix::fs::symlink;
use std::path::Path;

use crate::support::World;

/// The world of the golden cases about outputs.
fn world() -> World {
    World::of_case("outputs-never-replace-an-input")
}

#[track_caller]
fn check(line: &str, exit: i32, message: &str) {
    let printed = world().on_disk().shell(line);
    assert_eq!(printed.exit, exit, "{line}: {}", printed.stderr);
    assert!(
        printed.stderr.contains(message),
        "{line}: {}",
        printed.stderr
    );
}

const RENDER: &str = "dunnage render --policy quiet.yaml web.yaml";

#[test]
fn a_closed_stdout_is_an_error_and_dev_null_is_none() {
    let closed = "cannot write to stdout: it is closed";
    check(&format!("{RENDER} >&-"), 2, closed);
    check(&format!("{RENDER} --diff >&-"), 2, closed);
    check(&format!("{RENDER} >&- <&-"), 2, closed);
    check("dunnage lint clean.yaml >&-", 2, closed);
    check("dunnage lint clean.yaml --format json >&-", 2, closed);
    check("dunnage --help >&-", 2, closed);
    check("dunnage schema >&-", 2, closed);
    check("dunnage values clean.yaml >&-", 2, closed);
    check(&format!("{RENDER} >/dev/null"), 0, "");
    // Python and Node drop an output by a `/dev/null` that can be read and written.
    check(&format!("{RENDER} 1<>/dev/null"), 0, "");
    // Nothing is written there.
    check(&format!("{RENDER} --check >&-"), 0, "");
}

#[test]
fn a_full_disk_is_an_error_and_a_reader_that_goes_away_is_none() {
    if Path::new("/dev/full").exists() {
        check(
            &format!("{RENDER} >/dev/full"),
            2,
            "cannot write to stdout: No space left",
        );
    }
    let line = "{ dunnage rule --all; echo \"code $?\" >&2; } | head -n 1 >/dev/null";
    check(line, 0, "code 0");
}

#[test]
fn links_and_redirections_are_followed() {
    for line in [
        "dunnage render --policy quiet.yaml --report soft.yaml web.yaml",
        "dunnage render --policy quiet.yaml --report hard.yaml web.yaml",
        "dunnage render --policy quiet.yaml --report web.yaml < web.yaml",
        "dunnage render --policy quiet.yaml --report web.yaml hard.yaml",
        "dunnage lint . --format json=soft.yaml",
    ] {
        let folder = world().on_disk();
        symlink("web.yaml", folder.join("soft.yaml")).expect("a link");
        std::fs::hard_link(folder.join("web.yaml"), folder.join("hard.yaml")).expect("a link");
        let before = folder.text("web.yaml");
        let printed = folder.shell(line);
        assert_eq!(printed.exit, 2, "{line}: {}", printed.stderr);
        let message = "the output would overwrite the input";
        assert!(printed.stderr.contains(message), "{}", printed.stderr);
        assert_eq!(folder.text("web.yaml"), before);
    }
    check(
        &format!("{RENDER} --report out > out"),
        2,
        "two outputs are written to `out`",
    );
    check(
        "dunnage lint hub.yaml --format json=new --format sarif=../$(basename $PWD)/new",
        2,
        "two outputs are written to `new`",
    );
    check(
        &format!("{RENDER} >> web.yaml"),
        2,
        "standard output is redirected to",
    );
    check(&format!("{RENDER} --report /dev/stderr > log 2>&1"), 0, "");
}

#[test]
fn sarif_names_a_file_by_its_bytes() {
    let line =
        "f=\"$(printf 'a b:\\377.yaml')\"; cp hub.yaml \"$f\"; dunnage lint \"$f\" --format sarif";
    let stdout = world().on_disk().shell(line).stdout;
    assert!(stdout.contains("\"uri\": \"a%20b%3A%FF.yaml\""), "{stdout}");
}
