//! Chart data that all releases of a run share.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::chart::{KnownChart, NAME};
use super::release::bare;
use crate::diag::{Code, Diagnostic};
use crate::schema::Schema;
use crate::text::{SourceId, Sources, Span};
use crate::values::{self, Chart, Helm};

pub(super) static BROKEN_SCHEMA: Code = Code::error(
    "VA006",
    "schema-unusable",
    "the schema of a chart cannot be used",
)
.page(include_str!("broken_schema.md"));

/// A cache for all releases of a run: the recorded z2jh charts, and the schemas of available charts. Each is read once.
#[derive(Debug, Default)]
pub struct ChartCache {
    embedded: Vec<(Helm, Cow<'static, str>, Chart)>,
    schemas: BTreeMap<SourceId, Option<Schema>>,
}

impl ChartCache {
    /// Returns the z2jh chart of a version with its recorded defaults.
    pub fn embedded(&mut self, sources: &mut Sources, of: &KnownChart, helm: Helm) -> Chart {
        let defaults = of.defaults();
        let mut known = self.embedded.iter();
        if let Some((_, _, chart)) = known.find(|known| known.0 == helm && known.1 == defaults) {
            return chart.clone();
        }
        let version = of.version;
        let name = format!("defaults of {NAME} {}", version.name);
        let source = sources.add_built_in(name, defaults.clone().into_owned());
        let values = values::read_recorded(source, &defaults);
        let chart = Chart {
            version: version.name.to_owned(),
            values,
            ..bare(NAME, Span::new(source, 0..0))
        };
        self.embedded.push((helm, defaults, chart.clone()));
        chart
    }

    /// Reads the schema of a chart, unless it is cached, and returns what is wrong with it. References to other files
    /// are not fetched.
    pub fn add_schema(&mut self, sources: &Sources, source: SourceId) -> Option<Diagnostic> {
        if self.schemas.contains_key(&source) {
            return None;
        }
        let read = read_schema(sources, source);
        let (schema, error) = match read {
            Ok(schema) => (Some(schema), None),
            Err(error) => (None, Some(error)),
        };
        self.schemas.insert(source, schema);
        error
    }

    /// Returns the schema in a source; `None` if it was not read or cannot be used.
    pub fn schema(&self, source: SourceId) -> Option<&Schema> {
        self.schemas.get(&source)?.as_ref()
    }
}

fn read_schema(sources: &Sources, source: SourceId) -> Result<Schema, Diagnostic> {
    let text = sources.get(source).text();
    let broken = |message: String, start: usize| {
        Diagnostic::new(&BROKEN_SCHEMA, message)
            .at(Span::new(source, start..start), "")
            .help("correct the schema: Helm refuses to install the chart; the values are linted without it")
    };
    let document = serde_json::from_str(text).map_err(|error| {
        let lines = sources.get(source).line_starts();
        let line = lines.get(error.line().saturating_sub(1)).copied();
        let start = line.unwrap_or_default() + error.column().saturating_sub(1);
        broken(
            format!("the schema is not JSON: {error}"),
            start.min(text.len()),
        )
    })?;
    Schema::compile(document).map_err(|error| broken(error.to_string(), 0))
}
