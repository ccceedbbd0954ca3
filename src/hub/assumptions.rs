//! Notes about how the chart of a release was found, if no file decides it.

use super::around::version_inside;
use super::chart::NAME;
use super::identity::{Assumption, namesake_signs};
use super::{locate, span};
use crate::diag::{Code, Diagnostic};
use crate::values::{Chart, Dependency, Value};

pub(super) static OTHER_CHART: Code = Code::note(
    "VA011",
    "values-of-another-chart",
    "values look like those of another chart called `jupyterhub`",
)
.page(include_str!("other_chart.md"));

pub(super) static ASSUMED: Code = Code::note(
    "VA012",
    "assumed-chart",
    "a dependency without files is assumed to be the z2jh chart, or to contain it",
)
.page(include_str!("assumed_chart.md"));

pub(super) static MISSING: Code = Code::note(
    "VA013",
    "missing-dependency",
    "a dependency that may contain the z2jh chart is missing from `charts/`",
)
.page(include_str!("missing_dependency.md"));

/// Returns the note on values that look like those of a hub but have keys of another chart named `jupyterhub`.
pub(super) fn other_chart(values: &Value) -> Option<Diagnostic> {
    let path = locate(values)?;
    let found = values.get_path(&super::keys(&path))?;
    let signs = namesake_signs(found);
    let [first, second, ..] = &signs[..] else {
        return None;
    };
    let message = format!(
        "values look like those of another chart called `{NAME}`: z2jh has no `{first}` and no `{second}`"
    );
    let first = found.as_map().and_then(|map| map.entries.values().next());
    let note = Diagnostic::new(&OTHER_CHART, message);
    let note = first.into_iter().fold(note, |note, value| {
        note.at(span(value), "not linted as z2jh")
    });
    let keys = path.join(".");
    Some(note.help(format!(
        "add `--hub {}` if they are values of z2jh; otherwise pass the chart with `--chart`",
        if keys.is_empty() { "''" } else { &keys }
    )))
}

/// Returns the note on what was assumed about a dependency.
pub(super) fn assumed(chart: &Chart, assumption: &Assumption, path: &[String]) -> Diagnostic {
    let place = path.join(".");
    let (dependency, message) = match assumption {
        Assumption::Dependency(dependency) => (
            dependency,
            format!(
                "`{NAME}` from `{}` is assumed to be the z2jh chart",
                dependency.repository
            ),
        ),
        Assumption::Around(dependency) => {
            let Dependency { name, version, .. } = dependency;
            let inside = version_inside(name, version);
            let inside = inside.map_or_else(String::new, |inside| {
                format!(" ({name} {version} contains z2jh {inside})")
            });
            let message = format!(
                "chart `{name}` is missing from `charts/`: `{place}` is assumed to have z2jh values{inside}; the defaults of \
                 `{name}` are unknown"
            );
            (dependency, message)
        }
    };
    at(Diagnostic::new(&ASSUMED, message), dependency).help(build(chart))
}

/// Returns the note on dependencies that may contain the z2jh chart but are not available.
pub(super) fn missing(chart: &Chart, missing: &[Dependency]) -> Vec<Diagnostic> {
    let Some(first) = missing.first() else {
        return Vec::new();
    };
    let names: Vec<String> = missing.iter().map(|it| format!("`{}`", it.name)).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    let message = format!(
        "{} {verb} missing from `charts/`, so a hub that it contains is not linted",
        names.join(", ")
    );
    let message = if names.len() == 1 {
        message
    } else {
        message.replace("it contains", "they contain")
    };
    vec![at(Diagnostic::new(&MISSING, message), first).help(build(chart))]
}

fn at(note: Diagnostic, dependency: &Dependency) -> Diagnostic {
    let place = dependency.place.into_iter();
    place.fold(note, |note, place| note.at(place, "this dependency"))
}

fn build(chart: &Chart) -> String {
    format!(
        "run `helm dependency build` in the directory of `{}`, or set the key path of the values with `--hub KEYS`",
        chart.name
    )
}
