//! From where hypervolume is counted.

/// How far behind the worst of the front, as a share of its range.
const MARGIN: f64 = 0.1;

/// The reference of a front: in each objective the worst value on the front and a tenth of the front's range more, so that
/// its ends count, too. Where the front has no range (one point, or equal values), the range of all results stands for
/// it, and where they have none either, the size of the value, or 1 for a value of 0.
///
/// `front` are the indices of the front among `points`, at least one.
#[must_use]
pub fn reference_point(points: &[Vec<f64>], front: &[usize]) -> Vec<f64> {
    let objectives = points.first().map_or(0, Vec::len);
    let reference = |objective: usize| {
        let (low, high) = range(front.iter().map(|index| points[*index][objective]));
        let (least, most) = range(points.iter().map(|point| point[objective]));
        let candidates = [high - low, most - least, high.abs()];
        let range = candidates.into_iter().find(|range| *range > 0.0).unwrap_or(1.0);
        high + MARGIN * range
    };
    (0..objectives).map(reference).collect()
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
}
