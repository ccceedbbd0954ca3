use crate::diag::{Code, Diagnostic};
use crate::lint::{Check, Hub, Rule};
use crate::values::Content;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("ored_required_affinity.md"),
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "NP002",
    "ored-required-affinity",
    "a required term lets users onto nodes of other pools",
);

const REQUIRED: &str = "singleuser.extraNodeAffinity.required";
const PURPOSE: &str = "hub.jupyter.org/node-purpose";

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    const MATCH: &str = "scheduling.userPods.nodeAffinity.matchNodePurpose";
    let Some(Content::List(terms)) = hub.get(REQUIRED).map(|list| &list.content) else {
        return;
    };
    let loose = terms
        .iter()
        .any(|term| !term.to_json().to_string().contains(PURPOSE));
    if hub.text(MATCH) != Some("require") || !loose {
        return;
    }
    let message = "users may run on any node that this term matches, whatever its purpose";
    let finding = Diagnostic::new(&CODE, message).help(
        "terms are alternatives: use `singleuser.nodeSelector`, which has to hold besides, or put \
         `hub.jupyter.org/node-purpose` into each term and set `matchNodePurpose: ignore`",
    );
    let places = [
        (REQUIRED, "one more way to be scheduled"),
        (MATCH, "is only one of the ways"),
    ];
    findings.push(hub.at(finding, &places));
}
