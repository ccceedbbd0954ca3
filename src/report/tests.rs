use super::*;
use crate::diag::{Code, Diagnostic, Fix, Level, Safety, TextEdit};
use crate::text::{SourceId, Sources, Span};

static CODE: Code = Code::error(
    "RN003",
    "affinity-contradiction",
    "a requirement contradicts the chart's own",
);

const PLAIN: OutputOptions = OutputOptions {
    color: false,
    unicode: true,
    width: 80,
    wraps: false,
    pages: None,
};

/// The first place of `word` in a source.
fn span(sources: &Sources, id: SourceId, word: &str) -> Span {
    let start = sources.get(id).text().find(word).unwrap();
    Span::new(id, start..start + word.len())
}

fn show(sources: &Sources, diagnostic: Diagnostic) -> String {
    graphical(sources, &[diagnostic], &PLAIN)
}

/// Checks without the spaces at line ends, which editors drop.
#[track_caller]
fn check_lines(shown: &str, expected: &str) {
    let trimmed: Vec<&str> = shown.lines().map(str::trim_end).collect();
    assert_eq!(trimmed.join("\n"), expected.trim_matches('\n'));
}

fn two_files() -> (Sources, Diagnostic) {
    let mut sources = Sources::default();
    let manifest = sources.add(
        "<stdin>",
        "kind: Deployment\nspec:\n  key: purpose\n  values: [core]\n".to_owned(),
    );
    let policy = sources.add(
        "dunnage.yaml",
        "pools:\n  user:\n    labels: {purpose: user}\n".to_owned(),
    );
    let diagnostic = Diagnostic::new(&CODE, "`purpose` cannot be both `core` and `user`")
        .at(span(&sources, manifest, "[core]"), "the chart wants this")
        .at(
            span(&sources, policy, "purpose: user"),
            "the policy wants this",
        )
        .help("put the workload on another pool");
    (sources, diagnostic)
}

#[test]
fn graphical_shows_every_source() {
    let (sources, diagnostic) = two_files();
    check_lines(
        &show(&sources, diagnostic),
        "
error[RN003] affinity-contradiction: `purpose` cannot be both `core` and `user`
   ╭─[<stdin>:4:11]
 3 │   key: purpose
 4 │   values: [core]
   ·           ───┬──
   ·              ╰── the chart wants this
   ╰────
   ╭─[dunnage.yaml:3:14]
 2 │   user:
 3 │     labels: {purpose: user}
   ·              ──────┬──────
   ·                    ╰── the policy wants this
   ╰────
  help: put the workload on another pool
",
    );
}

#[test]
fn the_first_snippet_has_the_primary_label() {
    let mut sources = Sources::default();
    let text = "first: 1\na: 0\nb: 0\nc: 0\nd: 0\nlast: 2\n";
    let id = sources.add("a.yaml", text.to_owned());
    let diagnostic = Diagnostic::new(&CODE, "`last` overrides `first`")
        .at(span(&sources, id, "last"), "overrides")
        .at(span(&sources, id, "first"), "is overridden");
    let shown = show(&sources, diagnostic);
    let places: Vec<&str> = shown.lines().filter(|line| line.contains("a.yaml")).collect();
    assert_eq!(
        places,
        ["   ╭─[a.yaml:6:1]", "   ╭─[a.yaml:1:1]"],
        "{shown}"
    );
}

#[test]
fn messages_are_wrapped_at_words_on_request() {
    let (sources, diagnostic) = two_files();
    let diagnostic = diagnostic.help(
        "put the workload on another pool, whose labels a very-long-hyphenated-word names\nor remove the affinity",
    );
    let look = OutputOptions {
        width: 50,
        wraps: true,
        ..PLAIN
    };
    let shown = graphical(&sources, std::slice::from_ref(&diagnostic), &look);
    assert!(
        shown.starts_with(
            "error[RN003] affinity-contradiction: `purpose`\n  │ cannot be both `core` and `user`\n"
        ),
        "{shown}"
    );
    assert!(
        shown.ends_with(
            "  help: put the workload on another pool, whose\n        labels a very-long-hyphenated-word names\n        or remove the affinity\n"
        ),
        "{shown}"
    );
    let widest = shown.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(50), "{shown}");
    let whole = graphical(
        &sources,
        &[diagnostic],
        &OutputOptions {
            wraps: false,
            ..look
        },
    );
    let first = whole.lines().next();
    assert_eq!(
        first,
        Some("error[RN003] affinity-contradiction: `purpose` cannot be both `core` and `user`")
    );
}

#[test]
fn graphical_in_ascii_and_in_colour() {
    let (sources, diagnostic) = two_files();
    let ascii = graphical(
        &sources,
        std::slice::from_ref(&diagnostic),
        &OutputOptions {
            unicode: false,
            ..PLAIN
        },
    );
    assert!(ascii.is_ascii(), "{ascii}");
    assert!(!ascii.contains('\u{1b}'));
    let colored = graphical(
        &sources,
        &[diagnostic],
        &OutputOptions {
            color: true,
            ..PLAIN
        },
    );
    assert!(
        colored.starts_with("\u{1b}[31merror[RN003]\u{1b}[0m affinity-contradiction: "),
        "{colored:?}"
    );
}

#[test]
fn codes_are_links_to_their_pages() {
    let (sources, diagnostic) = two_files();
    let look = |text: fn(&Code) -> Option<String>| OutputOptions {
        pages: Some(Pages {
            text,
            base: Some("https://example.org".to_owned()),
        }),
        ..PLAIN
    };
    let diagnostics = [diagnostic];
    let linked = graphical(
        &sources,
        &diagnostics,
        &look(|_| Some("# RN003".to_owned())),
    );
    let head = "error[\u{1b}]8;;https://example.org/rules/RN003.html\u{1b}\\RN003\u{1b}]8;;\u{1b}\\] affinity";
    assert!(linked.starts_with(head), "{linked:?}");
    let plain = graphical(&sources, &diagnostics, &look(|_| None));
    assert!(plain.starts_with("error[RN003] affinity"), "{plain:?}");
}

#[test]
fn graphical_without_a_place_and_with_a_fix() {
    let mut diagnostic = Diagnostic::new(&CODE, "no policy at a://u:hunter2@h").fix(Fix {
        message: "write one".to_owned(),
        safety: Safety::Unsafe,
        edits: vec![],
    });
    diagnostic.level = Level::Note;
    let other = Diagnostic::new(&CODE, "one\u{1b}[2J two");
    check_lines(
        &graphical(&Sources::default(), &[diagnostic, other], &PLAIN),
        "
note[RN003] affinity-contradiction: no policy at a://u:*******@h
  help: unsafe fix: write one

error[RN003] affinity-contradiction: one?[2J two
",
    );
}

#[test]
fn graphical_joins_labels_that_are_near() {
    let mut sources = Sources::default();
    let id = sources.add("a", "a: 1\r\nb: 2\r\nc: 3\r\nd: 4\r\ne: 5\r\n".to_owned());
    let diagnostic = Diagnostic::new(&CODE, "m")
        .at(span(&sources, id, "d: 4\r\n"), "later")
        .at(span(&sources, id, "b"), "earlier");
    check_lines(
        &show(&sources, diagnostic),
        "
error[RN003] affinity-contradiction: m
   ╭─[a:4:1]
 1 │ a: 1
 2 │ b: 2
   · ┬
   · ╰── earlier
 3 │ c: 3
 4 │ d: 4
   · ──┬─
   ·   ╰── later
 5 │ e: 5
   ╰────
",
    );
}

#[test]
fn graphical_at_the_end_of_the_text() {
    let mut sources = Sources::default();
    let id = sources.add("a", "a: 1\n".to_owned());
    let empty = sources.add("empty", String::new());
    let diagnostic = Diagnostic::new(&CODE, "m")
        .at(Span::new(id, 5..5), "here")
        .at(Span::new(empty, 0..0), "");
    check_lines(
        &show(&sources, diagnostic),
        "
error[RN003] affinity-contradiction: m
   ╭─[a:2:1]
 1 │ a: 1
 2 │
   · ▲
   · ╰── here
   ╰────
   ╭─[empty:1:1]
 1 │
   · ▲
   ╰────
",
    );
}

#[test]
fn graphical_masks_secrets_by_a_context_far_above() {
    let mut sources = Sources::default();
    let filler = "  k: dmFsdWU=\n".repeat(50);
    let id = sources.add(
        "s",
        format!("kind: Secret\ndata:\n{filler}  last: aHVudGVyMg==\n  bad\n"),
    );
    let shown = show(
        &sources,
        Diagnostic::new(&CODE, "m").at(span(&sources, id, "bad"), "no key"),
    );
    assert!(shown.contains("53 │   last: ************\n"), "{shown}");
    assert!(!shown.contains("bad"), "{shown}");
}

#[test]
fn graphical_in_a_long_source() {
    let mut sources = Sources::default();
    let lines: Vec<String> = (1..=40_000)
        .map(|line| format!("key{line}: the value on this line is forty bytes"))
        .collect();
    let id = sources.add("long", lines.join("\n"));
    let shown = show(
        &sources,
        Diagnostic::new(&CODE, "m").at(span(&sources, id, "key39999"), "here"),
    );
    assert!(shown.contains("[long:39999:1]"), "{shown}");
    assert!(shown.contains(" 40000 │ key40000: the value"), "{shown}");
    assert_eq!(shown.lines().count(), 8);
}

#[test]
fn graphical_cuts_long_lines_around_each_label() {
    let mut sources = Sources::default();
    let long = "ä, ".repeat(100_000);
    let id = sources.add("long", format!("[{long}FIRST, {long}SECOND]"));
    let diagnostic = Diagnostic::new(&CODE, "m")
        .at(span(&sources, id, "FIRST"), "one")
        .at(span(&sources, id, "SECOND"), "two");
    let shown = show(&sources, diagnostic);
    assert!(shown.contains("[long:1:300002]"), "{shown}");
    assert!(
        shown.contains("…") && shown.contains("FIRST") && shown.contains("SECOND]\n"),
        "{shown}"
    );
    assert!(shown.len() < 1_000, "{shown}");
}

#[test]
fn graphical_shows_the_first_lines_of_a_long_label() {
    let mut sources = Sources::default();
    let id = sources.add("a", "line\n".repeat(1_000));
    let shown = show(
        &sources,
        Diagnostic::new(&CODE, "m").at(Span::new(id, 0..5_000), "all of it"),
    );
    assert!(
        shown.lines().count() < 20 && shown.contains("all of it"),
        "{shown}"
    );
}

#[test]
fn concise_is_one_line_each() {
    let (sources, diagnostic) = two_files();
    let nowhere = Diagnostic::new(&CODE, "two\nlines");
    assert_eq!(
        concise(&sources, &[diagnostic, nowhere]),
        "<stdin>:4:11: error[RN003] `purpose` cannot be both `core` and `user`\naffinity-contradiction: error[RN003] two lines\n"
    );
}

#[test]
fn json_has_every_member() {
    let mut sources = Sources::default();
    let id = sources.add("a.yaml", "a: ä\nb: 1\n".to_owned());
    let place = span(&sources, id, "b");
    let edits = vec![TextEdit {
        span: place,
        text: "c".to_owned(),
    }];
    let fix = Fix {
        message: "rename".to_owned(),
        safety: Safety::Safe,
        edits,
    };
    let shown = json(
        &sources,
        &[Diagnostic::new(&CODE, "m").at(place, "l").fix(fix)],
    );
    let document: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let start = serde_json::json!({"line": 2, "column": 1, "offset": 6});
    let end = serde_json::json!({"line": 2, "column": 2, "offset": 7});
    let place = |text: &str| serde_json::json!({"file": "a.yaml", "start": start, "end": end, "text": text});
    let expected = serde_json::json!({"version": 1, "diagnostics": [{
        "code": "RN003", "name": "affinity-contradiction", "level": "error", "message": "m",
        "labels": [place("l")], "help": null,
        "fix": {"message": "rename", "safety": "safe", "edits": [place("c")]},
    }]});
    assert_eq!(document, expected);
}

/// The patch of `a.yaml` whose whole text is replaced.
fn patch(old: &str, new: &str) -> Patch {
    let title = "Deployment/hub".to_owned();
    patch_of(old, vec![(0..old.len(), new, title)], "a.yaml", false)
}

fn patch_of(
    old: &str,
    replacements: Vec<(std::ops::Range<usize>, &str, String)>,
    path: &str,
    color: bool,
) -> Patch {
    let replacement = |(range, text, title)| Replacement { range, text, title };
    unified(&FilePatch {
        path: std::path::Path::new(path),
        old,
        replacements: replacements.into_iter().map(replacement).collect(),
        color,
    })
}

#[test]
fn diff_has_the_lines_of_the_file() {
    let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12";
    let new = "1\n2\n3\n4\n4a\n5\n6\n7\n8\n9\n10\n11\n12\n";
    let expected = "
--- a/a.yaml
+++ b/a.yaml
@@ -2,6 +2,7 @@ Deployment/hub
 2
 3
 4
+4a
 5
 6
 7
@@ -9,4 +10,4 @@ Deployment/hub
 9
 10
 11
-12
\\ No newline at end of file
+12
";
    let shown = patch(old, new);
    check_lines(&shown.text, expected);
    assert_eq!(shown.altered, None);
    // By its places, the change is the same, and its context reaches over their ends.
    let places = vec![
        (8..8, "4a\n", "Deployment/hub".to_owned()),
        (old.len()..old.len(), "\n", "Deployment/hub".to_owned()),
    ];
    assert_eq!(patch_of(old, places, "a.yaml", false), shown);
    let same = Patch {
        text: String::new(),
        altered: None,
    };
    assert_eq!(patch(old, old), same);
    assert!(patch("", "a\n").text.contains("@@ -0,0 +1 @@"));
    assert!(patch("a\n", "").text.contains("@@ -1 +0,0 @@"));
}

#[test]
fn documents_that_start_in_a_line_share_one_hunk() {
    let old = "--- {a: 1}\n--- {b: 1}\n--- # c\nc: 1\n";
    let place = |text: &str| old.find(text).expect("it is there");
    let of = |text: &'static str, new: &'static str| {
        let start = place(text);
        (start..start + text.len(), new, new.trim().to_owned())
    };
    let parts = vec![
        of("{a: 1}\n", "{a: 2}\n"),
        of("{b: 1}\n", "{b: 2}\n"),
        of("c: 1\n", "c: 2\n"),
    ];
    let shown = patch_of(old, parts, "a.yaml", false);
    check_lines(
        &shown.text,
        "
--- a/a.yaml
+++ b/a.yaml
@@ -1,4 +1,4 @@ {a: 2}, {b: 2}, c: 2
---- {a: 1}
+--- {a: 2}
---- {b: 1}
+--- {b: 2}
 --- # c
-c: 1
+c: 2
",
    );
}

#[test]
fn diff_masks_after_comparing_and_says_so() {
    let old = "kind: Secret\ndata:\n  a: eA==\n  b: eQ==\n";
    let new = "kind: Secret\ndata:\n  a: eA==\n  b: eg==\n";
    let shown = patch(old, new);
    check_lines(
        &shown.text,
        "
--- a/a.yaml
+++ b/a.yaml
@@ -1,4 +1,4 @@ Deployment/hub
 kind: Secret
 data:
   a: ****
-  b: ****
+  b: ****
",
    );
    assert_eq!(shown.altered, Some(Altered::Secrets));
    // A secret that no hunk reaches is no obstacle.
    let far = "kind: ConfigMap\na: 1\nb: 2\nc: 3\nd: 4\n";
    let start = old.len() + 4 + far.len() - 5;
    let stream = format!("{old}---\n{far}");
    let shown = patch_of(
        &stream,
        vec![(start..start + 4, "d: 5", String::new())],
        "a.yaml",
        false,
    );
    assert_eq!(shown.altered, None, "{}", shown.text);
    assert!(shown.text.contains("@@ -7,4 +7,4 @@\n"), "{}", shown.text);
}

#[test]
fn a_secret_beside_its_separator_stays_masked() {
    let old = "--- {\"kind\":\"Secret\",\"data\":{\"a\":\"c2VjcmV0\"},\"x\":1}\n";
    let start = 4;
    let new = old[start..].replace("\"x\":1", "\"x\":2");
    let parts = vec![(start..old.len(), new.as_str(), String::new())];
    let shown = patch_of(old, parts, "a.yaml", false);
    assert!(!shown.text.contains("c2VjcmV0"), "{}", shown.text);
    assert_eq!(shown.altered, Some(Altered::Secrets));
}

#[test]
fn diff_says_that_control_characters_are_replaced() {
    let shown = patch("a: \u{7f}\nb: 1\n", "a: \u{7f}\nb: 2\n");
    assert!(shown.text.contains("\n a: ?\n-b: 1\n"), "{}", shown.text);
    assert_eq!(shown.altered, Some(Altered::Controls));
}

#[test]
fn diff_keeps_line_ends_and_colours_like_git() {
    let parts = vec![(0..6, "a\r\nc\r\n", "Deployment/hub".to_owned())];
    assert_eq!(
        patch_of("a\r\nb\r\n", parts, "a.yaml", true).text,
        "\u{1b}[1m--- a/a.yaml\u{1b}[m\n\u{1b}[1m+++ b/a.yaml\u{1b}[m\n\u{1b}[36m@@ -1,2 +1,2 @@ Deployment/hub\u{1b}[m\n a\r\n\u{1b}[31m-b\u{1b}[m\r\n\u{1b}[32m+c\u{1b}[m\r\n"
    );
}

#[test]
fn file_names_are_quoted_as_git_quotes_them() {
    let header = |path: &str| {
        let shown = patch_of("a", vec![(0..1, "b", String::new())], path, false).text;
        let header = shown.lines().next().expect("a header");
        header.strip_prefix("--- ").expect("a header").to_owned()
    };
    for (path, expected) in [
        ("d/a.yaml", "a/d/a.yaml"),
        ("/d/a.yaml", "a/d/a.yaml"),
        ("my a.yaml", "a/my a.yaml\t"),
        ("ä.yaml", "a/ä.yaml"),
        ("a\t\"\\.yaml", r#""a/a\011\042\134.yaml""#),
        ("a\n--- b", r#""a/a\012--- b""#),
        ("a ", r#""a/a ""#),
        ("\u{202e}a", r#""a/\342\200\256a""#),
    ] {
        assert_eq!(header(path), expected, "{path:?}");
    }
}

#[test]
fn first_lines_say_what_is_left_out() {
    assert_eq!(first_lines("a\nb\n".to_owned(), 2), "a\nb\n");
    assert_eq!(
        first_lines("a\nb\nc\nd".to_owned(), 2),
        "a\nb\n… and 2 more lines\n"
    );
    assert_eq!(
        first_lines("a\nb\n".to_owned(), 1),
        "a\n… and 1 more line\n"
    );
    assert_eq!(first_lines("a\nb\n".to_owned(), 0), "… and 2 more lines\n");
}

proptest::proptest! {
    #[test]
    fn no_label_is_too_odd_to_show(text in "(a|ä|\t|\r?\n|long {40}|\u{1b}|: ){0,40}", ends in proptest::collection::vec((0_usize..60, 0_usize..60), 1..5), width in 0_usize..60) {
        let mut sources = Sources::default();
        let id = sources.add("a", text);
        let text = sources.get(id).text();
        let mut diagnostic = Diagnostic::new(&CODE, "m");
        for (start, length) in ends {
            let start = text.floor_char_boundary(start);
            let end = text.ceil_char_boundary((start + length).min(text.len()));
            diagnostic = diagnostic.at(Span::new(id, start..end), "label");
        }
        let shown = graphical(&sources, &[diagnostic], &OutputOptions { width, ..PLAIN });
        proptest::prop_assert!(shown.contains("label") && !shown.contains('\u{1b}'), "{}", shown);
    }
}
