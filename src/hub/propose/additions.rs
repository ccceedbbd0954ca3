//! The entry of `additions` for a hub whose profiles run on several pools.

use std::collections::BTreeMap;

use super::sight::ProposedPool;
use crate::hub::components::{DEDICATED, PURPOSE};
use crate::hub::{HubValues, StoredHub, UserServer, user_servers};
use crate::k8s::{Effect, NodeLabels, Object, Operator, Taint, Toleration};

/// The pools of user servers that select their nodes, and the chart of the hub.
#[derive(Debug, Default)]
pub(super) struct ProposedAdditions {
    pub(super) pools: Vec<ProposedPool>,
    pub(super) chart: String,
}

impl ProposedAdditions {
    /// Reads the hub's values in the stream. `taken` are names of other pools.
    pub(super) fn of(objects: &[Object<'_>], taken: &[ProposedPool]) -> Self {
        let mut hubs = objects.iter().filter_map(|object| {
            let values = HubValues::of(object)?;
            let stored = StoredHub::of_secret(values.text.as_deref()?)?;
            Some((user_servers(&stored.hub()), object))
        });
        let Some((servers, object)) = hubs.next() else {
            return Self::default();
        };
        let mut by_selector: BTreeMap<NodeLabels, Vec<&UserServer>> = BTreeMap::new();
        for server in &servers {
            let demands = server.demands.as_ref();
            let selector = demands.map(|demands| demands.affinity.node_selector.clone());
            let mut selector = selector.unwrap_or_default();
            selector.remove(PURPOSE);
            if !selector.is_empty() {
                by_selector.entry(selector).or_default().push(server);
            }
        }
        let mut pools: Vec<ProposedPool> = Vec::new();
        for (selector, servers) in by_selector {
            let is_taken = |name: &str| {
                let mut all = taken.iter().chain(&pools);
                matches!(name, super::CORE | super::USER) || all.any(|pool| pool.name == name)
            };
            let name = name(&selector, is_taken);
            pools.push(pool(name, selector, &servers));
        }
        Self {
            pools,
            chart: object.chart.charts.last().cloned().unwrap_or_default(),
        }
    }

    /// Returns the text of the section; empty if all user servers run on one pool.
    pub(super) fn text(&self) -> String {
        if self.pools.is_empty() {
            return String::new();
        }
        let chart = match self.chart.as_str() {
            "" => crate::hub::chart::NAME,
            chart => chart,
        };
        let others = self.pools.iter().map(|pool| format!(", {}: {{}}", super::words(&pool.name)));
        let others: String = others.collect();
        format!(
            "
# Objects that the chart does not have for each pool: image pullers with the images of the pool, and user
# placeholders. Remove the `#` and set the number and the size of the placeholders.
additions:
  - name: the hub
    match: {{chart: {}}}
    pools: {{{}: {{}}{others}}}
    prePuller: {{continuous: {{}}}}
    scheduling:
      podPriority: {{}}
      #userPlaceholder: {{replicas: 2, resources: {{requests: {{memory: 2G}}}}}}
",
            super::words(chart),
            super::USER,
        )
    }
}

/// Returns a name for a pool: the first value of its labels that no other pool has.
fn name(selector: &NodeLabels, is_taken: impl Fn(&str) -> bool) -> String {
    let is_name = |value: &&String| !matches!(value.as_str(), "" | "true" | "false" | "none");
    let value = selector.values().find(is_name).cloned();
    let key = || {
        let key = selector.keys().next().map(String::as_str).unwrap_or_default();
        key.rsplit('/').next().unwrap_or(key).to_owned()
    };
    let stem = value.unwrap_or_else(key);
    let mut name = stem.clone();
    let mut number = 2;
    while is_taken(&name) {
        name = format!("{stem}-{number}");
        number += 1;
    }
    name
}

fn pool(name: String, selector: NodeLabels, servers: &[&UserServer]) -> ProposedPool {
    let demands = servers.iter().filter_map(|server| server.demands.as_ref());
    let tolerations = demands.flat_map(|demands| &demands.tolerations);
    let mut taints: Vec<String> = Vec::new();
    for taint in tolerations.filter_map(taint) {
        if !taints.contains(&taint) {
            taints.push(taint);
        }
    }
    let titles: Vec<&str> = servers.iter().map(|server| server.title.as_str()).take(3).collect();
    ProposedPool {
        name,
        comment: format!("User servers of {}.", titles.join(", ")),
        labels: selector.into_iter().collect(),
        taints,
    }
}

/// Returns the taint that a toleration is probably for; `None` for the taint of all user nodes.
fn taint(toleration: &Toleration) -> Option<String> {
    if toleration.key.is_empty() || DEDICATED.contains(&toleration.key.as_str()) {
        return None;
    }
    let taint = Taint {
        key: toleration.key.clone(),
        value: match toleration.operator {
            Operator::Equal => toleration.value.clone(),
            Operator::Exists | Operator::Other(_) => String::new(),
        },
        effect: toleration.effect.unwrap_or(Effect::NoSchedule),
    };
    Some(taint.to_string())
}
