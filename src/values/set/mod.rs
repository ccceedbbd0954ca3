//! Values on the command line: `--set` and the options like it, in Helm's own grammar (`pkg/strvals`).

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

/// Which of Helm's options an argument belongs to; Helm applies them in this order, whatever theirs on the
/// command line.
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

/// What is wrong with an argument, in words, and where.
#[derive(Debug)]
struct SetProblem {
    message: String,
    at: std::ops::Range<usize>,
}

/// Lays one argument over the values. `source` is the argument; `read_file` is asked for the files of
/// `--set-file`, and says why one cannot be read.
///
/// # Errors
/// Where Helm refuses the argument, or what it would be laid over.
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
        lay_all(values, &mut argument)
    };
    done.map_err(|flaw| {
        Diagnostic::new(&BROKEN, flaw.message)
            .at(Span::new(source, flaw.at), "")
            .help(
                "write `a.b=1,c[0]=x`, lists as `a={x,y}`, and escape special characters with `\\`",
            )
    })
}

fn lay_all(values: &mut Value, argument: &mut Argument<'_>) -> Result<(), SetProblem> {
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
