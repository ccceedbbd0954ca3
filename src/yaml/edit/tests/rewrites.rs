//! Scalars that are replaced, keys that are renamed or removed: what goes with them, and what is refused.

use super::*;

/// A document after these changes, or why it is not changed.
#[track_caller]
fn check_all(text: &str, edits: &[Edit], rewrites: &[Rewrite], expected: Result<&str, &str>) {
    let document = parse(text).expect("YAML");
    let planned = Planner::new(&document).and_then(|planner| {
        let replacements = planner.plan(&document, edits, rewrites)?;
        verify(&document, edits, rewrites, &replacements)?;
        Ok(splice::apply(document.text, &replacements))
    });
    let changed = planned.map_err(|refusal| refusal.to_string());
    let changed = changed.as_deref().map_err(String::as_str);
    assert_eq!(changed, expected, "{text}");
}

#[track_caller]
fn check(text: &str, rewrite: impl Fn(NodeRef<'_>) -> Rewrite, expected: Result<&str, &str>) {
    let document = parse(text).expect("YAML");
    let rewrite = rewrite(document.root().expect("a root"));
    check_all(text, &[], &[rewrite], expected);
}

/// The mapping that holds the last key of a path, and its entry.
fn find<'d>(root: NodeRef<'d>, path: &[&str]) -> (NodeRef<'d>, Entry) {
    let (last, above) = path.split_last().expect("a path has a key");
    let mapping = root.get_path(above).expect("a mapping");
    let found = mapping.find_own(last).expect("a key");
    (found.mapping, found.entry)
}

#[track_caller]
fn check_remove(text: &str, path: &[&str], expected: Result<&str, &str>) {
    let remove = |root: NodeRef<'_>| {
        let (mapping, entry) = find(root, path);
        Rewrite::Remove {
            mapping: mapping.id(),
            key: entry.key,
        }
    };
    check(text, remove, expected);
}

#[track_caller]
fn check_rename(text: &str, path: &[&str], name: &str, expected: Result<&str, &str>) {
    let rename = |root: NodeRef<'_>| {
        let (mapping, entry) = find(root, path);
        Rewrite::Rename {
            mapping: mapping.id(),
            key: entry.key,
            name: name.to_owned(),
        }
    };
    check(text, rename, expected);
}

#[track_caller]
fn check_scalar(text: &str, path: &[&str], expected: Result<&str, &str>) {
    let replace = |root: NodeRef<'_>| Rewrite::Scalar {
        node: find(root, path).1.value,
        value: "new".into(),
    };
    check(text, replace, expected);
}

const SHARED: Result<&str, &str> =
    Err("an alias shares this value, so the change would apply there too");
const DECORATED: Result<&str, &str> = Err("this value has an anchor or a tag");
const MERGED: Result<&str, &str> =
    Err("this value comes from a merge key (`<<`) and cannot be changed in one place only");

#[test]
fn a_scalar_keeps_its_quotes() {
    check_scalar("a: b # c\n", &["a"], Ok("a: new # c\n"));
    check_scalar("a: 'b'\n", &["a"], Ok("a: 'new'\n"));
    check_scalar("a: \"b\"\n", &["a"], Ok("a: \"new\"\n"));
    check_scalar("a: |\n  b\n", &["a"], Err("this value is a block scalar"));
    check_scalar("a: &x b\n", &["a"], DECORATED);
    check_scalar("a: !!str b\n", &["a"], DECORATED);
    check_scalar("a: &x b\nc: *x\n", &["a"], SHARED);
    check_scalar("a: &x b\nc: *x\n", &["c"], SHARED);
    check_scalar("a: [b]\n", &["a"], Err("expected a scalar"));
}

#[test]
fn a_removed_key_takes_its_comments_along() {
    check_remove(
        "a: b\n# of c\nc: d # too\n  # deeper\n# of e\ne: f\n",
        &["c"],
        Ok("a: b\n# of e\ne: f\n"),
    );
    check_remove(
        "k: # of k\n  # of a\n  a: b\n  c: d\n",
        &["k", "a"],
        Ok("k: # of k\n  c: d\n"),
    );
    check_remove("# of a\na: b\nc: d\n", &["a"], Ok("c: d\n"));
    check_remove("a: |\n  # b\nc: d\n", &["c"], Ok("a: |\n  # b\n"));
    check_remove("a: b\nc: d", &["c"], Ok("a: b"));
    check_remove("a: b\r\nc: d", &["c"], Ok("a: b"));
    check_remove("\u{feff}a: b\nc: d\n", &["a"], Ok("\u{feff}c: d\n"));
}

#[test]
fn the_next_key_follows_the_dash_of_a_removed_one() {
    let remove = |root: NodeRef<'_>| {
        let item = root.items().next().expect("an item");
        let (mapping, entry) = find(item, &["a"]);
        Rewrite::Remove {
            mapping: mapping.id(),
            key: entry.key,
        }
    };
    check("- a: b\n  c: d\n  e: f\n", remove, Ok("- c: d\n  e: f\n"));
    check("- a: b\n", remove, Ok("- {}\n"));
    check(
        "- a: b\n  # of c\n  c: d\n",
        remove,
        Err("a comment here would be lost"),
    );
}

#[test]
fn nothing_is_removed_that_an_alias_reads() {
    for value in ["&x b", "{k: &x b}", "{&x k: b}", "[&x b]"] {
        check_remove(&format!("a: {value}\nc: *x\nd: e\n"), &["a"], SHARED);
    }
    check_remove("a: &x b\nc: d\n", &["a"], Ok("c: d\n"));
    check_remove("&x a: b\nc: d\n", &["a"], DECORATED);
}

#[test]
fn a_renamed_key_takes_no_other_name() {
    check_rename("a: b\nc: d\n", &["a"], "e", Ok("e: b\nc: d\n"));
    check_rename("'a': b\n", &["a"], "a", Ok("'a': b\n"));
    check_rename(
        "a: b\nc: d\n",
        &["a"],
        "c",
        Err("the mapping already has a key with this name"),
    );
}

#[test]
fn rewrites_next_to_a_merge_key_mean_what_helm_reads() {
    let text = |own: &str| format!("base: &b\n  x: 1\n  y: 2\na:\n  {own}\n");
    let merged_first = text("<<: *b\n  x: 3\n  z: 4");
    check_scalar(
        &merged_first,
        &["a", "z"],
        Ok(&text("<<: *b\n  x: 3\n  z: new")),
    );
    check_rename(
        &merged_first,
        &["a", "z"],
        "w",
        Ok(&text("<<: *b\n  x: 3\n  w: 4")),
    );
    check_remove(&merged_first, &["a", "z"], Ok(&text("<<: *b\n  x: 3")));
    // Without its own value, the merge key gives another one.
    check_remove(&merged_first, &["a", "x"], MERGED);
    check_rename(&merged_first, &["a", "x"], "w", MERGED);
    // A merge key overrides what is before it.
    let merged_last = text("x: 3\n  z: 4\n  <<: *b");
    check_scalar(&merged_last, &["a", "x"], MERGED);
    check_scalar(
        &merged_last,
        &["a", "z"],
        Ok(&text("x: 3\n  z: new\n  <<: *b")),
    );
    check_remove(&merged_last, &["a", "x"], MERGED);
    // In quotes it is none, and a number that JSON does not have is no obstacle.
    check_scalar(
        "a: '<<'\nb: .nan\nc: d\n",
        &["c"],
        Ok("a: '<<'\nb: .nan\nc: new\n"),
    );
    check_scalar(
        "l: [&b {x: 1}]\na:\n- one\n- {<<: *b}\nc: d\n",
        &["c"],
        Ok("l: [&b {x: 1}]\na:\n- one\n- {<<: *b}\nc: new\n"),
    );
}

#[test]
fn a_merge_key_is_not_removed_with_what_it_brings() {
    let remove = |root: NodeRef<'_>| {
        let mapping = root.get("a").expect("a mapping");
        Rewrite::Remove {
            mapping: mapping.id(),
            key: mapping.raw_entries()[0].key,
        }
    };
    check("b: &b {x: 1}\na:\n  <<: *b\n  y: 2\n", remove, MERGED);
}

#[test]
fn a_scalar_in_a_list_next_to_a_merge_key_is_replaced() {
    let replace = |root: NodeRef<'_>| {
        let list = root.get("l").expect("a list");
        Rewrite::Scalar {
            node: list.items().next().expect("an item").id(),
            value: "new".into(),
        }
    };
    check(
        "b: &b {x: 1}\na: {<<: *b}\nl: [one, two]\n",
        replace,
        Ok("b: &b {x: 1}\na: {<<: *b}\nl: [new, two]\n"),
    );
}

#[test]
fn a_key_takes_the_place_of_a_removed_one_in_brackets() {
    let text = "{\"a\":, \"b\":}\n";
    let document = parse(text).expect("YAML");
    let root = document.root().expect("a root");
    let remove = Rewrite::Remove {
        mapping: root.id(),
        key: find(root, &["b"]).1.key,
    };
    let put = Edit::put_path(root, &["c"], "v".into());
    // go-yaml reads `:,` as text.
    check_all(text, &[put], &[remove], Ok("{\"a\": , \"c\": \"v\"}\n"));
}
