//! Keys, blocks and brackets: what YAML reads as one value is hidden as one, and what breaks a document hides more.

use super::{check_masked, check_shown};

/// Checks whether a line breaks its document, in which the block of a variable before it has then no end.
#[track_caller]
fn check_breaks(line: &str, breaks: bool) {
    let text = format!("hub:\n  extraEnv:\n    A: x1\n  {line}\nnext: abc\n");
    let masked = super::mask(&text);
    let next = if breaks { "***" } else { "abc" };
    assert!(masked.ends_with(&format!("next: {next}\n")), "{masked}");
}

#[test]
fn what_yaml_cannot_have_next_to_a_key() {
    for line in [
        "b: c: d",
        "b: - c",
        "b: @c",
        "b: c:",
        "b: \"c\" d",
        "b: c\u{1}d",
    ] {
        check_breaks(line, true);
    }
    for line in ["b: c:d -e", "b: c@d", "b: \"c: d\"", "b: c\td"] {
        check_breaks(line, false);
    }
}

#[test]
fn only_a_block_that_hides_has_no_end() {
    check_masked(
        "hub:\n  db:\n    password: \"x1\"\n  image: \"a\" b\nnext: shown\n",
        "hub:\n  db:\n    password: *\n  image: \"a\" b\nnext: shown\n",
    );
    check_masked(
        "extraEnv:\n  A: \"x1\"\nrest: \"a\" b\nother: abc\n",
        "extraEnv:\n  A: *\nrest: *\nother: *\n",
    );
    check_masked(
        "kind: Secret\nstringData:\n  a: \"x\" y\nrest: z\nmetadata: {name: s}\n",
        "kind: Secret\nstringData:\n  a: *\n*\nmetadata: {name: s}\n",
    );
}

#[test]
fn a_quoted_scalar_is_hidden_to_its_closing_quote() {
    check_masked(
        "'{\"password\": \"x1\",\n  \"note\": \"y\"}'\nnext: abc\n",
        "*\n*\nnext: abc\n",
    );
    check_masked(
        "kind: Secret\n'one\n\"two\nthree'\nmetadata: {name: \"a\"}\n",
        "kind: Secret\n*\n*\n*\nmetadata: {name: \"a\"}\n",
    );
}

#[test]
fn after_a_bracket_without_an_end_no_quote_is_looked_for() {
    check_masked(
        "kind: Secret\n[one\n'two\n three'\n",
        "kind: Secret\n[one\n*\n *\n",
    );
}

#[test]
fn keys_in_quotes_count_without_them() {
    check_masked("\"extraEnv\" :\n  A: x1\n", "\"extraEnv\" :\n  A: *\n");
    check_masked("\"stringData\":\n  a: x1\n", "\"stringData\":\n  a: *\n");
}

#[test]
fn brackets_in_a_block_scalar_may_have_several_lines() {
    check_masked(
        "a: |\n  {extraEnv:\n\n   {A:\n   x1}}\nb: c\n",
        "a: |\n  {extraEnv:\n\n   {A:\n   *}}\nb: c\n",
    );
}

#[test]
fn brackets_close_where_they_close() {
    check_masked(
        "env: {\"A\":\"x1\"}\nnext: abc\n",
        "env: {\"A\":*}\nnext: abc\n",
    );
    check_masked(
        "env: {A: x1 # }\n}\nnext: abc\n",
        "env: {A: * # }\n}\nnext: abc\n",
    );
    check_masked(
        "extraEnv: {A: x1, # c\n  B: y1}\n",
        "extraEnv: {A: *, # c\n  B: *}\n",
    );
    check_masked("extraEnv: {#A: x1}\n", "extraEnv: {#A: *}\n");
}

#[test]
fn keys_in_brackets_have_their_parents_meaning() {
    check_masked(
        "x: {encryption: {key: 12}, url: {key: 12}}\n",
        "x: {encryption: {key: *}, url: {key: 12}}\n",
    );
    check_masked(
        "x: {encryption: [{key: 12}]}\n",
        "x: {encryption: [{key: *}]}\n",
    );
}

#[test]
fn a_quote_that_nothing_closes_hides_its_line() {
    check_masked("env: {A: \"x1, B: y\n", "env: {A: *\n");
    check_shown("env: [{name: \"");
}

#[test]
fn escapes_hide_no_secret() {
    for secret in [
        "{\\\"p\\u0061ssword\\\": \\\"x1\\\"}",
        "{\\\"e\\x6ev\\\": {\\\"A\\\": \\\"x1\\\"}}",
        "{\\\"url\\\": \\\"http:\\/\\/u:x1@h\\\"}",
        "hub:\\n\\tport: x1",
    ] {
        check_masked(&format!("a: \"{secret}\"\nb: c\n"), "a: *\nb: c\n");
    }
    check_shown("a: \"{\\\"url\\\": \\\"http:\\/\\/h\\\"}\"\n");
}

#[test]
fn quoted_text_without_escapes_is_no_document() {
    check_masked("a: \"the password: x1\"\n", "a: \"the password: *\"\n");
}

#[test]
fn documents_are_read_four_levels_deep() {
    let mut text = String::from("env: {A: x1}\n");
    for _ in 0..4 {
        text = format!("{{\"a\": {}}}", serde_json::Value::String(text));
    }
    check_masked(&text, "{\"a\": *}");
    let deeper = format!("{{\"a\": {}}}", serde_json::Value::String(text));
    check_shown(&deeper);
}
