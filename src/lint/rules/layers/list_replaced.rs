use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::{span, whole};
use crate::lint::{Check, Context, Rule, fixes};
use crate::text::Span;
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::hint(
    "XL002",
    "list-replaced-whole",
    "a list of a layer lacks items of the list that it replaces",
)
.page(include_str!("list_replaced.md"))
.fix(FixKind::Unsafe);

/// How many lost items one finding shows.
const MOST: usize = 4;

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    look(cx, hub.values, &mut Vec::new(), findings);
}

fn look<'v>(
    cx: &Context<'v>,
    value: &'v Value,
    path: &mut Vec<&'v str>,
    findings: &mut Vec<Diagnostic>,
) {
    let Some(map) = value.as_map() else { return };
    for (key, below) in &map.entries {
        path.push(key);
        match &below.content {
            Content::List(items) => findings.extend(replaced(cx, path, below, items)),
            _ => look(cx, below, path, findings),
        }
        path.pop();
    }
}

/// What the list next below has and this one has not. An empty list says that nothing is wanted.
fn replaced(cx: &Context<'_>, path: &[&str], list: &Value, items: &[Value]) -> Option<Diagnostic> {
    let hub = cx.hub;
    let lower = list.overridden.first()?;
    let Content::List(lower_items) = &lower.content else {
        return None;
    };
    let is_unknown = items.iter().chain(lower_items.iter()).any(is_encrypted);
    if items.is_empty() || is_unknown {
        return None;
    }
    let is_kept = |item: &&Value| items.iter().any(|other| is_same(item, other));
    let (kept, gone): (Vec<&Value>, Vec<&Value>) = lower_items.iter().partition(is_kept);
    if gone.is_empty() {
        return None;
    }
    let name = path.join(".");
    let count = match gone.len() {
        1 => "1 item is".to_owned(),
        count => format!("{count} items are"),
    };
    let message = format!("`{name}` is replaced as a whole, and {count} lost");
    let finding = Diagnostic::new(&CODE, message)
        .at(span(list), "this list counts alone")
        .at(span(lower), "the list that it replaces")
        .help("lists never merge: repeat the items that are still wanted");
    let shown = gone.iter().take(MOST);
    let finding = shown.fold(finding, |finding, item| {
        finding.at(item_span(item), "is lost")
    });
    let is_grave = !hub.is_own(lower) && is_grave(path, !kept.is_empty());
    let level = if is_grave { Level::Warning } else { CODE.level };
    if level == Level::Hint && !cx.hints {
        return Some(Diagnostic { level, ..finding });
    }
    let repeated = gone.iter().map(|item| item.to_json()).collect();
    let edits = fixes::append(cx, list, repeated);
    let finding = fixes::risky(finding, "repeat what is lost", edits);
    Some(Diagnostic { level, ..finding })
}

/// Lists of which each item does something of its own, that another list hardly means to end. Profiles are
/// chosen anew for a hub as a whole; where some were copied, others may have been forgotten.
fn is_grave(path: &[&str], is_some_kept: bool) -> bool {
    match path {
        ["singleuser", "profileList"] => is_some_kept,
        ["hub", "loadRoles", _, "scopes"] | ["prePuller", "extraImages"] => true,
        [.., last] => matches!(*last, "tolerations" | "extraTolerations" | "initContainers"),
        [] => false,
    }
}

/// Whether two items are the same, or one is another version of the other: they bear the same name.
fn is_same(one: &Value, other: &Value) -> bool {
    const NAMES: [&str; 3] = ["name", "slug", "display_name"];
    let is_namesake = NAMES.iter().any(|key| {
        let name = |item: &Value| item.get(key).map(Value::to_json);
        name(one).is_some() && name(one) == name(other)
    });
    is_namesake || one.to_json() == other.to_json()
}

fn is_encrypted(value: &Value) -> bool {
    match &value.content {
        Content::Encrypted(..) => true,
        Content::List(items) => items.iter().any(is_encrypted),
        Content::Map(map) => map.entries.values().any(is_encrypted),
        _ => false,
    }
}

/// An item on one line: of a mapping its first entry.
fn item_span(item: &Value) -> Span {
    let entries = item.as_map().map(|map| map.entries.values());
    let first = entries.into_iter().flatten();
    let first = first.min_by_key(|entry| entry.set.key.map(|key| key.start));
    first.map_or_else(|| whole(item.set), span)
}
