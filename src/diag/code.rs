use serde::Serialize;

/// Level of a diagnostic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Level {
    /// The command fails, or a release with it fails or loses data.
    Error,
    /// Probably a mistake; the command continues.
    Warning,
    /// Worth knowing; without `--strict` it never changes the exit code.
    Note,
    /// A matter of taste or scale; shown only on request.
    Hint,
}

impl Level {
    /// Returns the name: `warning`.
    pub fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
            Level::Hint => "hint",
        }
    }
}

/// The metadata of one kind of diagnostic, declared as a `static` next to the code that raises it.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The short id, which never changes once released: `RN003`.
    pub id: &'static str,
    /// The name of the problem in kebab case: `affinity-contradiction`.
    pub name: &'static str,
    /// One sentence without a full stop, which makes sense in a list of all codes.
    pub summary: &'static str,
    /// The default level.
    pub level: Level,
    /// The page in Markdown, without the head that [`Code::explanation`] adds.
    pub page: &'static str,
    /// The kind of fix that its diagnostics may have.
    pub fix: FixKind,
    /// The first version of dunnage with this code.
    pub since: &'static str,
}

/// The kind of fix that diagnostics of a code may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FixKind {
    /// No fix.
    None,
    /// A fix that keeps the meaning, or does the only thing that can be meant: `--fix` applies it. In the cases that its page
    /// names, it needs `--unsafe-fixes` too.
    Safe,
    /// A fix that needs review: it needs `--unsafe-fixes`.
    Unsafe,
}

impl FixKind {
    /// Returns the name: `unsafe`.
    pub fn name(self) -> &'static str {
        match self {
            FixKind::None => "none",
            FixKind::Safe => "safe",
            FixKind::Unsafe => "unsafe",
        }
    }
}

impl Code {
    /// Returns a code that is an error by default.
    pub const fn error(id: &'static str, name: &'static str, summary: &'static str) -> Self {
        Self::new(id, name, summary, Level::Error)
    }

    /// Returns a code that is a warning by default.
    pub const fn warning(id: &'static str, name: &'static str, summary: &'static str) -> Self {
        Self::new(id, name, summary, Level::Warning)
    }

    /// Returns a code that is a note by default.
    pub const fn note(id: &'static str, name: &'static str, summary: &'static str) -> Self {
        Self::new(id, name, summary, Level::Note)
    }

    /// Returns a code that is a hint by default.
    pub const fn hint(id: &'static str, name: &'static str, summary: &'static str) -> Self {
        Self::new(id, name, summary, Level::Hint)
    }

    /// Returns the code with its page.
    #[must_use]
    pub const fn page(mut self, page: &'static str) -> Self {
        self.page = page;
        self
    }

    /// Returns the code with the kind of fix that its diagnostics may have.
    #[must_use]
    pub const fn fix(mut self, fix: FixKind) -> Self {
        self.fix = fix;
        self
    }

    /// Returns the code with the first version of dunnage that has it, if that is not 0.1.0.
    #[must_use]
    pub const fn since(mut self, version: &'static str) -> Self {
        self.since = version;
        self
    }

    /// Returns the whole page in Markdown.
    pub fn explanation(&self) -> String {
        let Self {
            id,
            name,
            page,
            since,
            ..
        } = self;
        let level = self.level.name();
        let fix = self.fix.name();
        format!("# {id} {name}\n\n- Level: {level}\n- Fix: {fix}\n- Since: {since}\n\n{page}")
    }

    const fn new(
        id: &'static str,
        name: &'static str,
        summary: &'static str,
        level: Level,
    ) -> Self {
        Self {
            id,
            name,
            summary,
            level,
            page: "",
            fix: FixKind::None,
            since: "0.1.0",
        }
    }
}
