use super::clean;
use crate::diag::Diagnostic;
use crate::text::Sources;

/// Returns errors as one YAML block scalar, for Helm 4: it drops the standard error of a plugin that fails, but quotes
/// a document that is not a mapping in its own error. So the plugin prints this and exits with 0, and Helm fails with
/// the message of dunnage.
pub fn block_scalar(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let diagnostics = &clean::diagnostics(sources, diagnostics);
    let errors: Vec<&Diagnostic> =
        diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).collect();
    let noun = if errors.len() == 1 { "error" } else { "errors" };
    let mut lines = vec![format!("dunnage failed: {} {noun}", errors.len())];
    for error in errors {
        let place = error.span().map(|span| {
            let source = sources.get(span.source);
            let place = source.line_column(span.start);
            format!(" ({}:{}:{})", source.name(), place.line, place.column)
        });
        let place = place.unwrap_or_default();
        lines.push(format!(
            "- {} {}: {}{place}",
            error.code.id, error.code.name, error.message
        ));
        lines.extend(error.help.as_ref().map(|help| format!("  help: {help}")));
    }
    let mut text = "|-\n".to_owned();
    for line in lines {
        let clean: String = clean::lines(&line).chars().map(printable).collect();
        text.push_str("  ");
        text.push_str(clean.trim_end());
        text.push('\n');
    }
    text
}

/// Returns the character, or a space if it would break the line or is not allowed in YAML.
fn printable(letter: char) -> char {
    if letter.is_control() || matches!(letter, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}') {
        ' '
    } else {
        letter
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Code;

    static CODE: Code = Code::error("XX001", "a-name", "");

    #[test]
    fn whatever_the_message_it_is_one_scalar() {
        let mut sources = Sources::default();
        let source = sources.add("a.yaml", "x: 1\ny: 2\n".to_owned());
        let diagnostics = [
            Diagnostic::new(&CODE, "bad: \"x\"\n--- # y")
                .at(crate::text::Span::new(source, 5..6), ""),
            Diagnostic::new(&CODE, "\u{85}- [").help("do: that"),
        ];
        let text = block_scalar(&sources, &diagnostics);
        let read: serde_yaml::Value = serde_yaml::from_str(&text).expect("YAML");
        let read = read.as_str().expect("a scalar");
        assert!(
            read.starts_with(
                "dunnage failed: 2 errors\n- XX001 a-name: bad: \"x\" --- # y (a.yaml:2:1)\n"
            ),
            "{read}"
        );
        assert!(read.ends_with("help: do: that"), "{read}");
    }
}
