//! Values of a hub inside the objects of `GitOps` tools, linted where they stand.

use std::ffi::OsString;
use std::path::Path;

use dunnage::cli;
use dunnage::host::{Memory, Read as _};

/// What the linter says of a file, a line a finding.
fn findings(text: &str, options: &[&str]) -> (u8, String) {
    let world = Memory::default().file("hub.yaml", text);
    let line = ["dunnage", "lint", "hub.yaml", "--format", "concise"];
    let line = line.iter().chain(options).map(OsString::from).collect();
    let code = cli::run(&world, line).code();
    (code, world.stdout())
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let (code, found) = findings(text, &[]);
    assert_eq!(found, expected);
    assert_eq!(code, u8::from(!expected.is_empty()));
}

const FLUX: &str = "\
apiVersion: v1
kind: Namespace
metadata:
  name: hub
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: hub
spec:
  chart:
    spec:
      chart: jupyterhub
      version: 4.3.1
      sourceRef: {kind: HelmRepository, name: jupyterhub}
  values:
    singleuser:
      memory: {limit: 2Gi, guarantee: 1G}
";

#[test]
fn a_helm_release_holds_them_as_a_mapping() {
    check(
        FLUX,
        "hub.yaml:18:16: error[RS001] JupyterHub cannot read `2Gi` as an amount of memory\n",
    );
}

#[test]
fn the_object_says_the_version_of_the_chart() {
    let with = |version: &str| {
        FLUX.replace("4.3.1", version)
            .replace("memory: {limit: 2Gi, guarantee: 1G}", "defaultUrl: /lab")
            + "    httpRoute: {enabled: true}\n"
    };
    let (_, newer) = findings(&with("4.4.0"), &[]);
    assert_eq!(newer, "");
    let (code, older) = findings(&with("3.3.8"), &[]);
    assert_eq!(code, 1);
    assert!(older.starts_with("hub.yaml:19:5: error[SM001]"), "{older}");
    // Of a range nobody knows which one it is.
    let (code, _) = findings(&with("'>=3.0.0 <5'"), &[]);
    assert_eq!(code, 0);
}

const ARGO: &str = "\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: hub
spec:
  sources:
    - repoURL: https://git.example.org/values.git
      targetRevision: main
      ref: values
    - repoURL: https://hub.jupyter.org/helm-chart/
      chart: jupyterhub
      targetRevision: 4.3.1
      helm:
        values: |
          # The users.
          singleuser:
            memory:
              limit: 2Gi # much
              guarantee: 1G
            extraEnv:
              TEXT: |
                one
                  two
";

#[test]
fn an_application_holds_them_as_a_block_of_text() {
    let found =
        "hub.yaml:18:15: error[RS001] JupyterHub cannot read `2Gi` as an amount of memory\n";
    check(ARGO, found);
    check(&ARGO.replace("values: |\n", "values: |-\n"), found);
    check(&ARGO.replace('\n', "\r\n"), found);
    let single = ARGO.replace("  sources:\n", "  source:\n");
    let single = single.replace("    - repoURL: https://git.example.org/values.git\n      targetRevision: main\n      ref: values\n", "");
    let single = single.replace("    - repoURL", "      repoURL");
    check(&single, &found.replace("18", "15"));
}

#[test]
fn an_application_set_fills_in_what_it_makes_of_its_template() {
    let set = "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: hubs}\nspec:\n  generators:\n    - list: {elements: [{name: a, size: 2G}]}\n  template:\n    metadata: {name: '{{name}}'}\n    spec:\n      source:\n        chart: jupyterhub\n        repoURL: https://charts.example.org\n        targetRevision: '{{version}}'\n        helm:\n          valuesObject:\n            singleuser:\n              memory: {limit: '{{size}}', guarantee: 1Gi}\n";
    check(
        set,
        "hub.yaml:17:43: error[RS001] JupyterHub cannot read `1Gi` as an amount of memory\n",
    );
}

#[test]
fn a_comment_in_the_block_silences_what_stands_there() {
    check(
        &ARGO.replace("# much", "# dunnage: ignore[RS001] for a test"),
        "",
    );
}

#[test]
fn a_text_in_quotes_is_a_source_of_its_own() {
    let start = ARGO.find("values: |").expect("a block");
    let quoted = format!(
        "{}values: \"singleuser:\\n  memory: {{limit: 2Gi, guarantee: 1G}}\\n\"\n",
        &ARGO[..start]
    );
    check(
        &quoted,
        "hub.yaml, values of Application/hub:2:12: error[RS001] JupyterHub cannot read `2Gi` as an amount of memory\n",
    );
    let broken = ARGO.replace("# The users.", "a: [");
    let (code, found) = findings(&broken, &[]);
    assert_eq!(code, 2);
    assert!(
        found.starts_with("hub.yaml, values of Application/hub:3:9: error[VA001] this is not YAML"),
        "{found}"
    );
}

#[test]
fn parameters_lie_over_the_object_that_takes_the_place_of_the_text() {
    let more = "        valuesObject:
          singleuser: {memory: {limit: 1G, guarantee: 1G}}
        parameters:
          - name: singleuser.memory.guarantee
            value: 3G
";
    check(
        &format!("{ARGO}{more}"),
        "hub.yaml, a parameter of Application/hub:1:19: error[RS003] a server is guaranteed more memory than it may use\n",
    );
}

#[track_caller]
fn check_fixed(text: &str, fixed: &str) {
    let world = Memory::default().file("hub.yaml", text);
    let line = ["dunnage", "lint", "hub.yaml", "--fix", "--unsafe-fixes"];
    let code = cli::run(&world, line.iter().map(OsString::from).collect()).code();
    let text = world.read_file(Path::new("hub.yaml")).expect("a file");
    assert_eq!(text, fixed, "{}{}", world.stdout(), world.stderr());
    assert_eq!(code, 0, "{}", world.stdout());
}

#[test]
fn fixes_change_them_in_their_place() {
    for text in [FLUX, ARGO, K3S] {
        check_fixed(text, &text.replace("2Gi", "2G"));
    }
}

#[test]
fn what_moves_stays_among_the_values() {
    let hub = "    hub:\n      baseUrl: /\n      Authenticator:\n        admin_users: [ada]\n";
    let moved = "    hub:\n      baseUrl: /\n      config:\n        Authenticator:\n          admin_users:\n          - ada\n";
    let flux = FLUX.replace("2Gi", "2G");
    check_fixed(&format!("{flux}{hub}"), &format!("{flux}{moved}"));
    let k3s = K3S.replace("2Gi", "2G");
    check_fixed(&format!("{k3s}{hub}"), &format!("{k3s}{moved}"));
}

const K3S: &str = "\
apiVersion: helm.cattle.io/v1
kind: HelmChart
metadata:
  name: hub
spec:
  chart: https://hub.jupyter.org/helm-chart/jupyterhub-4.3.1.tgz
  set:
    singleuser.memory.guarantee: 1G
  valuesContent: |-
    singleuser:
      memory: {limit: 2Gi}
";

#[test]
fn a_helm_chart_of_k3s_holds_them_as_text() {
    check(
        K3S,
        "hub.yaml:11:16: error[RS001] JupyterHub cannot read `2Gi` as an amount of memory\n",
    );
}

#[test]
fn the_chart_around_a_hub_may_have_any_name() {
    let around = FLUX.replace("chart: jupyterhub\n", "chart: daskhub\n");
    let around = around.replace(
        "    singleuser:\n      memory: {limit: 2Gi, guarantee: 1G}\n",
        "    jupyterhub: {singleuser: {memory: {limit: 2Gi, guarantee: 1G}}}\n    cull: {every: 60}\n",
    );
    check(
        &around,
        "hub.yaml:17:40: error[RS001] JupyterHub cannot read `2Gi` as an amount of memory\nhub.yaml:18:5: warning[SM003] `cull` stands outside of `jupyterhub`, and z2jh never gets it\n",
    );
}

#[test]
fn below_another_chart_they_are_no_defaults() {
    let around = FLUX.replace("chart: jupyterhub\n", "chart: daskhub\n");
    let around = around.replace(
        "    singleuser:\n      memory: {limit: 2Gi, guarantee: 1G}\n",
        "    jupyterhub:\n      singleuser: {defaultUrl: /lab}\n      hub:\n        config:\n",
    );
    check(
        &around,
        "hub.yaml:20:9: error[SY002] `config` with nothing behind it erases what was set below it\n",
    );
}

#[test]
fn what_is_no_hub_is_not_taken_for_one() {
    for (from, to) in [
        ("name: jupyterhub}", "name: bitnami}"),
        ("kind: HelmRelease", "kind: HelmChart"),
        ("singleuser:\n", "proxy:\n"),
    ] {
        let text = FLUX
            .replace("chart: jupyterhub\n", "chart: web\n")
            .replace(from, to);
        check(&text, "");
    }
    check(&FLUX.replace("name: jupyterhub}", "name: bitnami}"), "");
}

#[test]
fn what_flux_fills_in_may_be_anything() {
    let filled = FLUX.replace("2Gi", "'${MEMORY}'");
    check(
        &format!("{filled}    cull: {{every: '${{EVERY:=600}}'}}\n"),
        "",
    );
}

#[test]
fn a_key_that_stands_twice_is_told_once() {
    let text = format!("{FLUX}      memory: {{limit: 1G, guarantee: 1G}}\n");
    check(
        &text,
        "hub.yaml:18:7: error[SY001] `memory` comes again in the same mapping, and Helm keeps the last one alone\n",
    );
}
