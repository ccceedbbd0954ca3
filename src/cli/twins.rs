//! The environment twins of flags: what the command line does not say, a variable may. One that is set
//! but empty counts as not set: a pipeline empties what it cannot unset.

use std::ffi::OsString;
use std::path::PathBuf;

use super::USAGE;
use crate::diag::Diagnostic;
use crate::host::Host;

/// What a flag may hold, in any case.
const YES: [&str; 3] = ["1", "true", "yes"];
const NO: [&str; 3] = ["0", "false", "no"];

fn value(host: &dyn Host, name: &str) -> Option<OsString> {
    host.env(name).filter(|value| !value.is_empty())
}

pub(super) fn path(host: &dyn Host, name: &str) -> Option<PathBuf> {
    value(host, name).map(PathBuf::from)
}

/// A list as `PATH` is one.
pub(super) fn paths(host: &dyn Host, name: &str) -> Vec<PathBuf> {
    let list = value(host, name).unwrap_or_default();
    let paths = std::env::split_paths(&list);
    paths.filter(|path| !path.as_os_str().is_empty()).collect()
}

pub(super) fn flag(host: &dyn Host, name: &str) -> Result<bool, Diagnostic> {
    let Some(value) = text(host, name)? else {
        return Ok(false);
    };
    let is_one_of = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(&value));
    if is_one_of(&YES) || is_one_of(&NO) {
        return Ok(is_one_of(&YES));
    }
    let message = format!("`{name}` holds `{value}`, which is neither yes nor no");
    let help = "use `1`, `true` or `yes`, or `0`, `false` or `no`";
    Err(Diagnostic::new(&USAGE, message).help(help))
}

pub(super) fn text(host: &dyn Host, name: &str) -> Result<Option<String>, Diagnostic> {
    let not_unicode = |value: OsString| {
        let message = format!("`{name}` holds `{}`", value.display());
        Diagnostic::new(&USAGE, message).help("it has to be Unicode")
    };
    let value = value(host, name).map(OsString::into_string).transpose();
    value.map_err(not_unicode)
}

/// One of the words that the flag knows, too.
pub(super) fn word(
    host: &dyn Host,
    name: &str,
    known: &[String],
) -> Result<Option<String>, Diagnostic> {
    let word = text(host, name)?;
    word.map(|word| one_of(name, &word, known)).transpose()
}

/// A word of a variable, where it is one of those that the flag knows.
pub(super) fn one_of(name: &str, word: &str, known: &[String]) -> Result<String, Diagnostic> {
    if known.iter().any(|known| known == word) {
        return Ok(word.to_owned());
    }
    let message = format!("`{name}` holds `{word}`");
    let help = format!("it may hold `{}`", known.join("`, `"));
    Err(Diagnostic::new(&USAGE, message).help(help))
}
