//! Scalars typed as Helm's reader types them: go-yaml v2 2.4.3, which Kubernetes' own tools use too.

use std::borrow::Cow;

/// A scalar's value.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar<'t> {
    /// Nothing, `~`, `null`.
    Null,
    /// `true`, `yes`, `on`, `y` and their opposites, in three casings.
    Bool(bool),
    /// An integer of 64 bits.
    Int(i64),
    /// An integer above those.
    Uint(u64),
    /// A number with a fraction or an exponent, or beyond 64 bits; infinities and NaN too.
    Float(f64),
    /// Everything else.
    String(Cow<'t, str>),
}

/// Types a plain scalar as go-yaml v2 does where it decodes into an interface (its `resolve`).
pub fn resolve_plain(text: &str) -> Scalar<'_> {
    let resolved = match text.as_bytes().first() {
        None => Some(Scalar::Null),
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => word(text).or_else(|| number(text)),
        Some(_) => word(text),
    };
    resolved.unwrap_or(Scalar::String(Cow::Borrowed(text)))
}

/// Types a scalar with a tag, as YAML resolves it (`tag:yaml.org,2002:str`). Where Go would refuse
/// the text (`!!int x`), it stays a string, as it does under a tag of somebody's own.
pub fn resolve_tagged<'t>(text: &'t str, tag: &str) -> Scalar<'t> {
    let string = || Scalar::String(Cow::Borrowed(text));
    let resolved = resolve_plain(text);
    match (
        tag.strip_prefix("tag:yaml.org,2002:")
            .or(tag.strip_prefix("!!")),
        resolved,
    ) {
        (Some("int"), Scalar::Int(value)) => Scalar::Int(value),
        (Some("int"), Scalar::Uint(value)) => Scalar::Uint(value),
        (Some("float"), Scalar::Float(value)) => Scalar::Float(value),
        #[expect(clippy::cast_precision_loss, reason = "Go converts in the same way")]
        (Some("float"), Scalar::Int(value)) => Scalar::Float(value as f64),
        (Some("bool"), Scalar::Bool(value)) => Scalar::Bool(value),
        (Some("null"), Scalar::Null) => Scalar::Null,
        _ => string(),
    }
}

/// The name under which sigs.k8s.io/yaml files a key of this type: `yes` is `true`, `0644` is `420`.
pub fn key_text(key: &Scalar<'_>) -> String {
    match key {
        Scalar::Null => "null".to_owned(),
        Scalar::Bool(value) => value.to_string(),
        Scalar::Int(value) => value.to_string(),
        Scalar::Uint(value) => value.to_string(),
        Scalar::Float(value) => go_float_text(*value),
        Scalar::String(text) => text.to_string(),
    }
}

/// The JSON that sigs.k8s.io/yaml makes of a scalar; `None` where it gives an error (infinity, NaN).
pub fn to_json(scalar: &Scalar<'_>) -> Option<serde_json::Value> {
    Some(match scalar {
        Scalar::Null => serde_json::Value::Null,
        Scalar::Bool(value) => (*value).into(),
        Scalar::Int(value) => (*value).into(),
        Scalar::Uint(value) => (*value).into(),
        // Go prints a float without a fraction as an integer, and reads it back as one.
        #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
        Scalar::Float(value) if value.fract() == 0.0 && value.abs() < 1e15 => {
            (*value as i64).into()
        }
        Scalar::Float(value) => serde_json::Number::from_f64(*value)?.into(),
        Scalar::String(text) => text.as_ref().into(),
    })
}

/// What Go looks up in its map of words before it tries numbers.
fn word(text: &str) -> Option<Scalar<'static>> {
    Some(match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Scalar::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Scalar::Bool(false)
        }
        "~" | "null" | "Null" | "NULL" => Scalar::Null,
        ".nan" | ".NaN" | ".NAN" => Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Scalar::Float(f64::NEG_INFINITY),
        _ => return None,
    })
}

/// A text that starts with a digit, a sign or a point.
fn number(text: &str) -> Option<Scalar<'static>> {
    let plain: Cow<'_, str> = if text.contains('_') {
        text.replace('_', "").into()
    } else {
        Cow::Borrowed(text)
    };
    go_integer(&plain)
        .or_else(|| decimal_float(&plain))
        .or_else(|| signed_binary(&plain))
}

/// `strconv.ParseInt` and `ParseUint` with base 0.
fn go_integer(text: &str) -> Option<Scalar<'static>> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'+' | b'-' => text.split_at(1),
        _ => ("", text),
    };
    let (base, digits) = match digits.get(..2) {
        Some("0x" | "0X") => (16, &digits[2..]),
        Some("0o" | "0O") => (8, &digits[2..]),
        Some("0b" | "0B") => (2, &digits[2..]),
        Some(two) if two.starts_with('0') => (8, &digits[1..]),
        _ => (10, digits),
    };
    if !digits.starts_with(|digit: char| digit.is_digit(base)) {
        return None;
    }
    let signed = format!("{}{digits}", if sign == "-" { "-" } else { "" });
    let signed = i64::from_str_radix(&signed, base).map(Scalar::Int).ok();
    let unsigned = || u64::from_str_radix(digits, base).map(Scalar::Uint).ok();
    signed.or_else(|| if sign.is_empty() { unsigned() } else { None })
}

/// `0b` with a sign of its own, which go-yaml's own branch for binary numbers lets through.
fn signed_binary(text: &str) -> Option<Scalar<'static>> {
    let (sign, digits) = match (text.strip_prefix("0b"), text.strip_prefix("-0b")) {
        (Some(digits), _) => ("", digits),
        (_, Some(digits)) => ("-", digits),
        _ => return None,
    };
    i64::from_str_radix(&format!("{sign}{digits}"), 2)
        .map(Scalar::Int)
        .ok()
}

/// go-yaml's `yamlStyleFloat`: `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn decimal_float(text: &str) -> Option<Scalar<'static>> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let is_digits = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_mantissa = match mantissa.split_once('.') {
        Some(("", fraction)) => !fraction.is_empty() && is_digits(fraction),
        Some((whole, fraction)) => is_digits(whole) && is_digits(fraction),
        None => !mantissa.is_empty() && is_digits(mantissa),
    };
    let is_exponent = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && is_digits(digits)
    });
    if is_mantissa && is_exponent {
        go_float(text).map(Scalar::Float)
    } else {
        None
    }
}

/// `strconv.ParseFloat`, for texts without words: out of range is an error.
fn go_float(text: &str) -> Option<f64> {
    let looks_decimal = text
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    let value = text.parse::<f64>().ok().filter(|_| looks_decimal)?;
    value.is_finite().then_some(value)
}

/// `strconv.FormatFloat(value, 'g', -1, 32)`, with go-yaml's words for what is no number.
fn go_float_text(value: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "sigs.k8s.io/yaml formats keys with 32 bits"
    )]
    let short = value as f32;
    if short.is_nan() {
        return ".nan".to_owned();
    }
    if short.is_infinite() {
        return if short > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let scientific = format!("{short:e}");
    let (mantissa, exponent) = scientific
        .split_once('e')
        .expect("`{:e}` writes an exponent");
    let exponent: i32 = exponent
        .parse()
        .expect("`{:e}` writes a number behind the e");
    if (-4..21).contains(&exponent) && (exponent < 6 || mantissa.len() > 21) || short == 0.0 {
        return short.to_string();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    /// A plain scalar and what the real readers make of it.
    #[derive(Deserialize)]
    struct Answer {
        plain: String,
        v2: String,
        json: serde_json::Value,
    }

    #[derive(Deserialize)]
    struct Answers {
        scalars: Vec<Answer>,
    }

    fn kind(scalar: &Scalar<'_>) -> &'static str {
        match scalar {
            Scalar::Null => "null",
            Scalar::Bool(_) => "bool",
            Scalar::Int(_) | Scalar::Uint(_) => "int",
            Scalar::Float(_) => "float",
            Scalar::String(_) => "str",
        }
    }

    fn check_answers(text: &str) {
        let answers: Answers = serde_json::from_str(text).expect("answers");
        assert!(
            answers.scalars.len() > 200,
            "only {} answers",
            answers.scalars.len()
        );
        for Answer { plain, v2, json } in &answers.scalars {
            if matches!(v2.as_str(), "ERR" | "map" | "seq") {
                continue; // The text is no plain scalar where it stands.
            }
            let text = format!("k: {plain}\n");
            let document =
                crate::yaml::parse(&text).unwrap_or_else(|error| panic!("{plain:?}: {error}"));
            let scalar = document
                .root()
                .and_then(|root| root.get("k")?.scalar())
                .expect("a scalar");
            assert_eq!(kind(&scalar), v2, "{plain:?} is {scalar:?}");
            let ours = to_json(&scalar).unwrap_or_default();
            let same = match (ours.as_f64(), json.as_f64()) {
                (Some(one), Some(other)) => (one - other).abs() <= f64::EPSILON * one.abs(),
                _ => ours == *json,
            };
            assert!(same, "{plain:?} is {ours}, not {json}");
        }
    }

    #[test]
    fn plain_scalars_are_typed_as_go_types_them() {
        check_answers(include_str!("../../testdata/yaml/scalars.json"));
    }

    #[test]
    fn numbers_that_surprise() {
        for (text, expected) in [
            ("0644", Scalar::Int(420)),
            ("08", Scalar::Float(8.0)),
            ("1_", Scalar::Int(1)),
            ("0x_1F", Scalar::Int(31)),
            ("0b+1", Scalar::Int(1)),
            ("-0b11", Scalar::Int(-3)),
            ("+0x1F", Scalar::Int(31)),
            ("12345678e9", Scalar::Float(12_345_678e9)),
            ("18446744073709551615", Scalar::Uint(u64::MAX)),
            ("1.e3", Scalar::Float(1000.0)),
            ("+.5", Scalar::Float(0.5)),
        ] {
            assert_eq!(resolve_plain(text), expected, "{text}");
        }
        for text in [
            "1e1000",
            ".",
            "-",
            "+",
            "0x",
            "0x1p3",
            "1:30",
            "190:20:30",
            "2020-01-01",
            "=",
            "<<",
            "1.2.3",
            "100m",
            "NaN",
            "0b+-1",
        ] {
            assert_eq!(kind(&resolve_plain(text)), "str", "{text}");
        }
    }

    #[test]
    fn tags_decide_before_the_text() {
        assert_eq!(kind(&resolve_tagged("5", "tag:yaml.org,2002:str")), "str");
        assert_eq!(
            resolve_tagged("5", "tag:yaml.org,2002:float"),
            Scalar::Float(5.0)
        );
        assert_eq!(
            resolve_tagged("0x10", "tag:yaml.org,2002:int"),
            Scalar::Int(16)
        );
        assert_eq!(kind(&resolve_tagged("5", "!mine")), "str");
    }

    #[test]
    fn keys_are_filed_under_their_typed_text() {
        for (text, expected) in [
            ("yes", "true"),
            ("0644", "420"),
            ("1e3", "1000"),
            ("1e6", "1e+06"),
            ("1.5", "1.5"),
            ("1e-7", "1e-07"),
            ("a", "a"),
            (".inf", ".inf"),
            ("1234567.0", "1.234567e+06"),
        ] {
            assert_eq!(key_text(&resolve_plain(text)), expected, "{text}");
        }
    }
}
