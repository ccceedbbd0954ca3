//! How many users arrive within a lead time: a distribution over whole numbers.

/// The terms of a series are added until the rest is below this.
const REST: f64 = 1e-13;

/// The number of arrivals in a window: Poisson, or negative binomial where arrivals come in groups, each mean as
/// probable as the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Counts {
    /// The mean number in each window that is equally probable.
    means: Vec<f64>,
    /// Variance over mean; 1 for Poisson.
    dispersion: f64,
    /// Arrivals that come for certain: bursts.
    certain: u64,
}

impl Counts {
    /// Arrivals with one mean and independent of each other.
    pub fn poisson(mean: f64) -> Self {
        Self::mixed(vec![mean], 1.0)
    }

    /// Windows that are equally probable, by their means; `dispersion` is variance over mean within a window, 1 for
    /// arrivals that are independent of each other.
    pub fn mixed(means: Vec<f64>, dispersion: f64) -> Self {
        Self {
            means,
            dispersion: dispersion.max(1.0),
            certain: 0,
        }
    }

    /// The same with so many arrivals more, which come for certain.
    #[must_use]
    pub fn with_certain(mut self, arrivals: u64) -> Self {
        self.certain += arrivals;
        self
    }

    /// The mean of all.
    #[expect(clippy::cast_precision_loss, reason = "a count of users")]
    pub fn mean(&self) -> f64 {
        self.means.iter().sum::<f64>() / self.means.len() as f64 + self.certain as f64
    }

    /// The probability of at least so many arrivals.
    pub fn at_least(&self, count: u64) -> f64 {
        if count <= self.certain {
            return 1.0;
        }
        let below: f64 = (0..count - self.certain).map(|count| self.probability(count)).sum();
        (1.0 - below).clamp(0.0, 1.0)
    }

    /// The least number that is not exceeded with a probability of at least `1 - risk`.
    pub fn quantile(&self, risk: f64) -> u64 {
        let mut sum = 0.0;
        let mut count = 0;
        loop {
            sum += self.probability(count);
            if sum >= 1.0 - risk || self.is_rest(count, sum) {
                return count + self.certain;
            }
            count += 1;
        }
    }

    /// The expected number of users above `seats`, where the user that takes the last seat already waits for the next
    /// node: the sum over n >= seats of (1 + n - seats) P(N = n).
    #[expect(clippy::cast_precision_loss, reason = "a count of users")]
    pub fn expected_above(&self, seats: u64) -> f64 {
        let mut sum = 0.0;
        let mut seen = 0.0;
        let mut count = 0;
        loop {
            let probability = self.probability(count);
            seen += probability;
            let total = count + self.certain;
            if total >= seats {
                sum += (1 + total - seats) as f64 * probability;
            }
            if self.is_rest(count, seen) {
                return sum;
            }
            count += 1;
        }
    }

    /// Whether hardly anything comes after a term.
    #[expect(clippy::cast_precision_loss, reason = "a count of users")]
    fn is_rest(&self, count: u64, sum: f64) -> bool {
        let largest = self.means.iter().copied().fold(0.0, f64::max);
        let far = largest + 40.0 * libm::sqrt(largest * self.dispersion) + 60.0 * self.dispersion;
        count as f64 > largest && sum > 1.0 - REST || count as f64 > far
    }

    /// The probability of exactly so many arrivals beside those that are certain.
    #[expect(clippy::cast_precision_loss, reason = "a count of windows")]
    fn probability(&self, count: u64) -> f64 {
        let of_each = self.means.iter().map(|mean| self.of_mean(*mean, count));
        of_each.sum::<f64>() / self.means.len() as f64
    }

    #[expect(clippy::cast_precision_loss, reason = "a count of users")]
    fn of_mean(&self, mean: f64, count: u64) -> f64 {
        if mean <= 0.0 {
            return if count == 0 { 1.0 } else { 0.0 };
        }
        let n = count as f64;
        let logarithm = if self.dispersion <= 1.0 {
            n * libm::log(mean) - mean - libm::lgamma(n + 1.0)
        } else {
            let r = mean / (self.dispersion - 1.0);
            libm::lgamma(n + r)
                - libm::lgamma(r)
                - libm::lgamma(n + 1.0)
                - r * libm::log(self.dispersion)
                + n * libm::log(1.0 - 1.0 / self.dispersion)
        };
        libm::exp(logarithm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(counts: &Counts, seats: u64, any_waits: f64, waiting: f64) {
        let found = (counts.at_least(seats), counts.expected_above(seats));
        assert!((found.0 - any_waits).abs() < 6e-4, "{seats}: {found:?}");
        assert!((found.1 - waiting).abs() < 6e-3, "{seats}: {found:?}");
    }

    #[test]
    fn who_waits_with_a_mean_of_20() {
        let counts = Counts::poisson(20.0);
        for (seats, any_waits, waiting) in [
            (10, 0.995, 11.00),
            (15, 0.895, 6.15),
            (20, 0.530, 2.31),
            (25, 0.157, 0.49),
            (29, 0.034, 0.09),
            (32, 0.008, 0.02),
        ] {
            check(&counts, seats, any_waits, waiting);
        }
    }

    #[test]
    fn who_waits_with_a_mean_of_200() {
        let counts = Counts::poisson(200.0);
        for (seats, any_waits, waiting) in
            [(200, 0.509, 6.15), (225, 0.044, 0.29), (235, 0.009, 0.05)]
        {
            check(&counts, seats, any_waits, waiting);
        }
    }

    #[test]
    fn arrivals_in_groups_need_more_seats() {
        for (mean, dispersion, five, one) in [
            (20.0, 1.0, 29, 32),
            (200.0, 1.0, 225, 235),
            (20.0, 2.0, 32, 38),
            (200.0, 2.0, 235, 250),
            (20.0, 5.0, 40, 51),
            (200.0, 5.0, 255, 281),
        ] {
            let counts = Counts::mixed(vec![mean], dispersion);
            let seats = (1 + counts.quantile(0.05), 1 + counts.quantile(0.01));
            assert_eq!(seats, (five, one), "{mean}, {dispersion}");
        }
    }

    #[test]
    fn a_burst_comes_on_top() {
        let counts = Counts::poisson(20.0).with_certain(40);
        assert_eq!(
            counts.quantile(0.05),
            40 + Counts::poisson(20.0).quantile(0.05)
        );
        assert!((counts.at_least(60) - Counts::poisson(20.0).at_least(20)).abs() < 1e-12);
        assert!((counts.mean() - 60.0).abs() < 1e-12);
        assert!((counts.at_least(40) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn nobody_arrives_without_a_rate() {
        let counts = Counts::poisson(0.0);
        assert_eq!(counts.quantile(0.01), 0);
        assert!(counts.at_least(1) < 1e-12);
    }
}
