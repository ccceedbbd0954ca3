//! Times as people and logs write them: the door to jiff.

use jiff::Timestamp;
use jiff::civil::DateTime;

/// A duration such as `90s`, `10m`, `1h30m` or `2.5m`, in seconds.
pub fn duration(text: &str) -> Option<f64> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    let mut sum = 0.0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..end].parse().ok()?;
        let unit_end = rest[end..]
            .find(|c: char| !c.is_ascii_alphabetic())
            .map_or(rest.len(), |at| end + at);
        sum += number
            * match &rest[end..unit_end] {
                "d" => 86_400.0,
                "h" => 3600.0,
                "m" | "min" => 60.0,
                "s" => 1.0,
                "ms" => 0.001,
                _ => return None,
            };
        rest = &rest[unit_end..];
    }
    sum.is_finite().then_some(sum)
}

/// An instant with its offset (`2026-08-28T09:30-07:00`), or in UTC without one, in seconds since 1970.
#[expect(
    clippy::cast_precision_loss,
    reason = "exact for the years that there are"
)]
pub fn instant(text: &str) -> Option<f64> {
    let text = text.trim();
    let timestamp = text.parse::<Timestamp>().ok().or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    })?;
    Some(timestamp.as_microsecond() as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_with_units() {
        for (text, seconds) in [
            ("90s", Some(90.0)),
            ("10m", Some(600.0)),
            ("1h30m", Some(5400.0)),
            ("2.5m", Some(150.0)),
            ("500ms", Some(0.5)),
            ("0s", Some(0.0)),
            ("10", None),
            ("m", None),
            ("-1s", None),
            ("10 m", None),
            ("1w", None),
            ("", None),
        ] {
            assert_eq!(duration(text), seconds, "{text}");
        }
    }

    #[test]
    fn instants_have_an_offset_or_are_in_utc() {
        let morning = instant("2026-08-28T09:30-07:00");
        assert_eq!(morning, instant("2026-08-28T16:30:00Z"));
        assert_eq!(instant("2026-08-28T16:30:00"), morning);
        assert_eq!(instant("2026-08-28 16:30"), morning);
        assert_eq!(instant("tomorrow"), None);
    }
}
