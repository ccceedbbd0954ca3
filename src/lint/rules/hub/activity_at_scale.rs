use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::span;
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::note(
    "HB006",
    "frequent-activity-updates",
    "frequent activity updates of many users keep the hub busy",
)
.page(include_str!("activity_at_scale.md"))
.fix(FixKind::Unsafe);

/// The number of users from which activity updates slow the hub.
const MANY_USERS: u32 = 1000;
const CONFIG: &str = "hub.config.JupyterHub";

/// Other settings that reduce the load: path, name in code of the release, what to set.
const OTHER_SETTINGS: [(&str, &str, &str); 2] = [
    (
        "hub.config.JupyterHub.activity_resolution",
        "activity_resolution",
        "`hub.config.JupyterHub.activity_resolution: 600`",
    ),
    (
        "singleuser.extraEnv.JUPYTERHUB_ACTIVITY_INTERVAL",
        "JUPYTERHUB_ACTIVITY_INTERVAL",
        "`singleuser.extraEnv.JUPYTERHUB_ACTIVITY_INTERVAL: \"600\"`",
    ),
];

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    const INTERVAL: &str = "last_activity_interval";
    let hub = cx.hub;
    let users = cx.facts.demand.map_or(0, |demand| demand.users);
    let config = hub.get(CONFIG);
    let is_unset =
        config.is_none_or(|config| config.is_map() && config.get(INTERVAL).is_none_or(is_short));
    if users < MANY_USERS || !is_unset || hub.code_may_set(INTERVAL) {
        return;
    }
    let message = format!(
        "activity updates of {users} users keep the hub busy: they are less than 300 seconds apart"
    );
    let mut help = format!("set `{CONFIG}.{INTERVAL}: 300`, JupyterHub's default");
    for (path, name, advice) in OTHER_SETTINGS {
        if hub.get(path).is_none() && !hub.code_may_set(name) {
            help.push_str(", and ");
            help.push_str(advice);
        }
    }
    let culls = hub.flag("cull.enabled") == Some(true);
    if culls && hub.number("cull.concurrency").is_some_and(|number| number >= 10.0) {
        help.push_str("; a lower `cull.concurrency` reduces the load too");
    }
    let path = format!("{CONFIG}.{INTERVAL}");
    findings.extend(hub.nearest(&path).map(|place| {
        let label = if hub.get(&path).is_some() {
            "interval below 300 seconds"
        } else {
            "the chart sets 60 seconds"
        };
        let finding = Diagnostic::new(&CODE, message).at(span(place), label).help(help);
        let edits = fixes::set_near(cx, &path, 300);
        fixes::unsafe_fix(finding, "set the interval to 300 seconds", edits)
    }));
}

/// Whether an interval is below JupyterHub's default of 300 seconds.
fn is_short(value: &Value) -> bool {
    matches!(&value.content, Content::Number(number) if number.as_f64().is_some_and(|number| number < 300.0))
}
