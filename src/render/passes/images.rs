use super::Pass;
use std::collections::{BTreeMap, BTreeSet};

use crate::diag::Diagnostic;
use crate::k8s::PodField;
use crate::render::codes;
use crate::render::context::{PassContext, Placement};
use crate::render::plan::Reason;
use crate::yaml::{Edit, NodeRef, Value};

/// The name prefix of the init containers in z2jh's image pullers.
const PREFIX: &str = "image-pull-";

/// The fields that are copied from an existing init container: a command that ends at once, with the resources and
/// the security context of the chart.
const FORM: [&str; 4] = ["command", "args", "resources", "securityContext"];

/// The longest name of a container (a DNS label).
const LONGEST_NAME: usize = 63;

/// An image to pull, with the container name that z2jh would use.
struct Wanted {
    name: String,
    image: String,
}

pub(super) static PASS: Pass = Pass {
    name: "pre-puller images",
    page: include_str!("images.md"),
    plan,
};

/// Appends an init container for each image that the puller does not pull yet.
fn plan(cx: &mut PassContext<'_>, placement: &Placement<'_>) {
    if !placement.is_puller {
        return;
    }
    let spec = placement.spec().node();
    let containers = |key| spec.get(key).into_iter().flat_map(|list: NodeRef<'_>| list.items());
    let all: Vec<NodeRef<'_>> =
        containers("initContainers").chain(containers("containers")).collect();
    let there: Vec<&str> = all.iter().filter_map(|node| node.get("image")?.text()).collect();
    cx.current().pulls = there.iter().map(|&image| image.to_owned()).collect();
    let wanted = wanted(cx, placement);
    let mut images = there;
    let mut missing = Vec::new();
    for wanted in &wanted {
        if !images.contains(&wanted.image.as_str()) {
            images.push(&wanted.image);
            missing.push(wanted);
        }
    }
    if missing.is_empty() {
        if !wanted.is_empty() {
            cx.keep(
                PodField::InitContainers,
                Reason::Covered,
                "already pulls every image",
            );
        }
        return;
    }
    let Some(sibling) = sibling(spec) else {
        return report_no_container(cx, placement, missing[0]);
    };
    let pulled = missing.iter().map(|wanted| wanted.image.clone());
    cx.current().pulls.extend(pulled);
    let added = added(&missing, &all, sibling);
    let list: Vec<String> = missing.iter().map(|wanted| format!("`{}`", wanted.image)).collect();
    let edit = Edit::extend_path(spec, &["initContainers"], added);
    cx.change(
        PodField::InitContainers,
        format!("pulls {}", list.join(", ")),
        vec![edit],
    );
}

/// Returns the containers for these images, with unused names.
fn added(missing: &[&Wanted], all: &[NodeRef<'_>], sibling: NodeRef<'_>) -> Vec<Value> {
    let taken = all.iter().filter_map(|node| node.get("name")?.text());
    let mut names = ContainerNames::of(taken);
    let container = |wanted: &&Wanted| container(&names.free(&wanted.name), &wanted.image, sibling);
    missing.iter().map(container).collect()
}

/// Returns the wanted images in the order of the chart: the hub's values, `extraImages` by key, then those of the row.
fn wanted(cx: &PassContext<'_>, placement: &Placement<'_>) -> Vec<Wanted> {
    let charts = &placement.workload.object.chart.charts;
    let of_stream = cx
        .common
        .stream_images
        .iter()
        .filter(|(hub, _)| hub == charts)
        .map(|(_, image)| image);
    let of_hub = of_stream.chain(&cx.common.options.hub_images);
    let of_hub = of_hub.map(|image| (image.name.clone(), image.image.clone()));
    let extra = cx
        .common
        .policy
        .extra_images
        .iter()
        .map(|image| (image.key.value.clone(), image.reference()));
    let row = placement
        .row
        .images
        .iter()
        .map(|image| (short_name(&image.value), image.value.clone()));
    of_hub
        .chain(extra)
        .chain(row)
        .map(|(name, image)| Wanted {
            name: container_name(&name),
            image,
        })
        .collect()
}

/// `quay.io/team/tool:v3` is `tool`.
fn short_name(image: &str) -> String {
    let path = image.split('@').next().unwrap_or(image);
    let last = path.rsplit('/').next().unwrap_or(path);
    last.split(':').next().unwrap_or(last).to_owned()
}

/// Returns a container name as z2jh builds it: a DNS label with its prefix.
pub(in crate::render) fn container_name(key: &str) -> String {
    let clean: String = key
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    let name = format!("{PREFIX}{}", clean.trim_matches('-'));
    name[..name.len().min(LONGEST_NAME)].trim_end_matches('-').to_owned()
}

/// The used container names.
pub(in crate::render) struct ContainerNames {
    taken: BTreeSet<String>,
    /// The next number to append to a name.
    next: BTreeMap<String, usize>,
}

impl ContainerNames {
    pub(in crate::render) fn of<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        Self {
            taken: names.map(str::to_owned).collect(),
            next: BTreeMap::new(),
        }
    }

    /// Returns the name, with a number if it is already used, and marks it as used.
    pub(in crate::render) fn free(&mut self, name: &str) -> String {
        if self.taken.insert(name.to_owned()) {
            return name.to_owned();
        }
        let next = self.next.entry(name.to_owned()).or_insert(2);
        loop {
            let suffix = format!("-{next}");
            *next += 1;
            let stem = &name[..name.len().min(LONGEST_NAME - suffix.len())];
            let numbered = format!("{stem}{suffix}");
            if self.taken.insert(numbered.clone()) {
                return numbered;
            }
        }
    }
}

/// Returns the init container to copy: one that pulls an image, otherwise the first one.
fn sibling(spec: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let list = spec.get("initContainers")?;
    let pulls = |node: &NodeRef<'_>| {
        node.get("name")
            .and_then(|name| name.text())
            .is_some_and(|name| name.starts_with(PREFIX))
    };
    list.items()
        .rfind(pulls)
        .or_else(|| list.items().next())
        .filter(|node| node.is_mapping())
}

fn container(name: &str, image: &str, sibling: NodeRef<'_>) -> Value {
    let mut pairs = vec![
        ("name".to_owned(), name.into()),
        ("image".to_owned(), image.into()),
    ];
    for (key, value) in sibling.pairs() {
        let field = key.text().filter(|key| FORM.contains(key));
        if let (Some(field), Some(value)) = (field, Value::of(value)) {
            pairs.push((field.to_owned(), value));
        }
    }
    Value::Mapping(pairs)
}

fn report_no_container(cx: &mut PassContext<'_>, placement: &Placement<'_>, wanted: &Wanted) {
    let what = "no init container to copy";
    cx.keep(PodField::InitContainers, Reason::NoForm, what);
    let message = format!(
        "`{}` cannot pull `{}`: it has no init container to copy",
        placement.title(),
        wanted.image,
    );
    let span = cx.span(placement, placement.spec().node());
    let start = crate::text::Span {
        end: span.start,
        ..span
    };
    cx.report(
        Diagnostic::new(&codes::NO_PULLER_CONTAINER, message)
            .at(start, "no `initContainers`")
            .help("let the chart pull at least one image, or remove `puller: true` from the row"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_dns_labels_that_nobody_has() {
        assert_eq!(container_name("My_Tool.v2"), "image-pull-my-tool-v2");
        assert_eq!(container_name(&"x".repeat(99)).len(), LONGEST_NAME);
        assert_eq!(short_name("quay.io/team/tool:v3"), "tool");
        assert_eq!(short_name("tool@sha256:12ab"), "tool");
        let mut names = ContainerNames::of(["image-pull-a", "image-pull-a-2"].into_iter());
        assert_eq!(names.free("image-pull-a"), "image-pull-a-3");
        assert_eq!(names.free("image-pull-a"), "image-pull-a-4");
        assert_eq!(names.free("image-pull-b"), "image-pull-b");
        let long = "x".repeat(LONGEST_NAME);
        assert_eq!(names.free(&long), long);
        assert_eq!(names.free(&long), format!("{}-2", &long[2..]));
    }
}
