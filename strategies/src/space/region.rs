//! The points that are allowed: where to draw, repair and walk.

use rand::RngExt as _;
use rand_pcg::Pcg64;

use super::{Domain, Point, Space};

/// The feasible points of a space, prepared for many questions. Preparing costs nothing for a box.
#[derive(Debug, Clone)]
pub struct Region<'s> {
    space: &'s Space,
    /// The candidates that keep the constraints, by index, and where they lie in the unit cube.
    candidates: Vec<(usize, Vec<f64>)>,
}

impl<'s> Region<'s> {
    /// The region of a space that [`Space::check`] has found right. (Of one that it has not, points may break constraints.)
    #[must_use]
    pub fn new(space: &'s Space) -> Self {
        let usable =
            space.candidates.iter().enumerate().filter(|(_, point)| space.admits_values(point));
        let candidates = usable.map(|(index, point)| (index, space.unit_of(point))).collect();
        Self { space, candidates }
    }

    /// The space that it is the region of.
    #[must_use]
    pub fn space(&self) -> &'s Space {
        self.space
    }

    /// The candidates that may be proposed, by index, and where they lie in the unit cube; none if the space has no list.
    #[must_use]
    pub fn candidates(&self) -> &[(usize, Vec<f64>)] {
        &self.candidates
    }

    /// A point drawn evenly from the region.
    #[must_use]
    pub fn draw(&self, generator: &mut Pcg64) -> Point {
        if !self.candidates.is_empty() {
            let place = generator.random_range(0..self.candidates.len());
            return self.space.candidates[self.candidates[place].0].clone();
        }
        let cube: Vec<f64> = self.space.parameters.iter().map(|_| generator.random()).collect();
        self.repair(&cube)
    }

    /// The feasible point nearest to a place of the unit cube, approximately; exact for boxes. [`Space::admits`] it.
    #[must_use]
    pub fn repair(&self, cube: &[f64]) -> Point {
        if self.candidates.is_empty() {
            return self.space.point_at(cube);
        }
        let distance = |place: &[f64]| self.space.distance(cube, place);
        let nearest =
            self.candidates.iter().min_by(|(_, a), (_, b)| distance(a).total_cmp(&distance(b)));
        nearest.map_or_else(
            || self.space.point_at(cube),
            |(index, _)| self.space.candidates[*index].clone(),
        )
    }

    /// Feasible points one small step away: another choice, the next value of a grid up or down, an exchange between
    /// two parameters where a sum must stay. Continuous parameters stay where they are, unless a sum moves them. What a
    /// new choice makes active is drawn.
    #[must_use]
    pub fn neighbours(&self, point: &Point, generator: &mut Pcg64) -> Vec<Point> {
        let cube = self.space.unit_of(point);
        let mut found = Vec::new();
        for (index, parameter) in self.space.parameters.iter().enumerate() {
            let Some(value) = point.0[index] else { continue };
            for other in parameter.domain.next_to(value) {
                let mut moved = cube.clone();
                moved[index] = parameter.domain.unit_of(other);
                for (place, value) in moved.iter_mut().zip(&point.0) {
                    if value.is_none() {
                        *place = generator.random();
                    }
                }
                let neighbour = self.repair(&moved);
                if neighbour != *point && !found.contains(&neighbour) {
                    found.push(neighbour);
                }
            }
        }
        found
    }
}

impl Space {
    /// Whether a point is in the space: a value for each active parameter, in its domain, and none for the others; the
    /// constraints kept; one of the candidates, where there is a list.
    #[must_use]
    pub fn admits(&self, point: &Point) -> bool {
        self.admits_values(point) && (self.candidates.is_empty() || self.candidates.contains(point))
    }

    /// The same, whether or not it is one of the candidates.
    pub(crate) fn admits_values(&self, point: &Point) -> bool {
        point.0.len() == self.parameters.len()
            && self.parameters.iter().enumerate().all(|(index, parameter)| match point.0[index] {
                Some(value) => self.is_active(index, &point.0) && parameter.domain.contains(value),
                None => !self.is_active(index, &point.0),
            })
            && self.constraints.iter().all(|constraint| self.keeps(constraint, point))
    }

    /// A point drawn evenly from the region. For many, prepare a [`Region`].
    #[must_use]
    pub fn draw(&self, generator: &mut Pcg64) -> Point {
        Region::new(self).draw(generator)
    }

    /// The feasible point nearest to a place of the unit cube. For many, prepare a [`Region`].
    #[must_use]
    pub fn repair(&self, cube: &[f64]) -> Point {
        Region::new(self).repair(cube)
    }

    /// Whether nothing ties the parameters to each other: no conditions, constraints or list of candidates.
    #[must_use]
    pub fn is_box(&self) -> bool {
        self.constraints.is_empty()
            && self.candidates.is_empty()
            && self.parameters.iter().all(|parameter| parameter.condition.is_none())
    }

    /// Whether it is a box of parameters that take any number.
    #[must_use]
    pub fn is_continuous_box(&self) -> bool {
        self.is_box() && self.parameters.iter().all(|parameter| parameter.domain.count().is_none())
    }

    /// How many points there are at the most (conditions and constraints leave fewer); none if there is no end of them.
    #[must_use]
    pub fn size(&self) -> Option<f64> {
        if !self.candidates.is_empty() {
            #[expect(clippy::cast_precision_loss, reason = "lists are far below 2^53")]
            return Some(self.candidates.len() as f64);
        }
        self.parameters.iter().map(|parameter| parameter.domain.count()).product()
    }

    /// The squared distance of two places of the unit cube: choices without order are the same, or a whole side apart.
    #[must_use]
    pub fn distance(&self, one: &[f64], other: &[f64]) -> f64 {
        let places = self.parameters.iter().zip(one.iter().zip(other));
        places
            .map(|(parameter, (a, b))| match parameter.domain {
                Domain::Categorical { .. } => f64::from(
                    (parameter.domain.value_at(*a) - parameter.domain.value_at(*b)).abs() > 0.5,
                ),
                Domain::Float { .. } | Domain::Int { .. } | Domain::Ordinal { .. } => {
                    (a - b).powi(2)
                }
            })
            .sum()
    }

    /// Whether a point keeps a constraint, but for rounding: 10⁻⁹ of the largest values that its terms can have.
    #[must_use]
    pub fn keeps(&self, constraint: &super::LinearConstraint, point: &Point) -> bool {
        let mut sum = 0.0;
        let mut scale = 0.0;
        for (parameter, coefficient) in &constraint.terms {
            let Some(value) = point.0[*parameter] else { return false };
            let (low, high) = self.parameters[*parameter].domain.bounds();
            sum += coefficient * value;
            scale += coefficient.abs() * low.abs().max(high.abs());
        }
        let slack = 1e-9 * scale;
        constraint.low - slack <= sum && sum <= constraint.high + slack
    }
}
