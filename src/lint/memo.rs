//! Findings of releases from earlier runs, for releases none of whose texts changed since.

use std::collections::{BTreeMap, BTreeSet};

use super::engine::LintTask;
use crate::diag::Diagnostic;
use crate::text::{SourceId, SourceMap, SourceNames, Sources};

/// The findings of the releases of a command line that is linted again and again, while fixes change some of its texts.
#[derive(Debug)]
pub struct Memo {
    /// The sources of the first run, whose ids the keys have.
    first: SourceNames,
    /// Every text that a source of the first run has had.
    versions: BTreeMap<SourceId, Vec<String>>,
    findings: BTreeMap<MemoKey, Vec<Diagnostic>>,
}

/// The policy and the place of a release in a run, and the version of each text that it is made of.
pub(super) type MemoKey = (usize, usize, Vec<(SourceId, usize)>);

impl Memo {
    /// Remembers nothing yet; `first` are the sources of the first run.
    pub fn new(first: &Sources) -> Self {
        Self {
            first: SourceNames::new(first),
            versions: BTreeMap::new(),
            findings: BTreeMap::new(),
        }
    }

    /// Starts a run over these texts.
    pub(super) fn start(&mut self, sources: &Sources) -> MemoRun<'_> {
        let to_first = SourceMap::new(sources, &self.first);
        let mut versions = BTreeMap::new();
        for (id, source) in sources.iter() {
            let Some(known) = to_first.get(id) else {
                continue;
            };
            let texts = self.versions.entry(known).or_default();
            let version = texts.iter().position(|text| text == source.text());
            let version = version.unwrap_or_else(|| {
                texts.push(source.text().to_owned());
                texts.len() - 1
            });
            versions.insert(id, (known, version));
        }
        MemoRun {
            findings: &mut self.findings,
            policy: 0,
            from_first: to_first.inverse(),
            to_first,
            versions,
        }
    }
}

/// One run over the releases.
pub(super) struct MemoRun<'m> {
    findings: &'m mut BTreeMap<MemoKey, Vec<Diagnostic>>,
    /// How many policies came before.
    policy: usize,
    to_first: SourceMap,
    from_first: SourceMap,
    /// The id in the first run and the version of each text of this one.
    versions: BTreeMap<SourceId, (SourceId, usize)>,
}

impl MemoRun<'_> {
    /// Goes on to what another policy applies to.
    pub(super) fn next_policy(&mut self) {
        self.policy += 1;
    }

    /// Returns the key of a task, or `None` where it has to be linted: its release is wanted for manifests, or one of its
    /// texts was not there in the first run.
    pub(super) fn key(&self, index: usize, task: &LintTask) -> Option<MemoKey> {
        if task.keep_release {
            return None;
        }
        let mut sources = BTreeSet::new();
        for spec in std::iter::once(&task.spec).chain(task.next.as_deref()) {
            spec.add_sources(&mut sources);
        }
        let versions = sources.iter().map(|id| self.versions.get(id).copied());
        Some((self.policy, index, versions.collect::<Option<_>>()?))
    }

    /// Returns the findings of an earlier run, with their places in the texts of this one.
    pub(super) fn recall(&self, key: &MemoKey) -> Option<Vec<Diagnostic>> {
        let mut findings = self.findings.get(key)?.clone();
        for finding in &mut findings {
            finding.relocate(&self.from_first);
        }
        Some(findings)
    }

    /// Keeps the findings of this run.
    pub(super) fn keep(&mut self, key: MemoKey, findings: &[Diagnostic]) {
        let mut findings = findings.to_vec();
        for finding in &mut findings {
            finding.relocate(&self.to_first);
        }
        self.findings.insert(key, findings);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::hub::{ChartCache, ReleaseInput, ReleaseSpec};
    use crate::values::{self, Helm};

    static FOUND: crate::diag::Code = crate::diag::Code::error("XX001", "found", "a finding");

    fn run(texts: [&str; 2]) -> (Sources, Vec<LintTask>) {
        let mut sources = Sources::default();
        let mut shared = ChartCache::default();
        let mut tasks = Vec::new();
        for (name, text) in ["one.yaml", "two.yaml"].into_iter().zip(texts) {
            let source = sources.add_path(Path::new(name), text.to_owned());
            let input = ReleaseInput {
                chart: None,
                values: values::read(source, text, Helm::Four).expect("values"),
                helm: Helm::Four,
                version: Some("4.4"),
                hub: None,
                inside: Vec::new(),
                is_partial: false,
            };
            tasks.push(LintTask {
                spec: ReleaseSpec::new(&mut sources, &mut shared, input).0,
                next: None,
                keep_release: false,
            });
        }
        (sources, tasks)
    }

    #[test]
    fn only_a_release_whose_texts_are_known_is_not_linted_again() {
        const OLD: [&str; 2] = ["hub: {uid: 1}\n", "hub: {uid: 2}\n"];
        let (sources, tasks) = run(OLD);
        let mut memo = Memo::new(&sources);
        let mut first = memo.start(&sources);
        for (index, task) in tasks.iter().enumerate() {
            let key = first.key(index, task).expect("all texts are known");
            let place = task.spec.place();
            assert_eq!(first.recall(&key), None);
            first.keep(key, &[Diagnostic::new(&FOUND, "found").at(place, "here")]);
        }
        let mut is_known = |texts| {
            let (sources, tasks) = run(texts);
            let run = memo.start(&sources);
            [0, 1].map(|index| {
                let key = run.key(index, &tasks[index]).expect("all texts are known");
                let found = run.recall(&key)?;
                Some(found[0].span()? == tasks[index].spec.place())
            })
        };
        assert_eq!(is_known([OLD[0], "hub: {uid: 3}\n"]), [Some(true), None]);
        assert_eq!(is_known(OLD), [Some(true), Some(true)]);
    }
}
