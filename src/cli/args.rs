//! The door to clap: what the command line may say, and what it said.

mod layers;
mod parse;
#[cfg(test)]
mod tests;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::builder::{EnumValueParser, PossibleValue, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub(super) use layers::{LayerOptions, LintOptions, OutputArg, ValuesCommand, ValuesOptions};
pub(super) use parse::{ParseAnswer, Parsed, help, parse};

use super::report_file;
use crate::diag::Diagnostic;
use crate::policy;
use crate::project::RenderRequest;
use crate::render::{Caller, Mode, Options};

/// Keep Kubernetes pods on the nodes they were meant for.
///
/// Reads rendered manifests and writes them back with the tolerations, node affinity, priority classes
/// and pre-puller images that the policy asks for. No other byte changes.
#[derive(Debug, Parser)]
#[command(
    name = "dunnage",
    version,
    after_help = "With something piped in, `dunnage` alone is a post-renderer and takes the options of `render`.\n\
                  Exit codes: 0 fine, 1 findings, a difference or a policy that cannot be met, 2 usage,\n\
                  configuration or input that cannot be read, 3 nothing to lint, 70 a bug of dunnage.\n\
                  Values files, policies and files of charts have up to 5Mi, manifests up to 512Mi."
)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    render: RenderOptions,
}

/// Which command is to run. Output options (`--color`, `--format`) are added to each.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// No subcommand: a post-renderer where something is piped in, help on a terminal.
    #[command(skip)]
    Bare(RenderOptions),
    /// Place the workloads of rendered manifests as the policy says
    Render {
        /// The manifests; standard input if not given or `-`; several with `--check` alone
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        options: RenderOptions,
    },
    /// What the Helm 4 plugin runs: `render`, with errors told in the way that Helm 4 shows them
    HelmPlugin {
        #[command(flatten)]
        options: RenderOptions,
    },
    /// Propose a commented policy for the manifests that are piped in, or for a hub in general
    Init {
        /// The manifests; standard input if not given or `-`
        file: Option<PathBuf>,
    },
    /// Say whether a live manifest (`helm get manifest`) is what the policy wants, and show what is not
    Verify {
        /// The live manifest; standard input if not given or `-`
        file: Option<PathBuf>,
        #[command(flatten)]
        options: PolicyOptions,
    },
    /// Explain what is wrong in the values of a hub
    Lint(Box<LintOptions>),
    /// Explain a code that dunnage prints, or list all of them; as JSON too (`--format json`)
    Rule(RuleOptions),
    /// Print the values that a release gets of its layers, or say who set one of them
    Values(Box<ValuesOptions>),
    /// Print a JSON Schema: of the policy, for editors, or of the report
    Schema {
        /// Of what
        #[arg(value_enum, default_value_t = SchemaArg::Policy)]
        of: SchemaArg,
    },
    /// What has to do with Helm itself
    #[command(subcommand)]
    Helm(HelmCommand),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

/// Which command of `helm` is to run.
#[derive(Debug, Subcommand)]
pub(super) enum HelmCommand {
    /// Put the plugin where Helm 4 looks for it; one that is there is replaced
    InstallPlugin(InstallPluginOptions),
}

/// Which codes `rule` explains.
#[derive(Debug, Clone, Args)]
pub(super) struct RuleOptions {
    /// The code (`PH001`) or its name
    pub(in crate::cli) code: Option<String>,
    /// The pages of all codes, one below the other
    #[arg(long, conflicts_with = "code")]
    pub(in crate::cli) all: bool,
}

/// Options of `helm install-plugin`.
#[derive(Debug, Clone, Args)]
pub(super) struct InstallPluginOptions {
    /// The folder of plugins [default: where Helm looks, `HELM_PLUGINS` first]
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) plugins: Option<PathBuf>,
    /// Do it although the `helm` on the PATH is Helm 3
    #[arg(long)]
    pub(in crate::cli) force: bool,
}

// How output is shown. clap would take a doc comment for the description of every command.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs {
    /// When to use colours [default: auto]
    #[arg(long, value_enum)]
    pub(in crate::cli) color: Option<Color>,
    /// How to show diagnostics; `lint` takes several, of which each but one goes to a file
    /// (`sarif=out.sarif`) [default: graphical]
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = FormatParser)]
    pub(in crate::cli) format: Vec<FormatArg>,
}

/// `--format`: a form, and the file that it goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FormatArg {
    pub(in crate::cli) format: Format,
    pub(in crate::cli) file: Option<PathBuf>,
}

/// Reads `FORMAT[=FILE]`, and knows the words for help and completions.
#[derive(Debug, Clone, Copy)]
struct FormatParser;

impl TypedValueParser for FormatParser {
    type Value = FormatArg;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<FormatArg, clap::Error> {
        let whole = value.to_string_lossy();
        let (format, file) = match whole.split_once('=') {
            Some((format, file)) => (format, Some(PathBuf::from(file))),
            None => (&*whole, None),
        };
        let words = EnumValueParser::<Format>::new();
        let format = words.parse_ref(command, argument, OsStr::new(format))?;
        Ok(FormatArg { format, file })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let words = Format::value_variants().iter();
        Some(Box::new(words.filter_map(ValueEnum::to_possible_value)))
    }
}

impl OutputArgs {
    /// Refuses a format of messages that is taken for the form of values.
    pub(in crate::cli) fn of_values(&self) -> Option<Diagnostic> {
        let mut formats = self.format.iter().map(|format| format.format);
        formats.find(|format| matches!(format, Format::Json | Format::JsonLines))?;
        let message = "`--format` is the format of messages: it does not change the values";
        Some(Diagnostic::new(&super::USAGE, message).help("use `-o json` to print values as JSON"))
    }

    /// Refuses what cannot be done at once.
    pub(in crate::cli) fn checked(self, is_lint: bool) -> Result<Self, Diagnostic> {
        let refused = |message, help| Err(Diagnostic::new(&super::USAGE, message).help(help));
        let (to_files, others): (Vec<&FormatArg>, Vec<&FormatArg>) =
            self.format.iter().partition(|format| format.file.is_some());
        if others.len() > 1 {
            return refused(
                "two formats cannot share one stream",
                "send all but one to a file: `--format sarif=out.sarif`",
            );
        }
        if !to_files.is_empty() && !is_lint {
            return refused(
                "`--format FORMAT=FILE` goes with `lint` alone",
                "name the format without a file",
            );
        }
        Ok(self)
    }

    /// The same without the files of `--format`.
    pub(in crate::cli) fn without_files(&self) -> Self {
        let on_stream = self.format.iter().filter(|format| format.file.is_none());
        Self {
            format: on_stream.cloned().collect(),
            ..self.clone()
        }
    }
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless `NO_COLOR` is set; `FORCE_COLOR` forces them
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// How diagnostics are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// With the lines that they are about
    Graphical,
    /// One line each
    Concise,
    /// As JSON
    Json,
    /// As JSON, one line each
    JsonLines,
    /// As SARIF 2.1.0, for code scanning
    Sarif,
    /// As workflow commands of GitHub Actions; there, the default
    Github,
    /// As a code quality report of GitLab
    Gitlab,
    /// As tests in the XML of `JUnit`
    Junit,
    /// As Checkstyle's XML
    Checkstyle,
}

/// Options of every command that follows a policy.
#[derive(Debug, Clone, Args)]
pub(super) struct PolicyOptions {
    /// The policy, or `z2jh` for the built-in one [default: the nearest dunnage.yaml]
    #[arg(long, value_name = "FILE|z2jh", help_heading = "Input")]
    pub(in crate::cli) policy: Option<PathBuf>,
    /// Treat notes and warnings as errors
    #[arg(long, help_heading = "Rules")]
    pub(in crate::cli) strict: bool,
    /// Values of the hub itself, whose images the pre-pullers pull too; may be repeated, later files win
    #[arg(
        id = "hub_values",
        long = "values",
        value_name = "FILE",
        help_heading = "Input"
    )]
    pub(in crate::cli) values: Vec<PathBuf>,
    /// The namespace of objects that name none, for `match.namespace`
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    pub(in crate::cli) namespace: Option<String>,
    /// Write every decision, made and not made, to this file as JSON
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(in crate::cli) report: Option<PathBuf>,
}

impl PolicyOptions {
    /// What they ask to read, with these options of the engine.
    pub(in crate::cli) fn request(&self, options: Options) -> RenderRequest {
        RenderRequest {
            file: None,
            policy: self.policy.clone(),
            values: self.values.clone(),
            previous: None,
            options: Options {
                namespace: self.namespace.clone(),
                ..options
            },
        }
    }
}

/// Options of `render`, which the bare command and the plugin share.
#[derive(Debug, Clone, Args)]
pub(super) struct RenderOptions {
    #[command(flatten)]
    pub(in crate::cli) policy_options: PolicyOptions,
    /// Show the change and its reasons instead of the manifests
    #[arg(long, help_heading = "Output")]
    pub(in crate::cli) diff: bool,
    /// Write nothing; exit with 1 if anything would change
    #[arg(long, help_heading = "Output")]
    pub(in crate::cli) check: bool,
    /// Lint the manifests as they are rendered, and write nothing where there are errors
    #[arg(long, help_heading = "Rules")]
    pub(in crate::cli) gate: bool,
    /// Who reads the output [default: auto]
    #[arg(long, value_enum, help_heading = "Input")]
    pub(in crate::cli) mode: Option<ModeArg>,
    /// The live manifest (`helm get manifest`), for what exists and can never change
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub(in crate::cli) previous: Option<PathBuf>,
}

impl RenderOptions {
    /// What they ask to read of a stream.
    pub(in crate::cli) fn request(&self, file: Option<&Path>, caller: Caller) -> RenderRequest {
        let is_shown = self.diff || self.check || self.policy_options.report.is_some();
        let mode = match self.mode {
            None | Some(ModeArg::Auto) => None,
            Some(ModeArg::Helm3) => Some(Mode::Helm3),
            Some(ModeArg::Helm4) => Some(Mode::Helm4),
            Some(ModeArg::Krm) => Some(Mode::Krm),
            Some(ModeArg::Plain) => Some(Mode::Plain),
        };
        let request = self.policy_options.request(Options {
            mode,
            caller,
            forgets_decisions: !is_shown && self.previous.is_none(),
            ..Options::default()
        });
        RenderRequest {
            file: file.map(Path::to_owned),
            previous: self.previous.clone(),
            ..request
        }
    }
}

/// What `schema` prints the schema of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaArg {
    /// `dunnage.yaml`
    Policy,
    /// The file of `--report`
    Report,
}

impl SchemaArg {
    /// The schema.
    pub(in crate::cli) fn text(self) -> &'static str {
        match self {
            SchemaArg::Policy => policy::SCHEMA,
            SchemaArg::Report => report_file::SCHEMA,
        }
    }
}

/// `--mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ModeArg {
    /// Found from the stream
    Auto,
    /// A post-renderer of Helm 3, which never shows hooks
    Helm3,
    /// A plugin of Helm 4
    Helm4,
    /// A `ResourceList` of a KRM function
    Krm,
    /// A pipe or a file
    Plain,
}

/// Completions for a shell.
pub(super) fn completions(shell: Shell) -> String {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut parse::command(), "dunnage", &mut text);
    String::from_utf8(text).expect("completions are made of our own words")
}

/// The manual page.
pub(super) fn man() -> String {
    let mut text = Vec::new();
    let page = clap_mangen::Man::new(parse::command());
    page.render(&mut text).expect("a vector takes everything");
    String::from_utf8(text).expect("the page is made of our own words")
}
