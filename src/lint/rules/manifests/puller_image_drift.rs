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
    "image pullers pull other images than the ones that run",
)
.page(include_str!("puller_image_drift.md"));

fn check(stream: &Stream<'_>, findings: &mut Vec<Diagnostic>) {
    let pullers = stream
        .workloads
        .iter()
        .filter(|one| components::is_puller(one));
    let pullers: Vec<_> = pullers.collect();
    let of_hubs = of_hubs(stream);
    findings.extend(missing(stream, &pullers, &of_hubs));
    let mut used: Vec<String> = of_hubs;
    for workload in stream
        .workloads
        .iter()
        .filter(|one| !components::is_puller(one))
    {
        let containers = workload.template.containers();
        used.extend(containers.filter_map(image).map(plain));
    }
    for puller in pullers {
        for container in components::pulled(puller) {
            findings.extend(stale(stream, puller, container, &used));
        }
    }
}

/// The images that the values of hubs in the stream name.
fn of_hubs(stream: &Stream<'_>) -> Vec<String> {
    let texts = stream.hubs().filter_map(|(_, values)| values.text);
    let images = texts
        .filter_map(|text| hub::read_hub_images(&text))
        .flatten();
    images.map(|image| plain(&image.image)).collect()
}

/// Images of the hub that its pullers do not pull.
fn missing(stream: &Stream<'_>, pullers: &[&Workload<'_>], of_hubs: &[String]) -> Vec<Diagnostic> {
    let of_hub = pullers
        .iter()
        .filter(|puller| components::is_hub_puller(puller));
    let of_hub: Vec<_> = of_hub.collect();
    let Some(first) = of_hub.first() else {
        return Vec::new();
    };
    let containers = of_hub.iter().flat_map(|puller| components::pulled(puller));
    let pulled: Vec<String> = containers.filter_map(image).map(plain).collect();
    // Another version of it is told where it stands.
    let is_pulled = |image: &&String| {
        pulled
            .iter()
            .any(|one| repository(one) == repository(image))
    };
    let missing = of_hubs.iter().filter(|image| !is_pulled(image));
    let finding = |image: &String| {
        let message = format!("the hub's values name the image `{image}`, and no puller pulls it");
        Diagnostic::new(&CODE, message)
            .at(
                stream.place(&first.object),
                "made for other values than those of the hub",
            )
            .help("render both from the same values")
    };
    missing.map(finding).collect()
}

/// An image that nothing runs, where another version of it does run.
fn stale(
    stream: &Stream<'_>,
    puller: &Workload<'_>,
    container: NodeRef<'_>,
    used: &[String],
) -> Option<Diagnostic> {
    let found = plain(image(container)?);
    let newer = used
        .iter()
        .find(|other| repository(other) == repository(&found))?;
    if used.contains(&found) {
        return None;
    }
    let message = format!(
        "`{}` pulls `{found}`, but `{newer}` is what runs",
        puller.title()
    );
    Some(
        Diagnostic::new(&CODE, message)
            .at(
                stream.entry_span(&puller.object, container, "image"),
                "no pod of the release has this version",
            )
            .help("pull the version that runs"),
    )
}

fn image(container: NodeRef<'_>) -> Option<&str> {
    container.get("image")?.text()
}

/// A reference without what every runtime adds by itself.
fn plain(image: &str) -> String {
    let image = image.strip_prefix("docker.io/").unwrap_or(image);
    image.strip_prefix("library/").unwrap_or(image).to_owned()
}

/// The part before the tag and the digest.
fn repository(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or_default();
    match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => image,
    }
}
