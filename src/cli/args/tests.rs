//! The reference of variables is made from the table and from the options.

use std::fmt::Write as _;

use super::parse;
use crate::cli::env::VARIABLES;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/environment.md");

const START: &str = "# Environment variables

A variable gives an option its value where the command line does not have the option. A variable that is set but empty
counts as not set.

| variable | option | commands | value |
| --- | --- | --- | --- |
";

const END: &str = "
`dunnage` alone, as a post-renderer, takes the options of `render`.

## Other variables

| variable | effect |
| --- | --- |
| `DUNNAGE_PAGES` | the address of the published documentation: codes link to its pages `rules/CODE.html` |
| `NO_COLOR`, `FORCE_COLOR` | without colors, with colors, where `--color` is `auto` |
| `GITHUB_ACTIONS` | where it is `true`, the default of `--format` is `github` |
| `HELM_PLUGINS`, `HELM_DATA_HOME` | where `dunnage helm install-plugin` puts the plugin |
";

/// Every command but groups, by its name and those of the commands around it.
pub(super) fn commands() -> Vec<(String, clap::Command)> {
    fn add(around: &str, command: &clap::Command, all: &mut Vec<(String, clap::Command)>) {
        let name = format!("{around} {}", command.get_name());
        let name = name.trim();
        if !command.is_subcommand_required_set() {
            all.push((name.to_owned(), command.clone()));
        }
        for below in command.get_subcommands() {
            add(name, below, all);
        }
    }
    let mut all = Vec::new();
    add("", &parse::command(), &mut all);
    all
}

fn page() -> String {
    let commands = commands();
    let mut page = START.to_owned();
    for variable in VARIABLES {
        let with_option = commands.iter().filter_map(|(name, command)| {
            let mut options = command.get_arguments();
            let option = options.find(|option| option.get_id() == variable.argument)?;
            Some((name.strip_prefix("dunnage ")?, option))
        });
        let (names, options): (Vec<&str>, Vec<&clap::Arg>) = with_option.unzip();
        let option = options[0].get_long().expect("options have long names");
        writeln!(
            page,
            "| `{}` | `--{option}` | `{}` | {} |",
            variable.name,
            names.join("`, `"),
            variable.kind.meaning()
        )
        .expect("a string");
    }
    page + END
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test that rewrites its own expectation"
)]
fn the_reference_of_variables_is_that_of_the_table() {
    let page = page();
    if std::env::var_os("UPDATE").is_some() {
        return std::fs::write(PATH, page).expect("the page can be written");
    }
    let published = std::fs::read_to_string(PATH).expect("docs/environment.md");
    assert_eq!(
        published, page,
        "docs/environment.md is stale; run `UPDATE=1 cargo test`"
    );
}

/// With more than a few options, a list without headings is not read.
#[test]
fn options_are_grouped() {
    const FEW: usize = 4;
    let mut without = Vec::new();
    let command = parse::command();
    let mut open: Vec<&clap::Command> = vec![&command];
    while let Some(command) = open.pop() {
        open.extend(command.get_subcommands());
        let is_own = |option: &&clap::Arg| {
            let is_built_in = ["help", "version"].contains(&option.get_id().as_str());
            option.get_long().is_some() && !is_built_in
        };
        let options: Vec<&clap::Arg> = command.get_arguments().filter(is_own).collect();
        let names = options
            .iter()
            .filter(|option| options.len() > FEW && option.get_help_heading().is_none())
            .filter_map(|option| option.get_long());
        without.extend(names.map(|name| format!("{} --{name}", command.get_name())));
    }
    assert!(without.is_empty(), "{without:#?}");
}
