use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::profiles;
use crate::hub::span;
use crate::lint::documents::Edits;
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::warning(
    "PP002",
    "puller-misses-tainted-pool",
    "images are not pulled on the nodes of a profile",
)
.page(include_str!("misses_tainted_pool.md"))
.fix(FixKind::Safe);

const EXTRA: &str = "prePuller.extraTolerations";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    if !hub.pulls() {
        return;
    }
    let tolerated: Vec<&str> = [
        "scheduling.userPods.tolerations",
        "singleuser.extraTolerations",
        EXTRA,
    ]
    .iter()
    .filter_map(|path| hub.get(path))
    .flat_map(keys)
    .collect();
    for settings in profiles::overrides(hub) {
        let Some(list) = settings.get("tolerations") else {
            continue;
        };
        for key in keys(list).filter(|key| !is_tolerated(&tolerated, key)) {
            let message = format!(
                "image pullers do not tolerate `{key}`, so that they miss the nodes of this profile"
            );
            let help = format!("add `{key}` to `prePuller.extraTolerations`");
            let finding = Diagnostic::new(&CODE, message)
                .at(span(list), "for nodes with this taint")
                .help(help);
            let message = format!("let image pullers tolerate `{key}`");
            findings.push(fixes::safe(finding, message, tolerating(cx, list, key)));
        }
    }
}

/// The toleration of the profile, for image pullers too.
fn tolerating(cx: &Context<'_>, list: &Value, key: &str) -> Edits {
    let hub = cx.hub;
    let mut items = profiles::items(list).into_iter();
    let item = items.find(|item| {
        let own = item.get("key").map(|own| &own.content);
        !is_soft(item) && matches!(own, Some(Content::String(own)) if own == key)
    })?;
    match hub.get(EXTRA).filter(|_| hub.is_set(EXTRA)) {
        Some(extra) => fixes::append(cx, extra, vec![item.to_json()]),
        None => fixes::set_near(cx, EXTRA, vec![item.to_json()]),
    }
}

/// The keys of tolerations of taints that keep pods away; an empty one stands for every taint.
fn keys(list: &Value) -> impl Iterator<Item = &str> {
    let items = match &list.content {
        Content::List(items) => items.as_slice(),
        _ => &[],
    };
    let keeping = items.iter().filter(|item| item.is_map() && !is_soft(item));
    keeping.map(|item| match item.get("key").map(|key| &key.content) {
        Some(Content::String(key)) => key,
        _ => "",
    })
}

/// Whether it is about a taint that a pod goes to anyway where there is no better node.
fn is_soft(toleration: &Value) -> bool {
    let effect = toleration.get("effect").map(|effect| &effect.content);
    matches!(effect, Some(Content::String(effect)) if effect == "PreferNoSchedule")
}

/// Both spellings of a key are one; the taints of Kubernetes itself are tolerated by every DaemonSet.
fn is_tolerated(tolerated: &[&str], key: &str) -> bool {
    let plain = |key: &str| key.replacen('/', "_", 1);
    key.is_empty()
        || key.starts_with("node.kubernetes.io/")
        || tolerated
            .iter()
            .any(|known| known.is_empty() || plain(known) == plain(key))
}
