use serde::Serialize;

/// How much a diagnostic matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Level {
    /// Nothing can be produced, or what would be produced is wrong.
    Error,
    /// Likely a mistake; the work goes on.
    Warning,
    /// Worth knowing; never changes the exit code without `--strict`.
    Note,
    /// A matter of taste or of scale; shown where it is asked for.
    Hint,
}

impl Level {
    /// How it is called: `warning`.
    pub fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
            Level::Hint => "hint",
        }
    }
}

/// The declared metadata of one kind of diagnostic; each is a `static` beside the code that raises it.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// Short and never changed once released: `RN003`.
    pub id: &'static str,
    /// Names the bad thing in kebab case: `affinity-contradiction`.
    pub name: &'static str,
    /// One sentence without a full stop.
    pub summary: &'static str,
    /// The level unless configuration says otherwise.
    pub level: Level,
    /// What explains it, as Markdown without the head that [`Code::explanation`] adds.
    pub page: &'static str,
    /// Which fix a diagnostic with this code may bring.
    pub fix: FixKind,
    /// The first version of dunnage that has it.
    pub since: &'static str,
}

/// Which fix diagnostics with a code may bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FixKind {
    /// None.
    None,
    /// One that keeps the meaning, or does the only thing that can be meant: `--fix` applies it. In some cases, which
    /// the page names, it takes `--unsafe-fixes` too.
    Safe,
    /// One that somebody has to look at: it takes `--unsafe-fixes`.
    Unsafe,
}

impl FixKind {
    /// How it is called: `unsafe`.
    pub fn name(self) -> &'static str {
        match self {
            FixKind::None => "none",
            FixKind::Safe => "safe",
            FixKind::Unsafe => "unsafe",
        }
    }
}

impl Code {
    /// A code that is an error unless configuration says otherwise.
    pub const fn error(id: &'static str, name: &'static str, summary: &'static str) -> Self {
        Self::new(id, name, summary, Level::Error)
    }

    /// A code that is a warning.
    pub const fn warning(id: &'static str, name: &'static str, summary: &'static str) -> Self {
        Self::new(id, name, summary, Level::Warning)
    }

    /// A code that is a note.
    pub const fn note(id: &'static str, name: &'static str, summary: &'static str) -> Self {
        Self::new(id, name, summary, Level::Note)
    }

    /// A code that is a hint.
    pub const fn hint(id: &'static str, name: &'static str, summary: &'static str) -> Self {
        Self::new(id, name, summary, Level::Hint)
    }

    /// The same code with the page that explains it.
    #[must_use]
    pub const fn page(mut self, page: &'static str) -> Self {
        self.page = page;
        self
    }

    /// The same code with the fix that its diagnostics may bring.
    #[must_use]
    pub const fn fix(mut self, fix: FixKind) -> Self {
        self.fix = fix;
        self
    }

    /// The same code with the first version of dunnage that has it, where that is not 0.1.0.
    #[must_use]
    pub const fn since(mut self, version: &'static str) -> Self {
        self.since = version;
        self
    }

    /// What explains it, as a whole Markdown page.
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
