use crate::diag::Level;
use crate::diag::{Code, Diagnostic};
use crate::lint::bytes;
use crate::lint::hub::span;
use crate::lint::profiles::{self, Settings};
use crate::lint::{Check, Hub, Rule};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("size_differs.md"),
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "PH003",
    "placeholder-size-differs",
    "a placeholder does not hold the seat of a user",
);

const REPLICAS: (&str, &str) = ("scheduling.userPlaceholder.replicas", "each of them");

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    let own = hub.get("scheduling.userPlaceholder.resources");
    let has_own = own
        .and_then(Value::as_map)
        .is_some_and(|map| !map.entries.is_empty());
    if !hub.has_placeholders() || has_own {
        return;
    }
    let base = profiles::base(hub);
    if requests_nothing(&base) {
        let message = "placeholders request nothing, and so hold no seat";
        let mut finding = Diagnostic::new(&CODE, message)
            .help("set `scheduling.userPlaceholder.resources.requests` to what a server needs");
        finding.level = Level::Error;
        findings.push(hub.at(finding, &[REPLICAS]));
        return;
    }
    let all = profiles::effective(hub);
    findings.extend(profiles::default_profile(hub, all).and_then(|it| differs(hub, &base, it)));
}

/// As the chart takes resources of `singleuser` for placeholders, those of devices among them.
fn requests_nothing(base: &Settings<'_>) -> bool {
    let amounts = ["mem_guarantee", "mem_limit", "cpu_guarantee", "cpu_limit"];
    let devices = ["extra_resource_guarantees", "extra_resource_limits"];
    amounts.iter().all(|name| is_nothing(base.get(name)))
        && devices.iter().all(|name| {
            let map = base.get(name).map(Value::as_map);
            map.is_none_or(|map| map.is_some_and(|map| map.entries.is_empty()))
        })
}

fn is_nothing(value: Option<&Value>) -> bool {
    value.is_none_or(|value| bytes::amount(value) == Some(0.0))
}

/// The guarantee, or the limit, which Kubernetes takes for it.
fn request<'s>(settings: &'s Settings<'_>, guarantee: &str, limit: &str) -> Option<&'s Value> {
    let of = |name: &str| settings.get(name).filter(|value| !is_nothing(Some(value)));
    of(guarantee).or_else(|| of(limit))
}

fn differs(hub: &Hub<'_>, base: &Settings<'_>, default: &Settings<'_>) -> Option<Diagnostic> {
    let is_known = |value: &Value| !matches!(value.content, Content::Encrypted(..));
    let differing = [
        ("mem_guarantee", "mem_limit"),
        ("cpu_guarantee", "cpu_limit"),
    ]
    .into_iter()
    .find_map(|(guarantee, limit)| {
        let held = request(base, guarantee, limit);
        let taken = request(default, guarantee, limit);
        let is_other = held.and_then(bytes::amount) != taken.and_then(bytes::amount);
        let both = || held.into_iter().chain(taken);
        let said = taken.or(default.said(guarantee));
        said.filter(|_| is_other && both().all(is_known))
    })?;
    let message = format!(
        "placeholders are as large as `singleuser` says, and {} is not",
        default.title
    );
    let finding = Diagnostic::new(&CODE, message)
        .at(span(differing), "what a server of the default profile gets")
        .help("set `scheduling.userPlaceholder.resources.requests` to the same");
    Some(hub.at(finding, &[REPLICAS]))
}
