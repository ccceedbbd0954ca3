//! Input that is made to break a reader: nesting without end, and aliases that grow without end.

use crate::support::World;

const HOOK: &str =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web, annotations: {helm.sh/hook: test}}\nspec:\n";

fn world(manifests: &str) -> World {
    World::of_case("render-shared-anchor").file("in.yaml", manifests)
}

/// Renders manifests, which has to fail with exactly this message.
#[track_caller]
fn check_refused(manifests: &str, message: &str) {
    let outcome = world(manifests).run("dunnage --format concise < in.yaml");
    outcome.check(2, "", message);
}

#[track_caller]
fn check_untouched(manifests: &str) {
    let outcome = world(manifests).run("dunnage --format concise < in.yaml");
    outcome.check(0, manifests, "");
}

#[test]
fn nesting_without_end() {
    let block: String = (2..10_000).map(|depth| " ".repeat(depth) + "a:\n").collect();
    check_refused(
        &format!("{HOOK}{block}"),
        "<stdin>:259:257: error[RN001] this document is not YAML: nested too deeply\n",
    );
    check_refused(
        &format!("{HOOK}  a: {}{}\n", "[".repeat(10_000), "]".repeat(10_000)),
        "<stdin>:5:261: error[RN001] this document is not YAML: nested too deeply\n",
    );
}

/// Twelve levels of ten aliases each.
fn bomb() -> String {
    let mut text = "  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("  a{level}: &a{level} [{aliases}]\n"));
    }
    text
}

#[test]
fn aliases_count_only_where_something_is_edited() {
    check_refused(
        &format!("{HOOK}{}", bomb()),
        "<stdin>:6:12: error[RN018] the aliases of this document expand to 1234567901259 nodes\n",
    );
    check_refused(
        &format!("{HOOK}  a: *nobody\n"),
        "<stdin>:5:6: error[RN018] alias has no anchor in its document\n",
    );
    let ignored = HOOK.replace("helm.sh/hook: test", "dunnage/ignore: 'true'");
    check_untouched(&format!("{ignored}{}  a: *nobody\n", bomb()));
    check_untouched(&format!(
        "kind: Widget\nspec:\n{}  a: *nobody\n---\n{ignored}  b: 1\n",
        bomb()
    ));
}
