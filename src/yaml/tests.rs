//! What the tree promises about places and reading, whatever the text.

#![expect(clippy::disallowed_methods, reason = "the documents are files")]

use std::fs;
use std::ops::Range;
use std::path::Path;

use super::*;

/// Every document of every case of the editor, and some that hold what those do not.
fn documents() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/yaml/edits");
    let mut texts = Vec::new();
    for entry in fs::read_dir(root).expect("the folder of cases") {
        let path = entry.expect("a readable folder").path();
        for name in ["in.yaml", "out.yaml"] {
            let Ok(stream) = fs::read_to_string(path.join(name)) else {
                continue;
            };
            texts.extend(split(&stream).into_iter().map(|part| stream[part].to_owned()));
        }
    }
    texts.extend(
        include_str!("../../testdata/yaml/spans.yaml")
            .split("\n---\n")
            .map(str::to_owned),
    );
    texts.retain(|text| !is_blank(text) && parse(text).is_ok());
    texts.sort();
    texts.dedup();
    assert!(texts.len() > 100, "only {} documents", texts.len());
    texts
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// What a node's bytes must look like, by its style.
#[track_caller]
fn check_slice(node: NodeRef<'_>) {
    let text = node.document().text;
    let slice = &text[node.range()];
    let is_between = |open, close| slice.starts_with(open) && slice.ends_with(close);
    match &node.node().content {
        NodeContent::Absent => assert_eq!(slice, ""),
        NodeContent::Alias(_) => assert!(slice.starts_with('*'), "{slice:?}"),
        NodeContent::Scalar { text, style } => check_scalar(node, slice, text, *style),
        NodeContent::Mapping { style, .. } if *style == CollectionStyle::Flow => {
            assert!(is_between('{', '}'), "{slice:?}");
        }
        NodeContent::Sequence { style, .. } if *style == CollectionStyle::Flow => {
            assert!(is_between('[', ']'), "{slice:?}");
        }
        NodeContent::Sequence { column, .. } => {
            assert!(slice.starts_with('-'), "{slice:?}");
            let line = text[..node.range().start].rsplit('\n').next();
            let width = line.map(|line| line.trim_start_matches('\u{feff}').len());
            assert_eq!(width, Some(*column));
        }
        NodeContent::Mapping { .. } => {}
    }
}

#[track_caller]
fn check_scalar(node: NodeRef<'_>, slice: &str, value: &str, style: ScalarStyle) {
    match style {
        ScalarStyle::Plain if slice.contains('\n') => assert_eq!(words(slice), words(value)),
        ScalarStyle::Plain => assert_eq!(slice, value),
        ScalarStyle::Quoted => {
            let quote = slice.chars().next().filter(|first| "\"'".contains(*first));
            let quote = quote.expect("a quoted scalar begins with its quote");
            assert!(slice.ends_with(quote), "{slice:?}");
            let alone = parse(slice).expect("a quoted scalar is YAML");
            assert_eq!(alone.root().and_then(NodeRef::text), Some(value));
        }
        ScalarStyle::Block => {
            assert!(slice.starts_with(['|', '>']), "{slice:?}");
            let ends_text = node.range().end == node.document().text.len();
            assert!(slice.ends_with('\n') || ends_text, "{slice:?}");
            let body = slice.split_once('\n').map_or("", |(_, body)| body);
            assert_eq!(words(body), words(value));
        }
    }
}

#[track_caller]
fn check_anchor(node: NodeRef<'_>) {
    let text = node.document().text;
    if let Some(anchor) = node.node().anchor() {
        assert!(
            text[anchor.clone()].starts_with('&'),
            "{}",
            &text[anchor.clone()]
        );
    }
}

/// Collections hold their children, and siblings do not overlap.
#[track_caller]
fn check_children(node: NodeRef<'_>) {
    let pairs = node.node();
    let children: Vec<NodeId> = match &pairs.content {
        NodeContent::Mapping { entries, .. } => {
            entries.iter().flat_map(|entry| [entry.key, entry.value]).collect()
        }
        NodeContent::Sequence { items, .. } => items.to_vec(),
        _ => return,
    };
    let mut end = node.range().start;
    for child in children {
        let child = node.document().at(child);
        let range = child.range();
        assert_eq!(child.node().parent, Some(node.id()));
        assert!(
            end <= range.start && range.end <= node.range().end,
            "{range:?} in {node:?}"
        );
        end = range.end;
    }
    for entry in node.raw_entries() {
        let key = node.document().at(entry.key).range();
        let value = node.document().at(entry.value).range();
        assert!(key.end <= entry.colon_end && entry.colon_end <= value.start.max(key.end));
    }
}

#[test]
fn a_node_is_the_bytes_of_its_range() {
    for text in documents() {
        let document = parse(&text).expect("YAML");
        for node in document.nodes() {
            check_slice(node);
            check_anchor(node);
            check_children(node);
        }
    }
}

#[test]
fn nodes_come_in_the_order_of_the_text() {
    for text in documents() {
        let document = parse(&text).expect("YAML");
        let starts: Vec<usize> = document.nodes().map(|node| node.range().start).collect();
        assert!(starts.is_sorted(), "{starts:?} in\n{text}");
    }
}

/// A node's bytes, its anchor's, the ends of its colons, its column.
type Place = (Range<usize>, Option<Range<usize>>, Vec<usize>, usize);

/// Every place of the tree that is a function of the text around it.
fn places(document: &Document<'_>) -> Vec<Place> {
    let place = |node: NodeRef<'_>| {
        let colons = match &node.node().content {
            NodeContent::Mapping { entries, .. } => {
                entries.iter().map(|entry| entry.colon_end).collect()
            }
            _ => Vec::new(),
        };
        let column = match node.node().content {
            NodeContent::Mapping { column, .. } | NodeContent::Sequence { column, .. } => column,
            _ => 0,
        };
        (node.range(), node.node().anchor(), colons, column)
    };
    document.nodes().map(place).collect()
}

/// The tree of `changed` is the tree of `text` with every offset moved by `shift`.
#[track_caller]
fn check_shift(text: &str, changed: &str, shift: impl Fn(usize) -> usize) {
    let (before, after) = (parse(text).expect("YAML"), parse(changed));
    let after = after.unwrap_or_else(|error| panic!("{error} in\n{changed}"));
    let range = |range: Range<usize>| shift(range.start)..shift(range.end);
    let moved: Vec<_> = places(&before)
        .into_iter()
        .map(|(node, anchor, colons, column)| {
            (
                range(node),
                anchor.map(range),
                colons.into_iter().map(&shift).collect(),
                column,
            )
        })
        .collect();
    assert_eq!(places(&after), moved, "{changed:?}");
    assert_eq!(after.trailing, before.trailing.map(shift));
}

#[test]
fn carriage_returns_shift_every_offset_by_the_lines_before_it() {
    for text in documents().into_iter().filter(|text| !text.contains('\r')) {
        let shift = |at: usize| at + text[..at].matches('\n').count();
        check_shift(&text, &text.replace('\n', "\r\n"), shift);
    }
}

#[test]
fn a_byte_order_mark_shifts_every_offset_by_its_length() {
    for text in documents() {
        if !text.starts_with('\u{feff}') {
            check_shift(&text, &format!("\u{feff}{text}"), |at| at + 3);
        }
    }
}

#[test]
fn letters_of_many_bytes_shift_every_offset_by_their_bytes() {
    let comment = "# ünïcödé ½ 船 🚢\n";
    for text in documents() {
        check_shift(&text, &format!("{comment}{text}"), |at| at + comment.len());
    }
}

#[track_caller]
fn check_get(text: &str, path: &[&str], expected: Option<&str>) {
    let document = parse(text).expect("YAML");
    let found = document.root().expect("a root").get_path(path);
    assert_eq!(found.map(|node| &text[node.range()]), expected);
}

#[test]
fn get_reads_any_spelling_of_a_key() {
    check_get("a: 1\n\"b c\": 2\n'd': 3\n", &["b c"], Some("2"));
    check_get("\"\\x61\": 1\n", &["a"], Some("1"));
    check_get("? a\n: 1\n", &["a"], Some("1"));
    check_get("{\"a\":{\"b\":1}}", &["a", "b"], Some("1"));
    check_get("&x a: 1\n", &["a"], Some("1"));
    check_get("a: {b: c}\n", &["a", "d"], None);
    check_get("a: [b]\n", &["a", "b"], None);
    check_get("a:\nb: 1\n", &["a"], Some(""));
}

#[test]
fn get_takes_the_last_of_duplicates() {
    check_get("a: 1\nb: 2\na: 3\n", &["a"], Some("3"));
    check_get("a: 1\n\"a\": 2\n", &["a"], Some("2"));
    check_get("{a: {b: 1}, a: {c: 2}}", &["a", "b"], None);
}

#[test]
fn get_follows_aliases() {
    check_get("a: &x {b: 1}\nc: *x\n", &["c", "b"], Some("1"));
    check_get("a: &x 1\nc: *x\n", &["c"], Some("1"));
    check_get("&k a: 1\nb: *k\n", &["b"], Some("a"));
    check_get("&k a: 1\nb: {*k : 2}\n", &["b", "a"], Some("2"));
    check_get("a: *gone\n", &["a"], Some("*gone"));
    check_get("a: *gone\n", &["a", "b"], None);
    check_get("a: &x [1]\nb: &x [2]\nc: *x\n", &["c"], Some("[2]"));
}

#[test]
fn get_looks_through_merge_keys_where_they_are_written() {
    check_get("a: &x {b: 1}\nc: {<<: *x}\n", &["c", "b"], Some("1"));
    check_get("a: &x {b: 1}\nc: {<<: *x, b: 2}\n", &["c", "b"], Some("2"));
    check_get("a: &x {b: 1}\nc: {b: 2, <<: *x}\n", &["c", "b"], Some("1"));
    check_get(
        "a: &x {b: 1}\nc: &y {<<: *x}\nd: {<<: *y}\n",
        &["d", "b"],
        Some("1"),
    );
    check_get(
        "a: &x {b: 1}\nc: &y {b: 2, d: 3}\ne: {<<: [*x, *y]}\n",
        &["e", "b"],
        Some("1"),
    );
    check_get("a: &x {b: 1}\nc: {\"<<\": *x}\n", &["c", "b"], None);
    check_get("a: {<<: {b: 1}}\n", &["a", "b"], Some("1"));
    check_get("a: &x {<<: *x}\n", &["a", "b"], None);
}

#[test]
fn only_a_second_document_trails() {
    let trailing = |text: &str| parse(text).expect("YAML").trailing;
    for text in [
        "a: 1\n",
        "a: 1\n...\n",
        "a: 1\n...\n# c\n",
        "a: 1\n...\n...\n",
        "# c\n",
        "",
    ] {
        assert_eq!(trailing(text), None, "{text:?}");
    }
    assert_eq!(trailing("a: 1\n...\nb: 2\n"), Some(9));
    assert_eq!(trailing("a: 1\n--- b\n"), Some(5));
    assert!(parse("# nothing\n").expect("YAML").root().is_none());
}

#[track_caller]
fn check_blank(part: &str, expected: bool) {
    assert_eq!(is_blank(part), expected, "{part:?}");
    let holds_something = parse(part).is_ok_and(|document| document.root().is_some());
    assert!(!(expected && holds_something), "{part:?} holds a document");
}

#[test]
fn a_blank_part_is_read_as_no_document() {
    for part in [
        " \t\n",
        "# a\n\t# b\n",
        "...\n...\n",
        "\u{feff}# a\r\n",
        "\n\n...\n# c",
        " # why\n",
    ] {
        check_blank(part, true);
    }
    for part in [
        "~", "\"\"", "-", "- # c", "?", "....", "!!null", "&a", "  x", "''\n",
    ] {
        check_blank(part, false);
    }
}

/// One text for each number, one after the other.
fn numbered(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect::<Vec<_>>().concat()
}

#[test]
fn three_hundred_comments_in_a_row_are_read() {
    let comments = "  # a line of reasons\n".repeat(300);
    let text = format!("spec:\n{comments}  a: 1\n{comments}");
    check_get(&text, &["spec", "a"], Some("1"));
    let document = parse(&text).expect("YAML");
    let spec = document.root().and_then(|root| root.get("spec")).expect("spec");
    let edit = Edit::put_path(spec, &["b"], "x".into());
    let expected = format!("{text}  b: x\n");
    assert_eq!(edit::apply(&document, &[edit]), Ok(expected));
}

#[test]
fn forty_thousand_lines_are_one_document() {
    let lines = numbered(40_000, |line| format!("k{line}: v{line}\n"));
    check_get(&lines, &["k39999"], Some("v39999"));
}

#[test]
fn ten_thousand_documents_are_split() {
    let stream = numbered(10_000, |index| format!("---\nkind: Pod\nindex: {index}\n"));
    let parts = split(&stream);
    assert_eq!(parts.len(), 10_001);
    for (index, part) in parts.into_iter().skip(1).enumerate() {
        check_get(&stream[part], &["index"], Some(&index.to_string()));
    }
}

/// The text is not YAML, and the error is where a reader would look.
#[track_caller]
fn check_error(text: &str, places: Range<usize>) {
    let error = parse(text).expect_err("no YAML");
    assert!(
        places.contains(&error.offset),
        "{} is not in {places:?}: {error}",
        error.offset
    );
    assert!(text.is_char_boundary(error.offset));
    assert!(!error.message.is_empty() && !error.message.contains('\n'));
}

#[test]
fn ten_thousand_levels_are_an_error_with_a_place() {
    const DEEP: usize = 10_000;
    let nested = numbered(DEEP, |depth| format!("{}a:\n", " ".repeat(depth)));
    for text in [
        nested,
        "[".repeat(DEEP),
        "{a: ".repeat(DEEP),
        "- ".repeat(DEEP),
        "? ".repeat(DEEP),
        "[".repeat(DEEP) + &"]".repeat(DEEP),
    ] {
        check_error(&text, 200..text.len());
    }
}

#[test]
fn an_unended_quote_is_an_error_at_the_quote() {
    check_error("a: \"b\nc: d\n", 3..4);
    check_error("a: 'b\nc: d\n", 3..4);
    check_error("# é\na: [\"b\nc: d\n", 9..10);
}

#[test]
fn other_slips_are_errors_where_they_are() {
    check_error("a: [b\nc: d\n", 3..12);
    check_error("a: b: c\n", 4..6);
    check_error("a:\n\t- b\n", 3..5);
    check_error("a: 1\n  b: 2\n", 5..9);
    check_error("a: \"\\q\"\n", 3..6);
    check_error("é: \"\u{1}\"\n", 3..6);
}

/// A release of 20 MB has millions of nodes; all of them are there at once.
#[test]
fn a_node_and_a_collection_take_no_room_that_they_do_not_use() {
    assert!(size_of::<Node<'_>>() <= 64, "{}", size_of::<Node<'_>>());
    let text = "a: [1, 2]\nb: {c: d}\n";
    let document = parse(text).expect("YAML");
    assert_eq!(document.nodes.capacity(), document.nodes().count());
}
