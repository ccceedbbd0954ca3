use std::collections::BTreeSet;

use crate::diag::{Code, Diagnostic};
use crate::hub::images;
use crate::hub::profiles;
use crate::hub::span;
use crate::lint::{Check, Context, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::note(
    "PP004",
    "profile-images-not-pulled",
    "images of profiles are not pulled in advance",
)
.page(include_str!("profile_images_not_pulled.md"));

const SWITCH: &str = "prePuller.pullProfileListImages";

/// How many images one finding shows.
const MOST: usize = 5;

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    if !hub.pulls() {
        return;
    }
    let pulled = images::pulled(hub);
    let mut seen = BTreeSet::new();
    let mut missing = Vec::new();
    for overrides in profiles::overrides(hub) {
        let Some(value) = overrides.get("image") else {
            continue;
        };
        let image = images::text_of(value).filter(|image| !pulled.contains(*image));
        if image.is_some_and(|image| seen.insert(image)) {
            missing.push(value);
        }
    }
    if missing.is_empty() {
        return;
    }
    let is_disabled = hub.flag(SWITCH) == Some(false);
    let count = missing.len();
    let message = match count {
        1 => "an image of a profile is not pulled in advance".to_owned(),
        _ => format!("{count} images of profiles are not pulled in advance"),
    };
    let help = if is_disabled {
        "add frequently used images to `prePuller.extraImages`"
    } else {
        "add them to `prePuller.extraImages`: z2jh before 3.2 does not read images of choices"
    };
    let shown = missing.into_iter().take(MOST);
    let finding = shown.fold(Diagnostic::new(&CODE, message), |finding, value| {
        finding.at(span(value), "pulled at the first spawn")
    });
    let finding = finding.help(help);
    findings.push(if is_disabled {
        hub.at(finding, &[(SWITCH, "disabled here")])
    } else {
        finding
    });
}
