//! Manifests as charts render them, in every style that YAML allows them.

use std::ops::Range;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_yaml::Value as Judge;

/// Where node affinity lies in a pod spec.
pub(crate) const AFFINITY: [&str; 3] = [
    "affinity",
    "nodeAffinity",
    "preferredDuringSchedulingIgnoredDuringExecution",
];

/// A part of a manifest and how it is written.
#[derive(Debug, Clone)]
enum Part {
    /// A scalar, a flow collection or an alias as it stands behind the colon; may be empty, and
    /// stands on the next line where it begins with a line break.
    Inline(String),
    /// A block scalar's header and its lines; an empty line stays empty.
    Text(&'static str, &'static [&'static str]),
    Map(Vec<(&'static str, Part)>),
    List(Vec<Part>),
    /// A mapping or list behind `&name`.
    Anchored(&'static str, Box<Part>),
}

fn inline(text: impl Into<String>) -> Part {
    Part::Inline(text.into())
}

#[derive(Debug, Clone, Copy)]
struct Style {
    indent: usize,
    /// Blanks between a key and the dashes of the list under it.
    dash: usize,
    quoted_keys: bool,
    /// Blanks behind a dash.
    gap: usize,
}

/// One line; comments may stand before or behind it unless it is the text of a block scalar.
#[derive(Debug, Clone)]
struct Line {
    text: String,
    is_text: bool,
}

fn line(text: String) -> Line {
    Line {
        text,
        is_text: false,
    }
}

impl Part {
    /// The lines of a document whose mapping starts in this column.
    fn write(&self, style: Style, column: usize) -> Vec<Line> {
        match self {
            Part::Map(pairs) => pairs
                .iter()
                .flat_map(|(key, value)| value.write_under(key, style, column))
                .collect(),
            Part::List(items) => {
                items.iter().flat_map(|item| item.write_item(style, column)).collect()
            }
            Part::Anchored(_, inner) => inner.write(style, column),
            Part::Inline(_) | Part::Text(..) => unreachable!("written by what holds them"),
        }
    }

    fn write_under(&self, key: &str, style: Style, column: usize) -> Vec<Line> {
        let quote = if style.quoted_keys { "\"" } else { "" };
        let head = format!("{}{quote}{key}{quote}:", " ".repeat(column));
        match self {
            Part::Inline(text) if text.is_empty() => vec![line(head)],
            Part::Inline(text) => match text.strip_prefix('\n') {
                Some(text) => vec![
                    line(head),
                    line(format!("{}{text}", " ".repeat(column + 2))),
                ],
                None => vec![line(format!("{head} {text}"))],
            },
            Part::Text(header, lines) => {
                let mut written = vec![line(format!("{head} {header}"))];
                written.extend(lines.iter().map(|text| Line {
                    text: if text.is_empty() {
                        String::new()
                    } else {
                        format!("{}{text}", " ".repeat(column + 2))
                    },
                    is_text: true,
                }));
                written
            }
            Part::Map(_) => {
                let mut written = vec![line(head)];
                written.extend(self.write(style, column + style.indent));
                written
            }
            Part::List(_) => {
                let mut written = vec![line(head)];
                written.extend(self.write(style, column + style.dash));
                written
            }
            Part::Anchored(name, inner) => {
                let mut written = inner.write_under(key, style, column);
                written[0].text += " &";
                written[0].text += name;
                written
            }
        }
    }

    fn write_item(&self, style: Style, column: usize) -> Vec<Line> {
        let dash = format!("{}-{}", " ".repeat(column), " ".repeat(style.gap));
        match self {
            Part::Map(_) => {
                let mut written = self.write(style, dash.len());
                written[0].text.replace_range(..dash.len(), &dash);
                written
            }
            Part::Inline(text) => vec![line(format!("{dash}{text}"))],
            _ => unreachable!("lists hold mappings and scalars"),
        }
    }
}

/// What the editor is to do with a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Placed,
    /// The pod spec is read by an alias too.
    Shared,
    BlockScalar,
    Decorated,
}

#[derive(Debug, Clone)]
struct Manifest {
    part: Part,
    verdict: Verdict,
}

fn scalar() -> impl Strategy<Value = Part> {
    let texts = [
        "a",
        "'it''s'",
        "\"x \\\" # y\"",
        "0644",
        "1e3",
        "true",
        "yes",
        "~",
        "",
        "100m",
        "a#b",
        "http://example.org:80/",
        "[]",
        "{}",
        "[a, 'b', \"c\"]",
        "{a: b, c: {d: [e]}}",
        "é½🚢",
    ];
    select(texts.to_vec()).prop_map(inline)
}

fn text() -> impl Strategy<Value = Part> {
    let headers = ["|", "|-", "|+", ">", ">-", ">+", "|2", "|2-", ">2+"];
    let bodies: [&[&str]; 4] = [
        &["one", "two"],
        &["one", "", "# no comment", "  deeper: x", ""],
        &["- one", "kind: Pod", "", ""],
        &["{{ template }}"],
    ];
    (select(headers.to_vec()), select(bodies.to_vec()))
        .prop_map(|(header, body)| Part::Text(header, body))
}

fn empty() -> impl Strategy<Value = Part> {
    select(&["", "~", "null", "\n~"]).prop_map(inline)
}

fn container() -> impl Strategy<Value = Part> {
    (
        scalar(),
        prop::option::of(text()),
        prop::option::of(scalar()),
    )
        .prop_map(|(value, text, last)| {
            let mut pairs = vec![("name", inline("hub")), ("value", value)];
            pairs.extend(text.map(|text| ("script", text)));
            pairs.extend(last.map(|last| ("last", last)));
            Part::Map(pairs)
        })
}

fn tolerations() -> impl Strategy<Value = Part> {
    let block = Part::Map(vec![("key", inline("a/b")), ("operator", inline("Exists"))]);
    let flow = inline("{key: c, operator: Exists}");
    prop_oneof![
        2 => empty(),
        1 => select(&["[]", "[ ]", "[{key: a}]", "[{key: a}, {key: b,},]", "[{\"key\":\"a\"}]", "\n[]", "\n[{key: a}]"]).prop_map(inline),
        3 => prop::collection::vec(prop_oneof![Just(block), Just(flow)], 1..3).prop_map(Part::List),
    ]
}

fn preferences() -> impl Strategy<Value = Part> {
    let preference = Part::Map(vec![
        ("weight", inline("1")),
        (
            "preference",
            Part::Map(vec![("matchExpressions", inline("[]"))]),
        ),
    ]);
    prop_oneof![
        empty(),
        Just(inline("[]")),
        Just(inline("[{weight: 1}]")),
        Just(Part::List(vec![preference])),
    ]
}

fn affinity() -> impl Strategy<Value = Part> {
    let other = ("podAntiAffinity", Part::Map(vec![("a", inline("b"))]));
    let node = prop_oneof![
        empty(),
        Just(inline("{}")),
        Just(inline(
            "{requiredDuringSchedulingIgnoredDuringExecution: {}}"
        )),
        preferences().prop_map(|list| Part::Map(vec![(AFFINITY[2], list)])),
    ];
    let nested =
        (node, any::<bool>(), any::<bool>()).prop_map(move |(node, has_other, is_first)| {
            let mut pairs = vec![("nodeAffinity", node)];
            if has_other {
                pairs.insert(usize::from(is_first), other.clone());
            }
            Part::Map(pairs)
        });
    prop_oneof![
        1 => empty(),
        1 => select(&["{}", "{nodeAffinity: }", "{podAntiAffinity: }", "{nodeAffinity: {}, }", "{podAntiAffinity: {a: b}}", "\n{}"]).prop_map(inline),
        3 => nested,
    ]
}

fn priority() -> impl Strategy<Value = (Part, Verdict)> {
    let old = ["", "~", "core", "'core'", "\"a b\"", "1e3", "yes", "\ncore"];
    prop_oneof![
        12 => select(old.to_vec()).prop_map(|old| (inline(old), Verdict::Placed)),
        1 => text().prop_map(|old| (old, Verdict::BlockScalar)),
        1 => Just((inline("!!str core"), Verdict::Decorated)),
    ]
}

fn pod_spec() -> impl Strategy<Value = (Part, Verdict)> {
    let fields = (
        prop::collection::vec(container(), 1..3),
        prop::option::of(tolerations()),
        prop::option::of(affinity()),
        prop::option::of(priority()),
        prop::option::of(text()),
        prop::option::of(scalar()),
    );
    let pairs = fields.prop_map(
        |(containers, tolerations, affinity, priority, hostname, subdomain)| {
            let (priority, verdict) = priority.unzip();
            let optional = [
                (AFFINITY[0], affinity),
                ("tolerations", tolerations),
                ("priorityClassName", priority),
                ("hostname", hostname),
                ("subdomain", subdomain),
            ];
            let mut pairs = vec![("containers", Part::List(containers))];
            pairs.extend(optional.into_iter().filter_map(|(key, part)| Some((key, part?))));
            (pairs, verdict.unwrap_or(Verdict::Placed))
        },
    );
    pairs
        .prop_flat_map(|(pairs, verdict)| (Just(pairs).prop_shuffle(), Just(verdict)))
        .prop_map(|(pairs, verdict)| (Part::Map(pairs), verdict))
}

/// An object around a pod spec, perhaps with more keys behind it.
fn object() -> impl Strategy<Value = Manifest> {
    let around: [&[&'static str]; 4] = [
        &["spec"],
        &["spec"],
        &["spec", "template", "spec"],
        &["spec", "jobTemplate", "spec", "template", "spec"],
    ];
    let shared = prop::bool::weighted(0.05);
    let parts = (
        pod_spec(),
        select(around.to_vec()),
        any::<bool>(),
        any::<bool>(),
        shared,
    );
    parts.prop_map(|((pod, verdict), path, has_tail, has_anchor, is_shared)| {
        let pod = if is_shared {
            Part::Anchored("spec", Box::new(pod))
        } else {
            pod
        };
        let wrap = |inner: Part, key: &&'static str| {
            let mut pairs = vec![(*key, inner)];
            if has_tail {
                pairs.push(("tail", inline("end # of this")));
            }
            Part::Map(pairs)
        };
        let Part::Map(mut pairs) = path.iter().rev().fold(pod, wrap) else {
            unreachable!("the path has a key");
        };
        let name = Part::Map(vec![("name", inline("hub"))]);
        let metadata = if has_anchor {
            Part::Anchored("meta", Box::new(name))
        } else {
            name
        };
        pairs.splice(
            0..0,
            [
                ("apiVersion", inline("v1")),
                ("kind", inline("Any")),
                ("metadata", metadata),
            ],
        );
        if has_anchor {
            pairs.push(("alias", inline("*meta")));
        }
        if is_shared {
            pairs.push(("status", inline("*spec")));
        }
        let verdict = if is_shared { Verdict::Shared } else { verdict };
        Manifest {
            part: Part::Map(pairs),
            verdict,
        }
    })
}

fn manifest() -> impl Strategy<Value = Manifest> {
    let list = prop::collection::vec(object(), 1..4).prop_map(|objects| {
        let mut verdicts = objects.iter().map(|object| object.verdict);
        let verdict = verdicts.find(|verdict| *verdict != Verdict::Placed);
        let items = objects.into_iter().map(|object| object.part).collect();
        let part = Part::Map(vec![("kind", inline("List")), ("items", Part::List(items))]);
        Manifest {
            part,
            verdict: verdict.unwrap_or(Verdict::Placed),
        }
    });
    prop_oneof![3 => object(), 1 => list]
}

fn style() -> impl Strategy<Value = Style> {
    (
        select(&[2, 4]),
        any::<bool>(),
        prop::bool::weighted(0.2),
        select(&[1, 1, 3]),
    )
        .prop_map(|(indent, is_indented, quoted_keys, gap)| Style {
            indent,
            dash: if is_indented { indent } else { 0 },
            quoted_keys,
            gap,
        })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    AsIs,
    CarriageReturns,
    ByteOrderMark,
    NoFinalNewline,
    EndMark,
    JsonLine,
    JsonPretty,
}

pub(crate) const VARIANTS: [Variant; 7] = [
    Variant::AsIs,
    Variant::CarriageReturns,
    Variant::ByteOrderMark,
    Variant::NoFinalNewline,
    Variant::EndMark,
    Variant::JsonLine,
    Variant::JsonPretty,
];

/// Comments and blank lines: (which line, column, kind of noise).
type Noise = Vec<(Index, usize, u8)>;

fn join(mut lines: Vec<Line>, noise: &Noise) -> String {
    for (number, (index, column, kind)) in noise.iter().enumerate() {
        let at = index.index(lines.len());
        if lines[at].is_text {
            continue;
        }
        let comment = format!("# comment {number} - kind: 'x");
        match kind % 3 {
            0 => lines.insert(at, line(format!("{}{comment}", " ".repeat(*column)))),
            1 => lines.insert(at, line(String::new())),
            _ => {
                lines[at].text += "  ";
                lines[at].text += &comment;
            }
        }
    }
    lines.into_iter().map(|line| line.text + "\n").collect()
}

fn vary(text: &str, variant: Variant) -> String {
    let tree = || judge(text);
    match variant {
        Variant::AsIs => text.to_owned(),
        Variant::CarriageReturns => text.replace('\n', "\r\n"),
        Variant::ByteOrderMark => format!("\u{feff}{text}"),
        Variant::NoFinalNewline => text.trim_end_matches('\n').to_owned(),
        Variant::EndMark => format!("{text}...\n# after\n"),
        Variant::JsonLine => serde_json::to_string(&tree()).expect("JSON"),
        Variant::JsonPretty => serde_json::to_string_pretty(&tree()).expect("JSON") + "\n",
    }
}

/// A text and what is to become of it.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) text: String,
    pub(crate) verdict: Verdict,
}

pub(crate) fn case(variant: Variant, noise: Range<usize>) -> impl Strategy<Value = Case> {
    let noise = prop::collection::vec((any::<Index>(), 0..12usize, any::<u8>()), noise);
    (manifest(), style(), noise).prop_map(move |(manifest, style, noise)| {
        let text = vary(&join(manifest.part.write(style, 0), &noise), variant);
        let is_json = matches!(variant, Variant::JsonLine | Variant::JsonPretty);
        let verdict = if is_json {
            Verdict::Placed
        } else {
            manifest.verdict
        };
        Case { text, verdict }
    })
}

/// What the other reader sees.
pub(crate) fn judge(text: &str) -> Judge {
    serde_yaml::from_str(text.trim_start_matches('\u{feff}'))
        .unwrap_or_else(|error| panic!("the other reader: {error} in\n{text}"))
}
