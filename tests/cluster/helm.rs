//! Both Helms, with and without dunnage behind them.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cluster::{Answer, Cluster, DUNNAGE, NAMESPACE, answer, set_by_script};

/// Which Helm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    Three,
    Four,
}

/// The release of every test.
pub(crate) const RELEASE: &str = "hub";

/// A Helm that talks to a cluster.
pub(crate) struct Helm<'c> {
    pub(crate) cluster: &'c Cluster,
    pub(crate) version: Version,
    program: String,
    /// The environment of the program: its policy and so on.
    twins: Vec<(&'static str, String)>,
}

impl<'c> Helm<'c> {
    /// Without dunnage.
    pub(crate) fn new(cluster: &'c Cluster, version: Version) -> Self {
        let program = set_by_script(match version {
            Version::Three => "HELM3",
            Version::Four => "HELM4",
        });
        let twins = Vec::new();
        Self {
            cluster,
            version,
            program,
            twins,
        }
    }

    /// With dunnage as its post-renderer, a policy of testdata, and a report beside.
    pub(crate) fn with(&self, policy: &str) -> Self {
        let mut helm = Self::new(self.cluster, self.version);
        if helm.version == Version::Four {
            helm.install_plugin();
        }
        helm.twins = vec![
            ("DUNNAGE_POLICY", policy_path(policy)),
            ("DUNNAGE_REPORT", self.report_path()),
        ];
        helm
    }

    /// With one more setting of dunnage.
    pub(crate) fn and(mut self, twin: &'static str, value: String) -> Self {
        self.twins.push((twin, value));
        self
    }

    /// Runs `helm COMMAND hub CHART ...` or, without a chart, `helm COMMAND hub ...`.
    pub(crate) fn run(&self, command: &str, chart: Option<&str>, arguments: &[&str]) -> Answer {
        let mut line = self.cluster.command(&self.program);
        line.args([command, RELEASE]);
        line.args(
            chart.map(|chart| format!("{}/testdata/charts/{chart}", env!("CARGO_MANIFEST_DIR"))),
        );
        line.args(["--namespace", NAMESPACE]).args(arguments);
        if !self.twins.is_empty() && chart.is_some() {
            line.args(["--post-renderer", self.post_renderer()]);
            line.envs(self.twins.iter().map(|(name, value)| (name, value)));
        }
        answer(self.isolated(&mut line))
    }

    /// What is live, as `helm get manifest` prints it.
    pub(crate) fn manifest(&self) -> String {
        let mut line = self.cluster.command(&self.program);
        line.args(["get", "manifest", RELEASE, "--namespace", NAMESPACE]);
        answer(self.isolated(&mut line)).expect_success()
    }

    /// What the last rendering reported.
    pub(crate) fn report(&self) -> Value {
        let text = fs::read_to_string(self.report_path()).expect("dunnage wrote a report");
        serde_json::from_str(&text).expect("JSON")
    }

    fn report_path(&self) -> String {
        format!("{}/report.json", self.cluster.folder.display())
    }

    fn post_renderer(&self) -> &'static str {
        match self.version {
            Version::Three => DUNNAGE,
            Version::Four => "dunnage",
        }
    }

    /// As a user would: the Helm that is on the PATH gets it.
    fn install_plugin(&self) {
        let folder = Path::new(&self.program).parent().expect("a folder");
        let mut line = self.cluster.command(DUNNAGE);
        line.args(["helm", "install-plugin"]).env("PATH", folder);
        answer(self.isolated(&mut line)).expect_success();
    }

    fn isolated<'l>(&self, line: &'l mut std::process::Command) -> &'l mut std::process::Command {
        for kind in ["CONFIG", "CACHE", "DATA"] {
            line.env(
                format!("HELM_{kind}_HOME"),
                self.cluster.folder.join("helm").join(kind),
            );
        }
        line
    }
}

/// A policy of testdata.
pub(crate) fn policy_path(name: &str) -> String {
    format!(
        "{}/testdata/policies/{name}.yaml",
        env!("CARGO_MANIFEST_DIR")
    )
}
