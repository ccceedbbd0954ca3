//! The picture of the README.

use crate::support::World;
use crate::{docs, read, root};

/// What `dunnage lint` prints on a terminal about the first example, as a picture.
fn picture() -> String {
    let world = World::default()
        .folder("/examples", &root().join("examples"))
        .file(".git/HEAD", "ref: refs/heads/main\n")
        .variable("FORCE_COLOR", "1")
        .terminal(100)
        .at("/examples");
    let outcome = world.run("dunnage lint -f common.yaml -f prod.yaml").exits(1);
    let command = "\u{1b}[1m$ dunnage lint -f common.yaml -f prod.yaml\u{1b}[0m";
    let shown = format!("{command}\n{}", outcome.printed());
    anstyle_svg::Term::new().render_svg(&shown)
}

#[test]
fn the_picture_of_the_readme_is_what_the_program_prints() {
    let path = docs().join("findings.svg");
    let picture = picture();
    assert!(picture.matches("error").count() >= 3, "{picture}");
    // A namespace is a name: nothing is loaded from it.
    let foreign = picture.replace("http://www.w3.org/", "");
    assert!(!foreign.contains("://"), "{foreign}");
    if std::env::var_os("UPDATE").is_some() {
        return std::fs::write(path, picture).expect("a picture can be written");
    }
    assert_eq!(
        read(&path),
        picture,
        "docs/findings.svg is stale; run `UPDATE=1 cargo test --test site`"
    );
}
