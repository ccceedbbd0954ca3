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
    "activity-reporting-at-scale",
    "the hub is busy with reports of activity",
)
.page(include_str!("activity_at_scale.md"))
.fix(FixKind::Unsafe);

/// From so many users on it shows.
const MANY: u32 = 1000;
const CONFIG: &str = "hub.config.JupyterHub";

/// What else can be had less often, with what code of the release may say of it.
const OTHERS: [(&str, &str, &str); 2] = [
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
    if users < MANY || !is_unset || hub.code_may_set(INTERVAL) {
        return;
    }
    let message = format!(
        "with {users} users the hub, one process, reads the proxy's routes and writes activity every minute"
    );
    let mut help = format!("set `{CONFIG}.{INTERVAL}: 300`");
    for (path, name, advice) in OTHERS {
        if hub.get(path).is_none() && !hub.code_may_set(name) {
            help.push_str(", and ");
            help.push_str(advice);
        }
    }
    let culls = hub.flag("cull.enabled") == Some(true);
    if culls
        && hub
            .number("cull.concurrency")
            .is_some_and(|number| number >= 10.0)
    {
        help.push_str("; a smaller `cull.concurrency` helps too");
    }
    let path = format!("{CONFIG}.{INTERVAL}");
    findings.extend(hub.nearest(&path).map(|place| {
        let label = "the chart has 60 seconds, JupyterHub itself 300";
        let finding = Diagnostic::new(&CODE, message)
            .at(span(place), label)
            .help(help);
        let edits = fixes::set_near(cx, &path, 300);
        fixes::risky(finding, "write activity every 300 seconds", edits)
    }));
}

/// Below what JupyterHub itself has.
fn is_short(value: &Value) -> bool {
    matches!(&value.content, Content::Number(number) if number.as_f64().is_some_and(|number| number < 300.0))
}
