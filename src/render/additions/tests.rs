//! The pages of the additions run here, and the rules that hold for all of them.

use std::fmt::Write as _;

use crate::k8s::Manifests;
use crate::policy::{self, Policy};
use crate::render::{ADDITION_PAGES, AddedState, Mode, Options, Outcome, run};
use crate::text::Sources;

/// A rendered stream with what was said of it.
struct Rendered {
    outcome: Outcome,
    text: String,
}

impl Rendered {
    /// `RN034 message`, a line each.
    fn says(&self) -> String {
        let lines = self.outcome.diagnostics.iter().map(|diagnostic| {
            let help = diagnostic.help.as_deref().unwrap_or_default();
            format!("{} {}\n  {help}\n", diagnostic.code.id, diagnostic.message)
        });
        lines.collect()
    }

    /// The added documents of the parts with these names.
    fn documents(&self, page: &str) -> String {
        let added = self.outcome.added.iter();
        let added = added.filter(|added| page_of(added.part.key()) == page);
        let texts: Vec<&str> = added.map(|added| added.text.as_str()).collect();
        texts.join("---\n")
    }

    /// `Kind/name: reason`, a line each.
    fn added(&self) -> String {
        let mut text = String::new();
        for added in &self.outcome.added {
            writeln!(text, "{}/{}: {}", added.kind, added.name, added.why).expect("a string");
        }
        text
    }

    fn not_added(&self) -> String {
        let mut text = String::new();
        for left in &self.outcome.not_added {
            let pool = left.pool.as_deref();
            let pool = pool.map(|pool| format!(" (pool {pool})")).unwrap_or_default();
            writeln!(text, "{}{pool}: {}", left.part.key(), left.why).expect("a string");
        }
        text
    }
}

fn page_of(part: &str) -> &'static str {
    match part {
        "prePuller.continuous" => "continuous_puller",
        "scheduling.userPlaceholder" => "user_placeholder",
        "scheduling.nodePlaceholder" => "node_placeholder",
        _ => "priority_class",
    }
}

fn options() -> Options {
    Options {
        mode: Some(Mode::Plain),
        release: Some("hub".to_owned()),
        namespace: Some("hub".to_owned()),
        ..Options::default()
    }
}

#[track_caller]
fn read_policy(text: &str) -> Policy {
    let source = Sources::default().add("policy.yaml", text.to_owned());
    let (policy, problems) = policy::read(source, text);
    policy.unwrap_or_else(|| panic!("{problems:#?}"))
}

#[track_caller]
fn render_with(policy: &str, manifests: &str, options: &Options) -> Rendered {
    let policy = read_policy(policy);
    let source = Sources::default().add("in.yaml", manifests.to_owned());
    let release = Manifests::read(source, manifests, &policy.kinds);
    let outcome = run(&release, &policy, options);
    let text = outcome.text(&release);
    Rendered { outcome, text }
}

#[track_caller]
fn render(policy: &str, manifests: &str) -> Rendered {
    render_with(policy, manifests, &options())
}

/// Runs the examples of a page, and returns it with what they give.
fn run_page(name: &str, page: &str) -> String {
    let mut written = String::new();
    let (mut policy, mut rendered) = (String::new(), None);
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        writeln!(written, "{line}").expect("a string");
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let block: String = block.iter().flat_map(|line| [line, "\n"]).collect();
        let shown = |rendered: &Option<Rendered>, show: &dyn Fn(&Rendered) -> String| {
            show(rendered.as_ref().expect("a stream before its outcome"))
        };
        let block = match info {
            "yaml policy" => {
                policy.clone_from(&block);
                block
            }
            "yaml in" => {
                let run = render(&policy, &block);
                let again = render(&policy, &run.text);
                assert_eq!(again.text, run.text, "{name}: rendered twice");
                rendered = Some(run);
                block
            }
            "yaml added" => shown(&rendered, &|rendered| rendered.documents(name)),
            "text added" => shown(&rendered, &Rendered::added),
            "text not added" => shown(&rendered, &Rendered::not_added),
            "text says" => shown(&rendered, &Rendered::says),
            other => panic!("{name}: no block is called `{other}`"),
        };
        writeln!(written, "{block}```").expect("a string");
    }
    written
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test that rewrites its own expectation"
)]
fn pages_are_true() {
    for (name, page) in ADDITION_PAGES {
        let written = run_page(name, page);
        if std::env::var_os("UPDATE").is_some() {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/render/additions");
            std::fs::write(format!("{folder}/{name}.md"), written).expect("a page can be written");
        } else {
            assert_eq!(
                &written, page,
                "{name}.md is stale; run `UPDATE=1 cargo test`"
            );
        }
    }
}

const POLICY: &str = "version: 1
pools:
  user: {labels: {pool: user}, taints: ['dedicated=user:NoSchedule']}
  gpu: {labels: {pool: gpu}}
additions:
  - name: the hub
    match: {chart: jupyterhub}
    pools: {user: {}, gpu: {}}
    prePuller: {continuous: {}, extraImages: {tool: {name: t, tag: '1'}}}
    scheduling:
      podPriority: {}
      userPlaceholder: {replicas: 1, resources: {requests: {memory: 1G}}}
      nodePlaceholder: {replicas: 1}
";

const SERVICE: &str = "---
# Source: jupyterhub/templates/service.yaml
kind: Service
apiVersion: v1
metadata: {name: hub}
";

#[test]
fn classes_come_first_and_all_else_last() {
    let rendered = render(POLICY, SERVICE);
    let kinds: Vec<&str> = rendered.text.lines().filter(|line| line.starts_with("kind")).collect();
    let expected = [
        "PriorityClass",
        "PriorityClass",
        "Service",
        "PodDisruptionBudget",
        "DaemonSet",
        "DaemonSet",
        "StatefulSet",
        "StatefulSet",
        "StatefulSet",
        "StatefulSet",
    ];
    assert_eq!(kinds, expected.map(|kind| format!("kind: {kind}")));
    let sources = rendered.text.matches("# Source: jupyterhub/templates/dunnage/").count();
    assert_eq!(sources, 9);
}

#[test]
fn every_way_to_begin_and_end_a_stream_keeps_its_documents() {
    let service = SERVICE.trim_start_matches("---\n");
    for stream in [
        SERVICE.to_owned(),
        service.to_owned(),
        service.trim_end().to_owned(),
        format!("\u{feff}{service}"),
        format!("%YAML 1.2\n{SERVICE}"),
        format!("{SERVICE}---\n"),
        format!("{SERVICE}---\n# end\n"),
        format!("{SERVICE}...\n"),
        format!("# begin\n{SERVICE}\n---\n\n---"),
        SERVICE.replace('\n', "\r\n"),
        format!("--- {{\"kind\": \"Service\", \"apiVersion\": \"v1\"}}\n{SERVICE}"),
    ] {
        let rendered = render(POLICY, &stream);
        assert!(rendered.outcome.rendered, "{stream:?}: {}", rendered.says());
        let documents = kinds_of(&rendered.text);
        let chart = kinds_of(&stream);
        assert_eq!(
            documents.len(),
            chart.len() + 9,
            "{stream:?}\n{}",
            rendered.text
        );
        assert_eq!(
            &documents[..2],
            ["PriorityClass", "PriorityClass"],
            "{stream:?}"
        );
        assert_eq!(&documents[2..2 + chart.len()], chart, "{stream:?}");
        let again = render(POLICY, &rendered.text);
        assert_eq!(again.text, rendered.text, "{stream:?}");
        assert!(!again.outcome.is_changed());
    }
}

/// The kind of each object.
fn kinds_of(stream: &str) -> Vec<String> {
    let policy = read_policy(POLICY);
    let source = Sources::default().add("in.yaml", String::new());
    let release = Manifests::read(source, stream, &policy.kinds);
    let documents = release.all_documents();
    assert_eq!(documents.broken().count(), 0, "{stream}");
    let objects = documents.objects(&release);
    objects.iter().map(|object| object.gvk.kind.clone()).collect()
}

#[test]
fn another_policy_replaces_and_removes_what_an_earlier_one_added() {
    let first = render(POLICY, SERVICE);
    let smaller = POLICY
        .replace(
            "nodePlaceholder: {replicas: 1}",
            "nodePlaceholder: {enabled: false, replicas: 1}",
        )
        .replace("tag: '1'", "tag: '2'");
    let second = render(&smaller, &first.text);
    let state = |kind: &str| {
        let mut added = second.outcome.added.iter();
        added.find(|added| added.kind == kind).map(|added| added.state)
    };
    assert_eq!(state("DaemonSet"), Some(AddedState::Replaced));
    assert_eq!(state("StatefulSet"), Some(AddedState::Unchanged));
    assert_eq!(second.outcome.removed.len(), 2);
    assert_eq!(second.text, render(&smaller, SERVICE).text);
    // A policy without additions removes them all.
    let none = "version: 1\npools: {}\n";
    let third = render(none, &first.text);
    assert_eq!(third.text, SERVICE);
    assert_eq!(third.outcome.removed.len(), 9);
}

#[test]
fn another_layout_of_an_addition_is_no_change() {
    let first = render(POLICY, SERVICE);
    let other = first.text.replace("maxUnavailable: \"100%\"", "maxUnavailable: '100%'   # all");
    assert_ne!(other, first.text);
    let again = render(POLICY, &other);
    assert_eq!(again.text, other);
}

#[test]
fn additions_are_skipped_by_rows() {
    let policy = format!(
        "{POLICY}workloads:\n  - {{name: all, match: {{kind: [DaemonSet, StatefulSet]}}, pool: gpu, priorityClassName: x}}\n"
    );
    let first = render(&policy, SERVICE);
    let again = render(&policy, &first.text);
    assert_eq!(again.text, first.text);
    assert_eq!(again.outcome.matched, [0]);
    assert!(again.outcome.decided.is_empty());
}

#[test]
fn the_namespace_is_needed_only_for_classes() {
    let unknown = Options {
        namespace: None,
        ..options()
    };
    let rendered = render_with(POLICY, SERVICE, &unknown);
    assert!(!rendered.outcome.rendered);
    assert!(rendered.says().contains("RN034 the namespace of the release is unknown"));
    let with_environment = Options {
        helm_namespace: Some("env".to_owned()),
        ..unknown.clone()
    };
    let rendered = render_with(POLICY, SERVICE, &with_environment);
    assert!(rendered.outcome.rendered);
    assert!(rendered.says().contains("RN044"), "{}", rendered.says());
    assert!(rendered.text.contains("name: hub-env-dunnage-image-puller-m5"));
    let without = POLICY
        .replace("podPriority: {}", "podPriority: {enabled: false}")
        .replace("userPlaceholder: {", "userPlaceholder: {enabled: false, ");
    let rendered = render_with(&without, SERVICE, &unknown);
    assert!(rendered.outcome.rendered, "{}", rendered.says());
}

/// The name of the release of a stream by its objects, or the error.
#[track_caller]
fn check_identity(metadata: &str, criteria: &str, expected: &str) {
    let policy = POLICY.replace("{chart: jupyterhub}", criteria);
    let stream = SERVICE.replace("{name: hub}", metadata);
    let options = Options {
        mode: Some(Mode::Plain),
        ..Options::default()
    };
    let rendered = render_with(&policy, &stream, &options);
    let found = match &rendered.outcome.added[..] {
        [first, ..] if rendered.outcome.rendered => first.name.clone(),
        _ => rendered.says(),
    };
    assert!(found.starts_with(expected), "{metadata}: {found}");
}

#[test]
fn the_stream_tells_the_release() {
    let labels = "{name: a, namespace: ns, labels: {app.kubernetes.io/instance: prod}}";
    check_identity(labels, "{chart: jupyterhub}", "prod-ns-dunnage-");
    let annotations = "{name: a, annotations: {meta.helm.sh/release-name: prod, meta.helm.sh/release-namespace: ns}}";
    check_identity(annotations, "{chart: jupyterhub}", "prod-ns-dunnage-");
    let nothing = "{name: a}";
    check_identity(
        nothing,
        "{chart: jupyterhub}",
        "RN034 the name of the release is unknown",
    );
    check_identity(
        nothing,
        "{release: prod, namespace: ns}",
        "prod-ns-dunnage-",
    );
    check_identity(
        nothing,
        "{release: prod}",
        "RN034 the namespace of the release is unknown",
    );
    let two =
        "{name: a, namespace: ns, labels: {app.kubernetes.io/instance: prod, release: other}}";
    check_identity(
        two,
        "{chart: jupyterhub}",
        "RN034 the name of the release is ambiguous",
    );
    check_identity(two, "{release: prod}", "prod-ns-dunnage-");
    check_identity(labels, "{release: staging}", "");
}

#[test]
fn bindings_tell_the_namespace() {
    let stream = format!(
        "{SERVICE}---
kind: ServiceAccount
apiVersion: v1
metadata: {{name: hub}}
---
kind: RoleBinding
apiVersion: rbac.authorization.k8s.io/v1
metadata: {{name: hub, namespace: other}}
subjects:
  - {{kind: ServiceAccount, name: hub, namespace: own}}
  - {{kind: ServiceAccount, name: default, namespace: kube-system}}
"
    );
    let options = Options {
        namespace: None,
        ..options()
    };
    let rendered = render_with(POLICY, &stream, &options);
    assert_eq!(
        rendered.outcome.added[0].name,
        "hub-own-dunnage-image-puller-m5"
    );
}

#[test]
fn the_first_entry_that_matches_applies() {
    let two = POLICY.replace(
        "  - name: the hub\n    match: {chart: jupyterhub}",
        "  - {name: staging, match: {release: 'staging*'}, pools: {user: {}}}\n  - name: the hub\n    match: {chart: jupyterhub}",
    );
    let rendered = render(&two, SERVICE);
    assert_eq!(rendered.outcome.entry.as_deref(), Some("the hub"));
    let unknown = Options {
        release: None,
        ..options()
    };
    let rendered = render_with(&two, SERVICE, &unknown);
    let says = rendered.says();
    assert!(
        says.starts_with("RN035 two entries of `additions` could match"),
        "{says}"
    );
    assert!(rendered.outcome.added.is_empty());
    let other = render(&two, &SERVICE.replace("jupyterhub", "web"));
    assert_eq!(other.outcome.entry, None);
    assert!(!other.outcome.is_changed());
}

#[test]
fn objects_of_the_chart_are_never_replaced() {
    let added = render(POLICY, SERVICE);
    let budget = added.outcome.added.iter().find(|added| added.kind == "PodDisruptionBudget");
    let budget = &budget.expect("a budget").text;
    let own: String = budget
        .lines()
        .filter(|line| !line.contains("dunnage/addition") && !line.contains("annotations"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let rendered = render(POLICY, &format!("{SERVICE}---\n{own}"));
    let says = rendered.says();
    assert!(
        says.contains("RN036 the chart already has `PodDisruptionBudget/"),
        "{says}"
    );
    let marked = SERVICE.replace(
        "{name: hub}",
        "{name: hub, annotations: {dunnage/addition: a/b}}",
    );
    let says = render(POLICY, &marked).says();
    assert!(
        says.starts_with("RN037 `Service/hub` has the annotation"),
        "{says}"
    );
    let listed = format!(
        "kind: List\napiVersion: v1\nitems:\n- {}",
        budget.replace('\n', "\n  ")
    );
    let says = render(POLICY, &listed).says();
    assert!(says.contains("is in a list"), "{says}");
}

#[test]
fn selectors_of_the_chart_do_not_select_added_pods() {
    let budget = "---
kind: PodDisruptionBudget
apiVersion: policy/v1
metadata: {name: all}
spec: {minAvailable: 1, selector: {matchLabels: {app.kubernetes.io/instance: hub}}}
";
    let says = render(POLICY, &format!("{SERVICE}{budget}")).says();
    assert!(
        says.contains("RN045 `PodDisruptionBudget/all` selects"),
        "{says}"
    );
    let other = budget.replace(": hub}}", ": hub, app.kubernetes.io/name: web}}");
    assert_eq!(render(POLICY, &format!("{SERVICE}{other}")).says(), "");
    let workload = "---
kind: Deployment
apiVersion: apps/v1
metadata: {name: web}
spec:
  selector: {matchLabels: {app.kubernetes.io/instance: hub}}
  template: {metadata: {labels: {app.kubernetes.io/instance: hub}}, spec: {containers: []}}
";
    let says = render(POLICY, &format!("{SERVICE}{workload}")).says();
    assert!(says.contains("RN045 `Deployment/web` selects"), "{says}");
}

#[test]
fn pods_of_the_chart_that_may_run_there_are_named() {
    let puller = "---
kind: DaemonSet
apiVersion: apps/v1
metadata: {name: continuous-image-puller}
spec:
  selector: {matchLabels: {component: continuous-image-puller, app: jupyterhub}}
  template:
    metadata: {labels: {component: continuous-image-puller, app: jupyterhub}}
    spec: {nodeSelector: {zone: a}, initContainers: [{name: a, image: 't:1'}]}
";
    let rendered = render(POLICY, &format!("{SERVICE}{puller}"));
    let gpu = rendered.outcome.added.iter().find(|added| added.name.ends_with("puller-gpu"));
    assert_eq!(
        gpu.map(|added| added.why.as_str()),
        Some(
            "pulls `t:1`; `DaemonSet/continuous-image-puller` may run there too: the pool does not define `zone`"
        )
    );
}

#[test]
fn a_resource_list_gets_an_error() {
    let list = "kind: ResourceList
apiVersion: config.kubernetes.io/v1
items:
  - kind: Service
    apiVersion: v1
    metadata: {name: hub, labels: {app.kubernetes.io/instance: hub}}
";
    let options = Options {
        mode: None,
        ..options()
    };
    let policy = POLICY.replace("{chart: jupyterhub}", "{release: hub}");
    let says = render_with(&policy, list, &options).says();
    assert!(says.starts_with("RN043"), "{says}");
}
