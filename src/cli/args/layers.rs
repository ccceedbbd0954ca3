//! The layers of a release's values, said as Helm's own options say them.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// The chart and the layers over its defaults.
#[derive(Debug, Clone, Default, Args)]
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
pub(in crate::cli) struct LintOptions {
    /// Charts and values files; each is a release of its own
    #[arg(value_name = "PATH")]
    pub(in crate::cli) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) layers: LayerOptions,
    /// The version of the z2jh chart, where its files are not at hand [default: what Chart.yaml says, else
    /// the newest]
    #[arg(long, value_name = "VERSION")]
    pub(in crate::cli) chart_version: Option<String>,
    /// Only these rules, by code, name or family (`PH001`, `priority-order`, `PH`)
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(in crate::cli) select: Vec<String>,
    /// Not these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(in crate::cli) ignore: Vec<String>,
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
    #[arg(short, long, value_enum, default_value_t = OutputArg::Yaml)]
    pub(in crate::cli) output: OutputArg,
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
