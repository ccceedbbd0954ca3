//! What a run asks: what is wrong in releases, or what an upgrade of the chart needs.

use super::engine::LintTask;
use crate::diag::{Code, Diagnostic};
use crate::hub::ChartVersion;
use crate::hub::chart::VERSIONS;
use crate::hub::{ChartCache, ReleaseSpec};
use crate::text::Sources;

pub(super) static NO_UPGRADE: Code = Code::error(
    "CL014",
    "no-such-upgrade",
    "the chart cannot go to that version, or it is not known from which",
)
.page(include_str!("no_upgrade.md"));

/// What a run asks about the releases in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Question {
    /// What is wrong in them.
    #[default]
    Release,
    /// What changes with another version of the z2jh chart, and nothing else.
    Upgrade(Target),
}

impl Question {
    /// Whether it is about an upgrade.
    pub fn is_upgrade(&self) -> bool {
        matches!(self, Question::Upgrade(_))
    }

    /// What is to be judged of a release; nothing for an upgrade where it has no hub.
    ///
    /// # Errors
    /// For an upgrade where nobody says which version the release has, or it has a newer one.
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

/// The version of the z2jh chart that a release is to get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    name: String,
    number: ChartVersion,
}

impl Target {
    /// Reads a version: `4.3`, `4.3.5`.
    ///
    /// # Errors
    /// Where it is no version of the chart, or newer than all that are known.
    pub fn read(name: &str) -> Result<Self, Diagnostic> {
        let known = VERSIONS.last().expect("a version is known").number();
        let refused = |message: String| {
            Diagnostic::new(&NO_UPGRADE, message).help(format!("versions up to {known} are known"))
        };
        let Some(number) = ChartVersion::read(name) else {
            return Err(refused(format!("`{name}` is no version of the z2jh chart")));
        };
        if number > known {
            return Err(refused(format!("z2jh {name} is newer than what is known")));
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
            Err(Diagnostic::new(&NO_UPGRADE, message)
                .at(place, "the values of the hub")
                .help(help))
        };
        let to = &self.name;
        match hub.version() {
            None => refused(
                format!("nobody says from which version of z2jh this hub goes to {to}"),
                "say it by `--chart-version`, by `chartVersion` in the policy, or by the chart",
            ),
            Some(version) if version > self.number => refused(
                format!("this hub has z2jh {version}, which is newer than {to}"),
                "name a version that is not older: what a way back breaks is not known",
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
