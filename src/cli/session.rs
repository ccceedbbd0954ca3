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

/// A reader of logs sees this many lines before the rest is only counted.
const MOST_LINES: usize = 40;

pub(super) static UNWRITABLE: Code =
    Code::error("CL004", "unwritable-output", "the output cannot be written")
        .page(include_str!("codes/unwritable.md"));

/// One command's run: what it reads, and where its messages and its result go.
pub(super) struct Session<'h> {
    pub(super) host: &'h dyn Host,
    /// What was read so far.
    pub(super) reader: Reader<'h>,
    is_policy_named: bool,
    /// Whether lines that are no diagnostics are left out.
    pub(super) is_quiet: bool,
    format: Format,
    /// What goes to files besides.
    files: Vec<FormatArg>,
    color: Color,
    /// What the run reads and writes, so that no output replaces an input.
    pub(super) outputs: Outputs,
    /// Where the document of a format for programs goes.
    document_place: DocumentPlace,
    /// All that was shown: a format for programs has one document, which is written at the end.
    shown: RefCell<Vec<Diagnostic>>,
    is_document_written: Cell<bool>,
    are_files_written: Cell<bool>,
}

/// Where the one document of a format for programs goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DocumentPlace {
    /// The findings are what was asked for.
    Stdout,
    /// Standard output has something else: manifests, a diff, values.
    Stderr,
    /// The command has a format of its own; a document is written only for errors.
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

    /// The same with its document in that place, and with the files of `--format` as outputs.
    pub(super) fn with_document(mut self, place: DocumentPlace) -> Self {
        self.document_place = place;
        for format in &self.files {
            self.outputs
                .add_output(format.file.as_deref().expect("these go to files"));
        }
        self
    }

    /// Shows what there is to say about what was just read: which policy decides, where it is far from the manifests,
    /// and what is odd in texts that can be used.
    pub(super) fn show_notes(&mut self) {
        if let Some(path) = self.reader.policy_above.take() {
            self.name_policy(&path);
        }
        let notes = std::mem::take(&mut self.reader.notes);
        self.show(&notes);
    }

    /// Names a policy that was found above the working folder, once, for people: it decides about manifests that
    /// are far from it.
    fn name_policy(&mut self, path: &Path) {
        let is_named = std::mem::replace(&mut self.is_policy_named, true);
        if !is_named && self.is_for_people() {
            self.say(&format!(
                "note: the policy is `{}`, above the working folder",
                path.display()
            ));
        }
    }

    /// Shows diagnostics on standard error, the worst first. What would fill more than a screen is
    /// counted. A format for programs has one document, so there they wait for the end of the run.
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
        // Each takes a line at least, so that the rest cannot come to be shown.
        let shown: Vec<Diagnostic> = sorted.into_iter().take(MOST_LINES).cloned().collect();
        let text = self.text(self.format, &shown, self.host.stderr_is_terminal());
        self.host
            .write_stderr(&report::first_lines(text, MOST_LINES));
        let hidden = diagnostics.len() - shown.len();
        if hidden > 0 {
            self.host.write_stderr(&format!(
                "{hidden} more messages; `--format json` has all of them\n"
            ));
        }
    }

    /// All diagnostics as text, in the order in which they come, for standard output. The document of a format for
    /// programs starts with what was shown before.
    pub(super) fn findings(&self, diagnostics: &[Diagnostic]) -> String {
        if !self.has_document() {
            return self.text(self.format, diagnostics, self.host.stdout_is_terminal());
        }
        self.is_document_written.set(true);
        self.text(self.format, &self.all(diagnostics), false)
    }

    /// What was shown, and these.
    fn all(&self, diagnostics: &[Diagnostic]) -> Vec<Diagnostic> {
        let mut all = self.shown.borrow().clone();
        all.extend_from_slice(diagnostics);
        all
    }

    /// How messages look on the stream.
    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Whether people read what is shown, and not programs.
    pub(super) fn is_for_people(&self) -> bool {
        matches!(self.format, Format::Concise | Format::Graphical)
    }

    /// Whether all diagnostics of the run are one document: a second one, or a line of text beside it, would break it.
    pub(super) fn has_document(&self) -> bool {
        !self.is_for_people() && self.format != Format::Github
    }

    /// Writes all diagnostics into the files that `--format` names.
    pub(super) fn write_files(&self, diagnostics: &[Diagnostic]) -> Result<(), Diagnostic> {
        self.are_files_written.set(true);
        let all = self.all(diagnostics);
        for FormatArg { format, file } in &self.files {
            let path = file.as_deref().expect("these go to files");
            self.write_file(path, &self.text(*format, &all, false))?;
        }
        Ok(())
    }

    /// Refuses, before anything is read, an output that would replace an input. Then no document is written.
    pub(super) fn check_outputs(&self) -> Result<(), Diagnostic> {
        let checked = self.outputs.check_all(&self.reader);
        self.are_files_written.set(checked.is_err());
        checked
    }

    /// The same for a rendering command with these files.
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

    /// Writes an output that an option names, unless it would replace an input.
    pub(super) fn write_file(&self, path: &Path, text: &str) -> Result<(), Diagnostic> {
        self.outputs.check(&self.reader, path)?;
        let written = self.host.write_file(path, text.as_bytes());
        written.map_err(|error| unwritable(&error))
    }

    /// Ends the run: writes the documents that are not written yet, so that each format has one whatever happened.
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

    /// A run that ended early may not know all of its inputs: it replaces nothing that could be one.
    fn finish_files(&self) -> Exit {
        let may_be_input = |format: &FormatArg| {
            let path = format.file.as_deref().expect("these go to files");
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

    /// The pages of rules, and where they are published, where the environment says it or somebody built it in.
    fn pages(&self) -> Pages {
        let said = self.host.env(env::PAGES);
        let said = said.and_then(|said| said.into_string().ok());
        let base = said.or_else(|| option_env!("DUNNAGE_PAGES").map(str::to_owned));
        let base = base.map(|base| base.trim_end_matches('/').to_owned());
        let is_address =
            |base: &String| !base.is_empty() && base.chars().all(|c| c.is_ascii_graphic());
        Pages {
            text: codes::page,
            base: base.filter(is_address),
        }
    }

    /// Whether a stream gets colours: the option, then `NO_COLOR`, `FORCE_COLOR`, then the terminal.
    pub(super) fn colors(&self, is_terminal: bool) -> bool {
        let is_set = |name| self.host.env(name).is_some_and(|value| !value.is_empty());
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto if is_set("NO_COLOR") => false,
            Color::Auto => is_set("FORCE_COLOR") || is_terminal,
        }
    }

    /// One line on standard error that is no diagnostic; left out where a document goes there, and by `--quiet`.
    pub(super) fn say(&self, line: &str) {
        if self.is_quiet {
            return;
        }
        if !self.has_document() || self.document_place == DocumentPlace::Stdout {
            self.host.write_stderr(&format!("{line}\n"));
        }
    }

    /// Shows diagnostics of which one at least is an error, and says how the command ends: where all errors
    /// say that the policy cannot be met, not as if the input could not be read.
    pub(super) fn fail(&self, diagnostics: &[Diagnostic]) -> Exit {
        self.show(diagnostics);
        let mut errors = diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.is_error());
        if errors.all(|error| render::is_unmet(error.code)) {
            Exit::Findings
        } else {
            Exit::Usage
        }
    }

    /// Writes the result. A reader that went away is no error of ours.
    pub(super) fn write(&self, text: &str) -> Exit {
        self.write_pieces(&[text])
    }

    /// The same for a result that is not in one piece.
    pub(super) fn write_pieces(&self, pieces: &[&str]) -> Exit {
        let error = match self.host.write_stdout(pieces) {
            Ok(()) | Err(HostError::BrokenPipe) => return Exit::Fine,
            Err(error) => error,
        };
        let error = Diagnostic::new(&UNWRITABLE, error.to_string())
            .help("run it again with a reader or a file that takes all of it");
        match self.document_place {
            // The document went to standard output.
            DocumentPlace::Stdout => self.show_now(&[error]),
            DocumentPlace::Stderr | DocumentPlace::Errors => self.show(&[error]),
        }
        Exit::Usage
    }
}

/// GitHub Actions shows what is said in its own way beside the lines of a pull request.
fn default_format(host: &dyn Host) -> Format {
    match host.env("GITHUB_ACTIONS") {
        Some(yes) if yes == "true" => Format::Github,
        _ => Format::Graphical,
    }
}

/// A file or folder that cannot be written.
pub(super) fn unwritable(error: &HostError) -> Diagnostic {
    Diagnostic::new(&UNWRITABLE, error.to_string())
        .help("look at the path and at who may write there")
}
