use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::ChartVersion;
use crate::hub::Hub;
use crate::hub::chart::VERSIONS;
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::note(
    "SM010",
    "pinned-internal-image",
    "the tag of an internal image is pinned, so it does not follow chart upgrades",
)
.page(include_str!("pinned_internal_image.md"))
.fix(FixKind::Safe);

/// Internal images of the chart. The tags of the first [`OF_CHART`] are versions of the chart.
const IMAGES: [&str; 8] = [
    "hub.image",
    "prePuller.hook.image",
    "proxy.secretSync.image",
    "singleuser.networkTools.image",
    "proxy.chp.image",
    "proxy.traefik.image",
    "prePuller.pause.image",
    "scheduling.userPlaceholder.image",
];
const OF_CHART: usize = 4;

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for (index, path) in IMAGES.into_iter().enumerate() {
        let place = format!("{path}.tag");
        let Some(tag) = hub.get(&place).filter(|tag| !hub.is_default(tag)) else {
            continue;
        };
        let Content::String(text) = &tag.content else {
            continue;
        };
        if hub.is_set(&format!("{path}.name")) {
            continue;
        }
        let is_old = if index < OF_CHART {
            is_other_version(hub, text)
        } else {
            is_of_older(hub, path, tag, text)
        };
        let message = if is_old {
            format!("`{place}` is from an older chart version: image and chart do not match")
        } else {
            format!("`{place}` is pinned: it does not follow chart upgrades")
        };
        let help = "remove it: the chart sets the tag that it is tested with";
        let mut finding = Diagnostic::new(&CODE, message).help(help);
        if is_old {
            finding.level = Level::Warning;
        }
        let finding = hub.at(finding, &[(place.as_str(), "pinned here")]);
        let edits = fixes::remove(cx, tag).filter(|_| is_of_chart(hub, tag));
        findings.push(fixes::safe_fix(finding, "remove the tag", edits));
    }
}

/// Returns whether the tag equals the chart default, so that removing it changes nothing.
fn is_of_chart(hub: &Hub<'_>, tag: &Value) -> bool {
    let own = tag.overridden.last().filter(|own| hub.is_default(own));
    hub.is_version_known && own.is_some_and(|own| own.content == tag.content)
}

/// Returns whether the tag is an older version of the chart.
fn is_other_version(hub: &Hub<'_>, tag: &str) -> bool {
    let mut parts = tag.split(['.', '-']).map(str::parse::<u32>);
    match (parts.next(), parts.next()) {
        // `4.x` has no known minor version.
        (Some(Ok(major)), Some(Ok(_))) if hub.version.is_any_minor() => major < hub.version.major,
        (Some(Ok(major)), Some(Ok(minor))) => ChartVersion::new(major, minor) < hub.version,
        _ => false,
    }
}

/// Returns whether the tag is the default of an older chart version but not of this one: a copy of old values.
fn is_of_older(hub: &Hub<'_>, path: &str, tag: &Value, text: &str) -> bool {
    let own = tag.overridden.last().filter(|own| hub.is_default(own));
    if own.is_none_or(|own| own.content == tag.content) {
        return false;
    }
    let pointer = format!("/{}/tag", path.replace('.', "/"));
    let older = VERSIONS.iter().filter(|version| version.number() < hub.version);
    let mut tags = older.filter_map(|version| {
        let defaults: serde_json::Value = serde_json::from_str(version.defaults).ok()?;
        Some(defaults.pointer(&pointer)?.as_str()? == text)
    });
    tags.any(|is_same| is_same)
}
