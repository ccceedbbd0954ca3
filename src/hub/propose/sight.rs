//! What a proposed policy needs to know about a release: pools, workloads and priority classes.

use std::collections::{BTreeMap, BTreeSet};

use crate::k8s::{self, Effect, Kinds, Object, PodField, Taint, Toleration, Workload, syntax};
use crate::yaml::quote;

/// Workloads that one row can match.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) name: String,
    /// The conditions of the row, in flow style.
    pub(super) criteria: String,
    /// Titles of the workloads.
    pub(super) objects: Vec<String>,
}

/// A pool that the node selectors of the release refer to.
#[derive(Debug)]
pub(super) struct ProposedPool {
    pub(super) name: String,
    pub(super) comment: String,
    pub(super) labels: Vec<(String, String)>,
    pub(super) taints: Vec<String>,
}

/// The parts of a release that matter for a policy.
#[derive(Debug, Default)]
pub(super) struct Sight {
    /// Whether the release has pods of the z2jh chart.
    pub(super) has_hub: bool,
    /// Pools in node selectors, without those of z2jh.
    pub(super) pools: Vec<ProposedPool>,
    /// Workloads of such a pool, with its name.
    pub(super) placed: Vec<(String, Group)>,
    /// Workloads that run on every node and are not image pullers.
    pub(super) agents: Vec<String>,
    /// The kinds of `agents`.
    pub(super) agent_kinds: BTreeSet<String>,
    /// The other workloads of each subchart.
    pub(super) charts: Vec<Group>,
    /// Priority classes that pods use and the release does not create.
    pub(super) classes: Vec<String>,
    /// Entries of `templates` for unknown kinds.
    pub(super) templates: Vec<String>,
    /// Comments at the end of the policy.
    pub(super) notes: Vec<String>,
}

impl Sight {
    pub(super) fn of(objects: &[Object<'_>], workloads: &[Workload<'_>], kinds: &Kinds) -> Self {
        let (pools, placed) = pools(workloads);
        Self {
            has_hub: workloads.iter().any(|workload| is_of_hub(workload)),
            pools,
            placed,
            agents: titles(workloads.iter().filter(|workload| is_agent(workload))),
            agent_kinds: agent_kinds(workloads),
            charts: charts(workloads),
            classes: classes(objects, workloads),
            templates: templates(objects, kinds),
            notes: notes(workloads),
        }
    }
}

const HUB_LABEL: &str = "hub.jupyter.org/";

fn component(workload: &Workload<'_>) -> Option<String> {
    workload.template.labels().remove("component")
}

/// Returns whether a workload is part of z2jh, by its label `component`.
fn is_of_hub(workload: &Workload<'_>) -> bool {
    const COMPONENTS: [&str; 5] = [
        "hub",
        "user-placeholder",
        "continuous-image-puller",
        "hook-image-puller",
        "image-puller",
    ];
    component(workload).is_some_and(|component| COMPONENTS.contains(&component.as_str()))
}

fn is_agent(workload: &Workload<'_>) -> bool {
    let is_puller =
        component(workload).is_some_and(|component| component.ends_with("image-puller"));
    workload.is_bound() && !is_puller
}

/// Returns the kinds of node agents. A kind that also has other workloads is left out: a row for it would match
/// them too.
fn agent_kinds(workloads: &[Workload<'_>]) -> BTreeSet<String> {
    let agents = workloads.iter().filter(|workload| is_agent(workload));
    let kinds: BTreeSet<String> = agents.map(|workload| workload.kind().to_owned()).collect();
    let is_of_agents = |kind: &String| {
        let mut of_kind = workloads.iter().filter(|workload| workload.kind() == kind);
        of_kind.all(Workload::is_bound)
    };
    kinds.into_iter().filter(is_of_agents).collect()
}

fn titles<'w>(workloads: impl Iterator<Item = &'w Workload<'w>>) -> Vec<String> {
    let mut titles: Vec<String> = workloads.map(|workload| workload.object.title()).collect();
    titles.dedup();
    titles
}

/// Returns the node labels that a workload selects, without well-known labels and those of z2jh.
fn wanted_labels(workload: &Workload<'_>) -> Vec<(String, String)> {
    const OF_EVERY_CLUSTER: [&str; 5] = [
        "kubernetes.io/",
        "beta.kubernetes.io/",
        "node.kubernetes.io/",
        "topology.kubernetes.io/",
        HUB_LABEL,
    ];
    let selector = workload.template.spec.affinity().node_selector;
    let is_own = |key: &String| !OF_EVERY_CLUSTER.iter().any(|domain| key.starts_with(domain));
    let is_label = |key: &String, value: &String| {
        syntax::key_flaw(key).is_none() && syntax::value_flaw(value).is_none()
    };
    let pairs = selector.into_iter();
    pairs.filter(|(key, value)| is_own(key) && is_label(key, value)).collect()
}

/// Returns the taints that a workload tolerates by key, without those of Kubernetes and z2jh.
fn tolerated_taints(workload: &Workload<'_>) -> Vec<String> {
    let list = workload.template.spec.get(PodField::Tolerations);
    let tolerations = list
        .into_iter()
        .flat_map(|list| list.items())
        .map(Toleration::read)
        .filter(|toleration| !toleration.is_malformed);
    let taints = tolerations.filter_map(|toleration| {
        let is_own = |domain: &str| !toleration.key.starts_with(domain);
        let is_named = !toleration.key.is_empty()
            && ["node.kubernetes.io/", HUB_LABEL, "hub.jupyter.org_"].into_iter().all(is_own);
        let is_taint = syntax::key_flaw(&toleration.key).is_none()
            && syntax::value_flaw(&toleration.value).is_none();
        (is_named && is_taint).then(|| Taint {
            key: toleration.key.clone(),
            value: toleration.value.clone(),
            effect: toleration.effect.unwrap_or(Effect::NoSchedule),
        })
    });
    taints.map(|taint| taint.to_string()).collect()
}

/// Returns the pools in node selectors, and the workloads of each.
fn pools(workloads: &[Workload<'_>]) -> (Vec<ProposedPool>, Vec<(String, Group)>) {
    let mut by_labels: BTreeMap<Vec<(String, String)>, Vec<&Workload<'_>>> = BTreeMap::new();
    for workload in workloads.iter().filter(|workload| !is_agent(workload)) {
        let labels = wanted_labels(workload);
        if !labels.is_empty() {
            by_labels.entry(labels).or_default().push(workload);
        }
    }
    let mut pools: Vec<ProposedPool> = Vec::new();
    let mut placed = Vec::new();
    for (labels, workloads) in by_labels {
        let name = pool_name(&labels, &pools);
        let taints: BTreeSet<String> =
            workloads.iter().flat_map(|workload| tolerated_taints(workload)).collect();
        let groups = groups(&workloads);
        placed.extend(groups.into_iter().map(|group| (name.clone(), group)));
        pools.push(ProposedPool {
            comment: format!(
                "Node selector of {}.",
                super::listed(&titles(workloads.into_iter()))
            ),
            name,
            labels,
            taints: taints.into_iter().collect(),
        });
    }
    (pools, placed)
}

/// Returns a unique name made of the label values.
fn pool_name(labels: &[(String, String)], taken: &[ProposedPool]) -> String {
    let values: Vec<&str> = labels.iter().map(|(_, value)| value.as_str()).collect();
    let is_plain = |letter: char| letter.is_ascii_alphanumeric();
    let name: String = values
        .join("-")
        .to_lowercase()
        .chars()
        .map(|letter| if is_plain(letter) { letter } else { '-' })
        .collect();
    let name = match name.trim_matches('-') {
        "" | "true" | "none" | super::CORE | super::USER => {
            let key = labels[0].0.rsplit('/').next().unwrap_or_default().to_lowercase();
            let key: String = key.chars().filter(|letter| is_plain(*letter)).collect();
            format!("pool-{key}")
        }
        name => name.to_owned(),
    };
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    let mut names = std::iter::once(name.clone()).chain(numbered);
    let is_free = |name: &String| taken.iter().all(|pool| pool.name != *name);
    names.find(is_free).expect("numbers do not end")
}

/// Groups workloads by chart and component label.
fn groups(workloads: &[&Workload<'_>]) -> Vec<Group> {
    let mut groups: BTreeMap<(String, String), Vec<&Workload<'_>>> = BTreeMap::new();
    for &workload in workloads {
        groups.entry(criteria(workload)).or_default().push(workload);
    }
    let group = |((name, criteria), workloads): (_, Vec<&Workload<'_>>)| Group {
        name,
        criteria,
        objects: titles(workloads.into_iter()),
    };
    groups.into_iter().map(group).collect()
}

/// Returns the name and the conditions of a row for a workload: its chart and its component label, or its name if
/// it has no such label.
fn criteria(workload: &Workload<'_>) -> (String, String) {
    const LABELS: [&str; 5] = [
        "app.kubernetes.io/component",
        "component",
        "app.kubernetes.io/name",
        "app",
        "k8s-app",
    ];
    let chart = workload.object.chart.charts.last();
    let chart_condition = chart.map(|chart| format!("chart: {}, ", quote::json_text(&glob(chart))));
    let labels = workload.template.labels();
    let found = LABELS.iter().find_map(|key| Some((key, labels.get(*key)?)));
    let (name, condition) = if let Some((key, value)) = found {
        let condition = format!("labels: {{{key}: {}}}", quote::json_text(value));
        (value.clone(), condition)
    } else {
        let name = workload.object.name();
        let pattern = quote::json_text(&glob(&name));
        (name, format!("kind: {}, name: {pattern}", workload.kind()))
    };
    let name = match chart {
        Some(chart) if *chart != name => format!("{chart}: {name}"),
        _ => name,
    };
    (
        name,
        format!("{{{}{condition}}}", chart_condition.unwrap_or_default()),
    )
}

/// Returns a name as a pattern that matches only this name. The `*` at the end of a `generateName` stays a pattern.
fn glob(name: &str) -> String {
    let (name, end) = match name.strip_suffix('*') {
        Some(prefix) => (prefix, "*"),
        None => (name, ""),
    };
    let escaped: String = name
        .chars()
        .map(|letter| match letter {
            '[' | '?' | '*' => format!("[{letter}]"),
            other => other.to_string(),
        })
        .collect();
    escaped + end
}

/// Returns the workloads of each subchart.
fn charts(workloads: &[Workload<'_>]) -> Vec<Group> {
    let mut by_chart: BTreeMap<&String, Vec<&Workload<'_>>> = BTreeMap::new();
    for workload in workloads.iter().filter(|workload| !workload.is_bound()) {
        if let [_, .., chart] = &workload.object.chart.charts[..] {
            by_chart.entry(chart).or_default().push(workload);
        }
    }
    let group = |(chart, workloads): (&String, Vec<&Workload<'_>>)| Group {
        name: chart.clone(),
        criteria: format!("{{chart: {}}}", quote::json_text(&glob(chart))),
        objects: titles(workloads.into_iter()),
    };
    by_chart.into_iter().map(group).collect()
}

fn classes(objects: &[Object<'_>], workloads: &[Workload<'_>]) -> Vec<String> {
    let named = workloads.iter().filter_map(|workload| {
        let class = workload.template.spec.get(PodField::PriorityClassName)?.text()?;
        let is_name = syntax::subdomain_flaw(class).is_none();
        Some(class.to_owned()).filter(|class| is_name && !class.starts_with("system-"))
    });
    let mut classes: BTreeSet<String> = named.collect();
    for object in objects.iter().filter(|object| object.gvk.kind == "PriorityClass") {
        classes.remove(&object.name());
    }
    classes.into_iter().collect()
}

fn templates(objects: &[Object<'_>], kinds: &Kinds) -> Vec<String> {
    let mut entries: BTreeMap<(&str, &str), String> = BTreeMap::new();
    for object in objects {
        let kind = (object.gvk.group.as_str(), object.gvk.kind.as_str());
        if let Some(entry) = k8s::templates_entry(object, kinds) {
            entries.entry(kind).or_insert(entry);
        }
    }
    entries.into_values().collect()
}

fn notes(workloads: &[Workload<'_>]) -> Vec<String> {
    let jobs = titles(
        workloads
            .iter()
            .filter(|workload| workload.is_fixed() && !workload.is_bare_pod()),
    );
    let pods = titles(workloads.iter().filter(|workload| workload.is_bare_pod()));
    let mut notes = Vec::new();
    if !jobs.is_empty() {
        notes.push(format!(
            "{}: the pod template of an existing Job is immutable. `jobs: skip` leaves all Jobs unchanged, \
             `--previous` those that already exist.",
            super::listed(&jobs)
        ));
    }
    if !pods.is_empty() {
        notes.push(format!(
            "{}: Pods without a controller get tolerations only.",
            super::listed(&pods)
        ));
    }
    notes
}
