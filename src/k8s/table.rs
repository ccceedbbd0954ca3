//! The table (group, kind) -> places of pod templates. A new kind is a row.
//!
//! Versions do not matter: in all served versions of a kind, the template is at the same place.

use super::kinds::OnChange::{Refused, Restart, Stay};
use super::kinds::{Bound, Condition, Kind, OnChange, TemplatePlace};
use super::shape::{self, Parent, PodField, Shape};

/// Returns all kinds that are known to have pods.
#[rustfmt::skip] // A row is a line.
pub(super) fn table() -> Vec<Kind> {
    vec![
        kind("", "Pod", Refused, vec![template("")]),
        kind("", "PodTemplate", Stay, vec![template("template")]),
        kind("", "ReplicationController", Stay, vec![template("spec.template")]),
        kind("apps", "DaemonSet", Restart, vec![daemon_set("spec.template")]),
        kind("apps", "Deployment", Restart, vec![template("spec.template")]),
        kind("apps", "ReplicaSet", Stay, vec![template("spec.template")]),
        kind("apps", "StatefulSet", Restart, vec![template("spec.template")]),
        kind("batch", "CronJob", Stay, vec![template("spec.jobTemplate.spec.template")]),
        kind("batch", "Job", Refused, vec![template("spec.template")]),
        // Clusters before 1.16 served these under the older group; such old charts are still installed.
        kind("extensions", "DaemonSet", Restart, vec![daemon_set("spec.template")]),
        kind("extensions", "Deployment", Restart, vec![template("spec.template")]),
        kind("extensions", "ReplicaSet", Stay, vec![template("spec.template")]),
        // A Rollout with `workloadRef` has no template: it uses that of a Deployment.
        kind("argoproj.io", "Rollout", Restart, vec![template("spec.template")]),
        kind("argoproj.io", "Workflow", Stay, workflow("spec")),
        kind("argoproj.io", "WorkflowTemplate", Stay, workflow("spec")),
        kind("argoproj.io", "ClusterWorkflowTemplate", Stay, workflow("spec")),
        kind("argoproj.io", "CronWorkflow", Stay, workflow("spec.workflowSpec")),
        knative("Configuration"),
        knative("Service"),
        spark("SparkApplication", Restart, "spec"),
        spark("ScheduledSparkApplication", Stay, "spec.template"),
        // KubeRay and Dask create pods once; a change affects only later pods.
        kind("ray.io", "RayCluster", Stay, ray("spec")),
        kind("ray.io", "RayJob", Stay, ray_job()),
        kind("ray.io", "RayService", Stay, ray("spec.rayClusterConfig")),
        kind("kubernetes.dask.org", "DaskCluster", Stay, dask("spec")),
        kind("kubernetes.dask.org", "DaskJob", Stay, dask_job()),
        kind("kubernetes.dask.org", "DaskWorkerGroup", Stay, vec![template("spec.worker")]),
        kubeflow("JAXJob", "jaxReplicaSpecs"),
        kubeflow("MPIJob", "mpiReplicaSpecs"),
        kubeflow("MXJob", "mxReplicaSpecs"),
        kubeflow("PaddleJob", "paddleReplicaSpecs"),
        kubeflow("PyTorchJob", "pytorchReplicaSpecs"),
        kubeflow("TFJob", "tfReplicaSpecs"),
        kubeflow("XGBoostJob", "xgbReplicaSpecs"),
        kind("kubeflow.org", "Notebook", Restart, vec![template("spec.template")]),
        // The webhook of JobSet rejects a change of its Jobs, as the API server does for a Job.
        kind("jobset.x-k8s.io", "JobSet", Refused, vec![template("spec.replicatedJobs[].template.spec.template")]),
        kind("keda.sh", "ScaledJob", Stay, vec![template("spec.jobTargetRef.template")]),
        prometheus("Alertmanager"),
        prometheus("Prometheus"),
        prometheus("PrometheusAgent"),
        prometheus("ThanosRuler"),
        kind("postgresql.cnpg.io", "Cluster", Restart, vec![place("", "spec", &shape::CLOUD_NATIVE_PG)]),
        kind("postgresql.cnpg.io", "Pooler", Restart, vec![template("spec.template")]),
    ]
}

fn ray(cluster: &str) -> Vec<TemplatePlace> {
    vec![
        role("head", &format!("{cluster}.headGroupSpec.template")),
        role("worker", &format!("{cluster}.workerGroupSpecs[].template")),
    ]
}

fn ray_job() -> Vec<TemplatePlace> {
    let mut places = ray("spec.rayClusterSpec");
    places.push(role("submitter", "spec.submitterPodTemplate"));
    places
}

fn dask(cluster: &str) -> Vec<TemplatePlace> {
    vec![
        role("scheduler", &format!("{cluster}.scheduler")),
        role("worker", &format!("{cluster}.worker")),
    ]
}

fn dask_job() -> Vec<TemplatePlace> {
    let mut places = dask("spec.cluster.spec");
    places.push(role("job", "spec.job"));
    places
}

/// Returns the places of `argoproj.io/v1alpha1` `WorkflowSpec`: each step inherits every field that it does not set, as
/// a whole, from the workflow (Argo's `addSchedulingConstraints`).
fn workflow(spec: &str) -> Vec<TemplatePlace> {
    const PLACEMENT: &[PodField] = &[
        PodField::Tolerations,
        PodField::NodeAffinity,
        PodField::NodeSelector,
        PodField::PriorityClassName,
    ];
    let parent = |path: String, shape| Parent {
        path,
        shape,
        fields: PLACEMENT,
    };
    let of_all = || parent(spec.to_owned(), &shape::WORKFLOW);
    let defaults = format!("{spec}.templateDefaults");
    let of_steps = parent(defaults.clone(), &shape::STEP);
    vec![
        TemplatePlace {
            unless: Some(Condition::Set("workflowTemplateRef")),
            ..place("", spec, &shape::WORKFLOW)
        },
        TemplatePlace {
            inherits: vec![of_all()],
            ..place("defaults", &defaults, &shape::STEP)
        },
        TemplatePlace {
            inherits: vec![of_steps, of_all()],
            ..place("step", &format!("{spec}.templates[]"), &shape::STEP)
        },
    ]
}

/// Returns a kind with `sparkoperator.k8s.io/v1beta2` `SparkApplicationSpec`, whose `nodeSelector` applies to driver
/// and executor.
fn spark(name: &str, on_change: OnChange, application: &str) -> Kind {
    let of = |role: &str| TemplatePlace {
        inherits: vec![Parent {
            path: application.to_owned(),
            shape: &shape::POD_SPEC,
            fields: &[PodField::NodeSelector],
        }],
        ..place(role, &format!("{application}.{role}"), &shape::POD_SPEC)
    };
    let kind = kind(
        "sparkoperator.k8s.io",
        name,
        on_change,
        vec![of("driver"), of("executor")],
    );
    let caveat = "the operator applies this with its webhook, which must be enabled";
    Kind {
        caveat: Some(caveat),
        ..kind
    }
}

fn knative(name: &str) -> Kind {
    let kind = kind(
        "serving.knative.dev",
        name,
        Restart,
        vec![template("spec.template")],
    );
    let caveat = "Knative applies this only if `config-features` enables `kubernetes.podspec-tolerations` and related flags";
    Kind {
        caveat: Some(caveat),
        ..kind
    }
}

/// Returns a training job of Kubeflow, which has one template for each replica type, by key.
fn kubeflow(name: &str, replicas: &str) -> Kind {
    kind(
        "kubeflow.org",
        name,
        Stay,
        vec![template(&format!("spec.{replicas}.*.template"))],
    )
}

fn prometheus(name: &str) -> Kind {
    kind(
        "monitoring.coreos.com",
        name,
        Restart,
        vec![place("", "spec", &shape::PROMETHEUS)],
    )
}

/// Returns a kind without a caveat.
pub(super) fn kind(
    group: &str,
    name: &str,
    on_change: OnChange,
    places: Vec<TemplatePlace>,
) -> Kind {
    Kind {
        group: group.to_owned(),
        name: name.to_owned(),
        places,
        on_change,
        caveat: None,
    }
}

/// Returns the place of a pod template, the only one of its kind.
pub(super) fn template(path: &str) -> TemplatePlace {
    role("", path)
}

/// Returns the place of the pod template of a DaemonSet.
pub(super) fn daemon_set(path: &str) -> TemplatePlace {
    TemplatePlace {
        bound: Bound::EveryNode,
        ..template(path)
    }
}

/// Returns the place of one of several pod templates.
pub(super) fn role(role: &str, path: &str) -> TemplatePlace {
    place(role, path, &shape::TEMPLATE)
}

/// Returns a place with another layout than a pod template.
pub(super) fn place(role: &str, path: &str, shape: &'static Shape) -> TemplatePlace {
    TemplatePlace {
        path: path.to_owned(),
        role: role.to_owned(),
        shape,
        inherits: Vec::new(),
        unless: None,
        bound: Bound::Free,
        is_expected: false,
    }
}
