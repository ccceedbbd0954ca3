//! Streams like those of large releases, the same ones every time.

use std::fmt::Write as _;

/// A stream of this many documents: a tenth workloads of several kinds, the rest what stands beside them.
pub(crate) fn release(documents: usize) -> String {
    let mut stream = String::new();
    for number in 0..documents {
        write!(
            stream,
            "---\n# Source: bench/templates/part-{}.yaml\n",
            number % 40
        )
        .expect("a string takes it");
        stream.push_str(&document(number));
    }
    stream
}

fn document(number: usize) -> String {
    match number % 10 {
        0 => workload(number),
        1..=3 => config_map(number),
        4 | 5 => role(number),
        6 => custom_resource(number),
        _ => service(number),
    }
}

fn workload(number: usize) -> String {
    let kind = ["Deployment", "StatefulSet", "DaemonSet"][number / 10 % 3];
    format!(
        "apiVersion: apps/v1\nkind: {kind}\nmetadata:\n  name: app-{number}\n  labels:\n    app: app-{number}\n\
         spec:\n  replicas: 2\n  selector:\n    matchLabels:\n      app: app-{number}\n  template:\n    metadata:\n      \
         labels:\n        app: app-{number}\n    spec:\n      serviceAccountName: app-{number}\n      containers:\n        \
         - name: main\n          image: \"registry.example.org/team/app-{number}:1.{number}\"\n          \
         args: [\"--listen=:8080\", \"--verbose\"]\n          env:\n            - name: MODE\n              value: \"on\"\n          \
         resources:\n            requests: {{cpu: 100m, memory: 256Mi}}\n          volumeMounts:\n            \
         - name: config\n              mountPath: /etc/app\n      volumes:\n        - name: config\n          configMap:\n            \
         name: app-{number}\n"
    )
}

fn config_map(number: usize) -> String {
    let lines: String = (0..8)
        .map(|line| format!("    setting.{line} = value-{number}-{line}  # as shipped\n"))
        .collect();
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app-{number}\n  labels:\n    app: app-{number}\ndata:\n  app.conf: |\n{lines}"
    )
}

fn role(number: usize) -> String {
    format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: app-{number}\nrules:\n  \
         - apiGroups: [\"\"]\n    resources: [\"pods\", \"services\"]\n    verbs: [\"get\", \"watch\", \"list\"]\n"
    )
}

fn custom_resource(number: usize) -> String {
    format!(
        "apiVersion: example.org/v1\nkind: Widget\nmetadata:\n  name: widget-{number}\nspec:\n  size: {number}\n  \
         tags:\n    - blue\n    - round\n  owner:\n    name: team-{number}\n    mail: team-{number}@example.org\n"
    )
}

fn service(number: usize) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: app-{number}\n  labels:\n    app: app-{number}\nspec:\n  \
         type: ClusterIP\n  ports:\n    - port: 80\n      targetPort: http\n      protocol: TCP\n      name: http\n  \
         selector:\n    app: app-{number}\n"
    )
}
