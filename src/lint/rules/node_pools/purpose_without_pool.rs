use super::{CORE_MATCH, USER_MATCH};
use crate::diag::{Code, Diagnostic, Level};
use crate::hub::components::PURPOSE;
use crate::lint::{Check, Context, Rule};
use crate::policy::Pool;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "NP012",
    "required-purpose-without-pool",
    "no node pool has the required purpose label, so pods stay pending",
)
.page(include_str!("purpose_without_pool.md"));

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for (path, purpose, pods) in [
        (CORE_MATCH, "core", "core pods"),
        (USER_MATCH, "user", "user pods"),
    ] {
        let is_required = hub.text(path) == Some("require") && hub.is_set(path);
        let has_label = |pool: &Pool| {
            let mut labels = pool.labels.iter();
            labels.any(|(key, value)| key == PURPOSE && value == purpose)
        };
        if !is_required || cx.pools.iter().any(has_label) {
            continue;
        }
        let label = format!("{PURPOSE}={purpose}");
        let is_known = !cx.pools.is_empty();
        let message = if is_known {
            format!("{pods} stay pending: no pool of the policy has the label `{label}`")
        } else {
            format!("{pods} require nodes with the label `{label}`")
        };
        let finding = Diagnostic::new(&CODE, message);
        let mut finding = hub.at(finding, &[(path, "requires the label")]);
        if is_known {
            finding = finding.help(format!(
                "add the label `{label}` to the nodes of a pool and to the pool in the policy, or set `{path}: prefer`"
            ));
        } else {
            finding.level = Level::Hint;
            finding = finding.help(format!(
                "check that `kubectl get nodes -l {label}` lists nodes, or add `pools` to the policy so that `dunnage` checks it"
            ));
        }
        findings.push(finding);
    }
}
