use crate::diag::{Code, Diagnostic};
use crate::k8s::host_flaw;
use crate::lint::{Check, Rule, Stream};
use crate::yaml::NodeRef;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Stream(check),
};

static CODE: Code = Code::error(
    "KB004",
    "rejected-ingress-host",
    "the API server rejects an Ingress whose host is not a DNS name",
)
.page(include_str!("ingress_host.md"));

fn check(stream: &Stream<'_>, findings: &mut Vec<Diagnostic>) {
    for object in stream.of_kind("networking.k8s.io", "Ingress") {
        let Some(spec) = object.node.get("spec") else {
            continue;
        };
        for host in hosts(spec) {
            let host = host.resolve();
            let Some(flaw) = host.text().and_then(host_flaw) else {
                continue;
            };
            let text = host.text().unwrap_or_default();
            let message = format!(
                "`{text}` is {}: the API server rejects `{}`",
                flaw.is,
                object.title()
            );
            let help = match flaw.meant {
                Some(meant) => format!("use `{meant}`, in the template or in the values"),
                None => "use a DNS name, such as `hub.example.org`".to_owned(),
            };
            findings.push(
                Diagnostic::new(&CODE, message)
                    .at(stream.span(object, host), "expected a host name")
                    .help(help),
            );
        }
    }
}

/// Returns the hosts of the rules and of the TLS entries.
fn hosts(spec: NodeRef<'_>) -> Vec<NodeRef<'_>> {
    let items = |key| spec.get(key).into_iter().flat_map(|list| list.items());
    let of_rules = items("rules").filter_map(|rule| rule.get("host"));
    let of_tls = items("tls").filter_map(|entry| entry.get("hosts"));
    let of_tls = of_tls.flat_map(|hosts| hosts.items());
    of_rules.chain(of_tls).collect()
}
