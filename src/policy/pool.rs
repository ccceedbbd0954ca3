use std::collections::BTreeMap;
use std::ops::Range;

use super::codes;
use super::place::{Findings, PolicyPlace, pairs};
use super::{NodeSelection, Spanned, written};
use crate::diag::Diagnostic;
use crate::k8s::syntax::{self, SyntaxFlaw};
use crate::k8s::{Demands, Effect, Fit, NodeLabels, Nodes, Taint, TaintError};
use crate::text::nearest;

/// A node pool.
#[derive(Debug, Clone)]
pub struct Pool {
    /// The name.
    pub name: Spanned<String>,
    /// The nodes' labels, by key.
    pub labels: Vec<(String, String)>,
    /// The nodes' taints.
    pub taints: Vec<Taint>,
    /// Taints that nodes have only until they are ready for users.
    pub startup_taints: Vec<Taint>,
    /// Whether nodes may have each taint with `_` instead of `/` in its key.
    pub twin: bool,
    /// How pods select the nodes by label, if the pool sets it.
    pub selection: Option<Spanned<NodeSelection>>,
    /// The machine type.
    pub node: Option<Spanned<String>>,
    /// Allocatable resources of a node.
    pub allocatable: Option<Allocatable>,
    /// The minimum number of nodes.
    pub min: Option<u32>,
    /// The maximum number of nodes.
    pub max: Option<u32>,
    /// The price of a node for an hour.
    pub price: Option<f64>,
    /// What all `DaemonSet` pods on a node request, and their number.
    pub daemon_sets: Option<Allocatable>,
}

/// Resources of a node, as Kubernetes quantities.
#[derive(Debug, Clone, Default)]
pub struct Allocatable {
    /// Cores.
    pub cpu: Option<Spanned<String>>,
    /// Bytes.
    pub memory: Option<Spanned<String>>,
    /// Pods.
    pub pods: Option<Spanned<String>>,
}

impl Pool {
    /// Returns the taints that pods of this pool must tolerate; startup taints only for image pullers. A key under
    /// `hub.jupyter.org/` (with `twin: true`, every key with a `/`) is followed by its spelling with `_`, for clouds
    /// that do not allow a `/` in keys.
    pub fn tolerated_taints(&self, puller: bool) -> Vec<Taint> {
        let startup = self.startup_taints.iter().filter(|_| puller);
        let mut tolerated: Vec<Taint> = Vec::new();
        for taint in self.taints.iter().chain(startup) {
            for taint in std::iter::once(taint.clone()).chain(self.twin_of(taint)) {
                if !tolerated.contains(&taint) {
                    tolerated.push(taint);
                }
            }
        }
        tolerated
    }

    /// Returns whether a pod fits the nodes once they are ready for users, and the sum of the weights of its preferred
    /// terms that match. Nodes may have labels that the pool does not define.
    pub fn fit(&self, demands: &Demands) -> (Fit, i64) {
        let labels: NodeLabels = self.labels.iter().cloned().collect();
        let nodes = Nodes {
            name: None,
            labels: &labels,
            taints: &self.taints,
            has_others: true,
        };
        (demands.fit(nodes), demands.preference(nodes))
    }

    fn twin_of(&self, taint: &Taint) -> Option<Taint> {
        let has_twin =
            self.twin && taint.key.contains('/') || taint.key.starts_with("hub.jupyter.org/");
        has_twin.then(|| Taint {
            key: without_slash(&taint.key),
            ..taint.clone()
        })
    }
}

/// Returns the key of a taint with `_` instead of `/`, for clouds that do not allow `/`.
pub fn without_slash(key: &str) -> String {
    key.replacen('/', "_", 1)
}

/// Checks every pool and returns them in the order of the file.
pub(super) fn check_all(
    written: BTreeMap<String, written::Pool>,
    place: PolicyPlace<'_>,
    findings: &mut Findings,
) -> Vec<Pool> {
    let mut pools: Vec<Pool> = Vec::new();
    for (name, pool) in written {
        let key = place.key(&name);
        if name.is_empty() || name == "none" {
            let message = format!("a pool cannot be named `{name}`");
            let diagnostic =
                Diagnostic::new(&codes::BAD_POOL_NAME, message).at(key, "not a pool name");
            findings.push(
                diagnostic.help("choose another name; `pool: none` leaves workloads unchanged"),
            );
        }
        let here = place.under(&name);
        pools.push(check(Spanned::new(name, key), pool, here, findings));
    }
    pools.sort_by_key(|pool| pool.name.span);
    pools
}

fn check(
    name: Spanned<String>,
    written: written::Pool,
    place: PolicyPlace<'_>,
    findings: &mut Findings,
) -> Pool {
    check_labels(&written.labels, place.under("labels"), findings);
    let mut quantities = |written: written::Allocatable, key: &str| {
        check_quantities(written, place.under(key), findings)
    };
    let allocatable = written.allocatable.map(|written| quantities(written, "allocatable"));
    let daemon_sets = written.daemon_sets.map(|written| quantities(written, "daemonSets"));
    Pool {
        name,
        labels: written.labels.into_iter().collect(),
        taints: check_taints(&written.taints, place.under("taints"), findings),
        startup_taints: check_taints(
            &written.startup_taints,
            place.under("startupTaints"),
            findings,
        ),
        twin: written.twin,
        selection: written
            .node_selection
            .map(|selection| place.under("nodeSelection").spanned(selection.into())),
        node: written.node.map(|node| place.under("node").spanned(node)),
        allocatable,
        min: written.min,
        max: written.max,
        price: written.price,
        daemon_sets,
    }
}

fn check_quantities(
    written: written::Allocatable,
    place: PolicyPlace<'_>,
    findings: &mut Findings,
) -> Allocatable {
    let mut quantity = |written: Option<written::Quantity>, key: &str| {
        written.map(|_| check_quantity(key, place.under(key), findings))
    };
    Allocatable {
        cpu: quantity(written.cpu, "cpu"),
        memory: quantity(written.memory, "memory"),
        pods: quantity(written.pods, "pods"),
    }
}

fn check_labels(
    labels: &BTreeMap<String, String>,
    place: PolicyPlace<'_>,
    findings: &mut Findings,
) {
    for (key, value) in labels {
        if let Some(flaw) = syntax::key_flaw(key) {
            let message = format!("label key `{key}` is rejected by the API server");
            findings
                .push(Diagnostic::new(&codes::BAD_LABEL, message).at(place.key(key), flaw.what));
        }
        if let Some(flaw) = syntax::value_flaw(value) {
            let message = format!("label value `{value}` is rejected by the API server");
            let span = place.under(key).part(&flaw.at);
            findings.push(Diagnostic::new(&codes::BAD_LABEL, message).at(span, flaw.what));
        }
    }
}

fn check_quantity(key: &str, place: PolicyPlace<'_>, findings: &mut Findings) -> Spanned<String> {
    let text = place.text();
    if !syntax::is_quantity(text) {
        let message = format!("`{text}` is not a Kubernetes quantity");
        let diagnostic = Diagnostic::new(&codes::BAD_QUANTITY, message).at(place.span(), "");
        let example = match key {
            "memory" => "`60.8Gi`",
            "pods" => "`58`",
            _ => "`7.69` or `7690m`",
        };
        findings.push(diagnostic.help(format!("write `{key}` like {example}")));
    }
    place.spanned(text.to_owned())
}

fn check_taints(taints: &[String], place: PolicyPlace<'_>, findings: &mut Findings) -> Vec<Taint> {
    let mut checked = Vec::new();
    for (text, place) in pairs(taints, place) {
        match text.parse::<Taint>() {
            Ok(taint) => {
                findings.extend(taint_flaw(text, &taint, place));
                checked.push(taint);
            }
            Err(error) => findings.push(unreadable_taint(text, &error, place)),
        }
    }
    checked
}

/// Returns an error for a taint with a key or a value that the API server rejects.
fn taint_flaw(text: &str, taint: &Taint, place: PolicyPlace<'_>) -> Option<Diagnostic> {
    let moved = |flaw: SyntaxFlaw, by: usize| SyntaxFlaw {
        at: flaw.at.start + by..flaw.at.end + by,
        ..flaw
    };
    let flaw = syntax::key_flaw(&taint.key).or_else(|| {
        syntax::value_flaw(&taint.value).map(|flaw| moved(flaw, taint.key.len() + 1))
    })?;
    let message = format!("taint `{text}` is rejected by the API server");
    Some(Diagnostic::new(&codes::BAD_TAINT, message).at(place.part(&flaw.at), flaw.what))
}

fn unreadable_taint(text: &str, error: &TaintError, place: PolicyPlace<'_>) -> Diagnostic {
    let (at, label, help): (Range<usize>, &str, String) = match error {
        TaintError::NoEffect => {
            let help = format!(
                "append an effect: `{text}:NoSchedule`, `:PreferNoSchedule` or `:NoExecute`"
            );
            (0..text.len(), "no effect", help)
        }
        TaintError::UnknownEffect(effect) => {
            let effects = [
                Effect::NoSchedule,
                Effect::PreferNoSchedule,
                Effect::NoExecute,
            ]
            .map(Effect::as_str);
            let meant = nearest(effect, effects).map(|meant| format!("did you mean `{meant}`? "));
            let help = format!(
                "{}use `NoSchedule`, `PreferNoSchedule` or `NoExecute`",
                meant.unwrap_or_default()
            );
            (
                text.len() - effect.len()..text.len(),
                "unknown effect",
                help,
            )
        }
        TaintError::NoKey => (
            0..text.len(),
            "no key",
            "write `key=value:Effect` or `key:Effect`".to_owned(),
        ),
    };
    let message = format!("cannot parse taint `{text}`");
    Diagnostic::new(&codes::BAD_TAINT, message)
        .at(place.part(&at), label)
        .help(help)
}
