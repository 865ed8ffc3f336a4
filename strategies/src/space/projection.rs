//! The nearest place of a polyhedron.
//!
//! The dual active-set method of Goldfarb and Idnani, "A numerically stable dual method for solving strictly convex
//! quadratic programs", Mathematical Programming 27, 1983, for the distance as the objective: it ends after finitely
//! many steps, at the nearest place or with the certainty that there is none.

/// Bounds of each coordinate, and rows `low ≤ normal · z ≤ high` with normals of length 1.
#[derive(Debug, Clone)]
pub(super) struct Polyhedron {
    pub(super) low: Vec<f64>,
    pub(super) high: Vec<f64>,
    pub(super) rows: Vec<Slab>,
}

/// Between two parallel planes; an equality where they are one.
#[derive(Debug, Clone)]
pub(super) struct Slab {
    pub(super) normal: Vec<f64>,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// Why there is no nearest place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoPlace {
    /// The polyhedron is empty.
    Empty,
    /// Rounding kept the method from ending.
    GaveUp,
}

/// One side of a bound or a slab: `sign · (normal · z) ≥ bound`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Face {
    kind: Kind,
    sign: f64,
    bound: f64,
    equality: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Coordinate(usize),
    Row(usize),
}

/// Lengths below this are rounding: coordinates are about 1.
const TINY: f64 = 1e-12;

impl Polyhedron {
    /// The place nearest to `target`.
    pub(super) fn project(&self, target: &[f64]) -> Result<Vec<f64>, NoPlace> {
        let largest = self.low.iter().chain(&self.high).fold(1.0_f64, |m, b| m.max(b.abs()));
        let tolerance = 10.0 * TINY * largest;
        let mut z = target.to_vec();
        let faces = self.faces(tolerance);
        let mut active = Active::default();
        for _ in 0..(20 * (self.low.len() + self.rows.len()) + 50) {
            let Some(face) = self.most_violated(&z, &faces, &active, tolerance) else {
                return Ok(z);
            };
            self.satisfy(face, &mut z, &mut active, tolerance)?;
        }
        Err(NoPlace::GaveUp)
    }

    /// Moves to the nearest place of the active faces and this one.
    fn satisfy(
        &self,
        face: Face,
        z: &mut [f64],
        active: &mut Active,
        tolerance: f64,
    ) -> Result<(), NoPlace> {
        let mut multiplier = 0.0;
        // Each turn but the last drops a face.
        for _ in 0..=active.faces.len() {
            let along: Vec<f64> = active.faces.iter().map(|other| self.dot(*other, face)).collect();
            let shares = solve(self.gram(&active.faces), along).ok_or(NoPlace::GaveUp)?;
            let mut direction = vec![0.0; z.len()];
            self.add(face, 1.0, &mut direction);
            for (other, share) in active.faces.iter().zip(&shares) {
                self.add(*other, -share, &mut direction);
            }
            let length: f64 = direction.iter().map(|d| d * d).sum();
            let missing = -self.margin(face, z);
            let full = if length > TINY { missing / length } else { f64::INFINITY };
            let (blocking, until) = active.first_to_leave(&shares);
            let step = full.min(until);
            if step.is_infinite() {
                // It depends on equalities that hold: kept already, or never.
                return if missing <= 1e3 * tolerance { Ok(()) } else { Err(NoPlace::Empty) };
            }
            multiplier += step;
            for (known, share) in active.multipliers.iter_mut().zip(&shares) {
                *known -= step * share;
            }
            if full.is_finite() {
                for (place, d) in z.iter_mut().zip(&direction) {
                    *place += step * d;
                }
            }
            if full <= until {
                active.faces.push(face);
                active.multipliers.push(multiplier);
                return Ok(());
            }
            active.faces.remove(blocking);
            active.multipliers.remove(blocking);
        }
        Err(NoPlace::GaveUp)
    }

    /// Both sides of every bound and row.
    fn faces(&self, tolerance: f64) -> Vec<Face> {
        let sides = |kind, low: f64, high: f64, equality| {
            [(1.0, low), (-1.0, -high)].map(|(sign, bound)| Face { kind, sign, bound, equality })
        };
        let rows = self.rows.iter().enumerate().map(|(index, slab)| {
            sides(Kind::Row(index), slab.low, slab.high, slab.high - slab.low <= tolerance)
        });
        let bounds = self.low.iter().zip(&self.high).enumerate();
        let coordinates =
            bounds.map(|(index, (low, high))| sides(Kind::Coordinate(index), *low, *high, false));
        rows.chain(coordinates).flatten().filter(|face| face.bound.is_finite()).collect()
    }

    /// The face that the place lies furthest outside of; equalities come first.
    fn most_violated(
        &self,
        z: &[f64],
        faces: &[Face],
        active: &Active,
        tolerance: f64,
    ) -> Option<Face> {
        let missing = faces.iter().map(|face| (-self.margin(*face, z), *face));
        missing
            .filter(|(missing, face)| *missing > tolerance && !active.faces.contains(face))
            .max_by(|(a, one), (b, other)| one.equality.cmp(&other.equality).then(a.total_cmp(b)))
            .map(|(_, face)| face)
    }

    /// How far inside of a face a place lies.
    fn margin(&self, face: Face, z: &[f64]) -> f64 {
        let along = match face.kind {
            Kind::Coordinate(index) => z[index],
            Kind::Row(row) => self.rows[row].normal.iter().zip(z).map(|(n, z)| n * z).sum(),
        };
        face.sign.mul_add(along, -face.bound)
    }

    fn add(&self, face: Face, factor: f64, direction: &mut [f64]) {
        match face.kind {
            Kind::Coordinate(index) => direction[index] += factor * face.sign,
            Kind::Row(row) => {
                for (d, n) in direction.iter_mut().zip(&self.rows[row].normal) {
                    *d += factor * face.sign * n;
                }
            }
        }
    }

    fn dot(&self, one: Face, other: Face) -> f64 {
        let product = match (one.kind, other.kind) {
            (Kind::Coordinate(a), Kind::Coordinate(b)) => f64::from(u8::from(a == b)),
            (Kind::Coordinate(index), Kind::Row(row))
            | (Kind::Row(row), Kind::Coordinate(index)) => self.rows[row].normal[index],
            (Kind::Row(a), Kind::Row(b)) => {
                self.rows[a].normal.iter().zip(&self.rows[b].normal).map(|(a, b)| a * b).sum()
            }
        };
        one.sign * other.sign * product
    }

    fn gram(&self, faces: &[Face]) -> Vec<Vec<f64>> {
        faces.iter().map(|one| faces.iter().map(|other| self.dot(*one, *other)).collect()).collect()
    }
}

/// The faces that the place lies on, and how hard each pushes.
#[derive(Debug, Default)]
struct Active {
    faces: Vec<Face>,
    multipliers: Vec<f64>,
}

impl Active {
    /// Which face stops pushing first on the way, and when; equalities never do.
    fn first_to_leave(&self, shares: &[f64]) -> (usize, f64) {
        let mut first = (0, f64::INFINITY);
        for (index, (face, share)) in self.faces.iter().zip(shares).enumerate() {
            if !face.equality && *share > TINY {
                let until = self.multipliers[index].max(0.0) / share;
                if until < first.1 {
                    first = (index, until);
                }
            }
        }
        first
    }
}

/// Solves a symmetric, positive definite system by its Cholesky factor; none if it is singular.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let size = right.len();
    for column in 0..size {
        let (done, rest) = matrix.split_at_mut(column + 1);
        let pivot_row = &mut done[column];
        let norm: f64 = pivot_row[..column].iter().map(|l| l * l).sum();
        let pivot = (pivot_row[column] - norm).max(0.0).sqrt();
        if pivot < TINY {
            return None;
        }
        pivot_row[column] = pivot;
        for row in rest {
            let product: f64 =
                row[..column].iter().zip(&pivot_row[..column]).map(|(a, b)| a * b).sum();
            row[column] = (row[column] - product) / pivot;
        }
    }
    for row in 0..size {
        let known: f64 = (0..row).map(|k| matrix[row][k] * right[k]).sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    for row in (0..size).rev() {
        let known: f64 = (row + 1..size).map(|k| matrix[k][row] * right[k]).sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn simplex(n: u32) -> Polyhedron {
        let size = n as usize;
        let length = f64::from(n).sqrt();
        let slab = Slab { normal: vec![1.0 / length; size], low: 1.0 / length, high: 1.0 / length };
        Polyhedron { low: vec![0.0; size], high: vec![1.0; size], rows: vec![slab] }
    }

    #[test]
    fn the_nearest_place_of_a_simplex_is_that_of_the_sorting_rule() {
        // Held, Wolfe and Crowder 1974: max(t − θ, 0) with the θ that makes the sum 1.
        let target = [0.9, 0.4, -0.2, 0.3, 0.1];
        let found = simplex(5).project(&target).unwrap();
        let theta = (0.9 + 0.4 + 0.3 - 1.0) / 3.0;
        for (z, t) in found.iter().zip(target) {
            assert!((z - (t - theta).max(0.0)).abs() < 1e-9, "{found:?}");
        }
    }

    #[test]
    fn an_empty_polyhedron_is_known_for_one() {
        let mut both = simplex(3);
        both.rows.push(Slab { normal: vec![1.0, 0.0, 0.0], low: 0.7, high: 1.0 });
        both.rows.push(Slab { normal: vec![0.0, 1.0, 0.0], low: 0.4, high: 1.0 });
        assert_eq!(both.project(&[0.5; 3]), Err(NoPlace::Empty));
    }
}
