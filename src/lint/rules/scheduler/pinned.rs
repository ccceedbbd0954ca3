use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::ChartVersion;
use crate::hub::profiles;
use crate::hub::span;
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "SC002",
    "scheduler-image-or-plugins-pinned",
    "the user scheduler is pinned to another version than the chart is made for",
)
.page(include_str!("pinned.md"))
.fix(FixKind::Safe);

const TAG: &str = "scheduling.userScheduler.image.tag";
const PLUGINS: &str = "scheduling.userScheduler.plugins.score.enabled";

/// Plugins that kube-scheduler has no more since the configuration that the chart has had from 2.0 on.
const GONE: [&str; 3] = [
    "NodeResourcesMostAllocated",
    "NodeResourcesLeastAllocated",
    "RequestedToCapacityRatio",
];
const NEW_PLUGINS: ChartVersion = ChartVersion::new(2, 0);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    if hub.flag("scheduling.userScheduler.enabled") != Some(true) {
        return;
    }
    let tag = hub.get(TAG);
    if let Some(tag) = tag.filter(|tag| !hub.is_default(tag) && differs(tag)) {
        let message = "the user scheduler does not follow the chart, whose rights are made for one version of it";
        let finding = Diagnostic::new(&CODE, message).help(format!(
            "take `{TAG}` away: the chart brings the version that it is tested with"
        ));
        let finding = hub.at(finding, &[(TAG, "pinned here")]);
        let edits = fixes::remove(cx, tag);
        findings.push(fixes::safe(finding, "take the tag away", edits));
    }
    let plugins = hub.get(PLUGINS).map(profiles::items).unwrap_or_default();
    let names = plugins.into_iter().filter_map(|plugin| plugin.get("name"));
    for name in names.filter(|name| !hub.is_default(name)) {
        let Content::String(text) = &name.content else {
            continue;
        };
        if !GONE.contains(&text.as_str()) || hub.version < NEW_PLUGINS {
            continue;
        }
        let message = format!("the user scheduler knows no plugin `{text}`, and does not start");
        let finding = Diagnostic::new(&CODE, message)
            .at(span(name), "of an older kube-scheduler")
            .help("take the list away: the chart's own packs by `NodeResourcesFit`");
        findings.push(finding);
    }
}

/// Whether it is another than the chart's own.
fn differs(tag: &Value) -> bool {
    tag.overridden
        .last()
        .is_none_or(|own| own.content != tag.content)
}
