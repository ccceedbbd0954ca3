//! The summary line of a run.

use crate::diag::{Diagnostic, Level};

/// The counts of a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct LintSummary {
    /// The number of values files, charts and manifests that were linted.
    pub(super) files: usize,
    /// The number of skipped YAML files, whose content is none of these.
    pub(super) skipped: usize,
    /// The findings with fixes.
    pub(super) fixable: Fixable,
}

/// The number of findings with a fix that may be applied.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Fixable {
    /// With `--fix`.
    pub(super) safe_fixes: usize,
    /// With `--unsafe-fixes` too.
    pub(super) unsafe_fixes: usize,
}

impl LintSummary {
    /// Returns the line: `Found 4 errors, 1 warning in 12 files (3 fixable with --fix; 5 files skipped)`.
    pub(super) fn line(&self, findings: &[Diagnostic]) -> String {
        let levels = [Level::Error, Level::Warning, Level::Note, Level::Hint];
        let counts: Vec<String> = levels
            .iter()
            .map(|level| {
                let of_level = findings.iter().filter(|finding| finding.level == *level);
                (of_level.count(), level.name())
            })
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| plural(count, word))
            .collect();
        let found = match counts.as_slice() {
            [] => "No problems found".to_owned(),
            counts => format!("Found {}", counts.join(", ")),
        };
        let place = match self.files {
            0 => String::new(),
            files => format!(" in {}", plural(files, "file")),
        };
        let skipped =
            (self.skipped > 0).then(|| format!("{} skipped", plural(self.skipped, "file")));
        let notes: Vec<String> = self.fixable.note().into_iter().chain(skipped).collect();
        match notes.as_slice() {
            [] => format!("{found}{place}"),
            notes => format!("{found}{place} ({})", notes.join("; ")),
        }
    }
}

impl Fixable {
    fn note(self) -> Option<String> {
        let Self {
            safe_fixes,
            unsafe_fixes,
        } = self;
        match (safe_fixes, unsafe_fixes) {
            (0, 0) => None,
            (safe_fixes, 0) => Some(format!("{safe_fixes} fixable with --fix")),
            (0, unsafe_fixes) => Some(format!("{unsafe_fixes} fixable with --fix --unsafe-fixes")),
            (safe_fixes, unsafe_fixes) => Some(format!(
                "{safe_fixes} fixable with --fix, {unsafe_fixes} with --unsafe-fixes"
            )),
        }
    }
}

/// Returns a number with its noun: `1 file`, `2 files`.
pub(super) fn plural(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Code;

    const CODE: &Code = &Code::error("TS001", "test", "a test");

    #[track_caller]
    fn check(
        levels: &[Level],
        [files, skipped, safe_fixes, unsafe_fixes]: [usize; 4],
        expected: &str,
    ) {
        let findings = levels.iter().map(|level| Diagnostic {
            level: *level,
            ..Diagnostic::new(CODE, "a test")
        });
        let summary = LintSummary {
            files,
            skipped,
            fixable: Fixable {
                safe_fixes,
                unsafe_fixes,
            },
        };
        assert_eq!(summary.line(&findings.collect::<Vec<_>>()), expected);
    }

    #[test]
    fn the_line_counts_findings_files_and_fixes() {
        use Level::{Error, Hint, Note, Warning};
        check(
            &[Error, Warning, Error, Error, Error],
            [12, 5, 3, 1],
            "Found 4 errors, 1 warning in 12 files (3 fixable with --fix, 1 with --unsafe-fixes; 5 files skipped)",
        );
        check(
            &[Note, Hint, Note],
            [1, 0, 0, 0],
            "Found 2 notes, 1 hint in 1 file",
        );
        check(
            &[Warning],
            [1, 1, 0, 1],
            "Found 1 warning in 1 file (1 fixable with --fix --unsafe-fixes; 1 file skipped)",
        );
        check(
            &[Warning],
            [2, 0, 1, 0],
            "Found 1 warning in 2 files (1 fixable with --fix)",
        );
        check(&[], [3, 0, 0, 0], "No problems found in 3 files");
        check(&[], [0, 2, 0, 0], "No problems found (2 files skipped)");
    }
}
