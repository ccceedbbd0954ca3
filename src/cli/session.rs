use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};

use super::Exit;
use super::args::{Color, Format, FormatArg, OutputArgs, PolicyOptions};
use super::codes;
use super::env;
use super::outputs::Outputs;
use crate::diag::{Code, Diagnostic};
use crate::host::{Host, HostError};
use crate::project::Reader;
use crate::render;
use crate::report::{self, OutputOptions, Pages};

/// The most lines of messages that are shown; further messages are counted.
const MOST_LINES: usize = 40;

pub(super) static UNWRITABLE: Code =
    Code::error("CL004", "unwritable-output", "the output cannot be written")
        .page(include_str!("codes/unwritable.md"));

/// One run of a command: what it reads, and where its messages and its result go.
pub(super) struct Session<'h> {
    pub(super) host: &'h dyn Host,
    /// The sources read so far.
    pub(super) reader: Reader<'h>,
    is_policy_named: bool,
    /// Whether lines other than diagnostics are hidden (`--quiet`).
    pub(super) is_quiet: bool,
    format: Format,
    /// The formats that are written to files.
    files: Vec<FormatArg>,
    color: Color,
    /// Inputs and outputs of the run, so that no output overwrites an input.
    pub(super) outputs: Outputs,
    /// Where the document of a machine-readable format goes.
    document_place: DocumentPlace,
    /// All diagnostics shown: a machine-readable format has one document, which is written at the end.
    shown: RefCell<Vec<Diagnostic>>,
    is_document_written: Cell<bool>,
    are_files_written: Cell<bool>,
}

/// Where the one document of a machine-readable format goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DocumentPlace {
    /// Findings are the result.
    Stdout,
    /// Standard output has another result: manifests, a diff, values.
    Stderr,
    /// The command has its own format; a document is written only for errors.
    Errors,
}

impl<'h> Session<'h> {
    pub(super) fn new(host: &'h dyn Host, look: &OutputArgs) -> Self {
        let first = look.format.iter().find(|format| format.file.is_none());
        let files = look.format.iter().filter(|format| format.file.is_some());
        Self {
            host,
            reader: Reader::new(host),
            is_policy_named: false,
            is_quiet: false,
            format: first.map_or_else(|| default_format(host), |first| first.format),
            files: files.cloned().collect(),
            color: look.color.unwrap_or(Color::Auto),
            outputs: Outputs::default(),
            document_place: DocumentPlace::Errors,
            shown: RefCell::default(),
            is_document_written: Cell::new(false),
            are_files_written: Cell::new(false),
        }
    }

    /// Sets the place of the document, and adds the files of `--format` as outputs.
    pub(super) fn with_document(mut self, place: DocumentPlace) -> Self {
        self.document_place = place;
        for format in &self.files {
            self.outputs.add_output(format.file.as_deref().expect("a format with a file"));
        }
        self
    }

    /// Shows notes on what was just read: a policy from a parent directory, and notes on usable sources.
    pub(super) fn show_notes(&mut self) {
        if let Some(path) = self.reader.policy_above.take() {
            self.name_policy(&path);
        }
        let notes = std::mem::take(&mut self.reader.notes);
        self.show(&notes);
    }

    /// Names a policy that was found in a parent directory, once and for people.
    fn name_policy(&mut self, path: &Path) {
        let is_named = std::mem::replace(&mut self.is_policy_named, true);
        if !is_named && self.is_for_people() {
            self.say(&format!(
                "note: using policy `{}` from a parent directory",
                path.display()
            ));
        }
    }

    /// Shows diagnostics on standard error, errors first. What exceeds [`MOST_LINES`] is counted. A machine-readable format
    /// has one document, so it is written at the end of the run.
    pub(super) fn show(&self, diagnostics: &[Diagnostic]) {
        self.shown.borrow_mut().extend_from_slice(diagnostics);
        if !self.has_document() {
            self.show_now(diagnostics);
        }
    }

    fn show_now(&self, diagnostics: &[Diagnostic]) {
        if diagnostics.is_empty() {
            return;
        }
        if !self.is_for_people() {
            let text = self.text(self.format, diagnostics, false);
            return self.host.write_stderr(&text);
        }
        let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
        sorted.sort_by_key(|diagnostic| diagnostic.level);
        // Each diagnostic has at least one line, so the others cannot be shown.
        let shown: Vec<Diagnostic> = sorted.into_iter().take(MOST_LINES).cloned().collect();
        let text = self.text(self.format, &shown, self.host.stderr_is_terminal());
        self.host.write_stderr(&report::first_lines(text, MOST_LINES));
        let hidden = diagnostics.len() - shown.len();
        if hidden > 0 {
            self.host.write_stderr(&format!(
                "{hidden} more messages; use `--format json` to see all of them\n"
            ));
        }
    }

    /// Returns the diagnostics as text for standard output. The document of a machine-readable format starts with those
    /// shown before.
    pub(super) fn findings(&self, diagnostics: &[Diagnostic]) -> String {
        if !self.has_document() {
            return self.text(self.format, diagnostics, self.host.stdout_is_terminal());
        }
        self.is_document_written.set(true);
        self.text(self.format, &self.all(diagnostics), false)
    }

    /// Returns the diagnostics shown so far, followed by these.
    fn all(&self, diagnostics: &[Diagnostic]) -> Vec<Diagnostic> {
        let mut all = self.shown.borrow().clone();
        all.extend_from_slice(diagnostics);
        all
    }

    /// Returns the format of messages.
    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Returns whether the format is for people, not for programs.
    pub(super) fn is_for_people(&self) -> bool {
        matches!(self.format, Format::Concise | Format::Graphical)
    }

    /// Returns whether the format has one document per run, which other lines would break.
    pub(super) fn has_document(&self) -> bool {
        !self.is_for_people() && self.format != Format::Github
    }

    /// Writes all diagnostics to the files of `--format`.
    pub(super) fn write_files(&self, diagnostics: &[Diagnostic]) -> Result<(), Diagnostic> {
        self.are_files_written.set(true);
        let all = self.all(diagnostics);
        for FormatArg { format, file } in &self.files {
            let path = file.as_deref().expect("a format with a file");
            self.write_file(path, &self.text(*format, &all, false))?;
        }
        Ok(())
    }

    /// Refuses, before anything is read, an output that would overwrite an input. Then no document is written.
    pub(super) fn check_outputs(&self) -> Result<(), Diagnostic> {
        let checked = self.outputs.check_all(&self.reader);
        self.are_files_written.set(checked.is_err());
        checked
    }

    /// Does the same for a command that applies a policy to these files.
    pub(super) fn check_policy_outputs(
        &mut self,
        files: &[impl AsRef<Path>],
        asked: &PolicyOptions,
        previous: Option<&Path>,
    ) -> Result<(), Diagnostic> {
        let named = asked.policy.iter().chain(&asked.values);
        let named = named.map(PathBuf::as_path).chain(previous);
        for input in files.iter().map(AsRef::as_ref).chain(named) {
            self.outputs.add_input(input);
        }
        if let Some(report) = &asked.report {
            self.outputs.add_output(report);
        }
        self.check_outputs()
    }

    /// Writes an output of an option, unless it would overwrite an input.
    pub(super) fn write_file(&self, path: &Path, text: &str) -> Result<(), Diagnostic> {
        self.outputs.check(&self.reader, path)?;
        let written = self.host.write_file(path, text.as_bytes());
        written.map_err(|error| unwritable(&error))
    }

    /// Ends the run: writes all documents that are not written yet, so that each format has one even after an error.
    pub(super) fn finish(&self, exit: Exit) -> Exit {
        let exit = exit.max(self.finish_files());
        let is_empty = self.shown.borrow().is_empty();
        if !self.has_document()
            || self.is_document_written.get()
            || is_empty && self.document_place == DocumentPlace::Errors
        {
            return exit;
        }
        let document = self.findings(&[]);
        if self.document_place == DocumentPlace::Stdout {
            return exit.max(self.write(&document));
        }
        self.host.write_stderr(&document);
        exit
    }

    /// Writes the files of `--format`. A run that ended early may not know all of its inputs, so it overwrites no file that
    /// could be one.
    fn finish_files(&self) -> Exit {
        let may_be_input = |format: &FormatArg| {
            let path = format.file.as_deref().expect("a format with a file");
            let extension = path.extension().and_then(|extension| extension.to_str());
            matches!(extension, Some("yaml" | "yml" | "tgz")) && self.host.is_file(path)
        };
        if self.are_files_written.get() || self.files.iter().any(may_be_input) {
            return Exit::Fine;
        }
        match self.write_files(&[]) {
            Ok(()) => Exit::Fine,
            Err(error) => self.fail(&[error]),
        }
    }

    fn text(&self, format: Format, diagnostics: &[Diagnostic], is_terminal: bool) -> String {
        let sources = &self.reader.sources;
        match format {
            Format::Graphical if diagnostics.is_empty() => String::new(),
            Format::Graphical => {
                report::graphical(sources, diagnostics, &self.look_on(is_terminal))
            }
            Format::Concise => report::concise(sources, diagnostics),
            Format::Json => report::json(sources, diagnostics),
            Format::JsonLines => report::json_lines(sources, diagnostics),
            Format::Sarif => report::sarif(sources, diagnostics, &self.pages()),
            Format::Github => report::github(sources, diagnostics),
            Format::Gitlab => report::gitlab(sources, diagnostics),
            Format::Junit => report::junit(sources, diagnostics),
            Format::Checkstyle => report::checkstyle(sources, diagnostics),
        }
    }

    fn look_on(&self, is_terminal: bool) -> OutputOptions {
        let width = self.host.terminal_width().unwrap_or(100);
        OutputOptions {
            color: self.colors(is_terminal),
            unicode: is_terminal,
            width,
            wraps: is_terminal,
            pages: is_terminal.then(|| self.pages()),
        }
    }

    /// Returns the pages of rules with their base address, from the environment or the build.
    fn pages(&self) -> Pages {
        let given = self.host.env(env::PAGES);
        let given = given.and_then(|given| given.into_string().ok());
        let base = given.or_else(|| option_env!("DUNNAGE_PAGES").map(str::to_owned));
        let base = base.map(|base| base.trim_end_matches('/').to_owned());
        let is_address =
            |base: &String| !base.is_empty() && base.chars().all(|c| c.is_ascii_graphic());
        Pages {
            text: codes::page,
            base: base.filter(is_address),
        }
    }

    /// Returns whether a stream gets colours, by the option, `NO_COLOR`, `FORCE_COLOR` and the terminal, in this order.
    pub(super) fn colors(&self, is_terminal: bool) -> bool {
        let is_set = |name| self.host.env(name).is_some_and(|value| !value.is_empty());
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto if is_set("NO_COLOR") => false,
            Color::Auto => is_set("FORCE_COLOR") || is_terminal,
        }
    }

    /// Writes a line that is not a diagnostic to standard error, unless a document goes there or `--quiet` is set.
    pub(super) fn say(&self, line: &str) {
        if self.is_quiet {
            return;
        }
        if !self.has_document() || self.document_place == DocumentPlace::Stdout {
            self.host.write_stderr(&format!("{line}\n"));
        }
    }

    /// Shows diagnostics, at least one of which is an error, and returns the exit code: findings if the policy cannot be met,
    /// otherwise a usage error.
    pub(super) fn fail(&self, diagnostics: &[Diagnostic]) -> Exit {
        self.show(diagnostics);
        let mut errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
        if errors.all(|error| render::is_unmet(error.code)) {
            Exit::Findings
        } else {
            Exit::Usage
        }
    }

    /// Writes the result. A closed pipe is not an error.
    pub(super) fn write(&self, text: &str) -> Exit {
        self.write_pieces(&[text])
    }

    /// Writes a result in several pieces.
    pub(super) fn write_pieces(&self, pieces: &[&str]) -> Exit {
        let error = match self.host.write_stdout(pieces) {
            Ok(()) | Err(HostError::BrokenPipe) => return Exit::Fine,
            Err(error) => error,
        };
        let error = Diagnostic::new(&UNWRITABLE, error.to_string())
            .help("run it again and read all of the output, or write it to a file");
        match self.document_place {
            // The document already went to standard output.
            DocumentPlace::Stdout => self.show_now(&[error]),
            DocumentPlace::Stderr | DocumentPlace::Errors => self.show(&[error]),
        }
        Exit::Usage
    }
}

/// Returns the default format: in GitHub Actions, annotations next to the lines of a pull request.
fn default_format(host: &dyn Host) -> Format {
    match host.env("GITHUB_ACTIONS") {
        Some(yes) if yes == "true" => Format::Github,
        _ => Format::Graphical,
    }
}

/// Returns the error for a file or directory that cannot be written.
pub(super) fn unwritable(error: &HostError) -> Diagnostic {
    Diagnostic::new(&UNWRITABLE, error.to_string()).help("check the path and its permissions")
}
