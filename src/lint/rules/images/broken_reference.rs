use crate::diag::{Code, Diagnostic};
use crate::lint::hub::span;
use crate::lint::profiles;
use crate::lint::{Check, Hub, Rule};
use crate::values::{Content, Value};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("broken_reference.md"),
    check: Check::Hub(check),
};

static CODE: Code = Code::error(
    "IM001",
    "broken-image-reference",
    "an image that no registry has under this name",
);

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    for path in ["singleuser.image", "hub.image"] {
        let name = hub.get(&format!("{path}.name"));
        let Some(name) = name.filter(|_| hub.is_set(&format!("{path}.name"))) else {
            continue;
        };
        findings.extend(flaw(name));
        if flaw(name).is_none() && !hub.is_set(&format!("{path}.tag")) {
            let message = "this image gets the tag of the chart's own image";
            let help = format!("set `{path}.tag` beside the name");
            findings.push(
                Diagnostic::new(&CODE, message)
                    .at(span(name), "named without a tag")
                    .help(help),
            );
        }
    }
    let extra = hub
        .get("prePuller.extraImages")
        .and_then(Value::as_map)
        .into_iter();
    for (key, image) in extra.flat_map(|map| &map.entries) {
        let name = image.get("name");
        findings.extend(name.and_then(flaw));
        if name.is_some() && image.get("tag").is_none_or(Value::is_null) {
            let message = format!("the extra image `{key}` has no tag");
            let help = "the pullers would ask for `name:`, which no registry has; set `tag`";
            findings.push(
                Diagnostic::new(&CODE, message)
                    .at(span(image), "")
                    .help(help),
            );
        }
    }
    for settings in profiles::overrides(hub) {
        if let Some(image) = settings.get("image").filter(|image| image.is_map()) {
            let message = "`image` of a profile is a text and no mapping";
            let help = "write `image: name:tag`; `name` and `tag` are of `singleuser.image`";
            findings.push(
                Diagnostic::new(&CODE, message)
                    .at(span(image), "")
                    .help(help),
            );
        }
    }
}

/// What is wrong with the name of a repository.
fn flaw(name: &Value) -> Option<Diagnostic> {
    let Content::String(text) = &name.content else {
        return None;
    };
    let last = text.rsplit('/').next().unwrap_or_default();
    let path = text.split_once('/').map_or(text.as_str(), |(_, path)| path);
    let (message, help) =
        if let Some((_, tag)) = text.split_once('@').or_else(|| last.split_once(':')) {
            let message = "the chart adds `:tag` to this name, which has one already";
            (message, format!("put `{tag}` under `tag`"))
        } else if path.chars().any(char::is_uppercase) {
            let message = "the name of a repository has no capital letters";
            (
                message,
                format!("registries would have it as `{}`", text.to_lowercase()),
            )
        } else {
            return None;
        };
    Some(
        Diagnostic::new(&CODE, message)
            .at(span(name), "")
            .help(help),
    )
}
