//! What is going to happen, in the order in which it happens.
//!
//! At equal times pods leave first, then nodes change, pods arrive, and user servers start.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// Something that happens in a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// Pods leave, as an entry of the list of deletions says.
    Delete(usize),
    /// A node object appears.
    Register(usize),
    /// A node is Ready.
    Ready(usize),
    /// The startup taint of a node is removed.
    TaintGone(usize),
    /// A node has pulled the image.
    ImageThere(usize),
    /// A pod is created.
    Arrive(usize),
    /// The autoscaler drains a node, again.
    Drain(usize),
    /// The minimum of a pool changes, as an entry of the list of minimums says.
    Minimum(usize),
    /// Something that is no matter of the cluster itself.
    Hub(HubEvent),
}

/// What happens in a hub; users have indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HubEvent {
    /// A user server ends, by its pod.
    End(usize),
    /// A user asks for a server, again.
    Ask(usize),
    /// An attempt of a user, by its number, has lasted for the start timeout.
    Timeout(usize, u16),
    /// A user server runs.
    Run,
}

impl Event {
    /// The order of events at one time.
    fn rank(self) -> u64 {
        match self {
            Self::Delete(_) | Self::Hub(HubEvent::End(_)) => 0,
            Self::Register(_)
            | Self::Ready(_)
            | Self::TaintGone(_)
            | Self::ImageThere(_)
            | Self::Minimum(_) => 1,
            Self::Arrive(_) | Self::Hub(HubEvent::Ask(_) | HubEvent::Timeout(..)) => 2,
            Self::Drain(_) => 3,
            Self::Hub(HubEvent::Run) => 4,
        }
    }
}

/// An event with its time; the order is that of ranks, then that in which events were planned.
#[derive(Debug, Clone, Copy)]
struct PlannedEvent {
    at: f64,
    order: u64,
    event: Event,
}

impl PartialEq for PlannedEvent {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for PlannedEvent {}

impl PartialOrd for PlannedEvent {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PlannedEvent {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_time = self.at.total_cmp(&other.at);
        by_time.then(self.order.cmp(&other.order))
    }
}

/// The events that are planned.
#[derive(Debug, Clone, Default)]
pub(super) struct Agenda {
    events: BinaryHeap<Reverse<PlannedEvent>>,
    planned: u64,
}

impl Agenda {
    /// Plans an event.
    pub(super) fn plan(&mut self, at: f64, event: Event) {
        const RANKS_FROM: u32 = 56;
        self.planned += 1;
        let order = event.rank() << RANKS_FROM | self.planned;
        self.events.push(Reverse(PlannedEvent { at, order, event }));
    }

    /// The time of the next event.
    pub(super) fn next_at(&self) -> Option<f64> {
        self.events.peek().map(|Reverse(planned)| planned.at)
    }

    /// Takes the next event.
    pub(super) fn pop(&mut self) -> Option<Event> {
        self.events.pop().map(|Reverse(planned)| planned.event)
    }
}
