//! Texts that are generated from the command line: completions, manual pages, the version.

use clap::ValueEnum;
use clap_complete::{Generator, Shell};
use clap_complete_nushell::Nushell;

use super::parse;
use crate::cli::USAGE;
use crate::diag::Diagnostic;

/// A shell that `completions` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ShellArg {
    /// Bourne Again Shell
    Bash,
    /// Elvish
    Elvish,
    /// Fish
    Fish,
    /// Nushell
    Nushell,
    /// PowerShell
    #[value(name = "powershell")]
    PowerShell,
    /// Z shell
    Zsh,
}

/// Returns the completions for a shell.
pub(in crate::cli) fn completions(shell: ShellArg) -> String {
    match shell {
        ShellArg::Bash => generated(Shell::Bash),
        ShellArg::Elvish => generated(Shell::Elvish),
        ShellArg::Fish => generated(Shell::Fish),
        ShellArg::Nushell => generated(Nushell),
        ShellArg::PowerShell => generated(Shell::PowerShell),
        ShellArg::Zsh => generated(Shell::Zsh),
    }
}

fn generated(generator: impl Generator) -> String {
    let mut text = Vec::new();
    let mut command = without_hidden_commands(&parse::command());
    clap_complete::generate(generator, &mut command, "dunnage", &mut text);
    String::from_utf8(text).expect("completions are made of our own words")
}

/// Returns the command without the subcommands that help does not list, which clap offers as completions.
fn without_hidden_commands(command: &clap::Command) -> clap::Command {
    let shown = command.get_subcommands();
    let shown = shown.filter(|below| !below.is_hide_set());
    clap::Command::new(command.get_name().to_owned())
        .version(command.get_version().unwrap_or_default().to_owned())
        .args(command.get_arguments())
        .subcommands(shown)
}

/// Returns the manual page of a command, or of dunnage itself if no command is named.
///
/// # Errors
/// If there is no such command.
pub(in crate::cli) fn man(names: &[String]) -> Result<String, Diagnostic> {
    // clap's `help` command has no page.
    let mut root = parse::command().disable_help_subcommand(true);
    // Names such as `dunnage-lint` exist only once clap has built the commands.
    root.build();
    let mut command = &root;
    for name in names {
        let below = command.find_subcommand(name);
        command = below.ok_or_else(|| no_such_command(command, name))?;
    }
    let mut text = Vec::new();
    let page = clap_mangen::Man::new(command.clone());
    page.render(&mut text).expect("a vector takes everything");
    Ok(String::from_utf8(text).expect("the page is made of our own words"))
}

fn no_such_command(command: &clap::Command, name: &str) -> Diagnostic {
    let around = command.get_bin_name().unwrap_or("dunnage");
    let shown = command.get_subcommands();
    let shown: Vec<&str> = shown
        .filter(|below| !below.is_hide_set())
        .map(clap::Command::get_name)
        .collect();
    let help = if shown.is_empty() {
        format!("remove `{name}`: `{around}` has no commands")
    } else {
        format!("use one of `{}`", shown.join("`, `"))
    };
    let message = format!("`{around}` has no command `{name}`");
    Diagnostic::new(&USAGE, message).help(help)
}

/// Returns what `--version` prints.
pub(in crate::cli) fn version() -> String {
    parse::command().render_version()
}
