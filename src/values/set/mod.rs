//! Values on the command line: `--set` and similar options, in Helm's grammar (`pkg/strvals`).

mod assign;
mod read;

use assign::{Leaf, assign};
use read::{Argument, End};

use super::{Content, Helm, Map, Value, lay_over};
use crate::diag::{Code, Diagnostic};
use crate::text::{SourceId, Span};

pub(super) static BROKEN: Code = Code::error(
    "VA002",
    "set-argument-broken",
    "Helm cannot parse the argument of a `--set` option",
)
.page(include_str!("broken.md"));

/// The option of an argument. Helm applies the options in this order, whatever their order on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SetKind {
    /// `--set-json`
    Json,
    /// `--set`
    Typed,
    /// `--set-string`
    String,
    /// `--set-file`
    File,
    /// `--set-literal`
    Literal,
}

/// What is wrong with an argument, and where.
#[derive(Debug)]
struct SetProblem {
    message: String,
    at: std::ops::Range<usize>,
}

/// Applies an argument to values. `source` is the argument. `read_file` returns the content of a file for
/// `--set-file`, or why it cannot be read.
///
/// # Errors
/// If Helm refuses the argument, or the existing values do not fit it.
pub fn set(
    values: &mut Value,
    kind: SetKind,
    helm: Helm,
    source: SourceId,
    text: &str,
    read_file: &mut dyn FnMut(&str) -> Result<String, String>,
) -> Result<(), Diagnostic> {
    let mut argument = Argument {
        text,
        source,
        kind,
        at: 0,
        read_file,
    };
    let done = if kind == SetKind::Json && helm == Helm::Four && text.trim_start().starts_with('{')
    {
        argument.object().map(|object| lay_over(values, object))
    } else {
        assign_all(values, &mut argument)
    };
    done.map_err(|flaw| {
        Diagnostic::new(&BROKEN, flaw.message).at(Span::new(source, flaw.at), "").help(
            "write `a.b=1,c[0]=x`, lists as `a={x,y}`, and escape special characters with `\\`",
        )
    })
}

/// Applies all assignments of an argument: `a=1,b=2`.
fn assign_all(values: &mut Value, argument: &mut Argument<'_>) -> Result<(), SetProblem> {
    while argument.at < argument.text.len() {
        let start = argument.at;
        let (path, end) = argument.path()?;
        let at = start..argument.at;
        let leaf = match end {
            End::Input => Leaf::Nothing,
            End::Value => argument.leaf(&path)?,
        };
        let made = Value::new(
            Content::map(Map::default()),
            None,
            Span::new(argument.source, 0..0),
        );
        assign(values, &path, leaf, &made).map_err(|message| SetProblem { message, at })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
