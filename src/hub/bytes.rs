//! Memory amounts as JupyterHub reads them (`ByteSpecification`): a number of bytes, or a number with a unit `K`,
//! `M`, `G` or `T`, each a power of 1024.

use crate::values::{Content, Value};

const UNITS: [char; 4] = ['K', 'M', 'G', 'T'];

/// Whether JupyterHub can parse the string.
pub fn is_specification(text: &str) -> bool {
    parse(text).is_some()
}

/// Returns the amount of memory in bytes, or the number of CPU cores.
pub fn amount(value: &Value) -> Option<f64> {
    match &value.content {
        Content::Number(number) => number.as_f64(),
        Content::String(text) => parse(text),
        _ => None,
    }
}

fn parse(text: &str) -> Option<f64> {
    let unit = text.chars().last()?;
    let power = UNITS.iter().position(|known| *known == unit)?;
    // Python's `float` also accepts surrounding blanks.
    let number: f64 = text[..text.len() - 1].trim().parse().ok()?;
    if !number.is_finite() {
        return None;
    }
    Some((0..=power).fold(number, |bytes, _| bytes * 1024.0))
}

/// Returns the amount in JupyterHub's notation that was probably meant: `512M` for `512Mi`.
pub fn meant(text: &str) -> Option<String> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
    let (number, unit) = text.split_at(end);
    if unit == "m" {
        // `m` is milli, which makes no sense for memory.
        return None;
    }
    let letter = unit.chars().next()?.to_ascii_uppercase();
    let is_unit = matches!(
        unit.to_ascii_uppercase().get(1..),
        Some("" | "I" | "B" | "IB")
    );
    let meant = format!("{number}{letter}");
    (is_unit && is_specification(&meant)).then_some(meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_jupyterhub_reads_them() {
        for text in ["1G", "1.5G", "512M", "1K", "2T", " 1G", "1 G", "1e3M"] {
            assert!(is_specification(text), "{text}");
        }
        for text in [
            "512Mi", "1Gi", "16GB", "1g", "100m", "512", "1G ", "", "G", "1.5.5G", "infG", "1Ä",
        ] {
            assert!(!is_specification(text), "{text}");
        }
    }

    #[test]
    fn what_was_meant_has_a_unit() {
        for (text, expected) in [
            ("512Mi", Some("512M")),
            ("16GB", Some("16G")),
            ("1g", Some("1G")),
            ("1G ", Some("1G")),
            ("100m", None),
            ("512", None),
            ("much", None),
        ] {
            assert_eq!(meant(text).as_deref(), expected, "{text}");
        }
    }
}
