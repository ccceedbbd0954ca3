use std::path::Path;

use super::Exit;
use super::args::{Color, Format, FormatArg, LookOptions};
use super::codes;
use crate::diag::{Code, Diagnostic};
use crate::host::{Host, HostError};
use crate::render;
use crate::report::{self, Look, Pages};
use crate::text::{SourceId, Sources};

/// A reader of logs sees this many lines before the rest is only counted.
const MOST_LINES: usize = 40;

pub(super) static UNREADABLE: Code = Code::error(
    "CL003",
    "unreadable-input",
    "a file or the standard input cannot be read",
)
.page(include_str!("codes/unreadable.md"));

pub(super) static UNWRITABLE: Code =
    Code::error("CL004", "unwritable-output", "the output cannot be written")
        .page(include_str!("codes/unwritable.md"));

/// One command's run: the world, the texts read so far, and how messages look.
pub(super) struct Session<'h> {
    pub(super) host: &'h dyn Host,
    pub(super) sources: Sources,
    is_stdin_read: bool,
    format: Format,
    /// What goes to files besides.
    files: Vec<FormatArg>,
    color: Color,
}

impl<'h> Session<'h> {
    pub(super) fn new(host: &'h dyn Host, look: &LookOptions) -> Self {
        let first = look.format.iter().find(|format| format.file.is_none());
        let files = look.format.iter().filter(|format| format.file.is_some());
        Self {
            host,
            sources: Sources::default(),
            is_stdin_read: false,
            format: first.map_or_else(|| default_format(host), |first| first.format),
            files: files.cloned().collect(),
            color: look.color.unwrap_or(Color::Auto),
        }
    }

    /// A run that nobody sees.
    pub(super) fn quiet(host: &'h dyn Host) -> Self {
        Self::new(host, &LookOptions::default())
    }

    /// A run beside this one, with texts of its own, that looks the same.
    pub(super) fn beside(&self) -> Self {
        Self {
            host: self.host,
            sources: Sources::default(),
            is_stdin_read: true,
            format: self.format,
            files: Vec::new(),
            color: self.color,
        }
    }

    /// Reads a file; `-` is standard input.
    pub(super) fn read(&mut self, path: &Path) -> Result<SourceId, Diagnostic> {
        if path == Path::new("-") || path == Path::new("/dev/stdin") {
            return self.read_stdin();
        }
        let text = self
            .host
            .read_file(path)
            .map_err(|error| unreadable(path, &error))?;
        Ok(self.sources.add(path.display().to_string(), text))
    }

    /// Reads all of standard input. A second time it would be empty, and a release without objects is
    /// one that Helm deletes.
    pub(super) fn read_stdin(&mut self) -> Result<SourceId, Diagnostic> {
        const NAME: &str = "<stdin>";
        if std::mem::replace(&mut self.is_stdin_read, true) {
            return Err(stdin_read_twice());
        }
        let text = self
            .host
            .read_stdin()
            .map_err(|error| unreadable(Path::new(NAME), &error))?;
        Ok(self.sources.add_fixed(NAME, text))
    }

    /// Shows diagnostics on standard error, the worst first. What would fill more than a screen is
    /// counted, but for JSON, which programs read.
    pub(super) fn show(&self, diagnostics: &[Diagnostic]) {
        if diagnostics.is_empty() {
            return;
        }
        let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
        sorted.sort_by_key(|diagnostic| diagnostic.level);
        // Each takes a line at least, so that the rest cannot come to be shown.
        let shown: Vec<Diagnostic> = sorted.into_iter().take(MOST_LINES).cloned().collect();
        if !matches!(self.format, Format::Concise | Format::Graphical) {
            let text = self.text(self.format, diagnostics, false);
            return self.host.write_stderr(&text);
        }
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

    /// All diagnostics as text, in the order in which they come, for standard output.
    pub(super) fn findings(&self, diagnostics: &[Diagnostic]) -> String {
        self.text(self.format, diagnostics, self.host.stdout_is_terminal())
    }

    /// How messages look on the stream.
    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Whether people read what is shown, and not programs.
    pub(super) fn is_for_people(&self) -> bool {
        matches!(self.format, Format::Concise | Format::Graphical)
    }

    /// Writes all diagnostics into the files that `--format` names.
    pub(super) fn write_files(&self, diagnostics: &[Diagnostic]) -> Result<(), Diagnostic> {
        for FormatArg { format, file } in &self.files {
            let path = file.as_deref().expect("these go to files");
            let text = self.text(*format, diagnostics, false);
            let written = self.host.write_file(path, text.as_bytes());
            written.map_err(|error| unwritable(&error))?;
        }
        Ok(())
    }

    fn text(&self, format: Format, diagnostics: &[Diagnostic], is_terminal: bool) -> String {
        let sources = &self.sources;
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

    fn look_on(&self, is_terminal: bool) -> Look {
        let width = self.host.terminal_width().unwrap_or(100);
        Look {
            color: self.colors(is_terminal),
            unicode: is_terminal,
            width,
            pages: is_terminal.then(|| self.pages()),
        }
    }

    /// The pages of rules, and where they are published, where the environment says it or somebody built it in.
    fn pages(&self) -> Pages {
        let said = self.host.env("DUNNAGE_PAGES");
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

    /// One line on standard error that is no diagnostic.
    pub(super) fn say(&self, line: &str) {
        self.host.write_stderr(&format!("{line}\n"));
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
        match self.host.write_stdout(pieces) {
            Ok(()) | Err(HostError::BrokenPipe) => Exit::Fine,
            Err(error) => {
                self.show(&[Diagnostic::new(
                    &UNWRITABLE,
                    format!("cannot write the output: {error}"),
                )
                .help("nothing was lost: run it again")]);
                Exit::Usage
            }
        }
    }
}

/// GitHub Actions shows what is said in its own way beside the lines of a pull request.
fn default_format(host: &dyn Host) -> Format {
    match host.env("GITHUB_ACTIONS") {
        Some(yes) if yes == "true" => Format::Github,
        _ => Format::Graphical,
    }
}

/// What cannot be read, and why not.
pub(super) fn unreadable(path: &Path, error: &HostError) -> Diagnostic {
    let path = path.display();
    Diagnostic::new(
        &UNREADABLE,
        match error {
            HostError::Read { source, .. } => format!("cannot read `{path}`: {source}"),
            HostError::InvalidUtf8 { line, column, .. } => {
                format!("{path}:{line}:{column}: this is not UTF-8")
            }
            other => format!("cannot read `{path}`: {other}"),
        },
    )
    .help(match error {
        HostError::InvalidUtf8 { .. } => "save it as UTF-8; a Windows shell may need `chcp 65001`",
        _ => "look at the path and at who may read it",
    })
}

fn stdin_read_twice() -> Diagnostic {
    Diagnostic::new(&UNREADABLE, "standard input is named twice")
        .help("the manifests come from there where no file is named; write the other into a file")
}

/// A file or folder that cannot be written.
pub(super) fn unwritable(error: &HostError) -> Diagnostic {
    Diagnostic::new(&UNWRITABLE, error.to_string())
        .help("look at the path and at who may write there")
}

/// Standard output belongs to the manifests, or to what is shown in their place.
pub(super) fn no_second_output() -> Diagnostic {
    Diagnostic::new(
        &UNWRITABLE,
        "the report cannot go to standard output, which is taken",
    )
    .help("name a file; `/dev/stderr` is one too")
}
