//! A cluster in virtual time: the scheduler, the autoscaler, and scenarios that are played exactly as they are written.

mod autoscaler;
pub mod scenario;
pub mod scheduler;
mod world;

pub use world::{Deletion, Order, ScenarioOutcome, Users};
