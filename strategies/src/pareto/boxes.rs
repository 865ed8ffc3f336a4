//! Cutting what is not won yet into boxes.

use std::cmp::Ordering;

use super::by_size;

/// A box of the space of objectives: from `low` (−∞ where it is open) to `high`, of which no side is empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The best values.
    pub low: Vec<f64>,
    /// The worst values.
    pub high: Vec<f64>,
}

/// Cuts all places that no point dominates, and that dominate the reference, into boxes that do not overlap.
///
/// A sweep along the last objective: what is not dominated at one height is cut in the same way with one objective less, and
/// a box lasts as long as the cut has it. Two objectives take `n + 1` boxes, three `2n + 1` (as many as Yang, Emmerich,
/// Deutz and Bäck, Journal of Global Optimization 75, 2019, have), four about 400 for 60 points and 1,500 for 200.
#[must_use]
pub fn non_dominated_cells(points: &[Vec<f64>], reference: &[f64]) -> Vec<Cell> {
    let better = |point: &&Vec<f64>| point.iter().zip(reference).all(|(p, r)| p < r);
    let points: Vec<&[f64]> = points.iter().filter(better).map(Vec::as_slice).collect();
    cells(points, reference)
}

/// Of points that are better than the reference.
fn cells(mut points: Vec<&[f64]>, reference: &[f64]) -> Vec<Cell> {
    let Some((end, lower)) = reference.split_last() else { return Vec::new() };
    if lower.is_empty() {
        let best = points.iter().map(|point| point[0]).fold(*end, f64::min);
        return vec![Cell { low: vec![f64::NEG_INFINITY], high: vec![best] }];
    }
    let last = lower.len();
    points.sort_by(|a, b| by_size(a[last], b[last]));
    let mut done = Vec::new();
    let mut open = Open::default();
    open.replace(cells(Vec::new(), lower), f64::NEG_INFINITY, &mut done);
    let mut below: Vec<&[f64]> = Vec::new();
    for slice in points.chunk_by(|a, b| by_size(a[last], b[last]).is_eq()) {
        for point in slice.iter().map(|point| &point[..last]) {
            if !below.iter().any(|other| at_least_as_good(other, point)) {
                below.retain(|other| !at_least_as_good(point, other));
                below.push(point);
            }
        }
        open.replace(cells(below.clone(), lower), slice[0][last], &mut done);
    }
    open.replace(Vec::new(), *end, &mut done);
    done
}

fn at_least_as_good(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| a <= b)
}

/// The boxes that last at the present height, with the height where they began.
#[derive(Default)]
struct Open(Vec<(Cell, f64)>);

impl Open {
    /// From this height on it is these: boxes that end are added to `done`.
    fn replace(&mut self, mut cells: Vec<Cell>, height: f64, done: &mut Vec<Cell>) {
        cells.sort_by(by_corner);
        let mut before = std::mem::take(&mut self.0).into_iter().peekable();
        for cell in cells {
            let mut began = height;
            while let Some((old, from)) = before.next_if(|(old, _)| by_corner(old, &cell).is_le()) {
                if old == cell {
                    began = from;
                } else {
                    done.push(extended(old, from, height));
                }
            }
            self.0.push((cell, began));
        }
        done.extend(before.map(|(old, from)| extended(old, from, height)));
    }
}

/// Boxes that do not overlap differ in their lower corners.
fn by_corner(a: &Cell, b: &Cell) -> Ordering {
    a.low.iter().zip(&b.low).map(|(a, b)| by_size(*a, *b)).fold(Ordering::Equal, Ordering::then)
}

fn extended(mut cell: Cell, from: f64, to: f64) -> Cell {
    cell.low.push(from);
    cell.high.push(to);
    cell
}
