//! Reading built-in chart defaults: JSON recorded with Helm, which needs no YAML parser.

use super::{Content, Map, Value};
use crate::text::{SourceId, Span};

/// Reads recorded values with their spans.
///
/// # Panics
/// If the text is not JSON.
pub fn read_recorded(source: SourceId, text: &str) -> Value {
    RecordedReader {
        source,
        text,
        at: 0,
    }
    .value()
}

struct RecordedReader<'t> {
    source: SourceId,
    text: &'t str,
    at: usize,
}

impl RecordedReader<'_> {
    fn value(&mut self) -> Value {
        self.skip_blanks();
        let start = self.at;
        let content = match self.next_byte() {
            b'{' => self.map(),
            b'[' => self.list(),
            b'"' => Value::scalar(self.string().into()),
            _ => Value::scalar(self.word()),
        };
        Value::new(content, None, self.span(start))
    }

    fn map(&mut self) -> Content {
        let mut map = Map::default();
        while self.has_more(b'}') {
            let start = self.at;
            let key = self.string();
            let span = self.span(start);
            self.skip(b':');
            let mut value = self.value();
            value.set.key = Some(span);
            map.entries.insert(key, value);
        }
        Content::map(map)
    }

    fn list(&mut self) -> Content {
        let mut items = Vec::new();
        while self.has_more(b']') {
            items.push(self.value());
        }
        Content::list(items)
    }

    /// Skips an opening bracket or a comma. Returns false at the closing bracket, which it skips too.
    fn has_more(&mut self, closing: u8) -> bool {
        self.at += 1;
        self.skip_blanks();
        if self.next_byte() == closing {
            self.at += 1;
            return false;
        }
        if self.next_byte() == b',' {
            return self.has_more(closing);
        }
        true
    }

    fn string(&mut self) -> String {
        let rest = &self.text.as_bytes()[self.at + 1..];
        let mut end = 0;
        while rest[end] != b'"' {
            end += if rest[end] == b'\\' { 2 } else { 1 };
        }
        let whole = self.at..self.at + end + 2;
        self.at = whole.end;
        serde_json::from_str(&self.text[whole]).expect("recorded values are JSON")
    }

    fn word(&mut self) -> serde_json::Value {
        let rest = &self.text[self.at..];
        let end = rest.find([',', ']', '}', '\n', ' ']).unwrap_or(rest.len());
        self.at += end;
        serde_json::from_str(&rest[..end]).expect("recorded values are JSON")
    }

    fn skip(&mut self, byte: u8) {
        self.skip_blanks();
        assert_eq!(self.next_byte(), byte, "recorded values are JSON");
        self.at += 1;
    }

    fn skip_blanks(&mut self) {
        while matches!(self.next_byte(), b' ' | b'\n') {
            self.at += 1;
        }
    }

    fn next_byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or_default()
    }

    fn span(&self, start: usize) -> Span {
        Span::new(self.source, start..self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Sources;
    use crate::values::{Helm, read};

    #[test]
    fn what_is_recorded_is_read_as_helm_reads_it() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/z2jh");
        let mut count = 0;
        #[expect(clippy::disallowed_methods, reason = "a test reads what is recorded")]
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if !path.to_string_lossy().ends_with(".defaults.json") {
                continue;
            }
            count += 1;
            let text = std::fs::read_to_string(&path).expect("a file");
            let source = Sources::default().add("defaults", text.clone());
            let expected = read(source, &text, Helm::Three).expect("values");
            assert_eq!(read_recorded(source, &text), expected, "{}", path.display());
        }
        assert!(count > 7, "{count}");
    }
}
