//! Events and bursts: users who arrive within a window.

/// How the arrivals of an event are distributed over its window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventShape {
    /// As many in each minute.
    Uniform,
    /// More and more until 35 % of the window, then less and less.
    Early,
}

/// The share of the window after which most users of an early event arrive.
const PEAK: f64 = 0.35;

impl EventShape {
    /// The share of the window after which a share of the users has arrived.
    pub(super) fn quantile(self, share: f64) -> f64 {
        match self {
            Self::Uniform => share,
            Self::Early if share < PEAK => libm::sqrt(share * PEAK),
            Self::Early => 1.0 - libm::sqrt((1.0 - share) * (1.0 - PEAK)),
        }
    }

    /// The largest share of the users who arrive within a part of the window.
    pub(super) fn largest_share(self, part: f64) -> f64 {
        let part = part.clamp(0.0, 1.0);
        match self {
            Self::Uniform => part,
            // As many arrive at the beginning of the part as at its end.
            Self::Early => {
                let before = PEAK * (1.0 - part);
                let after = 1.0 - before - part;
                1.0 - after * after / (1.0 - PEAK) - before * before / PEAK
            }
        }
    }
}

/// Users who arrive within a short time, evenly distributed over it, on top of all others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Burst {
    /// The number of users.
    pub users: u64,
    /// The length in seconds.
    pub window: f64,
    /// When it begins, in seconds from the beginning of the demand.
    pub at: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_early_event_has_its_peak_at_35_percent() {
        let peak = EventShape::Early.quantile(PEAK);
        assert!((peak - PEAK).abs() < 1e-12, "{peak}");
        assert!(EventShape::Early.quantile(0.5) < 0.45);
        let (first, last) = (
            EventShape::Early.quantile(0.0),
            EventShape::Early.quantile(1.0),
        );
        assert!(first.abs() < 1e-12 && (last - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_busiest_part_of_an_early_event_is_around_its_peak() {
        assert!((EventShape::Early.largest_share(1.0) - 1.0).abs() < 1e-12);
        let half = EventShape::Early.largest_share(0.5);
        assert!((half - 0.75).abs() < 1e-12, "{half}");
        assert!((EventShape::Uniform.largest_share(0.5) - 0.5).abs() < 1e-12);
    }
}
