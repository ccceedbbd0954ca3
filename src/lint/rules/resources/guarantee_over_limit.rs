use crate::diag::{Code, Diagnostic};
use crate::lint::bytes;
use crate::lint::hub::span;
use crate::lint::profiles;
use crate::lint::{Check, Hub, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("guarantee_over_limit.md"),
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "RS003",
    "guarantee-over-limit",
    "the API server refuses a pod that asks for more than it may use",
);

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    for settings in profiles::effective(hub) {
        for (what, guarantee, limit) in [
            ("memory", "mem_guarantee", "mem_limit"),
            ("cpu", "cpu_guarantee", "cpu_limit"),
        ] {
            let (Some(guarantee), Some(limit)) = (settings.get(guarantee), settings.get(limit))
            else {
                continue;
            };
            let amounts = (bytes::amount(guarantee), bytes::amount(limit));
            let (Some(asked), Some(most)) = amounts else {
                continue;
            };
            // KubeSpawner takes 0 for nothing.
            if asked <= most || most == 0.0 {
                continue;
            }
            let message = format!(
                "{} is guaranteed more {what} than it may use",
                settings.title
            );
            let finding = Diagnostic::new(&CODE, message)
                .at(span(guarantee), "guaranteed")
                .at(span(limit), "the most it may use")
                .help("raise the limit, or lower the guarantee");
            profiles::report(findings, finding);
        }
    }
}
