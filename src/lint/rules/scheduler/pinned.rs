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
    "user-scheduler-pinned",
    "the user scheduler is pinned to another version than the chart expects",
)
.page(include_str!("pinned.md"))
.fix(FixKind::Safe);

const TAG: &str = "scheduling.userScheduler.image.tag";
const PLUGINS: &str = "scheduling.userScheduler.plugins.score.enabled";

/// Plugins that kube-scheduler no longer has in the configuration version that the chart uses since 2.0.
const REMOVED_PLUGINS: [&str; 3] = [
    "NodeResourcesMostAllocated",
    "NodeResourcesLeastAllocated",
    "RequestedToCapacityRatio",
];

/// The first version of the chart with that configuration version.
const PLUGINS_REMOVED: ChartVersion = ChartVersion::new(2, 0);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    if hub.flag("scheduling.userScheduler.enabled") != Some(true) {
        return;
    }
    let tag = hub.get(TAG);
    if let Some(tag) = tag.filter(|tag| !hub.is_default(tag) && differs(tag)) {
        let message =
            "the user scheduler is pinned: the chart's settings and RBAC rules fit another version";
        let finding = Diagnostic::new(&CODE, message).help(format!(
            "remove `{TAG}`: the chart sets the version it is tested with"
        ));
        let finding = hub.at(finding, &[(TAG, "pinned here")]);
        let edits = fixes::remove(cx, tag);
        findings.push(fixes::safe_fix(finding, "remove the tag", edits));
    }
    let plugins = hub.get(PLUGINS).map(profiles::items).unwrap_or_default();
    let names = plugins.into_iter().filter_map(|plugin| plugin.get("name"));
    for name in names.filter(|name| !hub.is_default(name)) {
        let Content::String(text) = &name.content else {
            continue;
        };
        if !REMOVED_PLUGINS.contains(&text.as_str()) || hub.version < PLUGINS_REMOVED {
            continue;
        }
        let message = format!("the user scheduler does not start: it has no plugin `{text}`");
        let finding = Diagnostic::new(&CODE, message)
            .at(span(name), "removed from kube-scheduler")
            .help("remove the list: the chart packs with `NodeResourcesFit`");
        findings.push(finding);
    }
}

/// Whether the tag differs from the chart's default.
fn differs(tag: &Value) -> bool {
    tag.overridden.last().is_none_or(|own| own.content != tag.content)
}
