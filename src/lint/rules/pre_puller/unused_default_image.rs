use super::pulled;
use crate::diag::{Code, Diagnostic};
use crate::lint::profiles;
use crate::lint::{Check, Hub, Rule};
use crate::values::Content;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    page: include_str!("unused_default_image.md"),
    check: Check::Hub(check),
};

static CODE: Code = Code::note(
    "PP006",
    "unused-default-image",
    "an image is pulled onto every node that no profile uses",
);

fn check(hub: &Hub<'_>, findings: &mut Vec<Diagnostic>) {
    let all = profiles::effective(hub);
    if !hub.pulls() || hub.profiles().is_empty() || all.is_empty() {
        return;
    }
    let base = profiles::base(hub);
    let Some(default) = base.get("image").and_then(pulled::text) else {
        return;
    };
    let is_unused = all.iter().all(|settings| {
        let image = settings.get("image").map(|image| &image.content);
        settings.is_overridden("image")
            && matches!(image, Some(Content::String(image)) if image != default)
    });
    if !is_unused {
        return;
    }
    let message =
        format!("every profile has its own image, and `{default}` is pulled all the same");
    let finding = Diagnostic::new(&CODE, message)
        .help("set `singleuser.image` to the image that most profiles use");
    let places = [
        ("singleuser.image.name", "pulled first, onto every node"),
        ("singleuser.profileList", "no profile uses it"),
    ];
    findings.push(hub.at(finding, &places));
}
