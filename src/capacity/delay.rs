//! How long something takes: a constant, or a lognormal distribution by its median and 95 % quantile.

/// The standard normal quantile of 95 %.
const Z95: f64 = 1.644_853_626_951_472_2;

/// A time in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delay {
    /// The median.
    pub median: f64,
    /// The 95 % quantile; as the median for a constant.
    pub p95: f64,
}

impl Delay {
    /// A time that is always the same.
    pub fn constant(seconds: f64) -> Self {
        Self {
            median: seconds,
            p95: seconds,
        }
    }

    /// Whether it is always the same.
    pub fn is_constant(self) -> bool {
        self.p95 <= self.median
    }

    /// The time that a share of all are not longer than; `share` is above 0 and below 1.
    pub fn quantile(self, share: f64) -> f64 {
        if self.is_constant() {
            return self.median;
        }
        self.median * libm::exp(self.sigma() * normal_quantile(share))
    }

    /// The share of all that are longer than `seconds`.
    pub fn share_above(self, seconds: f64) -> f64 {
        if self.is_constant() || seconds <= 0.0 {
            return if self.median > seconds { 1.0 } else { 0.0 };
        }
        let z = libm::log(seconds / self.median) / self.sigma();
        0.5 * libm::erfc(z / std::f64::consts::SQRT_2)
    }

    /// The standard deviation of the logarithm.
    fn sigma(self) -> f64 {
        libm::log(self.p95 / self.median) / Z95
    }

    /// As many times that are equally probable: the middles of as many shares.
    pub fn samples(self, count: u32) -> impl Iterator<Item = f64> {
        let of = f64::from(count);
        (0..count).map(move |index| self.quantile((f64::from(index) + 0.5) / of))
    }
}

/// The quantile of the standard normal distribution (Acklam's rational approximation, refined by one step of Halley's
/// method; the error is below 1e-14).
pub fn normal_quantile(share: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 5] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 4] = [
        7.784_695_709_041_462e-3,
        3.224_671_290_700_398e-1,
        2.445_134_137_142_996,
        3.754_408_661_907_416,
    ];
    const TAIL: f64 = 0.024_25;
    let polynomial = |terms: &[f64], x: f64| terms.iter().fold(0.0, |sum, term| sum * x + term);
    let tail = |share: f64| {
        let q = libm::sqrt(-2.0 * libm::log(share));
        polynomial(&C, q) / (polynomial(&D, q) * q + 1.0)
    };
    let rough = if share < TAIL {
        tail(share)
    } else if share > 1.0 - TAIL {
        -tail(1.0 - share)
    } else {
        let q = share - 0.5;
        let r = q * q;
        polynomial(&A, r) * q / (polynomial(&B, r) * r + 1.0)
    };
    let error = 0.5 * libm::erfc(-rough / std::f64::consts::SQRT_2) - share;
    let step = error * libm::sqrt(2.0 * std::f64::consts::PI) * libm::exp(rough * rough / 2.0);
    rough - step / (1.0 + rough * step / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_normal_distribution() {
        for (share, expected) in [
            (0.5, 0.0),
            (0.95, Z95),
            (0.05, -Z95),
            (0.975, 1.959_963_984_540_054),
            (0.001, -3.090_232_306_167_813),
            (0.999_999, 4.753_424_308_822_899),
        ] {
            let found = normal_quantile(share);
            assert!((found - expected).abs() < 1e-9, "{share}: {found}");
        }
    }

    #[test]
    fn a_delay_has_its_median_and_its_95_percent() {
        let boot = Delay {
            median: 150.0,
            p95: 240.0,
        };
        assert!((boot.quantile(0.5) - 150.0).abs() < 1e-9);
        assert!((boot.quantile(0.95) - 240.0).abs() < 1e-6);
        assert!((boot.share_above(240.0) - 0.05).abs() < 1e-9);
        assert!((boot.share_above(150.0) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_constant_is_the_same_for_every_share() {
        let pull = Delay::constant(420.0);
        assert!(pull.samples(32).all(|seconds| (seconds - 420.0).abs() < 1e-12));
        assert!(pull.share_above(419.0) > 0.99 && pull.share_above(420.0) < 0.01);
    }
}
