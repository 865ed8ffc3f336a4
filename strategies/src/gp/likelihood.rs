//! How well hyperparameters explain the data.

use faer::{
    Mat, Side,
    linalg::solvers::{DenseSolveCore as _, Solve as _},
};

use std::collections::HashMap;

use super::{
    Data, Noise,
    fit::{Beliefs, Hyperparameters, Layout},
    kernel::{Distances, matern},
    real,
    warp::{Scaled, Warped},
};

/// The negative logarithm of the posterior density of hyperparameters (but for a constant), ready for many evaluations.
pub(crate) struct Objective {
    layout: Layout,
    beliefs: Beliefs,
    distances: Distances,
    scaled: Scaled,
    noise: Vec<Noise>,
    replicates: Replicates,
    /// Slopes of the kernel, pair by pair.
    slopes: Vec<f64>,
    covariance: Mat<f64>,
}

impl Objective {
    pub(crate) fn new(data: &Data, layout: Layout, beliefs: Beliefs) -> Self {
        let distances = Distances::new(&data.axes, &data.places);
        let pairs = distances.places * distances.places.saturating_sub(1) / 2;
        Self {
            layout,
            beliefs,
            scaled: Scaled::new(&data.values),
            noise: data.noise.clone(),
            replicates: Replicates::of(data),
            slopes: vec![0.0; pairs],
            covariance: Mat::zeros(distances.places, distances.places),
            distances,
        }
    }

    /// The values under the curve that the hyperparameters name.
    pub(crate) fn warped(&self, place: &[f64]) -> Warped {
        self.scaled.under(place[self.layout.knee()])
    }

    /// The value, and its gradient. Infinite where the covariance is not positive definite.
    pub(crate) fn evaluate(&mut self, place: &[f64], gradient: &mut [f64]) -> f64 {
        let warped = self.warped(place);
        let hyper = self.layout.read(place);
        let (ratios, d_noise, d_amplitude) = self.noise_ratios(&hyper, &warped);
        self.fill_covariance(&hyper, &ratios);
        let Ok(factor) = self.covariance.llt(Side::Lower) else { return f64::INFINITY };
        let count = self.distances.places;
        let sides = Mat::from_fn(count, 2, |i, j| if j == 0 { warped.values[i] } else { 1.0 });
        let solved = factor.solve(&sides);
        let (of_values, of_ones) = (solved.col_as_slice(0), solved.col_as_slice(1));
        let mean = of_values.iter().sum::<f64>() / of_ones.iter().sum::<f64>();
        let weights: Vec<f64> = of_values.iter().zip(of_ones).map(|(v, o)| v - mean * o).collect();
        let square: f64 = warped.values.iter().zip(&weights).map(|(z, w)| (z - mean) * w).sum();
        let lower = factor.L();
        let ln_determinant = 2.0 * (0..count).map(|i| lower[(i, i)].ln()).sum::<f64>();
        let amplitude = hyper.amplitude;
        let misfit = 0.5 * (real(count) * amplitude.ln() + ln_determinant + square / amplitude)
            - warped.ln_slopes;

        gradient.fill(0.0);
        let inverse = factor.inverse();
        self.add_scales(&hyper, &inverse, &weights, gradient);
        let diagonal = |i: usize| inverse[(i, i)] - weights[i] * weights[i] / amplitude;
        gradient[self.layout.noise()] =
            0.5 * (0..count).map(|i| diagonal(i) * d_noise[i]).sum::<f64>();
        gradient[self.layout.amplitude()] = 0.5 * (real(count) - square / amplitude)
            + 0.5 * (0..count).map(|i| diagonal(i) * d_amplitude[i]).sum::<f64>();
        let bending: f64 = weights.iter().zip(&warped.d_values).map(|(w, d)| w * d).sum();
        gradient[self.layout.knee()] = bending / amplitude - warped.d_ln_slopes;

        let scatter = self.replicates.scatter(&warped);
        if let Some(scatter) = &scatter {
            let known = hyper.noise.ln() + amplitude.ln();
            let away = (known - scatter.ln_variance) / scatter.deviation.powi(2);
            gradient[self.layout.noise()] += away;
            gradient[self.layout.amplitude()] += away;
            gradient[self.layout.knee()] -= away * scatter.d_ln_variance;
            return misfit
                + 0.5 * away * (known - scatter.ln_variance)
                + self.beliefs.add_to(place, gradient, false);
        }
        misfit + self.beliefs.add_to(place, gradient, true)
    }

    /// For each value the variance of its noise over the amplitude, and how that changes with the logarithms of the
    /// common noise and of the amplitude.
    fn noise_ratios(
        &self,
        hyper: &Hyperparameters,
        warped: &Warped,
    ) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        let count = self.noise.len();
        let (mut ratios, mut d_noise, mut d_amplitude) =
            (vec![0.0; count], vec![0.0; count], vec![0.0; count]);
        for (index, noise) in self.noise.iter().enumerate() {
            let own = match *noise {
                Noise::Unknown => {
                    d_noise[index] = hyper.noise;
                    hyper.noise
                }
                Noise::Known(deviation) => {
                    let y = warped.warp.backward(warped.values[index]);
                    let variance = (deviation * warped.warp.slope(y)).powi(2) / hyper.amplitude;
                    // The least noise does not change with the amplitude.
                    d_amplitude[index] =
                        if variance > super::fit::LEAST_NOISE { -variance } else { 0.0 };
                    variance.max(super::fit::LEAST_NOISE)
                }
                Noise::Guess(share) => share,
            };
            ratios[index] = own;
        }
        (ratios, d_noise, d_amplitude)
    }

    fn fill_covariance(&mut self, hyper: &Hyperparameters, ratios: &[f64]) {
        let scales: Vec<f64> = hyper.lengths.iter().map(|length| length.powi(-2)).collect();
        let mut pairs =
            self.distances.pairs.chunks_exact(self.distances.axes).zip(&mut self.slopes);
        for (row, ratio) in ratios.iter().enumerate() {
            for column in 0..row {
                if let Some((pair, slope)) = pairs.next() {
                    let squared: f64 = pair.iter().zip(&scales).map(|(d, s)| d * s).sum();
                    (self.covariance[(row, column)], *slope) = matern(squared);
                }
            }
            self.covariance[(row, row)] = 1.0 + ratio;
        }
    }

    /// Adds the derivatives by the logarithms of the length scales.
    fn add_scales(
        &self,
        hyper: &Hyperparameters,
        inverse: &Mat<f64>,
        weights: &[f64],
        gradient: &mut [f64],
    ) {
        let mut pairs = self.distances.pairs.chunks_exact(self.distances.axes).zip(&self.slopes);
        let gradient = &mut gradient[..self.distances.axes];
        for row in 0..self.distances.places {
            let inverses = &inverse.col_as_slice(row)[..row];
            let scaled = weights[row] / hyper.amplitude;
            for ((inverse, weight), (pair, slope)) in inverses.iter().zip(weights).zip(&mut pairs) {
                let share = (inverse - weight * scaled) * slope;
                for (sum, distance) in gradient.iter_mut().zip(pair) {
                    *sum = share.mul_add(*distance, *sum);
                }
            }
        }
        for (sum, length) in gradient.iter_mut().zip(&hyper.lengths) {
            *sum /= length * length;
        }
    }
}

/// Values that were measured at the same place, and whose noise is not told otherwise: what they scatter is noise.
#[derive(Debug)]
struct Replicates {
    /// The indices of the values of each place that has several.
    groups: Vec<Vec<usize>>,
    /// Values, but for one of each group, which its mean takes.
    freedom: f64,
}

/// What replicates say of the variance of noise, on the model's scale.
struct Scatter {
    ln_variance: f64,
    /// How that changes with the logarithm of the knee.
    d_ln_variance: f64,
    /// The standard deviation of the logarithm, by the number of replicates.
    deviation: f64,
}

impl Replicates {
    fn of(data: &Data) -> Self {
        let mut places: HashMap<Vec<u64>, usize> = HashMap::new();
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for index in (0..data.len()).filter(|index| data.noise[*index] == Noise::Unknown) {
            let place = data.place(index).iter().map(|u| u.to_bits()).collect();
            let group = *places.entry(place).or_insert(groups.len());
            if group == groups.len() {
                groups.push(Vec::new());
            }
            groups[group].push(index);
        }
        groups.retain(|group| group.len() > 1);
        let freedom = real(groups.iter().map(|group| group.len() - 1).sum());
        Self { groups, freedom }
    }

    /// None without replicates, and where all of them are the same.
    fn scatter(&self, warped: &Warped) -> Option<Scatter> {
        let (mut sum, mut d_sum) = (0.0, 0.0);
        for group in &self.groups {
            let mean = |of: &[f64]| group.iter().map(|i| of[*i]).sum::<f64>() / real(group.len());
            let (middle, d_middle) = (mean(&warped.values), mean(&warped.d_values));
            for index in group {
                let away = warped.values[*index] - middle;
                sum += away * away;
                d_sum += 2.0 * away * (warped.d_values[*index] - d_middle);
            }
        }
        let variance = sum / self.freedom;
        (variance > super::fit::LEAST_NOISE).then(|| Scatter {
            ln_variance: variance.ln(),
            d_ln_variance: d_sum / sum,
            deviation: (2.0 / self.freedom).sqrt(),
        })
    }
}
