//! Exact arithmetic with quantities, and the quantity that a misspelled one was meant to be.

use super::syntax;

/// Returns a quantity multiplied by a number, without rounding: `1.5Gi` times 3 is `4.5Gi`. `None` if the text is not a
/// quantity, or the product has more than 38 digits.
pub fn times(text: &str, factor: u32) -> Option<String> {
    if !syntax::is_quantity(text) {
        return None;
    }
    let end = text
        .find(|char: char| !char.is_ascii_digit() && char != '.')
        .unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits: u128 = format!("{whole}{fraction}").parse().ok()?;
    let product = digits.checked_mul(u128::from(factor))?;
    let number = decimal(product, fraction.len());
    // Whole cores, as Kubernetes writes them.
    match number.strip_suffix("000") {
        Some(cores) if suffix == "m" && !cores.is_empty() && !number.contains('.') => {
            Some(cores.to_owned())
        }
        _ => Some(format!("{number}{suffix}")),
    }
}

/// Returns the decimal number with this many digits after the point, without trailing zeros.
fn decimal(digits: u128, places: usize) -> String {
    let digits = format!("{digits:0>width$}", width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    match fraction.trim_end_matches('0') {
        "" => whole.to_owned(),
        fraction => format!("{whole}.{fraction}"),
    }
}

/// Returns the quantity that a text was probably meant to be: `2GiB` is `2Gi`, `2 gb` is `2G`, `1K` is `1k`.
pub fn meant(text: &str) -> Option<String> {
    let compact: String = text.chars().filter(|char| !char.is_whitespace()).collect();
    let end = compact.find(|char: char| !char.is_ascii_digit() && char != '.')?;
    let (number, suffix) = compact.split_at(end);
    let suffix = suffix.strip_suffix(['b', 'B']).unwrap_or(suffix);
    let mut letters = suffix.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    let rest = letters.as_str().to_ascii_lowercase();
    let first = first.map(|first| {
        if first == 'K' && rest.is_empty() {
            'k'
        } else {
            first
        }
    });
    let quantity = first.map_or_else(
        || number.to_owned(),
        |first| format!("{number}{first}{rest}"),
    );
    syntax::is_quantity(&quantity).then_some(quantity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_exact() {
        for (text, factor, product) in [
            ("16G", 8, "128G"),
            ("1.5Gi", 3, "4.5Gi"),
            ("0.05", 8, "0.4"),
            ("0.05", 20, "1"),
            ("500m", 20, "10"),
            ("50m", 3, "150m"),
            ("1073741824", 4, "4294967296"),
            ("1e3", 2, "2e3"),
            ("0.1", 3, "0.3"),
            ("0", 9, "0"),
            ("0.5m", 2000, "1"),
        ] {
            assert_eq!(times(text, factor).as_deref(), Some(product), "{text}");
        }
        assert_eq!(times("2GiB", 2), None);
        assert_eq!(times("340282366920938463463374607431768211455", 2), None);
    }

    #[test]
    fn a_misspelled_quantity_is_recognized() {
        for (text, quantity) in [
            ("2GiB", "2Gi"),
            ("2GB", "2G"),
            ("2 Gi", "2Gi"),
            ("512mb", "512M"),
            ("1.5gib", "1.5Gi"),
            ("1K", "1k"),
            ("100b", "100"),
        ] {
            assert_eq!(meant(text).as_deref(), Some(quantity), "{text}");
        }
        for text in ["", "much", "2Xi", "G", "-2Gi"] {
            assert_eq!(meant(text), None, "{text}");
        }
    }
}
