//! The tutorial on a real control plane, as a reader follows it: its commands, in their order.

use std::path::Path;

use crate::cluster::{Cluster, DUNNAGE, answer, set_by_script};
use crate::nodes;

/// The commands of the page that use the cluster: all but those that start and stop one.
fn script() -> String {
    let page = include_str!("../../docs/tutorial.md");
    let blocks = page.split("\n```sh\n").skip(1);
    let blocks = blocks.filter_map(|rest| rest.split("\n```\n").next());
    let lines = blocks.flat_map(str::lines);
    let lines =
        lines.filter(|line| !line.starts_with("scripts/cluster") && !line.starts_with("eval "));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
#[ignore = "needs a cluster: scripts/e2e-cluster"]
fn the_tutorial_moves_a_pod_to_the_core_node() {
    // Nodes have to be ready before a cluster is used. Pods of the tutorial do not tolerate the taint of this one.
    let cluster = Cluster::start(vec![nodes::gpu()]);
    let programs = ["KUBECTL", "HELM4"].map(set_by_script);
    let folders = programs.iter().map(String::as_str).chain([DUNNAGE]);
    let folders = folders.filter_map(|program| Path::new(program).parent());
    let folders = folders.map(|folder| folder.display().to_string());
    let folders: Vec<String> = folders.chain(std::env::var("PATH")).collect();
    let mut command = cluster.command("bash");
    command
        .args(["-euo", "pipefail", "-c", &script()])
        .env("PATH", folders.join(":"))
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    let printed = answer(&mut command).expect_success();
    let parts: Vec<&str> = printed.split("successfully rolled out").collect();
    let [_, before, after] = parts[..] else {
        panic!("{printed}");
    };
    assert!(before.contains("user-0"), "{printed}");
    assert!(!before.contains("core-0"), "{printed}");
    assert!(after.contains("core-0"), "{printed}");
}
