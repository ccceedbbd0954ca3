//! What options say, in words: `100/10m`, `320 users in 10m`, `150s/240s`.
//!
//! An error is what to write in place of the text.

use super::amounts::{Amounts, Notation, read_amount, whole};
use crate::capacity::delay::Delay;
use crate::capacity::demand::{self, Burst};

/// A time that is more than nothing.
fn time(text: &str) -> Option<f64> {
    demand::duration(text).filter(|seconds| *seconds > 0.0)
}

/// A time that may be nothing.
pub(super) fn seconds(text: &str) -> Result<f64, String> {
    demand::duration(text).ok_or_else(|| "write a time like `90s`, `10m` or `1h30m`".to_owned())
}

/// A time that is more than nothing.
pub(super) fn positive_seconds(text: &str) -> Result<f64, String> {
    time(text).ok_or_else(|| "write a time above 0 like `90s`, `10m` or `1h30m`".to_owned())
}

/// `150s/240s` or `150s`.
pub(super) fn delay(text: &str) -> Result<Delay, String> {
    let help = || "write the median and the 95 % quantile like `150s/240s`, or one time".to_owned();
    let Some((median, p95)) = text.split_once('/') else {
        return seconds(text).map(Delay::constant).map_err(|_| help());
    };
    let (median, p95) = time(median).zip(time(p95)).ok_or_else(help)?;
    if p95 < median {
        return Err("the 95 % quantile is not below the median".to_owned());
    }
    Ok(Delay { median, p95 })
}

/// The same, above 0.
pub(super) fn positive_delay(text: &str) -> Result<Delay, String> {
    let delay = delay(text)?;
    if delay.median > 0.0 {
        Ok(delay)
    } else {
        Err("write a time above 0, such as `90m` or `90m/4h`".to_owned())
    }
}

/// `100/10m`, in users a second.
pub(super) fn rate(text: &str) -> Result<f64, String> {
    let help = || "write users and a time, both above 0, like `100/10m`".to_owned();
    let (users, window) = text.split_once('/').ok_or_else(help)?;
    let users = positive(users).map_err(|_| help())?;
    let window = time(window).ok_or_else(help)?;
    Ok(users / window)
}

/// The users of an event, its length in seconds, and when it begins.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct EventWords {
    pub(super) users: u64,
    pub(super) window: f64,
    /// As it is written.
    pub(super) at: Option<String>,
}

/// `320 users in 10m at 2026-08-28T09:30-07:00`.
pub(super) fn event(text: &str) -> Result<EventWords, String> {
    let help = || {
        "write it like `320 users in 10m`, or `320 users in 10m at 2026-08-28T09:30-07:00`"
            .to_owned()
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    let (users, window, at) = match words[..] {
        [users, "users" | "user", "in", window] => (users, window, None),
        [users, "users" | "user", "in", window, "at", at] => (users, window, Some(at)),
        _ => return Err(help()),
    };
    if at.is_some_and(|at| demand::instant(at).is_none()) {
        return Err("write the time with its offset, like `2026-08-28T09:30-07:00`".to_owned());
    }
    Ok(EventWords {
        users: count(users).map_err(|_| help())?,
        window: time(window).ok_or_else(help)?,
        at: at.map(str::to_owned),
    })
}

/// `40 in 60s at 0s`.
pub(super) fn burst(text: &str) -> Result<Burst, String> {
    let help = || "write it like `40 in 60s at 0s`".to_owned();
    let words: Vec<&str> = text.split_whitespace().filter(|word| *word != "users").collect();
    let [users, "in", window, "at", at] = words[..] else {
        return Err(help());
    };
    Ok(Burst {
        users: count(users).map_err(|_| help())?,
        window: time(window).ok_or_else(help)?,
        at: demand::duration(at).ok_or_else(help)?,
    })
}

/// A whole number above 0.
pub(super) fn count(text: &str) -> Result<u64, String> {
    let number = text.trim().parse::<u64>().ok().filter(|number| *number > 0);
    number.ok_or_else(|| "write a whole number above 0".to_owned())
}

/// A whole number.
pub(super) fn count_or_zero(text: &str) -> Result<u64, String> {
    text.trim().parse().map_err(|_| "write a whole number".to_owned())
}

/// A number above 0.
pub(super) fn positive(text: &str) -> Result<f64, String> {
    let number = text.trim().parse::<f64>().ok();
    let number = number.filter(|number| number.is_finite() && *number > 0.0);
    number.ok_or_else(|| "write a number above 0".to_owned())
}

/// Placeholders: how many, and what each requests where that is not a seat.
pub(super) type PlaceholderWords = (u64, Option<Amounts>);

/// `10`, or `6 x memory=60Gi`.
pub(super) fn placeholders(text: &str) -> Result<PlaceholderWords, String> {
    let Some((number, amounts)) = text.split_once('x') else {
        let number = count_or_zero(text);
        return Ok((
            number.map_err(|_| "write a number, or `6 x memory=60Gi`".to_owned())?,
            None,
        ));
    };
    let amounts = Amounts::read(amounts.trim(), Notation::Kubernetes, &["cpu", "memory"])?;
    Ok((count(number)?, Some(amounts)))
}

/// Which share of users may wait longer than a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Goal {
    /// Seconds.
    pub wait: f64,
    /// The share, from 0 to 1.
    pub share: f64,
}

/// `wait 10s 1%`.
pub(super) fn goal(text: &str) -> Result<Goal, String> {
    let help = || "write it like `wait 10s 1%`".to_owned();
    let words: Vec<&str> = text.split_whitespace().collect();
    let ["wait", wait, share] = words[..] else {
        return Err(help());
    };
    Ok(Goal {
        wait: demand::duration(wait).ok_or_else(help)?,
        share: percent(share).ok_or_else(help)?,
    })
}

/// `1%`, from 0 to 1.
fn percent(text: &str) -> Option<f64> {
    let number: f64 = text.strip_suffix('%')?.trim().parse().ok()?;
    (number.is_finite() && (0.0..=100.0).contains(&number)).then_some(number / 100.0)
}

/// Sizes in bytes with the share of users of each.
pub(super) type Usage = Vec<(u64, f64)>;

/// `1G:80%,10G:20%`.
pub(super) fn usage(text: &str) -> Result<Usage, String> {
    let help = || "write sizes and the share of users of each like `1G:80%,10G:20%`".to_owned();
    let mut shares = Vec::new();
    for part in text.split(',') {
        let (size, share) = part.split_once(':').ok_or_else(help)?;
        let size = read_amount(size.trim(), Notation::Hub).ok_or_else(help)?;
        let share = percent(share.trim()).ok_or_else(help)?;
        if size <= 0.0 || !size.is_finite() {
            return Err("a size is more than 0".to_owned());
        }
        shares.push((whole(size), share));
    }
    let sum: f64 = shares.iter().map(|(_, share)| share).sum();
    if (sum - 1.0).abs() > 1e-6 {
        return Err(format!(
            "the shares must be 100 % together, not {:.0} %",
            sum * 100.0
        ));
    }
    Ok(shares)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_users_in_a_time() {
        assert_eq!(rate("100/10m"), Ok(100.0 / 600.0));
        for text in [
            "100", "0/10m", "-1/10m", "100/0s", "inf/1m", "nan/1m", "100/m",
        ] {
            assert!(rate(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_event_may_have_a_time() {
        let read = event("320 users in 10m at 2026-08-28T09:30-07:00").expect("an event");
        assert_eq!((read.users, read.window), (320, 600.0));
        assert_eq!(read.at.as_deref(), Some("2026-08-28T09:30-07:00"));
        assert!(event("60 users in 3m").is_ok());
        for text in [
            "320 in 10m",
            "0 users in 10m",
            "320 users in 0s",
            "320 users in 10m at noon",
        ] {
            assert!(event(text).is_err(), "{text}");
        }
    }

    #[test]
    fn delays_have_a_median_and_a_quantile() {
        let boot = delay("150s/4m").expect("a delay");
        assert_eq!((boot.median, boot.p95), (150.0, 240.0));
        assert_eq!(delay("2m"), Ok(Delay::constant(120.0)));
        for text in ["4m/150s", "0s/10s", "fast", "-1s", "1s/"] {
            assert!(delay(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_boot_takes_time() {
        assert!(delay("0s").is_ok() && positive_delay("0s").is_err());
        assert_eq!(positive_delay("2m"), Ok(Delay::constant(120.0)));
    }

    #[test]
    fn placeholders_have_seats_or_sizes() {
        assert_eq!(placeholders("10"), Ok((10, None)));
        let (number, amounts) = placeholders("6 x memory=60Gi").expect("placeholders");
        assert_eq!(
            (number, amounts.and_then(|it| it.memory)),
            (6, Some(60 << 30))
        );
        for text in ["ten", "-1", "0 x memory=1Gi", "2 x 60Gi", "2 x memory=0"] {
            assert!(placeholders(text).is_err(), "{text}");
        }
    }

    #[test]
    fn bursts_goals_and_usage() {
        let read = burst("40 in 60s at 0s").expect("a burst");
        assert_eq!((read.users, read.window, read.at), (40, 60.0, 0.0));
        assert!(burst("40 in 0s at 0s").is_err() && burst("40 at 0s").is_err());
        assert_eq!(
            goal("wait 10s 1%"),
            Ok(Goal {
                wait: 10.0,
                share: 0.01
            })
        );
        assert!(goal("10s 1%").is_err() && goal("wait 10s 101%").is_err());
        let gi = 1_u64 << 30;
        assert_eq!(usage("1G:80%,10G:20%"), Ok(vec![(gi, 0.8), (10 * gi, 0.2)]));
        assert!(usage("1G:80%").is_err() && usage("1G").is_err() && usage("0G:100%").is_err());
    }
}
