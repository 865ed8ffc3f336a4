//! On which scale an objective is modelled.

use super::real;
use crate::normal::{ln_distribution, ln_expected_below};

/// A rising curve from measured values to those that a Gaussian process sees: `ln(1 + (y − least) / knee)`, then
/// standardized. A knee far above the values leaves them as they are (but for origin and size); a small one
/// tells values near the least apart, and lets those of another order of magnitude weigh little.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Warp {
    /// Where the curve starts: the least value.
    least: f64,
    /// The unit of values before the curve.
    unit: f64,
    /// The knee in these units; infinite for a straight line.
    knee: f64,
    /// Mean and deviation after the curve.
    centre: f64,
    spread: f64,
}

/// Values after a curve, and what the fit of its knee needs.
#[derive(Debug, Clone)]
pub(crate) struct Warped {
    pub(crate) warp: Warp,
    /// Standardized values.
    pub(crate) values: Vec<f64>,
    /// How they change with the logarithm of the knee.
    pub(crate) d_values: Vec<f64>,
    /// The logarithm of the product of the curve's slopes at all values (in units of `unit`).
    pub(crate) ln_slopes: f64,
    /// How that changes with the logarithm of the knee.
    pub(crate) d_ln_slopes: f64,
}

/// Values in a form that a curve can be laid over: from 0 up, 1 for a middling one.
#[derive(Debug, Clone)]
pub(crate) struct Scaled {
    least: f64,
    unit: f64,
    /// `(y − least) / unit`, what is absurdly large cut down.
    pub(crate) values: Vec<f64>,
}

/// Above so many times the upper quartile a value tells nothing more than that it is bad.
const ABSURD: f64 = 1e3;

impl Scaled {
    /// Of finite values, at least one.
    pub(crate) fn new(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let at = |share: usize| sorted.get((sorted.len() - 1) * share / 4).copied().unwrap_or(0.0);
        let least = at(0);
        // Halves, lest the difference of two huge values be infinite.
        let spans =
            [at(2), at(3), at(4)].map(|high| (0.5 * high - 0.5 * least).min(f64::MAX / 8.0) * 2.0);
        let unit = spans.into_iter().find(|span| *span > 1e-300).unwrap_or(1.0);
        let highest = ABSURD * (spans[1] / unit).max(1.0);
        let scaled = values.iter().map(|y| ((0.5 * y - 0.5 * least) / (0.5 * unit)).min(highest));
        Self { least, unit, values: scaled.collect() }
    }

    /// Under the curve with that logarithm of the knee.
    pub(crate) fn under(&self, ln_knee: f64) -> Warped {
        let knee = ln_knee.exp();
        let curved: Vec<f64> = self.values.iter().map(|u| (u / knee).ln_1p()).collect();
        let slopes: Vec<f64> = self.values.iter().map(|u| -u / (knee + u)).collect();
        let count = real(curved.len());
        let centre = curved.iter().sum::<f64>() / count;
        let variance = curved.iter().map(|t| (t - centre).powi(2)).sum::<f64>() / count;
        // Equal values: any spread will do.
        let spread = if variance > 0.0 { variance.sqrt() } else { 1.0 };
        let values: Vec<f64> = curved.iter().map(|t| (t - centre) / spread).collect();
        let middle = slopes.iter().sum::<f64>() / count;
        let common = values.iter().zip(&slopes).map(|(z, s)| z * (s - middle)).sum::<f64>() / count;
        let d_values =
            values.iter().zip(&slopes).map(|(z, s)| (s - middle - z * common) / spread).collect();
        let ln_slopes =
            -self.values.iter().map(|u| (knee + u).ln()).sum::<f64>() - count * spread.ln();
        let d_ln_slopes =
            -self.values.iter().map(|u| knee / (knee + u)).sum::<f64>() - count * common / spread;
        let warp = Warp { least: self.least, unit: self.unit, knee, centre, spread };
        Warped { warp, values, d_values, ln_slopes, d_ln_slopes }
    }
}

/// Half of the places and the weights of a Gauss–Hermite rule of 13 points for the standard normal distribution.
const NODES: [(f64, f64); 7] = [
    (0.0, 0.340_992_340_992_341),
    (0.856_679_493_519_45, 0.237_871_522_964_136_24),
    (1.725_418_379_588_239_2, 0.079_168_955_860_450_03),
    (2.620_689_973_432_215, 0.011_770_560_505_996_532),
    (3.563_444_380_281_634_2, 0.000_681_236_350_442_926_5),
    (4.591_398_448_936_521, 1.152_659_652_733_387_6e-5),
    (5.800_167_252_386_5, 2.722_627_642_805_909_2e-8),
];

impl Warp {
    /// The value on the model's scale.
    pub(crate) fn forward(&self, y: f64) -> f64 {
        let u = (0.5 * y - 0.5 * self.least) / (0.5 * self.unit);
        // Below the least that was known: the curve goes on as a straight line.
        let curved = if u < 0.0 { u / self.knee } else { (u / self.knee).ln_1p() };
        (curved - self.centre) / self.spread
    }

    /// The slope of [`Self::forward`] there.
    pub(crate) fn slope(&self, y: f64) -> f64 {
        let u = ((0.5 * y - 0.5 * self.least) / (0.5 * self.unit)).max(0.0);
        1.0 / ((self.knee + u) * self.unit * self.spread)
    }

    /// The value in the objective's own units.
    pub(crate) fn backward(&self, z: f64) -> f64 {
        let curved = z.mul_add(self.spread, self.centre);
        let u = self.knee * if curved < 0.0 { curved } else { curved.min(600.0).exp_m1() };
        u.mul_add(self.unit, self.least).clamp(f64::MIN, f64::MAX)
    }

    /// Mean and standard deviation, in the objective's own units, of what is normally distributed on the model's scale: by
    /// Gauss–Hermite quadrature.
    pub(crate) fn moments(&self, mean: f64, deviation: f64) -> (f64, f64) {
        let nodes = NODES.iter().flat_map(|(x, weight)| {
            let sides: &[f64] = if *x > 0.0 { &[1.0, -1.0] } else { &[1.0] };
            sides
                .iter()
                .map(move |side| (self.backward(deviation.mul_add(side * x, mean)), *weight))
        });
        let nodes: Vec<(f64, f64)> = nodes.collect();
        let middle = nodes.iter().map(|(value, weight)| weight * value).sum::<f64>();
        // In units of the largest, lest the square of a huge one be infinite.
        let away = |value: f64| 0.5 * value - 0.5 * middle;
        let largest = nodes.iter().map(|(value, _)| away(*value).abs()).fold(0.0, f64::max);
        if largest < f64::MIN_POSITIVE {
            return (middle, 0.0);
        }
        let variance: f64 =
            nodes.iter().map(|(value, weight)| weight * (away(*value) / largest).powi(2)).sum();
        (middle, (2.0 * variance.sqrt() * largest).min(f64::MAX))
    }

    /// A deviation in the objective's own units: half of what lies between one deviation below and one above.
    pub(crate) fn deviation(&self, z: f64, deviation: f64) -> f64 {
        0.5 * self.backward(z + deviation) - 0.5 * self.backward(z - deviation)
    }

    /// How much a value is expected to lie below `best` (all on the model's scale), in the objective's own units.
    pub(crate) fn improvement(&self, best: f64, mean: f64, deviation: f64) -> f64 {
        let t = (best - mean) / deviation;
        let unit = self.knee * self.unit;
        let spread = deviation * self.spread;
        if self.knee > 10.0 {
            // As good as straight, at the slope of where it is.
            let stretch = mean.mul_add(self.spread, self.centre).clamp(0.0, 600.0).exp();
            return (unit * stretch * spread * ln_expected_below(t).ln.exp()).min(f64::MAX);
        }
        // The expectation of a lognormal variable below a bound.
        let (top, middle) =
            (best.mul_add(self.spread, self.centre), mean.mul_add(self.spread, self.centre));
        let below = top + ln_distribution(t).0;
        let moved = middle + 0.5 * spread * spread + ln_distribution(t - spread).0;
        (unit * (below.exp() - moved.exp())).clamp(0.0, f64::MAX)
    }

    /// The value that lies below another by a share of what is between the least and a middling one.
    pub(crate) fn below(&self, z: f64, share: f64) -> f64 {
        self.forward(self.backward(z) - share * self.unit)
    }

    /// Whether it bends so much that one should tell.
    pub(crate) fn is_curved(&self) -> bool {
        self.knee < 10.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_those_of_the_curve() {
        let scaled = Scaled::new(&[3.0, -1.0, 0.5, 120.0, 7.0]);
        for ln_knee in [-3.0, 0.0, 2.0] {
            let (warped, step) = (scaled.under(ln_knee), 1e-5);
            let (below, above) = (scaled.under(ln_knee - step), scaled.under(ln_knee + step));
            for index in 0..5 {
                let slope = (above.values[index] - below.values[index]) / (2.0 * step);
                assert!((slope - warped.d_values[index]).abs() < 1e-8);
            }
            let slope = (above.ln_slopes - below.ln_slopes) / (2.0 * step);
            assert!((slope - warped.d_ln_slopes).abs() < 1e-7);
        }
    }

    #[test]
    fn there_and_back() {
        let warped = Scaled::new(&[3.0, -1.0, 0.5, 120.0, 7.0]).under(-1.0);
        for y in [-3.0, -1.0, 0.0, 4.0, 120.0] {
            assert!((warped.warp.backward(warped.warp.forward(y)) - y).abs() < 1e-9);
            let slope = (warped.warp.forward(y + 1e-6) - warped.warp.forward(y)) / 1e-6;
            assert!((slope / warped.warp.slope(y) - 1.0).abs() < 1e-4);
        }
    }

    #[test]
    fn moments_are_those_of_the_distribution_not_of_its_middle() {
        // Far above the least value the curve is a logarithm: there, what is normal becomes lognormal.
        let warp = Scaled::new(&[0.0, 1.0, 20.0, 400.0, 8_000.0]).under(-6.0).warp;
        let z = warp.forward(400.0);
        for spread in [1e-6, 0.1, 0.5] {
            let deviation = spread / warp.spread;
            let (mean, own) = warp.moments(z, deviation);
            let exact = 400.0 * (0.5 * spread * spread).exp();
            assert!((mean / exact - 1.0).abs() < 1e-3, "{spread}: {mean}, not {exact}");
            let exact = exact * (spread * spread).exp_m1().sqrt();
            assert!((own / exact - 1.0).abs() < 1e-3, "{spread}: {own}, not {exact}");
        }
        // A straight scale leaves them as they are.
        let warp = Scaled::new(&[3.0, -1.0, 0.5, 12.0, 7.0]).under(12.0).warp;
        let (mean, deviation) = warp.moments(0.3, 1e-9);
        assert!((mean - warp.backward(0.3)).abs() < 1e-9);
        assert!((deviation * warp.slope(mean) - 1e-9).abs() < 1e-12);
    }

    #[test]
    fn absurd_values_stay_finite() {
        for values in
            [vec![1e300, -1e300, 0.0], vec![5.0; 4], vec![1e-300, 0.0], vec![f64::MAX, f64::MIN]]
        {
            for ln_knee in [-6.0, 7.0] {
                let warped = Scaled::new(&values).under(ln_knee);
                assert!(
                    warped.values.iter().chain(&warped.d_values).all(|v| v.is_finite()),
                    "{values:?}"
                );
                assert!(warped.ln_slopes.is_finite() && warped.d_ln_slopes.is_finite());
                assert!(warped.values.iter().all(|z| warped.warp.backward(*z).is_finite()));
                for z in &warped.values {
                    let (mean, deviation) = warped.warp.moments(*z, 3.0);
                    assert!(mean.is_finite() && deviation.is_finite(), "{values:?}");
                }
            }
        }
    }
}
