use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, Hub, Rule};
use crate::values::Content;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("dedicated_toleration.md"),
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "NP005",
    "dedicated-toleration-broken",
    "a list of tolerations lost the ones of the dedicated pools",
);

/// How the taint of a dedicated pool is spelled; some clouds allow no `/`.
const SPELLINGS: [&str; 2] = ["hub.jupyter.org/dedicated", "hub.jupyter.org_dedicated"];

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    for (pods, extra) in [
        ("userPods", "singleuser.extraTolerations"),
        ("corePods", "hub.tolerations"),
    ] {
        let path = format!("scheduling.{pods}.tolerations");
        let Some(list) = hub.get(&path).filter(|_| hub.is_set(&path)) else {
            continue;
        };
        let Content::List(items) = &list.content else {
            continue;
        };
        let has = |key: &str| {
            items
                .iter()
                .any(|item| match item.get("key").map(|key| &key.content) {
                    Some(Content::String(text)) => text == key,
                    _ => item
                        .get("operator")
                        .is_some_and(|operator| operator.to_json() == "Exists"),
                })
        };
        let missing: Vec<&str> = SPELLINGS.into_iter().filter(|key| !has(key)).collect();
        if items.is_empty() || missing.is_empty() {
            continue;
        }
        let message = format!(
            "this list takes the place of the chart's, and lacks `{}`",
            missing.join("` and `")
        );
        let help = format!(
            "put what you add under `{extra}` in place of this list; `[]` is the way to tolerate nothing"
        );
        let finding = Diagnostic::new(&CODE, message).help(help);
        findings.push(hub.at(finding, &[(path.as_str(), "replaces the chart's list")]));
    }
}
