use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::lint::documents::Edits;
use crate::lint::fixes;
use crate::lint::{Check, Context, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "HB001",
    "hub-is-not-ha",
    "two hubs or two proxies do not share their state",
)
.page(include_str!("not_ha.md"))
.fix(FixKind::Safe);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for component in ["hub", "proxy.chp", "proxy"] {
        let path = format!("{component}.replicas");
        if let Some(value) = hub.get(&path) {
            let message = format!("`{path}` is no value of the chart, and there can be only one");
            let help = "take it away: JupyterHub and its proxy keep state that a second one would not have";
            let finding = Diagnostic::new(&CODE, message).help(help);
            let finding = hub.at(finding, &[(path.as_str(), "not known to the chart")]);
            let edits = fixes::remove(cx, value);
            findings.push(fixes::safe(finding, format!("take `{path}` away"), edits));
        }
    }
    for component in ["hub", "proxy"] {
        findings.extend(two_at_a_time(cx, component));
        findings.extend(leftover(cx, component));
    }
}

/// `RollingUpdate` starts the new one before it stops the old one.
fn two_at_a_time(cx: &Context<'_>, component: &str) -> Option<Diagnostic> {
    const DATABASE: &str = "hub.db.type";
    let hub = cx.hub;
    let path = format!("{component}.deploymentStrategy.type");
    if hub.text(&path) != Some("RollingUpdate") {
        return None;
    }
    let waits = component == "hub" && hub.text(DATABASE) == Some("sqlite-pvc");
    let (level, message) = if waits {
        let message = "the new `hub` starts while the old one still has the volume of the database";
        (Level::Error, message.to_owned())
    } else {
        let message = format!(
            "while it restarts there are two of `{component}`, which do not share their state"
        );
        (Level::Warning, message)
    };
    let help = "`Recreate`, the chart's default, stops the old one before it starts the new one";
    let mut finding = Diagnostic::new(&CODE, message).help(help);
    finding.level = level;
    let places = [
        (path.as_str(), "starts the new one first"),
        (DATABASE, "the database"),
    ];
    let places = if component == "hub" {
        &places[..]
    } else {
        &places[..1]
    };
    let message = format!("take `{path}` away");
    Some(fixes::safe(
        hub.at(finding, places),
        message,
        without_strategy(cx, component),
    ))
}

/// The strategy goes with its settings, where it has no more of them than a rolling update.
fn without_strategy(cx: &Context<'_>, component: &str) -> Edits {
    let hub = cx.hub;
    let whole = hub.get(&format!("{component}.deploymentStrategy"))?;
    let is_known = |key: &String| ["type", "rollingUpdate"].contains(&key.as_str());
    let is_all = whole
        .as_map()
        .is_some_and(|map| map.entries.keys().all(is_known));
    let edits = fixes::remove(cx, whole).filter(|_| is_all);
    edits.or_else(|| fixes::remove(cx, whole.get("type")?))
}

/// Kubernetes refuses settings of another strategy beside `Recreate`, and be they empty.
fn leftover(cx: &Context<'_>, component: &str) -> Option<Diagnostic> {
    let hub = cx.hub;
    let kind = format!("{component}.deploymentStrategy.type");
    let path = format!("{component}.deploymentStrategy.rollingUpdate");
    let left = hub.get(&path).filter(|value| value.is_map())?;
    if hub.text(&kind) != Some("Recreate") {
        return None;
    }
    let message = "`rollingUpdate` stands beside `Recreate`, which Kubernetes refuses";
    let finding = Diagnostic::new(&CODE, message)
        .at(left.set.value, "settings of another strategy")
        .help("take it away, or set it to `null`");
    let finding = hub.at(finding, &[(kind.as_str(), "the strategy")]);
    let edits = fixes::remove(cx, left);
    Some(fixes::safe(finding, format!("take `{path}` away"), edits))
}
