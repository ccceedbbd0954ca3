//! Slips of the hand and worse: what a stream is turned into before it is rendered.

use super::random::Random;

/// Longer texts are cut: a slip in a small stream finds the same and is tried more often.
const LONGEST: usize = 24_000;

/// What is typed into the text: the signs of YAML, and the words that passes look for.
#[rustfmt::skip]
const TYPED: &[&str] = &[
    ":", ": ", " :", "- ", "-", "\n", "\n\n", "\r\n", "\r", "#", " #", " # c\n", "\n# c\n", "\t", " ", "  ", "    ",
    "&a ", "&a\n", "*a", "*a ", "<<: *a\n", "<<: ", "!!str ", "!!binary ", "!t ", "!<x> ", "! ", "!!map ", "!!null ",
    "{", "}", "[", "]", "{}", "[]", ",", "\"", "'", "\"\"", "''", "\\", "\\u", "|", ">", "|\n", "|-\n", "|+\n", ">2\n",
    "|1-\n", "? ", "?", "? a\n: b\n", "---", "---\n", "\n---\n", "\n--- ", "\n---x", "...", "\n...\n", "%YAML 1.1\n",
    "%TAG ! x\n", "%", "@", "`", "~", "null", "yes", "0644", "1e3", ".inf", "\u{feff}", "é", "𐍈", "\u{85}", "\u{2028}",
    "\u{2029}", " #\u{2028}", "# c\u{85}", " #\r", "<<: [*a, *b]\n", "!!merge <<: *a\n", "'<<': ", "&b ", ", <<: *a", "# c\n",
    "\u{a0}", "\0", "\u{7f}", "\u{1b}[31m", "kind: Pod\n", "kind: Deployment\n", "kind: List\n", "kind: ConfigMap\n",
    "kind: CronJob\n", "kind: DaemonSet\n", "kind: Job\n", "apiVersion: v1\n", "apiVersion: apps/v1\n", "kind",
    "metadata:\n", "spec:\n", "spec: {}\n", "template:\n", "jobTemplate:\n", "items:\n", "containers: []\n",
    "initContainers:\n", "tolerations:\n", "tolerations: []\n", "tolerations: ~\n", "tolerations: &t\n", "affinity: {}\n",
    "affinity:\n", "nodeAffinity: {}\n", "requiredDuringSchedulingIgnoredDuringExecution:\n", "nodeSelectorTerms: []\n",
    "preferredDuringSchedulingIgnoredDuringExecution: []\n", "matchExpressions:\n", "nodeSelector: {a: b}\n",
    "priorityClassName: x\n", "priorityClassName: ''\n", "priorityClassName:\n", "nodeName: n\n", "operator: Exists",
    "helm.sh/hook: test\n", "dunnage/ignore: \"true\"\n", "name: ", "image: ", "labels: {component: hook-image-puller}\n",
    "# Source: a/charts/b/templates/c.yaml\n", "-----BEGIN PRIVATE KEY-----\n", "token: ", "password=", "https://a:b@c ",
];

/// Whole lines that are typed where a line of a mapping stands, with its indentation.
#[rustfmt::skip]
const LINES: &[&str] = &[
    "tolerations: []", "tolerations:", "tolerations: [{operator: Exists}]", "tolerations: ~ # none", "affinity: {}",
    "affinity:", "affinity: {nodeAffinity: {}}", "priorityClassName: low", "priorityClassName: \"\"", "priorityClassName:",
    "priorityClassName: |-", "initContainers: []", "nodeSelector: {a: b}", "nodeName: n", "# a comment", "", " ", "a: |",
    "a: >-", "a: |+", "a: &x b", "a: *x", "<<: {b: c}", "? a",
    "<<: *x", "!!merge <<: *x", "<<: {tolerations: []}", "<<: {spec: {containers: []}}", "<<: {kind: Pod}", "<<: [{b: c}, *x]",
    "x: &x {tolerations: ~, affinity: {}}", "'<<': {b: c}", "a: \"b\"# c", "a: {b: c}# d", "a: #\u{2028}b: c", "a: b #\u{85}", ": b", "\"a\": 'b'", "a: {", "a: [b,", "}", "]", "- a", "- b: c",
    "-", "labels: {component: hook-image-puller}", "annotations: {helm.sh/hook: test}", "annotations: {dunnage/ignore: 'true'}",
    "!!map a: {}", "a: !!str", "a: !t b", "&y a: b", "kind: Pod", "kind: List", "spec: {containers: []}", "a: \"b", "\"", "'",
];

/// What is put behind a line.
const ENDS: &[&str] = &[
    "# c",
    " #\u{2028}",
    "\u{2029}",
    "\u{85}",
    " # c",
    "  ",
    "\t",
    "\r",
    " #",
    "\n",
    "\n\n",
    " |",
    ",",
    ":",
    "\u{a0}",
];

/// The text that one seed makes of the seeds' texts: most often with one slip, for two seldom leave YAML.
pub(crate) fn case(random: &mut Random, seeds: &[String]) -> String {
    let mut text = random.pick(seeds).clone();
    for _ in 0..=random.below(2) * random.below(5) {
        slip(&mut text, random, seeds);
        if text.len() > LONGEST {
            text.truncate(text.floor_char_boundary(LONGEST));
        }
    }
    text
}

/// One mutation.
fn slip(text: &mut String, random: &mut Random, seeds: &[String]) {
    match random.below(24) {
        0 => text.replace_range(span(text, random, 12), ""),
        1 => {
            let span = span(text, random, 24);
            let copy = text[span.clone()].to_owned();
            text.insert_str(place(text, random), &copy);
        }
        2 => swap_spans(text, random),
        3 | 4 => text.insert_str(place(text, random), random.pick::<&str>(TYPED)),
        5 => text.replace_range(word(text, random), random.pick::<&str>(TYPED).trim_end()),
        6 => {
            let word = word(text, random);
            let quote = *random.pick(&["\"", "'"]);
            text.insert_str(word.end, quote);
            text.insert_str(word.start, quote);
        }
        7..=20 => slip_of_lines(text, random),
        21 => splice(text, random.pick::<String>(seeds), random),
        22 => whole(text, random),
        _ => {
            let letter = char::from_u32(random.below(0x0011_0000).try_into().expect("below 2^32"));
            text.insert(place(text, random), letter.unwrap_or('\u{fffd}'));
        }
    }
}

/// Any place between two characters.
fn place(text: &str, random: &mut Random) -> usize {
    text.floor_char_boundary(random.below(text.len() + 1))
}

/// A stretch of at most so many bytes, and a few more where a character ends.
fn span(text: &str, random: &mut Random, longest: usize) -> std::ops::Range<usize> {
    let start = place(text, random);
    let end = (start + 1 + random.below(longest)).min(text.len());
    start..text.ceil_char_boundary(end)
}

/// The letters around a place.
fn word(text: &str, random: &mut Random) -> std::ops::Range<usize> {
    let at = place(text, random);
    let is_letter = |letter: char| letter.is_alphanumeric() || "./-_".contains(letter);
    let before = text[..at].trim_end_matches(is_letter).len();
    let after = text[at..].trim_start_matches(is_letter).len();
    before..text.len() - after
}

fn swap_spans(text: &mut String, random: &mut Random) {
    let (one, two) = (span(text, random, 16), span(text, random, 16));
    let (first, second) = if one.start <= two.start {
        (one, two)
    } else {
        (two, one)
    };
    if first.end > second.start {
        return;
    }
    let (early, late) = (
        text[first.clone()].to_owned(),
        text[second.clone()].to_owned(),
    );
    text.replace_range(second, &early);
    text.replace_range(first, &late);
}

/// Deletes, doubles, moves, swaps, indents or types whole lines.
fn slip_of_lines(text: &mut String, random: &mut Random) {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    if lines.is_empty() {
        return;
    }
    let at = random.below(lines.len());
    let other = random.below(lines.len());
    let indent = lines[at].len() - lines[at].trim_start_matches(' ').len();
    match random.below(12) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(other, lines[at].clone()),
        2 => lines.swap(at, other),
        3 => {
            let line = lines.remove(at);
            lines.insert(other.min(lines.len()), line);
        }
        4 => lines[at].insert_str(0, &" ".repeat(1 + random.below(4))),
        5 => {
            if let Some(less) = lines[at].strip_prefix("  ").map(str::to_owned) {
                lines[at] = less;
            }
        }
        6 => lines.truncate(at + 1),
        7 | 8 => {
            let end = lines[at].trim_end_matches(['\r', '\n']).len();
            lines[at].insert_str(end, random.pick::<&str>(ENDS));
        }
        _ => {
            let line = format!("{:indent$}{}\n", "", random.pick::<&str>(LINES));
            lines.insert(at, line);
        }
    }
    *text = lines.concat();
}

/// The beginning of one text and the end of another, or one after the other as documents.
fn splice(text: &mut String, other: &str, random: &mut Random) {
    if random.below(2) == 0 {
        text.truncate(place(text, random));
        text.push_str(&other[place(other, random)..]);
    } else {
        text.push_str("---\n");
        text.push_str(other);
    }
}

/// What a whole file suffers from other programs.
fn whole(text: &mut String, random: &mut Random) {
    match random.below(5) {
        0 => *text = text.replace("\r\n", "\n").replace('\n', "\r\n"),
        1 => text.insert(0, '\u{feff}'),
        2 => text.truncate(text.trim_end().len()),
        3 => *text = text.replace("  ", " "),
        _ => *text = text.lines().map(|line| format!("  {line}\n")).collect(),
    }
}
