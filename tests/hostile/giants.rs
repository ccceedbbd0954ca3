//! Input that is large, deep or repeated beyond reason: an answer in bounded time and memory.
//!
//! Sizes are those of an optimized build; a debug build gets a twentieth.

use super::process::{self, Ended};

/// Memory that text which is not parsed, or is one long scalar, may take: it is held once as it came,
/// once as a value, once as output, and twice while an edit is proven.
const OF_TEXT: usize = 6;

/// Memory that short documents may take: a node of the tree takes more than a hundred bytes, and there
/// is one for every two bytes of such a text.
pub(crate) const OF_NODES: usize = 150;

/// What the program takes to start.
const OF_NOTHING: usize = 32 << 20;

/// What has to come of an input.
pub(crate) enum Expected {
    /// The same bytes.
    Same,
    /// All of the bytes, with others between.
    Edited,
    /// Nothing on standard output, this exit code, and this at the start of standard error.
    Refused(i32, &'static str),
}

use Expected::{Edited, Refused, Same};

/// So many of something, or fewer in a slow build.
pub(crate) fn many(number: usize) -> usize {
    if cfg!(debug_assertions) {
        number / 20
    } else {
        number
    }
}

pub(crate) fn repeated(number: usize, text: impl Fn(usize) -> String) -> String {
    (0..many(number)).map(text).collect()
}

/// A Deployment with these lines in its pod spec.
pub(crate) fn deployment(spec: &str) -> String {
    let head = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n";
    format!("{head}spec:\n  template:\n    spec:\n      containers: []\n{spec}")
}

#[track_caller]
pub(crate) fn check(name: &str, input: impl AsRef<[u8]>, memory: usize, expected: &Expected) {
    check_with(name, input, memory, expected, &["--format", "concise"]);
}

#[track_caller]
pub(crate) fn check_with(
    name: &str,
    input: impl AsRef<[u8]>,
    memory: usize,
    expected: &Expected,
    arguments: &[&str],
) {
    let input = input.as_ref();
    let ended = process::render(input, memory * input.len() + OF_NOTHING, arguments);
    let Ended {
        code,
        stdout,
        stderr,
        took,
        memory,
    } = ended;
    let (megabytes, length) = (memory >> 20, input.len());
    eprintln!("{name}: {length} bytes, {took:?}, {megabytes} MiB");
    let said: String = stderr.chars().take(400).collect();
    assert!(
        code.is_some(),
        "{name}: ended by a signal, after {took:?} with {megabytes} MiB: {said}"
    );
    match expected {
        Same => {
            assert_eq!(code, Some(0), "{name}: {said}");
            assert!(stdout == input, "{name}: the output is not the input");
        }
        Edited => {
            assert_eq!(code, Some(0), "{name}: {said}");
            assert!(stdout.len() > input.len(), "{name}: nothing was added");
            let mut rest = stdout.iter();
            let is_kept = input.iter().all(|byte| rest.any(|other| other == byte));
            assert!(is_kept, "{name}: bytes are lost");
        }
        Refused(wanted, start) => {
            assert_eq!(code, Some(*wanted), "{name}: {said}");
            assert!(stdout.is_empty(), "{name}: an error wrote to stdout");
            assert!(stderr.starts_with(start), "{name}: {said}");
        }
    }
}

#[test]
fn long_lines_are_fine() {
    let line = "x".repeat(many(100_000_000));
    let map = format!("kind: ConfigMap\ndata: {{a: {line}}}\n");
    check("a long line that is copied", map, OF_TEXT, &Same);
    let pod =
        format!("kind: Pod\nmetadata: {{annotations: {{a: {line}}}}}\nspec: {{containers: []}}\n");
    check("a long line in a Pod", pod, OF_TEXT, &Edited);
    let lines = "        seventy two letters are what most people write on one line of text..\n"
        .repeat(many(650_000));
    for header in ["|", ">"] {
        let text = deployment(&format!("      a: {header}\n{lines}"));
        check("a long block scalar", text, OF_TEXT, &Edited);
    }
}

#[test]
fn many_documents_are_fine() {
    let tiny = repeated(1_000_000, |_| "---\na: 1\n".to_owned());
    let tiny = format!("kind: A\n{tiny}");
    check("tiny documents that are parsed", tiny, OF_NODES, &Same);
    let copied = repeated(1_000_000, |_| "---\nkind: A\n".to_owned());
    check("tiny documents that are copied", copied, OF_NODES, &Same);
    let pods = repeated(100_000, |_| {
        "---\nkind: Pod\nspec: {containers: []}\n".to_owned()
    });
    check("many Pods", pods, 2 * OF_NODES, &Edited);
    let marks = repeated(3_000_000, |_| "---\n".to_owned());
    let said = "no-documents: error[RN016] ";
    check("nothing but marks", marks, OF_NODES, &Refused(2, said));
}

#[test]
fn depth_is_refused_with_its_place() {
    let number = many(1_000_000);
    let said = "this document is not YAML: nested too deeply";
    for (name, text, place) in [
        ("brackets", "[".repeat(number), "1:256"),
        ("dashes", "- ".repeat(number), "1:511"),
        ("braces", "{a: ".repeat(number), "1:1021"),
        ("explicit keys", "? ".repeat(number), "1:511"),
    ] {
        let said: &'static str = format!("<stdin>:{place}: error[RN001] {said}").leak();
        check(name, &text, OF_TEXT, &Refused(2, said));
    }
    // As deep as can be read can be edited, also in a thread of its own.
    let mut deep = String::new();
    for level in 0..200 {
        deep.push_str(&format!("{:indent$}a:\n", "", indent = level + 6));
    }
    let brackets = format!("{}{}", "[".repeat(40), "]".repeat(40));
    let text = deployment(&format!("{deep}{:206}{brackets}\n", ""));
    check("deep, but not too deep", &text, OF_NODES, &Edited);
    let stream = format!("{text}---\n").repeat(70);
    check("many deep ones", stream, 2 * OF_NODES, &Edited);
}

#[test]
fn aliases_are_not_written_out() {
    let mut laughs = String::from("x:\n- &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..40 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        laughs.push_str(&format!("- &a{level} [{aliases}]\n"));
    }
    let text = format!("{laughs}{}", deployment(""));
    let said = "<stdin>:3:8: error[RN018] the aliases of this document expand to ";
    check("a billion laughs", text, OF_NODES, &Refused(2, said));
    let text = deployment("      x: &x [*x]\n");
    let said = "<stdin>:8:14: error[RN018] an anchor contains itself";
    check("an anchor in itself", text, OF_NODES, &Refused(2, said));
    let text = deployment("      <<: &x {<<: *x}\n");
    let said = "<stdin>:8:19: error[RN018] an anchor contains itself";
    check("a merge of itself", text, OF_NODES, &Refused(2, said));
    let many = repeated(100_000, |number| {
        format!("      - &a{number} x\n      - *a{number}\n")
    });
    let text = deployment(&format!("      x:\n{many}"));
    check("many anchors, each used once", text, OF_NODES, &Edited);
}

#[test]
fn what_does_not_end_is_refused_where_it_begins() {
    let said = "<stdin>:2:4: error[RN001] this document is not YAML: unclosed quote";
    let lines = "words, words\n  ".repeat(many(700_000));
    for quote in ["\"", "'"] {
        let text = format!("kind: Pod\na: {quote}{lines}");
        check("an open quote over lines", text, OF_TEXT, &Refused(2, said));
        let text = format!("kind: Pod\na: {quote}{}", "x".repeat(many(10_000_000)));
        check(
            "an open quote on one line",
            text,
            OF_TEXT,
            &Refused(2, said),
        );
    }
}

#[test]
fn many_members_are_fine() {
    let keys = repeated(100_000, |number| format!("      k{number}: v\n"));
    check("many keys", deployment(&keys), OF_NODES, &Edited);
    let items = repeated(100_000, |number| {
        format!("      - {{key: k{number}, operator: Exists}}\n")
    });
    let text = deployment(&format!("      tolerations:\n{items}"));
    check("many tolerations", text, OF_NODES, &Edited);
    let text = deployment(&"      k: v\n".repeat(many(100_000)));
    check("one key again and again", text, 2 * OF_NODES, &Edited);
    let terms = repeated(100_000, |number| {
        format!("          - matchExpressions: [{{key: k{number}, operator: Exists}}]\n")
    });
    let text = deployment(&format!(
        "      affinity:\n       nodeAffinity:\n        requiredDuringSchedulingIgnoredDuringExecution:\n          nodeSelectorTerms:\n{terms}"
    ));
    check("many terms", text, OF_NODES, &Edited);
    let comments = "      # a comment\n".repeat(many(1_000_000));
    check("many comments", deployment(&comments), OF_NODES, &Edited);
}

#[test]
fn bytes_that_are_no_text_are_refused_where_they_stand() {
    let before = "kind: A\n---\n".repeat(many(100_000));
    let line = many(100_000) * 2 + 2;
    let text = format!("{before}kind: Pod\nspec: {{a: b\0c}}\n");
    let said =
        format!("<stdin>:{line}:12: error[RN001] this document is not YAML: unexpected character");
    check("a NUL", text, OF_NODES, &Refused(2, said.leak()));
    let mut bytes = format!("{before}kind: Pod\n").into_bytes();
    bytes.extend(b"spec: \xff\n");
    let said = format!("unreadable-input: error[CL003] <stdin>:{line}:7: this is not UTF-8");
    check(
        "a byte of no letter",
        bytes,
        OF_NODES,
        &Refused(2, said.leak()),
    );
    let text = deployment("      hostname: \"a\rb\"\n");
    let said = "<stdin>:8:19: error[RN002] `Deployment/a` cannot be edited safely";
    check("a lone carriage return", text, OF_NODES, &Refused(2, said));
}

#[test]
fn messages_about_many_things_are_short() {
    let broken = repeated(100_000, |_| "---\nkind: Pod\n\ta: b\n".to_owned());
    let said = "<stdin>:2:7: error[RN001] ";
    check(
        "many broken documents",
        broken,
        2 * OF_NODES,
        &Refused(2, said),
    );
    let pods = repeated(20_000, |_| "---\nkind: Pod\nspec: {}\n".to_owned());
    let arguments = ["--format", "concise", "--strict", "--check"];
    let refused = Refused(1, "<stdin>:3:7: error[RN007] ");
    check_with(
        "many notes that are errors",
        pods,
        2 * OF_NODES,
        &refused,
        &arguments,
    );
}
