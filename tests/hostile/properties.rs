//! What stays true whatever the input: written once, asked by the tests beside this file and by the fuzz
//! targets in `fuzz/`. Each property is a function that panics where it does not hold.

use std::ops::Range;

use dunnage::diag::Diagnostic;
use dunnage::k8s::{Body, HOOK, Kinds, Manifests};
use dunnage::lint;
use dunnage::policy::{self, Facts, Policy, Z2JH};
use dunnage::render::{self, NO_DOCUMENTS, Options, Outcome};
use dunnage::report::{self, OutputOptions};
use dunnage::text::{SourceId, Sources, Span, mask};
use dunnage::values::{self, Helm, Value};
use dunnage::yaml::{self, CollectionStyle, Document, NodeContent, NodeRef};

/// A policy with its text.
#[derive(Debug)]
pub(crate) struct Rules {
    /// What the policy is called.
    pub(crate) name: &'static str,
    text: &'static str,
    policy: Policy,
}

/// Policies that ask for everything there is, in turn.
pub(crate) const POLICIES: [(&str, &str); 5] = [
    ("z2jh", Z2JH),
    (
        "require",
        include_str!("../../testdata/policies/require.yaml"),
    ),
    ("gpu", include_str!("../../testdata/policies/gpu.yaml")),
    (
        "images",
        include_str!("../../testdata/policies/images.yaml"),
    ),
    ("replace", include_str!("replace.yaml")),
];

impl Rules {
    /// All of [`POLICIES`], read.
    pub(crate) fn all() -> Vec<Self> {
        let read = |(name, text): (&'static str, &'static str)| {
            let source = Sources::default().add("policy.yaml", String::new());
            let (policy, problems) = policy::read(source, text);
            let policy = policy.unwrap_or_else(|| panic!("{name}: {problems:#?}"));
            Self { name, text, policy }
        };
        POLICIES.into_iter().map(read).collect()
    }

    /// The sources of one run: the policy first, as it was when it was read.
    fn sources(&self, stream: &str) -> (Sources, SourceId) {
        let mut sources = Sources::default();
        sources.add("policy.yaml", self.text.to_owned());
        let source = sources.add("in.yaml", stream.to_owned());
        (sources, source)
    }
}

/// The one place that knows how a stream is read.
pub(crate) fn release(source: SourceId, stream: &str) -> Manifests<'_> {
    Manifests::read(source, stream, &Kinds::default())
}

/// Reading never fails, the parts and the marks between them are all of the stream, every node lies where
/// text is, and what was copied without a look concerns no pass.
pub(crate) fn read(stream: &str) {
    let source = Sources::default().add("in.yaml", String::new());
    check_release(&release(source, stream));
}

/// What came of a rendering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rendered {
    Refused,
    Same,
    Changed,
}

/// Rendering is all or nothing; what no change names stays; twice is once.
pub(crate) fn render(stream: &str, rules: &Rules) -> Rendered {
    let (sources, source) = rules.sources(stream);
    let release = release(source, sources.get(source).text());
    check_release(&release);
    let outcome = render::run(&release, &rules.policy, &Options::default());
    check_diagnostics(&sources, &outcome.diagnostics);
    let is_error = outcome.diagnostics.iter().any(Diagnostic::is_error);
    assert_eq!(outcome.rendered, !is_error, "all or nothing");
    if !outcome.rendered {
        return Rendered::Refused;
    }
    let output = outcome.text(&release);
    if stream.trim().is_empty() {
        assert_eq!(output, NO_DOCUMENTS, "never an empty output");
        return Rendered::Same;
    }
    let is_same = output == stream;
    assert_eq!(
        outcome.documents.is_empty(),
        is_same,
        "`--check` and the output disagree:\n{output}"
    );
    if is_same {
        return Rendered::Same;
    }
    check_output(&release, &outcome, &output);
    check_again(&output, rules);
    Rendered::Changed
}

/// The texts of the parts of a stream's output, if there is an output, and what was wrong if there is
/// none: for streams that are compared with one another. The mode is always that of a pipe, so that
/// one document says nothing of another.
pub(crate) fn rendered_parts(
    stream: &str,
    rules: &Rules,
) -> Result<Vec<String>, Vec<Range<usize>>> {
    let (sources, source) = rules.sources(stream);
    let release = release(source, sources.get(source).text());
    let options = Options {
        mode: Some(render::Mode::Plain),
        ..Options::default()
    };
    let outcome = render::run(&release, &rules.policy, &options);
    if !outcome.rendered {
        let errors = outcome.diagnostics.iter().filter(|one| one.is_error());
        let places = errors.flat_map(|error| &error.labels);
        let mine = places.filter(|label| label.span.source == source);
        return Err(mine.map(|label| label.span.range()).collect());
    }
    let output = outcome.text(&release);
    let parts = yaml::split(&output).into_iter();
    Ok(parts.map(|part| output[part].to_owned()).collect())
}

/// Where the last part of a stream begins.
pub(crate) fn last_part(stream: &str) -> usize {
    yaml::split(stream).last().expect("a stream has a part").start
}

/// A policy is read or refused with places; one that is read can be used.
pub(crate) fn policy(text: &str, stream: &str) {
    let mut sources = Sources::default();
    let policy_source = sources.add("policy.yaml", text.to_owned());
    let source = sources.add("in.yaml", stream.to_owned());
    let (read, problems) = policy::read(policy_source, sources.get(policy_source).text());
    check_diagnostics(&sources, &problems);
    let is_error = problems.iter().any(Diagnostic::is_error);
    assert_eq!(
        read.is_none(),
        is_error,
        "a policy or an error: {problems:#?}"
    );
    if let Some(read) = read {
        let release = release(source, sources.get(source).text());
        let outcome = render::run(&release, &read, &Options::default());
        check_diagnostics(&sources, &outcome.diagnostics);
        let findings = lint::manifests(&sources, source, &lint::Cluster::of(&read), None);
        judged(&sources, findings);
    }
}

/// Whatever the values are, they have a hub or none, and findings have a place.
fn linted(sources: &mut Sources, values: Value) {
    let parts = dunnage::hub::ReleaseInput {
        chart: None,
        values,
        helm: Helm::Four,
        version: None,
        hub: None,
        inside: Vec::new(),
        is_partial: false,
    };
    let mut shared = dunnage::hub::ChartCache::default();
    let (plan, broken) = dunnage::hub::ReleaseSpec::new(sources, &mut shared, parts);
    check_diagnostics(sources, &broken);
    let Ok(release) = dunnage::hub::Release::new(plan) else {
        return;
    };
    let run = lint::Run {
        sources,
        shared: &shared,
        facts: &Facts::default(),
        pools: &[],
        has_hints: true,
    };
    let findings = lint::run(run, &release);
    judged(sources, findings);
}

/// Whatever the manifests are, findings have a place, and what silences them and knows them can be told.
fn judged(sources: &Sources, mut findings: Vec<Diagnostic>) {
    lint::Suppressions::of(lint::RULES).apply(sources, &mut findings);
    check_diagnostics(sources, &findings);
    let known = lint::Baseline::of(sources, &findings);
    assert_eq!(lint::Baseline::read(&known.write()), Ok(known.clone()));
    known.apply(sources, &mut findings);
    assert_eq!(findings, []);
}

/// An argument of any kind sets something, or is refused with a place.
pub(crate) fn argument(text: &str) {
    use values::SetKind::{File, Json, Literal, String, Typed};
    for kind in [Json, Typed, String, File, Literal] {
        let mut sources = Sources::default();
        let base = "a: {b: [1, {c: 2}]}\nd: null\n";
        let file = sources.add("values.yaml", base.to_owned());
        let mut merged = values::read(file, base, Helm::Four).expect("values");
        let source = sources.add("--set", text.to_owned());
        let mut none = |_: &str| Ok("text".to_owned());
        if let Err(problem) = values::set(&mut merged, kind, Helm::Four, source, text, &mut none) {
            check_diagnostics(&sources, &[problem]);
        }
    }
}

/// Values are read or refused with a place; merging is laying over: what is above is there afterwards.
pub(crate) fn values(under: &str, over: &str) {
    let mut sources = Sources::default();
    let mut read = Vec::new();
    for text in [under, over] {
        let source = sources.add("values.yaml", text.to_owned());
        match values::read(source, sources.get(source).text(), Helm::Four) {
            Ok(values) => read.push(values),
            Err(problem) => check_diagnostics(&sources, &[problem]),
        }
    }
    let Ok([mut merged, over]) = <[Value; 2]>::try_from(read) else {
        return;
    };
    values::lay_over(&mut merged, over.clone());
    let once = merged.to_json();
    values::lay_over(&mut merged, over);
    linted(&mut sources, merged.clone());
    let merged = merged.to_json();
    assert_eq!(merged, once, "merging twice is merging once");
    if let Some(hub) = dunnage::hub::locate_hub(&merged) {
        let images = dunnage::hub::hub_images(hub);
        assert!(
            images.iter().all(|image| !image.image.is_empty()),
            "{images:?}"
        );
    }
}

/// Masking keeps every byte's place, hides whole characters, and has nothing left to do the second time.
pub(crate) fn mask_of(text: &str) {
    let shown = mask(text);
    assert_eq!(shown.len(), text.len());
    let mut end = 0;
    let mut sources = Sources::default();
    let source = sources.add("a text", text.to_owned());
    for part in sources.get(source).masked().iter() {
        assert!(part.start >= end && text.get(part.clone()).is_some());
        assert_eq!(shown[end..part.start], text[end..part.start]);
        let stars = shown[part.clone()].bytes();
        assert!(stars.into_iter().all(|byte| matches!(byte, b'*' | b'\n' | b'\r')));
        end = part.end;
    }
    assert_eq!(shown[end..], text[end..]);
}

fn check_release(release: &Manifests<'_>) {
    let mut at = 0;
    for (index, part) in release.parts.iter().enumerate() {
        let between = &release.text[at..part.range.start];
        assert!(
            matches!(between, "" | "---" | "\u{feff}---"),
            "{between:?} belongs to no part"
        );
        at = part.range.end;
        let text = &release.text[part.range.clone()];
        match (part.body, release.parse(index)) {
            (Body::Copied, None) => check_gate(text),
            (Body::Blank | Body::Perhaps, None) => {}
            (_, Some(Ok(document))) => check_ranges(&document),
            (_, Some(Err(error))) => assert!(text.is_char_boundary(error.offset), "{error:?}"),
            (Body::Workload | Body::Common, None) => panic!("this has to be read: {text:?}"),
        }
    }
    assert_eq!(at, release.text.len(), "the last part ends the stream");
}

/// What was copied without being parsed is nothing that a pass would look at, if it parses at all.
fn check_gate(text: &str) {
    let Ok(document) = yaml::parse(text) else {
        return;
    };
    let Some(root) = document.root() else {
        return;
    };
    let text_of = |key| root.get(key).and_then(NodeRef::text);
    let kind = text_of("kind").unwrap_or_default();
    let version = text_of("apiVersion").unwrap_or_default();
    let group = version.rsplit_once('/').map_or("", |(group, _)| group);
    let values = ["data", "stringData"].map(|data| root.get_path(&[data, "values.yaml"]));
    let concerns = Kinds::default().get(group, kind).is_some()
        // A kind that goes on in the next line has a blank in it; Kubernetes knows none such.
        || (kind.ends_with("List") && !kind.contains(char::is_whitespace))
        || kind == "PriorityClass"
        || kind == "Secret" && values.iter().any(Option::is_some);
    assert!(!concerns, "a {kind} was copied without being parsed");
    let hook = root.get_path(&["metadata", "annotations", HOOK]);
    assert!(hook.is_none(), "a hook was copied without being parsed");
}

fn check_ranges(document: &Document<'_>) {
    let text = document.text;
    for node in document.nodes() {
        let range = node.range();
        assert!(text.get(range.clone()).is_some(), "{range:?}");
        let anchor = node.node().anchor();
        assert!(anchor.is_none_or(|anchor| text.get(anchor).is_some()));
        if let NodeContent::Mapping { entries, .. } = &node.node().content {
            let mut ends = entries.iter().map(|entry| entry.colon_end);
            assert!(ends.all(|end| text.is_char_boundary(end)));
        }
    }
    let trailing = document.trailing;
    assert!(trailing.is_none_or(|at| text.is_char_boundary(at)));
}

/// Every place lies in its text, and every form of a report can be written.
fn check_diagnostics(sources: &Sources, diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics {
        assert!(!diagnostic.message.is_empty());
        for label in &diagnostic.labels {
            let Span { source, .. } = label.span;
            let text = sources.get(source).text();
            assert!(text.get(label.span.range()).is_some(), "{diagnostic:#?}");
        }
    }
    let few = &diagnostics[..diagnostics.len().min(4)];
    let look = OutputOptions {
        wraps: true,
        color: false,
        unicode: false,
        width: 80,
        pages: None,
    };
    let concise = report::concise(sources, few);
    assert_eq!(concise.lines().count(), few.len(), "a line each: {concise}");
    let graphical = report::graphical(sources, few, &look);
    for text in [concise, graphical, report::json(sources, few)] {
        let steers = |char: &char| char.is_control() && !matches!(char, '\n' | '\t');
        let control = text.chars().find(steers);
        assert_eq!(control, None, "a control character in a report: {text:?}");
    }
}

/// The output reads again as the same parts, of which only those differ that a change names.
fn check_output(release: &Manifests<'_>, outcome: &Outcome, output: &str) {
    let again = self::release(release.source, output);
    check_release(&again);
    assert_eq!(again.parts.len(), release.parts.len(), "\n{output}");
    let mut edited = outcome.documents.iter().peekable();
    for (index, (old, new)) in release.parts.iter().zip(&again.parts).enumerate() {
        let old_text = &release.text[old.range.clone()];
        let new_text = &output[new.range.clone()];
        let Some(document) = edited.next_if(|document| document.part == index) else {
            assert_eq!(old_text, new_text, "no change names this document");
            continue;
        };
        assert_eq!(document.text, new_text);
        let mut decided = outcome.decided.iter().filter(|decided| decided.part == index);
        let changes = decided.any(|decided| !decided.changes.is_empty());
        assert!(changes, "a document was edited without a change");
        let (Some(Ok(old)), Some(Ok(new))) = (release.parse(index), again.parse(index)) else {
            panic!("what was edited is no document:\n{new_text}");
        };
        check_kept(&old, new_text);
        check_meaning(&old, &new);
    }
    assert!(edited.next().is_none(), "documents are in order");
}

/// Every byte that no edit may name is still there, in order, and every whole line of block style.
fn check_kept(old: &Document<'_>, new: &str) {
    let (gone, touched) = named(old);
    let is_in = |ranges: &[Range<usize>], at: usize| ranges.iter().any(|range| range.contains(&at));
    let bytes = old.text.bytes().enumerate();
    // Blanks before a value that goes may go with it.
    let kept = bytes.filter(|(at, byte)| *byte != b' ' && !is_in(&gone, *at));
    let kept = kept.map(|(_, byte)| byte);
    let is_kept = is_subsequence(kept, new.bytes().filter(|byte| *byte != b' '));
    assert!(is_kept, "bytes are lost:\n{}\n->\n{new}", old.text);
    let mut at = 0;
    let mut lines = Vec::new();
    for line in old.text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\r', '\n']);
        let (start, end) = (at, at + content.len());
        at += line.len();
        if !touched.iter().any(|range| range.start <= end && start <= range.end) {
            lines.push(content);
        }
    }
    let is_kept = is_subsequence(lines, new.lines());
    assert!(is_kept, "lines are lost:\n{}\n->\n{new}", old.text);
}

/// The old values that edits may take away, each with the line break before it, and all text in which
/// they may write inside a line: those values, and collections in flow style.
fn named(old: &Document<'_>) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let (mut gone, mut touched) = (Vec::new(), Vec::new());
    for node in old.nodes().filter(|node| !node.is_alias()) {
        touched.extend(is_flow(node).then(|| node.range()));
        for (key, value) in node.entries() {
            let is_changed = key.text().is_some_and(|key| CHANGED.contains(&key));
            let is_empty = value.raw_entries().is_empty() && value.items().len() == 0;
            if is_changed && is_empty {
                let line = old.text[..value.range().start].trim_end_matches([' ', '\t']);
                let before = line.strip_suffix('\n').unwrap_or(line);
                let before = before.strip_suffix('\r').unwrap_or(before);
                gone.push(before.len()..value.range().end);
            }
        }
    }
    touched.extend(gone.iter().cloned());
    (gone, touched)
}

/// Keys whose values an edit may fill or replace.
const CHANGED: [&str; 13] = [
    "tolerations",
    "affinity",
    "nodeAffinity",
    "requiredDuringSchedulingIgnoredDuringExecution",
    "preferredDuringSchedulingIgnoredDuringExecution",
    "nodeSelectorTerms",
    "matchExpressions",
    "priorityClassName",
    "podPriorityClassName",
    "initContainers",
    "deployment",
    "spec",
    "template",
];

fn is_flow(node: NodeRef<'_>) -> bool {
    matches!(
        node.node().content,
        NodeContent::Mapping {
            style: CollectionStyle::Flow,
            ..
        } | NodeContent::Sequence {
            style: CollectionStyle::Flow,
            ..
        }
    )
}

fn is_subsequence<T: PartialEq>(
    old: impl IntoIterator<Item = T>,
    new: impl IntoIterator<Item = T>,
) -> bool {
    let mut new = new.into_iter();
    old.into_iter().all(|old| new.any(|new| new == old))
}

/// Apart from the fields that a pass may set, both texts mean the same.
fn check_meaning(old: &Document<'_>, new: &Document<'_>) {
    let json = |document: &Document<'_>| {
        let mut value = yaml::to_json(document.root()?).ok()?;
        take_placement(&mut value);
        Some(value)
    };
    // A document that JSON cannot hold (NaN, a list as a key) is compared by the editor alone.
    if let Some(old) = json(old) {
        assert_eq!(Some(old), json(new), "the change means something else");
    }
}

fn take_placement(value: &mut serde_json::Value) {
    const FIELDS: [&str; 7] = [
        "tolerations",
        "affinity",
        "nodeAffinity",
        "priorityClassName",
        "podPriorityClassName",
        "initContainers",
        "deployment",
    ];
    match value {
        serde_json::Value::Object(fields) => {
            fields.values_mut().for_each(take_placement);
            // A mapping with nothing else in it may be there for the fields alone.
            let is_empty = |value: &serde_json::Value| {
                value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty)
            };
            fields.retain(|key, value| !FIELDS.contains(&key.as_str()) && !is_empty(value));
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(take_placement),
        _ => {}
    }
}

/// Rendering the output changes nothing, and finds nothing to refuse.
fn check_again(output: &str, rules: &Rules) {
    let (sources, source) = rules.sources(output);
    let release = release(source, sources.get(source).text());
    let outcome = render::run(&release, &rules.policy, &Options::default());
    assert!(
        outcome.rendered,
        "its own output: {:#?}",
        outcome.diagnostics
    );
    assert!(
        outcome.text(&release) == output,
        "rendering twice is not rendering once: {:#?}",
        outcome.diagnostics
    );
    assert!(outcome.documents.is_empty() && outcome.changes() == 0);
}
