//! A cluster in virtual time: the scheduler, the autoscaler, and scenarios that are played exactly as they are written.

mod autoscaler;
mod events;
mod hub;
mod model;
mod outcome;
pub mod scenario;
pub mod scheduler;
mod world;

pub use hub::{HubQuestion, HubRun, Wait, WaitCause, simulate};
pub use model::{
    Culler, Headroom, HubLimits, HubModel, Placeholders, PodRequest, PoolMinimum, StartPlan,
};
pub use outcome::{Deletion, Order, ScenarioOutcome, Users};
