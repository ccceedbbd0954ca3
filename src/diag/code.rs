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
    /// What explains it, as Markdown without title and level; empty for the rules of the linter, which hold
    /// their pages themselves.
    pub page: &'static str,
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
        }
    }
}
