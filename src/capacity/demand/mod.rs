//! Demand: when users arrive, and for how long they stay.

mod curve;
mod event;
mod source;
mod time;
mod trace;

pub use curve::{Curve, read_curve};
pub use event::{Burst, EventShape};
pub use source::{Arrival, DemandSource, MOST_LAUNCHES, UserDemand};
pub use time::{duration, instant};
pub use trace::{BadTrace, Trace, read_trace};
