//! The input of one rendering.

use super::{Options, Outcome, run, run_after};
use crate::k8s::Manifests;
use crate::policy::Policy;
use crate::text::{SourceId, Sources};

/// A stream of manifests with its policy and options.
#[derive(Debug)]
pub struct Job {
    /// The policy.
    pub policy: Policy,
    /// The manifests.
    pub manifests: SourceId,
    /// The live manifests of the release, if known.
    pub previous: Option<SourceId>,
    /// The other options.
    pub options: Options,
}

impl Job {
    /// Returns the manifests as a release.
    pub fn release<'s>(&self, sources: &'s Sources) -> Manifests<'s> {
        self.release_of(sources, self.manifests)
    }

    /// Renders the release, compared with the live manifests if they are known.
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
