use serde_json::{Value, json};

use super::fingerprint::fingerprint;
use super::{Pages, clean};
use crate::diag::{Code, Diagnostic, Fix, Label, Level};
use crate::text::{Source, Sources, Span};

/// Returns all diagnostics as SARIF 2.1.0, for code scanning.
pub fn sarif(sources: &Sources, diagnostics: &[Diagnostic], pages: &Pages) -> String {
    let diagnostics = &clean::diagnostics(sources, diagnostics);
    let mut codes: Vec<&Code> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    codes.sort_by_key(|code| code.id);
    codes.dedup();
    let results: Vec<Value> = diagnostics
        .iter()
        .map(|diagnostic| result(sources, &codes, diagnostic))
        .collect();
    let mut document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "dunnage",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(|code| rule(code, pages)).collect::<Vec<Value>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    if let Some(site) = &pages.base {
        document["runs"][0]["tool"]["driver"]["informationUri"] = json!(site);
    }
    format!("{document:#}\n")
}

fn rule(code: &Code, pages: &Pages) -> Value {
    let mut rule = json!({
        "id": code.id,
        "name": code.name,
        "shortDescription": {"text": code.summary},
        "defaultConfiguration": {"level": level(code.level)},
    });
    if let Some(page) = (pages.text)(code) {
        rule["help"] = json!({"text": page, "markdown": page});
    }
    if let Some(link) = pages.link(code) {
        rule["helpUri"] = json!(link);
    }
    rule
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note | Level::Hint => "note",
    }
}

fn result(sources: &Sources, codes: &[&Code], diagnostic: &Diagnostic) -> Value {
    let code = diagnostic.code;
    let mut text = clean::one_line(&diagnostic.message);
    if let Some(help) = &diagnostic.help {
        text = format!("{text}. {}", clean::lines(help));
    }
    let mut result = json!({
        "ruleId": code.id,
        "ruleIndex": codes.iter().position(|known| known.id == code.id),
        "level": level(diagnostic.level),
        "message": {"text": text},
        "partialFingerprints": {"dunnage/v1": format!("{:016x}", fingerprint(sources, diagnostic))},
    });
    if let Some((first, others)) = diagnostic.labels.split_first() {
        result["locations"] = json!([location(sources, first)]);
        let others: Vec<Value> = others.iter().map(|label| location(sources, label)).collect();
        if !others.is_empty() {
            result["relatedLocations"] = json!(others);
        }
    }
    if let Some(fix) = &diagnostic.fix {
        result["fixes"] = json!([of_fix(sources, fix)]);
    }
    result
}

fn location(sources: &Sources, label: &Label) -> Value {
    let mut location = json!({"physicalLocation": place(sources, label.span)});
    if !label.text.is_empty() {
        location["message"] = json!({"text": clean::one_line(&label.text)});
    }
    location
}

fn place(sources: &Sources, span: Span) -> Value {
    json!({"artifactLocation": artifact(sources, span), "region": region(sources, span)})
}

fn artifact(sources: &Sources, span: Span) -> Value {
    json!({"uri": uri(sources.get(span.source))})
}

fn region(sources: &Sources, span: Span) -> Value {
    let source = sources.get(span.source);
    let (start, end) = (source.line_column(span.start), source.line_column(span.end));
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

/// Returns a path as a relative reference, or as an absolute one; a stream has its name. All characters but the
/// unreserved ones of RFC 3986 and `/` are percent-encoded, byte by byte: a colon in the first segment would be read as
/// the end of a scheme.
fn uri(source: &Source) -> String {
    let bytes = source.path_or_name().as_os_str().as_encoded_bytes();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    let encoded = bytes.iter().map(|&byte| match byte {
        b'\\' if cfg!(windows) => "/".to_owned(),
        byte if is_plain(byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    let scheme = if bytes.starts_with(b"/") {
        "file://"
    } else {
        ""
    };
    std::iter::once(scheme.to_owned()).chain(encoded).collect()
}

fn of_fix(sources: &Sources, fix: &Fix) -> Value {
    let change = |edit: &crate::diag::TextEdit| {
        json!({
            "artifactLocation": artifact(sources, edit.span),
            "replacements": [{
                "deletedRegion": region(sources, edit.span),
                "insertedContent": {"text": clean::edit(sources, edit)},
            }],
        })
    };
    let changes: Vec<Value> = fix.edits.iter().map(change).collect();
    json!({"description": {"text": clean::one_line(&fix.message)}, "artifactChanges": changes})
}
