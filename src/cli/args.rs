//! The door to clap: what the command line may say, and what it said.

mod layers;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::builder::{EnumValueParser, PossibleValue, TypedValueParser};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub(super) use layers::{LayerOptions, LintOptions, OutputArg, ValuesCommand, ValuesOptions};

use super::{report_file, twins};
use crate::diag::Diagnostic;
use crate::host::Host;
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
    command: Option<Subcommands>,
    #[command(flatten)]
    render: RenderOptions,
    #[command(flatten)]
    look: LookOptions,
}

#[derive(Debug, Subcommand)]
enum Subcommands {
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
    Helm {
        #[command(subcommand)]
        command: HelmCommands,
    },
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Debug, Subcommand)]
enum HelmCommands {
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

/// How messages look.
#[derive(Debug, Clone, Default, Args)]
#[expect(clippy::doc_markdown, reason = "help shows variables as clap does")]
pub(super) struct LookOptions {
    /// When to use colours [default: auto] [env: DUNNAGE_COLOR]
    #[arg(long, global = true, value_enum)]
    pub(in crate::cli) color: Option<Color>,
    /// How to show diagnostics; `lint` takes several, of which each but one goes to a file
    /// (`sarif=out.sarif`) [default: graphical] [env: DUNNAGE_FORMAT, with commas between]
    #[arg(long, global = true, value_name = "FORMAT[=FILE]", value_parser = FormatParser)]
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

impl LookOptions {
    /// With what the environment says where the command line says nothing.
    pub(in crate::cli) fn with_twins(&self, host: &dyn Host) -> Result<Self, Diagnostic> {
        Ok(Self {
            color: or_word(self.color, host, "DUNNAGE_COLOR")?,
            format: self.formats(host)?,
        })
    }

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

    fn formats(&self, host: &dyn Host) -> Result<Vec<FormatArg>, Diagnostic> {
        const NAME: &str = "DUNNAGE_FORMAT";
        if !self.format.is_empty() {
            return Ok(self.format.clone());
        }
        let text = twins::text(host, NAME)?.unwrap_or_default();
        let words = text.split(',').filter(|word| !word.is_empty());
        let formats = words.map(|word| {
            let (format, file) = word
                .split_once('=')
                .map_or((word, None), |(word, file)| (word, Some(file)));
            let format = twins::one_of(NAME, format, &words_of::<Format>())?;
            Ok(FormatArg {
                format: Format::from_str(&format, false).expect("one of the words"),
                file: file.map(PathBuf::from),
            })
        });
        formats.collect()
    }
}

/// What the command line said, else the word that the variable holds.
fn or_word<T: ValueEnum>(
    said: Option<T>,
    host: &dyn Host,
    name: &str,
) -> Result<Option<T>, Diagnostic> {
    if said.is_some() {
        return Ok(said);
    }
    let word = twins::word(host, name, &words_of::<T>())?;
    Ok(word.and_then(|word| T::from_str(&word, false).ok()))
}

fn words_of<T: ValueEnum>() -> Vec<String> {
    let words = T::value_variants().iter();
    let words = words.filter_map(ValueEnum::to_possible_value);
    words.map(|word| word.get_name().to_owned()).collect()
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
#[expect(clippy::doc_markdown, reason = "help shows variables as clap does")]
pub(super) struct PolicyOptions {
    /// The policy, or `z2jh` for the built-in one [default: the nearest dunnage.yaml] [env: DUNNAGE_POLICY]
    #[arg(long, value_name = "FILE|z2jh")]
    pub(in crate::cli) policy: Option<PathBuf>,
    /// Treat notes and warnings as errors [env: DUNNAGE_STRICT]
    #[arg(long)]
    pub(in crate::cli) strict: bool,
    /// Values of the hub itself, whose images the pre-pullers pull too; may be repeated, later files win
    /// [env: DUNNAGE_VALUES, a list like PATH]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) values: Vec<PathBuf>,
    /// The namespace of objects that name none, for `match.namespace` [env: DUNNAGE_NAMESPACE]
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) namespace: Option<String>,
    /// Write every decision, made and not made, to this file as JSON [env: DUNNAGE_REPORT]
    #[arg(long, value_name = "FILE")]
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

    /// With what the environment says where the command line says nothing.
    pub(in crate::cli) fn with_twins(&self, host: &dyn Host) -> Result<Self, Diagnostic> {
        let mut options = self.clone();
        options.strict |= twins::flag(host, "DUNNAGE_STRICT")?;
        options.policy = options
            .policy
            .or_else(|| twins::path(host, "DUNNAGE_POLICY"));
        options.report = options
            .report
            .or_else(|| twins::path(host, "DUNNAGE_REPORT"));
        if options.values.is_empty() {
            options.values = twins::paths(host, "DUNNAGE_VALUES");
        }
        if options.namespace.is_none() {
            options.namespace = twins::text(host, "DUNNAGE_NAMESPACE")?;
        }
        Ok(options)
    }
}

/// Options of `render`, which the bare command and the plugin share.
#[derive(Debug, Clone, Args)]
#[expect(clippy::doc_markdown, reason = "help shows variables as clap does")]
pub(super) struct RenderOptions {
    #[command(flatten)]
    pub(in crate::cli) policy_options: PolicyOptions,
    /// Show the change and its reasons instead of the manifests
    #[arg(long)]
    pub(in crate::cli) diff: bool,
    /// Write nothing; exit with 1 if anything would change
    #[arg(long)]
    pub(in crate::cli) check: bool,
    /// Lint the manifests as they are rendered, and write nothing where there are errors [env: DUNNAGE_GATE]
    #[arg(long)]
    pub(in crate::cli) gate: bool,
    /// Who reads the output [default: auto] [env: DUNNAGE_MODE]
    #[arg(long, value_enum)]
    pub(in crate::cli) mode: Option<ModeArg>,
    /// The live manifest (`helm get manifest`), for what exists and can never change [env: DUNNAGE_PREVIOUS]
    #[arg(long, value_name = "FILE")]
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

    /// With what the environment says where the command line says nothing.
    pub(in crate::cli) fn with_twins(&self, host: &dyn Host) -> Result<Self, Diagnostic> {
        let mut options = self.clone();
        options.policy_options = options.policy_options.with_twins(host)?;
        options.mode = or_word(options.mode, host, "DUNNAGE_MODE")?;
        options.gate |= twins::flag(host, "DUNNAGE_GATE")?;
        options.previous = options
            .previous
            .or_else(|| twins::path(host, "DUNNAGE_PREVIOUS"));
        Ok(options)
    }
}

/// What `schema` prints the schema of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SchemaArg {
    /// `dunnage.yaml`
    Policy,
    /// The file of `--report`
    Report,
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

/// Which command is to run.
#[derive(Debug)]
pub(super) enum Command {
    /// No subcommand: a post-renderer where something is piped in, help on a terminal.
    Bare(RenderOptions),
    /// `render`, with the files that it reads.
    Render(Vec<PathBuf>, RenderOptions),
    /// `helm-plugin`
    HelmPlugin(RenderOptions),
    /// `init`, with the file that it reads.
    Init(Option<PathBuf>),
    /// `verify`, with the file that it reads.
    Verify(Option<PathBuf>, PolicyOptions),
    /// `lint`
    Lint(Box<LintOptions>),
    /// `rule`
    Rule(RuleOptions),
    /// `values`
    Values(Box<ValuesOptions>),
    /// `helm install-plugin`
    InstallPlugin(InstallPluginOptions),
    /// A command that prints one text: `schema`, `completions`, `man`.
    Print(String),
}

/// What clap answers in place of a command.
#[derive(Debug)]
pub(super) struct ParseAnswer {
    /// The text with colours.
    ansi: String,
    /// The text without colours.
    pub(in crate::cli) plain: String,
    /// Whether it was asked for (`--help`), and so goes to standard output.
    pub(in crate::cli) asked_for: bool,
}

impl ParseAnswer {
    /// The text for a stream that gets colours, or none.
    pub(in crate::cli) fn text(&self, is_colored: bool) -> &str {
        if is_colored { &self.ansi } else { &self.plain }
    }
}

/// Reads a command line; the program's name comes first.
pub(super) fn parse(arguments: Vec<OsString>) -> Result<(Command, LookOptions), ParseAnswer> {
    let line = read(arguments).map_err(|error| {
        let text = error.render();
        ParseAnswer {
            ansi: text.ansi().to_string(),
            plain: text.to_string(),
            asked_for: !error.use_stderr(),
        }
    })?;
    let command = match line.command {
        None => Command::Bare(line.render),
        Some(Subcommands::Render { files, options }) => Command::Render(files, options),
        Some(Subcommands::HelmPlugin { options }) => Command::HelmPlugin(options),
        Some(Subcommands::Init { file }) => Command::Init(file),
        Some(Subcommands::Verify { file, options }) => Command::Verify(file, options),
        Some(Subcommands::Lint(options)) => Command::Lint(options),
        Some(Subcommands::Rule(options)) => Command::Rule(options),
        Some(Subcommands::Values(options)) => Command::Values(options),
        Some(Subcommands::Schema {
            of: SchemaArg::Policy,
        }) => Command::Print(policy::SCHEMA.to_owned()),
        Some(Subcommands::Schema {
            of: SchemaArg::Report,
        }) => Command::Print(report_file::SCHEMA.to_owned()),
        Some(Subcommands::Helm {
            command: HelmCommands::InstallPlugin(options),
        }) => Command::InstallPlugin(options),
        Some(Subcommands::Completions { shell }) => Command::Print(completions(shell)),
        Some(Subcommands::Man) => Command::Print(man()),
    };
    Ok((command, line.look))
}

fn read(arguments: Vec<OsString>) -> Result<CommandLine, clap::Error> {
    let mut command = CommandLine::command();
    let matches = command.try_get_matches_from_mut(arguments)?;
    if let Some(name) = matches.subcommand_name() {
        // Those of the bare command would be lost; those of every command are handed on.
        let is_lost = |option: &&clap::Arg| {
            let source = matches.value_source(option.get_id().as_str());
            source == Some(ValueSource::CommandLine) && !option.is_global_set()
        };
        let lost = command
            .get_arguments()
            .find(is_lost)
            .map(clap::Arg::to_string);
        if let Some(option) = lost {
            let message = format!("'{option}' has to come after the subcommand '{name}'");
            return Err(command.error(ErrorKind::ArgumentConflict, message));
        }
    }
    CommandLine::from_arg_matches(&matches)
}

fn completions(shell: Shell) -> String {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut CommandLine::command(), "dunnage", &mut text);
    String::from_utf8(text).expect("completions are made of our own words")
}

fn man() -> String {
    let mut text = Vec::new();
    let page = clap_mangen::Man::new(CommandLine::command());
    page.render(&mut text).expect("a vector takes everything");
    String::from_utf8(text).expect("the page is made of our own words")
}

/// What `--help` prints.
pub(super) fn help() -> String {
    CommandLine::command().render_help().to_string()
}
