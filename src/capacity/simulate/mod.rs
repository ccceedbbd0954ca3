//! A cluster in virtual time: the scheduler, the autoscaler, and scenarios that are played exactly as they are written.

mod autoscaler;
mod draws;
mod events;
mod outcome;
pub mod scenario;
pub mod scheduler;
mod world;

pub use outcome::{Deletion, Order, ScenarioOutcome, Users};
