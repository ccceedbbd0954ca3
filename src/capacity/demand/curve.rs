//! A curve: users per minute over a day.

use super::trace::BadTrace;

/// Seconds of a day.
pub(super) const DAY: f64 = 86_400.0;

/// Rates that follow each other, the same each day.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// From when each rate holds, in seconds after midnight, in order.
    from: Vec<f64>,
    /// Users a second.
    rates: Vec<f64>,
    /// How many users have arrived by each time.
    sums: Vec<f64>,
}

impl Curve {
    /// A curve of users a second from each time on, in seconds after midnight; the first rate also holds before.
    pub fn new(points: &[(f64, f64)]) -> Self {
        let mut curve = Self {
            from: vec![0.0],
            // The last rate of a day lasts until the first one of the next.
            rates: vec![points.last().map_or(0.0, |(_, rate)| *rate)],
            sums: vec![0.0],
        };
        for (at, rate) in points {
            let last = curve.from.len() - 1;
            if *at <= 0.0 {
                curve.rates[last] = *rate;
                continue;
            }
            let sum = curve.sums[last] + curve.rates[last] * (at - curve.from[last]);
            curve.from.push(*at);
            curve.rates.push(*rate);
            curve.sums.push(sum);
        }
        curve
    }

    /// Users of a day.
    pub fn users(&self) -> f64 {
        self.until(DAY)
    }

    /// How many users arrive until a time of the first day, or later.
    fn until(&self, at: f64) -> f64 {
        if at >= DAY {
            return self.until(DAY - 1e-9) + self.until(at - DAY);
        }
        let next = self.from.partition_point(|from| *from <= at);
        let last = next.saturating_sub(1);
        self.sums[last] + self.rates[last] * (at - self.from[last])
    }

    /// When so many users have arrived on the first day; nothing where fewer arrive.
    pub(super) fn when(&self, users: f64) -> Option<f64> {
        let next = self.sums.partition_point(|sum| *sum <= users);
        let last = next.checked_sub(1).filter(|part| self.rates[*part] > 0.0)?;
        let at = self.from[last] + (users - self.sums[last]) / self.rates[last];
        (at < DAY).then_some(at)
    }

    /// The largest mean number of users within a window.
    pub(super) fn largest_mean(&self, window: f64) -> f64 {
        if window >= DAY {
            return self.users() * window / DAY;
        }
        // The largest window begins or ends where the rate changes.
        let starts = self.from.iter().flat_map(|from| [*from, from - window]);
        let starts = starts.map(|at| if at < 0.0 { at + DAY } else { at });
        starts.map(|at| self.until(at + window) - self.until(at)).fold(0.0, f64::max)
    }
}

/// Reads a curve: lines of a time of day (`9:30`) and users per minute; the first line may be a header.
///
/// # Errors
/// For a line of another form, with its line and column.
pub fn read_curve(text: &str) -> Result<Curve, BadTrace> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let Some((time, rate)) = line.split_once(',') else {
            return Err(BadTrace::at(
                number,
                1,
                "expected a time of day and users per minute, such as `9:30,12`",
            ));
        };
        let Some(at) = time_of_day(time.trim()) else {
            if index == 0 {
                continue;
            }
            let message = format!("`{}` is not a time of day such as `9:30`", time.trim());
            return Err(BadTrace::at(number, 1, &message));
        };
        let column = time.chars().count() + 2;
        let rate = rate.trim();
        let per_minute = rate.parse::<f64>().ok();
        let Some(per_minute) = per_minute.filter(|it| it.is_finite() && *it >= 0.0) else {
            let message = format!("`{rate}` is not a number of users per minute");
            return Err(BadTrace::at(number, column, &message));
        };
        if points.last().is_some_and(|(last, _)| *last >= at) {
            let message = format!("`{}` is not after the line before", time.trim());
            return Err(BadTrace::at(number, 1, &message));
        }
        points.push((at, per_minute / 60.0));
    }
    if points.iter().all(|(_, rate)| *rate <= 0.0) {
        return Err(BadTrace::at(1, 1, "no users arrive"));
    }
    Ok(Curve::new(&points))
}

/// `9:30` or `09:30:15`, in seconds after midnight.
fn time_of_day(text: &str) -> Option<f64> {
    let mut parts = text.split(':');
    let mut part = |below: u32| -> Option<u32> {
        let part: u32 = parts.next()?.parse().ok()?;
        (part < below).then_some(part)
    };
    let (hours, minutes) = (part(24)?, part(60)?);
    let seconds = match text.matches(':').count() {
        1 => 0,
        2 => part(60)?,
        _ => return None,
    };
    Some(f64::from(hours * 3600 + minutes * 60 + seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHOOL: &str = "time,users per minute\n8:00,0\n9:00,6\n10:00,0\n";

    #[test]
    fn users_arrive_where_the_curve_has_a_rate() {
        let curve = read_curve(SCHOOL).expect("a curve");
        assert!((curve.users() - 360.0).abs() < 1e-6);
        let at = curve.when(180.0).expect("a time");
        assert!((at - 9.5 * 3600.0).abs() < 1e-6, "{at}");
        assert_eq!(curve.when(361.0), None);
    }

    #[test]
    fn the_busiest_window_of_a_curve() {
        let curve = read_curve(SCHOOL).expect("a curve");
        assert!((curve.largest_mean(600.0) - 60.0).abs() < 1e-6);
        assert!((curve.largest_mean(7200.0) - 360.0).abs() < 1e-6);
    }

    #[test]
    fn the_last_rate_of_a_day_lasts_until_the_first_of_the_next() {
        let curve = read_curve("22:00,1\n6:00:00,0\n");
        assert!(curve.is_err());
        let curve = read_curve("6:00,0\n22:00,1").expect("a curve");
        assert!((curve.users() - 480.0).abs() < 1e-6);
        assert!((curve.largest_mean(8.0 * 3600.0) - 480.0).abs() < 1e-6);
    }

    #[test]
    fn a_line_that_is_no_point_of_a_curve_is_refused() {
        for (text, line, column) in [
            ("9:00,1\nlater,2", 2, 1),
            ("9:00,1\n10:00,many", 2, 7),
            ("9:00,-1", 1, 6),
            ("9:00,1\n8:00,2", 2, 1),
            ("9:00", 1, 1),
            ("", 1, 1),
        ] {
            let error = read_curve(text).expect_err(text);
            assert_eq!((error.line, error.column), (line, column), "{text}");
        }
    }
}
