use serde_json::{Map, Value as Json};

use crate::diag::Level;
use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::Hub;
use crate::hub::bytes;
use crate::hub::profiles::{self, SpawnerSettings};
use crate::hub::seats::{self, is_nothing, request};
use crate::hub::span;
use crate::lint::documents::Edits;
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "PH003",
    "placeholder-size-differs",
    "a user placeholder does not have the size of a user server",
)
.page(include_str!("size_differs.md"))
.fix(FixKind::Unsafe);

const REQUESTS: &str = "scheduling.userPlaceholder.resources.requests";
const REPLICAS: (&str, &str) = ("scheduling.userPlaceholder.replicas", "these placeholders");

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    if !hub.has_placeholders() {
        return;
    }
    let base = profiles::base(hub);
    let all = profiles::effective(hub);
    let default = profiles::default_profile(hub, all);
    if seats::has_own_placeholder(hub) {
        findings.extend(own_size_differs(cx, default.unwrap_or(&base)));
        return;
    }
    let edits = default.and_then(requests);
    let edits = edits.and_then(|requests| fixes::set(cx, REQUESTS, requests, REPLICAS.0));
    let with_fix = |finding| {
        let message = "use the requests of the default user server";
        fixes::unsafe_fix(finding, message, edits)
    };
    if requests_nothing(&base) {
        let message = "user placeholders request nothing and reserve no seat";
        let mut finding = Diagnostic::new(&CODE, message).help(
            "set `scheduling.userPlaceholder.resources.requests` to the requests of a user server",
        );
        finding.level = Level::Error;
        findings.push(with_fix(hub.at(finding, &[REPLICAS])));
        return;
    }
    let finding = default.and_then(|it| differs(hub, &base, it));
    findings.extend(finding.map(with_fix));
}

/// Returns the requests of a server in Kubernetes units; `None` if it has devices, which also need limits.
fn requests(settings: &SpawnerSettings<'_>) -> Option<Json> {
    let devices = ["extra_resource_guarantees", "extra_resource_limits"];
    if devices.iter().any(|name| settings.entries(name).next().is_some()) {
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

/// Whether an amount of JupyterHub becomes a Kubernetes quantity of the same size if `i` is appended.
fn is_quantity(text: &str) -> bool {
    let digits = text.trim_end_matches(['K', 'M', 'G', 'T']);
    let is_plain = digits.chars().all(|digit| digit.is_ascii_digit() || digit == '.');
    digits.starts_with(|digit: char| digit.is_ascii_digit())
        && is_plain
        && bytes::is_specification(text)
}

/// Whether the resources that placeholders get from `singleuser`, including devices, are all zero.
fn requests_nothing(base: &SpawnerSettings<'_>) -> bool {
    let amounts = ["mem_guarantee", "mem_limit", "cpu_guarantee", "cpu_limit"];
    let devices = ["extra_resource_guarantees", "extra_resource_limits"];
    amounts.iter().all(|name| base.get(name).is_none_or(is_nothing))
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
    let differing = seats::differing(base, default)?;
    let message = format!(
        "user placeholders have the size of `singleuser`, but {} has another size",
        default.title
    );
    let finding = Diagnostic::new(&CODE, message)
        .at(span(differing), "size of the default profile")
        .help(
            "set `scheduling.userPlaceholder.resources.requests` to the requests of this profile",
        );
    Some(hub.at(finding, &[REPLICAS]))
}

const RESOURCES: &str = "scheduling.userPlaceholder.resources";

/// The factor by which a placeholder may differ from a seat: `1G` is 7 % less for Kubernetes than for JupyterHub.
const TOLERANCE: f64 = 1.1;

/// From this factor on, a placeholder is meant to reserve the seats of several users or a whole node.
const SEVERAL: f64 = 4.0;

/// Returns a finding if the placeholders' own resources differ from those of the default user server.
fn own_size_differs(cx: &Context<'_>, default: &SpawnerSettings<'_>) -> Option<Diagnostic> {
    let hub = cx.hub;
    let (placeholder, server) = (seats::placeholder(hub)?, seats::of(default)?);
    let pairs = [
        (
            "cpu",
            placeholder.cpu,
            server.cpu,
            "cpu_guarantee",
            "cpu_limit",
        ),
        (
            "memory",
            placeholder.memory,
            server.memory,
            "mem_guarantee",
            "mem_limit",
        ),
    ];
    let known = pairs.into_iter().filter(|pair| pair.2 > 0.0);
    let known: Vec<_> = known.collect();
    let ratio = |pair: &(_, f64, f64, _, _)| pair.1 / pair.2;
    // If one resource is too small, an evicted placeholder frees no seat, whatever the other resource is.
    let least = known.iter().min_by(|one, other| ratio(one).total_cmp(&ratio(other)))?;
    let is_small = ratio(least) * TOLERANCE < 1.0;
    if !is_small && ratio(least) <= TOLERANCE {
        return None;
    }
    let (name, _, _, guarantee, limit) = *least;
    let seat = request(default, guarantee, limit)?;
    let (message, level) = if is_small {
        let message = format!(
            "a placeholder requests less {name} than {}: evicting it frees no seat",
            default.title
        );
        (message, CODE.level)
    } else {
        let message = format!(
            "a placeholder requests {:.1}x the {name} of {}",
            ratio(least),
            default.title
        );
        let is_meant = ratio(least) >= SEVERAL;
        (message, if is_meant { Level::Hint } else { Level::Note })
    };
    let mut finding = Diagnostic::new(&CODE, message)
        .at(span(seat), "request of a user server")
        .help(format!(
            "set `{REQUESTS}` to the requests of the user server"
        ));
    finding.level = level;
    let finding = hub.at(finding, &[(RESOURCES, "request of a placeholder")]);
    let has_limits = hub.entries(&format!("{RESOURCES}.limits")).next().is_some();
    let requests = requests(default).filter(|_| !has_limits);
    let edits = requests.and_then(|requests| request_instead(cx, &requests));
    let message = "use the requests of the default user server";
    Some(fixes::unsafe_fix(finding, message, edits))
}

/// Returns the edits that set these requests, each where the current request is set.
fn request_instead(cx: &Context<'_>, requests: &Json) -> Edits {
    if !cx.hub.is_set(REQUESTS) {
        return fixes::set(cx, REQUESTS, requests.clone(), REPLICAS.0);
    }
    let mut edits = Vec::new();
    for (name, amount) in requests.as_object()? {
        let path = format!("{REQUESTS}.{name}");
        if cx.hub.get(&path).map(Value::to_json).as_ref() != Some(amount) {
            edits.extend(fixes::set(cx, &path, amount.clone(), REQUESTS)?);
        }
    }
    Some(edits)
}
