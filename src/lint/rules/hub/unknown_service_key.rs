use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::classes::Classes;
use crate::hub::span;
use crate::lint::{Check, Context, Rule, fixes};
use crate::text::misspelled;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "HB012",
    "unknown-service-key",
    "the hub does not start: a service has an unknown key",
)
.page(include_str!("unknown_service_key.md"))
.fix(FixKind::Unsafe);

/// A key of the chart, which it removes before JupyterHub reads the service.
const CHART_KEY: &str = "apiToken";

const CLIENT_ID: &str = "oauth_client_id";

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let possible = Classes::possible(hub);
    let is_known = |key: &str| {
        let has = |classes: &&Classes| classes.service_keys().any(|known| known == key);
        key == CHART_KEY || possible.iter().any(has)
    };
    for (name, service) in hub.entries("hub.services") {
        let entries = service.as_map().into_iter().flat_map(|map| &map.entries);
        for (key, value) in entries.filter(|(_, value)| !hub.is_default(value)) {
            if is_known(key) || hub.is_set("hub.image.name") {
                continue;
            }
            let message =
                format!("the hub does not start: service `{name}` has an unknown key `{key}`");
            let finding = Diagnostic::new(&CODE, message).at(span(value), "unknown key");
            let known = possible.first().into_iter().flat_map(|it| it.service_keys());
            let snake = crate::hub::traits::snake_case(key);
            let meant = if is_known(&snake) {
                Some(snake)
            } else {
                misspelled(&snake, known).map(str::to_owned)
            };
            findings.push(match meant {
                Some(meant) => {
                    let edits = fixes::rename_key(cx, value, &meant);
                    let finding = finding.help(format!("did you mean `{meant}`?"));
                    fixes::unsafe_fix(finding, format!("rename it to `{meant}`"), edits)
                }
                None => finding.help("remove it, or use a key of JupyterHub's `Service`"),
            });
        }
        let id = service.get(CLIENT_ID);
        let text = id.and_then(|id| id.as_text());
        if let (Some(id), Some(text)) = (id, text)
            && !text.starts_with("service-")
            && !hub.is_default(id)
        {
            let message = format!(
                "the hub does not start: `{CLIENT_ID}` of service `{name}` must start with `service-`"
            );
            let finding = Diagnostic::new(&CODE, message).at(span(id), "prefix missing");
            let edits = fixes::replace_scalar(cx, id, format!("service-{text}"));
            let finding = finding.help(format!("use `service-{text}`"));
            findings.push(fixes::unsafe_fix(
                finding,
                format!("replace it with `service-{text}`"),
                edits,
            ));
        }
    }
}
