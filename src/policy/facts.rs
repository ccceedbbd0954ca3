//! Facts about a cluster and its users: autoscaler, demand and start times.

use std::time::Duration;

use super::place::{Findings, PolicyPlace};
use super::{codes, written};
use crate::diag::Diagnostic;

/// Facts that are in no manifest and no values file. Rules that need them report nothing without them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facts {
    /// The autoscaler of the cluster.
    pub autoscaler: Option<Autoscaler>,
    /// How many users start a server at the same time.
    pub demand: Option<Demand>,
    /// How long a user server takes to start on a new node.
    pub lead: Option<Lead>,
}

/// The autoscaler of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Autoscaler {
    /// The Kubernetes cluster autoscaler, including the managed ones of cloud providers.
    ClusterAutoscaler {
        /// `--expendable-pods-priority-cutoff`: pods with a lower priority never cause a scale-up.
        cutoff: i32,
    },
    /// Karpenter, which has no cutoff.
    Karpenter,
    /// No autoscaler: the number of nodes is fixed.
    None,
}

/// A wave of users, for example at the start of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    /// The number of users who start a server.
    pub users: u32,
    /// The time in which they start.
    pub within: Duration,
}

/// The durations of the steps of a start on a new node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lead {
    /// From the request for a node until the node is ready.
    pub boot: Duration,
    /// The time to pull the image.
    pub pull: Duration,
    /// The time until the user server responds.
    pub start: Duration,
}

/// The cutoff of the cluster autoscaler since 1.12 (`ExpendablePodsPriorityCutoff`).
pub const DEFAULT_CUTOFF: i32 = -10;

/// The default start time on a node that has the image.
const START: Duration = Duration::from_secs(10);

/// Checks the facts; `place` is the policy's root.
pub(super) fn check(
    autoscaler: Option<&written::Autoscaler>,
    demand: Option<&written::Demand>,
    lead: Option<&written::Lead>,
    place: PolicyPlace<'_>,
    findings: &mut Findings,
) -> Facts {
    let mut duration = |text: &str, place: PolicyPlace<'_>| {
        let read = read_duration(text);
        if read.is_none() {
            let message = format!("`{text}` is not a duration");
            let finding = Diagnostic::new(&codes::BAD_DURATION, message).at(place.span(), "");
            findings.push(finding.help("write it like `90s`, `10m` or `1h30m`"));
        }
        read.unwrap_or_default()
    };
    let demand = demand.map(|demand| Demand {
        users: demand.users,
        within: duration(&demand.within, place.under("demand").under("within")),
    });
    let of_lead = place.under("lead");
    let lead = lead.map(|lead| Lead {
        boot: duration(&lead.boot, of_lead.under("boot")),
        pull: duration(&lead.pull, of_lead.under("pull")),
        start: lead
            .start
            .as_deref()
            .map_or(START, |start| duration(start, of_lead.under("start"))),
    });
    let autoscaler = autoscaler.map(|autoscaler| match autoscaler.kind {
        written::AutoscalerKind::ClusterAutoscaler => Autoscaler::ClusterAutoscaler {
            cutoff: autoscaler.priority_cutoff.unwrap_or(DEFAULT_CUTOFF),
        },
        written::AutoscalerKind::Karpenter => Autoscaler::Karpenter,
        written::AutoscalerKind::None => Autoscaler::None,
    });
    Facts {
        autoscaler,
        demand,
        lead,
    }
}

/// Parses whole hours, minutes and seconds, in the format of Go durations.
fn read_duration(text: &str) -> Option<Duration> {
    let mut seconds: u64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest[..end].parse().ok()?;
        let unit = match rest.get(end..=end)? {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => return None,
        };
        seconds = seconds.checked_add(number.checked_mul(unit)?)?;
        rest = &rest[end + 1..];
    }
    (!text.is_empty()).then(|| Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_units() {
        let seconds = |text| read_duration(text).map(|duration| duration.as_secs());
        assert_eq!(seconds("90s"), Some(90));
        assert_eq!(seconds("1h30m"), Some(5400));
        assert_eq!(seconds("0s"), Some(0));
        for wrong in [
            "",
            "90",
            "m",
            "1d",
            "-3m",
            "1.5h",
            "3µs",
            "99999999999999999999h",
        ] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }
}
