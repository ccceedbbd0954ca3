use crate::diag::{Code, Diagnostic};
use crate::hub::images;
use crate::lint::{Check, Context, Rule};

pub(in crate::lint) const RULE: Rule = Rule {
    code: &CODE,
    check: Check::Hub(check),
};

static CODE: Code = Code::note(
    "PP007",
    "too-many-images",
    "many images are pulled to each node, one after another",
)
.page(include_str!("too_many_images.md"));

/// The largest number of images that is not reported.
const MOST: usize = 8;

fn check(cx: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let hub = cx.hub;
    if !hub.pulls() {
        return;
    }
    let count = images::pulled(hub).len();
    if count <= MOST {
        return;
    }
    let message = format!("{count} images are pulled to each node, one after another");
    let finding = Diagnostic::new(&CODE, message).help(
        "set `prePuller.pullProfileListImages: false`, and add the most used images to `prePuller.extraImages`",
    );
    let places = [
        ("singleuser.profileList", "images of profiles"),
        ("prePuller.extraImages", "extra images"),
        ("singleuser.initContainers", "init containers"),
        ("singleuser.extraContainers", "extra containers"),
    ];
    let places: Vec<_> = places.into_iter().filter(|(path, _)| hub.is_set(path)).collect();
    findings.push(hub.at(finding, &places));
}
