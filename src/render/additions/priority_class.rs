use super::added::AdditionPart;
use super::objects::{Owner, PlannedObject};
use crate::hub::components::{IMAGE_PULLER, USER_PLACEHOLDER};
use crate::policy::Spanned;
use crate::yaml::Value;

pub(super) const PAGE: &str = include_str!("priority_class.md");

/// Returns the name of the class for a value, which is immutable: `image-puller-m5` is the class for -5.
pub(super) fn name(owner: &Owner<'_>, part: AdditionPart, value: i32) -> Option<String> {
    let sign = if value < 0 { "m" } else { "" };
    let what = format!("{}-{sign}{}", component(part), value.unsigned_abs());
    owner.names.of_cluster(&what)
}

/// Returns the class with that name.
pub(super) fn object(
    owner: &Owner<'_>,
    name: &str,
    part: AdditionPart,
    value: &Spanned<i32>,
) -> PlannedObject {
    let labels = owner.labels(component(part), None);
    let description = if part == AdditionPart::ImagePullerPriority {
        "Image pullers: lower than users, higher than placeholders."
    } else {
        "Placeholders: lower than all other pods."
    };
    let object = Value::map([
        ("apiVersion", "scheduling.k8s.io/v1".into()),
        ("kind", "PriorityClass".into()),
        ("metadata", owner.metadata(name, &labels, part)),
        ("value", i64::from(value.value).into()),
        ("globalDefault", Value::Bool(false)),
        ("description", description.into()),
    ]);
    PlannedObject {
        kind: "PriorityClass",
        name: name.to_owned(),
        part,
        pool: None,
        span: value.span,
        why: format!("the chart has no such class; value {}", value.value),
        pod_labels: Vec::new(),
        value: object,
    }
}

fn component(part: AdditionPart) -> &'static str {
    if part == AdditionPart::ImagePullerPriority {
        IMAGE_PULLER
    } else {
        USER_PLACEHOLDER
    }
}
