//! One stream to render, with everything that decides about it.

use super::{Options, Outcome, run, run_after};
use crate::k8s::Manifests;
use crate::policy::Policy;
use crate::text::{SourceId, Sources};

/// A stream of manifests and what it is rendered by.
#[derive(Debug)]
pub struct Job {
    /// The policy.
    pub policy: Policy,
    /// The manifests.
    pub manifests: SourceId,
    /// The manifests of the release as it is installed, where they are known.
    pub previous: Option<SourceId>,
    /// Everything else.
    pub options: Options,
}

impl Job {
    /// Reads the manifests as a release.
    pub fn release<'s>(&self, sources: &'s Sources) -> Manifests<'s> {
        self.release_of(sources, self.manifests)
    }

    /// Renders the release, and looks at what is installed where that is known.
    pub fn run(&self, sources: &Sources, release: &Manifests<'_>) -> Outcome {
        match self.previous {
            None => run(release, &self.policy, &self.options),
            Some(previous) => {
                let previous = self.release_of(sources, previous);
                run_after(release, &self.policy, &self.options, &previous)
            }
        }
    }

    fn release_of<'s>(&self, sources: &'s Sources, source: SourceId) -> Manifests<'s> {
        Manifests::read(source, sources.get(source).text(), &self.policy.kinds)
    }
}
