//! Amounts as JupyterHub reads them (`ByteSpecification`): a number of bytes, or a number with a power of 1024.

use crate::values::{Content, Value};

const UNITS: [char; 4] = ['K', 'M', 'G', 'T'];

/// Whether JupyterHub can read it.
pub(super) fn is_specification(text: &str) -> bool {
    parse(text).is_some()
}

/// The amount of memory in bytes, or the number of cores.
pub(super) fn amount(value: &Value) -> Option<f64> {
    match &value.content {
        Content::Number(number) => number.as_f64(),
        Content::String(text) => parse(text),
        _ => None,
    }
}

fn parse(text: &str) -> Option<f64> {
    let unit = text.chars().last()?;
    let power = UNITS.iter().position(|known| *known == unit)?;
    let number = &text[..text.len() - 1];
    let is_plain = number.chars().all(|c| c.is_ascii_digit() || c == '.');
    let number: f64 = number.parse().ok().filter(|_| is_plain)?;
    Some((0..=power).fold(number, |bytes, _| bytes * 1024.0))
}

/// What was probably meant: the same amount as JupyterHub writes it.
pub(super) fn meant(text: &str) -> Option<String> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
    let (number, unit) = text.split_at(end);
    let letter = unit.chars().next()?.to_ascii_uppercase();
    let is_unit = matches!(
        unit.to_ascii_uppercase().get(1..),
        Some("" | "I" | "B" | "IB")
    );
    let meant = format!("{number}{letter}");
    (is_unit && is_specification(&meant)).then_some(meant)
}
