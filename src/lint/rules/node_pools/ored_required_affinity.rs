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
    "a required term lets users onto nodes of other pools",
)
.page(include_str!("ored_required_affinity.md"))
.fix(FixKind::Unsafe);

const REQUIRED: &str = "singleuser.extraNodeAffinity.required";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for settings in profiles::effective(hub) {
        let terms = settings.items("node_affinity_required");
        let finding = match bypassed(settings, &terms) {
            Some(term) if settings.is_overridden("node_affinity_required") => Some(own(cx, term)),
            Some(_) => of_chart(cx),
            None => apart(settings, &terms),
        };
        if let Some(finding) = finding {
            profiles::report(findings, finding);
        }
    }
}

/// A term that does not ask for the purpose of a node, beside one that does.
fn bypassed<'s>(settings: &SpawnerSettings<'_>, terms: &[&'s Value]) -> Option<&'s Value> {
    let mut selected = settings.entries("node_selector");
    let is_selected = selected.any(|(label, _)| label == PURPOSE);
    let asks = |term: &&&Value| looks_at(term, PURPOSE);
    terms.iter().find(asks).filter(|_| !is_selected)?;
    terms.iter().find(|term| !asks(term)).copied()
}

fn of_chart(cx: &Context<'_>) -> Option<Diagnostic> {
    let hub = cx.hub;
    hub.get(REQUIRED)?;
    let message = "users may run on any node that this term matches, whatever its purpose";
    let finding = Diagnostic::new(&CODE, message).help(
        "terms are alternatives: use `singleuser.nodeSelector`, which has to hold besides, or put \
         `hub.jupyter.org/node-purpose` into each term and set `matchNodePurpose: ignore`",
    );
    let places = [
        (REQUIRED, "one more way to be scheduled"),
        (USER_MATCH, "is only one of the ways"),
    ];
    let finding = hub.at(finding, &places);
    let edits = fixes::set_near(cx, USER_MATCH, "ignore").and_then(|mut edits| {
        let terms = profiles::items(hub.get(REQUIRED)?).into_iter();
        for term in terms.filter(|term| !looks_at(term, PURPOSE)) {
            edits.extend(narrowed(cx, term)?);
        }
        Some(edits)
    });
    Some(fixes::risky(
        finding,
        "ask for the purpose in each term",
        edits,
    ))
}

fn own(cx: &Context<'_>, term: &Value) -> Diagnostic {
    let message = "users may run on any node that this term matches, whatever its purpose";
    let finding = Diagnostic::new(&CODE, message)
        .at(span(term), "one more way to be scheduled")
        .help("terms are alternatives: put `hub.jupyter.org/node-purpose` into each");
    fixes::risky(finding, "ask for the purpose here too", narrowed(cx, term))
}

/// The term asks for nodes of users besides.
fn narrowed(cx: &Context<'_>, term: &Value) -> Edits {
    let purpose = json!({"key": PURPOSE, "operator": "In", "values": ["user"]});
    fixes::append(cx, term.get("matchExpressions")?, vec![purpose])
}

/// Terms that look at nothing in common are mostly meant to hold together.
fn apart(settings: &SpawnerSettings<'_>, terms: &[&Value]) -> Option<Diagnostic> {
    let keys = |term: &Value| -> Option<Vec<String>> {
        let keys = expressions(term)
            .into_iter()
            .map(|it| key(it).map(str::to_owned));
        keys.collect::<Option<Vec<_>>>()
            .filter(|keys| !keys.is_empty())
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
        "{} may run where any one of these terms matches: they are alternatives",
        settings.title
    );
    let mut finding = Diagnostic::new(&CODE, message)
        .at(span(first), "one way to be scheduled")
        .at(span(second), "another way")
        .help("put the expressions that have to hold together into one term");
    finding.level = Level::Warning;
    Some(finding)
}
