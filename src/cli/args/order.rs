//! Options in front of the subcommand: `dunnage --policy z2jh render` means `dunnage render --policy z2jh`.

use std::ffi::{OsStr, OsString};

use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, Args as _};

use super::parse::{is_named, is_output_option};
use super::{OutputArgs, RenderOptions};

/// Returns the arguments with the options of the bare command moved behind the subcommand; `None` if there are none to
/// move. Output options stay: every level of the command line has them.
///
/// # Errors
/// If the subcommand does not have one of the options.
pub(super) fn moved_options(
    command: &mut clap::Command,
    matches: &ArgMatches,
    arguments: &[OsString],
) -> Result<Option<Vec<OsString>>, clap::Error> {
    let Some(name) = matches.subcommand_name() else {
        return Ok(None);
    };
    let named = command.get_arguments();
    let named = named.filter(|option| is_named(matches, option.get_id().as_str()));
    let (output, moved): (Vec<&Arg>, Vec<&Arg>) =
        named.partition(|option| is_output_option(option.get_id().as_str()));
    if moved.is_empty() {
        return Ok(None);
    }
    let below = command.find_subcommand(name).expect("clap has chosen it");
    if let Some(foreign) = moved.iter().find(|option| !has_option(below, option)) {
        let message = format!("the subcommand '{name}' has no option '{foreign}'");
        return Err(command.error(ErrorKind::UnknownArgument, message));
    }
    let place = place_of_subcommand(arguments);
    let mut ordered = vec![arguments[0].clone()];
    ordered.extend(written(matches, &output));
    ordered.push(OsString::from(name));
    ordered.extend(written(matches, &moved));
    ordered.extend_from_slice(&arguments[place + 1..]);
    Ok(Some(ordered))
}

/// Whether a command has an option of the same name.
fn has_option(command: &clap::Command, option: &Arg) -> bool {
    let mut arguments = command.get_arguments();
    arguments.any(|argument| argument.get_long() == option.get_long())
}

/// Returns the place of the subcommand: of the first word that is neither an option nor the value of one. In front of it
/// the command line is complete.
fn place_of_subcommand(arguments: &[OsString]) -> usize {
    let bare = OutputArgs::augment_args(clap::Command::new("dunnage"));
    let bare = RenderOptions::augment_args(bare);
    let is_place = |place: &usize| {
        let is_option = arguments[*place].as_encoded_bytes().starts_with(b"-");
        let before = &arguments[..*place];
        !is_option && bare.clone().try_get_matches_from(before).is_ok()
    };
    let mut places = 1..arguments.len();
    places.find(is_place).expect("clap has found a subcommand")
}

/// Returns options as they are written on a command line, each value joined to its option.
fn written(matches: &ArgMatches, options: &[&Arg]) -> Vec<OsString> {
    let mut words = Vec::new();
    for option in options {
        let name = option.get_long().expect("options have long names");
        if !option.get_action().takes_values() {
            words.push(OsString::from(format!("--{name}")));
            continue;
        }
        let values = matches.get_raw(option.get_id().as_str());
        words.extend(values.into_iter().flatten().map(|value| joined(name, value)));
    }
    words
}

fn joined(name: &str, value: &OsStr) -> OsString {
    let mut word = OsString::from(format!("--{name}="));
    word.push(value);
    word
}
