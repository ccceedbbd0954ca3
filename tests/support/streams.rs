//! Whole streams of manifests: the recorded ones, a second reader that is not ours, and rendering in one call.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dunnage::diag::Diagnostic;
use dunnage::k8s::{Demands, FitRefusal, Kinds, Manifests, Workload};
use dunnage::policy;
use dunnage::render::{self, Options};
use dunnage::text::Sources;
use serde_json::{Value, json};

/// The folder of real streams, where there is one.
pub(crate) fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("DUNNAGE_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: DUNNAGE_CORPUS names no folder of streams");
    }
    folder
}

/// One stream of the corpus.
pub(crate) fn stream(corpus: &Path, name: &str) -> String {
    std::fs::read_to_string(corpus.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every stream of the corpus with its name, in order.
pub(crate) fn streams(corpus: &Path) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(corpus).expect("the corpus");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".helm3.yaml") || name.ends_with(".helm4.yaml"))
        .collect();
    names.sort();
    assert!(!names.is_empty(), "{} holds no stream", corpus.display());
    names.into_iter().map(|name| (name.clone(), stream(corpus, &name))).collect()
}

/// The new stream, or what is wrong.
pub(crate) fn render(policy: &str, manifests: &str) -> Result<String, Vec<Diagnostic>> {
    let mut sources = Sources::default();
    let policy_source = sources.add("policy.yaml", policy.to_owned());
    let source = sources.add("in.yaml", manifests.to_owned());
    let (read, problems) = policy::read(policy_source, sources.get(policy_source).text());
    let policy = read.unwrap_or_else(|| panic!("{problems:#?}"));
    let release = Manifests::read(source, sources.get(source).text(), &policy.kinds);
    let outcome = render::run(&release, &policy, &Options::default());
    if outcome.rendered {
        Ok(outcome.text(&release))
    } else {
        Err(outcome.diagnostics)
    }
}

/// The documents of a stream as a second reader sees them: `serde_yaml`, split at lines of `---`. One that
/// it refuses (duplicate keys) is read by ours.
pub(crate) fn documents(stream: &str) -> Vec<Value> {
    let mut documents = Vec::new();
    for part in dunnage::yaml::split(stream) {
        let text = &stream[part];
        if dunnage::yaml::is_blank(text) {
            continue;
        }
        let value = serde_yaml::from_str(text).ok().or_else(|| {
            let document = dunnage::yaml::parse(text).ok()?;
            dunnage::yaml::to_json(document.root()?).ok()
        });
        documents.push(value.unwrap_or(Value::Null));
    }
    documents
}

/// `Kind/name` of an object.
pub(crate) fn title(object: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    format!(
        "{}/{}",
        text(&object["kind"]),
        text(&object["metadata"]["name"])
    )
}

/// JSON pointers to the mappings that hold the fields of a pod spec: those of Kubernetes' own kinds, and of
/// the others that stand in real releases.
pub(crate) fn pod_spec_pointers(object: &Value) -> Vec<String> {
    match object["kind"].as_str().unwrap_or_default() {
        "Prometheus" | "Alertmanager" => vec!["/spec".to_owned()],
        "RayCluster" => {
            let groups = object["spec"]["workerGroupSpecs"].as_array();
            let workers = 0..groups.map_or(0, Vec::len);
            let worker = |index| format!("/spec/workerGroupSpecs/{index}/template/spec");
            let head = "/spec/headGroupSpec/template/spec".to_owned();
            std::iter::once(head).chain(workers.map(worker)).collect()
        }
        _ => template_pointers(object)
            .iter()
            .map(|pointer| format!("{pointer}/spec"))
            .collect(),
    }
}

/// JSON pointers to the pod templates of a kind; written apart from the program's own table.
pub(crate) fn template_pointers(object: &Value) -> &'static [&'static str] {
    match object["kind"].as_str().unwrap_or_default() {
        "Pod" => &[""],
        "PodTemplate" => &["/template"],
        "CronJob" => &["/spec/jobTemplate/spec/template"],
        "Deployment"
        | "ReplicaSet"
        | "ReplicationController"
        | "StatefulSet"
        | "DaemonSet"
        | "Job" => &["/spec/template"],
        _ => &[],
    }
}

/// What a pod of this spec asks of its node.
pub(crate) fn demands(spec: &Value) -> Demands {
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "spec": spec}).to_string();
    let source = Sources::default().add("pod", String::new());
    let kinds = Kinds::default();
    let release = Manifests::read(source, &pod, &kinds);
    let documents = release.documents(|_| true);
    let objects = documents.objects(&release);
    let workloads = Workload::all(&objects[0], &kinds);
    Demands::of(&workloads[0].template.spec)
}

/// How many nodes refuse a pod for each reason that has to do with taints and labels, as kube-scheduler
/// counts them in the condition `PodScheduled`: `0/2 nodes are available: 1 node(s) had ..., 1 ...`.
pub(crate) fn refusals(message: &str) -> BTreeMap<String, usize> {
    /// What it writes where a term names a node that is not there.
    const NO_SUCH_NODE: &str = "node(s) didn't satisfy plugin(s) [NodeAffinity]";
    let (_, reasons) = message.split_once(": ").unwrap_or_default();
    let reasons = reasons.split(". ").next().unwrap_or_default();
    let counted = reasons.trim_end_matches('.').split(", ").filter_map(|reason| {
        let (count, event) = reason.split_once(' ')?;
        let event = event.replace(NO_SUCH_NODE, FitRefusal::NodeAffinity.event());
        Some((event, count.parse().ok()?))
    });
    counted
        .filter(|(event, _): &(String, usize)| event.starts_with("node(s)"))
        .collect()
}
