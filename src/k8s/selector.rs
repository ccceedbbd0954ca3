use kube_core::{Expression, Selector};

use super::Requirement;
use crate::yaml::NodeRef;

/// Reads a `meta/v1` `LabelSelector`; `None` if the API server would reject it. An empty one selects everything.
pub fn read_selector(node: NodeRef<'_>) -> Option<Selector> {
    let pairs = node.get("matchLabels").into_iter();
    let pairs = pairs.flat_map(|pairs| pairs.pairs());
    let expressions = node.get("matchExpressions").into_iter();
    let expressions = expressions.flat_map(|expressions| expressions.items());
    let of_pairs = pairs.map(|(key, value)| {
        let (key, value) = (key.text()?.to_owned(), value.as_str()?.to_owned());
        Some(Expression::Equal(key, value))
    });
    let of_expressions = expressions.map(|item| match Requirement::read(item) {
        Requirement::Labels(expression) => Some(expression),
        _ => None,
    });
    let all: Option<Vec<Expression>> = of_pairs.chain(of_expressions).collect();
    Some(all?.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::k8s::SelectorExt as _;
    use crate::yaml;

    #[track_caller]
    fn check(selector: &str, expected: Option<bool>) {
        let document = yaml::parse(selector).expect("YAML");
        let labels = [("app", "web"), ("tier", "front")];
        let labels: BTreeMap<String, String> =
            labels.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        let selector = read_selector(document.root().expect("a root"));
        assert_eq!(selector.map(|selector| selector.matches(&labels)), expected);
    }

    #[test]
    fn pairs_and_expressions_all_hold() {
        check("{}", Some(true));
        check("{matchLabels: {app: web}}", Some(true));
        check("{matchLabels: {app: web, tier: back}}", Some(false));
        check(
            "{matchLabels: {app: web}, matchExpressions: [{key: tier, operator: NotIn, values: [front]}]}",
            Some(false),
        );
        check(
            "{matchExpressions: [{key: tier, operator: Exists}]}",
            Some(true),
        );
        check("{matchExpressions: [{key: tier, operator: Like}]}", None);
        check("{matchLabels: {app: 1}}", None);
    }
}
