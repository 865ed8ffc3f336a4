//! Which results are better than others.

use std::cmp::Reverse;

use crate::{
    history::{Observation, Outcome, Problem},
    pareto,
    space::Point,
};

/// The points of results, the best first: those that keep the constraints by their front, and on one front the loneliest
/// first; then those that lack an objective, or were stopped early; then those that break constraints, the least broken first;
/// failed ones last.
/// (Constrained domination of Deb and others, see the module.)
pub(crate) fn best_first<'a>(results: &[&'a Observation], problem: &Problem) -> Vec<&'a Point> {
    let violations = violations(results, problem.constraints);
    let mut kept: Vec<(&Point, &Vec<f64>)> = Vec::new();
    let mut broken: Vec<(&Point, f64)> = Vec::new();
    let [mut pruned, mut failed] = [Vec::new(), Vec::new()];
    for (Observation { point, outcome, .. }, violation) in results.iter().zip(violations) {
        match outcome {
            _ if point.0.len() != problem.space.parameters.len() => {}
            Outcome::Measured { values, .. } if violation == 0.0 => {
                if values.iter().all(|value| value.is_finite()) {
                    kept.push((point, values));
                } else {
                    pruned.push(point);
                }
            }
            Outcome::Measured { .. } => broken.push((point, violation)),
            Outcome::Pruned => pruned.push(point),
            Outcome::Failed => failed.push(point),
        }
    }
    broken.sort_by(|(_, a), (_, b)| a.total_cmp(b));
    let values: Vec<Vec<f64>> = kept.iter().map(|(_, values)| (*values).clone()).collect();
    let kept = by_front(&values).into_iter().map(|index| kept[index].0);
    kept.chain(pruned).chain(broken.into_iter().map(|(point, _)| point)).chain(failed).collect()
}

/// How much each result breaks constraints: the sum of what it is over the bounds, each as a share of the worst that any is
/// over it. A constraint that was not measured counts as the worst.
fn violations(results: &[&Observation], constraints: usize) -> Vec<f64> {
    let over = |observation: &Observation, constraint: usize| match &observation.outcome {
        Outcome::Measured { constraints, .. } => {
            let value = constraints.get(constraint).copied().filter(|value| value.is_finite());
            value.map(|value| value.max(0.0))
        }
        Outcome::Failed | Outcome::Pruned => None,
    };
    let mut sums = vec![0.0; results.len()];
    for constraint in 0..constraints {
        let over: Vec<Option<f64>> =
            results.iter().map(|result| over(result, constraint)).collect();
        let worst = over.iter().flatten().copied().fold(f64::MIN_POSITIVE, f64::max);
        for (sum, over) in sums.iter_mut().zip(over) {
            *sum += over.map_or(1.0, |over| over / worst);
        }
    }
    sums
}

/// The indices of points by their front, and on each by the crowding distance, the loneliest first.
fn by_front(values: &[Vec<f64>]) -> Vec<usize> {
    let ranks = pareto::ranks(values);
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by_key(|index| ranks[*index]);
    for front in order.chunk_by_mut(|a, b| ranks[*a] == ranks[*b]) {
        let distances = crowding(values, front);
        let mut by_distance: Vec<(f64, Reverse<usize>)> =
            distances.into_iter().zip(front.iter().map(|index| Reverse(*index))).collect();
        by_distance.sort_by(|(a, i), (b, j)| b.total_cmp(a).then(j.cmp(i)));
        for (place, (_, Reverse(index))) in front.iter_mut().zip(by_distance) {
            *place = index;
        }
    }
    order
}

/// How far apart the neighbours of each point on a front are, summed over the objectives, each as a share of the range. The
/// ends have no neighbour on one side: infinitely far.
fn crowding(values: &[Vec<f64>], front: &[usize]) -> Vec<f64> {
    let mut distances = vec![0.0; front.len()];
    let objectives = 0..values[front[0]].len();
    let column =
        |objective| -> Vec<f64> { front.iter().map(|index| values[*index][objective]).collect() };
    for column in objectives.map(column) {
        let mut order: Vec<usize> = (0..front.len()).collect();
        order.sort_by(|a, b| column[*a].total_cmp(&column[*b]));
        let (first, last) = (order[0], order[order.len() - 1]);
        let range = column[last] - column[first];
        if range > 0.0 {
            for three in order.windows(3) {
                distances[three[1]] += (column[three[2]] - column[three[0]]) / range;
            }
        }
        distances[first] = f64::INFINITY;
        distances[last] = f64::INFINITY;
    }
    distances
}
