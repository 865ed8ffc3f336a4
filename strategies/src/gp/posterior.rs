//! What hyperparameters and data together say of any place.

use faer::{
    Mat, Par, Side, linalg::triangular_solve::solve_lower_triangular_in_place, prelude::Solve as _,
};

use super::{
    Data, Hyperparameters, Noise,
    fit::LEAST_NOISE,
    kernel::{Axis, matern, squared},
    warp::Warp,
};

/// A variance below this share of the amplitude is lost in rounding.
const LEAST_VARIANCE: f64 = 1e-11;

/// A Gaussian process with data. Means and deviations are on the scale of [`Posterior::warp`], without noise.
#[derive(Debug, Clone)]
pub(crate) struct Posterior {
    axes: Vec<Axis>,
    places: Vec<f64>,
    hyper: Hyperparameters,
    scales: Vec<f64>,
    warp: Warp,
    /// The lower Cholesky factor of the correlations with noise.
    factor: Mat<f64>,
    /// What the correlation with each place adds to the mean.
    weights: Vec<f64>,
    centre: f64,
}

/// What leave-one-out says of a value, on the model's scale, with noise.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LeftOut {
    pub(crate) mean: f64,
    pub(crate) deviation: f64,
}

impl Posterior {
    /// None if the correlations have no factor.
    pub(crate) fn new(data: &Data, hyper: Hyperparameters) -> Option<Self> {
        let (warp, values) = hyper.warp(&data.values);
        Self::on_scale(data, hyper, warp, &values)
    }

    /// With values that are on the model's scale already.
    fn on_scale(data: &Data, hyper: Hyperparameters, warp: Warp, values: &[f64]) -> Option<Self> {
        let scales: Vec<f64> = hyper.lengths.iter().map(|length| length.powi(-2)).collect();
        let count = data.len();
        let mut covariance = Mat::zeros(count, count);
        for row in 0..count {
            for column in 0..row {
                covariance[(row, column)] =
                    matern(distance(&data.axes, &scales, data.place(row), data.place(column))).0;
            }
            covariance[(row, row)] = 1.0
                + match data.noise[row] {
                    Noise::Unknown => hyper.noise,
                    Noise::Known(deviation) => ((deviation * warp.slope(data.values[row])).powi(2)
                        / hyper.amplitude)
                        .max(LEAST_NOISE),
                    Noise::Guess(share) => share,
                };
        }
        let factor = covariance.llt(Side::Lower).ok()?;
        let sides = Mat::from_fn(count, 2, |i, j| if j == 0 { values[i] } else { 1.0 });
        let solved = factor.solve(&sides);
        let (of_values, of_ones) = (solved.col_as_slice(0), solved.col_as_slice(1));
        let centre = of_values.iter().sum::<f64>() / of_ones.iter().sum::<f64>();
        let weights: Vec<f64> =
            of_values.iter().zip(of_ones).map(|(v, o)| v - centre * o).collect();
        let sound = centre.is_finite() && weights.iter().all(|weight| weight.is_finite());
        sound.then(|| Self {
            axes: data.axes.clone(),
            places: data.places.clone(),
            scales,
            warp,
            factor: factor.L().to_owned(),
            weights,
            centre,
            hyper,
        })
    }

    /// From a part of the data, on the scale that all have together.
    #[cfg(test)]
    pub(super) fn with_part(&self, data: &Data, indices: &[usize]) -> Option<Self> {
        let part = data.part(indices);
        let values: Vec<f64> = part.values.iter().map(|value| self.warp.forward(*value)).collect();
        Self::on_scale(&part, self.hyper.clone(), self.warp, &values)
    }

    /// Whether all known places are alike along an axis.
    pub(crate) fn is_constant(&self, axis: usize) -> bool {
        let mut along = self.places.iter().skip(axis).step_by(self.axes.len());
        let first = along.next();
        along.all(|u| Some(u) == first)
    }

    pub(crate) fn hyper(&self) -> &Hyperparameters {
        &self.hyper
    }

    pub(crate) fn warp(&self) -> &Warp {
        &self.warp
    }

    /// Means and deviations at places given one after the other.
    pub(crate) fn predict(&self, places: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let dimensions = self.axes.len();
        let (known, count) = (self.weights.len(), places.len() / dimensions);
        let mut means = Vec::with_capacity(count);
        let mut deviations = Vec::with_capacity(count);
        for block in places.chunks(dimensions * 256) {
            let mut sides = self.correlations(block);
            means.extend((0..sides.ncols()).map(|column| self.mean(sides.col_as_slice(column))));
            solve_lower_triangular_in_place(self.factor.as_ref(), sides.as_mut(), Par::Seq);
            let explained =
                |column| sides.col_as_slice(column).iter().take(known).map(|v| v * v).sum::<f64>();
            deviations.extend((0..sides.ncols()).map(|column| self.deviation(explained(column))));
        }
        (means, deviations)
    }

    /// A row for each known place, a column for each of these.
    fn correlations(&self, places: &[f64]) -> Mat<f64> {
        let dimensions = self.axes.len();
        let mut sides = Mat::zeros(self.weights.len(), places.len() / dimensions);
        for (column, place) in places.chunks_exact(dimensions).enumerate() {
            for (side, known) in
                sides.col_as_slice_mut(column).iter_mut().zip(self.places.chunks_exact(dimensions))
            {
                *side = matern(distance(&self.axes, &self.scales, place, known)).0;
            }
        }
        sides
    }

    fn mean(&self, correlations: &[f64]) -> f64 {
        self.centre + dot(correlations, &self.weights)
    }

    fn deviation(&self, explained: f64) -> f64 {
        (self.hyper.amplitude * (1.0 - explained).max(LEAST_VARIANCE)).sqrt()
    }

    /// Mean and deviation at one place, and their gradients (written). Choices have none.
    pub(crate) fn gradient(
        &self,
        place: &[f64],
        d_mean: &mut [f64],
        d_deviation: &mut [f64],
    ) -> (f64, f64) {
        let dimensions = self.axes.len();
        let mut correlations = vec![0.0; self.weights.len()];
        let mut slopes = vec![0.0; self.weights.len()];
        for ((side, slope), known) in
            correlations.iter_mut().zip(&mut slopes).zip(self.places.chunks_exact(dimensions))
        {
            (*side, *slope) = matern(distance(&self.axes, &self.scales, place, known));
        }
        let mean = self.mean(&correlations);
        self.solve_lower(&mut correlations);
        let explained = dot(&correlations, &correlations);
        let deviation = self.deviation(explained);
        // Lost in rounding, it is the same all around.
        let rises = f64::from(1.0 - explained > LEAST_VARIANCE);
        self.solve_upper(&mut correlations);
        d_mean.fill(0.0);
        d_deviation.fill(0.0);
        let known = self.places.chunks_exact(dimensions).zip(&slopes);
        for ((known, slope), (weight, explained)) in
            known.zip(self.weights.iter().zip(&correlations))
        {
            let (by_mean, by_variance) = (-slope * weight, slope * explained);
            for axis in 0..dimensions {
                let towards = place[axis] - known[axis];
                d_mean[axis] = by_mean.mul_add(towards, d_mean[axis]);
                d_deviation[axis] = by_variance.mul_add(towards, d_deviation[axis]);
            }
        }
        for (axis, scale) in self.scales.iter().enumerate() {
            let counts = f64::from(self.axes[axis] == Axis::Number) * scale;
            d_mean[axis] *= counts;
            d_deviation[axis] *= rises * counts * self.hyper.amplitude / deviation;
        }
        (mean, deviation)
    }

    /// With places as known ones at which the mean was found: nothing but the deviations changes (the "Kriging believer" of
    /// Ginsbourger, Le Riche and Carraro, 2010).
    pub(crate) fn believing(&self, places: &[f64]) -> Self {
        let dimensions = self.axes.len();
        let old = self.weights.len();
        let count = old + places.len() / dimensions;
        let mut factor = Mat::zeros(count, count);
        factor.submatrix_mut(0, 0, old, old).copy_from(&self.factor);
        let mut next = Self { factor, ..self.clone() };
        let noise = self.hyper.noise.max(LEAST_NOISE);
        for (row, place) in (old..).zip(places.chunks_exact(dimensions)) {
            let mut side: Vec<f64> = next
                .places
                .chunks_exact(dimensions)
                .map(|known| matern(distance(&self.axes, &self.scales, place, known)).0)
                .collect();
            forward(&next.factor, &mut side);
            let left = (1.0 + noise - dot(&side, &side)).max(LEAST_NOISE);
            for (column, value) in side.iter().enumerate() {
                next.factor[(row, column)] = *value;
            }
            next.factor[(row, row)] = left.sqrt();
            next.places.extend_from_slice(place);
            next.weights.push(0.0);
        }
        next
    }

    /// The factor's lower triangular system, solved in place.
    fn solve_lower(&self, side: &mut [f64]) {
        forward(&self.factor, side);
    }

    /// The system of the factor's transpose, solved in place.
    fn solve_upper(&self, side: &mut [f64]) {
        for index in (0..side.len()).rev() {
            let column = &self.factor.col_as_slice(index)[index..side.len()];
            let (head, tail) = side[index..].split_at_mut(1);
            head[0] = (head[0] - dot(&column[1..], tail)) / column[0];
        }
    }

    /// What the others predict of each known value: in closed form (Dubrule, Mathematical Geology 15, 1983).
    pub(crate) fn leave_one_out(&self, values: &[f64]) -> Vec<LeftOut> {
        let count = self.weights.len();
        let mut inverse_factor = Mat::<f64>::identity(count, count);
        solve_lower_triangular_in_place(self.factor.as_ref(), inverse_factor.as_mut(), Par::Seq);
        // C⁻¹ = L⁻ᵀ L⁻¹; its diagonal are sums of squares of columns.
        let columns = (0..count).map(|column| inverse_factor.col_as_slice(column));
        let diagonal: Vec<f64> = columns.map(|column| dot(column, column)).collect();
        let mut of_ones = vec![1.0; count];
        self.solve_lower(&mut of_ones);
        self.solve_upper(&mut of_ones);
        let ones: f64 = of_ones.iter().sum();
        let left_out = |index: usize| {
            let without_centre = diagonal[index] - of_ones[index] * of_ones[index] / ones;
            LeftOut {
                mean: self.warp.forward(values[index])
                    - self.weights[index] / without_centre.max(1e-12 * diagonal[index]),
                deviation: (self.hyper.amplitude / diagonal[index]).sqrt(),
            }
        };
        (0..count).map(left_out).collect()
    }

    /// The logarithm of the density of each known value by the others, in the values' own units, summed up.
    pub(crate) fn ln_left_out(&self, values: &[f64]) -> f64 {
        let left_out = self.leave_one_out(values);
        let density = |(value, known): (&f64, LeftOut)| {
            let away = (self.warp.forward(*value) - known.mean) / known.deviation;
            -0.5 * away * away - known.deviation.ln() + self.warp.slope(*value).ln()
        };
        values.iter().zip(left_out).map(density).sum()
    }

    /// The factor of the covariance of many places, for drawing functions: lower triangular, and the means.
    pub(crate) fn joint(&self, places: &[f64]) -> Option<(Vec<f64>, Mat<f64>)> {
        let dimensions = self.axes.len();
        let mut sides = self.correlations(places);
        let means =
            (0..sides.ncols()).map(|column| self.mean(sides.col_as_slice(column))).collect();
        solve_lower_triangular_in_place(self.factor.as_ref(), sides.as_mut(), Par::Seq);
        let mut covariance = sides.transpose() * &sides;
        let rows: Vec<&[f64]> = places.chunks_exact(dimensions).collect();
        for (row, place) in rows.iter().enumerate() {
            for (column, other) in rows[..=row].iter().enumerate() {
                let prior = matern(distance(&self.axes, &self.scales, place, other)).0;
                covariance[(row, column)] =
                    self.hyper.amplitude * (prior - covariance[(row, column)]);
            }
            covariance[(row, row)] += 1e-6 * self.hyper.amplitude;
        }
        Some((means, covariance.llt(Side::Lower).ok()?.L().to_owned()))
    }
}

fn forward(factor: &Mat<f64>, side: &mut [f64]) {
    for index in 0..side.len() {
        let column = &factor.col_as_slice(index)[index..side.len()];
        let (head, tail) = side[index..].split_at_mut(1);
        head[0] /= column[0];
        let share = head[0];
        for (x, l) in tail.iter_mut().zip(&column[1..]) {
            *x -= share * l;
        }
    }
}

/// The squared distance in units of the length scales.
fn distance(axes: &[Axis], scales: &[f64], a: &[f64], b: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (((axis, scale), x), y) in axes.iter().zip(scales).zip(a).zip(b) {
        sum += scale * squared(*axis, *x, *y);
    }
    sum
}

/// With four sums side by side, which the processor adds at once.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a_blocks, b_blocks) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f64 = a_blocks.remainder().iter().zip(b_blocks.remainder()).map(|(x, y)| x * y).sum();
    let mut sums = [0.0; 4];
    for (x, y) in a_blocks.zip(b_blocks) {
        for lane in 0..4 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}
