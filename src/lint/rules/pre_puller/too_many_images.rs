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
    "a node pulls many images, one after the other",
)
.page(include_str!("too_many_images.md"));

/// More than these are many.
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
    let message = format!("{count} images are pulled onto each node, one after the other");
    let finding = Diagnostic::new(&CODE, message).help(
        "`prePuller.pullProfileListImages: false` leaves those of profiles out, and `prePuller.extraImages` \
         names those that many use",
    );
    let places = [
        ("singleuser.profileList", "these"),
        ("prePuller.extraImages", "and these"),
        ("singleuser.initContainers", "and these"),
        ("singleuser.extraContainers", "and these"),
    ];
    let places: Vec<_> = places
        .into_iter()
        .filter(|(path, _)| hub.is_set(path))
        .collect();
    findings.push(hub.at(finding, &places));
}
