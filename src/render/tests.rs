//! The pages of the passes run here.

use super::*;
use crate::diag::Diagnostic;
use crate::k8s::{Manifests, PodField};
use crate::policy::{self, Policy};
use crate::text::Sources;

/// What one rendering gives.
struct Rendered {
    text: Option<String>,
    diagnostics: Vec<Diagnostic>,
}

impl Rendered {
    /// `RN003 message`, a line each.
    fn says(&self) -> String {
        let line =
            |diagnostic: &Diagnostic| format!("{} {}\n", diagnostic.code.id, diagnostic.message);
        self.diagnostics.iter().map(line).collect()
    }
}

#[track_caller]
fn render(policy: &str, manifests: &str) -> Rendered {
    let mut sources = Sources::default();
    let policy_source = sources.add("policy.yaml", policy.to_owned());
    let source = sources.add("in.yaml", manifests.to_owned());
    let (policy, problems) = policy::read(policy_source, sources.get(policy_source).text());
    let policy: Policy = policy.unwrap_or_else(|| panic!("{problems:#?}"));
    let release = Manifests::read(source, sources.get(source).text(), &policy.kinds);
    let mut options = Options {
        mode: Some(Mode::Plain),
        ..Options::default()
    };
    let outcome = run(&release, &policy, &options);
    // What is written and said does not depend on whether somebody asks for the decisions.
    options.forgets_decisions = true;
    let forgetful = run(&release, &policy, &options);
    assert_eq!(forgetful.documents, outcome.documents);
    assert_eq!(forgetful.diagnostics, outcome.diagnostics);
    assert!(forgetful.decided.is_empty() && forgetful.seen.is_empty());
    let text = outcome.rendered.then(|| outcome.text(&release));
    let diagnostics = outcome.diagnostics;
    Rendered { text, diagnostics }
}

/// A fenced block of a page.
struct Block<'p> {
    info: &'p str,
    text: String,
    line: usize,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut open = false;
    for (index, line) in page.lines().enumerate() {
        match (line.strip_prefix("```"), open) {
            (Some(info), false) => {
                blocks.push(Block {
                    info,
                    text: String::new(),
                    line: index + 1,
                });
                open = true;
            }
            (Some(_), true) => open = false,
            (None, true) => {
                let block = blocks.last_mut().expect("a block is open");
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, false) => {}
        }
    }
    blocks
}

/// Every `in` of a page must come out as its `out` (the same text for `out same`, an error where there
/// is none) and say what its `says` says.
fn check_pass(pass: &Pass) -> usize {
    let blocks = blocks(pass.page);
    let mut policy = String::new();
    let mut checked = 0;
    for (index, block) in blocks.iter().enumerate() {
        let place = format!("{}, line {}", pass.name, block.line);
        match block.info {
            "yaml policy" => policy.clone_from(&block.text),
            "yaml in" => {
                let rendered = render(&policy, &block.text);
                let after: Vec<&Block<'_>> = blocks[index + 1..]
                    .iter()
                    .take_while(|block| !matches!(block.info, "yaml in" | "yaml policy"))
                    .collect();
                let find = |info: &str| {
                    after.iter().find(|block| block.info == info).map(|block| block.text.clone())
                };
                let out =
                    find("yaml out").or_else(|| find("yaml out same").map(|_| block.text.clone()));
                assert_eq!(rendered.text, out, "{place}: {}", rendered.says());
                let says = rendered.says();
                let says: String = says
                    .lines()
                    .filter(|line| !line.starts_with("RN011"))
                    .map(|line| format!("{line}\n"))
                    .collect();
                assert_eq!(says, find("text says").unwrap_or_default(), "{place}");
                if let Some(out) = out {
                    assert_eq!(
                        render(&policy, &out).text,
                        Some(out),
                        "{place}, rendered twice"
                    );
                }
                checked += 1;
            }
            "yaml out" | "yaml out same" | "text says" => {}
            other => panic!("{place}: no block is called `{other}`"),
        }
    }
    checked
}

#[test]
fn pages_are_true() {
    for pass in PASSES {
        assert!(check_pass(pass) > 2, "{} shows too little", pass.name);
    }
}

/// What is kept of a field, where this policy places these manifests.
fn kept(policy: &str, manifests: &str, field: PodField) -> Vec<String> {
    let mut sources = Sources::default();
    let source = sources.add("policy.yaml", policy.to_owned());
    let (policy, problems) = policy::read(source, policy);
    let policy = policy.unwrap_or_else(|| panic!("{problems:#?}"));
    let release = Manifests::read(source, manifests, &policy.kinds);
    let outcome = run(&release, &policy, &Options::default());
    let kept = outcome.decided.iter().flat_map(|decided| &decided.kept);
    let kept = kept.filter(|kept| kept.field == Some(field));
    kept.map(|kept| kept.what.clone()).collect()
}

/// What is kept of the init containers of an image puller that pulls `a:1`, where its row wants `images`.
fn kept_of_a_puller(images: &str) -> Vec<String> {
    let policy = format!(
        "version: 1\npools: {{core: {{labels: {{pool: core}}}}}}\nworkloads:\n- {{match: {{kind: DaemonSet}}, pool: core, puller: true, images: [{images}]}}\n"
    );
    let puller = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: a, labels: {component: continuous-image-puller}}\nspec:\n  template:\n    metadata: {labels: {component: continuous-image-puller}}\n    spec:\n      initContainers: [{name: image-pull-a, image: 'a:1'}]\n";
    kept(&policy, puller, PodField::InitContainers)
}

#[test]
fn a_puller_that_pulls_every_image_keeps_its_containers() {
    assert_eq!(kept_of_a_puller("'a:1'"), ["already pulls every image"]);
    assert_eq!(kept_of_a_puller(""), [] as [&str; 0]);
    assert_eq!(kept_of_a_puller("'b:1'"), [] as [&str; 0]);
}

/// A Deployment whose pods have these fields.
fn deployment(pod_spec: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: a}}\nspec: {{template: {{spec: {{{pod_spec}}}}}}}\n"
    )
}

/// What is kept of the node affinity of a pod with these fields, where its row prefers the pool with `pool=core`.
fn kept_of_affinity(pod_spec: &str) -> Vec<String> {
    let policy =
        "version: 1\npools: {core: {labels: {pool: core}}}\nworkloads: [{name: all, pool: core}]\n";
    kept(policy, &deployment(pod_spec), PodField::NodeAffinity)
}

#[test]
fn a_preference_of_exactly_the_pool_is_kept() {
    let prefers = |preference: &str| {
        kept_of_affinity(&format!(
            "affinity: {{nodeAffinity: {{preferredDuringSchedulingIgnoredDuringExecution: [{{weight: 1, preference: {{{preference}}}}}]}}}}"
        ))
    };
    let core = "{key: pool, operator: In, values: [core]}";
    let other = "{key: zone, operator: In, values: [a]}";
    assert_eq!(
        prefers(&format!("matchExpressions: [{core}]")),
        ["already prefers nodes with pool=core"]
    );
    for term in [
        format!("matchExpressions: [{other}]"),
        format!("matchExpressions: [{core}, {other}]"),
        format!(
            "matchExpressions: [{core}], matchFields: [{{key: metadata.name, operator: In, values: [a]}}]"
        ),
    ] {
        assert_eq!(prefers(&term), [] as [&str; 0], "{term}");
    }
}

#[test]
fn a_required_pool_is_not_preferred_too() {
    let requires = |terms: &str| {
        kept_of_affinity(&format!(
            "affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: {{nodeSelectorTerms: [{terms}]}}}}}}"
        ))
    };
    let core = "{matchExpressions: [{key: pool, operator: In, values: [core]}]}";
    let other = "{matchExpressions: [{key: zone, operator: In, values: [a]}]}";
    let covered = ["already requires nodes with pool=core"];
    assert_eq!(requires(core), covered);
    // An empty term matches no node.
    assert_eq!(requires(&format!("{core}, {{}}")), covered);
    assert_eq!(requires(&format!("{core}, {other}")), [] as [&str; 0]);
    assert_eq!(requires("{}"), [] as [&str; 0]);
    assert_eq!(kept_of_affinity("nodeSelector: {pool: core}"), covered);
}

#[test]
fn tolerations_cover_the_taints_that_a_pool_has() {
    let kept = |taints: &str, tolerations: &str| {
        let policy = format!(
            "version: 1\npools: {{core: {{labels: {{pool: core}}, taints: [{taints}]}}}}\nworkloads: [{{name: all, pool: core}}]\n"
        );
        let manifests = deployment(&format!("tolerations: [{tolerations}]"));
        kept(&policy, &manifests, PodField::Tolerations)
    };
    assert_eq!(
        kept("'a=b:NoSchedule'", "{operator: Exists}"),
        ["already tolerates every taint of the pool"]
    );
    assert_eq!(kept("", "{operator: Exists}"), [] as [&str; 0]);
    assert_eq!(kept("'a=b:NoSchedule'", ""), [] as [&str; 0]);
}

#[test]
fn a_pod_gets_at_most_sixty_four_terms() {
    let policy = "version: 1\npools: {a: {labels: {pool: a}}, b: {labels: {pool: b}}}\nworkloads: [{name: all, pool: [a, b], matchNodePurpose: require}]\n";
    let rendered = |terms: usize| {
        let term = |number| {
            format!("{{matchExpressions: [{{key: zone, operator: In, values: [z{number}]}}]}}")
        };
        let terms: Vec<String> = (0..terms).map(term).collect();
        render(
            policy,
            &deployment(&format!(
                "affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: {{nodeSelectorTerms: [{}]}}}}}}",
                terms.join(", ")
            )),
        )
    };
    let most = rendered(32);
    assert_eq!(most.says(), "");
    let text = most.text.expect("a stream");
    assert_eq!(text.matches("matchExpressions").count(), 64);
    assert!(rendered(33).says().contains("66"));
}
