use std::collections::BTreeSet;
use std::ops::Range;

use rayon::prelude::*;

use super::additions::{
    self, AddedObject, Additions, ChartSelector, NotAdded, RemovedAddition, StreamSplice,
};
use super::common::Common;
use super::document::{self, Placed};
use super::expect::Hooks;
use super::plan::{Decided, Seen};
use super::{Mode, NO_DOCUMENTS, Options, codes, expect, input};
use crate::diag::Diagnostic;
use crate::k8s::{Body, Manifests, ParsedDocuments, WORTH_THREADS};
use crate::policy::Policy;

/// An edited document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedDocument {
    /// The index of its part in the release.
    pub part: usize,
    /// The complete new text of the part.
    pub text: String,
}

/// The result of a run.
#[derive(Debug)]
pub struct Outcome {
    /// Whether there is a new stream: `false` if a diagnostic is an error.
    pub rendered: bool,
    /// Documents that changed, in the order of the stream.
    pub documents: Vec<EditedDocument>,
    /// The objects that were read, in the order of the stream.
    pub seen: Vec<Seen>,
    /// The decisions about each pod template, in the order of the stream.
    pub decided: Vec<Decided>,
    /// The name of the entry of `additions` that applies, if any.
    pub entry: Option<String>,
    /// The objects that the policy adds, also those that the input had before.
    pub added: Vec<AddedObject>,
    /// Enabled parts of `additions` that were not added, with reasons.
    pub not_added: Vec<NotAdded>,
    /// Objects of an earlier run that the policy does not add any more.
    pub removed: Vec<RemovedAddition>,
    /// Insertions and removals of whole documents, and replaced additions, in the order of the stream.
    pub splices: Vec<StreamSplice>,
    /// How many objects each row of the policy matched.
    pub matched: Vec<usize>,
    /// The number of live objects whose pods restart, if the live manifest is known.
    pub live_restarts: Option<usize>,
    /// The findings, in the order of the stream, then of the policy.
    pub diagnostics: Vec<Diagnostic>,
    /// The mode of the run.
    pub mode: Mode,
}

impl Outcome {
    /// Returns the new stream in pieces: unchanged text, edited and added documents.
    pub fn pieces<'o>(&'o self, release: &Manifests<'o>) -> Vec<&'o str> {
        let text = release.text;
        let changes = self.changed_ranges(release);
        if changes.is_empty() && text.trim().is_empty() {
            return vec![NO_DOCUMENTS];
        }
        let mut pieces = Vec::with_capacity(2 * changes.len() + 1);
        let mut at = 0;
        for (range, new) in changes {
            pieces.extend([&text[at..range.start], new]);
            at = range.end;
        }
        pieces.push(&text[at..]);
        pieces
    }

    /// Returns each range of the stream that changes with its new text, ascending.
    fn changed_ranges<'o>(&'o self, release: &Manifests<'_>) -> Vec<(Range<usize>, &'o str)> {
        let edited = self.documents.iter();
        let edited = edited.map(|document| {
            let range = release.parts[document.part].range.clone();
            (range, document.text.as_str())
        });
        let spliced = self.splices.iter();
        let spliced = spliced.map(|splice| (splice.range.clone(), splice.text.as_str()));
        let mut changes: Vec<(Range<usize>, &str)> = edited.chain(spliced).collect();
        if !self.splices.is_empty() {
            changes.sort_by_key(|(range, _)| (range.start, range.end));
        }
        changes
    }

    /// Returns whether the stream changes.
    pub fn is_changed(&self) -> bool {
        !self.documents.is_empty() || !self.splices.is_empty()
    }

    /// Returns the new stream.
    pub fn text(&self, release: &Manifests<'_>) -> String {
        self.pieces(release).concat()
    }

    /// Returns the number of fields that change.
    pub fn changes(&self) -> usize {
        self.decided.iter().map(|decided| decided.changes.len()).sum()
    }

    /// Returns the number of objects whose pods restart.
    pub fn restarts(&self) -> usize {
        if let Some(restarts) = self.live_restarts {
            return restarts;
        }
        let restarting = self
            .decided
            .iter()
            .filter(|decided| decided.restarts && !decided.changes.is_empty());
        let mut objects: Vec<(usize, usize)> =
            restarting.map(|decided| (decided.part, decided.object)).collect();
        objects.dedup();
        objects.len()
    }
}

/// Places every workload of a release according to the policy.
///
/// Data that documents share is read first. Then every document is parsed, planned and edited on its own, on all
/// cores.
pub fn run(release: &Manifests<'_>, policy: &Policy, options: &Options) -> Outcome {
    let documents = release.documents(|body| body == Body::Common);
    let objects = documents.objects(release);
    let mode = options
        .mode
        .unwrap_or_else(|| Mode::of(release, &documents, &objects, options.caller));
    let (common, of_common) = Common::read(release, policy, options, &objects);
    let mut outcome = Outcome {
        rendered: false,
        documents: Vec::new(),
        seen: Vec::new(),
        decided: Vec::new(),
        entry: None,
        added: Vec::new(),
        not_added: Vec::new(),
        removed: Vec::new(),
        splices: Vec::new(),
        matched: vec![0; policy.rows.len()],
        live_restarts: None,
        diagnostics: input::problems(release, &documents, &objects, mode),
        mode,
    };
    outcome.diagnostics.extend(of_common);
    let mut placed = place_all(&common, &documents);
    let is_broken = placed.iter().any(|(_, placed)| placed.is_broken);
    let selectors = placed.iter_mut();
    let selectors = selectors.flat_map(|(_, placed)| std::mem::take(&mut placed.selectors));
    let selectors: Vec<ChartSelector> = selectors.collect();
    let unknown = outcome.take_in(placed);
    outcome.diagnostics.extend(unknown);
    if !is_broken {
        // An unreadable document could contain the workload that a row expects.
        let hooks = Hooks::of(mode, options);
        let unmet = expect::check(release, policy, &outcome.matched, hooks);
        outcome.diagnostics.extend(unmet);
        let rendered = additions::Rendered {
            objects: &objects,
            edited: &outcome.documents,
            selectors,
            mode,
        };
        let additions = additions::add(&common, rendered);
        outcome.take_additions(additions);
    }
    outcome.rendered = !outcome.diagnostics.iter().any(Diagnostic::is_error);
    outcome
}

/// Places the workloads of every document that must be parsed, in the order of the stream.
fn place_all(common: &Common<'_>, documents: &ParsedDocuments<'_>) -> Vec<(usize, Placed)> {
    let release = common.release;
    let place = |part: usize| {
        let placed = match documents.get(part) {
            Some(parsed) => document::place(common, part, parsed),
            None => document::place(common, part, &release.parse(part)?),
        };
        Some((part, placed))
    };
    if release.parts.len() < WORTH_THREADS {
        (0..release.parts.len()).filter_map(place).collect()
    } else {
        (0..release.parts.len()).into_par_iter().filter_map(place).collect()
    }
}

impl Outcome {
    fn take_additions(&mut self, additions: Additions) {
        self.entry = additions.entry;
        self.added = additions.added;
        self.not_added = additions.not_added;
        self.removed = additions.removed;
        self.splices = additions.splices;
        self.diagnostics.extend(additions.diagnostics);
    }

    /// Merges the results of the documents. Equal findings are reported once. Returns the notes about unknown kinds,
    /// which come last.
    fn take_in(&mut self, placed: Vec<(usize, Placed)>) -> Vec<Diagnostic> {
        let mut unknown_classes = BTreeSet::new();
        let mut unknown_kinds = BTreeSet::new();
        let mut unknown = Vec::new();
        for (part, placed) in placed {
            self.documents.extend(placed.text.map(|text| EditedDocument { part, text }));
            self.seen.extend(placed.seen);
            self.decided.extend(placed.decided);
            for row in placed.matched {
                self.matched[row] += 1;
            }
            for diagnostic in placed.diagnostics {
                let is_class = diagnostic.code == &codes::UNKNOWN_CLASS;
                if !is_class || unknown_classes.insert(diagnostic.span()) {
                    self.diagnostics.push(diagnostic);
                }
            }
            for found in placed.unknown {
                if unknown_kinds.insert(found.kind) {
                    unknown.push(found.diagnostic);
                }
            }
        }
        unknown
    }
}
