//! Paths of the table: keys from an object to its pod templates.

use crate::yaml::NodeRef;

/// The end of a path in an object.
#[derive(Debug, Clone)]
pub(super) struct Reached<'d> {
    /// The node at the end; the deepest existing mapping if keys are missing.
    pub(super) node: NodeRef<'d>,
    /// Keys to create below `node`; only those marked with `?`, and the following ones.
    pub(super) missing: Vec<String>,
    /// The name of the last list item, or the last mapping key, on the path.
    pub(super) name: Option<&'d str>,
}

impl<'d> Reached<'d> {
    pub(super) fn whole(node: NodeRef<'d>) -> Self {
        Self {
            node,
            missing: Vec::new(),
            name: None,
        }
    }
}

/// Returns the steps of a path: a key, `key[]` (each item of its list), `*` (each value of a mapping), `key?` (a key
/// that may be missing).
pub(super) fn steps(path: &str) -> impl Iterator<Item = &str> {
    path.split('.').filter(|step| !step.is_empty())
}

/// Returns all ends of a path. A key without `?` that is missing or null leads to nothing.
pub(super) fn follow<'d>(object: NodeRef<'d>, path: &str) -> Vec<Reached<'d>> {
    let start = vec![Reached::whole(object)];
    steps(path).fold(start, |reached, step| {
        let next = reached.into_iter().flat_map(|from| take(from, step));
        next.collect()
    })
}

/// Returns where a path stops in an object: nodes without the next key, or with a value under it that is neither a
/// mapping nor a list. An empty list or mapping does not stop it.
pub(super) fn dead_ends<'d>(object: NodeRef<'d>, path: &str) -> Vec<Reached<'d>> {
    let mut ends = Vec::new();
    let mut reached = vec![Reached::whole(object)];
    for step in steps(path) {
        let mut next = Vec::new();
        for from in reached {
            let found = take(from.clone(), step);
            if found.is_empty() && !is_empty_collection(from.node, step) {
                ends.push(from);
            }
            next.extend(found);
        }
        reached = next;
    }
    let is_value = |reached: &Reached<'d>| !reached.node.is_mapping();
    ends.extend(reached.into_iter().filter(is_value));
    ends
}

fn is_empty_collection(node: NodeRef<'_>, step: &str) -> bool {
    let list = step.strip_suffix("[]").and_then(|key| node.get(key));
    step == "*" && node.is_mapping() || list.is_some_and(|list| list.is_sequence())
}

fn take<'d>(from: Reached<'d>, step: &str) -> Vec<Reached<'d>> {
    let Reached { node, name, .. } = from;
    let to = |node: NodeRef<'d>, name| Reached {
        node: node.resolve(),
        missing: Vec::new(),
        name,
    };
    if !from.missing.is_empty() {
        let mut missing = from.missing;
        missing.push(step.trim_end_matches('?').to_owned());
        return vec![Reached {
            node,
            missing,
            name,
        }];
    }
    if step == "*" {
        let entries = node.entries();
        return entries.map(|(key, value)| to(value, key.text())).collect();
    }
    if let Some(key) = step.strip_suffix("[]") {
        let items = node.get(key).into_iter().flat_map(|list| list.items());
        return items.map(|item| to(item, item_name(item).or(name))).collect();
    }
    let key = step.trim_end_matches('?');
    match node.get(key).filter(|next| !next.is_null()) {
        Some(next) => vec![to(next, name)],
        None if key != step && node.is_mapping() => vec![Reached {
            node,
            missing: vec![key.to_owned()],
            name,
        }],
        None => Vec::new(),
    }
}

/// Returns the name of a list item: worker groups of Ray have a `groupName`, all others a `name`.
fn item_name(item: NodeRef<'_>) -> Option<&str> {
    ["name", "groupName"].iter().find_map(|key| item.get(key)?.text())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    #[track_caller]
    fn check(object: &str, path: &str, expected: &[(&str, &[&str], Option<&str>)]) {
        let document = yaml::parse(object).expect("YAML");
        let reached = follow(document.root().expect("a root"), path);
        let text = |node: NodeRef<'_>| document.text[node.range()].to_owned();
        let found: Vec<(String, Vec<String>, Option<&str>)> = reached
            .into_iter()
            .map(|reached| (text(reached.node), reached.missing, reached.name))
            .collect();
        let expected: Vec<(String, Vec<String>, Option<&str>)> = expected
            .iter()
            .map(|&(node, missing, name)| {
                let missing = missing.iter().map(|&key| key.to_owned()).collect();
                (node.to_owned(), missing, name)
            })
            .collect();
        assert_eq!(found, expected, "{path} in {object}");
    }

    #[test]
    fn keys_lists_and_mappings_are_followed() {
        check("{a: {b: {c: 1}}}", "a.b", &[("{c: 1}", &[], None)]);
        check(
            "{a: [{name: x, b: {}}, {b: {}}]}",
            "a[].b",
            &[("{}", &[], Some("x")), ("{}", &[], None)],
        );
        check(
            "{a: {x: {b: {}}, y: {}}}",
            "a.*.b",
            &[("{}", &[], Some("x"))],
        );
        check("{a: 1}", "", &[("{a: 1}", &[], None)]);
    }

    #[test]
    fn a_key_that_may_be_missing_names_what_has_to_be_created() {
        check("{a: {c: 1}}", "a.b?", &[("{c: 1}", &["b"], None)]);
        check("{a: {b: }}", "a.b?", &[("{b: }", &["b"], None)]);
        check("{a: {b: {}}}", "a.b?", &[("{}", &[], None)]);
        check("{a: {}}", "a.b?.c?.d", &[("{}", &["b", "c", "d"], None)]);
        check(
            "{a: [{name: x}, {b: {c: 1}}]}",
            "a[].b?",
            &[("{name: x}", &["b"], Some("x")), ("{c: 1}", &[], None)],
        );
    }

    #[test]
    fn a_path_stops_where_a_key_is_missing() {
        let ends = |object: &str, path: &str| {
            let document = yaml::parse(object).expect("YAML");
            let ends = dead_ends(document.root().expect("a root"), path);
            let name = |end: &Reached<'_>| end.name.unwrap_or("-").to_owned();
            ends.iter().map(name).collect::<Vec<_>>()
        };
        assert_eq!(ends("{a: {b: {}}}", "a.b"), [] as [&str; 0]);
        assert_eq!(ends("{a: {}}", "a.b"), ["-"]);
        assert_eq!(ends("{a: {b: text}}", "a.b"), ["-"]);
        assert_eq!(ends("{a: {}}", "a.b?"), [] as [&str; 0]);
        assert_eq!(ends("{a: []}", "a[].b"), [] as [&str; 0]);
        assert_eq!(ends("{}", "a[].b"), ["-"]);
        assert_eq!(
            ends("{a: [{name: x}, {name: y, b: {}}, {name: z}]}", "a[].b"),
            ["x", "z"]
        );
    }

    #[test]
    fn a_key_that_has_to_be_there_leads_to_nothing_without_it() {
        check("{a: {}}", "a.b", &[]);
        check("{a: }", "a", &[]);
        check("{a: }", "a.b?", &[]);
        check("{a: text}", "a.b?", &[]);
        check("{}", "a[].b?", &[]);
    }
}
