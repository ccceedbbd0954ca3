//! Pod templates in objects whose kind the table does not know.

use super::Object;
use super::kinds::{Kinds, is_of_kubernetes};
use crate::yaml::{Content, NodeRef, quote};

/// Something that looks like a pod template, with its path as a row of the table would have it.
#[derive(Debug, Clone)]
pub struct Likeness<'d> {
    /// Keys from the object, parted by dots, `[]` for the items of a list.
    pub path: String,
    /// Whether the fields of a pod spec stand right there, not below a `spec`.
    pub is_pod_spec: bool,
    /// What was found.
    pub node: NodeRef<'d>,
}

/// What looks like a pod template in an object of a kind that is not known, each path once: a mapping
/// whose `containers` are a list of mappings with an image, or that holds tolerations.
pub fn likenesses<'d>(object: &Object<'d>, kinds: &Kinds) -> Vec<Likeness<'d>> {
    let (group, kind) = (&object.gvk.group, &object.gvk.kind);
    if is_of_kubernetes(group) || kinds.get(group, kind).is_some() {
        return Vec::new();
    }
    search_object(object.node)
}

/// The entry of a policy's `templates`, in flow style, that would make the kind of an object known.
pub fn templates_entry(object: &Object<'_>, kinds: &Kinds) -> Option<String> {
    let likenesses = likenesses(object, kinds);
    let paths = |is_pod_spec: bool| -> Vec<String> {
        let of_sort = likenesses
            .iter()
            .filter(|likeness| likeness.is_pod_spec == is_pod_spec);
        of_sort
            .map(|likeness| quote::json_text(&likeness.path))
            .collect()
    };
    let kind = format!(
        "group: {}, kind: {}",
        quote::json_text(&object.gvk.group),
        quote::block_scalar_text(&object.gvk.kind)
    );
    // One entry a kind: where both sorts are found, the templates are the better guess.
    match (&paths(false)[..], &paths(true)[..]) {
        ([], []) => None,
        ([], specs) => Some(format!(
            "{{{kind}, path: [{}], holds: podSpec}}",
            specs.join(", ")
        )),
        (templates, _) => Some(format!("{{{kind}, path: [{}]}}", templates.join(", "))),
    }
}

fn search_object(object: NodeRef<'_>) -> Vec<Likeness<'_>> {
    let mut found = Vec::new();
    search(object, &mut Vec::new(), &mut found);
    found
}

/// Deeper than any template of a real kind.
const DEEPEST: usize = 16;

fn search<'d>(node: NodeRef<'d>, path: &mut Vec<String>, found: &mut Vec<Likeness<'d>>) {
    if path.len() > DEEPEST || node.is_alias() {
        return;
    }
    if is_pod_spec(node) && !path.is_empty() {
        let is_below_spec = path.last().is_some_and(|key| key == "spec") && path.len() > 1;
        let path = path[..path.len() - usize::from(is_below_spec)].join(".");
        if found.iter().all(|other| other.path != path) {
            let is_pod_spec = !is_below_spec;
            found.push(Likeness {
                path,
                is_pod_spec,
                node,
            });
        }
        return;
    }
    for (key, value) in node.entries() {
        // No path can name another key; with a dot it would be two.
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        let key = key
            .text()
            .filter(|key| !key.is_empty() && key.bytes().all(is_plain));
        let Some(key) = key else { continue };
        match &value.node().content {
            Content::Mapping { .. } => {
                path.push(key.to_owned());
                search(value, path, found);
                path.pop();
            }
            Content::Sequence { .. } => {
                path.push(format!("{key}[]"));
                for item in value.items() {
                    search(item, path, found);
                }
                path.pop();
            }
            _ => {}
        }
    }
}

fn is_pod_spec(node: NodeRef<'_>) -> bool {
    let all_have = |list: &str, keys: &[&str]| {
        let items = node.get(list).into_iter().flat_map(|list| list.items());
        let mut items = items.peekable();
        items.peek().is_some() && items.all(|item| keys.iter().any(|key| item.get(key).is_some()))
    };
    node.is_mapping()
        && (all_have("containers", &["image"]) || all_have("tolerations", &["key", "operator"]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    #[track_caller]
    fn check(object: &str, expected: &[(&str, bool)]) {
        let document = yaml::parse(object).expect("YAML");
        let found = search_object(document.root().expect("a root"));
        let found: Vec<(&str, bool)> = found
            .iter()
            .map(|likeness| (likeness.path.as_str(), likeness.is_pod_spec))
            .collect();
        assert_eq!(found, expected, "{object}");
    }

    #[test]
    fn templates_and_bare_fields_are_found_once_a_path() {
        check(
            "{spec: {template: {spec: {containers: [{name: a, image: b}]}}}}",
            &[("spec.template", false)],
        );
        check(
            "{spec: {groups: [{template: {spec: {containers: [{image: b}]}}}, {template: {spec: {containers: [{image: c}]}}}]}}",
            &[("spec.groups[].template", false)],
        );
        check(
            "{spec: {runner: {tolerations: [{operator: Exists}]}}}",
            &[("spec.runner", true)],
        );
        check("{spec: {tolerations: [{key: a}]}}", &[("spec", true)]);
    }

    #[test]
    fn what_only_uses_the_words_is_not() {
        check("{spec: {containers: [a, b]}}", &[]);
        check("{spec: {containers: [{name: a}], tolerations: []}}", &[]);
        check("{data: {a.b: {containers: [{image: a}]}}}", &[]);
        check("{containers: [{image: a}]}", &[]);
    }
}
