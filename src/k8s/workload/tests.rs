use super::*;
use crate::k8s::Manifests;
use crate::text::Sources;

/// What `of` says of each workload in a document, and of those that are missing, which come last.
fn each(text: &str, of: impl Fn(&Workload<'_>) -> String) -> Vec<String> {
    let kinds = Kinds::default();
    let source = Sources::default().add("a", String::new());
    let release = Manifests::read(source, text, &kinds);
    let documents = release.all_documents();
    let objects = documents.objects(&release);
    let mut all = Vec::new();
    for object in &objects {
        all.extend(Workload::all(object, &kinds).iter().map(&of));
        let missing = Workload::missing(object, &kinds);
        let missing = missing.iter().map(&of);
        all.extend(missing.map(|line| format!("missing {line}")));
    }
    all
}

/// An object of a kind.
fn object(api: &str, kind: &str, spec: &str) -> String {
    format!("apiVersion: {api}\nkind: {kind}\nmetadata: {{name: a}}\nspec: {spec}\n")
}

/// The fields that count for a pod template, as they are written, behind what the template is called.
fn fields(workload: &Workload<'_>) -> String {
    let names: Vec<&str> = workload.template.names().collect();
    let mut line = format!("{}:", names.join(" "));
    for field in [
        PodField::Tolerations,
        PodField::NodeAffinity,
        PodField::NodeSelector,
        PodField::PriorityClassName,
    ] {
        if let Some(value) = workload.template.spec.get(field) {
            let text = &value.document().text[value.range()];
            line.push_str(&format!(" {}={text}", field.as_str()));
        }
    }
    line
}

/// The fields of each template in an object, and whether its pods are tied to nodes or depend on something.
#[track_caller]
fn check(api: &str, kind: &str, spec: &str, expected: &[&str]) {
    let text = object(api, kind, spec);
    let found = each(&text, |workload| {
        let mut line = fields(workload);
        if workload.is_daemon_set() {
            line.push_str(", daemon set");
        }
        if workload.is_bound() {
            line.push_str(", bound");
        }
        if workload.caveat.is_some() {
            line.push_str(", with a caveat");
        }
        line
    });
    assert_eq!(found, expected, "{text}");
}

/// Every field of a pod spec, with a value that tells it from the others.
const POD: &str =
    "tolerations: [t], affinity: {nodeAffinity: n}, nodeSelector: s, priorityClassName: p";

/// What [`POD`] says.
const ALL: &str = "tolerations=[t] affinity=n nodeSelector=s priorityClassName=p";

#[test]
fn kinds_of_kubernetes_have_pod_templates() {
    let template = format!("{{template: {{spec: {{{POD}}}}}}}");
    check("apps/v1", "Deployment", &template, &[&format!(": {ALL}")]);
    let daemon_set = format!(": {ALL}, daemon set, bound");
    check("apps/v1", "DaemonSet", &template, &[&daemon_set]);
    let pod = format!("{{{POD}}}");
    check("v1", "Pod", &pod, &[&format!(": {ALL}")]);
    let job = format!("{{jobTemplate: {{spec: {template}}}}}");
    check("batch/v1", "CronJob", &job, &[&format!(": {ALL}")]);
    check("v1", "Service", &template, &[]);
    check("apps/v1", "Deployment", "{replicas: 1}", &[]);
}

#[test]
fn rows_of_clusters_name_their_templates() {
    let template = format!("{{spec: {{{POD}}}}}");
    let cluster = format!(
        "headGroupSpec: {{template: {template}}}, workerGroupSpecs: [{{groupName: gpu, template: {template}}}]"
    );
    let (head, worker) = (format!("head: {ALL}"), format!("worker gpu: {ALL}"));
    let spec = format!("{{{cluster}}}");
    check("ray.io/v1", "RayCluster", &spec, &[&head, &worker]);
    let spec =
        format!("{{rayClusterSpec: {{{cluster}}}, submitterPodTemplate: {{spec: {{{POD}}}}}}}");
    let submitter = format!("submitter: {ALL}");
    check("ray.io/v1", "RayJob", &spec, &[&head, &worker, &submitter]);
    let cluster = format!("scheduler: {template}, worker: {template}");
    let dask = "kubernetes.dask.org/v1";
    let (scheduler, worker) = (format!("scheduler: {ALL}"), format!("worker: {ALL}"));
    let spec = format!("{{{cluster}}}");
    check(dask, "DaskCluster", &spec, &[&scheduler, &worker]);
    let spec = format!("{{cluster: {{spec: {{{cluster}}}}}, job: {template}}}");
    let job = format!("job: {ALL}");
    check(dask, "DaskJob", &spec, &[&scheduler, &worker, &job]);
    let spec = format!("{{pytorchReplicaSpecs: {{Master: {{template: {template}}}}}}}");
    let master = format!("Master: {ALL}");
    check("kubeflow.org/v1", "PyTorchJob", &spec, &[&master]);
}

#[test]
fn steps_of_a_workflow_take_what_they_do_not_set() {
    let workflow =
        "{tolerations: [w], nodeSelector: w, podPriorityClassName: w, priorityClassName: x,
        templateDefaults: {nodeSelector: d}, templates: [{name: step, tolerations: [own]}]}";
    check(
        "argoproj.io/v1alpha1",
        "Workflow",
        workflow,
        &[
            ": tolerations=[w] nodeSelector=w priorityClassName=w",
            "defaults: tolerations=[w] nodeSelector=d priorityClassName=w",
            "step step: tolerations=[own] nodeSelector=d priorityClassName=w",
        ],
    );
    check(
        "argoproj.io/v1alpha1",
        "Workflow",
        "{workflowTemplateRef: {name: a}}",
        &[],
    );
}

#[test]
fn rows_of_operators_have_their_own_fields() {
    let spark = "{nodeSelector: a, driver: {tolerations: [d]}, executor: {nodeSelector: e}}";
    check(
        "sparkoperator.k8s.io/v1beta2",
        "SparkApplication",
        spark,
        &[
            "driver: tolerations=[d] nodeSelector=a, with a caveat",
            "executor: nodeSelector=e, with a caveat",
        ],
    );
    let template = format!("{{template: {{spec: {{{POD}}}}}}}");
    let knative = format!(": {ALL}, with a caveat");
    check("serving.knative.dev/v1", "Service", &template, &[&knative]);
    let own = format!("{{{POD}}}");
    let prometheus = format!(": {ALL}");
    check(
        "monitoring.coreos.com/v1",
        "Prometheus",
        &own,
        &[&prometheus],
    );
    check(
        "postgresql.cnpg.io/v1",
        "Cluster",
        "{affinity: {tolerations: [t], nodeAffinity: n, nodeSelector: s}, tolerations: [x], nodeSelector: x, priorityClassName: p}",
        &[prometheus.as_str()],
    );
    check(
        "minio.min.io/v2",
        "Tenant",
        &format!("{{pools: [{{name: pool, {POD}}}]}}"),
        &["pool: tolerations=[t] affinity=n nodeSelector=s"],
    );
    check(
        "kafka.strimzi.io/v1beta2",
        "KafkaConnect",
        &format!("{{template: {{pod: {{{POD}}}}}}}"),
        &[": tolerations=[t] affinity=n priorityClassName=p"],
    );
    check(
        "nvidia.com/v1",
        "ClusterPolicy",
        &format!("{{daemonsets: {{{POD}}}}}"),
        &[": tolerations=[t] priorityClassName=p, daemon set, bound"],
    );
    check(
        "acid.zalan.do/v1",
        "postgresql",
        "{tolerations: [t], nodeAffinity: n, affinity: {nodeAffinity: x}, nodeSelector: x, podPriorityClassName: p, priorityClassName: x}",
        &[": tolerations=[t] affinity=n priorityClassName=p"],
    );
    check("k8s.mariadb.com/v1alpha1", "MariaDB", &own, &[&prometheus]);
}

#[test]
fn an_override_takes_what_it_does_not_set() {
    let overridden = format!(
        "{{{POD}, override: {{statefulSet: {{spec: {{template: {{spec: {{tolerations: [o]}}}}}}}}}}}}"
    );
    check(
        "rabbitmq.com/v1beta1",
        "RabbitmqCluster",
        &overridden,
        &[
            ": tolerations=[t] affinity=n",
            "override: tolerations=[o] affinity=n",
        ],
    );
    let keycloak = format!(
        "{{scheduling: {{{POD}}}, unsupported: {{podTemplate: {{spec: {{nodeSelector: u}}}}}}}}"
    );
    check(
        "k8s.keycloak.org/v2alpha1",
        "Keycloak",
        &keycloak,
        &[
            ": tolerations=[t] affinity=n priorityClassName=p",
            "podTemplate: tolerations=[t] affinity=n nodeSelector=u priorityClassName=p",
        ],
    );
    let milvus = format!("{{components: {{{POD}, proxy: {{tolerations: [own]}}}}}}");
    check(
        "milvus.io/v1beta1",
        "Milvus",
        &milvus,
        &[
            &format!("components: {ALL}, with a caveat"),
            "proxy: tolerations=[own] affinity=n nodeSelector=s priorityClassName=p, with a caveat",
        ],
    );
    let of_all = format!("overrides: {{deployment: {{spec: {{template: {{spec: {{{POD}}}}}}}}}}}");
    let temporal = format!(
        "{{services: {{{of_all}, worker: {{overrides: {{deployment: {{spec: {{template: {{spec: {{tolerations: [own]}}}}}}}}}}}}}}, ui: {{enabled: true}}}}"
    );
    check(
        "temporal.io/v1beta1",
        "TemporalCluster",
        &temporal,
        &[
            &format!("services: {ALL}"),
            "worker: tolerations=[own] affinity=n nodeSelector=s priorityClassName=p",
            "ui:",
        ],
    );
}

#[test]
fn daemons_of_a_storage_cluster_belong_to_their_disks() {
    let file_system = "{metadataServer: {placement: {tolerations: [t], nodeAffinity: n}, tolerations: [x], affinity: {nodeAffinity: x}, nodeSelector: x, priorityClassName: p}}";
    check(
        "ceph.rook.io/v1",
        "CephFilesystem",
        file_system,
        &[": tolerations=[t] affinity=n priorityClassName=p"],
    );
    let cluster = "{priorityClassNames: {all: p}, placement: {all: {tolerations: [t], nodeAffinity: n}, mon: {tolerations: [m], nodeSelector: x, priorityClassName: x}, mgr: {nodeAffinity: g}}}";
    let text = object("ceph.rook.io/v1", "CephCluster", cluster);
    let found = each(&text, |workload| {
        assert!(workload.is_bound() && !workload.is_daemon_set());
        fields(workload)
    });
    assert_eq!(
        found[0],
        "all: tolerations=[t] affinity=n priorityClassName=p"
    );
    assert_eq!(
        found[1],
        "mon: tolerations=[m] affinity=n priorityClassName=p"
    );
    assert_eq!(
        found[2],
        "arbiter: tolerations=[t] affinity=n priorityClassName=p"
    );
    assert_eq!(
        found[3],
        "mgr: tolerations=[t] affinity=g priorityClassName=p"
    );
    assert_eq!(found.len(), 10);
}

#[test]
fn templates_that_an_operator_completes_need_not_be_there() {
    check("kibana.k8s.elastic.co/v1", "Kibana", "{count: 1}", &[":"]);
    check(
        "agent.k8s.elastic.co/v1alpha1",
        "Agent",
        &format!(
            "{{daemonSet: {{podTemplate: {{spec: {{{POD}}}}}}}, deployment: {{replicas: 1}}}}"
        ),
        &[
            "deployment:",
            &format!("daemonSet: {ALL}, daemon set, bound"),
        ],
    );
    check(
        "kafka.strimzi.io/v1beta2",
        "Kafka",
        &format!("{{kafka: {{template: {{pod: {{{POD}}}}}}}, entityOperator: {{}}}}"),
        &[
            "kafka: tolerations=[t] affinity=n priorityClassName=p",
            "entityOperator:",
        ],
    );
}

#[test]
fn a_row_says_where_there_are_no_pods_to_place() {
    let collector = |spec: &str, expected: &[&str]| {
        check(
            "opentelemetry.io/v1beta1",
            "OpenTelemetryCollector",
            spec,
            expected,
        );
    };
    collector("{mode: sidecar, tolerations: [t]}", &[]);
    collector(
        "{mode: daemonset, tolerations: [t]}",
        &["collector: tolerations=[t], daemon set, bound"],
    );
    collector(
        "{tolerations: [t], targetAllocator: {enabled: true, nodeSelector: s, priorityClassName: x}}",
        &[
            "collector: tolerations=[t]",
            "targetAllocator: nodeSelector=s",
        ],
    );
    collector("{targetAllocator: {enabled: false}}", &["collector:"]);
    let kserve = "{predictor: {tolerations: [t], workerSpec: {nodeSelector: s}}}";
    check(
        "serving.kserve.io/v1beta1",
        "InferenceService",
        kserve,
        &[
            "predictor: tolerations=[t], with a caveat",
            "worker: nodeSelector=s, with a caveat",
        ],
    );
}

#[test]
fn a_template_that_is_expected_is_missing_where_it_is_not_there() {
    let template = "template: {spec: {tolerations: [t]}}";
    let runners = "AutoscalingRunnerSet";
    let actions = "actions.github.com/v1alpha1";
    check(
        actions,
        runners,
        &format!("{{{template}}}"),
        &["runner: tolerations=[t]", "missing listener:"],
    );
    let with_listener = format!("{{{template}, listenerTemplate: {{spec: {{nodeSelector: s}}}}}}");
    check(
        actions,
        runners,
        &with_listener,
        &["runner: tolerations=[t]", "listener: nodeSelector=s"],
    );
    // It is a mapping, and no template.
    check(
        actions,
        runners,
        &format!("{{{template}, listenerTemplate: {{metadata: {{}}}}}}"),
        &["runner: tolerations=[t]", "missing listener:"],
    );
    check(
        actions,
        runners,
        &format!("{{{template}, listenerTemplate: nope}}"),
        &["runner: tolerations=[t]", "missing listener:"],
    );
    check(
        "clickhouse.altinity.com/v1",
        "ClickHouseInstallation",
        "{templates: {podTemplates: [{name: x, spec: {nodeSelector: s}}, {name: y}]}}",
        &["x: nodeSelector=s", "missing y:"],
    );
}

#[test]
fn a_workload_is_called_as_its_object_and_its_template() {
    let title = |workload: &Workload<'_>| format!("{} {}", workload.kind(), workload.title());
    let deployment = object("apps/v1", "Deployment", "{template: {spec: {}}}");
    assert_eq!(each(&deployment, title), ["Deployment Deployment/a"]);
    let ray = object(
        "ray.io/v1",
        "RayCluster",
        "{headGroupSpec: {template: {spec: {}}}, workerGroupSpecs: [{groupName: gpu, template: {spec: {}}}]}",
    );
    assert_eq!(
        each(&ray, title),
        [
            "RayCluster RayCluster/a (head)",
            "RayCluster RayCluster/a (worker gpu)"
        ]
    );
}

#[test]
fn what_a_change_does_is_a_matter_of_kind_and_hook() {
    let changes = |workload: &Workload<'_>| {
        format!(
            "bare pod {}, fixed {}, restarts {}",
            workload.is_bare_pod(),
            workload.is_fixed(),
            workload.restarts()
        )
    };
    let hook = "metadata: {annotations: {helm.sh/hook: test}}\n";
    let template = "spec: {template: {spec: {}}}\n";
    for (text, expected) in [
        (
            "apiVersion: v1\nkind: Pod\nspec: {}\n",
            "bare pod true, fixed true, restarts false",
        ),
        (
            &format!("apiVersion: v1\nkind: Pod\n{hook}spec: {{}}\n"),
            "bare pod false, fixed false, restarts false",
        ),
        (
            &format!("apiVersion: batch/v1\nkind: Job\n{template}"),
            "bare pod false, fixed true, restarts false",
        ),
        (
            &format!("apiVersion: apps/v1\nkind: Deployment\n{template}"),
            "bare pod false, fixed false, restarts true",
        ),
        (
            &format!("apiVersion: apps/v1\nkind: Deployment\n{hook}{template}"),
            "bare pod false, fixed false, restarts false",
        ),
        (
            &format!("apiVersion: apps/v1\nkind: ReplicaSet\n{template}"),
            "bare pod false, fixed false, restarts false",
        ),
    ] {
        assert_eq!(each(text, changes), [expected], "{text}");
    }
}

#[test]
fn labels_annotations_and_containers_are_those_of_the_pods() {
    let template = "{template: {
        metadata: {labels: {app: hub, component: proxy, 'on': true}, annotations: {a: b}},
        spec: {containers: [{name: c}], initContainers: [{name: i}]}}}";
    let text = object("apps/v1", "Deployment", template);
    let found = each(&text, |workload| {
        let template = &workload.template;
        let text = |node: NodeRef<'_>| node.document().text[node.range()].to_owned();
        let containers = template.containers();
        let containers: Vec<&str> = containers.filter_map(|one| one.get("name")?.text()).collect();
        format!(
            "{:?} {:?} {:?} {:?} {containers:?} {} {}",
            template.labels_node().map(text),
            template.labels(),
            template.annotations_node().map(text),
            template.annotation("a").map(text),
            template.is_component(&["hub", "proxy"]),
            template.is_component(&["hub"]),
        )
    });
    let expected = concat!(
        r#"Some("{app: hub, component: proxy, 'on': true}") {"app": "hub", "component": "proxy"} "#,
        r#"Some("{a: b}") Some("b") ["i", "c"] true false"#,
    );
    assert_eq!(found, [expected]);
    let recommended =
        "{template: {metadata: {labels: {app.kubernetes.io/component: hub}}, spec: {}}}";
    let text = object("apps/v1", "Deployment", recommended);
    let is_hub = |workload: &Workload<'_>| workload.template.is_component(&["hub"]).to_string();
    assert_eq!(each(&text, is_hub), ["true"]);
    let bare = object("apps/v1", "Deployment", "{template: {spec: {}}}");
    assert_eq!(each(&bare, is_hub), ["false"]);
}
