//! The options for the layers of a release's values, named as in Helm.

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
    /// Chart: a directory, or an archive from `helm package`
    #[arg(long, value_name = "PATH")]
    pub(in crate::cli) chart: Option<PathBuf>,
    /// Values file; may be repeated or separated by commas, later files override earlier ones
    #[arg(short = 'f', long, value_name = "FILE", value_delimiter = ',')]
    pub(in crate::cli) values: Vec<PathBuf>,
    /// Set values: `a.b=1,c[0]=x`
    #[arg(long, value_name = "KEY=VALUE")]
    pub(in crate::cli) set: Vec<String>,
    /// Set values as strings
    #[arg(long, value_name = "KEY=VALUE")]
    pub(in crate::cli) set_string: Vec<String>,
    /// Set values as JSON
    #[arg(long, value_name = "KEY=JSON")]
    pub(in crate::cli) set_json: Vec<String>,
    /// Set values from the content of files
    #[arg(long, value_name = "KEY=FILE")]
    pub(in crate::cli) set_file: Vec<String>,
    /// Set one value literally, without special characters
    #[arg(long, value_name = "KEY=VALUE")]
    pub(in crate::cli) set_literal: Vec<String>,
    /// Helm version whose merge rules apply; they differ for nulls in defaults and files with several
    /// documents
    #[arg(long, value_enum, default_value_t = HelmArg::Four)]
    pub(in crate::cli) helm: HelmArg,
}

impl LayerOptions {
    /// Returns the request of these options.
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
    /// Values files, charts, rendered manifests, directories, or `-` [default: the releases of the policy,
    /// otherwise the current directory]
    ///
    /// A values file that is a layer of a release in the policy is linted as part of that release; every
    /// other path is linted alone. Layers given as options override values files, and are taken as the values
    /// that manifests were rendered from. In directories, files ignored by git, hidden files and links to
    /// directories are skipped.
    #[arg(value_name = "PATH")]
    pub(in crate::cli) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) layers: LayerOptions,
    /// z2jh version if the chart itself is not available [default: from Chart.lock or Chart.yaml, otherwise
    /// the newest]
    #[arg(long, value_name = "VERSION", help_heading = "Input")]
    pub(in crate::cli) chart_version: Option<String>,
    /// Report only what must change to upgrade to this z2jh version
    #[arg(long, value_name = "VERSION", help_heading = "Rules")]
    pub(in crate::cli) to: Option<String>,
    /// Key path of the z2jh values, such as `binderhub.jupyterhub` [default: from Chart.yaml, otherwise
    /// detected]
    #[arg(long, value_name = "KEYS", help_heading = "Input")]
    pub(in crate::cli) hub: Option<String>,
    /// Policy file, for its `lint` section and its facts about the cluster [default: the nearest
    /// dunnage.yaml, if any]
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub(in crate::cli) policy: Option<PathBuf>,
    /// Enable only these rules, by code, name or family (`PH001`, `priority-order`, `PH`)
    #[arg(
        long,
        value_name = "RULE",
        value_delimiter = ',',
        help_heading = "Rules"
    )]
    pub(in crate::cli) select: Vec<String>,
    /// Disable these rules
    #[arg(
        long,
        value_name = "RULE",
        value_delimiter = ',',
        help_heading = "Rules"
    )]
    pub(in crate::cli) ignore: Vec<String>,
    /// Also show hints
    #[arg(long, help_heading = "Rules")]
    pub(in crate::cli) pedantic: bool,
    /// Skip files that are not hub values, charts or manifests; exit with 0 if all are skipped
    #[arg(long, help_heading = "Input")]
    pub(in crate::cli) skip_unknown: bool,
    /// File of known findings, which are not reported
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    pub(in crate::cli) baseline: Option<PathBuf>,
    /// Write the findings to the `--baseline` file; an existing baseline only shrinks
    ///
    /// Fixed findings are removed and new ones are not added. Findings in files that are not linted are kept.
    #[arg(long, conflicts_with = "to", help_heading = "Rules")]
    pub(in crate::cli) write_baseline: bool,
    /// Apply safe fixes
    ///
    /// A safe fix does not change what a working hub does. Only files in the given paths are edited, and a
    /// file that another program changes meanwhile is left alone. `lint - --fix` prints the fixed text to
    /// standard output and findings to standard error.
    #[arg(long, help_heading = "Fixes")]
    pub(in crate::cli) fix: bool,
    /// With `--fix` or `--diff`, also apply unsafe fixes, which need review
    #[arg(long, help_heading = "Fixes")]
    pub(in crate::cli) unsafe_fixes: bool,
    /// Print what `--fix` would change as a diff; exit with 1 if anything would change
    #[arg(long, help_heading = "Fixes")]
    pub(in crate::cli) diff: bool,
    /// Lint manifests as `dunnage render` with the policy would write them
    #[arg(long, help_heading = "Input")]
    pub(in crate::cli) as_injected: bool,
    /// Skip files and directories by pattern: `*.example.yaml`, `deployments/old`
    ///
    /// A pattern with a slash is a path from the current directory; one without matches a name at any depth.
    /// A file given as PATH is always linted.
    #[arg(
        long,
        value_name = "GLOB",
        value_delimiter = ',',
        help_heading = "Input"
    )]
    pub(in crate::cli) exclude: Vec<String>,
    /// Lint standard input as the content of this file
    ///
    /// The file is not read and need not exist. The input is linted as a layer of the releases that list the
    /// file, with the policy's settings for it, and messages show its name.
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub(in crate::cli) stdin_filename: Option<PathBuf>,
    /// Count findings per rule instead of showing them
    #[arg(long, help_heading = "Output")]
    pub(in crate::cli) statistics: bool,
    /// Print only findings, without a summary and notes on fixes
    #[arg(short, long, help_heading = "Output")]
    pub(in crate::cli) quiet: bool,
    /// Exit with 1 if there are findings of this level or above [default: warning]
    #[arg(
        long,
        value_enum,
        value_name = "LEVEL",
        conflicts_with = "exit_zero",
        help_heading = "Output"
    )]
    pub(in crate::cli) fail_on: Option<LevelArg>,
    /// Exit with 0 even if there are findings
    #[arg(long, help_heading = "Output")]
    pub(in crate::cli) exit_zero: bool,
}

impl LintOptions {
    /// Returns the request of these options.
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

    /// Returns whether the fixed standard input is printed.
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
    /// Everything that is reported
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
    /// Chart, and values files that override its defaults
    #[arg(value_name = "PATH")]
    pub(in crate::cli) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) layers: LayerOptions,
    /// Output format of the values
    #[arg(short, long, value_enum, default_value_t = OutputArg::Yaml, help_heading = "Output")]
    pub(in crate::cli) output: OutputArg,
}

impl ValuesOptions {
    /// Returns whether values are printed as YAML.
    pub(in crate::cli) fn prints_yaml(&self) -> bool {
        self.command.is_none() && self.output == OutputArg::Yaml
    }
}

#[derive(Debug, Clone, Subcommand)]
pub(in crate::cli) enum ValuesCommand {
    /// Show where a value is set, and which settings it overrides
    Explain {
        /// Key path: `singleuser.memory.limit`
        key: String,
        /// Chart, and values files that override its defaults
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
