use crate::k8s::{Operator, Taint, Toleration};
use crate::render::context::{Context, Placement};
use crate::render::plan::Field;
use crate::yaml::{Edit, Value};

/// Appends a toleration for each taint of the pools that none of the pod's own tolerates.
pub(super) fn plan(cx: &mut Context<'_>, placement: &Placement<'_>) {
    let existing = placement.spec().get("tolerations");
    let existing = existing.into_iter().flat_map(|list| list.items());
    let mut tolerations: Vec<Toleration> = existing.map(Toleration::read).collect();
    let mut added: Vec<Taint> = Vec::new();
    let taints = placement
        .pools
        .iter()
        .flat_map(|pool| pool.tolerated_taints(placement.is_puller));
    for taint in taints {
        if tolerations
            .iter()
            .any(|toleration| toleration.tolerates(&taint))
        {
            continue;
        }
        tolerations.push(Toleration::of(&taint));
        added.push(taint);
    }
    if added.is_empty() {
        return;
    }
    let names: Vec<String> = added.iter().map(Taint::to_string).collect();
    let what = format!("tolerates {}", names.join(", "));
    let values = added
        .iter()
        .map(|taint| value(&Toleration::of(taint)))
        .collect();
    let edit = Edit::extend_path(placement.spec(), &["tolerations"], values);
    cx.change(placement, Field::Tolerations, what, vec![edit]);
}

/// A toleration as it is written into a manifest.
fn value(toleration: &Toleration) -> Value {
    let mut pairs = vec![("key".to_owned(), Value::from(toleration.key.as_str()))];
    if toleration.operator == Operator::Exists {
        pairs.push(("operator".to_owned(), "Exists".into()));
    } else {
        pairs.push(("operator".to_owned(), "Equal".into()));
        pairs.push(("value".to_owned(), toleration.value.as_str().into()));
    }
    let effect = toleration
        .effect
        .map(|effect| ("effect".to_owned(), effect.as_str().into()));
    pairs.extend(effect);
    Value::Mapping(pairs)
}
