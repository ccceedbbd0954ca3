//! `dunnage values`: prints the merged values of a release, or where a value is set.

use std::path::PathBuf;

use crate::cli::Exit;
use crate::cli::args::{LayerOptions, OutputArg, ValuesCommand, ValuesOptions};
use crate::cli::session::Session;
use crate::diag::Diagnostic;
use crate::project::{LoadedValues, ValuesRequest, load_values};
use crate::text;
use crate::yaml;

mod explain;

pub(in crate::cli) fn run(session: &mut Session<'_>, options: &ValuesOptions) -> Exit {
    match &options.command {
        None => print(session, options),
        Some(ValuesCommand::Explain { key, paths, layers }) => {
            explain_key(session, key, paths, layers)
        }
    }
}

/// Returns the merged values with masked credentials.
fn print(session: &mut Session<'_>, options: &ValuesOptions) -> Exit {
    let values = match load(session, &options.paths, &options.layers) {
        Ok(LoadedValues { values, .. }) => values.to_json(),
        Err(error) => return session.fail(&[error]),
    };
    let values = text::mask_values(values);
    let text = match options.output {
        OutputArg::Json => format!("{values:#}\n"),
        OutputArg::Yaml => block(values),
    };
    session.write(&text)
}

fn load(
    session: &mut Session<'_>,
    paths: &[PathBuf],
    layers: &LayerOptions,
) -> Result<LoadedValues, Diagnostic> {
    let request = ValuesRequest {
        paths: paths.to_vec(),
        layers: layers.request(),
    };
    load_values(&mut session.reader, &request)
}

fn block(values: serde_json::Value) -> String {
    const LAYOUT: yaml::value::Layout = yaml::value::Layout {
        indent: 0,
        map_step: 2,
        seq_step: 0,
        eol: "\n",
    };
    if values.as_object().is_none_or(serde_json::Map::is_empty) {
        return "{}\n".to_owned();
    }
    let mut text = String::new();
    yaml::Value::from(values).write_block(&mut text, LAYOUT);
    text
}

fn explain_key(
    session: &mut Session<'_>,
    key: &str,
    paths: &[PathBuf],
    layers: &LayerOptions,
) -> Exit {
    let LoadedValues { values, defaults } = match load(session, paths, layers) {
        Ok(loaded) => loaded,
        Err(error) => return session.fail(&[error]),
    };
    match explain::explain(&session.reader.sources, &defaults, &values, key) {
        Ok(text) => session.write(&text),
        Err(error) => session.fail(&[error]),
    }
}
