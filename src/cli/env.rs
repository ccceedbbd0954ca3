//! Environment variables that set options which the command line does not set: one table for all commands.
//!
//! An empty variable counts as not set, because pipelines cannot always unset a variable.

use std::ffi::OsString;

use super::USAGE;
use crate::diag::Diagnostic;
use crate::host::Read;

/// A variable, and the option that it sets in every command with this option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Variable {
    /// The id of the argument.
    pub(super) argument: &'static str,
    /// The name of the variable.
    pub(super) name: &'static str,
    pub(super) kind: VariableKind,
}

/// The type of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum VariableKind {
    /// A boolean.
    Flag,
    /// Any string.
    Text,
    /// One of the values of the option.
    Word,
    /// A list, separated by commas.
    List,
    /// A list of values of the option, separated by commas; each may be followed by `=FILE`.
    WordsToFiles,
    /// A path, in any encoding.
    Path,
    /// A list of paths, separated as in `PATH`.
    Paths,
}

impl VariableKind {
    /// Returns a note for `--help` if the variable has another form than the option.
    pub(super) fn note(self) -> &'static str {
        match self {
            VariableKind::WordsToFiles => ", separated by commas",
            VariableKind::Paths => ", separated like PATH",
            VariableKind::Flag
            | VariableKind::Text
            | VariableKind::Word
            | VariableKind::List
            | VariableKind::Path => "",
        }
    }

    /// Returns the type for the reference page.
    #[cfg(test)]
    pub(super) fn meaning(self) -> &'static str {
        match self {
            VariableKind::Flag => "`1`, `true` or `yes`; `0`, `false` or `no`",
            VariableKind::Text => "a string",
            VariableKind::Word => "a value of the option",
            VariableKind::List => "a list, separated by commas",
            VariableKind::WordsToFiles => "values of the option, separated by commas",
            VariableKind::Path => "a path",
            VariableKind::Paths => "a list of paths, separated as in `PATH`",
        }
    }
}

/// All variables that set options. The first unreadable one is reported.
pub(super) const VARIABLES: &[Variable] = &[
    variable("color", "DUNNAGE_COLOR", VariableKind::Word),
    variable("format", "DUNNAGE_FORMAT", VariableKind::WordsToFiles),
    variable("strict", "DUNNAGE_STRICT", VariableKind::Flag),
    variable("policy", "DUNNAGE_POLICY", VariableKind::Path),
    variable("report", "DUNNAGE_REPORT", VariableKind::Path),
    variable("hub_values", "DUNNAGE_VALUES", VariableKind::Paths),
    variable("namespace", "DUNNAGE_NAMESPACE", VariableKind::Text),
    variable("mode", "DUNNAGE_MODE", VariableKind::Word),
    variable("gate", "DUNNAGE_GATE", VariableKind::Flag),
    variable("previous", "DUNNAGE_PREVIOUS", VariableKind::Path),
    variable("select", "DUNNAGE_SELECT", VariableKind::List),
    variable("ignore", "DUNNAGE_IGNORE", VariableKind::List),
    variable("chart_version", "DUNNAGE_CHART_VERSION", VariableKind::Text),
    variable("to", "DUNNAGE_TO", VariableKind::Text),
    variable("baseline", "DUNNAGE_BASELINE", VariableKind::Path),
    variable("pedantic", "DUNNAGE_PEDANTIC", VariableKind::Flag),
    variable("exit_zero", "DUNNAGE_EXIT_ZERO", VariableKind::Flag),
    variable("fail_on", "DUNNAGE_FAIL_ON", VariableKind::Word),
    variable("exclude", "DUNNAGE_EXCLUDE", VariableKind::List),
    variable("quiet", "DUNNAGE_QUIET", VariableKind::Flag),
];

/// Where the pages of rules are published.
pub(super) const PAGES: &str = "DUNNAGE_PAGES";

const fn variable(argument: &'static str, name: &'static str, kind: VariableKind) -> Variable {
    Variable {
        argument,
        name,
        kind,
    }
}

/// Returns the variable of an option.
pub(super) fn variable_of(argument: &str) -> Option<Variable> {
    let mut all = VARIABLES.iter();
    all.find(|variable| variable.argument == argument).copied()
}

/// Values of a boolean, in any case.
const YES: [&str; 3] = ["1", "true", "yes"];
const NO: [&str; 3] = ["0", "false", "no"];

impl Variable {
    /// Returns the values for the option, as on a command line; none if the variable is not set. `known` are the possible
    /// values of the option.
    ///
    /// # Errors
    /// If the value does not have the type of the variable.
    pub(super) fn values(
        self,
        host: &dyn Read,
        known: &[String],
    ) -> Result<Vec<OsString>, Diagnostic> {
        let Some(value) = host.env(self.name).filter(|value| !value.is_empty()) else {
            return Ok(Vec::new());
        };
        let texts = match self.kind {
            VariableKind::Path => return Ok(vec![value]),
            VariableKind::Paths => return Ok(paths(&value)),
            VariableKind::Flag => self.flag(&self.text(value)?)?,
            VariableKind::Text => vec![self.text(value)?],
            VariableKind::Word => vec![self.word(self.text(value)?, known)?],
            VariableKind::List => list(&self.text(value)?),
            VariableKind::WordsToFiles => self.words_to_files(&self.text(value)?, known)?,
        };
        Ok(texts.into_iter().map(OsString::from).collect())
    }

    fn text(self, value: OsString) -> Result<String, Diagnostic> {
        value.into_string().map_err(|value| {
            let message = format!("`{}` is `{}`, expected Unicode", self.name, value.display());
            Diagnostic::new(&USAGE, message).help("set it to a Unicode string")
        })
    }

    fn flag(self, value: &str) -> Result<Vec<String>, Diagnostic> {
        let is_one_of = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(value));
        if is_one_of(&YES) {
            return Ok(vec!["true".to_owned()]);
        }
        if is_one_of(&NO) {
            return Ok(Vec::new());
        }
        let name = self.name;
        let message = format!("`{name}` is `{value}`, expected a boolean");
        let help = "use `1`, `true` or `yes`, or `0`, `false` or `no`";
        Err(Diagnostic::new(&USAGE, message).help(help))
    }

    fn word(self, word: String, known: &[String]) -> Result<String, Diagnostic> {
        if known.contains(&word) {
            return Ok(word);
        }
        let message = format!("`{}` is `{word}`, which is not a possible value", self.name);
        let help = format!("possible values: `{}`", known.join("`, `"));
        Err(Diagnostic::new(&USAGE, message).help(help))
    }

    fn words_to_files(self, text: &str, known: &[String]) -> Result<Vec<String>, Diagnostic> {
        let items: Vec<&str> = text.split(',').filter(|item| !item.is_empty()).collect();
        for item in &items {
            let word = item.split_once('=').map_or(*item, |(word, _)| word);
            self.word(word.to_owned(), known)?;
        }
        Ok(items.into_iter().map(str::to_owned).collect())
    }
}

fn list(text: &str) -> Vec<String> {
    let items = text.split(',').map(str::trim);
    let items = items.filter(|item| !item.is_empty());
    items.map(str::to_owned).collect()
}

fn paths(list: &OsString) -> Vec<OsString> {
    let paths = std::env::split_paths(list).map(OsString::from);
    paths.filter(|path| !path.is_empty()).collect()
}
