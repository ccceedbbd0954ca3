//! What Kubernetes accepts as a name, a label and a quantity.

use std::ops::Range;

/// The reason why the API server rejects a string, and the part of the string that causes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxFlaw {
    /// Returns the reason, as a label of a few words.
    pub what: &'static str,
    /// Returns the bytes of the text that are wrong.
    pub at: Range<usize>,
}

/// Returns what is wrong with a name for `validation.IsDNS1123Subdomain`, which applies to most objects.
pub fn subdomain_flaw(text: &str) -> Option<SyntaxFlaw> {
    let is_inner = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-';
    if text.is_empty() {
        return Some(SyntaxFlaw {
            what: "empty name",
            at: 0..0,
        });
    }
    if text.len() > 253 {
        return Some(SyntaxFlaw {
            what: "longer than 253 characters",
            at: 0..text.len(),
        });
    }
    let mut start = 0;
    for part in text.split('.') {
        let at = start..start + part.len();
        start = at.end + 1;
        if let Some((offset, char)) = part.char_indices().find(|(_, char)| !is_inner(*char)) {
            let at = at.start + offset..at.start + offset + char.len_utf8();
            return Some(SyntaxFlaw {
                what: "only lower case letters, digits, `-` and `.`",
                at,
            });
        }
        if part.is_empty() || part.starts_with('-') || part.ends_with('-') {
            let at = if part.is_empty() { 0..text.len() } else { at };
            return Some(SyntaxFlaw {
                what: "must start and end with a letter or digit",
                at,
            });
        }
    }
    None
}

/// Returns what is wrong with the key of a label or a taint for `validation.IsQualifiedName`.
pub fn key_flaw(text: &str) -> Option<SyntaxFlaw> {
    let name_start = text.find('/').map_or(0, |slash| slash + 1);
    if name_start > 0
        && let Some(flaw) = subdomain_flaw(&text[..name_start - 1])
    {
        return Some(flaw);
    }
    if text.len() == name_start {
        return Some(SyntaxFlaw {
            what: "empty key",
            at: 0..text.len(),
        });
    }
    word_flaw(&text[name_start..]).map(|flaw| SyntaxFlaw {
        what: flaw.what,
        at: flaw.at.start + name_start..flaw.at.end + name_start,
    })
}

/// Returns what is wrong with the value of a label or a taint for `validation.IsValidLabelValue`; it may be empty.
pub fn value_flaw(text: &str) -> Option<SyntaxFlaw> {
    if text.is_empty() {
        None
    } else {
        word_flaw(text)
    }
}

fn word_flaw(word: &str) -> Option<SyntaxFlaw> {
    let is_inner = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.');
    if let Some((at, char)) = word.char_indices().find(|(_, char)| !is_inner(*char)) {
        return Some(SyntaxFlaw {
            what: "only letters, digits, `-`, `_` and `.`",
            at: at..at + char.len_utf8(),
        });
    }
    let is_edge = |char: char| char.is_ascii_alphanumeric();
    if !word.starts_with(is_edge) || !word.ends_with(is_edge) {
        return Some(SyntaxFlaw {
            what: "must start and end with a letter or digit",
            at: 0..word.len(),
        });
    }
    (word.len() > 63).then_some(SyntaxFlaw {
        what: "longer than 63 characters",
        at: 0..word.len(),
    })
}

/// Returns whether a string is a quantity that is not negative.
pub fn is_quantity(text: &str) -> bool {
    quantity(text).is_some()
}

/// Returns the number of a quantity: `1500m` is 1.5, `1Ki` is 1024, `1K` is not a quantity. `None` for a negative one
/// (`resource.ParseQuantity`).
pub fn quantity(text: &str) -> Option<f64> {
    let digits_end = text
        .find(|char: char| !char.is_ascii_digit() && char != '.')
        .unwrap_or(text.len());
    let (number, suffix) = text.split_at(digits_end);
    let number: f64 = number.parse().ok()?;
    Some(number * factor(suffix)?)
}

fn factor(suffix: &str) -> Option<f64> {
    const DECIMAL: [(&str, i32); 10] = [
        ("n", -9),
        ("u", -6),
        ("m", -3),
        ("", 0),
        ("k", 3),
        ("M", 6),
        ("G", 9),
        ("T", 12),
        ("P", 15),
        ("E", 18),
    ];
    const BINARY: [&str; 6] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    if let Some(power) = BINARY.iter().position(|known| *known == suffix) {
        return Some((0..=power).fold(1.0, |factor, _| factor * 1024.0));
    }
    let known = DECIMAL.iter().find(|(known, _)| *known == suffix);
    let power = known.map(|(_, power)| *power).or_else(|| exponent(suffix))?;
    Some(10_f64.powi(power))
}

fn exponent(suffix: &str) -> Option<i32> {
    let exponent = suffix.strip_prefix(['e', 'E'])?;
    let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    exponent.parse().ok().filter(|_| is_number)
}

#[cfg(test)]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a table of ranges reads better without `&`"
)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(flaw: Option<SyntaxFlaw>, expected: Option<Range<usize>>) {
        assert_eq!(flaw.map(|flaw| flaw.at), expected);
    }

    #[test]
    fn names_are_dns_subdomains() {
        check(subdomain_flaw("system-node-critical"), None);
        check(subdomain_flaw("a.b-1"), None);
        check(subdomain_flaw("aBc"), Some(1..2));
        check(subdomain_flaw("a.-b"), Some(2..4));
        check(subdomain_flaw("a..b"), Some(0..4));
        check(subdomain_flaw(""), Some(0..0));
        check(subdomain_flaw(&"a".repeat(254)), Some(0..254));
    }

    #[test]
    fn keys_have_at_most_one_prefix() {
        check(key_flaw("hub.jupyter.org/node-purpose"), None);
        check(key_flaw("hub.jupyter.org_dedicated"), None);
        check(key_flaw("a/b/c"), Some(3..4));
        check(key_flaw("Example.org/a"), Some(0..1));
        check(key_flaw("a/"), Some(0..2));
        check(key_flaw("-a"), Some(0..2));
    }

    #[test]
    fn values_may_be_empty_and_have_no_blanks() {
        check(value_flaw(""), None);
        check(value_flaw("n1-highmem_4.x"), None);
        check(value_flaw("a b"), Some(1..2));
        check(value_flaw(&"a".repeat(64)), Some(0..64));
    }

    #[test]
    fn quantities_have_the_suffixes_of_kubernetes() {
        for good in [
            "1", "7.69", ".5", "500m", "60.8Gi", "1e3", "1E", "12E6", "5.",
        ] {
            assert!(is_quantity(good), "{good}");
        }
        for bad in ["", "Gi", "60 Gi", "60GB", "1.2.3", "1e", "-1", "0x1f"] {
            assert!(!is_quantity(bad), "{bad}");
        }
    }

    #[test]
    fn quantities_are_numbers() {
        for (text, number) in [
            ("2", 2.0),
            ("1.5", 1.5),
            ("1500m", 1.5),
            ("1Ki", 1024.0),
            ("1.5Gi", 1.5 * 1024.0 * 1024.0 * 1024.0),
            ("1G", 1e9),
            ("1E", 1e18),
            ("2e3", 2000.0),
            ("2E-3", 0.002),
        ] {
            let read = quantity(text).expect("a quantity");
            assert!((read - number).abs() <= number * 1e-12, "{text}: {read}");
        }
        assert_eq!(quantity("1K"), None);
    }
}
