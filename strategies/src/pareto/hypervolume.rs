//! How much of the space of objectives is won.

use super::{by_size, front};

/// The volume of what lies between the points and the reference: of all places that some point dominates, and that dominate
/// the reference. Points that are not better than the reference in every objective win nothing.
///
/// Up to three objectives by a sweep (three: Fonseca, Paquete and López-Ibáñez, CEC 2006); more by slices that each point
/// alone wins (While, Bradstreet and Barone, IEEE Transactions on Evolutionary Computation 16(1), 2012). Three objectives
/// take `n log n` comparisons, each further one a factor of `n`. Own code, for it is short.
#[must_use]
pub fn hypervolume(points: &[Vec<f64>], reference: &[f64]) -> f64 {
    let better = |point: &&Vec<f64>| point.iter().zip(reference).all(|(p, r)| p < r);
    let points: Vec<Vec<f64>> = points.iter().filter(better).cloned().collect();
    let points = front(&points).into_iter().map(|index| points[index].clone()).collect();
    volume(points, reference)
}

/// Of points that are better than the reference. Dominated ones do no harm.
fn volume(mut points: Vec<Vec<f64>>, reference: &[f64]) -> f64 {
    match reference {
        [] => 0.0,
        [reference] => {
            let best = points.iter().map(|point| point[0]).fold(*reference, f64::min);
            reference - best
        }
        &[first, second] => {
            points.sort_by(|a, b| by_size(a[0], b[0]));
            area(&points, first, second)
        }
        &[first, second, third] => {
            points.sort_by(|a, b| by_size(a[2], b[2]));
            sweep(&points, first, second, third)
        }
        _ => {
            let last = reference.len() - 1;
            points.sort_by(|a, b| by_size(b[last], a[last]));
            sliced(&points, reference)
        }
    }
}

/// Two objectives, ascending in the first.
fn area(points: &[Vec<f64>], first: f64, second: f64) -> f64 {
    let (mut sum, mut lowest) = (0.0, second);
    for point in points {
        if point[1] < lowest {
            sum += (first - point[0]) * (lowest - point[1]);
            lowest = point[1];
        }
    }
    sum
}

/// Three objectives, ascending in the third: the area that is won below each height, times the way to the next.
fn sweep(points: &[Vec<f64>], first: f64, second: f64, third: f64) -> f64 {
    // The front of the first two objectives below the present height: the first ascends, the second descends.
    let mut stairs: Vec<[f64; 2]> = Vec::with_capacity(points.len());
    let (mut sum, mut area, mut height) = (0.0, 0.0, third);
    for point in points {
        sum += area * (point[2] - height).max(0.0);
        height = point[2];
        area += step(&mut stairs, [point[0], point[1]], first, second);
    }
    sum + area * (third - height).max(0.0)
}

/// Adds a stair. The area that it adds.
fn step(stairs: &mut Vec<[f64; 2]>, [x, y]: [f64; 2], first: f64, second: f64) -> f64 {
    let start = stairs.partition_point(|stair| stair[0] < x);
    let ceiling = if start == 0 { second } else { stairs[start - 1][1] };
    let kept = stairs.get(start).is_some_and(|stair| stair[0] <= x && stair[1] <= y);
    if ceiling <= y || kept {
        return 0.0;
    }
    // Stairs that the new one covers: from `start` to `end`.
    let end = start + stairs[start..].iter().take_while(|stair| stair[1] >= y).count();
    let (mut added, mut left, mut top) = (0.0, x, ceiling);
    for stair in &stairs[start..end] {
        added += (stair[0] - left) * (top - y);
        (left, top) = (stair[0], stair[1]);
    }
    let right = stairs.get(end).map_or(first, |stair| stair[0]);
    added += (right - left) * (top - y);
    stairs.splice(start..end, [[x, y]]);
    added
}

/// Four objectives and more, descending in the last one: what each point wins that none after it does. All of those are at
/// least as good in the last objective, so its part is a slice as thick as the point is better than the reference.
fn sliced(points: &[Vec<f64>], reference: &[f64]) -> f64 {
    let last = reference.len() - 1;
    let mut sum = 0.0;
    for (index, point) in points.iter().enumerate() {
        let shared: Vec<Vec<f64>> = points[index + 1..]
            .iter()
            .map(|other| other[..last].iter().zip(point).map(|(o, p)| o.max(*p)).collect())
            .collect();
        let alone: f64 = point[..last].iter().zip(reference).map(|(p, r)| r - p).product();
        let taken = volume(shared, &reference[..last]);
        sum += (alone - taken).max(0.0) * (reference[last] - point[last]);
    }
    sum
}
