//! The way down for long histories: a Gaussian process takes time with the cube of its results, so it stands on a part.

use super::data::{Encoding, measured_value};
use crate::{
    gp::Data,
    history::{History, Outcome},
    sampling::generator,
};
use rand::seq::SliceRandom as _;

/// How many results a process stands on at the most.
const MOST: usize = 1000;

/// How many its hyperparameters are fitted to.
const MOST_FOR_FIT: usize = 160;

/// What the random part is drawn for.
const PURPOSE: u64 = 0x70_61_72_74;

/// The indices of the observations to learn from, ascending: all, or the best third, the third that is nearest to the very
/// best, and of the rest an even draw, which keeps the model honest elsewhere.
pub(super) fn chosen(history: &History, encoding: &Encoding, seed: u64) -> Vec<usize> {
    let all: Vec<usize> = (0..history.observations.len()).collect();
    if all.len() <= MOST {
        return all;
    }
    let ranks = ranks(history);
    let mut by_rank = all.clone();
    by_rank.sort_by(|a, b| ranks[*a].total_cmp(&ranks[*b]));
    let mut taken = vec![false; all.len()];
    for index in &by_rank[..MOST / 3] {
        taken[*index] = true;
    }
    let best = encoding.place(&history.observations[by_rank[0]].point);
    let distance = |index: &usize| -> f64 {
        let place = encoding.place(&history.observations[*index].point);
        place.iter().zip(&best).map(|(a, b)| (a - b) * (a - b)).sum()
    };
    let mut near: Vec<(f64, usize)> =
        all.iter().filter(|index| !taken[**index]).map(|index| (distance(index), *index)).collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    for (_, index) in &near[..MOST / 3] {
        taken[*index] = true;
    }
    let mut rest: Vec<usize> = all.iter().copied().filter(|index| !taken[*index]).collect();
    // Numbered by hundreds of results: between them the drawn part stays nearly the same.
    rest.shuffle(&mut generator(seed, PURPOSE, all.len() as u64 / 100));
    for index in &rest[..MOST - 2 * (MOST / 3)] {
        taken[*index] = true;
    }
    all.into_iter().filter(|index| taken[*index]).collect()
}

/// How good each observation is: the sum over the objectives of its place among all; what has no value comes last.
fn ranks(history: &History) -> Vec<f64> {
    let observations = &history.observations;
    let objectives = observations.iter().find_map(|observation| match &observation.outcome {
        Outcome::Measured { values, .. } => Some(values.len()),
        Outcome::Failed | Outcome::Pruned => None,
    });
    let mut ranks = vec![0.0; observations.len()];
    for objective in 0..objectives.unwrap_or_default() {
        let value =
            |index: usize| measured_value(&observations[index], objective).unwrap_or(f64::INFINITY);
        let mut order: Vec<usize> = (0..observations.len()).collect();
        order.sort_by(|a, b| value(*a).total_cmp(&value(*b)));
        for (rank, index) in order.into_iter().enumerate() {
            ranks[index] +=
                if value(index).is_finite() { crate::gp::real(rank) } else { f64::INFINITY };
        }
    }
    ranks
}

/// What hyperparameters are fitted to: all, or the better half of what can be taken, and an even choice of the rest.
pub(super) fn for_fit(data: &Data) -> Data {
    if data.len() <= MOST_FOR_FIT {
        return data.clone();
    }
    let mut order: Vec<usize> = (0..data.len()).collect();
    order.sort_by(|a, b| data.values[*a].total_cmp(&data.values[*b]).then(a.cmp(b)));
    let half = MOST_FOR_FIT / 2;
    let rest = order.len() - half;
    let mut taken: Vec<usize> = order[..half].to_vec();
    taken.extend((0..half).map(|place| order[half + place * rest / half]));
    taken.sort_unstable();
    data.part(&taken)
}
