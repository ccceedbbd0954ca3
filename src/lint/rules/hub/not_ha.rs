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
    "replicated-hub",
    "the hub and the proxy cannot be replicated: two pods do not share state",
)
.page(include_str!("not_ha.md"))
.fix(FixKind::Safe);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for component in ["hub", "proxy.chp", "proxy"] {
        let path = format!("{component}.replicas");
        if let Some(value) = hub.get(&path) {
            let name = if component == "hub" { "hub" } else { "proxy" };
            let message = format!("the chart has no key `{path}`: the {name} cannot be replicated");
            let help = "remove it: a second pod would not have the state of the first";
            let finding = Diagnostic::new(&CODE, message).help(help);
            let finding = hub.at(finding, &[(path.as_str(), "unknown key")]);
            let edits = fixes::remove(cx, value);
            findings.push(fixes::safe_fix(finding, format!("remove `{path}`"), edits));
        }
    }
    for component in ["hub", "proxy"] {
        findings.extend(rolling_update(cx, component));
        findings.extend(leftover_settings(cx, component));
    }
}

/// Returns the finding about `RollingUpdate`, which starts the new pod before it stops the old one.
fn rolling_update(cx: &Context<'_>, component: &str) -> Option<Diagnostic> {
    const DATABASE: &str = "hub.db.type";
    let hub = cx.hub;
    let path = format!("{component}.deploymentStrategy.type");
    if hub.text(&path) != Some("RollingUpdate") {
        return None;
    }
    let needs_volume = component == "hub" && hub.text(DATABASE) == Some("sqlite-pvc");
    let (level, message) = if needs_volume {
        let message =
            "`RollingUpdate` starts a new hub while the old one still uses the database volume";
        (Level::Error, message.to_owned())
    } else {
        let message = format!(
            "`RollingUpdate` runs two `{component}` pods for a while, which do not share state"
        );
        (Level::Warning, message)
    };
    let help =
        "use `Recreate`, the chart's default: it stops the old pod before it starts the new one";
    let mut finding = Diagnostic::new(&CODE, message).help(help);
    finding.level = level;
    let places = [
        (path.as_str(), "starts the new pod first"),
        (DATABASE, "the database type"),
    ];
    let places = if component == "hub" {
        &places[..]
    } else {
        &places[..1]
    };
    let message = format!("remove `{path}`");
    Some(fixes::safe_fix(
        hub.at(finding, places),
        message,
        without_strategy(cx, component),
    ))
}

/// Returns edits that remove the strategy: as a whole if it has no settings but those of a rolling update, else its
/// type.
fn without_strategy(cx: &Context<'_>, component: &str) -> Edits {
    let hub = cx.hub;
    let whole = hub.get(&format!("{component}.deploymentStrategy"))?;
    let is_known = |key: &String| ["type", "rollingUpdate"].contains(&key.as_str());
    let is_all = whole.as_map().is_some_and(|map| map.entries.keys().all(is_known));
    let edits = fixes::remove(cx, whole).filter(|_| is_all);
    edits.or_else(|| fixes::remove(cx, whole.get("type")?))
}

/// Returns the finding about settings of a rolling update next to `Recreate`, which Kubernetes rejects even if empty.
fn leftover_settings(cx: &Context<'_>, component: &str) -> Option<Diagnostic> {
    let hub = cx.hub;
    let kind = format!("{component}.deploymentStrategy.type");
    let path = format!("{component}.deploymentStrategy.rollingUpdate");
    let left = hub.get(&path).filter(|value| value.is_map())?;
    if hub.text(&kind) != Some("Recreate") {
        return None;
    }
    let message = "the API server rejects `rollingUpdate` together with strategy `Recreate`";
    let finding = Diagnostic::new(&CODE, message)
        .at(left.set.value, "settings of another strategy")
        .help("remove it, or set it to `null`");
    let finding = hub.at(finding, &[(kind.as_str(), "the strategy")]);
    let edits = fixes::remove(cx, left);
    Some(fixes::safe_fix(finding, format!("remove `{path}`"), edits))
}
