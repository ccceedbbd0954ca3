//! The options of the command line; the only module that names clap.

mod layers;
mod order;
mod pages;
mod parse;
mod plan;
#[cfg(test)]
mod tests;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::builder::{EnumValueParser, PossibleValue, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

pub(super) use layers::{LayerOptions, LintOptions, OutputArg, ValuesCommand, ValuesOptions};
pub(super) use pages::{ShellArg, completions, man, version};
pub(super) use parse::{ParseAnswer, Parsed, help, parse};
pub(super) use plan::PlanOptions;

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
    after_help = "If standard input is a pipe, `dunnage` without a command is a post-renderer with the options of `render`.\n\
                  Exit codes: 0 success, 1 findings, differences, an unmet policy or goal, 2 usage or input errors,\n\
                  3 nothing to lint, 70 a bug in dunnage.\n\
                  Size limits: 5Mi for values files, policies and chart files, 512Mi for manifests."
)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    render: RenderOptions,
}

/// The command. Output options (`--color`, `--format`) are added to each.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// No subcommand: a post-renderer if standard input is a pipe, help on a terminal.
    #[command(skip)]
    Bare(RenderOptions),
    /// Apply the policy to rendered manifests
    Render {
        /// Manifests; standard input if omitted or `-`; several files only with `--check`
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        options: RenderOptions,
    },
    /// Run as the Helm 4 plugin: `render`, with errors in the form that Helm 4 shows
    #[command(hide = true)]
    HelmPlugin {
        #[command(flatten)]
        options: RenderOptions,
    },
    /// Propose a commented policy for given manifests, or for a hub in general
    Init {
        /// Manifests; standard input if omitted or `-`
        file: Option<PathBuf>,
    },
    /// Check that a live manifest (`helm get manifest`) matches the policy, and show the differences
    Verify {
        /// Live manifest; standard input if omitted or `-`
        file: Option<PathBuf>,
        #[command(flatten)]
        options: PolicyOptions,
    },
    /// List the images that image pullers pull, with their pools and the lines that request them
    Images(ImagesOptions),
    /// Lint Helm values, charts and rendered manifests
    Lint(Box<LintOptions>),
    /// Answer how many seats a hub needs, and who waits with those that it has
    Plan(Box<PlanOptions>),
    /// Explain a code, or list all codes; also as JSON (`--format json`)
    Rule(RuleOptions),
    /// Print the effective values of a release, or explain where one of them is set
    Values(Box<ValuesOptions>),
    /// Print the JSON Schema of the policy (for editors), of the report or of a plan
    Schema {
        /// What the schema describes
        #[arg(value_enum, default_value_t = SchemaArg::Policy)]
        of: SchemaArg,
    },
    /// Helm integration
    #[command(subcommand)]
    Helm(HelmCommand),
    /// Print shell completions
    Completions {
        /// The shell
        shell: ShellArg,
    },
    /// Print the manual page of dunnage or of a command
    Man {
        /// Command, for example `lint` or `values explain` [default: dunnage itself]
        #[arg(value_name = "COMMAND")]
        command: Vec<String>,
    },
    /// Print the version
    Version,
}

/// The subcommand of `helm`.
#[derive(Debug, Subcommand)]
pub(super) enum HelmCommand {
    /// Install the Helm 4 plugin, replacing an installed one
    InstallPlugin(InstallPluginOptions),
}

/// The codes that `rule` explains.
#[derive(Debug, Clone, Args)]
pub(super) struct RuleOptions {
    /// Code (`PH001`) or name of a rule
    pub(in crate::cli) code: Option<String>,
    /// Print the pages of all codes
    #[arg(long, conflicts_with = "code")]
    pub(in crate::cli) all: bool,
}

/// Options of `helm install-plugin`.
#[derive(Debug, Clone, Args)]
pub(super) struct InstallPluginOptions {
    /// Plugin directory [default: the one Helm uses: `HELM_PLUGINS`, or Helm's data directory]
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) plugins: Option<PathBuf>,
    /// Install even if the `helm` on the PATH is Helm 3
    #[arg(long)]
    pub(in crate::cli) force: bool,
}

// Output options. clap would use a doc comment as the description of every command.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs {
    /// When to use colours [default: auto]
    #[arg(long, value_enum)]
    pub(in crate::cli) color: Option<Color>,
    /// Format of diagnostics; `lint` accepts several if all but one are written to files (`sarif=out.sarif`)
    /// [default: graphical]
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = FormatParser)]
    pub(in crate::cli) format: Vec<FormatArg>,
}

/// `--format`: a format and the file it is written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FormatArg {
    pub(in crate::cli) format: Format,
    pub(in crate::cli) file: Option<PathBuf>,
}

/// Parses `FORMAT[=FILE]` and lists the formats for help and completions.
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
    /// Returns an error if `--format` was probably meant to be `--output`.
    pub(in crate::cli) fn of_values(&self) -> Option<Diagnostic> {
        let mut formats = self.format.iter().map(|format| format.format);
        formats.find(|format| matches!(format, Format::Json | Format::JsonLines))?;
        let message = "`--format` sets the format of messages, not of the values";
        Some(Diagnostic::new(&super::USAGE, message).help("use `-o json` to print values as JSON"))
    }

    /// Returns the arguments, or an error if they exclude each other.
    pub(in crate::cli) fn checked(self, is_lint: bool) -> Result<Self, Diagnostic> {
        let refused = |message, help| Err(Diagnostic::new(&super::USAGE, message).help(help));
        let (to_files, others): (Vec<&FormatArg>, Vec<&FormatArg>) =
            self.format.iter().partition(|format| format.file.is_some());
        if others.len() > 1 {
            return refused(
                "two formats cannot share one stream",
                "write all but one to a file: `--format sarif=out.sarif`",
            );
        }
        if !to_files.is_empty() && !is_lint {
            return refused(
                "only `lint` accepts `--format FORMAT=FILE`",
                "remove the file from `--format`",
            );
        }
        Ok(self)
    }

    /// Returns the same without the files of `--format`.
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
    /// With source lines
    Graphical,
    /// One line per finding
    Concise,
    /// One JSON document
    Json,
    /// JSON, one object per line
    JsonLines,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Workflow commands of GitHub Actions; the default there
    Github,
    /// GitLab code quality report
    Gitlab,
    /// `JUnit` XML
    Junit,
    /// Checkstyle XML
    Checkstyle,
}

/// Options of every command that applies a policy.
#[derive(Debug, Clone, Args)]
pub(super) struct PolicyOptions {
    /// Policy file, or `z2jh` for the built-in policy [default: the nearest dunnage.yaml]
    #[arg(long, value_name = "FILE|z2jh", help_heading = "Input")]
    pub(in crate::cli) policy: Option<PathBuf>,
    /// Treat notes and warnings as errors
    #[arg(long, help_heading = "Rules")]
    pub(in crate::cli) strict: bool,
    /// Values of the hub, for the images that the pre-pullers also pull; may be repeated, later files
    /// override earlier ones
    #[arg(
        id = "hub_values",
        long = "values",
        value_name = "FILE",
        help_heading = "Input"
    )]
    pub(in crate::cli) values: Vec<PathBuf>,
    /// Name of the release, for `additions` [default: the one in the manifests]
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    pub(in crate::cli) release: Option<String>,
    /// Namespace of the release, for `additions`, and for `match.namespace` of objects without one
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    pub(in crate::cli) namespace: Option<String>,
    /// Write a JSON report of every change, and of every change not made, to this file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(in crate::cli) report: Option<PathBuf>,
}

impl PolicyOptions {
    /// Returns the request of these options, with these options of the engine.
    pub(in crate::cli) fn request(&self, options: Options) -> RenderRequest {
        RenderRequest {
            file: None,
            policy: self.policy.clone(),
            values: self.values.clone(),
            previous: None,
            options: Options {
                release: self.release.clone(),
                namespace: self.namespace.clone(),
                ..options
            },
        }
    }
}

/// Options of `images`.
#[derive(Debug, Clone, Args)]
pub(super) struct ImagesOptions {
    /// Manifests with the Secret of the hub; standard input if `-`
    pub(in crate::cli) file: Option<PathBuf>,
    /// Policy file, or `z2jh` for the built-in policy [default: the nearest dunnage.yaml]
    #[arg(long, value_name = "FILE|z2jh", help_heading = "Input")]
    pub(in crate::cli) policy: Option<PathBuf>,
    /// Values of the hub, instead of those in the manifests; may be repeated, later files override earlier ones
    #[arg(
        id = "hub_values",
        long = "values",
        value_name = "FILE",
        help_heading = "Input"
    )]
    pub(in crate::cli) values: Vec<PathBuf>,
}

/// Options of `render`, which the bare command and the plugin share.
#[derive(Debug, Clone, Args)]
pub(super) struct RenderOptions {
    #[command(flatten)]
    pub(in crate::cli) policy_options: PolicyOptions,
    /// Print a diff with the reason of each change instead of the manifests
    #[arg(long, help_heading = "Output")]
    pub(in crate::cli) diff: bool,
    /// Write no manifests; exit with 1 if anything would change
    #[arg(long, help_heading = "Output")]
    pub(in crate::cli) check: bool,
    /// Lint the rendered manifests, and write nothing if there are errors
    #[arg(long, help_heading = "Rules")]
    pub(in crate::cli) gate: bool,
    /// Program that reads the output [default: auto]
    #[arg(long, value_enum, help_heading = "Input")]
    pub(in crate::cli) mode: Option<ModeArg>,
    /// Live manifest (`helm get manifest`), to find changes to immutable fields
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub(in crate::cli) previous: Option<PathBuf>,
}

impl RenderOptions {
    /// Returns the request for a stream.
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

/// What `schema` describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaArg {
    /// `dunnage.yaml`
    Policy,
    /// Report file (`--report`)
    Report,
    /// Answer of `plan --format json`
    Plan,
}

impl SchemaArg {
    /// Returns the schema.
    pub(in crate::cli) fn text(self) -> &'static str {
        match self {
            SchemaArg::Policy => policy::SCHEMA,
            SchemaArg::Report => report_file::SCHEMA,
            SchemaArg::Plan => crate::plan::SCHEMA,
        }
    }
}

/// `--mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ModeArg {
    /// Detect from the input
    Auto,
    /// Helm 3 post-renderer, which receives no hooks
    Helm3,
    /// Helm 4 plugin
    Helm4,
    /// KRM function (`ResourceList`)
    Krm,
    /// Pipe or file
    Plain,
}
