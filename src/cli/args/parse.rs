//! Parses arguments and environment variables into one command.

use std::ffi::OsString;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args as _, CommandFactory as _, FromArgMatches as _};

use super::{Command, CommandLine, OutputArgs, order};
use crate::cli::env;
use crate::diag::Diagnostic;
use crate::host::Read;

/// Commands that print one text and no diagnostics.
const WITHOUT_DIAGNOSTICS: [&str; 4] = ["schema", "completions", "man", "version"];

/// A parsed command line.
#[derive(Debug)]
pub(in crate::cli) struct Parsed {
    pub(in crate::cli) command: Command,
    /// The full name of the command, such as `helm install-plugin`; empty for the bare command.
    pub(in crate::cli) name: String,
    /// Output options of the command line and the environment.
    pub(in crate::cli) look: OutputArgs,
    /// Output options of the command line only.
    pub(in crate::cli) named_look: OutputArgs,
    /// The error of an unreadable variable, and whether it sets an output option.
    pub(in crate::cli) error: Option<(Diagnostic, bool)>,
}

/// What clap prints instead of running a command.
#[derive(Debug)]
pub(in crate::cli) struct ParseAnswer {
    /// The text with colours.
    ansi: String,
    /// The text without colours.
    pub(in crate::cli) plain: String,
    /// Whether it was requested (`--help`), so that it goes to standard output.
    pub(in crate::cli) asked_for: bool,
}

impl ParseAnswer {
    /// Returns the text, with or without colours.
    pub(in crate::cli) fn text(&self, is_colored: bool) -> &str {
        if is_colored { &self.ansi } else { &self.plain }
    }
}

impl From<clap::Error> for ParseAnswer {
    fn from(error: clap::Error) -> Self {
        let text = error.render();
        Self {
            ansi: text.ansi().to_string(),
            plain: text.to_string(),
            asked_for: !error.use_stderr(),
        }
    }
}

/// Parses a command line, which starts with the program's name, and variables for options that it does not set.
pub(in crate::cli) fn parse(
    host: &dyn Read,
    arguments: Vec<OsString>,
) -> Result<Parsed, ParseAnswer> {
    let mut command = command_for(&arguments);
    let (arguments, matches) = matches(&mut command, arguments)?;
    let names = names(&matches);
    let named_look = look(&matches)?;
    let variables = Variables::read(host, &command, &matches, &names);
    let matches = if variables.defaults.is_empty() {
        matches
    } else {
        let command = with_defaults(command_for(&arguments), &names, &variables.defaults);
        command.try_get_matches_from(arguments)?
    };
    let line = CommandLine::from_arg_matches(&matches)?;
    Ok(Parsed {
        command: line.command.unwrap_or(Command::Bare(line.render)),
        name: names.join(" "),
        look: look(&matches)?,
        named_look,
        error: variables.error,
    })
}

/// Matches the arguments, with the options in front of the subcommand moved behind it.
fn matches(
    command: &mut clap::Command,
    arguments: Vec<OsString>,
) -> Result<(Vec<OsString>, ArgMatches), clap::Error> {
    let matches = command.try_get_matches_from_mut(arguments.clone())?;
    match order::moved_options(command, &matches, &arguments)? {
        Some(ordered) => {
            let matches = command.try_get_matches_from_mut(ordered.clone())?;
            Ok((ordered, matches))
        }
        None => Ok((arguments, matches)),
    }
}

/// Returns what `--help` prints.
pub(in crate::cli) fn help() -> String {
    command().render_help().to_string()
}

/// Returns the clap command with output options and the names of variables in its help.
pub(super) fn command() -> clap::Command {
    complete(CommandLine::command(), &|_| true)
}

/// Returns the same for these arguments: commands that they do not name stay incomplete, which saves a third of the
/// instructions of parsing.
fn command_for(arguments: &[OsString]) -> clap::Command {
    let is_named = |name: &str| arguments.iter().any(|argument| argument == name);
    complete(CommandLine::command(), &is_named)
}

/// Completes a command and those of its subcommands whose names are needed.
fn complete(command: clap::Command, is_needed: &dyn Fn(&str) -> bool) -> clap::Command {
    let command = if WITHOUT_DIAGNOSTICS.contains(&command.get_name()) {
        command
    } else {
        OutputArgs::augment_args(command)
    };
    command.mut_args(with_variable).mut_subcommands(|below| {
        if is_needed(below.get_name()) {
            complete(below, is_needed)
        } else {
            below
        }
    })
}

/// Adds the variable of an option to its help.
fn with_variable(argument: Arg) -> Arg {
    let Some(variable) = env::variable_of(argument.get_id().as_str()) else {
        return argument;
    };
    let note = format!("[env: {}{}]", variable.name, variable.kind.note());
    // The long help starts with the short help as a paragraph.
    let long = argument.get_long_help().map(ToString::to_string);
    let help = argument.get_help().map(|help| format!("{help} {note}"));
    let argument = argument.help(help.unwrap_or_else(|| note.clone()));
    match long.as_deref().and_then(|long| long.split_once("\n\n")) {
        Some((first, rest)) => argument.long_help(format!("{first} {note}\n\n{rest}")),
        None => argument,
    }
}

/// Returns the names of the chosen commands, outermost first.
fn names(matches: &ArgMatches) -> Vec<String> {
    let levels = levels(matches).into_iter();
    let names = levels.filter_map(|level| level.subcommand_name());
    names.map(str::to_owned).collect()
}

/// Returns the matches of each command, outermost first.
fn levels(matches: &ArgMatches) -> Vec<&ArgMatches> {
    let mut all = vec![matches];
    let mut level = matches;
    while let Some((_, below)) = level.subcommand() {
        all.push(below);
        level = below;
    }
    all
}

/// Whether an option says how messages look, which every level of the command line has.
pub(super) fn is_output_option(id: &str) -> bool {
    matches!(id, "color" | "format")
}

/// Whether the command line has an option at this level.
pub(super) fn is_named(level: &ArgMatches, id: &str) -> bool {
    has(level, id) && level.value_source(id) == Some(ValueSource::CommandLine)
}

/// Returns whether a command has an option.
fn has(level: &ArgMatches, id: &str) -> bool {
    level.try_contains_id(id).is_ok()
}

/// Returns the output options of all levels; later ones override earlier ones.
fn look(matches: &ArgMatches) -> Result<OutputArgs, clap::Error> {
    let mut look = OutputArgs::default();
    for level in levels(matches) {
        if !has(level, "color") {
            continue;
        }
        let OutputArgs { color, format } = OutputArgs::from_arg_matches(level)?;
        look.color = color.or(look.color);
        if !format.is_empty() {
            look.format = format;
        }
    }
    Ok(look)
}

/// The options that the environment sets for a command.
#[derive(Default)]
struct Variables {
    /// Options that the command line does not set, with their values.
    defaults: Vec<(&'static str, Vec<OsString>)>,
    error: Option<(Diagnostic, bool)>,
}

impl Variables {
    fn read(
        host: &dyn Read,
        command: &clap::Command,
        matches: &ArgMatches,
        names: &[String],
    ) -> Self {
        let mut read = Self::default();
        let chosen = names.iter().try_fold(command, |command, name| command.find_subcommand(name));
        let chosen = chosen.expect("clap has chosen it");
        let levels = levels(matches);
        for variable in env::VARIABLES {
            let id = variable.argument;
            let mut arguments = chosen.get_arguments();
            let Some(argument) = arguments.find(|argument| argument.get_id() == id) else {
                continue;
            };
            let leaf = levels.last().expect("the command itself");
            let is_refused = is_refused(chosen, leaf, id);
            if is_refused || levels.iter().any(|level| is_named(level, id)) {
                continue;
            }
            match variable.values(host, &words(argument)) {
                Ok(values) if values.is_empty() => {}
                Ok(values) => read.defaults.push((id, values)),
                Err(error) => {
                    read.error.get_or_insert((error, is_output_option(id)));
                }
            }
        }
        read
    }
}

/// Returns whether an option of the command line excludes this one, so that its variable is ignored.
fn is_refused(command: &clap::Command, level: &ArgMatches, id: &str) -> bool {
    let named = command.get_arguments();
    let mut named = named.filter(|argument| is_named(level, argument.get_id().as_str()));
    named.any(|argument| {
        let excluded = command.get_arg_conflicts_with(argument);
        excluded.iter().any(|excluded| excluded.get_id() == id)
    })
}

/// Returns the possible values of an option.
fn words(argument: &Arg) -> Vec<String> {
    let words = argument.get_possible_values().into_iter();
    words.map(|word| word.get_name().to_owned()).collect()
}

/// Returns the clap command in which these options of one command have defaults.
fn with_defaults(
    command: clap::Command,
    names: &[String],
    defaults: &[(&'static str, Vec<OsString>)],
) -> clap::Command {
    let Some((name, below)) = names.split_first() else {
        return defaults.iter().fold(command, |command, (id, values)| {
            command.mut_arg(id, |argument| argument.default_values(values))
        });
    };
    command.mut_subcommand(name, |command| with_defaults(command, below, defaults))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::tests::commands;
    use crate::cli::args::{Color, Format};
    use crate::host::Memory;

    #[track_caller]
    fn parsed(host: &Memory, line: &str) -> Parsed {
        let arguments = line.split(' ').map(OsString::from).collect();
        match parse(host, arguments) {
            Ok(parsed) => parsed,
            Err(answer) => panic!("{}", answer.plain),
        }
    }

    /// The version that `lint` is to judge the upgrade to.
    fn to(host: &Memory, line: &str) -> Option<String> {
        match parsed(host, line).command {
            Command::Lint(options) => options.to,
            command => panic!("{command:?}"),
        }
    }

    #[test]
    fn a_variable_is_ignored_where_an_option_excludes_its_own() {
        let host = Memory::default().variable("DUNNAGE_TO", "4.3");
        assert_eq!(to(&host, "dunnage lint a.yaml").as_deref(), Some("4.3"));
        assert_eq!(to(&host, "dunnage lint --to 4.2").as_deref(), Some("4.2"));
        assert_eq!(
            to(&host, "dunnage lint --write-baseline --baseline b"),
            None
        );
    }

    #[test]
    fn a_variable_is_no_argument_behind_those_that_look_like_options() {
        let host = Memory::default().variable("DUNNAGE_POLICY", "p.yaml");
        let Command::Render { files, options } = parsed(&host, "dunnage render -- -x").command
        else {
            panic!("`render`");
        };
        assert_eq!(files, [std::path::PathBuf::from("-x")]);
        let policy = options.policy_options.policy;
        assert_eq!(policy, Some("p.yaml".into()));
    }

    #[test]
    fn output_options_are_handed_on_and_override_variables() {
        let host = Memory::default()
            .variable("DUNNAGE_COLOR", "nonsense")
            .variable("DUNNAGE_FORMAT", "json,sarif=a.sarif");
        let run = parsed(&host, "dunnage --color never lint --color always");
        assert_eq!((run.name.as_str(), run.error), ("lint", None));
        assert_eq!(run.look.color, Some(Color::Always));
        let formats: Vec<Format> = run.look.format.iter().map(|format| format.format).collect();
        assert_eq!(formats, [Format::Json, Format::Sarif]);
        assert_eq!(run.named_look.format, []);
        let run = parsed(
            &host,
            "dunnage --color never --format concise helm install-plugin",
        );
        assert_eq!(
            (run.name.as_str(), run.error),
            ("helm install-plugin", None)
        );
        assert_eq!(
            (run.look.color, run.look.format.len()),
            (Some(Color::Never), 1)
        );
        assert!(parsed(&host, "dunnage rule").error.is_some_and(|(_, is_look)| is_look));
    }

    #[test]
    fn a_command_without_diagnostics_has_no_use_for_variables_of_output() {
        let host = Memory::default().variable("DUNNAGE_COLOR", "nonsense");
        assert_eq!(parsed(&host, "dunnage man").error, None);
    }

    #[test]
    fn commands_that_print_diagnostics_have_output_options() {
        let names = commands().into_iter().map(|(name, command)| {
            let mut arguments = command.get_arguments();
            let has = arguments.any(|argument| argument.get_id() == "format");
            (name, has)
        });
        let (with, without): (Vec<_>, Vec<_>) = names.partition(|(_, has)| *has);
        let names = |commands: Vec<(String, bool)>| -> Vec<String> {
            commands.into_iter().map(|(name, _)| name).collect()
        };
        assert_eq!(
            names(with),
            [
                "dunnage",
                "dunnage render",
                "dunnage helm-plugin",
                "dunnage init",
                "dunnage verify",
                "dunnage images",
                "dunnage lint",
                "dunnage plan",
                "dunnage rule",
                "dunnage values",
                "dunnage values explain",
                "dunnage helm install-plugin",
            ]
        );
        assert_eq!(
            names(without),
            [
                "dunnage schema",
                "dunnage completions",
                "dunnage man",
                "dunnage version"
            ]
        );
    }

    #[test]
    fn a_named_command_has_all_its_options() {
        for (name, _) in commands() {
            let line = format!("{name} --help");
            let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let help = |mut command: clap::Command| {
                let answer = command.try_get_matches_from_mut(&arguments).expect_err("help");
                answer.render().to_string()
            };
            assert_eq!(help(command_for(&arguments)), help(command()), "{line}");
        }
    }

    #[test]
    fn commands_keep_their_own_descriptions() {
        let abouts = commands().into_iter().map(|(_, command)| {
            let about = command.get_about().map(ToString::to_string);
            about.expect("a description")
        });
        let mut abouts: Vec<String> = abouts.collect();
        let all = abouts.len();
        abouts.sort_unstable();
        abouts.dedup();
        assert_eq!(abouts.len(), all, "{abouts:#?}");
    }

    /// A row of the table that names no option would be ignored in silence.
    #[test]
    fn every_variable_stands_for_an_option() {
        let commands = commands();
        for variable in env::VARIABLES {
            let mut options = commands.iter().flat_map(|(_, command)| command.get_arguments());
            assert!(
                options.any(|option| option.get_id() == variable.argument),
                "{variable:?}"
            );
        }
    }
}
