//! Decides whether a pod fits a node or the nodes of a pool, as the filters `TaintToleration` and `NodeAffinity` of
//! kube-scheduler do.

use std::collections::BTreeSet;
use std::fmt;

use super::{Affinity, Effect, NodeLabels, PodField, PodSpec, Taint, Term, Toleration};

/// The requirements of a pod for its node.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Demands {
    /// Its tolerations.
    pub tolerations: Vec<Toleration>,
    /// Its node selector and required node affinity.
    pub affinity: Affinity,
    /// Its preferred terms with their weights, from 1 to 100.
    pub preferred: Vec<(i64, Term)>,
}

/// A node, or the common properties of all nodes of a pool.
#[derive(Debug, Clone, Copy)]
pub struct Nodes<'a> {
    /// The name of a single node.
    pub name: Option<&'a str>,
    /// Its labels.
    pub labels: &'a NodeLabels,
    /// Its taints.
    pub taints: &'a [Taint],
    /// Whether there may be further labels with unknown values.
    pub has_others: bool,
}

/// Whether a pod fits, by taints and labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fit {
    /// The pod fits.
    Takes,
    /// It depends on the values of these label keys.
    Depends(BTreeSet<String>),
    /// The pod does not fit.
    Refuses(FitRefusal),
}

/// The first reason why a pod does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FitRefusal {
    /// The pod does not tolerate this taint.
    Taint(Taint),
    /// The nodes have another value for a key of the pod's `nodeSelector`.
    NodeSelector {
        /// The label's key.
        key: String,
        /// The value in the node selector.
        wanted: String,
        /// The value of the nodes, if any.
        found: Option<String>,
    },
    /// No term of the required node affinity matches.
    NodeAffinity,
}

impl Demands {
    /// Reads the requirements of the pods of a template.
    pub fn of(spec: &PodSpec<'_>) -> Self {
        let tolerations = spec.get(PodField::Tolerations);
        let tolerations = tolerations.into_iter().flat_map(|list| list.items());
        let preferred = spec
            .get(PodField::NodeAffinity)
            .and_then(|affinity| affinity.get(Affinity::PREFERRED));
        let preferred = preferred.into_iter().flat_map(|list| list.items());
        Self {
            tolerations: tolerations.map(Toleration::read).collect(),
            affinity: spec.affinity(),
            preferred: preferred
                .filter_map(|item| {
                    let weight = item.get("weight")?.text()?.parse().ok()?;
                    Some((weight, Term::read(item.get("preference")?)))
                })
                .collect(),
        }
    }

    /// Returns whether the pod fits the nodes. Taints are checked first, then `nodeSelector`, then the required node
    /// affinity (the order of kube-scheduler's default plugins).
    pub fn fit(&self, nodes: Nodes<'_>) -> Fit {
        if let Some(taint) = self.untolerated(nodes.taints) {
            return Fit::Refuses(FitRefusal::Taint(taint.clone()));
        }
        let mut unknown = BTreeSet::new();
        for (key, wanted) in &self.affinity.node_selector {
            match nodes.labels.get(key) {
                Some(found) if found == wanted => {}
                None if nodes.has_others => {
                    unknown.insert(key.clone());
                }
                found => {
                    return Fit::Refuses(FitRefusal::NodeSelector {
                        key: key.clone(),
                        wanted: wanted.clone(),
                        found: found.cloned(),
                    });
                }
            }
        }
        if let Some(terms) = &self.affinity.required {
            match nodes.any_of(terms) {
                Fit::Depends(labels) => unknown.extend(labels),
                Fit::Takes => {}
                refuses @ Fit::Refuses(_) => return refuses,
            }
        }
        if unknown.is_empty() {
            Fit::Takes
        } else {
            Fit::Depends(unknown)
        }
    }

    /// Returns the sum of the weights of the matching preferred terms. Of the nodes that fit, kube-scheduler prefers
    /// those with the highest sum, other scores being equal.
    pub fn preference(&self, nodes: Nodes<'_>) -> i64 {
        let matching = self.preferred.iter();
        matching
            .filter(|(_, term)| nodes.certainly(term))
            .map(|(weight, _)| weight)
            .sum()
    }

    /// Returns whether the pod tolerates the taints, except `PreferNoSchedule`, which keep no pod away.
    pub fn tolerates(&self, taints: &[Taint]) -> bool {
        self.untolerated(taints).is_none()
    }

    /// Returns the first taint that the pod does not tolerate, except `PreferNoSchedule`.
    fn untolerated<'t>(&self, taints: &'t [Taint]) -> Option<&'t Taint> {
        taints.iter().find(|taint| {
            let mut tolerations = self.tolerations.iter();
            taint.effect != Effect::PreferNoSchedule
                && !tolerations.any(|toleration| toleration.tolerates(taint))
        })
    }
}

impl Nodes<'_> {
    /// Returns whether one of the terms matches.
    fn any_of(&self, terms: &[Term]) -> Fit {
        if terms.iter().any(|term| self.certainly(term)) {
            return Fit::Takes;
        }
        let perhaps = terms.iter().filter(|term| !self.is_single() && term.can_match(self.labels));
        let unknown: BTreeSet<String> = perhaps
            .flat_map(|term| term.keys())
            .filter(|&key| !self.labels.contains_key(key))
            .map(str::to_owned)
            .collect();
        if unknown.is_empty() {
            Fit::Refuses(FitRefusal::NodeAffinity)
        } else {
            Fit::Depends(unknown)
        }
    }

    /// Returns whether the term matches regardless of unknown labels.
    fn certainly(&self, term: &Term) -> bool {
        let is_known = |key| self.is_single() || self.labels.contains_key(key);
        term.keys().all(is_known) && term.matches(self.name.unwrap_or_default(), self.labels)
    }

    /// Returns whether all labels are known.
    fn is_single(&self) -> bool {
        !self.has_others
    }
}

impl FitRefusal {
    /// Returns the message of kube-scheduler in events and in the condition `PodScheduled`.
    pub fn event(&self) -> &'static str {
        match self {
            FitRefusal::Taint(_) => "node(s) had untolerated taint(s)",
            FitRefusal::NodeSelector { .. } | FitRefusal::NodeAffinity => {
                "node(s) didn't match Pod's node affinity/selector"
            }
        }
    }
}

impl fmt::Display for FitRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FitRefusal::Taint(taint) => write!(f, "the pod does not tolerate `{taint}`"),
            FitRefusal::NodeSelector { key, wanted, found } => {
                write!(f, "the pod selects nodes with `{key}: {wanted}`, but ")?;
                match found {
                    Some(found) => write!(f, "these have `{key}: {found}`"),
                    None => write!(f, "these have no `{key}`"),
                }
            }
            FitRefusal::NodeAffinity => {
                f.write_str("no term of the pod's required node affinity matches")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::k8s::{Kinds, Manifests, Workload};
    use crate::text::Sources;

    /// What a pod of this spec asks of its node.
    fn demands(spec: &str) -> Demands {
        let pod = format!("apiVersion: v1\nkind: Pod\nspec: {spec}\n");
        let source = Sources::default().add("pod", String::new());
        let release = Manifests::read(source, &pod, &Kinds::default());
        let documents = release.documents(|_| true);
        let objects = documents.objects(&release);
        let workloads = Workload::all(&objects[0], &Kinds::default());
        Demands::of(&workloads[0].template.spec)
    }

    fn labels() -> NodeLabels {
        NodeLabels::from([("pool".to_owned(), "user".to_owned())])
    }

    /// A node of which everything is known: its name `n1` and its label `pool: user`.
    fn node(labels: &NodeLabels) -> Nodes<'_> {
        Nodes {
            name: Some("n1"),
            labels,
            taints: &[],
            has_others: false,
        }
    }

    #[track_caller]
    fn check_fit(spec: &str, nodes: Nodes<'_>, expected: Result<&[&str], &str>) {
        let fit = match demands(spec).fit(nodes) {
            Fit::Takes => Ok(BTreeSet::new()),
            Fit::Depends(labels) => Ok(labels),
            Fit::Refuses(refusal) => Err(refusal.to_string()),
        };
        let expected = expected
            .map(|labels| labels.iter().map(|&label| label.to_owned()).collect())
            .map_err(str::to_owned);
        assert_eq!(fit, expected, "{spec}");
    }

    /// What a pool with the label `pool: user` and a taint says to a pod of this spec.
    #[track_caller]
    fn check(spec: &str, expected: Result<&[&str], &str>) {
        let nodes = Nodes {
            name: None,
            labels: &labels(),
            taints: &["a=b:NoSchedule".parse().expect("a taint")],
            has_others: true,
        };
        check_fit(spec, nodes, expected);
    }

    const TOLERATES: &str = "tolerations: [{operator: Exists}]";

    /// A pod that tolerates everything and requires one of these terms.
    fn requires(terms: &str) -> String {
        format!(
            "{{{TOLERATES}, affinity: {{nodeAffinity: {{{}: {{nodeSelectorTerms: [{terms}]}}}}}}}}",
            Affinity::REQUIRED
        )
    }

    #[test]
    fn the_first_reason_is_the_one_that_the_scheduler_asks_for_first() {
        check(
            "{nodeSelector: {pool: core}}",
            Err("the pod does not tolerate `a=b:NoSchedule`"),
        );
        check(
            &format!("{{{TOLERATES}, nodeSelector: {{pool: core}}}}"),
            Err("the pod selects nodes with `pool: core`, but these have `pool: user`"),
        );
        check(&format!("{{{TOLERATES}}}"), Ok(&[]));
        let none = Err("no term of the pod's required node affinity matches");
        check(&requires(""), none);
        check(&requires("{}"), none);
    }

    #[test]
    fn a_pool_may_have_labels_that_nobody_named() {
        let zone = format!("{{{TOLERATES}, nodeSelector: {{pool: user, zone: a}}}}");
        check(&zone, Ok(&["zone"]));
        let user = "{matchExpressions: [{key: pool, operator: In, values: [user]}]}";
        let gpu = "{matchExpressions: [{key: gpu, operator: DoesNotExist}]}";
        let neither = "{matchExpressions: [{key: gpu, operator: Exists}, {key: gpu, operator: DoesNotExist}]}";
        let name = "{matchFields: [{key: metadata.name, operator: In, values: [a]}]}";
        check(&requires(user), Ok(&[]));
        check(&requires(gpu), Ok(&["gpu"]));
        check(&requires(&format!("{gpu}, {user}")), Ok(&[]));
        check(
            &requires(&format!("{gpu}, {name}")),
            Ok(&["gpu", "metadata.name"]),
        );
        check(
            &requires(neither),
            Err("no term of the pod's required node affinity matches"),
        );
    }

    #[test]
    fn a_node_has_no_other_labels_than_those_that_are_known() {
        let labels = labels();
        let check = |spec: &str, expected| check_fit(spec, node(&labels), expected);
        check("{nodeSelector: {pool: user}}", Ok(&[]));
        let missing = "the pod selects nodes with `zone: a`, but these have no `zone`";
        check("{nodeSelector: {pool: user, zone: a}}", Err(missing));
        let none = Err("no term of the pod's required node affinity matches");
        let absent = "{matchExpressions: [{key: gpu, operator: DoesNotExist}]}";
        check(&requires(absent), Ok(&[]));
        let there = "{matchExpressions: [{key: gpu, operator: Exists}]}";
        check(&requires(there), none);
        let name = "{matchFields: [{key: metadata.name, operator: In, values: [n1]}]}";
        check(&requires(name), Ok(&[]));
        check(&requires(&name.replace("n1", "n2")), none);
    }

    #[test]
    fn the_preference_is_the_sum_of_the_weights_that_match_for_certain() {
        let prefers = demands(
            "{affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [
                {weight: 20, preference: {matchExpressions: [{key: pool, operator: In, values: [user]}]}},
                {weight: 3, preference: {matchExpressions: [{key: gpu, operator: DoesNotExist}]}},
                {weight: 50, preference: {matchExpressions: [{key: pool, operator: In, values: [core]}]}},
                {weight: many, preference: {matchExpressions: [{key: pool, operator: Exists}]}},
                {weight: 7}]}}}",
        );
        let labels = labels();
        let node = node(&labels);
        assert_eq!(prefers.preference(node), 23);
        let pool = Nodes {
            has_others: true,
            ..node
        };
        assert_eq!(prefers.preference(pool), 20);
    }

    #[test]
    fn a_refusal_is_worded_as_the_scheduler_words_it() {
        let event = |spec: &str, taints: &[Taint]| {
            let labels = labels();
            let nodes = Nodes {
                taints,
                ..node(&labels)
            };
            match demands(spec).fit(nodes) {
                Fit::Refuses(refusal) => refusal.event(),
                other => panic!("{other:?}"),
            }
        };
        let taint = "a=b:NoSchedule".parse().expect("a taint");
        assert_eq!(event("{}", &[taint]), "node(s) had untolerated taint(s)");
        let selector = "node(s) didn't match Pod's node affinity/selector";
        assert_eq!(event("{nodeSelector: {pool: core}}", &[]), selector);
        assert_eq!(event(&requires("{}"), &[]), selector);
    }
}
