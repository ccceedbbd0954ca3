//! What each step of a rendering costs, beside a plain copy of the same stream.
//!
//! `scripts/bench` uses two more ways to start it: with `DUNNAGE_BENCH_EMIT=5000` it prints the stream of
//! 5,000 documents instead; with `DUNNAGE_BENCH_PARSE=1` it reads a stream and prints the seconds that one
//! parse of its workloads takes on one thread.

#![allow(clippy::disallowed_methods, reason = "a benchmark meets the world")]
#![allow(clippy::print_stdout, reason = "the stream is its output")]

mod streams;

use std::collections::BTreeSet;
use std::time::Instant;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use dunnage::diag::{Code, Diagnostic};
use dunnage::k8s::{Kinds, Manifests, Workload};
use dunnage::policy::{self, Policy, Z2JH};
use dunnage::render::{self, Options};
use dunnage::report::{self, OutputOptions};
use dunnage::text::{SourceId, Sources, Span};
use dunnage::yaml::{self, Edit, Value};

const SIZES: [usize; 2] = [50, 5_000];

fn main() {
    if let Ok(documents) = std::env::var("DUNNAGE_BENCH_EMIT") {
        print!(
            "{}",
            streams::release(documents.parse().expect("a number of documents"))
        );
        return;
    }
    if std::env::var_os("DUNNAGE_BENCH_PARSE").is_some() {
        let stream = std::io::read_to_string(std::io::stdin()).expect("a stream on stdin");
        println!("{}", seconds_of_one_parse(&stream));
        return;
    }
    divan::main();
}

/// How long dunnage's own parser takes for each document of a stream that holds a workload, once.
fn seconds_of_one_parse(stream: &str) -> f64 {
    let kinds = Kinds::default();
    let release = Manifests::read(source(), stream, &kinds);
    let documents = release.documents(|_| true);
    let objects = documents.objects(&release);
    let workloads: BTreeSet<usize> = objects
        .iter()
        .flat_map(|object| Workload::all(object, &kinds))
        .map(|workload| workload.object.part)
        .collect();
    let texts: Vec<&str> = workloads
        .into_iter()
        .map(|part| &stream[release.parts[part].range.clone()])
        .collect();
    let begin = Instant::now();
    for text in texts {
        drop(black_box(yaml::parse(black_box(text))));
    }
    begin.elapsed().as_secs_f64()
}

fn stream(bencher: Bencher<'_, '_>, documents: usize, work: impl Fn(&str) + Sync) {
    let text = streams::release(documents);
    bencher.counter(BytesCount::of_str(&text)).bench(|| work(black_box(&text)));
}

#[divan::bench(args = SIZES)]
fn a_copy(bencher: Bencher<'_, '_>, documents: usize) {
    stream(bencher, documents, |text| drop(black_box(text.to_owned())));
}

#[divan::bench(args = SIZES)]
fn b_split(bencher: Bencher<'_, '_>, documents: usize) {
    stream(bencher, documents, |text| {
        drop(black_box(yaml::split(text)));
    });
}

#[divan::bench(args = SIZES)]
fn c_parse_every_document(bencher: Bencher<'_, '_>, documents: usize) {
    stream(bencher, documents, |text| {
        for part in yaml::split(text) {
            drop(black_box(yaml::parse(&text[part])));
        }
    });
}

fn source() -> SourceId {
    Sources::default().add("bench", String::new())
}

#[divan::bench(args = SIZES)]
fn d_read_behind_the_gate(bencher: Bencher<'_, '_>, documents: usize) {
    let kinds = Kinds::default();
    stream(bencher, documents, |text| {
        let release = Manifests::read(source(), text, &kinds);
        drop(black_box(release.documents(|_| true)));
    });
}

#[divan::bench(args = SIZES)]
fn e_read_and_edit(bencher: Bencher<'_, '_>, documents: usize) {
    let kinds = Kinds::default();
    stream(bencher, documents, |text| {
        let release = Manifests::read(source(), text, &kinds);
        let documents = release.documents(|_| true);
        let objects = documents.objects(&release);
        for workload in objects.iter().flat_map(|object| Workload::all(object, &kinds)) {
            let toleration =
                Value::map([("key", "dedicated".into()), ("operator", "Exists".into())]);
            let spec = workload.template.spec.node();
            let edit = Edit::extend_path(spec, &["tolerations"], vec![toleration]);
            black_box(yaml::edit::apply(spec.document(), &[edit])).expect("an ordinary document");
        }
    });
}

fn policy() -> Policy {
    policy::read(source(), Z2JH).0.expect("the built-in policy")
}

#[divan::bench(args = SIZES)]
fn f_render(bencher: Bencher<'_, '_>, documents: usize) {
    let policy = policy();
    stream(bencher, documents, |text| {
        let release = Manifests::read(source(), text, &policy.kinds);
        drop(black_box(render::run(
            &release,
            &policy,
            &Options::default(),
        )));
    });
}

#[divan::bench]
fn g_read_the_policy() {
    drop(black_box(policy()));
}

/// The place of a mistake is found in a source of 40,000 lines.
#[divan::bench]
fn h_show_a_diagnostic(bencher: Bencher<'_, '_>) {
    static CODE: Code = Code::error("XX001", "a-mistake", "a mistake");
    bencher
        .with_inputs(|| {
            let mut sources = Sources::default();
            let source = sources.add("large.yaml", "key: the value of this line\n".repeat(40_000));
            (sources, Span::new(source, 900_000..900_005))
        })
        .bench_refs(|(sources, span)| {
            let diagnostic = Diagnostic::new(&CODE, "this is wrong").at(*span, "here");
            let look = OutputOptions {
                wraps: false,
                color: false,
                unicode: false,
                width: 100,
                pages: None,
            };
            report::graphical(sources, &[diagnostic], &look)
        });
}
