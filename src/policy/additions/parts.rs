//! The parts that a pool gets: the settings of its entry with its own over them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::PartContext;
use crate::diag::Diagnostic;
use crate::k8s::{quantity, syntax};
use crate::policy::place::{Findings, PolicyPlace, pairs};
use crate::policy::written::{self, Via};
use crate::policy::{ExtraImage, Spanned, codes, image};
use crate::text::Span;

/// What a pool gets.
#[derive(Debug, Clone)]
pub struct AddedParts {
    /// Where the continuous image puller is enabled.
    pub continuous: Option<Span>,
    /// Images to pull, sorted by key.
    pub images: Vec<ExtraImage>,
    /// How images are pulled.
    pub via: Via,
    /// Secrets with credentials for registries.
    pub pull_secrets: Vec<Spanned<String>>,
    /// The reference of the pause image, if the policy sets it.
    pub pause: Option<String>,
    /// The priorities of image pullers and user placeholders, if enabled.
    pub priority: Option<PodPriority>,
    /// User placeholders, if enabled.
    pub user_placeholder: Option<UserPlaceholder>,
    /// Node placeholders, if enabled.
    pub node_placeholder: Option<NodePlaceholder>,
}

/// Priorities for pods that make room for users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PodPriority {
    /// The priority of image pullers.
    pub puller: Spanned<i32>,
    /// The priority of user placeholders, lower than that of pullers.
    pub placeholder: Spanned<i32>,
}

/// User placeholders of a pool.
#[derive(Debug, Clone)]
pub struct UserPlaceholder {
    /// Where they are enabled.
    pub span: Span,
    /// Their number.
    pub replicas: Spanned<u32>,
    /// The number of seats that each reserves; at least 1.
    pub seats: Spanned<u32>,
    /// The resources of one seat, if the policy sets them.
    pub resources: Option<Spanned<SeatResources>>,
}

/// The resources of one seat as quantities, by resource.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeatResources {
    /// Requests.
    pub requests: BTreeMap<String, String>,
    /// Limits.
    pub limits: BTreeMap<String, String>,
}

/// Node placeholders of a pool.
#[derive(Debug, Clone)]
pub struct NodePlaceholder {
    /// Where they are enabled.
    pub span: Span,
    /// Their number.
    pub replicas: Spanned<u32>,
}

/// The priorities of z2jh for image pullers and user placeholders.
pub const DEFAULT_PRIORITIES: [i32; 2] = [-5, -10];

/// The settings of an entry and those of one of its pools, which override them.
pub(super) struct PartLayers<'d> {
    merged: Value,
    entry: PolicyPlace<'d>,
    pool: PolicyPlace<'d>,
}

impl<'d> PartLayers<'d> {
    pub(super) fn new(entry: &Value, pool: &str, place: PolicyPlace<'d>) -> Self {
        let mut merged = serde_json::json!({});
        for section in ["prePuller", "scheduling"] {
            let of = |value: &Value| value.get(section).cloned();
            if let Some(mut settings) = of(entry) {
                lay(&mut settings, of(&entry["pools"][pool]).unwrap_or_default());
                merged[section] = settings;
            } else if let Some(settings) = of(&entry["pools"][pool]) {
                merged[section] = settings;
            }
        }
        Self {
            merged,
            entry: place,
            pool: place.under("pools").under(pool),
        }
    }

    /// Returns the place of a setting: in the pool, otherwise in the entry.
    fn at(&self, keys: &[&str]) -> PolicyPlace<'d> {
        let found = self.pool.find(keys).or_else(|| self.entry.find(keys));
        found.unwrap_or(self.entry)
    }
}

/// Lays a value over another: mappings merge key by key, all else replaces.
fn lay(base: &mut Value, over: Value) {
    match (base, over) {
        (_, Value::Null) => {}
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                lay(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over,
    }
}

/// Checks the merged settings of a pool.
pub(super) fn check(
    layers: &PartLayers<'_>,
    known: PartContext<'_>,
    findings: &mut Findings,
) -> AddedParts {
    let written: written::AddedParts =
        serde_json::from_value(layers.merged.clone()).expect("each layer has this shape");
    let (pullers, scheduling) = (written.pre_puller, written.scheduling);
    let is_enabled = |enabled: Option<bool>| enabled != Some(false);
    let continuous = pullers.continuous.filter(|part| is_enabled(part.enabled));
    let priority = scheduling.pod_priority.filter(|part| is_enabled(part.enabled));
    let users = scheduling.user_placeholder.filter(|part| is_enabled(part.enabled));
    let nodes = scheduling.node_placeholder.filter(|part| is_enabled(part.enabled));
    let secrets = layers.at(&["prePuller", "pullSecrets"]);
    AddedParts {
        continuous: continuous.map(|_| layers.at(&["prePuller", "continuous"]).span()),
        images: images(pullers.extra_images, layers, findings),
        via: pullers.via.unwrap_or_default(),
        pull_secrets: check_secrets(&pullers.pull_secrets, secrets, findings),
        pause: pullers.pause.and_then(|pause| {
            let place = layers.at(&["prePuller", "pause"]);
            image::check_one(pause.image, place, "image", findings)
        }),
        priority: priority.map(|part| check_priority(&part, layers, known, findings)),
        user_placeholder: users.and_then(|part| check_users(part, layers, findings)),
        node_placeholder: nodes.and_then(|part| {
            let keys = ["scheduling", "nodePlaceholder"];
            let replicas = check_replicas(part.replicas, &keys, layers, findings)?;
            let span = layers.at(&keys).span();
            Some(NodePlaceholder { span, replicas })
        }),
    }
}

/// Checks the images, each where it is set, and returns them sorted by key.
fn images(
    images: BTreeMap<String, written::Image>,
    layers: &PartLayers<'_>,
    findings: &mut Findings,
) -> Vec<ExtraImage> {
    const KEYS: [&str; 2] = ["prePuller", "extraImages"];
    let mut all = Vec::new();
    for (key, image) in images {
        let of_pool = layers.pool.find(&KEYS).filter(|place| place.find(&[&key]).is_some());
        let place = of_pool.unwrap_or_else(|| layers.at(&KEYS));
        let one = BTreeMap::from([(key, image)]);
        all.extend(image::check_extra(one, place, findings));
    }
    all
}

fn check_secrets(
    names: &[String],
    place: PolicyPlace<'_>,
    findings: &mut Findings,
) -> Vec<Spanned<String>> {
    let mut secrets: Vec<Spanned<String>> = Vec::new();
    for (name, place) in pairs(names, place) {
        if let Some(flaw) = syntax::subdomain_flaw(name) {
            let message = format!("secret name `{name}` is rejected by the API server");
            let finding = Diagnostic::new(&codes::WRONG_VALUE, message);
            findings.push(finding.at(place.part(&flaw.at), flaw.what));
        }
        if !secrets.iter().any(|known| known.value == name) {
            secrets.push(place.spanned(name.to_owned()));
        }
    }
    secrets
}

fn check_priority(
    written: &written::PodPriority,
    layers: &PartLayers<'_>,
    known: PartContext<'_>,
    findings: &mut Findings,
) -> PodPriority {
    let value = |written: Option<i32>, default: i32, key: &str| {
        let keys = ["scheduling", "podPriority", key];
        let place = written.map(|_| layers.at(&keys));
        let place = place.unwrap_or_else(|| layers.at(&keys[..2]));
        place.spanned(written.unwrap_or(default))
    };
    let [of_pullers, of_placeholders] = DEFAULT_PRIORITIES;
    let priority = PodPriority {
        puller: value(
            written.image_puller_priority,
            of_pullers,
            "imagePullerPriority",
        ),
        placeholder: value(
            written.user_placeholder_priority,
            of_placeholders,
            "userPlaceholderPriority",
        ),
    };
    findings.extend(order_flaw(&priority));
    findings.extend(known.cutoff.and_then(|cutoff| cutoff_flaw(&priority, cutoff)));
    priority
}

fn order_flaw(priority: &PodPriority) -> Option<Diagnostic> {
    let (puller, placeholder) = (priority.puller.value, priority.placeholder.value);
    if placeholder < puller {
        return None;
    }
    let message = format!(
        "image pullers ({puller}) cannot evict user placeholders ({placeholder}): \
         the priority of placeholders must be lower"
    );
    let mut finding =
        Diagnostic::new(&codes::BAD_PRIORITY, message).at(priority.placeholder.span, "not lower");
    if priority.puller.span != priority.placeholder.span {
        finding = finding.at(priority.puller.span, "priority of pullers");
    }
    Some(finding.help("use the order placeholders < pullers < users, such as -10, -5 and 0"))
}

fn cutoff_flaw(priority: &PodPriority, cutoff: i32) -> Option<Diagnostic> {
    let placeholder = priority.placeholder.value;
    if placeholder >= cutoff {
        return None;
    }
    let message = format!(
        "user placeholders never scale up a pool: their priority {placeholder} is below the \
         autoscaler's cutoff {cutoff}"
    );
    Some(
        Diagnostic::new(&codes::BAD_PRIORITY, message)
            .at(priority.placeholder.span, "below the cutoff")
            .help(format!(
                "set {cutoff} or more, or the autoscaler's \
                 `--expendable-pods-priority-cutoff` in `autoscaler.priorityCutoff`"
            )),
    )
}

fn check_users(
    written: written::UserPlaceholder,
    layers: &PartLayers<'_>,
    findings: &mut Findings,
) -> Option<UserPlaceholder> {
    const KEYS: [&str; 2] = ["scheduling", "userPlaceholder"];
    let replicas = check_replicas(written.replicas, &KEYS, layers, findings)?;
    let at = |key| layers.at(&[KEYS[0], KEYS[1], key]);
    let resources = written.resources.map(|resources| {
        let requests = check_amounts(resources.requests.keys(), "requests", layers, findings);
        let limits = check_amounts(resources.limits.keys(), "limits", layers, findings);
        at("resources").spanned(SeatResources { requests, limits })
    });
    let seats = written.seats.map(|seats| at("seats").spanned(seats));
    Some(UserPlaceholder {
        span: layers.at(&KEYS).span(),
        replicas,
        seats: seats.unwrap_or_else(|| layers.at(&KEYS).spanned(1)),
        resources,
    })
}

fn check_replicas(
    written: Option<u32>,
    keys: &[&str; 2],
    layers: &PartLayers<'_>,
    findings: &mut Findings,
) -> Option<Spanned<u32>> {
    let part = layers.at(keys);
    let Some(replicas) = written else {
        let message = format!("missing key `replicas` in `{}`", keys[1]);
        findings.push(
            Diagnostic::new(&codes::MISSING_KEY, message)
                .at(part.span(), "`replicas` is missing")
                .help("set `replicas`, or `enabled: false`"),
        );
        return None;
    };
    Some(layers.at(&[keys[0], keys[1], "replicas"]).spanned(replicas))
}

/// Checks the quantities of a seat.
fn check_amounts<'k>(
    names: impl Iterator<Item = &'k String>,
    kind: &str,
    layers: &PartLayers<'_>,
    findings: &mut Findings,
) -> BTreeMap<String, String> {
    let mut amounts = BTreeMap::new();
    for name in names {
        let keys = ["scheduling", "userPlaceholder", "resources", kind, name];
        let place = layers.at(&keys);
        let text = place.text();
        if !syntax::is_quantity(text) {
            findings.push(bad_amount(text, place));
        }
        amounts.insert(name.clone(), text.to_owned());
    }
    amounts
}

fn bad_amount(text: &str, place: PolicyPlace<'_>) -> Diagnostic {
    let message = format!("`{text}` is not a Kubernetes quantity");
    let help = match quantity::meant(text) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "write an amount like `500m`, `2` or `16G`".to_owned(),
    };
    Diagnostic::new(&codes::BAD_QUANTITY, message).at(place.span(), "").help(help)
}
