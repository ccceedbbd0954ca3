use super::USER_MATCH;
use crate::hub::affinity_terms::{expressions, key, looks_at};
use crate::hub::components::PURPOSE;
use serde_json::json;

use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::profiles::{self, SpawnerSettings};
use crate::hub::span;
use crate::lint::documents::Edits;
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::Value;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "NP002",
    "ored-required-affinity",
    "required node affinity terms are ORed, so user pods can leave the user pool",
)
.page(include_str!("ored_required_affinity.md"))
.fix(FixKind::Unsafe);

const REQUIRED: &str = "singleuser.extraNodeAffinity.required";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for settings in profiles::effective(hub) {
        let terms = settings.items("node_affinity_required");
        let finding = match term_without_purpose(settings, &terms) {
            Some(term) if settings.is_overridden("node_affinity_required") => {
                Some(of_profile(cx, term))
            }
            Some(_) => of_chart(cx),
            None => unrelated_terms(settings, &terms),
        };
        if let Some(finding) = finding {
            profiles::report(findings, finding);
        }
    }
}

/// Returns a term that does not require a node purpose, if another term does.
fn term_without_purpose<'s>(
    settings: &SpawnerSettings<'_>,
    terms: &[&'s Value],
) -> Option<&'s Value> {
    let mut selected = settings.entries("node_selector");
    let is_selected = selected.any(|(label, _)| label == PURPOSE);
    let asks = |term: &&&Value| looks_at(term, PURPOSE);
    terms.iter().find(asks).filter(|_| !is_selected)?;
    terms.iter().find(|term| !asks(term)).copied()
}

/// Returns the finding for `singleuser.extraNodeAffinity`, whose terms are alternatives to the chart's term.
fn of_chart(cx: &Context<'_>) -> Option<Diagnostic> {
    let hub = cx.hub;
    hub.get(REQUIRED)?;
    let message = "user pods can run outside the user pool: required node affinity terms are ORed";
    let finding = Diagnostic::new(&CODE, message).help(
        "use `singleuser.nodeSelector`, which must match too; or add `hub.jupyter.org/node-purpose` to each term and set \
         `matchNodePurpose: ignore`",
    );
    let places = [
        (REQUIRED, "alternative terms"),
        (USER_MATCH, "only one of the terms"),
    ];
    let finding = hub.at(finding, &places);
    let edits = fixes::set_near(cx, USER_MATCH, "ignore").and_then(|mut edits| {
        let terms = profiles::items(hub.get(REQUIRED)?).into_iter();
        for term in terms.filter(|term| !looks_at(term, PURPOSE)) {
            edits.extend(with_purpose(cx, term)?);
        }
        Some(edits)
    });
    Some(fixes::unsafe_fix(
        finding,
        "require the node purpose in each term",
        edits,
    ))
}

/// Returns the finding for a term in the own list of a profile or choice.
fn of_profile(cx: &Context<'_>, term: &Value) -> Diagnostic {
    let message = "user pods can run outside the user pool: required node affinity terms are ORed";
    let finding = Diagnostic::new(&CODE, message)
        .at(span(term), "does not require the purpose")
        .help("add `hub.jupyter.org/node-purpose` to each term");
    fixes::unsafe_fix(
        finding,
        "require the node purpose in this term",
        with_purpose(cx, term),
    )
}

/// Returns the edits that add the purpose `user` to a term.
fn with_purpose(cx: &Context<'_>, term: &Value) -> Edits {
    let purpose = json!({"key": PURPOSE, "operator": "In", "values": ["user"]});
    fixes::append(cx, term.get("matchExpressions")?, vec![purpose])
}

/// Returns a warning if the terms have no label in common: all of such terms are mostly meant to match.
fn unrelated_terms(settings: &SpawnerSettings<'_>, terms: &[&Value]) -> Option<Diagnostic> {
    let keys = |term: &Value| -> Option<Vec<String>> {
        let keys = expressions(term).into_iter().map(|it| key(it).map(str::to_owned));
        keys.collect::<Option<Vec<_>>>().filter(|keys| !keys.is_empty())
    };
    let [first, rest @ ..] = terms else {
        return None;
    };
    if terms.iter().any(|term| looks_at(term, PURPOSE)) {
        return None;
    }
    let mut seen = keys(first)?;
    for term in rest {
        let own = keys(term)?;
        if own.iter().any(|key| seen.contains(key)) {
            return None;
        }
        seen.extend(own);
    }
    let second = rest.first()?;
    let message = format!(
        "{} can run where any one of these terms matches: terms are ORed",
        settings.title
    );
    let mut finding = Diagnostic::new(&CODE, message)
        .at(span(first), "one alternative")
        .at(span(second), "another alternative")
        .help("move expressions that must all match into one term");
    finding.level = Level::Warning;
    Some(finding)
}
