//! Policies that are found and must not be followed.

use dunnage::host::Distrust;

use crate::support::World;

#[test]
fn a_policy_that_others_can_change_is_refused_unless_it_is_named() {
    for (distrust, message) in [
        (
            Distrust::WritableByEveryone,
            "error[CL016] untrusted-policy: policy `/dunnage.yaml` is not used: every user can write it\n  \
             help: run `chmod o-w /dunnage.yaml`, or use it anyway with `--policy /dunnage.yaml` or `DUNNAGE_POLICY`\n",
        ),
        (
            Distrust::OwnedBy(1001),
            "error[CL016] untrusted-policy: policy `/dunnage.yaml` is not used: it belongs to another user (id 1001)\n  \
             help: take ownership of it, or use it anyway with `--policy /dunnage.yaml` or `DUNNAGE_POLICY`\n",
        ),
    ] {
        let trusted = World::of_case("render-check");
        let rendered = trusted.run("dunnage render < web.yaml").exits(0);
        let world = trusted.with(|memory| {
            memory.distrusted.insert("/dunnage.yaml".into(), distrust);
        });
        for line in [
            "dunnage render < web.yaml",
            "dunnage verify < web.yaml",
            "dunnage lint - < web.yaml",
            "dunnage --strict < web.yaml",
        ] {
            world.run(line).check(2, "", message);
        }
        for line in [
            "dunnage render --policy dunnage.yaml < web.yaml",
            "DUNNAGE_POLICY=dunnage.yaml dunnage render < web.yaml",
        ] {
            assert_eq!(world.run(line), rendered, "{line}");
        }
    }
}
