//! Demand: when users arrive, and for how long they stay.

mod curve;
mod event;
mod source;
mod time;
mod trace;

pub use curve::{Curve, read_curve};
pub use event::{Burst, Shape};
pub use source::{Arrival, Demand, MOST_LAUNCHES, Source};
pub use time::{duration, instant};
pub use trace::{BadTrace, Trace, read_trace};
