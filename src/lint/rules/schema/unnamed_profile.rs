use crate::diag::{Code, Diagnostic, FixKind, Level};
use crate::hub::Hub;
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::Value;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "SM020",
    "unnamed-profile",
    "no user server starts: a profile has no `display_name`",
)
.page(include_str!("unnamed_profile.md"))
.fix(FixKind::Unsafe);

const NAME: &str = "display_name";

/// Common wrong names for it.
const OTHER_NAMES: [&str; 5] = [
    "name",
    "displayName",
    "display-name",
    "title",
    "displayname",
];

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    for profile in hub.profiles() {
        if lacks_name(hub, profile) {
            let is_fatal = profile.get("slug").is_none();
            let message = if is_fatal {
                "no user server starts: this profile has no `display_name`"
            } else {
                "this profile has no `display_name`, so users see an empty entry"
            };
            let mut finding = found(cx, profile, message);
            if !is_fatal {
                finding.level = Level::Warning;
            }
            findings.push(finding);
        }
        for option in below(profile.get("profile_options")) {
            for choice in below(option.get("choices")) {
                if lacks_name(hub, choice) {
                    let message = "this choice has no `display_name`, so users see an empty entry";
                    let mut finding = found(cx, choice, message);
                    finding.level = Level::Note;
                    findings.push(finding);
                }
            }
        }
    }
}

fn lacks_name(hub: &Hub<'_>, holder: &Value) -> bool {
    holder.is_map() && holder.get(NAME).is_none() && !hub.is_default(holder)
}

fn below(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let map = value.and_then(Value::as_map);
    map.into_iter().flat_map(|map| map.entries.values())
}

fn found(cx: &Context<'_>, holder: &Value, message: &str) -> Diagnostic {
    let entries = holder.as_map().into_iter().flat_map(|map| &map.entries);
    let mut keys: Vec<_> = entries.filter_map(|(_, value)| value.set.key).collect();
    keys.sort();
    let place = holder.set.key.or(keys.first().copied());
    let finding = Diagnostic::new(&CODE, message);
    let finding = finding.at(place.unwrap_or(holder.set.value), "no `display_name`");
    let other = OTHER_NAMES.iter().find_map(|name| Some((*name, holder.get(name)?)));
    match other {
        Some((name, value)) => {
            let edits = fixes::rename_key(cx, value, NAME);
            let finding = finding.help(format!("use `{NAME}` instead of `{name}`"));
            fixes::unsafe_fix(finding, format!("rename it to `{NAME}`"), edits)
        }
        None => finding.help("add `display_name`, which users see in the list"),
    }
}
