//! Compares the new manifest with the live one: immutable objects, and pods that restart.

use std::collections::{BTreeMap, BTreeSet};

use super::additions::is_addition;
use super::{Options, Outcome, codes, input, run};
use crate::diag::{Diagnostic, Level};
use crate::k8s::{Manifests, Object, PodTemplate, Workload};
use crate::policy::Policy;
use crate::text::Span;
use crate::yaml::{NodeRef, Value};

/// Places every workload of an installed release. Existing immutable objects are not changed by the policy. If the
/// chart itself changes an immutable field, the upgrade would fail, so it is an error. `previous` is the live manifest
/// from `helm get manifest`.
pub fn run_after(
    release: &Manifests<'_>,
    policy: &Policy,
    options: &Options,
    previous: &Manifests<'_>,
) -> Outcome {
    let first = run(release, policy, options);
    let comparison = compare(release, policy, options, &first, previous);
    if comparison.unchangeable.is_empty() {
        return comparison.complete(first);
    }
    let options = Options {
        unchangeable: comparison.unchangeable,
        ..options.clone()
    };
    let mut second = run(release, policy, &options);
    let comparison = compare(release, policy, &options, &second, previous);
    note_unchangeable(&mut second, &options.unchangeable);
    comparison.complete(second)
}

/// The differences between the new stream and the live one.
#[derive(Default)]
struct Comparison {
    /// Existing objects that only the policy would change.
    unchangeable: BTreeSet<(usize, usize)>,
    diagnostics: Vec<Diagnostic>,
    /// The number of objects whose running pods restart.
    restarts: usize,
}

impl Comparison {
    fn complete(self, mut outcome: Outcome) -> Outcome {
        if self.diagnostics.iter().any(Diagnostic::is_error) {
            outcome.rendered = false;
        }
        outcome.diagnostics.extend(self.diagnostics);
        outcome.live_restarts = Some(self.restarts);
        outcome
    }
}

fn compare(
    release: &Manifests<'_>,
    policy: &Policy,
    options: &Options,
    outcome: &Outcome,
    previous: &Manifests<'_>,
) -> Comparison {
    let mut comparison = Comparison::default();
    if !outcome.rendered {
        return comparison; // Nothing will be installed.
    }
    let text = outcome.text(release);
    let new = Manifests::read(release.source, &text, &policy.kinds);
    let all = [release, &new, previous].map(|release| release.documents(|_| true));
    let [charts, new_objects, live] =
        [(&all[0], release), (&all[1], &new), (&all[2], previous)].map(|(all, of)| all.objects(of));
    let unreadable = all[2].broken();
    let unreadable = unreadable.map(|(part, error)| input::not_yaml(previous, part, error));
    comparison.diagnostics.extend(unreadable);
    comparison.diagnostics.extend(input::no_kind(previous, &all[2]));
    let mut by_name: BTreeMap<Identity, Vec<&Object<'_>>> = BTreeMap::new();
    for object in live.iter().filter(|object| !object.name().is_empty()) {
        by_name.entry(identity(object)).or_default().push(object);
    }
    comparison.restarts += restarted_additions(&new_objects, &by_name, policy, options);
    let new_objects: Vec<&Object<'_>> = not_added(&new_objects).collect();
    let charts: Vec<&Object<'_>> = not_added(&charts).collect();
    let mut number = 0;
    for (index, (&chart, &new)) in charts.iter().zip(&new_objects).enumerate() {
        let begins_part = index == 0 || charts[index - 1].part != chart.part;
        number = if begins_part { 0 } else { number + 1 };
        let alike = by_name.get(&identity(new)).filter(|_| !new.is_hook());
        let old =
            alike.and_then(|alike| alike.iter().find(|old| is_in_one_place(old, new, options)));
        let Some(old) = old else { continue };
        let of = |object| Workload::all(object, &policy.kinds);
        let trio = Trio {
            release,
            previous,
            chart,
            old,
        };
        let changed: Vec<Changed<'_>> = changes(of(chart), of(new), of(old));
        if changed.iter().any(|changed| changed.new.restarts()) {
            comparison.restarts += 1;
        }
        let fixed: Vec<&Changed<'_>> = changed
            .iter()
            .filter(|changed| changed.new.is_fixed() && !changed.is_allowed())
            .collect();
        if !fixed.is_empty() && fixed.iter().all(|changed| changed.is_ours()) {
            comparison.unchangeable.insert((chart.part, number));
        } else if let Some(first) = fixed.first() {
            comparison.diagnostics.push(trio.immutable_change(first));
        }
        comparison.diagnostics.extend(trio.class_problem());
    }
    comparison
}

/// Returns the objects of the chart.
fn not_added<'o, 'd>(objects: &'o [Object<'d>]) -> impl Iterator<Item = &'o Object<'d>> {
    objects.iter().filter(|object| !is_addition(object))
}

/// Returns the number of added objects whose running pods restart.
fn restarted_additions(
    new: &[Object<'_>],
    live: &BTreeMap<Identity, Vec<&Object<'_>>>,
    policy: &Policy,
    options: &Options,
) -> usize {
    let restarts = |new: &&Object<'_>| {
        let alike = live.get(&identity(new)).into_iter().flatten();
        let mut alike = alike.filter(|old| is_in_one_place(old, new, options));
        let of = |object: &Object<'_>| {
            let workloads = Workload::all(object, &policy.kinds);
            let meanings = workloads.iter().map(|workload| meaning(workload.template.node));
            meanings.collect::<Vec<_>>()
        };
        // A `StatefulSet` that is added never updates its pods.
        new.gvk.kind == "DaemonSet" && alike.any(|old| of(old) != of(new))
    };
    new.iter().filter(|new| is_addition(new)).filter(restarts).count()
}

/// Group, kind and name of an object.
type Identity = (String, String, String);

fn identity(object: &Object<'_>) -> Identity {
    (
        object.gvk.group.clone(),
        object.gvk.kind.clone(),
        object.name(),
    )
}

/// Returns whether two objects with the same name may be in the same namespace.
fn is_in_one_place(one: &Object<'_>, other: &Object<'_>, options: &Options) -> bool {
    let namespace = |object: &Object<'_>| {
        object.namespace().map(str::to_owned).or_else(|| options.namespace.clone())
    };
    let (own, others) = (namespace(one), namespace(other));
    own == others || own.is_none() || others.is_none()
}

/// A pod template that differs from the live one.
struct Changed<'d> {
    chart: Workload<'d>,
    new: Workload<'d>,
    old: Workload<'d>,
}

/// Returns the templates of an object that differ from the live ones.
fn changes<'d>(
    charts: Vec<Workload<'d>>,
    new: Vec<Workload<'d>>,
    mut old: Vec<Workload<'d>>,
) -> Vec<Changed<'d>> {
    let is_at = |template: &PodTemplate<'_>, other: &PodTemplate<'_>| {
        template.path == other.path && template.name == other.name
    };
    let mut changed = Vec::new();
    for (chart, new) in charts.into_iter().zip(new) {
        let place = old.iter().position(|old| is_at(&old.template, &new.template));
        let Some(old) = place.map(|place| old.swap_remove(place)) else {
            continue;
        };
        if meaning(new.template.node) != meaning(old.template.node) {
            changed.push(Changed { chart, new, old });
        }
    }
    changed
}

impl Changed<'_> {
    /// Returns whether only the policy changes the template.
    fn is_ours(&self) -> bool {
        meaning(self.chart.template.node) == meaning(self.old.template.node)
    }

    /// Returns whether Kubernetes allows the change: in a Pod, new images and additional tolerations.
    fn is_allowed(&self) -> bool {
        if self.new.kind() != "Pod" {
            return false;
        }
        let (new, old) = (
            meaning(self.new.template.spec.node()),
            meaning(self.old.template.spec.node()),
        );
        let tolerations =
            |spec: &Option<Value>| match spec.as_ref().and_then(|spec| member(spec, "tolerations"))
            {
                Some(Value::Sequence(items)) => items.clone(),
                _ => Vec::new(),
            };
        let kept = tolerations(&new);
        tolerations(&old).iter().all(|old| kept.contains(old))
            && new.map(without_mutable) == old.map(without_mutable)
    }

    /// Returns the first paths at which the templates differ, for messages.
    fn differences(&self) -> String {
        const MOST: usize = 4;
        let mut paths = Vec::new();
        let (new, old) = (
            meaning(self.new.template.node),
            meaning(self.old.template.node),
        );
        if let (Some(new), Some(old)) = (new, old) {
            differences(&new, &old, "", &mut paths);
        }
        let more = paths.len().saturating_sub(MOST);
        let mut words: Vec<String> =
            paths.iter().take(MOST).map(|path| format!("`{path}`")).collect();
        if more > 0 {
            words.push(format!("{more} more"));
        }
        words.join(", ")
    }
}

/// An object of the chart with its live counterpart.
struct Trio<'a> {
    release: &'a Manifests<'a>,
    previous: &'a Manifests<'a>,
    chart: &'a Object<'a>,
    old: &'a Object<'a>,
}

impl Trio<'_> {
    fn immutable_change(&self, changed: &Changed<'_>) -> Diagnostic {
        let title = self.chart.title();
        let message = format!(
            "the upgrade would change the immutable template of `{title}`: {}",
            changed.differences()
        );
        let help = "delete it before the upgrade, or give it a new name in each revision";
        let here = self.release.node_span(self.chart.part, changed.chart.template.node);
        let live = self.previous.node_span(self.old.part, changed.old.template.node);
        let mut diagnostic = Diagnostic::new(&codes::IMMUTABLE_CHANGE, message)
            .at(start(here), "changed by the upgrade")
            .at(start(live), "current value")
            .help(help);
        // A Job that Kubernetes deletes after it ends has probably gone.
        if self.old.node.get_path(&["spec", "ttlSecondsAfterFinished"]).is_some() {
            diagnostic.level = Level::Warning;
        }
        diagnostic
    }

    /// Returns an error if an immutable field of a priority class would change.
    fn class_problem(&self) -> Option<Diagnostic> {
        if self.chart.gvk.kind != "PriorityClass" {
            return None;
        }
        let field = ["value", "preemptionPolicy"].into_iter().find(|field| {
            let default =
                (*field == "preemptionPolicy").then(|| Value::from("PreemptLowerPriority"));
            let value = |object: &Object<'_>| {
                object.node.get(field).and_then(meaning).or_else(|| default.clone())
            };
            value(self.chart) != value(self.old)
        })?;
        let span = |release: &Manifests<'_>, object: &Object<'_>| {
            let node = object.node.get(field);
            let span = release.node_span(object.part, node.unwrap_or(object.node));
            if node.is_some() { span } else { start(span) }
        };
        let message = format!(
            "the upgrade would change the immutable `{field}` of `{}`",
            self.chart.title()
        );
        Some(
            Diagnostic::new(&codes::IMMUTABLE_CHANGE, message)
                .at(span(self.release, self.chart), "new value")
                .at(span(self.previous, self.old), "current value")
                .help("rename the class, or delete it before the upgrade"),
        )
    }
}

/// Reports the objects that are not changed because they exist.
fn note_unchangeable(outcome: &mut Outcome, unchangeable: &BTreeSet<(usize, usize)>) {
    for &(part, number) in unchangeable {
        let mut of_part = outcome.seen.iter().filter(|seen| seen.part == part);
        let object = of_part.nth(number).expect("it was seen in both runs");
        let message = format!(
            "`{}/{}` already exists and is left unchanged: its pod template is immutable",
            object.kind, object.name
        );
        outcome.diagnostics.push(
            Diagnostic::new(&codes::JOB_UNCHANGED, message)
                .at(start(object.span), "not placed by the policy")
                .help("delete it before the upgrade to place it"),
        );
    }
}

fn start(span: Span) -> Span {
    Span {
        end: span.start,
        ..span
    }
}

/// Returns the value of a node as the API server stores it, without nulls.
fn meaning(node: NodeRef<'_>) -> Option<Value> {
    Value::of(node).map(without_nulls)
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Mapping(pairs) => {
            let pairs = pairs.into_iter().filter(|(_, value)| *value != Value::Null);
            let mut pairs: Vec<_> = pairs.map(|(key, value)| (key, without_nulls(value))).collect();
            pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
            Value::Mapping(pairs)
        }
        Value::Sequence(items) => Value::Sequence(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

/// Returns a pod spec without the fields that are mutable in a Pod.
fn without_mutable(spec: Value) -> Value {
    let Value::Mapping(pairs) = spec else {
        return spec;
    };
    let pairs = pairs.into_iter().filter(|(key, _)| {
        !matches!(
            key.as_str(),
            "tolerations" | "activeDeadlineSeconds" | "terminationGracePeriodSeconds"
        )
    });
    let without_image = |container: Value| match container {
        Value::Mapping(pairs) => {
            Value::Mapping(pairs.into_iter().filter(|(key, _)| key != "image").collect())
        }
        other => other,
    };
    let pairs = pairs.map(|(key, value)| match value {
        Value::Sequence(items) if matches!(key.as_str(), "containers" | "initContainers") => (
            key,
            Value::Sequence(items.into_iter().map(without_image).collect()),
        ),
        value => (key, value),
    });
    Value::Mapping(pairs.collect())
}

fn member<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    match value {
        Value::Mapping(pairs) => pairs.iter().find(|(own, _)| own == key).map(|(_, value)| value),
        _ => None,
    }
}

/// Collects the paths at which two values differ: `spec.containers[0].image`.
fn differences(one: &Value, other: &Value, path: &str, paths: &mut Vec<String>) {
    match (one, other) {
        _ if one == other => {}
        (Value::Mapping(pairs), Value::Mapping(others)) => {
            let keys: BTreeSet<&String> = pairs.iter().chain(others).map(|(key, _)| key).collect();
            for key in keys {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                match (member(one, key), member(other, key)) {
                    (Some(value), Some(other)) => differences(value, other, &path, paths),
                    _ => paths.push(path),
                }
            }
        }
        (Value::Sequence(items), Value::Sequence(others)) if items.len() == others.len() => {
            for (index, (item, other)) in items.iter().zip(others).enumerate() {
                differences(item, other, &format!("{path}[{index}]"), paths);
            }
        }
        _ => paths.push(path.to_owned()),
    }
}
