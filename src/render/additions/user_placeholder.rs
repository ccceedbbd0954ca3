use super::added::AdditionPart;
use super::continuous_puller::pause;
use super::objects::{Owner, PlannedObject, PodSettings, pod_spec, selector, text, texts};
use super::size::Size;
use crate::hub::components::USER_PLACEHOLDER;
use crate::policy::{Pool, UserPlaceholder};
use crate::text::Span;
use crate::yaml::Value;

pub(super) const PAGE: &str = include_str!("user_placeholder.md");

/// The settings of the placeholders of a pool.
pub(super) struct PlaceholderSet<'a> {
    pub(super) written: &'a UserPlaceholder,
    pub(super) size: &'a Size,
    pub(super) pause: &'a str,
    pub(super) class: &'a str,
    pub(super) scheduler: Option<&'a str>,
    pub(super) pull_secrets: &'a [String],
}

/// Returns the `StatefulSet` of the placeholders of a pool.
pub(super) fn object(
    owner: &Owner<'_>,
    pool: &Pool,
    placeholders: &PlaceholderSet<'_>,
) -> PlannedObject {
    let settings = PodSettings {
        class: Some(placeholders.class),
        scheduler: placeholders.scheduler,
        pull_secrets: placeholders.pull_secrets,
        containers: vec![container(placeholders)],
        ..PodSettings::default()
    };
    let written = placeholders.written;
    let set = StatefulSet {
        part: AdditionPart::UserPlaceholder,
        component: USER_PLACEHOLDER,
        replicas: written.replicas.value,
        span: written.span,
        why: format!(
            "reserves {} with {}",
            seats(written.replicas.value, written.seats.value),
            placeholders.size.title(),
        ),
    };
    set.object(owner, pool, settings)
}

fn seats(replicas: u32, each: u32) -> String {
    match (replicas, each) {
        (1, 1) => "1 seat".to_owned(),
        (_, 1) => format!("{replicas} seats"),
        (_, each) => format!("{replicas} x {each} seats"),
    }
}

fn container(placeholders: &PlaceholderSet<'_>) -> Value {
    let mut container = pause(placeholders.pause, Vec::new());
    if let Value::Mapping(pairs) = &mut container {
        pairs.insert(2, ("resources".to_owned(), placeholders.size.resources()));
    }
    container
}

/// Returns the budget that lets the autoscaler move the placeholders of all pools.
pub(super) fn budget(owner: &Owner<'_>, span: Span) -> PlannedObject {
    let labels = owner.labels(USER_PLACEHOLDER, None);
    let name = owner.names.namespaced(USER_PLACEHOLDER, None);
    let spec = Value::map([("minAvailable", 0.into()), ("selector", selector(&labels))]);
    let object = Value::map([
        ("apiVersion", "policy/v1".into()),
        ("kind", "PodDisruptionBudget".into()),
        (
            "metadata",
            owner.metadata(&name, &labels, AdditionPart::UserPlaceholder),
        ),
        ("spec", spec),
    ]);
    PlannedObject {
        kind: "PodDisruptionBudget",
        name,
        part: AdditionPart::UserPlaceholder,
        pool: None,
        span,
        why: "lets the autoscaler evict placeholders".to_owned(),
        pod_labels: Vec::new(),
        value: object,
    }
}

/// A `StatefulSet` for which neither Helm nor Flux waits, as its pods may be pending. It never updates its pods, so its
/// name changes with their template.
pub(super) struct StatefulSet {
    pub(super) part: AdditionPart,
    pub(super) component: &'static str,
    pub(super) replicas: u32,
    pub(super) span: Span,
    pub(super) why: String,
}

impl StatefulSet {
    pub(super) fn object(
        self,
        owner: &Owner<'_>,
        pool: &Pool,
        pods: PodSettings<'_>,
    ) -> PlannedObject {
        let pool_name = &pool.name.value;
        let labels = owner.labels(self.component, Some(pool_name));
        let template = Value::map([
            ("metadata", Value::map([("labels", texts(&labels))])),
            ("spec", pod_spec(pool, pods)),
        ]);
        let name = owner.names.hashed(self.component, Some(pool_name), &text(&template));
        let service = owner.names.namespaced(self.component, Some(pool_name));
        let spec = Value::map([
            ("podManagementPolicy", "Parallel".into()),
            ("updateStrategy", Value::map([("type", "OnDelete".into())])),
            ("replicas", i64::from(self.replicas).into()),
            ("serviceName", service.as_str().into()),
            ("selector", selector(&labels)),
            ("template", template),
        ]);
        let object = Value::map([
            ("apiVersion", "apps/v1".into()),
            ("kind", "StatefulSet".into()),
            ("metadata", owner.metadata(&name, &labels, self.part)),
            ("spec", spec),
        ]);
        PlannedObject {
            kind: "StatefulSet",
            name,
            part: self.part,
            pool: Some(pool_name.clone()),
            span: self.span,
            why: self.why,
            pod_labels: labels,
            value: object,
        }
    }
}
