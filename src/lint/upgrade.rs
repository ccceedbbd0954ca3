//! A hub whose chart is to get another version: what the values must change for it.

use super::engine::{Subject, finish, look, says_more};
use super::fixes::Pages;
use super::{Context, Job, Run};
use crate::diag::{Code, Diagnostic, Level};
use crate::hub::ChartVersion;
use crate::hub::chart::VERSIONS;
use crate::hub::{Hub, Plan, Release, Shared};
use crate::text::{SourceId, Sources};

pub(super) static NO_UPGRADE: Code = Code::error(
    "CL014",
    "no-such-upgrade",
    "the chart cannot go to that version, or it is not known from which",
)
.page(include_str!("no_upgrade.md"));

/// A hub before and after its chart gets another version.
pub struct Upgrade<'u> {
    /// The values over the defaults of the chart as it is.
    pub from: &'u Hub<'u>,
    /// The same values over the defaults of the chart as it will be.
    pub to: &'u Context<'u>,
}

impl Upgrade<'_> {
    /// Whether a change that came with a version, major and minor, comes with this upgrade.
    pub fn crosses(&self, version: ChartVersion) -> bool {
        self.from.version < version && version <= self.to.hub.version
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

    /// What is judged of a release that is to have this version; nothing where no hub is in it.
    ///
    /// # Errors
    /// Where nobody says which version it has, or it has a newer one.
    pub fn job(
        &self,
        plan: Plan,
        sources: &mut Sources,
        shared: &mut Shared,
    ) -> Result<Option<Job>, Diagnostic> {
        let Some(hub) = plan.hub() else {
            return Ok(None);
        };
        let refused = |message: String, help: &str| {
            let place = plan.place();
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
                let next = Some(Box::new(plan.with_version(sources, shared, to)));
                Ok(Some(Job {
                    plan,
                    next,
                    is_kept: false,
                }))
            }
        }
    }
}

/// What is found about a release of which another version of the chart makes the second one: what is an error
/// there, what warns there and not with the first, and what the change itself does.
pub(super) fn run(cx: Run<'_>, [from, to]: [&Release; 2]) -> Vec<Diagnostic> {
    let of = |release| super::run(cx, release);
    let (before, mut findings) = (of(from), of(to));
    let known: Vec<_> = before.iter().map(|finding| key(from, finding)).collect();
    // What is no more than worth knowing is so with either version, or of a first install.
    findings.retain(|finding| {
        let is_new = finding.level <= Level::Warning && !known.contains(&key(to, finding));
        finding.is_error() || is_new
    });
    let pages = Pages::default();
    if let (Some(from), Some(to)) = (from.hub(cx.sources), to.hub(cx.sources)) {
        let upgrade = Upgrade {
            from: &from,
            to: &cx.context(&to, &pages),
        };
        let mut changes = look(&Subject::Upgrade(&upgrade));
        pages.prove(&mut changes);
        changes.retain(|change| !findings.iter().any(|finding| says_more(finding, change)));
        findings.extend(changes);
    }
    finish(findings)
}

/// What two releases have in common of a finding: the rule, and the place, or, as defaults stand in another
/// text for each version, what is said.
fn key<'f>(
    release: &Release,
    finding: &'f Diagnostic,
) -> (&'static str, Option<(SourceId, usize)>, &'f str) {
    let start = finding.start();
    let start = start.filter(|(source, _)| !release.is_defaults(*source));
    let message = if start.is_none() {
        &*finding.message
    } else {
        ""
    };
    (finding.code.id, start, message)
}
