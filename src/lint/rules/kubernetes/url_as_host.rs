use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::Hub;
use crate::k8s::host_flaw;
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "KB003",
    "url-as-host",
    "a host is not a DNS name: the Ingress is rejected, or gets no certificate",
)
.page(include_str!("url_as_host.md"))
.fix(FixKind::Safe);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    if hub.flag("proxy.https.enabled") != Some(false) {
        for host in items(hub.get("proxy.https.hosts")) {
            let consequence = "Let's Encrypt issues no certificate for it";
            findings.extend(found(cx, host, consequence, fixes::unsafe_fix));
        }
    }
    for host in object_hosts(hub) {
        let consequence = "the API server rejects the object";
        findings.extend(found(cx, host, consequence, fixes::safe_fix));
    }
}

/// Returns the hosts that the chart writes into an `Ingress` or an `HTTPRoute`.
fn object_hosts<'v>(hub: &Hub<'v>) -> Vec<&'v Value> {
    let mut hosts = Vec::new();
    if hub.flag("ingress.enabled") != Some(false) {
        hosts.extend(items(hub.get("ingress.hosts")));
        for entry in items(hub.get("ingress.tls")) {
            hosts.extend(items(entry.get("hosts")));
        }
    }
    // The key exists since 4.3.
    let route = hub.values.get("httpRoute");
    hosts.extend(items(route.and_then(|route| route.get("hostnames"))));
    hosts
}

fn items(list: Option<&Value>) -> &[Value] {
    match list.map(|list| &list.content) {
        Some(Content::List(items)) => items,
        _ => &[],
    }
}

/// Adds a fix to a finding, safe or unsafe.
type AddFix = fn(Diagnostic, String, Option<Vec<crate::diag::TextEdit>>) -> Diagnostic;

fn found(cx: &Context<'_>, host: &Value, consequence: &str, add_fix: AddFix) -> Option<Diagnostic> {
    let Content::String(text) = &host.content else {
        return None;
    };
    let flaw = host_flaw(text)?;
    let message = format!("`{text}` is {}: {consequence}", flaw.is);
    let finding = Diagnostic::new(&CODE, message).at(host.set.value, "expected a host name");
    Some(match flaw.meant {
        Some(meant) => {
            let edits = fixes::replace_scalar(cx, host, meant.clone());
            let finding = finding.help(format!("use `{meant}`"));
            add_fix(finding, format!("replace it with `{meant}`"), edits)
        }
        None => finding.help("use a DNS name, such as `hub.example.org`"),
    })
}
