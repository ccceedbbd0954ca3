use serde_json::{Map, Value as Json};

use crate::diag::Level;
use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::Hub;
use crate::hub::bytes;
use crate::hub::profiles::{self, SpawnerSettings};
use crate::hub::seats::{self, is_nothing, request};
use crate::hub::span;
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "PH003",
    "placeholder-size-differs",
    "a placeholder does not hold the seat of a user",
)
.page(include_str!("size_differs.md"))
.fix(FixKind::Unsafe);

const REQUESTS: &str = "scheduling.userPlaceholder.resources.requests";
const REPLICAS: (&str, &str) = ("scheduling.userPlaceholder.replicas", "each of them");

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    if !hub.has_placeholders() || seats::has_own_placeholder(hub) {
        return;
    }
    let base = profiles::base(hub);
    let all = profiles::effective(hub);
    let default = profiles::default_profile(hub, all);
    let edits = default.and_then(requests);
    let edits = edits.and_then(|requests| fixes::set(cx, REQUESTS, requests, REPLICAS.0));
    let mended = |finding| {
        let message = "request what a server of the default profile gets";
        fixes::risky(finding, message, edits)
    };
    if requests_nothing(&base) {
        let message = "placeholders request nothing, and so hold no seat";
        let mut finding = Diagnostic::new(&CODE, message)
            .help("set `scheduling.userPlaceholder.resources.requests` to what a server needs");
        finding.level = Level::Error;
        findings.push(mended(hub.at(finding, &[REPLICAS])));
        return;
    }
    let finding = default.and_then(|it| differs(hub, &base, it));
    findings.extend(finding.map(mended));
}

/// What a server requests, in units of Kubernetes; nothing where it has devices, which have limits as well.
fn requests(settings: &SpawnerSettings<'_>) -> Option<Json> {
    let devices = ["extra_resource_guarantees", "extra_resource_limits"];
    if devices
        .iter()
        .any(|name| settings.entries(name).next().is_some())
    {
        return None;
    }
    let mut requests = Map::new();
    if let Some(cpu) = request(settings, "cpu_guarantee", "cpu_limit") {
        let is_number = matches!(cpu.content, Content::Number(_));
        requests.insert("cpu".to_owned(), is_number.then(|| cpu.to_json())?);
    }
    if let Some(memory) = request(settings, "mem_guarantee", "mem_limit") {
        let amount = match &memory.content {
            Content::Number(_) => memory.to_json(),
            Content::String(text) if is_quantity(text) => Json::from(format!("{text}i")),
            _ => return None,
        };
        requests.insert("memory".to_owned(), amount);
    }
    (!requests.is_empty()).then_some(Json::Object(requests))
}

/// Whether JupyterHub's amount is one of Kubernetes with an `i` behind.
fn is_quantity(text: &str) -> bool {
    let digits = text.trim_end_matches(['K', 'M', 'G', 'T']);
    let is_plain = digits
        .chars()
        .all(|digit| digit.is_ascii_digit() || digit == '.');
    digits.starts_with(|digit: char| digit.is_ascii_digit())
        && is_plain
        && bytes::is_specification(text)
}

/// As the chart takes resources of `singleuser` for placeholders, those of devices among them.
fn requests_nothing(base: &SpawnerSettings<'_>) -> bool {
    let amounts = ["mem_guarantee", "mem_limit", "cpu_guarantee", "cpu_limit"];
    let devices = ["extra_resource_guarantees", "extra_resource_limits"];
    amounts
        .iter()
        .all(|name| base.get(name).is_none_or(is_nothing))
        && devices.iter().all(|name| {
            let map = base.get(name).map(Value::as_map);
            map.is_none_or(|map| map.is_some_and(|map| map.entries.is_empty()))
        })
}

fn differs(
    hub: &Hub<'_>,
    base: &SpawnerSettings<'_>,
    default: &SpawnerSettings<'_>,
) -> Option<Diagnostic> {
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
