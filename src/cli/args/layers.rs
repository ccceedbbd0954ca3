//! The layers of a release's values, said as Helm's own options say them.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use crate::cli::codes::CODES;
use crate::diag::Level;
use crate::project::{LayerRequest, LintRequest};
use crate::values::Helm;

/// The chart and the layers over its defaults.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Input")]
pub(in crate::cli) struct LayerOptions {
    /// The chart: its folder, or the archive that `helm package` made
    #[arg(long, value_name = "PATH")]
    pub(in crate::cli) chart: Option<PathBuf>,
    /// Values; may be repeated or hold commas, later files win
    #[arg(short = 'f', long, value_name = "FILE", value_delimiter = ',')]
    pub(in crate::cli) values: Vec<PathBuf>,
    /// A value on the command line: `a.b=1,c[0]=x`
    #[arg(long, value_name = "KEY=VALUE")]
    pub(in crate::cli) set: Vec<String>,
    /// The same, always as a string
    #[arg(long, value_name = "KEY=VALUE")]
    pub(in crate::cli) set_string: Vec<String>,
    /// The same, as JSON
    #[arg(long, value_name = "KEY=JSON")]
    pub(in crate::cli) set_json: Vec<String>,
    /// The same, from a file
    #[arg(long, value_name = "KEY=FILE")]
    pub(in crate::cli) set_file: Vec<String>,
    /// The same, as it stands
    #[arg(long, value_name = "KEY=VALUE")]
    pub(in crate::cli) set_literal: Vec<String>,
    /// Which Helm puts them together; they differ on nulls in defaults and on several documents in a file
    #[arg(long, value_enum, default_value_t = HelmArg::Four)]
    pub(in crate::cli) helm: HelmArg,
}

impl LayerOptions {
    /// What they ask to read.
    pub(in crate::cli) fn request(&self) -> LayerRequest {
        LayerRequest {
            chart: self.chart.clone(),
            values: self.values.clone(),
            set: self.set.clone(),
            set_string: self.set_string.clone(),
            set_json: self.set_json.clone(),
            set_file: self.set_file.clone(),
            set_literal: self.set_literal.clone(),
            helm: match self.helm {
                HelmArg::Three => Helm::Three,
                HelmArg::Four => Helm::Four,
            },
        }
    }
}

/// `--helm`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(in crate::cli) enum HelmArg {
    /// Helm 3
    #[value(name = "3")]
    Three,
    /// Helm 4
    #[default]
    #[value(name = "4")]
    Four,
}

/// Options of `lint`.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(in crate::cli) struct LintOptions {
    /// Values files, charts, rendered manifests, folders, or `-`; each is linted by itself, but one that is
    /// a layer of a release of the policy is linted as that release, and the layers of the options lie over
    /// values files and are what manifests were rendered from; of a folder, what git ignores, hidden files and
    /// links to folders are left out [default: the releases of the policy, else the working folder]
    #[arg(value_name = "PATH")]
    pub(in crate::cli) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) layers: LayerOptions,
    /// The version of the z2jh chart, where its files are not at hand [default: what Chart.lock or
    /// Chart.yaml says, else the newest]
    #[arg(long, value_name = "VERSION", help_heading = "Input")]
    pub(in crate::cli) chart_version: Option<String>,
    /// Say what the values must change for this version of the z2jh chart, and nothing else
    #[arg(long, value_name = "VERSION", help_heading = "Rules")]
    pub(in crate::cli) to: Option<String>,
    /// The keys, with dots between, under which the values of the z2jh chart stand [default: what
    /// Chart.yaml says, else found]
    #[arg(long, value_name = "KEYS", help_heading = "Input")]
    pub(in crate::cli) hub: Option<String>,
    /// The policy, for its section `lint` and what it knows of the cluster [default: the nearest
    /// dunnage.yaml, if there is one]
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub(in crate::cli) policy: Option<PathBuf>,
    /// Only these rules, by code, name or family (`PH001`, `priority-order`, `PH`)
    #[arg(
        long,
        value_name = "RULE",
        value_delimiter = ',',
        help_heading = "Rules"
    )]
    pub(in crate::cli) select: Vec<String>,
    /// Not these rules
    #[arg(
        long,
        value_name = "RULE",
        value_delimiter = ',',
        help_heading = "Rules"
    )]
    pub(in crate::cli) ignore: Vec<String>,
    /// Show hints too
    #[arg(long, help_heading = "Rules")]
    pub(in crate::cli) pedantic: bool,
    /// Pass over files that are neither values of a hub, nor a chart, nor manifests; it is fine if all are
    #[arg(long, help_heading = "Input")]
    pub(in crate::cli) skip_unknown: bool,
    /// A file of findings that are known and not shown
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    pub(in crate::cli) baseline: Option<PathBuf>,
    /// Write the findings into the file of `--baseline`; one that is there loses what is gone and gets nothing
    /// new, and findings of files that are not linted stay in it
    #[arg(long, conflicts_with = "to", help_heading = "Rules")]
    pub(in crate::cli) write_baseline: bool,
    /// Fix what can be fixed without changing what a working hub does, in the named files and folders alone; a
    /// file that changes meanwhile is left as it is; `lint - --fix` prints the fixed text, and findings go to standard
    /// error
    #[arg(long, help_heading = "Fixes")]
    pub(in crate::cli) fix: bool,
    /// With `--fix` or `--diff`: also fixes that somebody has to look at
    #[arg(long, help_heading = "Fixes")]
    pub(in crate::cli) unsafe_fixes: bool,
    /// Show what `--fix` would change, and change nothing; exit with 1 if there is anything
    #[arg(long, help_heading = "Fixes")]
    pub(in crate::cli) diff: bool,
    /// Judge manifests as they are after `dunnage render` with the policy
    #[arg(long, help_heading = "Input")]
    pub(in crate::cli) as_injected: bool,
    /// Leave out files and folders that a folder has, by patterns: `*.example.yaml`, `deployments/old`. One with a
    /// slash is a path from the working folder; one without is the name of a file or folder anywhere. A file that is
    /// named is linted all the same
    #[arg(
        long,
        value_name = "GLOB",
        value_delimiter = ',',
        help_heading = "Input"
    )]
    pub(in crate::cli) exclude: Vec<String>,
    /// Lint standard input as the content of this file, which is not read and need not exist: as a layer of the
    /// releases that have it, with the policy's settings for it, and under its name in messages
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub(in crate::cli) stdin_filename: Option<PathBuf>,
    /// Say how often each rule speaks instead of what it says
    #[arg(long, help_heading = "Output")]
    pub(in crate::cli) statistics: bool,
    /// Print findings and nothing else: no summary, no notes on what was fixed
    #[arg(short, long, help_heading = "Output")]
    pub(in crate::cli) quiet: bool,
    /// Exit with 1 for findings of this level and above [default: warning]
    #[arg(
        long,
        value_enum,
        value_name = "LEVEL",
        conflicts_with = "exit_zero",
        help_heading = "Output"
    )]
    pub(in crate::cli) fail_on: Option<LevelArg>,
    /// Exit with 0 whatever is found
    #[arg(long, help_heading = "Output")]
    pub(in crate::cli) exit_zero: bool,
}

impl LintOptions {
    /// What they ask to read and to judge.
    pub(in crate::cli) fn request(&self) -> LintRequest {
        LintRequest {
            paths: self.paths.clone(),
            layers: self.layers.request(),
            chart_version: self.chart_version.clone(),
            to: self.to.clone(),
            hub: self.hub.clone(),
            policy: self.policy.clone(),
            select: self.select.clone(),
            ignore: self.ignore.clone(),
            pedantic: self.pedantic,
            skip_unknown: self.skip_unknown,
            as_injected: self.as_injected,
            exclude: self.exclude.clone(),
            codes: CODES,
        }
    }

    /// Whether the fixed text of standard input is printed.
    pub(in crate::cli) fn prints_fixed(&self) -> bool {
        let has_stdin = self.paths.iter().any(|path| path == Path::new("-"));
        self.fix && !self.diff && (has_stdin || self.stdin_filename.is_some())
    }
}

/// `--fail-on`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum LevelArg {
    /// Errors
    Error,
    /// Warnings and errors
    Warning,
    /// Notes, warnings and errors
    Note,
    /// Everything that is shown
    Hint,
}

impl From<LevelArg> for Level {
    fn from(level: LevelArg) -> Self {
        match level {
            LevelArg::Error => Level::Error,
            LevelArg::Warning => Level::Warning,
            LevelArg::Note => Level::Note,
            LevelArg::Hint => Level::Hint,
        }
    }
}

/// Options of `values`.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(in crate::cli) struct ValuesOptions {
    #[command(subcommand)]
    pub(in crate::cli) command: Option<ValuesCommand>,
    /// A chart, and values files over it
    #[arg(value_name = "PATH")]
    pub(in crate::cli) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) layers: LayerOptions,
    /// The form of the values
    #[arg(short, long, value_enum, default_value_t = OutputArg::Yaml, help_heading = "Output")]
    pub(in crate::cli) output: OutputArg,
}

impl ValuesOptions {
    /// Whether they print values as YAML.
    pub(in crate::cli) fn prints_yaml(&self) -> bool {
        self.command.is_none() && self.output == OutputArg::Yaml
    }
}

#[derive(Debug, Clone, Subcommand)]
pub(in crate::cli) enum ValuesCommand {
    /// Say who set a value, and who lost
    Explain {
        /// Its keys with dots between: `singleuser.memory.limit`
        key: String,
        /// A chart, and values files over it
        #[arg(value_name = "PATH")]
        paths: Vec<PathBuf>,
        #[command(flatten)]
        layers: LayerOptions,
    },
}

/// `--output`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum OutputArg {
    /// YAML
    Yaml,
    /// JSON
    Json,
}
