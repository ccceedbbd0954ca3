//! Traces: when users started their servers, as a log says it. The door to csv.

use std::fmt;

use serde_json::Value;

use super::source::Arrival;
use super::time::instant;

/// Launches in the order of their times.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// Seconds from the first launch.
    pub starts: Vec<f64>,
    /// How long each server ran, in seconds, where the trace says it of all.
    pub sessions: Option<Vec<f64>>,
}

/// A trace that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadTrace {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl BadTrace {
    pub(super) fn at(line: usize, column: usize, message: &str) -> Self {
        Self {
            line,
            column,
            message: message.to_owned(),
        }
    }
}

impl fmt::Display for BadTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

/// The names of the column or member with the time of a launch.
const START: &[&str] = &["start", "time", "timestamp"];

/// The names of the one with the time at which the server ended.
const END: &[&str] = &["end", "stop"];

/// What events of mybinder.org have as their schema.
const MYBINDER: &str = "binderhub.jupyter.org/launch";

/// A launch as it is written.
struct Launch {
    start: f64,
    end: Option<f64>,
    /// Whether only the minute is known.
    is_minute: bool,
    line: usize,
    column: usize,
}

/// Reads a trace: CSV with a header, JSON lines, or an archive of events of mybinder.org, which only has minutes.
///
/// # Errors
/// For a text that is none of these, is empty or out of order, with line and column.
pub fn read_trace(text: &str) -> Result<Trace, BadTrace> {
    let launches = if text.trim_start().starts_with('{') {
        read_lines(text)?
    } else {
        read_table(text)?
    };
    let Some(first) = launches.first().map(|launch| launch.start) else {
        return Err(BadTrace::at(1, 1, "the trace has no launches"));
    };
    for pair in launches.windows(2) {
        if pair[1].start < pair[0].start {
            let message = "the launch is before the one in the line before; sort the trace by time";
            return Err(BadTrace::at(pair[1].line, pair[1].column, message));
        }
    }
    let sessions = launches.iter().map(|it| Some(it.end? - it.start));
    Ok(Trace {
        sessions: sessions.collect(),
        starts: spread(&launches).into_iter().map(|at| at - first).collect(),
    })
}

/// The times of launches, where those of a minute are spread evenly over it.
#[expect(clippy::cast_precision_loss, reason = "launches of a minute")]
fn spread(launches: &[Launch]) -> Vec<f64> {
    const MINUTE: f64 = 60.0;
    let mut times = Vec::with_capacity(launches.len());
    let is_same = |one: &Launch, other: &Launch| {
        one.is_minute && other.is_minute && one.start.total_cmp(&other.start).is_eq()
    };
    for together in launches.chunk_by(is_same) {
        let step = if together[0].is_minute {
            MINUTE / together.len() as f64
        } else {
            0.0
        };
        let of_each = together.iter().enumerate();
        times.extend(of_each.map(|(index, launch)| launch.start + step * index as f64));
    }
    times
}

fn read_table(text: &str) -> Result<Vec<Launch>, BadTrace> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let broken = |error: &csv::Error| {
        let line = error.position().map_or(1, |position| position.line());
        BadTrace::at(
            usize::try_from(line).unwrap_or(usize::MAX),
            1,
            "the line has another number of columns than the header",
        )
    };
    let header = reader.headers().map_err(|error| broken(&error))?.clone();
    let column = |names: &[&str]| {
        let mut cells = header.iter();
        cells.position(|cell| names.iter().any(|name| cell.eq_ignore_ascii_case(name)))
    };
    let Some(start) = column(START) else {
        let message = "expected CSV with a column `time` in its header, or JSON lines";
        return Err(BadTrace::at(1, 1, message));
    };
    let end = column(END);
    let mut launches = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| broken(&error))?;
        let line = record.position().map_or(1, |position| position.line());
        let line = usize::try_from(line).unwrap_or(usize::MAX);
        let cell = |index: usize| record.get(index).unwrap_or_default();
        let place =
            |index: usize| 1 + (0..index).map(|it| cell(it).chars().count() + 1).sum::<usize>();
        let time = |index: usize| {
            let message = format!(
                "`{}` is not a time such as `2026-08-28T09:30:00Z`",
                cell(index)
            );
            instant(cell(index)).ok_or_else(|| BadTrace::at(line, place(index), &message))
        };
        let started = time(start)?;
        let ended = end.filter(|index| !cell(*index).is_empty());
        launches.push(Launch {
            start: started,
            end: match ended {
                Some(index) => Some(later(time(index)?, started, line, place(index))?),
                None => None,
            },
            is_minute: false,
            line,
            column: place(start),
        });
    }
    Ok(launches)
}

/// An end that is not before its start.
fn later(end: f64, start: f64, line: usize, column: usize) -> Result<f64, BadTrace> {
    if end < start {
        let message = "the server ends before it starts";
        return Err(BadTrace::at(line, column, message));
    }
    Ok(end)
}

fn read_lines(text: &str) -> Result<Vec<Launch>, BadTrace> {
    let mut launches = Vec::new();
    for (index, text) in text.lines().enumerate() {
        let line = index + 1;
        if text.trim().is_empty() {
            continue;
        }
        let object: Value = serde_json::from_str(text).map_err(|error| {
            BadTrace::at(line, error.column().max(1), "the line is not a JSON object")
        })?;
        if object.get("schema").is_some_and(|schema| schema != MYBINDER) {
            continue;
        }
        let member = |names: &[&str]| {
            let found = names.iter().find_map(|name| {
                let value = object.get(name)?;
                (!value.is_null()).then_some((*name, value))
            });
            let Some((name, value)) = found else {
                return Ok(None);
            };
            let column =
                text.find(&format!("\"{name}\"")).map_or(1, |at| 1 + text[..at].chars().count());
            let message = format!("`{value}` is not a time such as `2026-08-28T09:30:00Z`");
            let time = value.as_str().and_then(instant);
            let time = time.ok_or_else(|| BadTrace::at(line, column, &message))?;
            Ok(Some((time, column)))
        };
        let Some((start, column)) = member(START)? else {
            let message = "the object has no member `time`";
            return Err(BadTrace::at(line, 1, message));
        };
        let end = match member(END)? {
            Some((end, column)) => Some(later(end, start, line, column)?),
            None => None,
        };
        launches.push(Launch {
            start,
            end,
            is_minute: object.get("schema").is_some(),
            line,
            column,
        });
    }
    Ok(launches)
}

impl Trace {
    /// The time from the first launch to the last.
    pub fn length(&self) -> f64 {
        self.starts.last().copied().unwrap_or_default()
    }

    /// Its launches.
    pub(super) fn arrivals(&self) -> impl Iterator<Item = Arrival> {
        let sessions = self.sessions.as_ref();
        let starts = self.starts.iter().enumerate();
        starts.map(move |(index, at)| Arrival {
            at: *at,
            session: sessions.and_then(|sessions| sessions.get(index).copied()),
        })
    }

    /// The largest number of launches within a window.
    #[expect(clippy::cast_precision_loss, reason = "a number of users")]
    pub(super) fn largest_count(&self, window: f64) -> f64 {
        let mut first = 0;
        let mut most = 0;
        for (index, at) in self.starts.iter().enumerate() {
            while at - self.starts[first] > window {
                first += 1;
            }
            most = most.max(index + 1 - first);
        }
        most as f64
    }

    /// Variance over mean of the launches of a minute, against the mean of their hour; at least 1.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "minutes of a trace"
    )]
    pub fn dispersion(&self) -> f64 {
        const MINUTES: usize = 60;
        let mut minutes = vec![0_u32; (self.length() / 60.0) as usize + 1];
        for at in &self.starts {
            minutes[(at / 60.0) as usize] += 1;
        }
        // The last hour may be a part of one.
        let whole = minutes.chunks(MINUTES).filter(|hour| hour.len() > 1);
        let (mut squares, mut launches) = (0.0, 0.0);
        for hour in whole {
            let count = hour.len() as f64;
            let sum: f64 = hour.iter().map(|it| f64::from(*it)).sum();
            let off = hour.iter().map(|it| f64::from(*it) - sum / count);
            squares += off.map(|it| it * it).sum::<f64>() * count / (count - 1.0);
            launches += sum;
        }
        if launches > 0.0 {
            (squares / launches).max(1.0)
        } else {
            1.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_starts_and_ends() {
        let text = "user,time,end\na,2026-08-28T09:30:00Z,2026-08-28T10:00:00Z\nb,2026-08-28T09:30:10Z,2026-08-28T09:40:10Z\n";
        let trace = read_trace(text).expect("a trace");
        assert_eq!(trace.starts, [0.0, 10.0]);
        assert_eq!(trace.sessions, Some(vec![1800.0, 600.0]));
    }

    #[test]
    fn an_end_that_is_missing_leaves_all_sessions_unknown() {
        let text = "time,end\n2026-08-28T09:30:00Z,2026-08-28T10:00:00Z\n2026-08-28T09:30:10Z,\n";
        assert_eq!(read_trace(text).expect("a trace").sessions, None);
    }

    #[test]
    fn lines_are_objects() {
        let text = "{\"time\": \"2026-08-28T09:30:00Z\"}\n\n{\"time\": \"2026-08-28T09:31:00Z\"}\n";
        assert_eq!(read_trace(text).expect("a trace").starts, [0.0, 60.0]);
    }

    #[test]
    fn minutes_of_an_archive_are_spread_evenly() {
        let event = |minute: u32| {
            format!(
                "{{\"timestamp\": \"2026-08-28T09:{minute}:00+00:00\", \"schema\": \"{MYBINDER}\", \"version\": 1}}\n"
            )
        };
        let text = event(30) + &event(30) + &event(30) + &event(31);
        let trace = read_trace(&text).expect("a trace");
        assert_eq!(trace.starts, [0.0, 20.0, 40.0, 60.0]);
    }

    #[test]
    fn what_is_wrong_has_a_place() {
        for (text, line, column) in [
            ("", 1, 1),
            ("time\n", 1, 1),
            ("user,when\na,b\n", 1, 1),
            ("user,time\na,soon\n", 2, 3),
            ("time\n2026-08-28T09:30:00Z\n2026-08-28T09:29:00Z\n", 3, 1),
            (
                "time,end\n2026-08-28T09:30:00Z,2026-08-28T09:29:00Z\n",
                2,
                22,
            ),
            ("time,end\n2026-08-28T09:30:00Z\n", 2, 1),
            ("{\"time\": \"2026-08-28T09:30:00Z\"}\n{\"time\"", 2, 7),
            ("{\"when\": 1}", 1, 1),
            ("{\"a\": 1, \"time\": 12}", 1, 10),
        ] {
            let error = read_trace(text).expect_err(text);
            assert_eq!(
                (error.line, error.column),
                (line, column),
                "{text}: {error}"
            );
        }
    }

    #[test]
    fn the_busiest_window_is_counted() {
        let trace = Trace {
            starts: vec![0.0, 50.0, 55.0, 60.0, 200.0],
            sessions: None,
        };
        assert!((trace.largest_count(10.0) - 3.0).abs() < 1e-12);
        assert!((trace.largest_count(60.0) - 4.0).abs() < 1e-12);
    }

    #[test]
    fn groups_make_counts_vary_more() {
        let starts = |group: u32| {
            let times = (0..600).flat_map(move |index| {
                let at = f64::from(index / group * group) * 6.0;
                std::iter::once(at)
            });
            times.collect()
        };
        let of = |group| {
            Trace {
                starts: starts(group),
                sessions: None,
            }
            .dispersion()
        };
        assert!(of(1) < 1.01);
        assert!(of(40) > 10.0);
    }
}
