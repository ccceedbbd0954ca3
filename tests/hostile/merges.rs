//! Deployments with anchors, merge keys, equal keys, odd line breaks and comments right behind values: what is
//! placed is placed for Helm's reader, nothing else changes for it, and no workload that it sees goes unseen.
//!
//! The judge is `yaml::to_json`. Where `DUNNAGE_READERS` names the program that `go build` makes of
//! `scripts/readers`, it is Helm's own reader.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use dunnage::yaml;
use serde_json::Value;

use super::loops::each_seed;
use super::properties::{self, Rendered, Rules};
use super::random::Random;

/// How many cases a test run has.
const FEW: u64 = 1_500;

const TAINT: (&str, &str) = ("hub.jupyter.org/dedicated", "core");

/// Keys with values at each level, of which some are picked; `$` stands for a merge key.
const TOP: &[&str] = &["x-own: 1", "status: {a: b}", "$", "$"];
const SPEC: &[&str] = &["replicas: 1", "paused: true", "$", "$", "template: ~"];
const TEMPLATE: &[&str] = &[
    "metadata: {labels: {a: b}}",
    "metadata: {}",
    "$",
    "$",
    "spec: ~",
];
const POD: &[&str] = &[
    "tolerations: []",
    "tolerations:",
    "tolerations: [{operator: Exists}]",
    "tolerations: [{key: own, operator: Exists}]",
    "tolerations: [{operator: Exists, effect: NoSchedul}]",
    "affinity: {}",
    "affinity: {nodeAffinity: {}}",
    "affinity: {podAffinity: {}}",
    "priorityClassName: low",
    "hostname: a",
    "hostname",
    "nodeSelector: {a: b}",
    "$",
    "$",
    "$",
];

/// What anchors hold, for merges at any level.
const ANCHORS: &[&str] = &[
    "{tolerations: []}",
    "{tolerations: [{key: shared, operator: Exists}], hostname: b}",
    "{tolerations: [{operator: Exists}]}",
    "{spec: {containers: []}}",
    "{template: {spec: {containers: []}}}",
    "{kind: ConfigMap}",
    "{kind: Deployment, apiVersion: apps/v1}",
    "{affinity: {nodeAffinity: {}}, priorityClassName: shared}",
    "{labels: {a: c}, metadata: {labels: {d: e}}}",
    "{hostname: c, <<: {tolerations: ~}}",
    "{<<: *a0, subdomain: d}",
    "{}",
];

struct Writer<'r> {
    random: &'r mut Random,
    anchors: usize,
}

impl Writer<'_> {
    /// One Deployment, or what merges make of it.
    fn document(random: &mut Random) -> String {
        let anchors = 1 + random.below(3);
        let mut writer = Writer { random, anchors };
        let mut top: Vec<String> = vec![
            "apiVersion: apps/v1".to_owned(),
            "kind: Deployment".to_owned(),
            "metadata: {name: a}".to_owned(),
        ];
        let pod = writer.mapping(vec!["containers: []".to_owned()], POD);
        let template = writer.mapping(vec![writer_key("spec", &pod)], TEMPLATE);
        let spec = writer.mapping(vec![writer_key("template", &template)], SPEC);
        top.push(writer_key("spec", &spec));
        let mut text: Vec<String> = (0..anchors)
            .map(|index| {
                let of_first = if index == 0 {
                    ANCHORS.len() - 2
                } else {
                    ANCHORS.len()
                };
                let held = ANCHORS[writer.random.below(of_first)];
                let held = if index == 0 {
                    held.replace("<<: *a0, ", "")
                } else {
                    held.to_owned()
                };
                format!("x-{index}: &a{index} {held}")
            })
            .collect();
        text.extend(writer.entries(top, TOP));
        let end = *writer.random.pick(&["\n", ""]);
        let mut text = text.join("\n") + end;
        if writer.random.below(3) == 0 {
            text = writer.odd(&text);
        }
        text
    }

    /// A mapping in flow style on one line or in block style on several, without its key.
    fn mapping(&mut self, own: Vec<String>, others: &[&str]) -> String {
        let mut entries = self.entries(own, others);
        if self.random.below(2) == 0 || entries.iter().any(|entry| entry.contains('\n')) {
            // `hostname` alone is a key in flow style only.
            entries.retain(|entry| entry != "hostname");
            return format!("\n{}", entries.join("\n"));
        }
        let comma = *self.random.pick(&[", ", ",", ", "]);
        let end = *self.random.pick(&["}", " }", ", }"]);
        format!("{{{}{end}", entries.join(comma))
    }

    fn entries(&mut self, mut entries: Vec<String>, others: &[&str]) -> Vec<String> {
        for _ in 0..self.random.below(4) {
            let entry = match *self.random.pick(others) {
                "$" => self.merge(),
                entry => entry.to_owned(),
            };
            let at = self.random.below(entries.len() + 1);
            entries.insert(at, entry);
        }
        entries
    }

    fn merge(&mut self) -> String {
        let key = *self.random.pick(&["<<", "<<", "<<", "!!merge <<", "'<<'", "!!str <<", "! <<"]);
        let mut alias = || format!("*a{}", self.random.below(self.anchors));
        let (one, other) = (alias(), alias());
        let value = match self.random.below(6) {
            0 => format!("[{one} , {other} ]"),
            1 => format!("[{{hostname: e}}, {one} ]"),
            2 => (*self.random.pick(&ANCHORS[..ANCHORS.len() - 2])).to_owned(),
            _ => format!("{one} "),
        };
        format!("{key}: {value}")
    }

    /// With an odd line break, a comment right behind a value, or both.
    fn odd(&mut self, text: &str) -> String {
        let breaks = ["\u{2028}", "\u{2029}", "\u{85}", "\r"];
        let line_break = *self.random.pick(&breaks);
        let lines = text.matches('\n').count();
        let at = self.random.below(lines.max(1));
        let (mut out, mut line) = (String::new(), 0);
        let what = self.random.below(4);
        for part in text.split_inclusive('\n') {
            let content = part.trim_end_matches('\n');
            let end = &part[content.len()..];
            match what {
                _ if line != at => out.push_str(part),
                0 => out.push_str(&format!("{content} #{line_break}{end}")),
                1 => out.push_str(&format!("{content}{line_break}")),
                2 => out.push_str(&format!("{content} # c{line_break}")),
                _ if content.ends_with(['}', ']', '"']) => {
                    out.push_str(&format!("{content}# c{end}"));
                }
                _ => out.push_str(part),
            }
            line += 1;
        }
        out
    }
}

/// A key with its mapping, whose lines are indented below it.
fn writer_key(key: &str, mapping: &str) -> String {
    match mapping.strip_prefix('\n') {
        Some(lines) => format!("{key}:\n  {}", lines.replace('\n', "\n  ")),
        None => format!("{key}: {mapping}"),
    }
}

/// Helm's own reader, as a process.
struct Readers {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Readers {
    fn start() -> Option<Self> {
        let program = std::env::var_os("DUNNAGE_READERS")?;
        let mut process = Command::new(&program)
            .arg("--judge")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let input = process.stdin.take().expect("a pipe");
        let output = BufReader::new(process.stdout.take().expect("a pipe"));
        Some(Self {
            process,
            input,
            output,
        })
    }

    /// The JSON of both texts; nothing for one that it refuses.
    fn read(&mut self, texts: [&str; 2]) -> [Option<Value>; 2] {
        let line = serde_json::to_string(&texts).expect("texts");
        let command = format!("{line}\n");
        self.input.write_all(command.as_bytes()).expect("the readers read");
        self.input.flush().expect("the readers read");
        let mut answer = String::new();
        self.output.read_line(&mut answer).expect("the readers answer");
        let answers: [Value; 2] = serde_json::from_str(&answer).expect("two answers");
        answers.map(|answer| answer.get("json").cloned())
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn own_reading(text: &str) -> Option<Value> {
    let document = yaml::parse(text).ok()?;
    let root = document.root()?;
    yaml::to_json(root).ok()
}

/// The pod spec of a Deployment.
fn pod(object: &mut Value) -> Option<&mut serde_json::Map<String, Value>> {
    let is = |key: &str, value: &str| object.get(key).and_then(Value::as_str) == Some(value);
    if !(is("kind", "Deployment") && is("apiVersion", "apps/v1")) {
        return None;
    }
    object.pointer_mut("/spec/template/spec")?.as_object_mut()
}

fn tolerates(toleration: &Value) -> bool {
    let text = |key: &str| toleration.get(key).and_then(Value::as_str).unwrap_or_default();
    let has_effect = matches!(text("effect"), "" | "NoSchedule");
    let is_named = (text("key"), text("value")) == TAINT;
    has_effect && (is_named || text("operator") == "Exists" && text("key").is_empty())
}

/// What one reader sees before and after: the pod tolerates the taint, and nothing but its placement differs.
fn compare(mut old: Value, mut new: Value, text: &str, output: &str) {
    let shown = || format!("\n{text}\n->\n{output}");
    match (pod(&mut old), pod(&mut new)) {
        (None, None) => {}
        (Some(old), Some(new)) => {
            let list = |pod: &serde_json::Map<String, Value>| {
                let list = pod.get("tolerations").and_then(Value::as_array);
                list.cloned().unwrap_or_default()
            };
            let (before, after) = (list(old), list(new));
            assert!(
                after.iter().any(tolerates),
                "the pod is not placed:{}",
                shown()
            );
            assert!(
                after.starts_with(&before),
                "tolerations are gone:{}",
                shown()
            );
            for key in ["tolerations", "affinity"] {
                old.remove(key);
                new.remove(key);
            }
        }
        _ => panic!("a pod came or went:{}", shown()),
    }
    assert_eq!(old, new, "something else changed:{}", shown());
}

#[test]
fn what_merge_keys_decide_is_placed_for_helms_reader() {
    let rules = Rules::all();
    let rules = rules.iter().find(|rules| rules.name == "require").expect("a policy");
    let mut readers = Readers::start();
    let (mut all, mut changed, mut refused) = (0_u64, 0_u64, 0_u64);
    each_seed("merges", FEW, |seed| {
        let text = Writer::document(&mut Random::of(seed));
        if std::env::var_os("DUNNAGE_FUZZ_SEED").is_some() {
            eprintln!("{text}");
        }
        all += 1;
        let rendered = properties::render(&text, rules);
        changed += u64::from(rendered == Rendered::Changed);
        if rendered == Rendered::Refused {
            refused += 1;
            return;
        }
        let output = properties::rendered_parts(&text, rules).expect("it was rendered").concat();
        let [old, new] = match &mut readers {
            Some(readers) => readers.read([&text, &output]),
            None => [&text, &output].map(|text| own_reading(text)),
        };
        // What the reader refuses beforehand is not judged.
        if let Some(old) = old {
            let new =
                new.unwrap_or_else(|| panic!("the output cannot be read:\n{text}\n->\n{output}"));
            compare(old, new, &text, &output);
        }
    });
    eprintln!("merges: of {all}, {changed} changed and {refused} were refused");
    assert!(
        all == 1 || changed * 10 > all && refused * 10 > all,
        "of {all}, {changed} changed and {refused} were refused"
    );
}
