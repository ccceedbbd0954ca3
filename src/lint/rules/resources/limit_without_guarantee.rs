use crate::diag::{Code, Diagnostic};
use crate::lint::bytes;
use crate::lint::hub::span;
use crate::lint::profiles;
use crate::lint::{Check, Hub, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("limit_without_guarantee.md"),
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "RS005",
    "limit-without-guarantee",
    "Kubernetes takes the limit for the guarantee",
);

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    for settings in profiles::effective(hub) {
        for (what, guarantee, limit) in [
            ("memory", "mem_guarantee", "mem_limit"),
            ("cpu", "cpu_guarantee", "cpu_limit"),
        ] {
            let Some(limit) = settings.get(limit) else {
                continue;
            };
            let kept = settings.get(guarantee).map(bytes::amount);
            let is_kept = kept.is_some_and(|kept| kept != Some(0.0));
            if is_kept || bytes::amount(limit).is_none_or(|most| most <= 0.0) {
                continue;
            }
            let message = format!(
                "{} reserves all of its {what} limit, as no guarantee is set",
                settings.title
            );
            findings.push(
                Diagnostic::new(&CODE, message)
                    .at(span(limit), "this much is reserved for each")
                    .help(format!(
                        "set `singleuser.{what}.guarantee` to what a server needs at least"
                    )),
            );
        }
    }
}
