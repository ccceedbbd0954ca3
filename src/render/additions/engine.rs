//! Adds the objects of the entry that applies to a stream.

use super::added::{ANNOTATION, AddedObject, AdditionPart, NotAdded, RemovedAddition, is_addition};
use super::chart::{ChartFacts, ChartSelector};
use super::choice::{self, ChosenEntry, EntryQuestion};
use super::identity;
use super::names::Names;
use super::objects::{Owner, PlannedObject, text};
use super::plan::{Plan, Planner};
use super::stream::{Changes, Existing, FileMark, StreamSplice};
use crate::diag::Diagnostic;
use crate::hub::{HubValues, StoredHub};
use crate::k8s::{Body, ChartPath, Manifests, Object};
use crate::render::common::Common;
use crate::render::{EditedDocument, Mode, codes};
use crate::text::Span;

/// What additions change in a stream.
#[derive(Debug, Default)]
pub(in crate::render) struct Additions {
    /// The name of the entry that applies, if any.
    pub(in crate::render) entry: Option<String>,
    /// The objects that the stream has afterwards.
    pub(in crate::render) added: Vec<AddedObject>,
    /// Enabled parts that were not added.
    pub(in crate::render) not_added: Vec<NotAdded>,
    /// Objects of an earlier run that are not in the stream any more.
    pub(in crate::render) removed: Vec<RemovedAddition>,
    /// The changes of the text, ascending.
    pub(in crate::render) splices: Vec<StreamSplice>,
    pub(in crate::render) diagnostics: Vec<Diagnostic>,
}

/// What the passes leave for additions.
pub(in crate::render) struct Rendered<'a> {
    /// The objects of documents that had to be parsed.
    pub(in crate::render) objects: &'a [Object<'a>],
    /// The documents that the passes changed.
    pub(in crate::render) edited: &'a [EditedDocument],
    /// Selectors that could select added pods.
    pub(in crate::render) selectors: Vec<ChartSelector>,
    pub(in crate::render) mode: Mode,
}

/// Adds the objects of the policy to a stream.
pub(in crate::render) fn add(common: &Common<'_>, rendered: Rendered<'_>) -> Additions {
    let release = common.release;
    let mut additions = Additions::default();
    if common.policy.additions.is_empty() && !release.mentions(ANNOTATION) {
        return additions;
    }
    let existing = existing(release, &mut additions.diagnostics);
    if !additions.diagnostics.is_empty() {
        return additions;
    }
    let plan = match plan(common, rendered) {
        Ok(plan) => plan.unwrap_or_default(),
        Err(error) => {
            additions.diagnostics.push(*error);
            return additions;
        }
    };
    additions.entry = plan.entry;
    additions.diagnostics.extend(plan.diagnostics);
    additions.not_added = plan.not_added;
    additions.settle(release, plan.objects, &existing);
    additions
}

impl Additions {
    /// Puts the objects into the stream.
    fn settle(
        &mut self,
        release: &Manifests<'_>,
        planned: Vec<PlannedObject>,
        existing: &[Existing],
    ) {
        let origin = FileMark::of(release);
        let changes = Changes::plan(release, &origin, &planned, existing);
        let removed = changes.removed.iter().map(|&index| &existing[index]);
        self.removed = removed
            .map(|old| RemovedAddition {
                title: format!("{}/{}", old.kind, old.name),
                addition: old.addition.clone(),
            })
            .collect();
        self.splices = changes.splices;
        let states = changes.states.into_iter();
        self.added = planned
            .into_iter()
            .zip(states)
            .map(|(object, state)| AddedObject {
                kind: object.kind,
                text: text(&object.value),
                name: object.name,
                span: object.span,
                part: object.part,
                pool: object.pool,
                why: object.why,
                state,
            })
            .collect();
    }
}

/// Plans the objects; `None` if no entry applies.
///
/// # Errors
/// If the entry or the release is in doubt.
fn plan(common: &Common<'_>, rendered: Rendered<'_>) -> Result<Option<Plan>, Box<Diagnostic>> {
    let (release, policy) = (common.release, common.policy);
    if policy.additions.is_empty() || !has_ordinary_document(release, rendered.objects) {
        return Ok(None);
    }
    let question = EntryQuestion {
        additions: &policy.additions,
        identity: identity::find(release, rendered.objects, common.options),
        charts: charts(release),
        helm_namespace: common.options.helm_namespace.as_deref(),
    };
    let Some(choice) = choice::choose(question).map_err(Box::new)? else {
        return Ok(None);
    };
    if rendered.mode == Mode::Krm {
        return Err(Box::new(in_resource_list(&choice)));
    }
    let mut chart = ChartFacts::read(release, policy, rendered.objects, rendered.edited);
    chart.selectors.extend(rendered.selectors);
    let stored = hub(rendered.objects);
    let hub = stored.as_ref().or(common.options.hub.as_deref());
    let owner = Owner {
        entry: choice.entry,
        release: &choice.release,
        names: Names::new(&choice.release, choice.namespace.name()),
    };
    let planner = Planner::new(policy, owner, &choice.namespace, &chart, hub);
    let mut plan = planner.plan();
    plan.entry = Some(choice.entry.name.value.clone());
    let has_class = plan.objects.iter().any(|object| object.kind == "PriorityClass");
    if choice.is_from_environment && (has_class || !choice.entry.criteria.namespaces.is_empty()) {
        plan.diagnostics.push(namespace_of_environment(&choice));
    }
    let conflicts = conflicts(&plan.objects, &chart);
    plan.diagnostics.extend(conflicts);
    Ok(Some(plan))
}

/// Returns whether the stream contains an object that is not a hook. Without one, Helm renders no release.
fn has_ordinary_document(release: &Manifests<'_>, objects: &[Object<'_>]) -> bool {
    let mut parts = release.parts.iter();
    parts.any(|part| !matches!(part.body, Body::Blank | Body::Common))
        || objects.iter().any(|object| !object.is_hook())
}

/// Returns the names of all charts of a stream.
fn charts<'s>(release: &Manifests<'s>) -> Vec<&'s str> {
    let mut charts: Vec<&str> = Vec::new();
    let mut last = "";
    for part in &release.parts {
        let folder = part.file.rsplit_once("/templates/").map_or(part.file, |(folder, _)| folder);
        if folder == last {
            continue;
        }
        last = folder;
        for chart in ChartPath::read(part.file).charts {
            let name = part.file.split('/').find(|name| **name == chart);
            charts.extend(name.filter(|name| !charts.contains(name)));
        }
    }
    charts
}

/// Returns the values of the hub in the stream.
fn hub(objects: &[Object<'_>]) -> Option<StoredHub> {
    let mut secrets = objects.iter().filter_map(HubValues::of);
    secrets.find_map(|values| StoredHub::of_secret(values.text.as_deref()?))
}

/// Returns the objects that an earlier run added, and reports annotations on other objects.
fn existing(release: &Manifests<'_>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Existing> {
    let mut existing = Vec::new();
    if !release.mentions(ANNOTATION) {
        return existing;
    }
    for part in 0..release.parts.len() {
        if !release.contains(part, ANNOTATION) {
            continue;
        }
        let Some(Ok(document)) = release.parse_any(part) else {
            continue;
        };
        let objects = release.objects_of(part, &document);
        let is_alone = document
            .root()
            .is_some_and(|root| objects.first().is_some_and(|first| first.node.id() == root.id()));
        for object in objects.iter().filter(|object| is_addition(object)) {
            if !is_alone || !has_form(object) {
                diagnostics.push(foreign(release, object, is_alone));
            } else {
                existing.push(Existing::of(part, object));
            }
        }
    }
    existing
}

/// Returns whether the kind and the name of an object are those of the part that its annotation names.
fn has_form(object: &Object<'_>) -> bool {
    let addition = object.annotation(ANNOTATION).unwrap_or_default();
    let Some((_, key)) = addition.rsplit_once('/') else {
        return false;
    };
    let part = AdditionPart::ALL.into_iter().find(|part| part.key() == key);
    let is_kind = part.is_some_and(|part| part.kinds().contains(&object.gvk.kind.as_str()));
    is_kind && object.name().contains("-dunnage-")
}

fn foreign(release: &Manifests<'_>, object: &Object<'_>, is_alone: bool) -> Diagnostic {
    let title = object.title();
    let (message, help) = if is_alone {
        let message = format!(
            "`{title}` has the annotation `{ANNOTATION}`, but dunnage adds no object of this kind and name"
        );
        (
            message,
            "remove the annotation from the chart: it marks objects that dunnage may replace and remove",
        )
    } else {
        let message =
            format!("`{title}` was added by dunnage and is in a list: it cannot be replaced");
        (
            message,
            "render the manifests before they are put into a list",
        )
    };
    let node = object.node.get_path(&["metadata", "annotations", ANNOTATION]);
    let span = release.node_span(object.part, node.unwrap_or(object.node));
    Diagnostic::new(&codes::FOREIGN_ADDITION, message)
        .at(span, "marks an added object")
        .help(help)
}

fn in_resource_list(choice: &ChosenEntry<'_>) -> Diagnostic {
    let message = format!(
        "entry `{}` of `additions` matches, but objects cannot be added to a ResourceList yet",
        choice.entry.name.value
    );
    Diagnostic::new(&codes::ADDITION_IN_RESOURCE_LIST, message)
        .at(choice.entry.name.span, "matches this release")
        .help("render the manifests of the chart as a stream, or use a policy without `additions` here")
}

fn namespace_of_environment(choice: &ChosenEntry<'_>) -> Diagnostic {
    let namespace = choice.namespace.name().unwrap_or_default();
    let message =
        format!("the namespace of the release is taken from HELM_NAMESPACE: `{namespace}`");
    Diagnostic::new(&codes::NAMESPACE_OF_ENVIRONMENT, message)
        .at(choice.entry.name.span, "needs it")
        .help("pass `--namespace NAME` if it is another one")
}

/// Returns errors for planned objects that the chart has too, and for selectors of the chart that select added pods.
fn conflicts(planned: &[PlannedObject], chart: &ChartFacts) -> Vec<Diagnostic> {
    let mut conflicts = Vec::new();
    for object in planned {
        let same = chart
            .objects
            .iter()
            .filter(|other| other.kind == object.kind && other.name == object.name);
        conflicts.extend(same.map(|other| same_name(object, other.span)));
        if object.pod_labels.is_empty() {
            continue;
        }
        let is_placeholder = object.part == AdditionPart::UserPlaceholder;
        let selecting = chart.selectors.iter().filter(|selector| {
            (is_placeholder || !selector.is_budget) && selector.selects(&object.pod_labels)
        });
        conflicts.extend(selecting.map(|selector| selected(object, selector)));
    }
    conflicts
}

fn same_name(object: &PlannedObject, span: Span) -> Diagnostic {
    let title = format!("{}/{}", object.kind, object.name);
    let message = format!("the chart already has `{title}`, which the policy would add");
    Diagnostic::new(&codes::ADDITION_CONFLICT, message)
        .at(span, "in the chart")
        .at(object.span, "adds it")
        .help("rename the object of the chart, or remove it")
}

fn selected(object: &PlannedObject, selector: &ChartSelector) -> Diagnostic {
    let title = format!("{}/{}", object.kind, object.name);
    let (by, consequence) = (
        &selector.title,
        if selector.is_budget {
            "pods with two disruption budgets cannot be evicted"
        } else {
            "it would count them as its own"
        },
    );
    let message = format!("`{by}` selects the pods of `{title}`: {consequence}");
    Diagnostic::new(&codes::ADDITION_SELECTED, message)
        .at(selector.span, "selects added pods")
        .at(object.span, "adds them")
        .help(
            "select a label that only the pods of the chart have, such as `app.kubernetes.io/name`",
        )
}
