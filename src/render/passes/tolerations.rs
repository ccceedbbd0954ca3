use super::Pass;
use crate::diag::Level;
use crate::k8s::{Operator, PodField, PodSpec, Taint, Toleration};
use crate::render::context::{PassContext, Placement};
use crate::render::plan::Reason;
use crate::yaml::Value;

pub(super) static PASS: Pass = Pass {
    name: "tolerations",
    page: include_str!("tolerations.md"),
    plan,
};

/// Appends a toleration for each taint of the pools that the pod does not tolerate yet.
fn plan(cx: &mut PassContext<'_>, placement: &Placement<'_>) {
    const FIELD: PodField = PodField::Tolerations;
    let spec = placement.spec();
    let existing = spec.get(FIELD);
    let existing = existing.into_iter().flat_map(|list| list.items());
    let mut tolerations: Vec<Toleration> = existing.map(Toleration::read).collect();
    let mut added: Vec<Taint> = Vec::new();
    let mut covered = 0;
    let taints = placement
        .pools
        .iter()
        .flat_map(|pool| pool.tolerated_taints(placement.is_puller));
    for taint in taints {
        if tolerations.iter().any(|toleration| toleration.tolerates(&taint)) {
            covered += 1;
            continue;
        }
        tolerations.push(Toleration::of(&taint));
        added.push(taint);
    }
    if added.is_empty() {
        if covered > 0 {
            cx.keep(
                FIELD,
                Reason::Covered,
                "already tolerates every taint of the pool",
            );
        }
        return;
    }
    if placement.is_placed_elsewhere(FIELD) {
        return cx.keep(FIELD, Reason::Inherited, "inherited from the object");
    }
    let names: Vec<String> = added.iter().map(Taint::to_string).collect();
    let what = format!("tolerates {}", names.join(", "));
    let mut values = inherited(spec);
    values.extend(added.iter().map(|taint| value(&Toleration::of(taint))));
    match spec.extend(FIELD, &[], values) {
        Some(edit) => cx.change(FIELD, what, vec![edit]),
        None => cx.report_no_such_field(placement, FIELD, Level::Warning),
    }
}

/// Returns the inherited tolerations: a list in the template replaces them, so it must contain them.
fn inherited(spec: &PodSpec<'_>) -> Vec<Value> {
    let list = spec.inherited(PodField::Tolerations);
    let items = list.into_iter().flat_map(|list| list.items());
    items.filter_map(Value::of).collect()
}

/// Returns a toleration as written into a manifest.
pub(in crate::render) fn value(toleration: &Toleration) -> Value {
    let mut pairs = vec![("key".to_owned(), Value::from(toleration.key.as_str()))];
    if toleration.operator == Operator::Exists {
        pairs.push(("operator".to_owned(), "Exists".into()));
    } else {
        pairs.push(("operator".to_owned(), "Equal".into()));
        pairs.push(("value".to_owned(), toleration.value.as_str().into()));
    }
    let effect = toleration.effect.map(|effect| ("effect".to_owned(), effect.as_str().into()));
    pairs.extend(effect);
    Value::Mapping(pairs)
}
