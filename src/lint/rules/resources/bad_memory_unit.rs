use crate::diag::{Code, Diagnostic};
use crate::lint::bytes;
use crate::lint::hub::span;
use crate::lint::profiles;
use crate::lint::{Check, Hub, Rule};
use crate::values::Content;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("bad_memory_unit.md"),
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "RS001",
    "bad-memory-unit",
    "JupyterHub cannot read this amount of memory",
);

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    let of_chart = ["limit", "guarantee"].map(|key| hub.get(&format!("singleuser.memory.{key}")));
    let overrides = profiles::overrides(hub);
    let of_profiles = overrides
        .iter()
        .flat_map(|settings| ["mem_limit", "mem_guarantee"].map(|key| settings.get(key)));
    for value in of_chart.into_iter().chain(of_profiles).flatten() {
        let Content::String(text) = &value.content else {
            continue;
        };
        if !bytes::is_specification(text) {
            let message = format!("JupyterHub cannot read `{text}` as an amount of memory");
            let help = match bytes::meant(text) {
                Some(meant) => {
                    format!("write `{meant}`: its `K`, `M`, `G` and `T` are powers of 1024")
                }
                None => {
                    "write a number and one of `K`, `M`, `G`, `T`, or bytes as a number".to_owned()
                }
            };
            findings.push(
                Diagnostic::new(&CODE, message)
                    .at(span(value), "")
                    .help(help),
            );
        }
    }
}
