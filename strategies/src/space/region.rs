//! The points that are allowed: where to draw, repair and walk.

use std::sync::OnceLock;

use rand::RngExt as _;
use rand_pcg::Pcg64;

use super::{
    Domain, LinearConstraint, Parameter, Point, Space,
    polytope::{Polytope, SEARCH_BUDGET, Strictness, TOLERANCE},
};

/// How many places of the cube are tried before an even draw is walked to.
const TRIES: usize = 30;
/// How many roundings are tried for one repair.
const REPAIR_BUDGET: usize = 500;

/// The feasible points of a space, prepared for many questions. Preparing costs nothing for a box.
#[derive(Debug, Clone)]
pub struct Region<'s> {
    space: &'s Space,
    /// The candidates that keep the constraints, by index, and where they lie in the unit cube.
    candidates: Vec<(usize, Vec<f64>)>,
    /// What constraints tie together.
    polytope: Option<Polytope>,
    /// Values that keep them, for where nothing nearer is found.
    anchor: OnceLock<Option<Vec<f64>>>,
}

impl<'s> Region<'s> {
    /// The region of a space that [`Space::check`] has found right. (Of one that it has not, points may break constraints.)
    #[must_use]
    pub fn new(space: &'s Space) -> Self {
        let usable = space.candidates.iter().enumerate();
        let candidates: Vec<_> = usable
            .filter(|(_, point)| space.admits_values(point))
            .map(|(index, point)| (index, space.unit_of(point)))
            .collect();
        let polytope = if candidates.is_empty() { Polytope::of(space) } else { None };
        Self { space, candidates, polytope, anchor: OnceLock::new() }
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

    /// Whether constraints tie parameters to each other.
    #[must_use]
    pub fn is_constrained(&self) -> bool {
        self.polytope.is_some()
    }

    pub(super) fn polytope(&self) -> Option<&Polytope> {
        self.polytope.as_ref()
    }

    /// A point drawn evenly from the region: on each parameter's own scale, every choice and value of a grid as likely as
    /// the next. Under constraints, a place of the cube that keeps them, or a walk that nearly forgets where it began.
    #[must_use]
    pub fn draw(&self, generator: &mut Pcg64) -> Point {
        if !self.candidates.is_empty() {
            let place = generator.random_range(0..self.candidates.len());
            return self.candidate(place);
        }
        let Some(polytope) = &self.polytope else {
            return self.space.point_at(&self.anywhere(generator));
        };
        if !polytope.has_equality() {
            for _ in 0..TRIES {
                let cube = self.anywhere(generator);
                if polytope.accepts(&self.members_at(polytope, &cube)) {
                    return self.space.point_at(&cube);
                }
            }
        }
        let cube = self.anywhere(generator);
        let start = self.settled(polytope, &cube);
        let values = start.map(|start| polytope.walk(start, generator));
        self.assemble(&cube, polytope, values.as_deref())
    }

    /// The feasible point nearest to a place of the unit cube, approximately; exact for boxes. [`Space::admits`] it.
    ///
    /// Inequalities hold to the last digit, as the sum of their terms in order is computed. Equalities are kept to 10⁻⁹ of the
    /// largest values that their terms can have, those of steps and whole numbers as exactly as floating point allows.
    #[must_use]
    pub fn repair(&self, cube: &[f64]) -> Point {
        if let Some(polytope) = &self.polytope {
            let values = self.settled(polytope, cube);
            return self.assemble(cube, polytope, values.as_deref());
        }
        let distance = |place: &[f64]| self.space.distance(cube, place);
        let distances = self.candidates.iter().map(|(_, place)| distance(place)).enumerate();
        let nearest = distances.min_by(|(_, a), (_, b)| a.total_cmp(b));
        nearest.map_or_else(|| self.space.point_at(cube), |(place, _)| self.candidate(place))
    }

    /// Feasible points one small step away: another choice, the next value of a grid up or down, and what must then follow
    /// so that sums stay. Numbers without steps stay where they are, unless a sum moves them. What a new choice makes
    /// active is drawn. Of a list of candidates, the nearest few.
    #[must_use]
    pub fn neighbours(&self, point: &Point, generator: &mut Pcg64) -> Vec<Point> {
        let cube = self.space.unit_of(point);
        if !self.candidates.is_empty() {
            return self.nearest_candidates(point, &cube);
        }
        let mut found = Vec::new();
        for (index, parameter) in self.space.parameters.iter().enumerate() {
            let Some(value) = point.0[index] else { continue };
            for other in parameter.next_to(value) {
                let mut moved = cube.clone();
                moved[index] = parameter.domain.unit_of(other);
                for (place, value) in moved.iter_mut().zip(&point.0) {
                    if value.is_none() {
                        *place = generator.random();
                    }
                }
                let neighbour = self.held(&moved, index, other);
                found.extend(neighbour.filter(|new| new != point && !found.contains(new)));
            }
        }
        found
    }

    fn nearest_candidates(&self, point: &Point, cube: &[f64]) -> Vec<Point> {
        let mut near: Vec<(f64, usize)> = (0..self.candidates.len())
            .map(|place| (self.space.distance(cube, &self.candidates[place].1), place))
            .collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let others = near.into_iter().map(|(_, place)| self.candidate(place));
        others.filter(|other| other != point).take(2 * self.space.parameters.len()).collect()
    }

    /// The point nearest to a place with one parameter at a value, if there is one.
    fn held(&self, cube: &[f64], parameter: usize, value: f64) -> Option<Point> {
        let Some(polytope) = &self.polytope else { return Some(self.space.point_at(cube)) };
        let member = polytope.member_of(parameter);
        let target = self.members_at(polytope, cube);
        let held = member.map(|member| (member, value));
        let settled =
            polytope.settle(&target, held, Strictness::LastDigit, &mut { REPAIR_BUDGET }).ok()?;
        Some(self.assemble(cube, polytope, Some(&settled)))
    }

    fn candidate(&self, place: usize) -> Point {
        self.space.candidates[self.candidates[place].0].clone()
    }

    pub(crate) fn anywhere(&self, generator: &mut Pcg64) -> Vec<f64> {
        self.space.parameters.iter().map(|_| generator.random()).collect()
    }

    /// What the constrained parameters are at a place of the cube.
    fn members_at(&self, polytope: &Polytope, cube: &[f64]) -> Vec<f64> {
        let members = polytope.members.iter();
        members.map(|m| self.space.parameters[m.parameter].value_at(cube[m.parameter])).collect()
    }

    /// What they are at the feasible place near to it.
    fn settled(&self, polytope: &Polytope, cube: &[f64]) -> Option<Vec<f64>> {
        let target = self.members_at(polytope, cube);
        if polytope.accepts(&target) {
            return Some(target);
        }
        match polytope.settle(&target, None, Strictness::LastDigit, &mut { REPAIR_BUDGET }) {
            Ok(values) => Some(values),
            Err(_) => self.anchor(polytope).map(<[f64]>::to_vec),
        }
    }

    fn anchor(&self, polytope: &Polytope) -> Option<&[f64]> {
        self.anchor.get_or_init(|| polytope.find(SEARCH_BUDGET).ok()).as_deref()
    }

    /// Whether a point keeps all constraints: inequalities to the last digit, unless nothing in the space does.
    pub(super) fn accepts(&self, point: &Point) -> bool {
        let Some(polytope) = &self.polytope else { return true };
        let Some(values) = polytope.values_in(point) else { return false };
        let is_degenerate =
            || self.anchor(polytope).is_some_and(|anchor| !polytope.accepts(anchor));
        polytope.accepts(&values) || (polytope.keeps(&values) && is_degenerate())
    }

    /// The point at a place of the cube with given values of the constrained parameters.
    fn assemble(&self, cube: &[f64], polytope: &Polytope, values: Option<&[f64]>) -> Point {
        let mut point = self.space.point_at(cube);
        let Some(values) = values else { return point };
        for (member, value) in polytope.members.iter().zip(values) {
            point.0[member.parameter] = Some(*value);
        }
        // They may be the parents of others.
        for (index, (parameter, u)) in self.space.parameters.iter().zip(cube).enumerate() {
            let active = self.space.is_active(index, &point.0);
            if active != point.0[index].is_some() {
                point.0[index] = active.then(|| parameter.value_at(*u));
            }
        }
        point
    }
}

impl Space {
    /// Whether a point is in the space: a value for each active parameter, in its domain and the one that it is fixed to, and
    /// none for the others; the constraints kept; one of the candidates, where there is a list.
    #[must_use]
    pub fn admits(&self, point: &Point) -> bool {
        self.admits_values(point) && (self.candidates.is_empty() || self.candidates.contains(point))
    }

    /// The same, whether or not it is one of the candidates.
    pub(crate) fn admits_values(&self, point: &Point) -> bool {
        let fixed = self.parameters.iter().zip(&point.0);
        self.admits_unfixed(point) && { fixed }
            .all(|(parameter, value)| value.is_none_or(|v| parameter.contains(v)))
    }

    /// The same, whatever parameters are fixed to.
    pub(super) fn admits_unfixed(&self, point: &Point) -> bool {
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
        self.is_box() && self.parameters.iter().all(|parameter| parameter.count().is_none())
    }

    /// How many points there are at the most (conditions and constraints leave fewer); none if there is no end of them.
    #[must_use]
    pub fn size(&self) -> Option<f64> {
        if !self.candidates.is_empty() {
            #[expect(clippy::cast_precision_loss, reason = "lists are far below 2^53")]
            return Some(self.candidates.len() as f64);
        }
        self.parameters.iter().map(Parameter::count).product()
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
    pub fn keeps(&self, constraint: &LinearConstraint, point: &Point) -> bool {
        let values = constraint.terms.iter().map(|(parameter, c)| Some(c * point.0[*parameter]?));
        let Some(sum) = values.sum::<Option<f64>>() else { return false };
        let slack = self.slack(constraint);
        constraint.low - slack <= sum && sum <= constraint.high + slack
    }

    /// Whether a constraint leaves its sum no room.
    pub(crate) fn is_equality(&self, constraint: &LinearConstraint) -> bool {
        constraint.high - constraint.low <= 2.0 * self.slack(constraint)
    }

    fn slack(&self, constraint: &LinearConstraint) -> f64 {
        let largest = |parameter: usize| {
            let (low, high) = self.parameters[parameter].domain.bounds();
            low.abs().max(high.abs())
        };
        TOLERANCE * constraint.terms.iter().map(|(p, c)| c.abs() * largest(*p)).sum::<f64>()
    }
}
