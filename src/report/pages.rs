use crate::diag::Code;

/// The pages of codes, and where they are published.
#[derive(Debug, Clone)]
pub struct Pages {
    /// Returns the page of a code in Markdown; `None` for codes without one.
    pub text: fn(&Code) -> Option<String>,
    /// The address of the documentation site without a slash at its end, if it is known. It has the pages as
    /// `rules/PH001.html`.
    pub base: Option<String>,
}

impl Pages {
    /// No pages.
    pub const NONE: Self = Self {
        text: |_| None,
        base: None,
    };

    /// Returns the address of the page of a code.
    pub(super) fn link(&self, code: &Code) -> Option<String> {
        let base = self.base.as_ref()?;
        (self.text)(code).map(|_| format!("{base}/rules/{}.html", code.id))
    }
}
