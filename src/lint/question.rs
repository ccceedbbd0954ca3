//! The question of a run: what is wrong in releases, or what an upgrade of the chart needs.

use super::engine::LintTask;
use crate::diag::{Code, Diagnostic};
use crate::hub::ChartVersion;
use crate::hub::chart::VERSIONS;
use crate::hub::{ChartCache, ReleaseSpec};
use crate::text::Sources;

pub(super) static NO_UPGRADE: Code = Code::error(
    "CL014",
    "no-such-upgrade",
    "the hub cannot be upgraded to this version, or its current version is unknown",
)
.page(include_str!("no_upgrade.md"));

/// The question of a run about its releases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Question {
    /// What is wrong in them.
    #[default]
    Release,
    /// What changes with another version of the z2jh chart, and nothing else.
    Upgrade(Target),
}

impl Question {
    /// Returns whether it is about an upgrade.
    pub fn is_upgrade(&self) -> bool {
        matches!(self, Question::Upgrade(_))
    }

    /// Returns the task for a release; `None` for an upgrade if it has no hub.
    ///
    /// # Errors
    /// For an upgrade if the current version is unknown or newer.
    pub fn task(
        &self,
        spec: ReleaseSpec,
        sources: &mut Sources,
        shared: &mut ChartCache,
    ) -> Result<Option<LintTask>, Diagnostic> {
        match self {
            Question::Release => Ok(Some(LintTask {
                spec,
                next: None,
                keep_release: false,
            })),
            Question::Upgrade(target) => target.task(spec, sources, shared),
        }
    }
}

/// The target version of an upgrade of the z2jh chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    name: String,
    number: ChartVersion,
}

impl Target {
    /// Reads a version: `4.3`, `4.3.5`.
    ///
    /// # Errors
    /// If it is not a version of the chart, or newer than all known versions.
    pub fn read(name: &str) -> Result<Self, Diagnostic> {
        let known = VERSIONS.last().expect("a version is known").number();
        let refused = |message: String| {
            Diagnostic::new(&NO_UPGRADE, message).help(format!(
                "use a version up to {known}, the newest known version"
            ))
        };
        let Some(number) = ChartVersion::read(name) else {
            return Err(refused(format!(
                "`{name}` is not a version of the z2jh chart"
            )));
        };
        if number > known {
            return Err(refused(format!(
                "z2jh {name} is newer than all known versions"
            )));
        }
        Ok(Self {
            name: name.to_owned(),
            number,
        })
    }

    fn task(
        &self,
        spec: ReleaseSpec,
        sources: &mut Sources,
        shared: &mut ChartCache,
    ) -> Result<Option<LintTask>, Diagnostic> {
        let Some(hub) = spec.hub() else {
            return Ok(None);
        };
        let refused = |message: String, help: &str| {
            let place = spec.place();
            Err(Diagnostic::new(&NO_UPGRADE, message).at(place, "values of the hub").help(help))
        };
        let to = &self.name;
        match hub.version() {
            None => refused(
                format!("cannot check the upgrade to z2jh {to}: the current version is unknown"),
                "set the current version with `--chart-version` or `chartVersion` in the policy, or pass the chart with `--chart`",
            ),
            Some(version) if version > self.number => refused(
                format!(
                    "cannot check the upgrade to z2jh {to}: the hub already has z2jh {version}"
                ),
                "use a newer version: downgrades are not checked",
            ),
            Some(_) => {
                let next = Some(Box::new(spec.with_version(sources, shared, to)));
                Ok(Some(LintTask {
                    spec,
                    next,
                    keep_release: false,
                }))
            }
        }
    }
}
