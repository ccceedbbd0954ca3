//! Scalars typed as Helm's reader types them: go-yaml v2 2.4.3, which Kubernetes' own tools use too.

use std::borrow::Cow;

use super::binary::{decode_base64, lossy_text};

/// A scalar's value.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar<'t> {
    /// Nothing, `~`, `null`.
    Null,
    /// `true`, `yes`, `on`, `y` and their opposites, in three casings.
    Bool(bool),
    /// An integer of 64 bits.
    Int(i64),
    /// An integer above those, up to 64 bits without a sign.
    Uint(u64),
    /// A number with a fraction or an exponent, or an integer beyond 64 bits; infinities and NaN too.
    Float(f64),
    /// Everything else.
    String(Cow<'t, str>),
}

/// Types a plain scalar as go-yaml v2 does where it decodes into an interface (its `resolve`).
pub fn resolve_plain(text: &str) -> Scalar<'_> {
    let resolved = match text.as_bytes().first() {
        None => Some(Scalar::Null),
        Some(b'.') => word(text).or_else(|| fraction(text)),
        Some(b'0'..=b'9' | b'+' | b'-') => word(text).or_else(|| number(text)),
        Some(_) => word(text),
    };
    resolved.unwrap_or(Scalar::String(Cow::Borrowed(text)))
}

/// Types a scalar that has a tag, in its short (`!!int`) or long spelling; quotes make no difference.
///
/// Where go-yaml refuses the document (`!!int x`, `!!binary %`), the text stays a string, as it does
/// under a tag that go-yaml does not know.
pub fn resolve_tagged<'t>(text: &'t str, tag: &str) -> Scalar<'t> {
    let kind = tag.strip_prefix("!!").or_else(|| tag.strip_prefix("tag:yaml.org,2002:"));
    let resolved = match (kind, resolve_plain(text)) {
        (Some("int"), value @ (Scalar::Int(_) | Scalar::Uint(_)))
        | (Some("float"), value @ Scalar::Float(_))
        | (Some("bool"), value @ Scalar::Bool(_))
        | (Some("null"), value @ Scalar::Null) => Some(value),
        #[expect(clippy::cast_precision_loss, reason = "Go converts in the same way")]
        (Some("float"), Scalar::Int(value)) => Some(Scalar::Float(value as f64)),
        (Some("binary"), _) => decode_base64(text)
            .map(|bytes| lossy_text(&bytes))
            .map(|text| Scalar::String(Cow::Owned(text))),
        _ => None,
    };
    resolved.unwrap_or(Scalar::String(Cow::Borrowed(text)))
}

/// The name under which sigs.k8s.io/yaml files a typed key: `yes` is `true`, `0644` is `420`.
///
/// It refuses documents with a null key or one above `i64`; for these the name is what the value
/// would be called if it did not.
pub fn key_text(key: &Scalar<'_>) -> String {
    match key {
        Scalar::Null => "null".to_owned(),
        Scalar::Bool(value) => value.to_string(),
        Scalar::Int(value) => value.to_string(),
        Scalar::Uint(value) => value.to_string(),
        Scalar::Float(value) => float_key_text(*value),
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
        Scalar::Float(value) => float_json(*value)?.into(),
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

/// A text that starts with a digit or a sign: go-yaml ignores every `_` in it.
fn number(text: &str) -> Option<Scalar<'static>> {
    let plain = without_underscores(text);
    integer(&plain)
        .or_else(|| decimal_float(&plain))
        .or_else(|| signed_binary(&plain))
}

/// A text that starts with a point goes to `strconv.ParseFloat` as it is, which wants a digit on both
/// sides of every `_`: `.5_0` is a number, `.5_` and `._5` are strings.
fn fraction(text: &str) -> Option<Scalar<'static>> {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let separates = |(at, _): (usize, &str)| at > 0 && is_digit(at - 1) && is_digit(at + 1);
    if !text.match_indices('_').all(separates) {
        return None;
    }
    decimal_float(&without_underscores(text))
}

fn without_underscores(text: &str) -> Cow<'_, str> {
    if text.contains('_') {
        Cow::Owned(text.replace('_', ""))
    } else {
        Cow::Borrowed(text)
    }
}

/// `strconv.ParseInt`, then `ParseUint`, with base 0.
fn integer(text: &str) -> Option<Scalar<'static>> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (base, digits) = match unsigned.get(..2) {
        Some("0x" | "0X") => (16, &unsigned[2..]),
        Some("0o" | "0O") => (8, &unsigned[2..]),
        Some("0b" | "0B") => (2, &unsigned[2..]),
        Some(two) if two.starts_with('0') => (8, &unsigned[1..]),
        _ => (10, unsigned),
    };
    if !digits.starts_with(|first: char| first.is_digit(base)) {
        return None; // `from_str_radix` would take a sign here.
    }
    if text.starts_with('-') {
        return i64::from_str_radix(&format!("-{digits}"), base).map(Scalar::Int).ok();
    }
    let value = u64::from_str_radix(digits, base).ok()?;
    match i64::try_from(value) {
        Ok(value) => Some(Scalar::Int(value)),
        Err(_) if text.starts_with('+') => None, // `ParseUint` knows no sign.
        Err(_) => Some(Scalar::Uint(value)),
    }
}

/// go-yaml's last resort reads what follows `0b` with base 2, which lets a second sign through.
fn signed_binary(text: &str) -> Option<Scalar<'static>> {
    let value = match text.strip_prefix("0b") {
        Some(digits) => i64::from_str_radix(digits, 2),
        None => i64::from_str_radix(&format!("-{}", text.strip_prefix("-0b")?), 2),
    };
    value.map(Scalar::Int).ok()
}

/// go-yaml's `yamlStyleFloat`, `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, read by
/// `strconv.ParseFloat`, to which a number out of range is an error.
fn decimal_float(text: &str) -> Option<Scalar<'static>> {
    let is_digits = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (
            mantissa,
            exponent.strip_prefix(['+', '-']).unwrap_or(exponent),
        ),
        None => (unsigned, "0"),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let lacks_digits = whole.is_empty() && fraction.is_empty() || exponent.is_empty();
    if lacks_digits || ![whole, fraction, exponent].into_iter().all(is_digits) {
        return None;
    }
    let value = text.parse::<f64>().ok().filter(|value| value.is_finite())?;
    Some(Scalar::Float(value))
}

/// A float as `encoding/json` writes it and Kubernetes reads it back: without a fraction it is an
/// integer, whose digits beyond the shortest that name the float are zeros.
/// A float as Go writes it in JSON: a whole one without a fraction; `None` for infinity and NaN.
pub fn float_json(value: f64) -> Option<serde_json::Number> {
    if value.fract() == 0.0 && value.abs() < 1e21 {
        let digits = value.to_string();
        let integer = digits.parse::<i64>().map(Into::into);
        if let Ok(integer) = integer.or_else(|_| digits.parse::<u64>().map(Into::into)) {
            return Some(integer);
        }
    }
    serde_json::Number::from_f64(value)
}

/// `strconv.FormatFloat(value, 'g', -1, 32)`, with go-yaml's words for what is no number.
/// Where two shortest numbers are equally near, which takes nine digits, Go writes the even one and
/// Rust the greater.
fn float_key_text(value: f64) -> String {
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
    let (mantissa, exponent) = scientific.split_once('e').expect("`{:e}` writes an exponent");
    let exponent: i32 = exponent.parse().expect("`{:e}` writes a number behind the e");
    if (-4..6).contains(&exponent) {
        return short.to_string();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    /// A text and what the real readers make of it.
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

    /// Whether the text after `k: ` is a plain scalar as a whole: no quotes, tag, comment or error.
    fn is_plain(answer: &Answer) -> bool {
        !matches!(answer.v2.as_str(), "ERR" | "map" | "seq")
            && !answer.plain.starts_with(['"', '\'', '!', '#'])
            && !answer.plain.contains(" #")
    }

    #[track_caller]
    fn check_answers(text: &str, at_least: usize) {
        let answers: Answers = serde_json::from_str(text).expect("answers");
        let plain: Vec<_> = answers.scalars.into_iter().filter(is_plain).collect();
        assert!(plain.len() >= at_least, "only {} answers", plain.len());
        for Answer { plain, v2, json } in &plain {
            let scalar = resolve_plain(plain);
            assert_eq!(kind(&scalar), v2, "{plain:?} is {scalar:?}");
            let ours = to_json(&scalar).unwrap_or_default();
            // serde_json may read the last digit of a fraction otherwise than it is written.
            let same = match (ours.as_f64(), json.as_f64()) {
                (Some(one), Some(other)) if ours.is_f64() || json.is_f64() => {
                    (one - other).abs() <= f64::EPSILON * one.abs()
                }
                _ => ours == *json,
            };
            assert!(same, "{plain:?} is {ours}, not {json}");
        }
    }

    #[test]
    fn plain_scalars_are_typed_as_go_types_them() {
        check_answers(include_str!("../../testdata/yaml/scalars.json"), 240);
    }

    #[test]
    #[allow(
        clippy::disallowed_methods,
        reason = "the corpus lies outside the repository"
    )]
    fn the_whole_corpus_is_typed_as_go_types_it() {
        let Some(streams) = std::env::var_os("DUNNAGE_CORPUS") else {
            return;
        };
        let answers = std::path::Path::new(&streams).join("../yaml/scalars.json");
        if let Ok(text) = std::fs::read_to_string(answers) {
            check_answers(&text, 750);
        }
    }

    #[test]
    fn numbers_that_surprise() {
        for (text, expected) in [
            ("0644", Scalar::Int(420)),
            ("0o14", Scalar::Int(12)),
            ("00", Scalar::Int(0)),
            ("-0", Scalar::Int(0)),
            ("1_", Scalar::Int(1)),
            ("0x_1F", Scalar::Int(31)),
            ("+0x1F", Scalar::Int(31)),
            ("-0b11", Scalar::Int(-3)),
            ("0b+1", Scalar::Int(1)),
            ("0b-1", Scalar::Int(-1)),
            ("9223372036854775807", Scalar::Int(i64::MAX)),
            ("-9223372036854775808", Scalar::Int(i64::MIN)),
            ("9223372036854775808", Scalar::Uint(1 << 63)),
            ("18446744073709551615", Scalar::Uint(u64::MAX)),
            ("0xFFFFFFFFFFFFFFFF", Scalar::Uint(u64::MAX)),
            (
                "18446744073709551616",
                Scalar::Float(18_446_744_073_709_551_616.0),
            ),
            (
                "+9223372036854775808",
                Scalar::Float(9_223_372_036_854_775_808.0),
            ),
            ("08", Scalar::Float(8.0)),
            ("12345678e9", Scalar::Float(12_345_678e9)),
            ("1.e3", Scalar::Float(1000.0)),
            ("+.5", Scalar::Float(0.5)),
            ("+.5_", Scalar::Float(0.5)),
            (".5_0", Scalar::Float(0.5)),
            (".5e1_0", Scalar::Float(5e9)),
            (".inf", Scalar::Float(f64::INFINITY)),
            ("-.INF", Scalar::Float(f64::NEG_INFINITY)),
        ] {
            assert_eq!(resolve_plain(text), expected, "{text}");
        }
        assert!(matches!(resolve_plain(".NaN"), Scalar::Float(value) if value.is_nan()));
    }

    #[test]
    fn what_only_looks_like_a_number_is_a_string() {
        for text in [
            "1e1000",
            "-1e1000",
            ".1e1000",
            ".",
            "-",
            "+",
            "+.",
            "..",
            ".e3",
            "1e",
            "1e+",
            "_1",
            "._5",
            ".5_",
            ".5__0",
            ".5_e3",
            "0x",
            "0b",
            "0o8",
            "0b+-1",
            "-0b+1",
            "0b_",
            "0x1p3",
            "0x1FFFFFFFFFFFFFFFF",
            "190:20:30",
            "1:30",
            "2020-01-01",
            "2001-12-14T21:59:43Z",
            "=",
            "<<",
            "1.2.3",
            "100m",
            "1Gi",
            "NaN",
            "inf",
            "-.nan",
            ".iNf",
            "yEs",
            "tRue",
            "none",
            "1é",
            "é",
            "0é",
            "١",
        ] {
            assert_eq!(resolve_plain(text), Scalar::String(text.into()));
        }
    }

    #[test]
    fn tags_decide_before_the_text() {
        for (text, tag, expected) in [
            ("5", "!!str", Scalar::String("5".into())),
            ("", "!!str", Scalar::String("".into())),
            ("5", "tag:yaml.org,2002:float", Scalar::Float(5.0)),
            (".inf", "!!float", Scalar::Float(f64::INFINITY)),
            ("0x10", "!!int", Scalar::Int(16)),
            ("18446744073709551615", "!!int", Scalar::Uint(u64::MAX)),
            ("on", "!!bool", Scalar::Bool(true)),
            ("", "!!null", Scalar::Null),
            ("aGVsbG8=", "!!binary", Scalar::String("hello".into())),
            ("aGVs\nbG8=", "!!binary", Scalar::String("hello".into())),
            ("aGVsbG9=", "!!binary", Scalar::String("hello".into())),
            ("8J+YgA==", "!!binary", Scalar::String("😀".into())),
            (
                "8J+Y",
                "!!binary",
                Scalar::String("\u{fffd}\u{fffd}\u{fffd}".into()),
            ),
            ("", "!!binary", Scalar::String("".into())),
            ("5", "!mine", Scalar::String("5".into())),
            ("5", "!", Scalar::String("5".into())),
            (
                "2001-12-14",
                "!!timestamp",
                Scalar::String("2001-12-14".into()),
            ),
        ] {
            assert_eq!(resolve_tagged(text, tag), expected, "{tag} {text}");
        }
    }

    #[test]
    fn what_go_refuses_under_a_tag_stays_a_string() {
        for (text, tag) in [
            ("x", "!!int"),
            ("", "!!int"),
            ("1.5", "!!int"),
            ("18446744073709551615", "!!float"),
            ("1", "!!bool"),
            ("x", "!!null"),
            ("aGVsbG8", "!!binary"),
            ("aGVsbG8==", "!!binary"),
            ("a===", "!!binary"),
            ("a=Vs", "!!binary"),
            ("aGV-", "!!binary"),
        ] {
            assert_eq!(
                resolve_tagged(text, tag),
                Scalar::String(text.into()),
                "{tag}"
            );
        }
    }

    #[test]
    fn keys_are_filed_under_their_typed_text() {
        for (text, expected) in [
            ("yes", "true"),
            ("Off", "false"),
            ("0644", "420"),
            ("-0x10", "-16"),
            ("1e3", "1000"),
            ("100000.0", "100000"),
            ("1e6", "1e+06"),
            ("1234567.0", "1.234567e+06"),
            ("12345678e9", "1.2345678e+16"),
            ("1.10", "1.1"),
            ("0.0001", "0.0001"),
            ("0.00001", "1e-05"),
            ("0.1234567891", "0.12345679"),
            ("1e-50", "0"),
            ("-0.0", "-0"),
            ("1e100", ".inf"),
            ("-1e100", "-.inf"),
            (".nan", ".nan"),
            ("1:30", "1:30"),
            ("a", "a"),
        ] {
            assert_eq!(key_text(&resolve_plain(text)), expected, "{text}");
        }
    }

    #[test]
    fn floats_reach_kubernetes_as_go_prints_them() {
        for (text, expected) in [
            ("1e3", Some("1000")),
            ("08", Some("8")),
            ("12345678e9", Some("12345678000000000")),
            ("1e18", Some("1000000000000000000")),
            ("1e19", Some("10000000000000000000")),
            ("1e20", Some("1e+20")),
            ("1.5", Some("1.5")),
            ("-0.0", Some("0")),
            (".inf", None),
            (".nan", None),
        ] {
            let json = to_json(&resolve_plain(text)).map(|json| json.to_string());
            assert_eq!(json.as_deref(), expected, "{text}");
        }
    }
}
