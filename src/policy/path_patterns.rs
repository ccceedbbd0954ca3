use std::path::Path;

use glob::{MatchOptions, Pattern};

use super::codes::BAD_GLOB;
use crate::diag::Diagnostic;

/// Patterns of files and directories, as in a `.gitignore`: one with a slash is a path, one without is a name at any
/// depth. A directory includes everything in it.
#[derive(Debug, Clone, Default)]
pub struct PathPatterns {
    /// The patterns, each with whether it is a path.
    patterns: Vec<(Pattern, bool)>,
}

const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

impl PathPatterns {
    /// Reads patterns of the command line.
    ///
    /// # Errors
    /// The first one that is not a pattern.
    pub fn read(texts: &[String]) -> Result<Self, Diagnostic> {
        let pattern = |text: &String| {
            let plain = text.trim_end_matches('/');
            let plain = plain.strip_prefix("./").unwrap_or(plain);
            let is_path = plain.contains('/');
            let plain = plain.strip_prefix('/').unwrap_or(plain);
            match Pattern::new(plain) {
                Ok(pattern) => Ok((pattern, is_path)),
                Err(error) => {
                    let message = format!("`{text}` is not a pattern: {}", error.msg);
                    let help = "`*` is any part of a name, `**` any directories, `?` one character";
                    Err(Diagnostic::new(&BAD_GLOB, message).help(help))
                }
            }
        };
        let patterns = texts.iter().map(pattern).collect::<Result<_, _>>()?;
        Ok(Self { patterns })
    }

    /// Whether a path, which starts at the working folder, is a file or lies in a folder that one of the patterns names.
    pub fn has(&self, path: &Path) -> bool {
        let mut around = path.ancestors();
        !self.patterns.is_empty() && around.any(|path| self.names(path))
    }

    fn names(&self, path: &Path) -> bool {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            return false;
        };
        let mut patterns = self.patterns.iter();
        patterns.any(|(pattern, is_path)| {
            if *is_path {
                pattern.matches_path_with(path, OPTIONS)
            } else {
                pattern.matches_with(name, OPTIONS)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, path: &str, expected: bool) {
        let patterns = PathPatterns::read(&[pattern.to_owned()]).expect("a pattern");
        assert_eq!(patterns.has(Path::new(path)), expected, "{pattern} {path}");
    }

    #[test]
    fn a_name_counts_anywhere_and_a_path_from_the_working_folder() {
        for (pattern, path, expected) in [
            ("*.example.yaml", "a/b/x.example.yaml", true),
            ("*.example.yaml", "x.yaml", false),
            ("old", "a/old/b/x.yaml", true),
            ("old/", "old/x.yaml", true),
            ("old", "older/x.yaml", false),
            ("deployments/old", "deployments/old/x.yaml", true),
            ("./deployments/old/", "deployments/old/x.yaml", true),
            ("deployments/old", "a/deployments/old/x.yaml", false),
            ("**/deployments/old", "a/deployments/old/x.yaml", true),
            (
                "deployments/*/secret.yaml",
                "deployments/a/secret.yaml",
                true,
            ),
            ("deployments/*.yaml", "deployments/a/secret.yaml", false),
            ("deployments/**", "deployments/a/b.yaml", true),
            ("/x.yaml", "x.yaml", true),
            ("/x.yaml", "a/x.yaml", false),
            ("", "x.yaml", false),
        ] {
            check(pattern, path, expected);
        }
        assert!(!PathPatterns::default().has(Path::new("x.yaml")));
        assert!(PathPatterns::read(&["a***b".to_owned()]).is_err());
    }
}
