use crate::diag::{Code, Diagnostic};
use crate::hub;
use crate::hub::components;
use crate::k8s::Workload;
use crate::lint::{Check, Rule, Stream};
use crate::yaml::NodeRef;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Stream(check),
};

static CODE: Code = Code::warning(
    "XR006",
    "puller-image-drift",
    "image pullers pull other images than the pods use",
)
.page(include_str!("puller_image_drift.md"));

fn check(stream: &Stream<'_>, findings: &mut Vec<Diagnostic>) {
    let pullers = stream.workloads.iter().filter(|one| components::is_puller(one));
    let pullers: Vec<_> = pullers.collect();
    let hub_images = hub_images(stream);
    findings.extend(missing(stream, &pullers, &hub_images));
    let mut used: Vec<String> = hub_images;
    for workload in stream.workloads.iter().filter(|one| !components::is_puller(one)) {
        let containers = workload.template.containers();
        used.extend(containers.filter_map(image).map(normalize));
    }
    for puller in pullers {
        for container in components::pulled(puller) {
            findings.extend(stale(stream, puller, container, &used));
        }
    }
}

/// Returns the images in the values of hubs in the stream.
fn hub_images(stream: &Stream<'_>) -> Vec<String> {
    let texts = stream.hubs().filter_map(|(_, values)| values.text);
    let images = texts.filter_map(|text| hub::read_hub_images(&text)).flatten();
    images.map(|image| normalize(&image.image)).collect()
}

/// Returns findings about images of the hub that its pullers do not pull.
fn missing(
    stream: &Stream<'_>,
    pullers: &[&Workload<'_>],
    hub_images: &[String],
) -> Vec<Diagnostic> {
    let hub_pullers = pullers.iter().filter(|puller| components::is_hub_puller(puller));
    let hub_pullers: Vec<_> = hub_pullers.collect();
    let Some(first) = hub_pullers.first() else {
        return Vec::new();
    };
    let containers = hub_pullers.iter().flat_map(|puller| components::pulled(puller));
    let pulled: Vec<String> = containers.filter_map(image).map(normalize).collect();
    // `stale` reports another version of the image.
    let is_pulled = |image: &&String| pulled.iter().any(|one| repository(one) == repository(image));
    let missing = hub_images.iter().filter(|image| !is_pulled(image));
    let finding = |image: &String| {
        let message = format!("no image puller pulls `{image}`, which the hub's values contain");
        Diagnostic::new(&CODE, message)
            .at(stream.place(&first.object), "rendered from other values")
            .help("render both from the same values")
    };
    missing.map(finding).collect()
}

/// Returns the finding about a pulled image of which the release uses another version.
fn stale(
    stream: &Stream<'_>,
    puller: &Workload<'_>,
    container: NodeRef<'_>,
    used: &[String],
) -> Option<Diagnostic> {
    let found = normalize(image(container)?);
    let newer = used.iter().find(|other| repository(other) == repository(&found))?;
    if used.contains(&found) {
        return None;
    }
    let message = format!(
        "`{}` pulls `{found}`, but the release uses `{newer}`",
        puller.title()
    );
    Some(
        Diagnostic::new(&CODE, message)
            .at(
                stream.entry_span(&puller.object, container, "image"),
                "version not in use",
            )
            .help("pull the version that the pods use"),
    )
}

fn image(container: NodeRef<'_>) -> Option<&str> {
    container.get("image")?.text()
}

/// Returns a reference without the default registry and namespace, which container runtimes add.
fn normalize(image: &str) -> String {
    let image = image.strip_prefix("docker.io/").unwrap_or(image);
    image.strip_prefix("library/").unwrap_or(image).to_owned()
}

/// Returns the part of a reference before the tag and the digest.
fn repository(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or_default();
    match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => image,
    }
}
