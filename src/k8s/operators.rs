//! Rows of the table for operators: custom resources from which an operator creates pods. Each names the type of the
//! operator's API that has the fields. A path with `?` is optional in that type and created if it is missing.

use super::kinds::OnChange::{Refused, Restart, Stay};
use super::kinds::{Bound, Condition, Kind, TemplatePlace};
use super::shape::{self, Fields, Parent, PodField, Shape};
use super::table::{daemon_set, kind, place, role, template};

/// Returns all kinds of operators that are known to have pods.
#[rustfmt::skip] // A row is a line.
pub(super) fn operators() -> Vec<Kind> {
    vec![
        // `actions.github.com/v1alpha1` `AutoscalingRunnerSetSpec`: `template` and `listenerTemplate` are
        // `PodTemplateSpec`s. A listener template needs a container, so it is not created.
        kind("actions.github.com", "AutoscalingRunnerSet", Restart, vec![
            role("runner", "spec.template"),
            expected(role("listener", "spec.listenerTemplate")),
        ]),
        // `apps.kruise.io` has `PodTemplateSpec`s at the same places as `apps`.
        kind("apps.kruise.io", "CloneSet", Restart, vec![template("spec.template")]),
        kind("apps.kruise.io", "StatefulSet", Restart, vec![template("spec.template")]),
        kind("apps.kruise.io", "DaemonSet", Restart, vec![daemon_set("spec.template")]),
        kind("apps.kruise.io", "BroadcastJob", Refused, vec![daemon_set("spec.template")]),
        kind("apps.kruise.io", "AdvancedCronJob", Stay, vec![
            role("job", "spec.template.jobTemplate.spec.template"),
            TemplatePlace { bound: Bound::EveryNode, ..role("broadcast", "spec.template.broadcastJobTemplate.spec.template") },
        ]),
        // The webhook of Volcano rejects a change of the tasks of a Job.
        kind("batch.volcano.sh", "Job", Refused, vec![template("spec.tasks[].template")]),
        kind("ceph.rook.io", "CephCluster", Restart, ceph_cluster()),
        // `MetadataServerSpec`, `GatewaySpec`, `GaneshaServerSpec` and `FilesystemMirroringSpec`: `placement` and
        // `priorityClassName`.
        kind("ceph.rook.io", "CephFilesystem", Restart, vec![place("", "spec.metadataServer", &ROOK_DAEMON)]),
        kind("ceph.rook.io", "CephObjectStore", Restart, vec![place("", "spec.gateway", &ROOK_DAEMON)]),
        kind("ceph.rook.io", "CephNFS", Restart, vec![place("", "spec.server", &ROOK_DAEMON)]),
        kind("ceph.rook.io", "CephFilesystemMirror", Restart, vec![place("", "spec", &ROOK_DAEMON)]),
        kind("ceph.rook.io", "CephRBDMirror", Restart, vec![place("", "spec", &ROOK_DAEMON)]),
        clickhouse("clickhouse.altinity.com", "ClickHouseInstallation"),
        clickhouse("clickhouse.altinity.com", "ClickHouseInstallationTemplate"),
        clickhouse("clickhouse-keeper.altinity.com", "ClickHouseKeeperInstallation"),
        // `common/v1` of Elastic Cloud on Kubernetes: `podTemplate` is a `PodTemplateSpec` that the operator completes.
        kind("elasticsearch.k8s.elastic.co", "Elasticsearch", Restart, vec![overlay("", "spec.nodeSets[].podTemplate?")]),
        kind("kibana.k8s.elastic.co", "Kibana", Restart, vec![overlay("", "spec.podTemplate?")]),
        kind("logstash.k8s.elastic.co", "Logstash", Restart, vec![overlay("", "spec.podTemplate?")]),
        kind("apm.k8s.elastic.co", "ApmServer", Restart, vec![overlay("", "spec.podTemplate?")]),
        kind("enterprisesearch.k8s.elastic.co", "EnterpriseSearch", Restart, vec![overlay("", "spec.podTemplate?")]),
        kind("maps.k8s.elastic.co", "ElasticMapsServer", Restart, vec![overlay("", "spec.podTemplate?")]),
        kind("beat.k8s.elastic.co", "Beat", Restart, elastic_agent()),
        kind("agent.k8s.elastic.co", "Agent", Restart, elastic_agent()),
        kind("grafana.integreatly.org", "Grafana", Restart, vec![overlay("", "spec.deployment?.spec?.template?")]),
        kind("k8s.keycloak.org", "Keycloak", Restart, keycloak()),
        // `k8s.mariadb.com/v1alpha1` `PodTemplate`, in `MariaDBSpec` and `MaxScaleSpec`; its `affinity` has a key
        // of its own next to those of a pod.
        kind("k8s.mariadb.com", "MariaDB", Restart, vec![place("", "spec", &MARIADB)]),
        kind("k8s.mariadb.com", "MaxScale", Restart, vec![place("", "spec", &MARIADB)]),
        kind("kafka.strimzi.io", "Kafka", Restart, kafka()),
        // A template of a node pool replaces all of the template of its Kafka, so it is not created.
        kind("kafka.strimzi.io", "KafkaNodePool", Restart, vec![place("", "spec.template.pod?", &STRIMZI)]),
        strimzi("KafkaConnect"),
        strimzi("KafkaBridge"),
        strimzi("KafkaMirrorMaker"),
        strimzi("KafkaMirrorMaker2"),
        Kind { caveat: Some(OF_DEPENDENCIES), ..kind("milvus.io", "Milvus", Restart, milvus()) },
        // `minio.min.io/v2` `Pool`; the tenant has one priority class, in `TenantSpec`.
        kind("minio.min.io", "Tenant", Restart, vec![place("", "spec.pools[]", &WITHOUT_PRIORITY)]),
        // `nvidia.com/v1` `DaemonsetsSpec`: drivers and device plugins, on each node with a GPU.
        kind("nvidia.com", "ClusterPolicy", Restart, vec![TemplatePlace { bound: Bound::EveryNode, ..place("", "spec.daemonsets", &GPU_OPERATOR) }]),
        kind("opentelemetry.io", "OpenTelemetryCollector", Restart, collector()),
        // `acid.zalan.do/v1` `PostgresSpec`.
        kind("acid.zalan.do", "postgresql", Restart, vec![place("", "spec", &ZALANDO)]),
        kind("rabbitmq.com", "RabbitmqCluster", Restart, rabbitmq()),
        Kind { caveat: Some(BY_KNATIVE), ..kind("serving.kserve.io", "InferenceService", Restart, kserve()) },
        kind("temporal.io", "TemporalCluster", Restart, temporal()),
    ]
}

const OF_DEPENDENCIES: &str = "in-cluster dependencies are installed as charts; place them in `spec.dependencies.*.inCluster.values`";

const BY_KNATIVE: &str = "in serverless mode, Knative applies this only if `config-features` enables `kubernetes.podspec-tolerations` and related flags";

const PLACEMENT: &[PodField] = &[
    PodField::Tolerations,
    PodField::NodeAffinity,
    PodField::NodeSelector,
    PodField::PriorityClassName,
];

fn expected(place: TemplatePlace) -> TemplatePlace {
    TemplatePlace {
        is_expected: true,
        ..place
    }
}

fn overlay(role: &str, path: &str) -> TemplatePlace {
    place(role, path, &shape::OVERLAY)
}

/// Returns a place whose fields come from another place if it does not set them.
fn inheriting(place: TemplatePlace, path: &str, shape: &'static Shape) -> TemplatePlace {
    let parent = Parent {
        path: path.to_owned(),
        shape,
        fields: PLACEMENT,
    };
    TemplatePlace {
        inherits: vec![parent],
        ..place
    }
}

/// Returns a shape with the fields at the place itself, under these names.
const fn fields(fields: Fields, labels: &'static [&'static str]) -> Shape {
    Shape {
        spec: &[],
        may_be_missing: false,
        labels,
        fields,
    }
}

/// All fields except the priority class.
static WITHOUT_PRIORITY: Shape = fields(
    Fields {
        priority_class_name: None,
        ..Fields::POD
    },
    &["labels"],
);

/// All fields except the node selector.
static WITHOUT_SELECTOR: Shape = fields(
    Fields {
        node_selector: None,
        ..Fields::POD
    },
    &["podLabels"],
);

static MARIADB: Shape = fields(Fields::POD, &["podMetadata", "labels"]);

static MILVUS: Shape = fields(Fields::POD, &["podLabels"]);

/// `kafka.strimzi.io` `PodTemplate`: the fields without containers, and no node selector.
static STRIMZI: Shape = fields(
    Fields {
        node_selector: None,
        ..Fields::POD
    },
    &["metadata", "labels"],
);

static GPU_OPERATOR: Shape = fields(
    Fields {
        node_affinity: None,
        node_selector: None,
        ..Fields::POD
    },
    &["labels"],
);

static ZALANDO: Shape = fields(
    Fields {
        node_affinity: Some(&["nodeAffinity"]),
        node_selector: None,
        priority_class_name: Some(&["podPriorityClassName"]),
        ..Fields::POD
    },
    &["labels"],
);

static RABBITMQ: Shape = fields(
    Fields {
        node_selector: None,
        priority_class_name: None,
        ..Fields::POD
    },
    &["labels"],
);

/// `ceph.rook.io/v1` `Placement` under `placement`, with a priority class next to it.
static ROOK_DAEMON: Shape = fields(
    Fields {
        tolerations: Some(&["placement", "tolerations"]),
        node_affinity: Some(&["placement", "nodeAffinity"]),
        node_selector: None,
        ..Fields::POD
    },
    &["labels"],
);

/// `ceph.rook.io/v1` `ClusterSpec`: the placement of all daemons of the cluster.
static ROOK_ALL: Shape = fields(
    Fields {
        tolerations: Some(&["placement", "all", "tolerations"]),
        node_affinity: Some(&["placement", "all", "nodeAffinity"]),
        node_selector: None,
        priority_class_name: Some(&["priorityClassNames", "all"]),
    },
    &["labels", "all"],
);

/// Returns the places of `PlacementSpec` by daemon, each of which overrides that for all (`Placement.Merge`), so that a
/// row that does not name a daemon writes only the latter. Monitors and OSDs keep their data on their nodes.
fn ceph_cluster() -> Vec<TemplatePlace> {
    const DAEMONS: [&str; 9] = [
        "mon",
        "arbiter",
        "mgr",
        "osd",
        "prepareosd",
        "cleanup",
        "crashcollector",
        "exporter",
        "monitoring",
    ];
    let of_daemon = |daemon: &&str| {
        let path = format!("spec.placement?.{daemon}?");
        inheriting(place(daemon, &path, &shape::PLACEMENT), "spec", &ROOK_ALL)
    };
    let places = std::iter::once(place("all", "spec", &ROOK_ALL));
    let places = places.chain(DAEMONS.iter().map(of_daemon));
    let bound = |place| TemplatePlace {
        bound: Bound::Disks,
        ..place
    };
    places.map(bound).collect()
}

/// Returns the places of `BeatSpec` and `AgentSpec`, one of which is set. The operator completes its pod template.
fn elastic_agent() -> Vec<TemplatePlace> {
    vec![
        overlay("deployment", "spec.deployment.podTemplate?"),
        overlay("statefulSet", "spec.statefulSet.podTemplate?"),
        TemplatePlace {
            bound: Bound::EveryNode,
            ..overlay("daemonSet", "spec.daemonSet.podTemplate?")
        },
    ]
}

/// Returns `clickhouse.altinity.com/v1` `PodTemplate`: a name, metadata and a pod spec. Without one, the operator
/// creates pods from its own template, which cannot be placed.
fn clickhouse(group: &str, name: &str) -> Kind {
    let place = expected(template("spec.templates.podTemplates[]"));
    kind(group, name, Restart, vec![place])
}

/// Returns the places of `k8s.keycloak.org/v2alpha1` `SchedulingSpec`, which the unsupported pod template overrides.
fn keycloak() -> Vec<TemplatePlace> {
    let unsupported = role("podTemplate", "spec.unsupported.podTemplate");
    vec![
        place("", "spec.scheduling?", &WITHOUT_SELECTOR),
        inheriting(unsupported, "spec.scheduling?", &WITHOUT_SELECTOR),
    ]
}

/// Returns the places of `kafka.strimzi.io` `KafkaClusterTemplate` and of the components next to the brokers.
fn kafka() -> Vec<TemplatePlace> {
    let of = |role: &str| {
        let path = format!("spec.{role}.template?.pod?");
        place(role, &path, &STRIMZI)
    };
    let components = [
        "kafka",
        "zookeeper",
        "entityOperator",
        "cruiseControl",
        "kafkaExporter",
    ];
    components.into_iter().map(of).collect()
}

fn strimzi(name: &str) -> Kind {
    let place = place("", "spec.template?.pod?", &STRIMZI);
    kind("kafka.strimzi.io", name, Restart, vec![place])
}

/// Returns the places of `milvus.io/v1beta1` `MilvusComponents`: a `ComponentSpec` for all, overridden by one for each
/// component.
fn milvus() -> Vec<TemplatePlace> {
    const COMPONENTS: [&str; 11] = [
        "proxy",
        "mixCoord",
        "rootCoord",
        "indexCoord",
        "dataCoord",
        "queryCoord",
        "indexNode",
        "dataNode",
        "queryNode",
        "streamingNode",
        "standalone",
    ];
    let of_component = |component: &&str| {
        let path = format!("spec.components.{component}");
        inheriting(
            place(component, &path, &MILVUS),
            "spec.components?",
            &MILVUS,
        )
    };
    let all = place("components", "spec.components?", &MILVUS);
    std::iter::once(all).chain(COMPONENTS.iter().map(of_component)).collect()
}

/// Returns the places of `opentelemetry.io` `OpenTelemetryCollectorSpec`. The operator's webhook rejects these fields
/// for a sidecar, which runs in pods of other objects. `TargetAllocatorEmbedded` has no priority class.
fn collector() -> Vec<TemplatePlace> {
    vec![
        TemplatePlace {
            unless: Some(Condition::Equal("mode", "sidecar")),
            bound: Bound::EveryNodeIf(Condition::Equal("mode", "daemonset")),
            ..place("collector", "spec", &shape::POD_SPEC)
        },
        TemplatePlace {
            unless: Some(Condition::NotEqual("enabled", "true")),
            ..place("targetAllocator", "spec.targetAllocator", &WITHOUT_PRIORITY)
        },
    ]
}

/// Returns the places of `rabbitmq.com/v1beta1` `RabbitmqClusterSpec`; an override of the StatefulSet is merged over
/// it.
fn rabbitmq() -> Vec<TemplatePlace> {
    let parent = Parent {
        path: "spec".to_owned(),
        shape: &RABBITMQ,
        fields: &[PodField::Tolerations, PodField::NodeAffinity],
    };
    vec![
        place("", "spec", &RABBITMQ),
        TemplatePlace {
            inherits: vec![parent],
            ..role("override", "spec.override.statefulSet.spec.template")
        },
    ]
}

/// Returns the places of `serving.kserve.io/v1beta1` `InferenceServiceSpec`: each component contains the fields of a
/// pod spec.
fn kserve() -> Vec<TemplatePlace> {
    let of = |role: &str, path: &str| place(role, path, &shape::POD_SPEC);
    vec![
        of("predictor", "spec.predictor"),
        of("worker", "spec.predictor.workerSpec"),
        of("transformer", "spec.transformer"),
        of("explainer", "spec.explainer"),
    ]
}

/// Returns the places of `temporal.io/v1beta1` `ServicesSpec`: overrides of the Deployment for all services, and for
/// each; `TemporalUISpec` and `TemporalAdminToolsSpec` have their own.
fn temporal() -> Vec<TemplatePlace> {
    const SERVICES: [&str; 5] = [
        "frontend",
        "internalFrontend",
        "history",
        "matching",
        "worker",
    ];
    let all = "spec.services?.overrides?.deployment?.spec?.template?";
    let of_service = |service: &&str| {
        let path = format!("spec.services.{service}.overrides.deployment.spec.template");
        inheriting(overlay(service, &path), all, &shape::OVERLAY)
    };
    let beside = |part: &str| {
        let path = format!("spec.{part}.overrides?.deployment?.spec?.template?");
        overlay(part, &path)
    };
    std::iter::once(overlay("services", all))
        .chain(SERVICES.iter().map(of_service))
        .chain(["ui", "admintools"].into_iter().map(beside))
        .collect()
}
