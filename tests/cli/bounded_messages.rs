//! Messages are short and come in time, whatever a file or a chart holds.

use std::fmt::Write as _;

use crate::support::World;

const FORMATS: [&str; 9] = [
    "graphical",
    "concise",
    "json",
    "json-lines",
    "sarif",
    "github",
    "gitlab",
    "junit",
    "checkstyle",
];

/// All that is written, in each format, of one run; it has to be short.
#[track_caller]
fn check_short(world: &World, line: &str, expected: &str) {
    for format in FORMATS {
        let outcome = world.run(&format!("dunnage {line} --format {format}"));
        let written = outcome.printed();
        assert!([1, 2].contains(&outcome.exit), "{format}: {}", outcome.exit);
        assert!(written.len() < 60_000, "{format}: {} bytes", written.len());
        assert!(
            written.contains(expected),
            "{format}: {}",
            &written[..written.len().min(3_000)]
        );
    }
}

fn chart(schema: &str, values: &str) -> World {
    World::default()
        .file("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n")
        .file("c/values.schema.json", schema)
        .file("c/values.yaml", values)
}

#[test]
fn of_many_allowed_values_a_few_are_named() {
    let options: Vec<String> = (0..4_000).map(|number| format!("\"k{number}\"")).collect();
    let schema = format!(
        "{{\"properties\": {{\"a\": {{\"enum\": [{}]}}}}}}",
        options.join(",")
    );
    let world = chart(&schema, "a: k12x\n");
    let help = "did you mean `k12`? use `k0`, `k1`, `k2`, `k3`, `k4` or one of 3995 others";
    let shown = world.run("dunnage lint c --format json").exits(1).stdout;
    assert!(shown.contains(help), "{shown}");
    check_short(&world, "lint c", "`k12x` is not a value of `a`");
}

#[test]
fn of_many_wrong_items_the_first_are_shown() {
    let schema = "{\"properties\": {\"a\": {\"items\": {\"enum\": [\"x\", \"y\"]}}}}";
    let values = format!("a: [{}]\n", "z, ".repeat(3_000));
    let world = chart(schema, &values);
    let shown = world.run("dunnage lint c --format concise").exits(1).stdout;
    assert_eq!(shown.lines().count(), 10, "{shown}");
    let more = "more items of this list are wrong in the same way";
    let json = world.run("dunnage lint c --format json").exits(1).stdout;
    assert!(json.contains(more), "{json}");
    check_short(&world, "lint c", "`z` is not");
}

#[test]
fn a_schema_whose_references_have_no_end_is_one_message() {
    let mut doubled = String::new();
    for level in 0..40 {
        let next = format!("{{\"$ref\": \"#/$defs/n{}\"}}", level + 1);
        write!(doubled, "\"n{level}\": {{\"allOf\": [{next}, {next}]}},").expect("a string");
    }
    for last in [
        "{\"type\": \"object\"}",
        "{\"pattern\": \"^a\", \"type\": \"string\"}",
    ] {
        let schema = format!(
            "{{\"$defs\": {{{doubled} \"n40\": {last}}}, \"properties\": {{\"a\": {{\"$ref\": \"#/$defs/n0\"}}}}}}"
        );
        let message = "cannot check the schema: its references expand without end";
        check_short(&chart(&schema, "a: 1\n"), "lint c", message);
    }
    for cyclic in [
        "{\"$ref\": \"#\"}",
        "{\"allOf\": [{\"$ref\": \"#\"}], \"pattern\": \"a\"}",
    ] {
        check_short(
            &chart(cyclic, "a: 1\n"),
            "lint c",
            "cannot check the schema",
        );
    }
}

#[test]
fn long_names_keys_and_values_are_cut() {
    let long = format!("start{}", "n".repeat(3 << 20));
    let deployment = |name: &str, tolerations: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec: {{template: {{spec: {{containers: [], tolerations: {tolerations}}}}}}}\n"
        )
    };
    let named = deployment(&long, "nope");
    let world = World::default().file("m.yaml", named.as_str());
    check_short(&world, "render --policy z2jh m.yaml", "start");
    let valued = deployment("a", &long);
    let world = World::default().file("m.yaml", valued.as_str());
    check_short(
        &world,
        "render --policy z2jh m.yaml",
        "is a string, not a list",
    );
    // A key of a flow mapping has up to 1,024 characters.
    let key = format!("singleuser:\n  ? {long}\n  : 1\nhub: {{}}\n");
    let world = World::default().file("v.yaml", key.as_str());
    check_short(&world, "lint v.yaml", "unknown key `start");
    let scalar = format!("singleuser: {{memory: {{limit: {long}}}}}\n");
    let world = World::default().file("v.yaml", scalar.as_str());
    check_short(&world, "lint v.yaml", "start");
}
