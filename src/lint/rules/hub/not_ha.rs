use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, Hub, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("not_ha.md"),
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "HB001",
    "hub-is-not-ha",
    "two hubs or two proxies do not share their state",
);

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    for component in ["hub", "proxy.chp", "proxy"] {
        let path = format!("{component}.replicas");
        if hub.get(&path).is_some() {
            let message = format!("`{path}` is no value of the chart, and there can be only one");
            let help = "take it away: JupyterHub and its proxy keep state that a second one would not have";
            let finding = Diagnostic::new(&CODE, message).help(help);
            findings.push(hub.at(finding, &[(path.as_str(), "not known to the chart")]));
        }
    }
    for component in ["hub", "proxy"] {
        let path = format!("{component}.deploymentStrategy.type");
        if hub.text(&path) == Some("RollingUpdate") {
            let message = format!(
                "while it restarts there are two of `{component}`, which do not share their state"
            );
            let help =
                "`Recreate`, the chart's default, stops the old one before it starts the new one";
            let finding = Diagnostic::new(&CODE, message).help(help);
            findings.push(hub.at(finding, &[(path.as_str(), "starts the new one first")]));
        }
    }
}
