use std::collections::{BTreeMap, BTreeSet};

use kube_core::Expression;
use kube_core::labels::SelectorExt as _;

use crate::yaml::NodeRef;

/// Labels of a node.
pub type NodeLabels = BTreeMap<String, String>;

/// One expression of a node selector term (`core/v1` `NodeSelectorRequirement`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requirement {
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`, as in label selectors.
    Labels(Expression),
    /// `Gt`: the label is an integer above this one.
    Greater(String, i64),
    /// `Lt`: the label is an integer below this one.
    Less(String, i64),
    /// Something that the API server rejects; nothing matches it.
    Invalid,
}

impl Requirement {
    /// Returns `key In values`.
    pub fn is_in(key: &str, values: &[&str]) -> Self {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        Requirement::Labels(Expression::In(key.to_owned(), values))
    }

    /// Reads an item of `matchExpressions`; what `NodeSelectorRequirementsAsSelector` of Kubernetes rejects is invalid.
    pub fn read(node: NodeRef<'_>) -> Self {
        let text = |key| node.get(key).and_then(|value| value.text()).unwrap_or_default();
        let key = text("key").to_owned();
        let values: Vec<&str> = node
            .get("values")
            .into_iter()
            .flat_map(|values| values.items())
            .filter_map(|value| value.text())
            .collect();
        let integer = || {
            if let [value] = values[..] {
                value.parse().ok()
            } else {
                None
            }
        };
        let set = || values.iter().map(|&value| value.to_owned()).collect();
        let is_empty = values.is_empty();
        match text("operator") {
            "In" if !is_empty => Requirement::Labels(Expression::In(key, set())),
            "NotIn" if !is_empty => Requirement::Labels(Expression::NotIn(key, set())),
            "Exists" if is_empty => Requirement::Labels(Expression::Exists(key)),
            "DoesNotExist" if is_empty => Requirement::Labels(Expression::DoesNotExist(key)),
            "Gt" => integer().map_or(Requirement::Invalid, |value| {
                Requirement::Greater(key, value)
            }),
            "Lt" => integer().map_or(Requirement::Invalid, |value| Requirement::Less(key, value)),
            _ => Requirement::Invalid,
        }
    }

    /// Reads an item of `matchFields`: the name of a node is, or is not, one string
    /// (`NodeSelectorRequirementsAsFieldSelector`).
    fn read_field(node: NodeRef<'_>) -> Self {
        match Self::read(node) {
            Requirement::Labels(Expression::In(key, values) | Expression::NotIn(key, values))
                if values.len() != 1 || key != Term::NAME =>
            {
                Requirement::Invalid
            }
            field @ Requirement::Labels(Expression::In(..) | Expression::NotIn(..)) => field,
            _ => Requirement::Invalid,
        }
    }

    /// Returns whether a node with these labels meets it.
    pub fn matches(&self, labels: &NodeLabels) -> bool {
        let integer = |key| labels.get(key).and_then(|value: &String| value.parse::<i64>().ok());
        match self {
            Requirement::Labels(expression) => expression.matches(labels),
            Requirement::Greater(key, bound) => integer(key).is_some_and(|value| value > *bound),
            Requirement::Less(key, bound) => integer(key).is_some_and(|value| value < *bound),
            Requirement::Invalid => false,
        }
    }

    /// Returns whether a node whose label `key` is `value` can meet it.
    pub fn allows(&self, key: &str, value: &str) -> bool {
        let labels = NodeLabels::from([(key.to_owned(), value.to_owned())]);
        self.key().is_some_and(|about| about != key || self.matches(&labels))
    }

    /// Returns the label key of the requirement.
    fn key(&self) -> Option<&str> {
        match self {
            Requirement::Labels(
                Expression::In(key, _)
                | Expression::NotIn(key, _)
                | Expression::Equal(key, _)
                | Expression::NotEqual(key, _)
                | Expression::Exists(key)
                | Expression::DoesNotExist(key),
            )
            | Requirement::Greater(key, _)
            | Requirement::Less(key, _) => Some(key),
            Requirement::Invalid => None,
        }
    }
}

/// Returns whether a node with these labels, and any others, can meet all requirements.
fn can_all_hold(requirements: &[Requirement], labels: &NodeLabels) -> bool {
    let mut by_key: BTreeMap<&str, Vec<&Requirement>> = BTreeMap::new();
    for requirement in requirements {
        let Some(key) = requirement.key() else {
            return false;
        };
        by_key.entry(key).or_default().push(requirement);
    }
    by_key.into_iter().all(|(key, about)| {
        let hold = |value: Option<String>| {
            let labels = value.map(|value| (key.to_owned(), value));
            let labels = labels.into_iter().collect();
            about.iter().all(|requirement| requirement.matches(&labels))
        };
        match labels.get(key) {
            Some(value) => hold(Some(value.clone())),
            None => hold(None) || witnesses(&about).into_iter().any(|value| hold(Some(value))),
        }
    })
}

/// Returns values of one label, one of which meets all requirements if any value does: those of an `In`; otherwise
/// numbers just beyond the tightest bounds, one more than can be excluded, and a string longer than any excluded one.
fn witnesses(about: &[&Requirement]) -> Vec<String> {
    let mut excluded = BTreeSet::new();
    let (mut above, mut below) = (None, None);
    for requirement in about {
        match requirement {
            Requirement::Labels(Expression::In(_, values)) => {
                return values.iter().cloned().collect();
            }
            Requirement::Labels(Expression::NotIn(_, values)) => excluded.extend(values),
            Requirement::Greater(_, bound) => above = above.max(Some(*bound)),
            Requirement::Less(_, bound) => {
                below = Some(below.map_or(*bound, |other: i64| other.min(*bound)));
            }
            _ => {}
        }
    }
    let steps = 1..=i64::try_from(excluded.len()).map_or(i64::MAX, |excluded| excluded + 1);
    let up = steps.clone().filter_map(|step| above?.checked_add(step));
    let down = steps.filter_map(|step| below?.checked_sub(step));
    let longest = excluded.iter().map(|value| value.len()).max();
    let text = "x".repeat(longest.unwrap_or_default() + 1);
    let numbers = up.chain(down).map(|number| number.to_string());
    numbers.chain([text]).collect()
}

/// A node selector term: all of its expressions and fields must match.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Term {
    /// Expressions about the labels of the node.
    pub expressions: Vec<Requirement>,
    /// Expressions about the fields of the node, of which there is one: `metadata.name`.
    pub fields: Vec<Requirement>,
}

impl Term {
    /// The only field of a node that a term can use.
    const NAME: &'static str = "metadata.name";

    /// Reads an item of `nodeSelectorTerms`, or a `preference`.
    pub fn read(node: NodeRef<'_>) -> Self {
        let all = |key, read: fn(NodeRef<'_>) -> Requirement| {
            let items = node.get(key).into_iter().flat_map(|items: NodeRef<'_>| items.items());
            items.map(read).collect()
        };
        Self {
            expressions: all("matchExpressions", Requirement::read),
            fields: all("matchFields", Requirement::read_field),
        }
    }

    /// Returns the label and field keys of the term.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let requirements = self.expressions.iter().chain(&self.fields);
        requirements.filter_map(Requirement::key)
    }

    /// Returns whether the term has no expressions and fields: then it matches no node (`isEmptyNodeSelectorTerm`).
    pub fn is_empty(&self) -> bool {
        self.expressions.is_empty() && self.fields.is_empty()
    }

    /// Returns whether a node with these labels, and any name and other labels, can match.
    pub fn can_match(&self, labels: &NodeLabels) -> bool {
        !self.is_empty()
            && can_all_hold(&self.expressions, labels)
            && can_all_hold(&self.fields, &NodeLabels::new())
    }

    /// Returns whether a node matches.
    pub fn matches(&self, name: &str, labels: &NodeLabels) -> bool {
        let fields = NodeLabels::from([(Self::NAME.to_owned(), name.to_owned())]);
        !self.is_empty()
            && self.expressions.iter().all(|expression| expression.matches(labels))
            && self.fields.iter().all(|field| field.matches(&fields))
    }
}

/// The requirements of a pod spec for its node: `nodeSelector` and the required node affinity.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Affinity {
    /// `nodeSelector`: all labels are required.
    pub node_selector: BTreeMap<String, String>,
    /// `requiredDuringSchedulingIgnoredDuringExecution`: one of the terms must match; `None` requires nothing.
    pub required: Option<Vec<Term>>,
}

impl Affinity {
    /// The key of the required node selector in a node affinity.
    pub const REQUIRED: &'static str = "requiredDuringSchedulingIgnoredDuringExecution";
    /// The key of the preferred scheduling terms in a node affinity.
    pub const PREFERRED: &'static str = "preferredDuringSchedulingIgnoredDuringExecution";

    /// Reads them from a `core/v1` pod spec.
    pub fn read(spec: NodeRef<'_>) -> Self {
        Self::of(
            spec.get("nodeSelector"),
            spec.get_path(&["affinity", "nodeAffinity"]),
        )
    }

    /// Reads them from the two fields, wherever they are.
    pub fn of(node_selector: Option<NodeRef<'_>>, node_affinity: Option<NodeRef<'_>>) -> Self {
        let pairs = node_selector.into_iter().flat_map(|selector| selector.pairs());
        let pair = |(key, value): (NodeRef<'_>, NodeRef<'_>)| {
            Some((key.text()?.to_owned(), value.text()?.to_owned()))
        };
        let required = node_affinity
            .and_then(|affinity| affinity.get(Self::REQUIRED))
            .filter(|required| !required.is_null());
        let required = required.map(|required| {
            let terms = required.get("nodeSelectorTerms");
            terms.into_iter().flat_map(|terms| terms.items()).map(Term::read).collect()
        });
        Self {
            node_selector: pairs.filter_map(pair).collect(),
            required,
        }
    }

    /// Returns whether a pod may be scheduled onto a node, apart from taints.
    pub fn matches(&self, name: &str, labels: &NodeLabels) -> bool {
        self.node_selector.iter().all(|(key, value)| labels.get(key) == Some(value))
            && self
                .required
                .as_ref()
                .is_none_or(|terms| terms.iter().any(|term| term.matches(name, labels)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    #[track_caller]
    fn check_matches(spec: &str, labels: &[(&str, &str)], expected: bool) {
        let document = yaml::parse(spec).expect("YAML");
        let affinity = Affinity::read(document.root().expect("a root"));
        let labels =
            labels.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
        assert_eq!(
            affinity.matches("n1", &labels),
            expected,
            "{spec} on {labels:?}"
        );
    }

    #[track_caller]
    fn check_term(term: &str, labels: &[(&str, &str)], expected: bool) {
        let spec = format!(
            "affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: {{nodeSelectorTerms: [{term}]}}}}}}"
        );
        check_matches(&spec, labels, expected);
    }

    #[test]
    fn nothing_demanded_matches_every_node() {
        check_matches("{}", &[], true);
        check_matches(
            "{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: ~}}}",
            &[],
            true,
        );
    }

    #[test]
    fn a_node_selector_is_anded() {
        check_matches("{nodeSelector: {a: b}}", &[("a", "b")], true);
        check_matches("{nodeSelector: {a: b, c: d}}", &[("a", "b")], false);
    }

    #[test]
    fn terms_are_ored_and_an_empty_one_matches_nothing() {
        check_term("{}", &[("a", "b")], false);
        check_term(
            "{}, {matchExpressions: [{key: a, operator: In, values: [b]}]}",
            &[("a", "b")],
            true,
        );
        check_term(
            "{matchFields: [{key: metadata.name, operator: In, values: [n1]}]}",
            &[],
            true,
        );
        check_term(
            "{matchFields: [{key: metadata.name, operator: In, values: [n2]}]}",
            &[],
            false,
        );
    }

    /// `NodeSelectorRequirementsAsFieldSelector` accepts one value, and no other field.
    #[test]
    fn a_field_is_the_name_of_one_node() {
        let field = |key: &str, operator: &str, values: &str| {
            format!("{{matchFields: [{{key: {key}, operator: {operator}, values: {values}}}]}}")
        };
        check_term(&field("metadata.name", "In", "[n1, n2]"), &[], false);
        check_term(&field("metadata.name", "NotIn", "[n2]"), &[], true);
        check_term(&field("metadata.name", "NotIn", "[n2, n3]"), &[], false);
        check_term(&field("metadata.labels", "NotIn", "[n2]"), &[], false);
        check_term(&field("metadata.name", "Exists", "[]"), &[], false);
    }

    #[test]
    fn operators_are_those_of_the_api() {
        let one = |operator: &str, values: &str| {
            format!("{{matchExpressions: [{{key: a, operator: {operator}, values: {values}}}]}}")
        };
        check_term(&one("NotIn", "[b]"), &[], true);
        check_term(&one("NotIn", "[b]"), &[("a", "b")], false);
        check_term(&one("Exists", "[]"), &[("a", "")], true);
        check_term(&one("DoesNotExist", "[]"), &[("a", "")], false);
        check_term(&one("Gt", "['3']"), &[("a", "4")], true);
        check_term(&one("Gt", "['3']"), &[("a", "3")], false);
        check_term(&one("Lt", "['3']"), &[("a", "x")], false);
        check_term(&one("Gt", "['3', '4']"), &[("a", "9")], false);
        check_term(&one("Near", "[b]"), &[("a", "b")], false);
    }

    #[track_caller]
    fn check_requirement(expression: &str, expected: &Requirement) {
        let document = yaml::parse(expression).expect("YAML");
        let read = Requirement::read(document.root().expect("a root"));
        assert_eq!(read, *expected, "{expression}");
    }

    /// `NodeSelectorRequirementsAsSelector` accepts these and refuses all else.
    #[test]
    fn an_operator_has_the_values_that_the_api_server_demands() {
        let set = |values: &[&str]| values.iter().map(|&value| value.to_owned()).collect();
        let labels = Requirement::Labels;
        check_requirement(
            "{key: a, operator: In, values: [b, c]}",
            &labels(Expression::In("a".to_owned(), set(&["b", "c"]))),
        );
        check_requirement(
            "{key: a, operator: NotIn, values: [b]}",
            &labels(Expression::NotIn("a".to_owned(), set(&["b"]))),
        );
        check_requirement(
            "{key: a, operator: Exists}",
            &labels(Expression::Exists("a".to_owned())),
        );
        check_requirement(
            "{key: a, operator: DoesNotExist}",
            &labels(Expression::DoesNotExist("a".to_owned())),
        );
        check_requirement(
            "{key: a, operator: Gt, values: ['-3']}",
            &Requirement::Greater("a".to_owned(), -3),
        );
        check_requirement(
            "{key: a, operator: Lt, values: ['3']}",
            &Requirement::Less("a".to_owned(), 3),
        );
        for refused in [
            "{key: a, operator: In}",
            "{key: a, operator: In, values: []}",
            "{key: a, operator: NotIn}",
            "{key: a, operator: NotIn, values: []}",
            "{key: a, operator: Exists, values: [b]}",
            "{key: a, operator: DoesNotExist, values: [b]}",
            "{key: a, operator: Gt}",
            "{key: a, operator: Gt, values: [b]}",
            "{key: a, operator: Lt, values: ['3', '4']}",
            "{key: a, operator: Lt, values: ['3.5']}",
            "{key: a, operator: in, values: [b]}",
            "{key: a, values: [b]}",
        ] {
            check_requirement(refused, &Requirement::Invalid);
        }
    }

    /// A term with an expression that the API server refuses matches no node, whatever its labels.
    #[test]
    fn what_the_api_server_refuses_matches_no_node() {
        let one = |rest: &str| format!("{{matchExpressions: [{{key: a, {rest}}}]}}");
        for labels in [&[][..], &[("a", "b")], &[("c", "d")]] {
            for rest in [
                "operator: NotIn, values: []",
                "operator: Exists, values: [b]",
                "operator: DoesNotExist, values: [b]",
            ] {
                check_term(&one(rest), labels, false);
            }
        }
    }

    #[track_caller]
    fn check_allows(expression: &str, (key, value): (&str, &str), expected: bool) {
        let document = yaml::parse(expression).expect("YAML");
        let requirement = Requirement::read(document.root().expect("a root"));
        let allows = requirement.allows(key, value);
        assert_eq!(allows, expected, "{expression} with {key}={value}");
    }

    #[test]
    fn a_requirement_allows_a_label_that_it_does_not_contradict() {
        let is_in = "{key: a, operator: In, values: [b, c]}";
        check_allows(is_in, ("a", "b"), true);
        check_allows(is_in, ("a", "d"), false);
        check_allows(is_in, ("other", "d"), true);
        let is_not_in = "{key: a, operator: NotIn, values: [b]}";
        check_allows(is_not_in, ("a", "b"), false);
        check_allows(is_not_in, ("a", "c"), true);
        check_allows("{key: a, operator: Exists}", ("a", "b"), true);
        check_allows("{key: a, operator: DoesNotExist}", ("a", "b"), false);
        check_allows("{key: a, operator: DoesNotExist}", ("other", "b"), true);
        check_allows("{key: a, operator: Gt, values: ['3']}", ("a", "4"), true);
        check_allows("{key: a, operator: Lt, values: ['3']}", ("a", "4"), false);
        // What the API server refuses rules out every node.
        check_allows("{key: a, operator: In}", ("a", "b"), false);
        check_allows("{key: a, operator: In}", ("other", "b"), false);
    }

    #[track_caller]
    fn check_can_match(expressions: &str, labels: &[(&str, &str)], expected: bool) {
        let text = format!("{{matchExpressions: [{expressions}]}}");
        let document = yaml::parse(&text).expect("YAML");
        let term = Term::read(document.root().expect("a root"));
        let beside =
            labels.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
        assert_eq!(
            term.can_match(&beside),
            expected,
            "{text} beside {labels:?}"
        );
    }

    #[test]
    fn a_term_can_match_where_any_value_of_its_labels_would_do() {
        let (above, below) = (
            "{key: a, operator: Gt, values: ['3']}",
            "{key: a, operator: Lt, values: ['6']}",
        );
        check_can_match(above, &[], true);
        check_can_match(above, &[("a", "3")], false);
        check_can_match(&format!("{above}, {below}"), &[], true);
        let not = |values: &str| {
            format!("{above}, {below}, {{key: a, operator: NotIn, values: {values}}}")
        };
        check_can_match(&not("['4']"), &[], true);
        check_can_match(&not("['4', '5']"), &[], false);
        let above_but_four = format!("{above}, {{key: a, operator: NotIn, values: ['4']}}");
        check_can_match(&above_but_four, &[], true);
        let below_but_five = format!("{below}, {{key: a, operator: NotIn, values: ['5']}}");
        check_can_match(&below_but_five, &[], true);
        let other = "{key: a, operator: NotIn, values: [b]}";
        check_can_match(other, &[("a", "b")], false);
        check_can_match(other, &[("c", "b")], true);
        let exists = "{key: a, operator: Exists}";
        check_can_match(&format!("{other}, {exists}"), &[], true);
        let not_x = "{key: a, operator: NotIn, values: [x]}";
        check_can_match(&format!("{not_x}, {exists}"), &[], true);
        let absent = "{key: a, operator: DoesNotExist}";
        check_can_match(&format!("{exists}, {absent}"), &[], false);
        check_can_match("{key: a, operator: Near}", &[], false);
        check_can_match("", &[], false);
    }
}
