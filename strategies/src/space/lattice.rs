//! The points of a finite space, or of a grid that is laid over any: those that are left to try.

use super::{Parameter, Point, Region, Space, Used, polytope::Polytope, unit};

/// How many combinations are looked at beside those that are used, where constraints leave dead ends.
const MAZE: usize = 500_000;

/// The values that a parameter may have on a grid.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Axis {
    /// These.
    Values(Vec<f64>),
    /// All that may be proposed, of a parameter with single values. There may be too many for a list.
    All,
    /// Whatever a sum of the others leaves.
    Remainder,
}

impl Region<'_> {
    /// A point on a grid, near to a place of the unit cube, that was tried fewer than `times`: each parameter in turn takes the
    /// nearest value that is left. None if there is no such point. (Under constraints, where steps leave little but dead ends, the
    /// search is given up after half a million of them.)
    pub(crate) fn untried_on(
        &self,
        axes: &[Axis],
        cube: &[f64],
        used: &Used,
        times: u32,
    ) -> Option<Point> {
        let mut found = None;
        // Every combination but the used ones ends the search.
        let tried = (used.len() + 1).saturating_mul(axes.len() + 1);
        let budget = if self.polytope().is_some() { tried.saturating_add(MAZE) } else { tried };
        let mut search = Search::new(self, axes, Some(cube), budget);
        search.visit(0, &mut |point| {
            let is_used = used.times(&point) >= times;
            if !is_used {
                found = Some(point);
            }
            is_used
        });
        found
    }

    /// A point near to a place of the unit cube that is not used, where the number of points is finite; none if there is no end of
    /// them, or all are used.
    #[must_use]
    pub fn unused_near(&self, cube: &[f64], used: &Used) -> Option<Point> {
        let space = self.space();
        if !self.candidates().is_empty() {
            let unused = self.candidates().iter();
            let unused = unused.filter(|(index, _)| !used.contains(&space.candidates[*index]));
            let distances = unused.map(|(index, place)| (space.distance(cube, place), *index));
            let nearest = distances.min_by(|(a, _), (b, _)| a.total_cmp(b));
            return nearest.map(|(_, index)| space.candidates[index].clone());
        }
        space.size()?;
        let axes = vec![Axis::All; space.parameters.len()];
        self.untried_on(&axes, cube, used, used.replicates())
    }
}

/// Goes through the combinations of values.
struct Search<'a> {
    region: &'a Region<'a>,
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
        Self { region, space: region.space(), polytope, axes, cube, order, values, bounds, budget }
    }

    /// Shows every combination to `found` until it has seen enough; tells whether all were shown.
    fn visit(&mut self, depth: usize, found: &mut dyn FnMut(Point) -> bool) -> bool {
        if self.budget == 0 {
            return false;
        }
        self.budget -= 1;
        let Some(parameter) = self.order.get(depth).copied() else {
            let point = Point(self.values.clone());
            return !self.region.accepts(&point) || found(point);
        };
        if !self.space.is_active(parameter, &self.values) {
            self.values[parameter] = None;
            return self.visit(depth + 1, found);
        }
        let Some((polytope, member)) =
            self.polytope.and_then(|p| Some((p, p.member_of(parameter)?)))
        else {
            return self.choices(parameter, None).all(|value| {
                self.values[parameter] = Some(value);
                self.visit(depth + 1, found)
            });
        };
        let bounds = self.bounds.last().cloned().unwrap_or_default();
        if self.axes[parameter] == Axis::Remainder {
            return self.remainder(depth, polytope, found);
        }
        self.choices(parameter, Some(bounds[member])).all(|value| {
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

    /// The values of a parameter, those nearest to the place first; of very many only those within bounds.
    fn choices(&self, parameter: usize, bounds: Option<(f64, f64)>) -> Choices<'a> {
        let known = &self.space.parameters[parameter];
        let u = self.cube.map(|cube| cube[parameter]);
        match &self.axes[parameter] {
            Axis::Remainder => Choices::Listed(Vec::new().into_iter()),
            Axis::Values(values) => {
                let mut values = values.clone();
                if let Some(u) = u {
                    // The place is a share of the axis: each of its values stands for as much.
                    #[expect(clippy::cast_precision_loss, reason = "axes are short")]
                    let count = values.len() as f64;
                    let wanted = values.get(unit::slot(u, count)).copied();
                    let at = wanted.map(|value| known.domain.unit_of(value)).unwrap_or_default();
                    let away = |value: &f64| (known.domain.unit_of(*value) - at).abs();
                    values.sort_by(|a, b| away(a).total_cmp(&away(b)));
                }
                Choices::Listed(values.into_iter())
            }
            Axis::All => Choices::All(known, Indices::new(known, u, bounds)),
        }
    }
}

/// The values of one parameter, one after the other.
enum Choices<'a> {
    Listed(std::vec::IntoIter<f64>),
    All(&'a Parameter, Indices),
}

impl Iterator for Choices<'_> {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        match self {
            Self::Listed(values) => values.next(),
            Self::All(parameter, indices) => indices.next().map(|index| parameter.nth(index)),
        }
    }
}

/// Indices of values around a first one, the nearest first: whole numbers.
struct Indices {
    above: f64,
    below: f64,
    first: f64,
    last: f64,
    upwards: bool,
}

impl Indices {
    /// Of a parameter with single values: all, or those between two values, begun at a share of the axis or at the first.
    fn new(parameter: &Parameter, u: Option<f64>, bounds: Option<(f64, f64)>) -> Self {
        let domain = &parameter.domain;
        let (mut first, mut last) = (0.0, parameter.count().unwrap_or(1.0) - 1.0);
        if let Some((low, high)) = bounds.filter(|_| parameter.fixed.is_none()) {
            // One more on each side, for rounding.
            first = (domain.index_of(low) - 1.0).max(first);
            last = (domain.index_of(high) + 1.0).min(last);
        }
        let start = u.map_or(first, |u| domain.index_of(domain.value_at(u)));
        let above = start.clamp(first, last.max(first));
        Self { above, below: above - 1.0, first, last, upwards: true }
    }
}

impl Iterator for Indices {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        let (up, down) = (self.above <= self.last, self.below >= self.first);
        if !(up || down) {
            return None;
        }
        let upwards = up && (self.upwards || !down);
        self.upwards = !upwards;
        let place = if upwards { &mut self.above } else { &mut self.below };
        let index = *place;
        *place += if upwards { 1.0 } else { -1.0 };
        Some(index)
    }
}
