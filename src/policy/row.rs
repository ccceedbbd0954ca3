use std::fmt;

use super::place::{Findings, PolicyPlace, pairs};
use super::{Match, Pool, Spanned, codes, criteria, image, selection, written};
use crate::diag::Diagnostic;
use crate::k8s::Kinds;
use crate::k8s::syntax;
use crate::text::{Span, nearest};

/// Whether pods prefer or require the labels of their pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Purpose {
    /// Neither: tolerations only.
    Ignore,
    /// One preferred term with weight 100 and all labels.
    #[default]
    Prefer,
    /// All labels are required.
    Require,
}

/// How pods select the nodes of their pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NodeSelection {
    /// With node affinity.
    #[default]
    Affinity,
    /// With the node selector, which is always a requirement.
    NodeSelector,
}

impl From<written::NodeSelection> for NodeSelection {
    fn from(written: written::NodeSelection) -> Self {
        match written {
            written::NodeSelection::Affinity => NodeSelection::Affinity,
            written::NodeSelection::NodeSelector => NodeSelection::NodeSelector,
        }
    }
}

/// The number of objects that a row must match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// `3`
    Exactly(u32),
    /// `1+`
    AtLeast(u32),
}

impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expect::Exactly(number) => write!(f, "{number}"),
            Expect::AtLeast(number) => write!(f, "{number}+"),
        }
    }
}

impl Expect {
    /// Returns whether the count is as expected.
    pub fn is_met(self, count: usize) -> bool {
        let wanted = |number| usize::try_from(number).unwrap_or(usize::MAX);
        match self {
            Expect::Exactly(number) => count == wanted(number),
            Expect::AtLeast(number) => count >= wanted(number),
        }
    }
}

/// A checked row of the policy.
#[derive(Debug, Clone)]
pub struct Row {
    /// The span of the row in the policy.
    pub span: Span,
    /// The number of the row, from 1.
    pub number: usize,
    /// The name, if the policy sets one.
    pub name: Option<String>,
    /// The conditions on workloads.
    pub criteria: Match,
    /// The alternative pools, as indexes of [`Policy::pools`](super::Policy::pools). Empty for `pool: none`.
    pub pools: Vec<usize>,
    /// Whether the pods prefer or require the labels of the pool.
    pub purpose: Purpose,
    /// How the pods select nodes. `NodeSelector` only if all pools have the same labels.
    pub selection: NodeSelection,
    /// Whether the labels of the pool replace other values in the chart's node selector.
    pub override_node_selector: bool,
    /// The priority class of pods that have none.
    pub priority_class: Option<Spanned<String>>,
    /// Whether the class also replaces the chart's.
    pub override_priority_class: bool,
    /// The expected number of objects in a release of the row's chart.
    pub expect: Option<Spanned<Expect>>,
    /// Whether the row marks each matched `DaemonSet` as an image puller.
    pub puller: bool,
    /// Additional images for these image pullers.
    pub images: Vec<Spanned<String>>,
}

impl Row {
    /// Returns the title of the row in messages: `row "everything else"`, `row 3 (kind StatefulSet)`.
    pub fn title(&self) -> String {
        match &self.name {
            Some(name) => format!("row {name:?}"),
            None => format!("row {} ({})", self.number, self.criteria.summary()),
        }
    }
}

/// The names that rows may use.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownNames<'k> {
    pub(super) pools: &'k [Pool],
    pub(super) kinds: &'k Kinds,
}

/// Checks every row, and whether earlier rows hide later ones.
pub(super) fn check_all(
    written: &[written::Row],
    known: KnownNames<'_>,
    place: PolicyPlace<'_>,
    findings: &mut Findings,
) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for ((index, row), place) in written.iter().enumerate().zip(place.items()) {
        let row = check(row, index + 1, known, place, findings);
        if let Some(earlier) = rows.iter().find(|earlier| earlier.criteria.covers(&row.criteria)) {
            let message = format!(
                "{} never applies: an earlier row matches the same workloads",
                row.title()
            );
            let diagnostic =
                Diagnostic::new(&codes::UNREACHABLE_ROW, message).at(row.span, "never reached");
            let label = format!("{} matches them all", earlier.title());
            findings.push(diagnostic.at(earlier.span, label).help(
                "move it above the earlier row, or remove it; the first matching row applies",
            ));
        }
        rows.push(row);
    }
    rows
}

fn check(
    written: &written::Row,
    number: usize,
    known: KnownNames<'_>,
    place: PolicyPlace<'_>,
    findings: &mut Findings,
) -> Row {
    let criteria = criteria::check(
        &written.criteria,
        known.kinds,
        place.under("match"),
        findings,
    );
    let pools = check_pools(written, known.pools, place, findings);
    let class = written.priority_class_name.as_ref();
    let class = class.map(|class| place.under("priorityClassName").spanned(class.clone()));
    findings.extend(class.as_ref().and_then(class_flaw));
    let expect = written.expect.as_ref().and_then(|expect| check_expect(expect, place, findings));
    if expect.is_some() && criteria.charts.is_empty() && written.criteria.chart.is_none() {
        findings.push(expect_without_chart(place));
    }
    let images = written.images.as_deref().unwrap_or_default();
    let overrides = written.overrides.as_deref().unwrap_or_default();
    let chosen: Vec<&Pool> = pools.iter().map(|&pool| &known.pools[pool]).collect();
    let selection = selection::check(written, &chosen, place, findings);
    Row {
        span: place.span(),
        number,
        name: written.name.clone(),
        criteria,
        pools,
        purpose: match (written.match_node_purpose, selection) {
            (Some(written::Purpose::Ignore), _) => Purpose::Ignore,
            (Some(written::Purpose::Require), _) | (_, NodeSelection::NodeSelector) => {
                Purpose::Require
            }
            (Some(written::Purpose::Prefer) | None, _) => Purpose::Prefer,
        },
        selection,
        override_node_selector: overrides.contains(&written::Overridable::NodeSelector),
        priority_class: class,
        override_priority_class: overrides.contains(&written::Overridable::PriorityClassName),
        expect,
        puller: written.puller.unwrap_or_default(),
        images: image::check_list(images, place.under("images"), findings),
    }
}

fn check_pools(
    written: &written::Row,
    pools: &[Pool],
    place: PolicyPlace<'_>,
    findings: &mut Findings,
) -> Vec<usize> {
    let names = written.pool.as_slice();
    if let [none] = names
        && none == "none"
    {
        check_left_alone(written, place, findings);
        return Vec::new();
    }
    let mut indexes = Vec::new();
    for (name, place) in pairs(names, place.under("pool")) {
        match pools.iter().position(|pool| pool.name.value == name) {
            Some(index) if indexes.contains(&index) => {}
            Some(index) => indexes.push(index),
            None => findings.push(undefined_pool(name, pools, place.span())),
        }
    }
    indexes
}

/// Returns the error for a pool that `pools` does not define.
pub(super) fn undefined_pool(name: &str, pools: &[Pool], span: Span) -> Diagnostic {
    let known = || pools.iter().map(|pool| pool.name.as_str());
    let help = match nearest(name, known()) {
        _ if name == "none" => "`none` cannot be combined with pools".to_owned(),
        Some(meant) => format!("did you mean `{meant}`?"),
        None if pools.is_empty() => format!("define it: `pools: {{{name}: {{taints: [..]}}}}`"),
        None => {
            let known: Vec<String> = known().map(|name| format!("`{name}`")).collect();
            format!("use one of {}", known.join(", "))
        }
    };
    let message = format!("pool `{name}` is not defined");
    Diagnostic::new(&codes::UNDEFINED_POOL, message)
        .at(span, "undefined pool")
        .help(help)
}

/// Reports keys that change workloads in a row with `pool: none`.
fn check_left_alone(written: &written::Row, place: PolicyPlace<'_>, findings: &mut Findings) {
    let changes = [
        ("matchNodePurpose", written.match_node_purpose.is_some()),
        ("nodeSelection", written.node_selection.is_some()),
        ("priorityClassName", written.priority_class_name.is_some()),
        ("override", written.overrides.is_some()),
        ("puller", written.puller.is_some()),
        ("images", written.images.is_some()),
    ];
    for (key, _) in changes.into_iter().filter(|(_, is_written)| *is_written) {
        let message = format!("row with `pool: none` also sets `{key}`");
        let diagnostic = Diagnostic::new(&codes::POOL_NONE_WITH_CHANGES, message)
            .at(place.key(key), "changes the workloads")
            .at(place.under("pool").span(), "leaves them unchanged");
        findings.push(diagnostic.help(format!("remove `{key}`, or name a pool")));
    }
}

/// Returns an error if the API server rejects the name of a priority class.
pub(super) fn class_flaw(class: &Spanned<String>) -> Option<Diagnostic> {
    let flaw = syntax::subdomain_flaw(class)?;
    let message = format!(
        "priority class name `{}` is rejected by the API server",
        class.value
    );
    Some(Diagnostic::new(&codes::BAD_CLASS, message).at(class.span, flaw.what))
}

fn check_expect(
    written: &written::Expect,
    place: PolicyPlace<'_>,
    findings: &mut Findings,
) -> Option<Spanned<Expect>> {
    let place = place.under("expect");
    let expect = match written {
        written::Expect::Exactly(number) => Some(Expect::Exactly(*number)),
        written::Expect::Text(text) => parse_expect(text),
    };
    if expect.is_none() {
        let message = format!("`{}` is not a count", place.text());
        let diagnostic = Diagnostic::new(&codes::BAD_EXPECT, message).at(place.span(), "");
        findings.push(
            diagnostic
                .help("write `3` for exactly three, `1+` for one or more, `0+` for any number"),
        );
    }
    expect.map(|expect| place.spanned(expect))
}

fn expect_without_chart(place: PolicyPlace<'_>) -> Diagnostic {
    let message =
        "`expect` needs `match.chart`: releases of other charts do not have these workloads";
    Diagnostic::new(&codes::EXPECT_WITHOUT_CHART, message)
        .at(place.key("expect"), "checked in every release")
        .help("add the chart that renders them (`match: {chart: NAME}`), or remove `expect`")
}

fn parse_expect(text: &str) -> Option<Expect> {
    let number = |digits: &str| {
        let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| is_plain)
    };
    match text.strip_suffix('+') {
        Some(digits) => number(digits).map(Expect::AtLeast),
        None => number(text).map(Expect::Exactly),
    }
}
