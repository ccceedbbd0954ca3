//! The documents that remedies change: each is parsed once, and what is planned in it is proven together.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

use crate::diag::{Apart, Diagnostic, TextEdit};
use crate::hub::Inside;
use crate::text::{SourceId, Sources, Span};
use crate::values::{self, Value};
use crate::yaml::edit::{self, Planner, Replacements};
use crate::yaml::{self, Document, Edit, Entry, NodeId, NodeRef, Rewrite};

/// The edits of a remedy, where there is one.
pub(super) type Edits = Option<Vec<TextEdit>>;

/// The texts that values were read from, and which of them fixes may change.
#[derive(Debug, Clone, Copy)]
pub(super) struct Editable<'v> {
    pub(super) sources: &'v Sources,
    /// Their documents, each parsed once.
    pub(super) documents: &'v EditableDocuments<'v>,
    /// Those of charts, which are not the release's to change.
    pub(super) defaults: &'v BTreeSet<SourceId>,
    /// Values that stand in manifests.
    pub(super) inside: &'v [Inside],
}

/// The documents of a release's files that were looked at, and the changes planned in them.
#[derive(Debug, Default)]
pub(super) struct EditableDocuments<'v> {
    /// Where the documents of each file lie.
    parts: RefCell<BTreeMap<SourceId, Rc<[Range<usize>]>>>,
    parsed: RefCell<BTreeMap<DocumentId, Rc<ParsedDocument<'v>>>>,
    planned: RefCell<Vec<Planned>>,
}

/// The bytes of a document: its source, where it begins and where it ends.
type DocumentId = (SourceId, usize, usize);

/// A document with what is found out about it once.
#[derive(Debug)]
struct ParsedDocument<'v> {
    /// Nothing where it is not YAML, sops signed it, or it is a template of another tool.
    document: Option<Document<'v>>,
    /// Nothing where its text cannot be changed.
    planner: Option<Planner>,
    /// Every node by where it begins and ends.
    by_range: OnceCell<Vec<(usize, usize, NodeId)>>,
}

/// A change that waits for its proof.
#[derive(Debug, Clone)]
struct Planned {
    place: DocumentId,
    edits: Vec<Edit>,
    rewrites: Vec<Rewrite>,
    replaced: Vec<TextEdit>,
}

impl<'v> ParsedDocument<'v> {
    /// Values inside of manifests are filled in by what applies these, and may be fixed around that.
    fn new(text: &'v str, is_inside: bool) -> Self {
        let document = yaml::parse(text).ok();
        let is_unsigned = |document: &Document<'_>| {
            let root = document.root();
            root.is_some_and(|root| root.find("sops").is_none())
        };
        let is_plain = |document: &Document<'_>| {
            let mut texts = document.nodes().filter_map(|node| node.text());
            is_inside || !texts.any(values::is_filled_in_later)
        };
        let document = document.filter(is_unsigned).filter(is_plain);
        let planner = document.as_ref().map(Planner::new);
        Self {
            planner: planner.and_then(Result::ok),
            document,
            by_range: OnceCell::new(),
        }
    }

    /// The nodes with exactly these bytes, in the order of the document.
    fn nodes_at(&self, range: Range<usize>) -> impl Iterator<Item = NodeRef<'_>> {
        let nodes = self.document.iter().flat_map(Document::nodes);
        let by_range = self.by_range.get_or_init(|| {
            let place = |node: NodeRef<'_>| (node.range().start, node.range().end, node.id());
            let mut places: Vec<_> = nodes.map(place).collect();
            places.sort_unstable();
            places
        });
        let wanted = (range.start, range.end);
        let first = by_range.partition_point(|&(start, end, _)| (start, end) < wanted);
        let found = by_range[first..].iter();
        let found = found.take_while(move |&&(start, end, _)| (start, end) == wanted);
        found.filter_map(|&(_, _, id)| Some(self.document.as_ref()?.at(id)))
    }
}

/// One document of a file that may be changed.
pub(super) struct DocumentEditor<'v> {
    place: DocumentId,
    /// Where the values stand in the document; nothing where they are all of it.
    values: Option<Span>,
    parsed: Rc<ParsedDocument<'v>>,
    documents: &'v EditableDocuments<'v>,
}

impl<'v> DocumentEditor<'v> {
    /// The document that a span lies in.
    pub(super) fn of(files: Editable<'v>, span: Span) -> Option<Self> {
        let source = files.sources.get(span.source);
        if !source.is_file() || files.defaults.contains(&span.source) {
            return None;
        }
        let holds = |range: &Range<usize>| range.start <= span.start && span.end <= range.end;
        let is_around =
            |inside: &&Inside| inside.values.source == span.source && holds(&inside.values.range());
        let inside = files.inside.iter().find(is_around);
        let part = if let Some(inside) = inside {
            inside.document.clone()
        } else {
            let parts = files.documents.parts(span.source, source.text());
            parts.iter().rev().find(|part| holds(part))?.clone()
        };
        let place = (span.source, part.start, part.end);
        Some(Self {
            place,
            values: inside.map(|inside| inside.values),
            parsed: files.documents.parsed(place, &source.text()[part], inside.is_some()),
            documents: files.documents,
        })
    }

    pub(super) fn document(&self) -> Option<&Document<'v>> {
        self.parsed.document.as_ref()
    }

    /// The mapping that is the values.
    pub(super) fn root(&self) -> Option<NodeRef<'_>> {
        match self.values {
            None => self.document()?.root(),
            Some(values) => self.nodes_at(values).next(),
        }
    }

    pub(super) fn span(&self, node: NodeRef<'_>) -> Span {
        let (source, offset, _) = self.place;
        let range = node.range();
        Span::new(source, offset + range.start..offset + range.end)
    }

    /// The nodes with exactly these bytes.
    pub(super) fn nodes_at(&self, span: Span) -> impl Iterator<Item = NodeRef<'_>> {
        let (source, offset, _) = self.place;
        let is_here = source == span.source && span.start >= offset;
        let range = is_here.then(|| span.start - offset..span.end - offset);
        range.into_iter().flat_map(|range| self.parsed.nodes_at(range))
    }

    pub(super) fn scalar(&self, span: Span) -> Option<NodeRef<'_>> {
        self.nodes_at(span).find(|node| node.scalar().is_some())
    }

    /// The mapping that holds a value, and its entry there.
    pub(super) fn entry(&self, value: &Value) -> Option<(NodeRef<'_>, Entry)> {
        let key = value.set.key?;
        self.nodes_at(key).find_map(|node| {
            let document = node.document();
            let parent = document.at(node.node().parent?);
            let entries = parent.raw_entries();
            // Nodes are numbered in the order of the text.
            let at = entries.binary_search_by_key(&node.id(), |entry| entry.key);
            let entry = entries[at.ok()?];
            let is_it = self.span(document.at(entry.value)) == value.set.value;
            is_it.then_some((parent, entry))
        })
    }

    /// What the editor makes of it, in the document's own offsets; nothing of it is proven.
    pub(super) fn plan(&self, edits: &[Edit], rewrites: &[Rewrite]) -> Option<Replacements> {
        let planner = self.parsed.planner?;
        planner.plan(self.document()?, edits, rewrites).ok()
    }

    /// What the editor makes of it, in the source's own offsets, to be proven with all the others.
    pub(super) fn edits(&self, edits: &[Edit], rewrites: &[Rewrite]) -> Edits {
        let (source, offset, _) = self.place;
        let edit = |(range, text): (Range<usize>, String)| TextEdit {
            span: Span::new(source, offset + range.start..offset + range.end),
            text,
        };
        let planned = self.plan(edits, rewrites)?.into_iter();
        let replaced: Vec<TextEdit> = planned.map(edit).collect();
        self.documents.planned.borrow_mut().push(Planned {
            place: self.place,
            edits: edits.to_vec(),
            rewrites: rewrites.to_vec(),
            replaced: replaced.clone(),
        });
        Some(replaced)
    }
}

impl<'v> EditableDocuments<'v> {
    fn parts(&self, source: SourceId, text: &str) -> Rc<[Range<usize>]> {
        let mut parts = self.parts.borrow_mut();
        let parts = parts.entry(source);
        Rc::clone(parts.or_insert_with(|| yaml::split(text).into()))
    }

    fn parsed(&self, place: DocumentId, text: &'v str, is_inside: bool) -> Rc<ParsedDocument<'v>> {
        let mut parsed = self.parsed.borrow_mut();
        let parsed = parsed.entry(place);
        Rc::clone(parsed.or_insert_with(|| Rc::new(ParsedDocument::new(text, is_inside))))
    }

    /// Takes the fix off every finding whose edits would not read back as they were meant. Changes of one
    /// document that do not meet are made together and read back once.
    pub(in crate::lint) fn prove(&self, findings: &mut [Diagnostic]) {
        let mut planned = self.planned.take();
        planned.sort_by(|one, other| (one.place, spans(one)).cmp(&(other.place, spans(other))));
        planned.dedup_by(|later, earlier| {
            (later.place, &later.replaced) == (earlier.place, &earlier.replaced)
                && (&later.edits, &later.rewrites) == (&earlier.edits, &earlier.rewrites)
        });
        let mut refused = Vec::new();
        for of_document in planned.chunk_by(|one, other| one.place == other.place) {
            for batch in batches(of_document) {
                self.prove_batch(&batch, &mut refused);
            }
        }
        for finding in findings {
            let has_all = |refused: &&Planned| {
                let fix = finding.fix.as_ref();
                let mut edits = refused.replaced.iter();
                fix.is_some_and(|fix| edits.all(|edit| fix.edits.contains(edit)))
            };
            if refused.iter().any(has_all) {
                finding.fix = None;
            }
        }
    }

    /// Finds those of a batch that are not as they were meant, by halves.
    fn prove_batch<'p>(&self, batch: &[&'p Planned], refused: &mut Vec<&'p Planned>) {
        if batch.is_empty() || self.is_proven(batch) {
            return;
        }
        if let [one] = batch {
            refused.push(one);
            return;
        }
        let (left, right) = batch.split_at(batch.len() / 2);
        self.prove_batch(left, refused);
        self.prove_batch(right, refused);
    }

    fn is_proven(&self, batch: &[&Planned]) -> bool {
        let Some(first) = batch.first() else {
            return true;
        };
        let parsed = self.parsed.borrow();
        let document = parsed.get(&first.place).and_then(|it| it.document.as_ref());
        let offset = first.place.1;
        let replaced = batch.iter().flat_map(|planned| &planned.replaced);
        let mut replaced: Replacements = replaced
            .map(|edit| {
                let range = edit.span.start - offset..edit.span.end - offset;
                (range, edit.text.clone())
            })
            .collect();
        replaced.sort_by_key(|(range, _)| (range.start, range.end));
        let edits = batch.iter().flat_map(|planned| &planned.edits);
        let rewrites = batch.iter().flat_map(|planned| &planned.rewrites);
        let edits: Vec<Edit> = edits.cloned().collect();
        let rewrites: Vec<Rewrite> = rewrites.cloned().collect();
        document
            .is_some_and(|document| edit::verify(document, &edits, &rewrites, &replaced).is_ok())
    }
}

fn spans(planned: &Planned) -> impl Ord + '_ {
    let of_edit = |edit: &TextEdit| (edit.span, edit.text.clone());
    planned.replaced.iter().map(of_edit).collect::<Vec<_>>()
}

/// Changes of one document as groups within which no two meet.
fn batches(planned: &[Planned]) -> Vec<Vec<&Planned>> {
    let mut batches: Vec<(Apart, Vec<&Planned>)> = Vec::new();
    for planned in planned {
        let mut open = batches.iter_mut();
        if let Some((apart, batch)) = open.find(|(apart, _)| !apart.meets(&planned.replaced)) {
            apart.add(&planned.replaced);
            batch.push(planned);
        } else {
            let mut apart = Apart::default();
            apart.add(&planned.replaced);
            batches.push((apart, vec![planned]));
        }
    }
    batches.into_iter().map(|(_, batch)| batch).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::fixes::tests::Case;
    use crate::lint::fixes::{remove, rename_key, safe_fix};

    const KEYS: usize = 40;

    /// A hub with as many settings, and a finding with a fix for each.
    fn with_findings(check: impl Fn(&EditableDocuments<'_>, &mut Vec<Diagnostic>)) {
        let keys = (0..KEYS).map(|key| format!("    key{key}: {{a: 1}}\n"));
        let text = format!("singleuser:\n  extraEnv:\n{}", keys.collect::<String>());
        let case = Case::new(&[("prod.yaml", &text)]);
        let cx = case.context();
        let finding = |(key, value): (&String, &Value)| {
            let finding = Diagnostic::new(&crate::lint::fixes::tests::CODE, key.clone());
            safe_fix(finding, "", rename_key(&cx, value, &format!("new{key}")))
        };
        let mut findings: Vec<_> = cx.hub.entries("singleuser.extraEnv").map(finding).collect();
        assert!(findings.iter().all(|finding| finding.fix.is_some()));
        check(cx.documents, &mut findings);
    }

    #[test]
    fn a_document_is_parsed_once_and_what_is_right_keeps_its_fix() {
        with_findings(|documents, findings| {
            assert_eq!(documents.parsed.borrow().len(), 1);
            assert_eq!(documents.planned.borrow().len(), KEYS);
            assert_eq!(batches(&documents.planned.borrow()).len(), 1);
            documents.prove(findings);
            assert!(findings.iter().all(|finding| finding.fix.is_some()));
        });
    }

    #[test]
    fn what_reads_back_otherwise_is_not_offered_and_the_others_are() {
        with_findings(|documents, findings| {
            for wrong in ["", "a: b", "[", "new"] {
                let mut findings = findings.clone();
                let at = 17;
                let fix = findings[at].fix.as_mut().expect("a fix");
                let span = fix.edits[0].span;
                fix.edits[0].text = wrong.to_owned();
                let before = documents.planned.borrow().clone();
                for planned in documents.planned.borrow_mut().iter_mut() {
                    if planned.replaced[0].span == span {
                        planned.replaced.clone_from(&fix.edits);
                    }
                }
                documents.prove(&mut findings);
                documents.planned.replace(before);
                let without = findings.iter().filter(|finding| finding.fix.is_none());
                let without: Vec<&str> = without.map(|finding| &*finding.message).collect();
                assert_eq!(without, [findings[at].message.as_str()], "{wrong:?}");
            }
        });
    }

    #[test]
    fn changes_that_meet_are_proven_one_by_one() {
        let text = "singleuser:\n  extraEnv: {a: {b: 1}, c: 2}\n";
        let case = Case::new(&[("prod.yaml", text)]);
        let cx = case.context();
        let get = |path| cx.hub.get(path).expect("a value");
        let finding = |edits| {
            safe_fix(
                Diagnostic::new(&crate::lint::fixes::tests::CODE, ""),
                "",
                edits,
            )
        };
        let mut findings = [
            finding(remove(&cx, get("singleuser.extraEnv.a"))),
            finding(rename_key(&cx, get("singleuser.extraEnv.a.b"), "d")),
            finding(remove(&cx, get("singleuser.extraEnv"))),
        ];
        assert_eq!(batches(&cx.documents.planned.borrow()).len(), 3);
        cx.documents.prove(&mut findings);
        assert!(findings.iter().all(|finding| finding.fix.is_some()));
    }
}
