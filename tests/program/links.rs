//! Symbolic links: in circles, and out of a chart.

use std::os::unix::fs::symlink;

use crate::support::Folder;

#[test]
fn links_that_go_round_in_circles_lead_to_each_folder_once() {
    let folder = Folder::new().file("a/b/hub.yaml", "hub: {replicas: 2}\nsingleuser: {}\n");
    symlink("..", folder.join("a/up")).expect("a link");
    symlink("../..", folder.join("a/b/up")).expect("a link");
    let printed = folder.shell("dunnage lint . --format concise");
    assert_eq!(printed.exit, 1, "{printed:?}");
    assert_eq!(printed.stdout.lines().count(), 1, "{printed:?}");
}

/// A chart from elsewhere must not make the program read, and print, files that are no part of it.
#[test]
fn a_link_out_of_a_chart_is_not_read() {
    let mut folder = Folder::new()
        .file("outside.yaml", "hub: {unknownKey: PLANTED}\n")
        .file("other/Chart.yaml", "name: below\nversion: 1.0.0\n")
        .file("other/values.yaml", "a: PLANTED\n");
    for (linked, target) in [
        ("values.yaml", "../../outside.yaml"),
        ("values.schema.json", "../../outside.yaml"),
        ("Chart.lock", "../../outside.yaml"),
        ("charts/below", "../../../other"),
    ] {
        let chart = format!("charts/{}", linked.replace(['/', '.'], "-"));
        folder = folder
            .file(format!("{chart}/Chart.yaml"), "name: a\nversion: 1.0.0\n")
            .file(format!("{chart}/charts/README.md"), "");
        symlink(target, folder.join(&chart).join(linked)).expect("a link");
        for command in ["values", "lint"] {
            let printed = folder.shell(&format!("dunnage {command} {chart}"));
            assert_eq!(printed.exit, 2, "{command} {chart}");
            let expected = format!(
                "error[VA010] link-out-of-chart: `{chart}/{linked}` was not read: it is a symbolic link to a target outside its chart\n"
            );
            let shown = printed.stdout + &printed.stderr;
            assert!(shown.starts_with(&expected), "{shown}");
            assert!(!shown.contains("PLANTED"));
        }
    }
    // A link within the chart is a file like others.
    let folder = folder
        .file("inside/Chart.yaml", "name: a\nversion: 1.0.0\n")
        .file("inside/defaults.yaml", "a: shown\n");
    symlink("defaults.yaml", folder.join("inside/values.yaml")).expect("a link");
    let printed = folder.shell("dunnage values inside");
    assert_eq!((printed.stdout.as_str(), printed.exit), ("a: shown\n", 0));
}
