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
    "image pullers do not tolerate the taint of a profile's nodes",
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
            let message =
                format!("image pullers do not tolerate `{key}` and miss the nodes of this profile");
            let help = format!("add a toleration of `{key}` to `prePuller.extraTolerations`");
            let finding = Diagnostic::new(&CODE, message)
                .at(span(list), "tolerated by the profile")
                .help(help);
            let message = format!("let image pullers tolerate `{key}`");
            findings.push(fixes::safe_fix(
                finding,
                message,
                for_pullers(cx, list, key),
            ));
        }
    }
}

/// Returns the edits that give the image pullers the toleration of the profile.
fn for_pullers(cx: &Context<'_>, list: &Value, key: &str) -> Edits {
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

/// Returns the keys of tolerations, except of `PreferNoSchedule`. An empty key tolerates every taint.
fn keys(list: &Value) -> impl Iterator<Item = &str> {
    let items = match &list.content {
        Content::List(items) => items.as_slice(),
        _ => &[],
    };
    let hard = items.iter().filter(|item| item.is_map() && !is_soft(item));
    hard.map(|item| match item.get("key").map(|key| &key.content) {
        Some(Content::String(key)) => key,
        _ => "",
    })
}

/// Whether the toleration is for `PreferNoSchedule`: such taints do not prevent scheduling.
fn is_soft(toleration: &Value) -> bool {
    let effect = toleration.get("effect").map(|effect| &effect.content);
    matches!(effect, Some(Content::String(effect)) if effect == "PreferNoSchedule")
}

/// Whether image pullers tolerate the key in either spelling. Every DaemonSet tolerates `node.kubernetes.io/`.
fn is_tolerated(tolerated: &[&str], key: &str) -> bool {
    let plain = |key: &str| key.replacen('/', "_", 1);
    key.is_empty()
        || key.starts_with("node.kubernetes.io/")
        || tolerated.iter().any(|known| known.is_empty() || plain(known) == plain(key))
}
