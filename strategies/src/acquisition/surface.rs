//! A criterion over a space.

use super::Criterion;
use crate::{gp::Posterior, model::Branches};

/// What each place of the unit cube is worth, by processes and a criterion of theirs.
pub(crate) struct Surface {
    pub(crate) posteriors: Vec<Posterior>,
    pub(crate) criterion: Box<dyn Criterion>,
    /// By which the first quantity is judged instead: as the distance from an improvement, with a deviation of 1.
    pub(crate) branches: Option<Branches>,
    /// The processes' coordinates beyond those of the unit cube.
    pub(crate) beyond: &'static [f64],
}

impl Surface {
    /// A place of the unit cube in the coordinates of the processes.
    pub(crate) fn place(&self, cube: &[f64]) -> Vec<f64> {
        let mut place = cube.to_vec();
        place.extend_from_slice(self.beyond);
        place
    }

    /// The values at places of the unit cube.
    pub(crate) fn values(&self, cubes: &[Vec<f64>]) -> Vec<f64> {
        let places: Vec<Vec<f64>> = cubes.iter().map(|cube| self.place(cube)).collect();
        let flat = places.concat();
        let moments: Vec<_> = (self.posteriors.iter().enumerate())
            .map(|(quantity, posterior)| match &self.branches {
                Some(branches) if quantity == 0 => {
                    (branches.distances(&places, posterior), vec![1.0; places.len()])
                }
                _ => posterior.predict(&flat),
            })
            .collect();
        let (mut mean, mut deviation) = (vec![0.0; moments.len()], vec![0.0; moments.len()]);
        let value = |index: usize| {
            for (quantity, (means, deviations)) in moments.iter().enumerate() {
                (mean[quantity], deviation[quantity]) = (means[index], deviations[index]);
            }
            sound(self.criterion.value(&mean, &deviation))
        };
        (0..cubes.len()).map(value).collect()
    }

    /// The value at one place, and its gradient (written).
    pub(crate) fn gradient(&self, cube: &[f64], gradient: &mut [f64]) -> f64 {
        let place = self.place(cube);
        let count = self.posteriors.len();
        let (mut mean, mut deviation) = (vec![0.0; count], vec![0.0; count]);
        let mut slopes = vec![(vec![0.0; place.len()], vec![0.0; place.len()]); count];
        for (quantity, posterior) in self.posteriors.iter().enumerate() {
            let (d_mean, d_deviation) = &mut slopes[quantity];
            (mean[quantity], deviation[quantity]) = match &self.branches {
                Some(branches) if quantity == 0 => {
                    (branches.gradient(&place, posterior, d_mean), 1.0)
                }
                _ => posterior.gradient(&place, d_mean, d_deviation),
            };
        }
        let (mut by_mean, mut by_deviation) = (vec![0.0; count], vec![0.0; count]);
        let value = self.criterion.gradient(&mean, &deviation, &mut by_mean, &mut by_deviation);
        gradient.fill(0.0);
        for (quantity, (d_mean, d_deviation)) in slopes.iter().enumerate() {
            for (axis, sum) in gradient.iter_mut().enumerate() {
                *sum +=
                    by_mean[quantity] * d_mean[axis] + by_deviation[quantity] * d_deviation[axis];
            }
        }
        sound(value)
    }
}

fn sound(value: f64) -> f64 {
    if value.is_nan() { f64::NEG_INFINITY } else { value }
}
