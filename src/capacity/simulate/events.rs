//! What is going to happen, in the order in which it happens.
//!
//! At equal times pods leave first, then nodes change, and pods arrive.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Something that happens in a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum HubEvent {
    /// A user server ends, by its pod.
    End(usize),
    /// A user asks for a server, again.
    Ask(usize),
    /// An attempt of a user, by its number, has lasted for the start timeout.
    Timeout(usize, u16),
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
        }
    }
}

/// An event with its time; no two have the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct PlannedEvent {
    /// The time as `ordered` has it, the rank, then the order in which events were planned, as one number: comparing it
    /// is fast.
    key: u128,
    event: Event,
}

/// Where the time is in a key.
const TIMES_FROM: u32 = 64;

/// The bits of a time, in the order of times (`f64::total_cmp`).
pub(super) fn ordered(at: f64) -> u64 {
    let bits = at.to_bits();
    if at.is_sign_negative() {
        !bits
    } else {
        bits | 1 << 63
    }
}

/// The time of such bits.
fn time(ordered: u64) -> f64 {
    let is_negative = ordered >> 63 == 0;
    f64::from_bits(if is_negative {
        !ordered
    } else {
        ordered ^ 1 << 63
    })
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
        let key = u128::from(ordered(at)) << TIMES_FROM | u128::from(order);
        self.events.push(Reverse(PlannedEvent { key, event }));
    }

    /// The time of the next event.
    pub(super) fn next_at(&self) -> Option<f64> {
        let Reverse(next) = self.events.peek()?;
        let ordered = u64::try_from(next.key >> TIMES_FROM);
        ordered.ok().map(time)
    }

    /// Takes the next event.
    pub(super) fn pop(&mut self) -> Option<Event> {
        self.events.pop().map(|Reverse(planned)| planned.event)
    }
}
