use super::added::AdditionPart;
use super::objects::{
    Owner, PlannedObject, PodSettings, container_security, pod_spec, selector, texts,
};
use crate::hub::components::CONTINUOUS_PULLER;
use crate::policy::{Pool, Via};
use crate::render::passes::{ContainerNames, container_name};
use crate::text::Span;
use crate::yaml::Value;

pub(super) const PAGE: &str = include_str!("continuous_puller.md");

/// What the puller of a pool pulls.
pub(super) struct Puller<'a> {
    /// Names of containers without their prefix, and images: at least one.
    pub(super) images: &'a [(String, String)],
    pub(super) via: Via,
    pub(super) pause: &'a str,
    pub(super) class: Option<&'a str>,
    pub(super) pull_secrets: &'a [String],
    pub(super) span: Span,
}

/// Returns the `DaemonSet` that pulls images on each node of a pool.
pub(super) fn object(owner: &Owner<'_>, pool: &Pool, puller: &Puller<'_>) -> PlannedObject {
    let labels = owner.labels(CONTINUOUS_PULLER, Some(&pool.name.value));
    let name = owner.names.namespaced("image-puller", Some(&pool.name.value));
    let mut settings = PodSettings {
        class: puller.class,
        is_puller: true,
        pull_secrets: puller.pull_secrets,
        ..PodSettings::default()
    };
    let mut free = ContainerNames::of(std::iter::empty());
    let images = puller.images.iter();
    let images = images.map(|(name, image)| (free.free(&container_name(name)), image.as_str()));
    let images: Vec<(String, &str)> = images.collect();
    match puller.via {
        Via::Command => {
            settings.init_containers = images.iter().map(init_container).collect();
            settings.containers = vec![pause(puller.pause, Vec::new())];
        }
        Via::Volume => {
            let mounts = images.iter().map(|(name, _)| mount(name)).collect();
            settings.containers = vec![pause(puller.pause, mounts)];
            settings.volumes = images.iter().map(volume).collect();
        }
    }
    let template = Value::map([
        ("metadata", Value::map([("labels", texts(&labels))])),
        ("spec", pod_spec(pool, settings)),
    ]);
    let rolling = Value::map([("maxUnavailable", "100%".into())]);
    let strategy = Value::map([("type", "RollingUpdate".into()), ("rollingUpdate", rolling)]);
    let spec = Value::map([
        ("selector", selector(&labels)),
        ("updateStrategy", strategy),
        ("template", template),
    ]);
    let object = Value::map([
        ("apiVersion", "apps/v1".into()),
        ("kind", "DaemonSet".into()),
        (
            "metadata",
            owner.metadata(&name, &labels, AdditionPart::Continuous),
        ),
        ("spec", spec),
    ]);
    let listed: Vec<String> = images.iter().map(|(_, image)| format!("`{image}`")).collect();
    PlannedObject {
        kind: "DaemonSet",
        name,
        part: AdditionPart::Continuous,
        pool: Some(pool.name.value.clone()),
        span: puller.span,
        why: format!("pulls {}", listed.join(", ")),
        pod_labels: labels,
        value: object,
    }
}

/// Returns a container in the form of z2jh: it ends as soon as its image is there.
fn init_container((name, image): &(String, &str)) -> Value {
    let command = ["/bin/sh", "-c", "echo \"Pulling complete\""];
    Value::map([
        ("name", name.as_str().into()),
        ("image", (*image).into()),
        (
            "command",
            Value::Sequence(command.map(Value::from).to_vec()),
        ),
        ("securityContext", container_security()),
    ])
}

/// Returns the container that keeps the pod running.
pub(super) fn pause(image: &str, mounts: Vec<Value>) -> Value {
    let mut pairs = vec![
        ("name".to_owned(), "pause".into()),
        ("image".to_owned(), image.into()),
        ("securityContext".to_owned(), container_security()),
    ];
    if !mounts.is_empty() {
        pairs.push(("volumeMounts".to_owned(), Value::Sequence(mounts)));
    }
    Value::Mapping(pairs)
}

/// Returns the mount of an image volume: the pod waits only for volumes that a container mounts.
fn mount(name: &str) -> Value {
    Value::map([
        ("name", name.into()),
        ("mountPath", format!("/images/{name}").as_str().into()),
    ])
}

fn volume((name, image): &(String, &str)) -> Value {
    let source = Value::map([
        ("reference", (*image).into()),
        ("pullPolicy", "IfNotPresent".into()),
    ]);
    Value::map([("name", name.as_str().into()), ("image", source)])
}
