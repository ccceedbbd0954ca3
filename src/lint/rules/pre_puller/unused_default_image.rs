use crate::diag::{Code, Diagnostic, FixKind};
use crate::hub::images;
use crate::hub::profiles;
use crate::hub::profiles::SpawnerSettings;
use crate::lint::documents::Edits;
use crate::lint::{Check, Context, Rule, fixes};
use crate::values::Content;

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::note(
    "PP006",
    "unused-default-image",
    "the default image is pulled to every node, but no profile uses it",
)
.page(include_str!("unused_default_image.md"))
.fix(FixKind::Unsafe);

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    let all = profiles::effective(hub);
    if !hub.pulls() || hub.profiles().is_empty() || all.is_empty() {
        return;
    }
    let base = profiles::base(hub);
    let Some(default) = base.get("image").and_then(images::text_of) else {
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
        format!("`{default}` is pulled to every node, but every profile has its own image");
    let finding = Diagnostic::new(&CODE, message)
        .help("set `singleuser.image` to the image that most profiles use");
    let places = [
        ("singleuser.image.name", "pulled first"),
        ("singleuser.profileList", "no profile uses it"),
    ];
    let finding = hub.at(finding, &places);
    let Some((name, tag)) = most_used(all).and_then(parts) else {
        return findings.push(finding);
    };
    let edits = make_default(cx, name, tag);
    findings.push(fixes::unsafe_fix(
        finding,
        format!("make `{name}:{tag}` the default image"),
        edits,
    ));
}

/// Returns the edits that set name and tag: where the name is set, else next to the profiles.
fn make_default(cx: &Context<'_>, name: &str, tag: &str) -> Edits {
    let hub = cx.hub;
    if !hub.is_set(NAME) {
        let place = |path, text: &str| (fixes::split(path), text.into());
        let places = vec![place(NAME, name), place(TAG, tag)];
        return fixes::add(cx, hub.get("singleuser.profileList")?, places);
    }
    let mut edits = fixes::set_near(cx, NAME, name)?;
    edits.extend(fixes::set_near(cx, TAG, tag)?);
    Some(edits)
}

const NAME: &str = "singleuser.image.name";
const TAG: &str = "singleuser.image.tag";

/// Returns the image that most settings use; the first one of several.
fn most_used<'s>(all: &'s [SpawnerSettings<'_>]) -> Option<&'s str> {
    let image = |settings: &'s SpawnerSettings<'_>| settings.get("image").and_then(images::text_of);
    let images: Vec<&str> = all.iter().filter_map(image).collect();
    let count = |wanted: &&str| images.iter().filter(|image| *image == wanted).count();
    let most = images.iter().map(&count).max()?;
    images.iter().copied().find(|image| count(image) == most)
}

/// Returns name and tag of an image; `None` with a digest, for which the chart has no key.
fn parts(image: &str) -> Option<(&str, &str)> {
    let (name, tag) = image.rsplit_once(':')?;
    (!image.contains('@') && !tag.contains('/')).then_some((name, tag))
}
