//! All points of a finite space, or of a grid that is laid over any.

use super::{Point, Region, Space, polytope::Polytope};

/// The values that a parameter may have on a grid.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Axis {
    /// These.
    Values(Vec<f64>),
    /// Whatever a sum of the others leaves.
    Remainder,
}

impl Region<'_> {
    /// All points, if there are `limit` at the most.
    #[must_use]
    pub fn enumerate(&self, limit: usize) -> Option<Vec<Point>> {
        if !self.candidates().is_empty() {
            let usable =
                self.candidates().iter().map(|(index, _)| self.space().candidates[*index].clone());
            return (self.candidates().len() <= limit).then(|| usable.collect());
        }
        let axes: Option<Vec<Axis>> = self
            .space()
            .parameters
            .iter()
            .map(|parameter| parameter.values(limit).map(Axis::Values))
            .collect();
        self.lattice(&axes?, limit)
    }

    /// All points on a grid, if there are `limit` at the most.
    pub(crate) fn lattice(&self, axes: &[Axis], limit: usize) -> Option<Vec<Point>> {
        let mut found = Vec::new();
        // Dead ends are few, since bounds are narrowed first; but somebody may have built a maze.
        let budget = limit.saturating_mul(10 * axes.len());
        let mut search = Search::new(self, axes, None, budget);
        let all = search.visit(0, &mut |point| {
            found.push(point);
            found.len() <= limit
        });
        all.then_some(found)
    }

    /// A point on a grid near to a place of the unit cube: each parameter in turn takes the nearest value that is left.
    pub(crate) fn nearest_on(&self, axes: &[Axis], cube: &[f64]) -> Option<Point> {
        let mut found = None;
        let mut search = Search::new(self, axes, Some(cube), 2_000);
        search.visit(0, &mut |point| {
            found = Some(point);
            false
        });
        found
    }
}

/// Goes through the combinations of values.
struct Search<'a> {
    space: &'a Space,
    polytope: Option<&'a Polytope>,
    axes: &'a [Axis],
    /// Values nearest to this place come first.
    cube: Option<&'a [f64]>,
    /// Constrained parameters come first, so that what they leave to each other is known early.
    order: Vec<usize>,
    values: Vec<Option<f64>>,
    bounds: Vec<Vec<(f64, f64)>>,
    budget: usize,
}

impl<'a> Search<'a> {
    fn new(region: &'a Region, axes: &'a [Axis], cube: Option<&'a [f64]>, budget: usize) -> Self {
        let polytope = region.polytope();
        let member = |index: usize| polytope.is_some_and(|p| p.member_of(index).is_some());
        let remainder = |index: usize| axes[index] == Axis::Remainder;
        let mut order: Vec<usize> = (0..axes.len()).collect();
        order.sort_by_key(|index| (!member(*index), remainder(*index)));
        let mut bounds = Vec::new();
        if let Some(polytope) = polytope {
            let mut first = polytope.bounds();
            // If nothing is left, the first choice will tell.
            polytope.propagate(&mut first);
            bounds.push(first);
        }
        let values = vec![None; axes.len()];
        Self { space: region.space(), polytope, axes, cube, order, values, bounds, budget }
    }

    /// Shows every combination to `found` until it has seen enough; tells whether all were shown.
    fn visit(&mut self, depth: usize, found: &mut dyn FnMut(Point) -> bool) -> bool {
        if self.budget == 0 {
            return false;
        }
        self.budget -= 1;
        let Some(parameter) = self.order.get(depth).copied() else {
            return found(Point(self.values.clone()));
        };
        if !self.space.is_active(parameter, &self.values) {
            self.values[parameter] = None;
            return self.visit(depth + 1, found);
        }
        let Some((polytope, member)) =
            self.polytope.and_then(|p| Some((p, p.member_of(parameter)?)))
        else {
            return self.choices(parameter).into_iter().all(|value| {
                self.values[parameter] = Some(value);
                self.visit(depth + 1, found)
            });
        };
        let Axis::Values(_) = self.axes[parameter] else {
            return self.remainder(depth, polytope, found);
        };
        let bounds = self.bounds.last().cloned().unwrap_or_default();
        self.choices(parameter).into_iter().all(|value| {
            let Some(narrower) = polytope.fixed(&bounds, member, value) else { return true };
            self.values[parameter] = Some(value);
            self.bounds.push(narrower);
            let go_on = self.visit(depth + 1, found);
            self.bounds.pop();
            go_on
        })
    }

    /// Gives the members that are left what the sums leave them.
    fn remainder(
        &mut self,
        depth: usize,
        polytope: &Polytope,
        found: &mut dyn FnMut(Point) -> bool,
    ) -> bool {
        let bounds = self.bounds.last().cloned().unwrap_or_default();
        let Some(rest) = polytope.rest(&bounds) else { return true };
        let mut deeper = depth;
        while let Some(parameter) = self.order.get(deeper).copied() {
            let Some(member) = polytope.member_of(parameter) else { break };
            self.values[parameter] = Some(rest[member]);
            deeper += 1;
        }
        self.visit(deeper, found)
    }

    fn choices(&self, parameter: usize) -> Vec<f64> {
        let Axis::Values(values) = &self.axes[parameter] else { return Vec::new() };
        let mut values = values.clone();
        if let Some(cube) = self.cube {
            let domain = &self.space.parameters[parameter].domain;
            // The place is a share of the axis: each of its values stands for as much.
            #[expect(clippy::cast_precision_loss, reason = "axes are short")]
            let count = values.len() as f64;
            let wanted = values.get(super::unit::slot(cube[parameter], count)).copied();
            let at = wanted.map(|value| domain.unit_of(value)).unwrap_or_default();
            let away = |value: &f64| (domain.unit_of(*value) - at).abs();
            values.sort_by(|a, b| away(a).total_cmp(&away(b)));
        }
        values
    }
}
