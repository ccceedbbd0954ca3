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
    "a dependency that is not at hand is assumed to be the z2jh chart, or to contain it",
)
.page(include_str!("assumed_chart.md"));

pub(super) static MISSING: Code = Code::note(
    "VA013",
    "dependency-not-at-hand",
    "a dependency that may contain the z2jh chart is not at hand",
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
        "these look like values of another chart called `{NAME}`, not of z2jh: it has no `{first}` and no `{second}`"
    );
    let first = found.as_map().and_then(|map| map.entries.values().next());
    let note = Diagnostic::new(&OTHER_CHART, message);
    let note = first.into_iter().fold(note, |note, value| {
        note.at(span(value), "not judged as values of z2jh")
    });
    let keys = path.join(".");
    Some(note.help(format!(
        "if they are values of z2jh, add `--hub {}`; otherwise name the chart by `--chart`",
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
                "chart `{name}` is not at hand: `{place}` is assumed to have the values of z2jh{inside}, and the defaults of \
                 `{name}` are not known"
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
        "{} {verb} not at hand, so a hub that it contains is not linted",
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
        "run `helm dependency build` in the folder of `{}`, or name the place of the values by `--hub KEYS`",
        chart.name
    )
}
