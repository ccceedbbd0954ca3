//! Who set what, and which values lost; what the values are is compared with Helm's own answers in `tests/values.rs`.

use super::*;
use crate::text::Sources;
use crate::values::{ChartFile, Coalesced, coalesced, lay_over, read, read_chart};

/// A value with those that lost against it: `1 over 2`. Of a mapping also what a null deleted (`-key`), values
/// whose key comes again (`=key`), and how many empty mappings were laid over it (`+1`).
fn trace(value: &Value) -> String {
    let own = match &value.content {
        Content::Map(map) => trace_map(map),
        _ => value.to_json().to_string(),
    };
    let lost = value.overridden.iter().map(trace);
    std::iter::once(own).chain(lost).collect::<Vec<_>>().join(" over ")
}

fn trace_map(map: &Map) -> String {
    let pair =
        |sign: &str, (key, value): (&String, &Value)| format!("{sign}{key}: {}", trace(value));
    let entries = map.entries.iter().map(|entry| pair("", entry));
    let deleted = map.deleted.iter().map(|entry| pair("-", entry));
    let duplicates = map.duplicates.iter();
    let duplicates = duplicates.map(|(key, value)| pair("=", (key, value)));
    let emptied = Some(map.emptied.len()).filter(|count| *count > 0);
    let emptied = emptied.map(|count| format!("+{count}"));
    let parts = entries.chain(deleted).chain(duplicates).chain(emptied);
    format!("{{{}}}", parts.collect::<Vec<_>>().join(", "))
}

/// What a release gets of a chart with these files.
fn release(files: &[(&str, &str)], values: &str, helm: Helm) -> Result<Coalesced, NotATable> {
    let mut sources = Sources::default();
    let file = |(path, text): &(&str, &str)| ChartFile {
        path: (*path).to_owned(),
        content: text.as_bytes().to_vec(),
        place: None,
    };
    let files = files.iter().map(file).collect();
    let chart = read_chart(&mut sources, "p", files, helm).expect("a chart");
    let source = sources.add("values.yaml", values.to_owned());
    let values = read(source, values, helm).expect("values");
    coalesced(chart, values, helm)
}

#[track_caller]
fn check_files(files: &[(&str, &str)], values: &str, helm: Helm, expected: &str) {
    let release = release(files, values, helm).expect("values of a release");
    assert_eq!(trace(&release.values), expected, "{values} with {helm:?}");
}

/// Defaults under values, as both versions of Helm have it.
#[track_caller]
fn check(defaults: &str, values: &str, expected: &str) {
    for helm in [Helm::Three, Helm::Four] {
        check_one(defaults, values, helm, expected);
    }
}

#[track_caller]
fn check_one(defaults: &str, values: &str, helm: Helm, expected: &str) {
    let files = [("Chart.yaml", "name: p\n"), ("values.yaml", defaults)];
    check_files(&files, values, helm, expected);
}

#[test]
fn a_default_loses_against_what_is_set() {
    check(
        "{a: 2, l: [2], d: 5}",
        "{a: 1, l: [1]}",
        "{a: 1 over 2, d: 5, l: [1] over [2]}",
    );
    check(
        "{m: {x: 2, z: 3}}",
        "{m: {x: 1}}",
        "{m: {x: 1 over 2, z: 3}}",
    );
    check("{m: 2}", "{m: {x: 1}}", "{m: {x: 1} over 2}");
    check("{m: {x: 2}}", "{m: 1}", "{m: 1 over {x: 2}}");
    check("{m: {k: 2}}", "{m: {k: {x: 1}}}", "{m: {k: {x: 1} over 2}}");
    check("{m: {k: {x: 2}}}", "{m: {k: 1}}", "{m: {k: 1 over {x: 2}}}");
}

#[test]
fn a_null_deletes_a_default() {
    check("{a: 1}", "{a: ~}", "{-a: null over 1}");
    check("{a: {x: 1}}", "{a: ~}", "{-a: null over {x: 1}}");
    check("{m: {a: 1}}", "{m: {a: ~}}", "{m: {-a: null over 1}}");
    check("{}", "{a: ~}", "{a: null}");
}

#[test]
fn helm_4_takes_nulls_out_of_defaults() {
    let defaults = "{a: ~, m: {k: ~, o: {p: ~}}}";
    check_one(
        defaults,
        "{}",
        Helm::Three,
        "{a: null, m: {k: null, o: {p: null}}}",
    );
    check_one(defaults, "{}", Helm::Four, "{m: {o: {}}}");
    check_one(
        defaults,
        "{m: {q: 1}}",
        Helm::Three,
        "{a: null, m: {k: null, o: {p: null}, q: 1}}",
    );
    check_one(defaults, "{m: {q: 1}}", Helm::Four, "{m: {o: {}, q: 1}}");
    let nulls = "{m: {k: ~}}";
    check_one(nulls, nulls, Helm::Three, "{m: {k: null over null}}");
    check_one(nulls, nulls, Helm::Four, "{m: {k: null}}");
}

#[test]
fn an_empty_mapping_takes_nothing_away() {
    check("{m: {x: 1}}", "{m: {}}", "{m: {x: 1, +1}}");
    check("{m: {k: {x: 1}}}", "{m: {k: {}}}", "{m: {k: {x: 1, +1}}}");
    check("{m: {}}", "{m: {}}", "{m: {}}");
    check("{m: {x: 1}}", "{m: {z: 2}}", "{m: {x: 1, z: 2}}");
}

#[test]
fn duplicates_of_both_are_known() {
    check(
        "{m: {a: 1, a: 2}}",
        "{m: {b: 3, b: 4}}",
        "{m: {a: 2, b: 4, =b: 3, =a: 1}}",
    );
}

/// A chart with another below it.
fn check_below(own: &str, below: &str, values: &str, expected: &str) {
    let files = [
        ("Chart.yaml", "name: p\n"),
        ("values.yaml", own),
        ("charts/b/Chart.yaml", "name: b\n"),
        ("charts/b/values.yaml", below),
    ];
    for helm in [Helm::Three, Helm::Four] {
        check_files(&files, values, helm, expected);
    }
}

#[test]
fn values_of_a_chart_below_come_from_three_places() {
    check_below(
        "{b: {x: 2}}",
        "{x: 3, z: 4}",
        "{b: {x: 1}}",
        "{b: {global: {}, x: 1 over 2 over 3, z: 4}}",
    );
    check_below("{}", "{z: 4}", "{}", "{b: {global: {}, z: 4}}");
    check_below(
        "{b: {z: ~}}",
        "{z: 4}",
        "{b: {x: 1}}",
        "{b: {global: {}, x: 1, -z: null over 4}}",
    );
}

#[test]
fn a_chart_below_has_a_mapping_of_values() {
    let files = [
        ("Chart.yaml", "name: p\n"),
        ("charts/b/Chart.yaml", "name: b\n"),
    ];
    let refused = release(&files, "{b: 1}", Helm::Four).expect_err("no mapping");
    assert_eq!(
        (refused.chart.as_str(), trace(&refused.value).as_str()),
        ("b", "1")
    );
}

#[test]
fn globals_are_handed_down() {
    check_below(
        "{global: {g: 1, m: {x: 1}}}",
        "{global: {g: 2, h: 3, m: {x: 2, z: 2}}}",
        "{}",
        "{b: {global: {g: 1 over 2, h: 3, m: {x: 1 over 2, z: 2}}}, global: {g: 1, m: {x: 1}}}",
    );
    check_below(
        "{global: {g: 1}}",
        "{}",
        "{b: {global: {g: 2}}}",
        "{b: {global: {g: 1 over 2}}, global: {g: 1}}",
    );
    // A mapping and something else: what is there stays.
    check_below(
        "{global: {g: {x: 1}, h: 1}}",
        "{}",
        "{b: {global: {g: 2, h: {x: 2}}}}",
        "{b: {global: {g: 2, h: {x: 2}}}, global: {g: {x: 1}, h: 1}}",
    );
    check_below("{global: 1}", "{}", "{}", "{b: {}, global: 1}");
    check_below(
        "{global: {g: 1}}",
        "{}",
        "{b: {global: 2}}",
        "{b: {global: 2}, global: {g: 1}}",
    );
}

#[test]
fn the_sources_of_defaults_are_those_of_all_charts() {
    let files = [
        ("Chart.yaml", "name: p\n"),
        ("values.yaml", "{a: 1}"),
        ("charts/b/Chart.yaml", "name: b\n"),
        ("charts/b/values.yaml", "{b: 1}"),
    ];
    let release = release(&files, "{}", Helm::Four).expect("values of a release");
    let sources = release.chart.default_sources();
    assert_eq!(sources.len(), 2);
    assert!(sources.contains(&release.chart.values.set.value.source));
    assert!(sources.contains(&release.chart.charts[0].values.set.value.source));
}

/// One values file over others.
#[track_caller]
fn check_layers(layers: &[&str], expected: &str) {
    let mut sources = Sources::default();
    let mut layers = layers.iter().map(|text| {
        let source = sources.add("values.yaml", (*text).to_owned());
        read(source, text, Helm::Three).expect("values")
    });
    let mut values = layers.next().expect("a layer");
    for layer in layers {
        lay_over(&mut values, layer);
    }
    assert_eq!(trace(&values), expected);
}

#[test]
fn the_last_to_lose_comes_first() {
    check_layers(&["{a: 1}", "{a: 2}", "{a: 3}"], "{a: 3 over 2 over 1}");
    check_layers(&["{a: {x: 1}}", "{a: 2}"], "{a: 2 over {x: 1}}");
    check_layers(&["{a: 1}", "{a: {x: 2}}"], "{a: {x: 2} over 1}");
    check_layers(&["{a: 1}", "{a: ~, b: 2}"], "{a: null over 1, b: 2}");
    check_layers(&["{m: {x: 1}}", "{m: {}}", "{m: {}}"], "{m: {x: 1, +2}}");
    check_layers(&["{m: {}}", "{m: {}}", "{m: {x: 1}}"], "{m: {x: 1}}");
    check_layers(
        &["{m: {a: 1, a: 2}}", "{m: {a: 3, a: 4}}"],
        "{m: {a: 4 over 2, =a: 1, =a: 3}}",
    );
    check_layers(
        &["{k: {m: {x: 1}}}", "{k: {m: {}}, m: {x: 1}}"],
        "{k: {m: {x: 1, +1}}, m: {x: 1}}",
    );
}
