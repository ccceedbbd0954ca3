//! Values against the schemas of their charts.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::rule::Claim;
use super::rules::refused_object;
use super::subjects::{Context, SchemaViolation, Values};
use crate::diag::{Diagnostic, Level};
use crate::hub::chart::Version;
use crate::hub::{Basis, ChartValues, kubernetes_values};
use crate::schema::{Instance, Spot, Step, Violation, ViolationKind, check_kubernetes};
use crate::text::Sources;
use crate::values::{Content, Encrypted, Value};

/// Every finding about keys and types, each by the first rule that takes it.
pub(super) fn check<'v>(
    claims: &[Claim],
    values: &Values<'v>,
    hub: Option<&Context<'v>>,
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for chart in &values.charts {
        let subject = CheckedValues::new(values.sources, chart.values);
        let violations = subject.violations(|instance| chart.basis.schema().check(instance));
        if violations.is_empty() {
            continue;
        }
        let doubts = Doubts::of(&subject, chart);
        for violation in &violations {
            let (path, value) = at_fault(chart.values, violation);
            let found = SchemaViolation {
                values,
                hub: hub.filter(|_| chart.is_hub),
                violation,
                path,
                value,
                is_deleted: is_deleted(chart.values, violation),
            };
            let mut claimed = claims.iter().filter_map(|claim| claim(&found));
            findings.extend(claimed.next().and_then(|finding| doubts.weighed(violation, finding)));
        }
    }
    if let Some(cx) = hub {
        let starts: Vec<_> = findings.iter().map(Diagnostic::start).collect();
        let objects = objects(cx);
        findings.extend(objects.into_iter().filter(|it| !starts.contains(&it.start())));
    }
    findings
}

/// What the API server refuses in the objects of Kubernetes that the values of a hub hold.
fn objects(cx: &Context<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for object in kubernetes_values(cx.hub) {
        let subject = CheckedValues::new(cx.hub.sources, object.value);
        let violations =
            subject.check(|instance| check_kubernetes(object.type_name, object.extent, instance));
        for violation in violations {
            if is_meant(object.value, &violation) {
                let value = at_fault(object.value, &violation).1;
                findings.extend(refused_object(cx, object, &violation, value));
            }
        }
    }
    findings
}

/// What the schemas of other versions say, where it is not certain which version a hub has.
struct Doubts {
    /// Each other version, with the paths of what violates its schema.
    others: Vec<(Version, BTreeSet<Vec<Step>>)>,
    /// Whether the version lies between two known ones, so that the later one decides as well.
    is_between: bool,
    /// The version whose schema it was.
    version: Option<Version>,
}

impl Doubts {
    fn of(subject: &CheckedValues<'_>, chart: &ChartValues<'_>) -> Self {
        let Basis::KnownChart(known) = &chart.basis else {
            return Self {
                others: Vec::new(),
                is_between: false,
                version: None,
            };
        };
        let others = known.others.iter();
        Self {
            is_between: known.others.len() == 1,
            others: others
                .map(|other| {
                    let schema = other.schema();
                    let violations = subject.violations(|instance| schema.check_places(instance));
                    (*other, violations.iter().map(path).collect())
                })
                .collect(),
            version: Some(known.version),
        }
    }

    /// What is left of a finding: as it is where no other version allows what it is about; nothing where
    /// the version lies next to one that does; else a note that names those versions.
    fn weighed(&self, violation: &Violation, mut finding: Diagnostic) -> Option<Diagnostic> {
        let path = path(violation);
        let allow = self.others.iter().filter(|(_, refused)| {
            let mut above = (0..=path.len()).map(|length| &path[..length]);
            // A version that has the key may refuse what is below it.
            let mut below = refused.range(path.clone()..);
            let is_below = below.next().is_some_and(|other| other.starts_with(&path));
            !is_below && !above.any(|path| refused.contains(path))
        });
        let allow: Vec<&str> = allow.map(|(version, _)| version.name).collect();
        if self.is_between && !allow.is_empty() {
            return None;
        }
        let Some(version) = self.version else {
            return Some(finding);
        };
        let by = match (allow.first(), allow.last()) {
            (Some(first), Some(last)) => {
                finding.level = finding.level.max(Level::Note);
                let which = if first == last {
                    (*first).to_owned()
                } else {
                    format!("{first} to {last}")
                };
                format!(
                    "z2jh {which} allows it, z2jh {} does not: set `--chart-version`",
                    version.name
                )
            }
            _ => match &self.others[..] {
                [] => return Some(finding),
                [(next, _)] => format!("z2jh {} and {} reject it", version.name, next.name),
                [(oldest, _), .., (newest, _)] => {
                    let newest = newest.number().max(version.number());
                    format!(
                        "all known versions of z2jh, {} to {newest}, reject it",
                        oldest.name
                    )
                }
            },
        };
        finding.help = Some(match finding.help {
            Some(help) => format!("{help}\n{by}"),
            None => by,
        });
        Some(finding)
    }
}

/// Values that are checked against one schema or several.
struct CheckedValues<'v> {
    sources: &'v Sources,
    values: &'v Value,
    json: Json,
}

impl<'v> CheckedValues<'v> {
    fn new(sources: &'v Sources, values: &'v Value) -> Self {
        Self {
            sources,
            values,
            json: stand_in(values),
        }
    }

    fn check(&self, check: impl FnOnce(Instance<'_>) -> Vec<Violation>) -> Vec<Violation> {
        let spot = |steps: &[Step]| spot(self.sources, self.values, steps);
        check(Instance {
            value: &self.json,
            spot: &spot,
        })
    }

    /// Returns the violations of a chart's schema. A null deletes, so it is never of the wrong type.
    fn violations(&self, check: impl FnOnce(Instance<'_>) -> Vec<Violation>) -> Vec<Violation> {
        let mut found = self.check(check);
        found.retain(|violation| is_meant(self.values, violation));
        found
    }
}

/// Whether the values have what a violation is about: nothing is known of what is encrypted but its type.
fn is_meant(values: &Value, violation: &Violation) -> bool {
    match follow(values, &violation.steps) {
        Some(value) => match value.content {
            Content::Null | Content::Encrypted(Encrypted::Any, _) => false,
            Content::Encrypted(..) => {
                matches!(violation.kind, ViolationKind::WrongType { .. })
            }
            _ => true,
        },
        None => true,
    }
}

/// Returns the values as JSON, with a value of the right type for each encrypted one.
fn stand_in(value: &Value) -> Json {
    match &value.content {
        Content::Encrypted(Encrypted::Bool, _) => Json::Bool(true),
        Content::Encrypted(Encrypted::Number, _) => Json::from(1),
        Content::List(items) => items.iter().map(stand_in).collect(),
        Content::Map(map) => {
            let entries = map.entries.iter();
            Json::Object(entries.map(|(key, value)| (key.clone(), stand_in(value))).collect())
        }
        _ => value.to_json(),
    }
}

fn follow<'v>(values: &'v Value, steps: &[Step]) -> Option<&'v Value> {
    steps.iter().try_fold(values, |value, step| match (step, &value.content) {
        (Step::Key(key), Content::Map(map)) => map.entries.get(key),
        (Step::Index(index), Content::List(items)) => items.get(*index),
        _ => None,
    })
}

fn spot(sources: &Sources, values: &Value, steps: &[Step]) -> Option<Spot> {
    let value = follow(values, steps)?;
    let first = value.as_map().and_then(|map| map.entries.values().next());
    let text = match &value.content {
        Content::Bool(value) => Some(value.to_string()),
        Content::Number(number) => Some(number.to_string()),
        Content::String(text) => Some(text.clone()),
        _ => None,
    };
    // Messages quote it, and it may be a secret.
    let shown = sources.shown(value.set.value);
    let is_secret = shown != sources.slice(value.set.value);
    let text = text.map(|text| if is_secret { "***".to_owned() } else { text });
    Some(Spot {
        key: value.set.key,
        value: value.set.value,
        first_key: first.and_then(|first| first.set.key),
        text,
        is_secret,
    })
}

/// The steps to what is at fault, an unknown or missing key included.
fn path(violation: &Violation) -> Vec<Step> {
    let mut steps = violation.steps.clone();
    match &violation.kind {
        ViolationKind::UnknownKey { key, .. } | ViolationKind::MissingKey(key) => {
            steps.push(Step::Key(key.clone()));
        }
        _ => {}
    }
    steps
}

/// The path of what is at fault, and what stands there.
fn at_fault<'v>(values: &'v Value, violation: &Violation) -> (Vec<String>, Option<&'v Value>) {
    let steps = path(violation);
    let path = steps.iter().map(|step| match step {
        Step::Key(key) => key.clone(),
        Step::Index(index) => format!("[{index}]"),
    });
    (path.collect(), follow(values, &steps))
}

fn is_deleted(values: &Value, violation: &Violation) -> bool {
    let ViolationKind::MissingKey(key) = &violation.kind else {
        return false;
    };
    let holder = follow(values, &violation.steps).and_then(Value::as_map);
    holder.is_some_and(|map| map.deleted.contains_key(key))
}
