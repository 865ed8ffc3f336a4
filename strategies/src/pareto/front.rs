//! Who dominates whom.

use std::cmp::Ordering;

use super::by_size;

/// Whether `a` is at least as good as `b` in every objective, and better in one.
#[must_use]
pub fn dominates(a: &[f64], b: &[f64]) -> bool {
    let mut better = false;
    for (a, b) in a.iter().zip(b) {
        if a > b {
            return false;
        }
        better |= a < b;
    }
    better
}

/// The indices of the points that no other dominates, ascending. Of equal ones all are named.
#[must_use]
pub fn front(points: &[Vec<f64>]) -> Vec<usize> {
    let mut front: Vec<usize> = Vec::new();
    for index in lexicographic(points) {
        if !dominated_by_any(&points[index], &front, points) {
            front.push(index);
        }
    }
    front.sort_unstable();
    front
}

/// The front that each point belongs to: 0 if none dominates it, 1 if only points of front 0 do, and so on.
///
/// The efficient non-dominated sort with binary search of Zhang, Tian, Cheng and Jin, IEEE Transactions on Evolutionary
/// Computation 19(2), 2015: a point can only be dominated by one that comes before it in lexicographic order, and one that
/// a front dominates is dominated by every earlier front.
#[must_use]
pub fn ranks(points: &[Vec<f64>]) -> Vec<usize> {
    let mut fronts: Vec<Vec<usize>> = Vec::new();
    let mut ranks = vec![0; points.len()];
    for index in lexicographic(points) {
        let rank = fronts.partition_point(|front| dominated_by_any(&points[index], front, points));
        if rank == fronts.len() {
            fronts.push(Vec::new());
        }
        fronts[rank].push(index);
        ranks[index] = rank;
    }
    ranks
}

/// The latest first: they are the nearest in the first objective, and so the likeliest.
fn dominated_by_any(point: &[f64], others: &[usize], points: &[Vec<f64>]) -> bool {
    others.iter().rev().any(|other| dominates(&points[*other], point))
}

fn lexicographic(points: &[Vec<f64>]) -> Vec<usize> {
    let compare = |a: &Vec<f64>, b: &Vec<f64>| {
        let by_value = a.iter().zip(b).map(|(a, b)| by_size(*a, *b));
        by_value.fold(Ordering::Equal, Ordering::then)
    };
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|a, b| compare(&points[*a], &points[*b]));
    order
}

/// So many of the points, spread over them: from the best in the first objective on, always the one that is farthest from
/// those taken before, each objective counted by its range. All, in their order, if there are no more than that.
pub(crate) fn spread(points: Vec<Vec<f64>>, most: usize) -> Vec<Vec<f64>> {
    if points.len() <= most {
        return points;
    }
    let scale: Vec<f64> = (0..points[0].len())
        .map(|objective| {
            let values = points.iter().map(|point| point[objective]);
            let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
                (low.min(v), high.max(v))
            });
            if high > low { (high - low).recip() } else { 0.0 }
        })
        .collect();
    let apart = |a: &[f64], b: &[f64]| -> f64 {
        a.iter().zip(b).zip(&scale).map(|((a, b), scale)| ((a - b) * scale).powi(2)).sum()
    };
    let mut distance = vec![f64::INFINITY; points.len()];
    let mut taken = Vec::with_capacity(most);
    let mut next = lexicographic(&points)[0];
    for _ in 0..most {
        taken.push(points[next].clone());
        for (distance, point) in distance.iter_mut().zip(&points) {
            *distance = distance.min(apart(point, &points[next]));
        }
        let farthest = distance.iter().enumerate().max_by(|(_, a), (_, b)| by_size(**a, **b));
        next = farthest.map_or(0, |(index, _)| index);
    }
    taken
}
