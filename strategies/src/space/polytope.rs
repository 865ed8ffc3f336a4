//! Numbers that linear constraints tie to each other: floats, whole numbers, those of a grid, on any scale.

use super::{
    Domain, Parameter, Point, Space,
    projection::{NoPlace, Polyhedron, Slab},
};

/// How far a sum may be off: this share of the largest values that its terms can have.
pub(super) const TOLERANCE: f64 = 1e-9;

/// How far inside of an inequality the nearest place is looked for, as a share of the tolerance: more than what rounding takes.
const MARGIN: f64 = 0.05;

/// How many roundings are tried to find the first feasible point: a tenth of a second for few members.
pub(super) const SEARCH_BUDGET: usize = 20_000;

/// How exactly inequalities are to hold; equalities hold but for rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strictness {
    /// To the last digit, as sums are computed.
    LastDigit,
    /// But for rounding.
    Rounding,
}

/// The parameters that constraints name, and the constraints.
#[derive(Debug, Clone)]
pub(super) struct Polytope {
    pub(super) members: Vec<Member>,
    pub(super) rows: Vec<Row>,
    /// The members that take single values, in the order in which they are best fixed: coarse ones first.
    order: Vec<usize>,
}

/// A parameter that constraints name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    pub(super) parameter: usize,
    /// The same as `high` if it is fixed.
    pub(super) low: f64,
    pub(super) high: f64,
    /// The distance of neighbouring values from `low` on; none if any number is a value, or it is fixed.
    pub(super) step: Option<f64>,
    pub(super) log: bool,
    /// The largest size of a value of its domain: by it rounding is measured.
    largest: f64,
}

/// `low ≤ Σ coefficient · value ≤ high`, within the slack.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// By member.
    pub(super) terms: Vec<(usize, f64)>,
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) slack: f64,
}

/// Bounds of each member.
pub(super) type Bounds = Vec<(f64, f64)>;

impl Polytope {
    /// Of a space whose indices are right; none if it has no constraint.
    pub(super) fn of(space: &Space) -> Option<Self> {
        if space.constraints.is_empty() {
            return None;
        }
        let named = |index: &usize| {
            space
                .constraints
                .iter()
                .any(|c| c.terms.iter().any(|(parameter, _)| parameter == index))
        };
        let members: Vec<Member> = (0..space.parameters.len())
            .filter(named)
            .map(|parameter| Member::of(parameter, &space.parameters[parameter]))
            .collect();
        let rows: Vec<Row> = space
            .constraints
            .iter()
            .map(|constraint| {
                let place = |parameter| members.iter().position(|m| m.parameter == parameter);
                let terms: Vec<(usize, f64)> = constraint
                    .terms
                    .iter()
                    .filter_map(|(parameter, coefficient)| Some((place(*parameter)?, *coefficient)))
                    .collect();
                let largest = |(m, c): &(usize, f64)| c.abs() * members[*m].largest;
                let slack = TOLERANCE * terms.iter().map(largest).sum::<f64>();
                Row { terms, low: constraint.low, high: constraint.high, slack }
            })
            .collect();
        let mut order: Vec<usize> =
            (0..members.len()).filter(|m| members[*m].step.is_some()).collect();
        let weight = |member: usize| {
            let coefficients = rows.iter().flat_map(|row| &row.terms).filter(|(m, _)| *m == member);
            let most = coefficients.map(|(_, c)| c.abs()).fold(0.0, f64::max);
            members[member].step.unwrap_or_default() * most
        };
        order.sort_by(|a, b| weight(*b).total_cmp(&weight(*a)));
        Some(Self { members, rows, order })
    }

    /// The place of a parameter among the members.
    pub(super) fn member_of(&self, parameter: usize) -> Option<usize> {
        self.members.iter().position(|member| member.parameter == parameter)
    }

    /// The bounds of every member by itself.
    pub(super) fn bounds(&self) -> Bounds {
        self.members.iter().map(|member| (member.low, member.high)).collect()
    }

    /// What a member at a value leaves to the others; none if that is nothing.
    pub(super) fn fixed(&self, bounds: &Bounds, member: usize, value: f64) -> Option<Bounds> {
        let (low, high) = bounds[member];
        let room = 1e-9 * (self.members[member].high - self.members[member].low);
        if value < low - room || value > high + room {
            return None;
        }
        let mut narrower = bounds.clone();
        narrower[member] = (value, value);
        self.propagate(&mut narrower).then_some(narrower)
    }

    /// Values within bounds that keep the rows.
    pub(super) fn rest(&self, bounds: &Bounds) -> Option<Vec<f64>> {
        let middle: Vec<f64> =
            bounds.iter().map(|(low, high)| f64::midpoint(*low, *high)).collect();
        let settle = |strictness| self.settle_within(&middle, bounds, strictness, &mut 100).ok();
        settle(Strictness::LastDigit).or_else(|| settle(Strictness::Rounding))
    }

    /// Whether values keep all rows.
    pub(super) fn keeps(&self, values: &[f64]) -> bool {
        self.rows.iter().all(|row| {
            let sum = row.sum(values);
            row.low - row.slack <= sum && sum <= row.high + row.slack
        })
    }

    /// Whether values keep all rows, and every inequality to the last digit.
    pub(super) fn accepts(&self, values: &[f64]) -> bool {
        self.rows.iter().all(|row| {
            let sum = row.sum(values);
            let slack = if row.is_equality() { row.slack } else { 0.0 };
            row.low - slack <= sum && sum <= row.high + slack
        })
    }

    /// The values of the members in a point of the space; none if it lacks one.
    pub(super) fn values_in(&self, point: &Point) -> Option<Vec<f64>> {
        self.members.iter().map(|member| point.0[member.parameter]).collect()
    }

    /// The feasible values nearest to a target, approximately: the nearest place of the polytope, then one member after
    /// the other is fixed at the value of its grid that is nearest to what is best now, going back where that leads
    /// nowhere. `budget` bounds the tries. One member may be held at a value.
    pub(super) fn settle(
        &self,
        target: &[f64],
        held: Option<(usize, f64)>,
        strictness: Strictness,
        budget: &mut usize,
    ) -> Result<Vec<f64>, NoPlace> {
        let mut bounds = self.bounds();
        if let Some((member, value)) = held {
            bounds[member] = (value, value);
        }
        if !self.propagate(&mut bounds) {
            return Err(NoPlace::Empty);
        }
        self.settle_within(target, &bounds, strictness, budget)
    }

    fn settle_within(
        &self,
        target: &[f64],
        bounds: &Bounds,
        strictness: Strictness,
        budget: &mut usize,
    ) -> Result<Vec<f64>, NoPlace> {
        // A little inside of inequalities, so that they hold to the last digit; if there is nothing, at their bounds.
        let relaxed = match self.nearest(target, bounds, MARGIN) {
            Err(NoPlace::Empty) => self.nearest(target, bounds, 0.0)?,
            found => found?,
        };
        let Some(member) = self.order.iter().copied().find(|m| bounds[*m].0 < bounds[*m].1) else {
            let exact = self.exact(relaxed, bounds);
            if !self.keeps(&exact) {
                return Err(NoPlace::GaveUp);
            }
            let strict = self.strict(exact, bounds);
            // On grids, sums that ought to be at a bound may lie beyond it by their last digit: other values, then.
            let settled = strictness == Strictness::Rounding || self.accepts(&strict);
            return if settled { Ok(strict) } else { Err(NoPlace::Empty) };
        };
        if let Some(fewer) = self.on_grid_already(&relaxed, bounds)
            && let Ok(settled) = self.settle_within(target, &fewer, strictness, budget)
        {
            return Ok(settled);
        }
        for value in self.members[member].closest(relaxed[member], bounds[member]) {
            if *budget == 0 {
                return Err(NoPlace::GaveUp);
            }
            *budget -= 1;
            let mut narrower = bounds.clone();
            narrower[member] = (value, value);
            if !self.propagate(&mut narrower) {
                continue;
            }
            match self.settle_within(target, &narrower, strictness, budget) {
                Err(NoPlace::Empty) => {}
                settled => return settled,
            }
        }
        Err(NoPlace::Empty)
    }

    /// Bounds with those members fixed that are on their grids as it is, if there are any. In a mixture, most are at 0.
    fn on_grid_already(&self, relaxed: &[f64], bounds: &Bounds) -> Option<Bounds> {
        let mut fixed = bounds.clone();
        let mut any = false;
        for member in self.order.iter().copied().filter(|m| bounds[*m].0 < bounds[*m].1) {
            let value = self.members[member].round(relaxed[member]);
            let step = self.members[member].step.unwrap_or(1.0);
            if (value - relaxed[member]).abs() < 1e-7 * step {
                fixed[member] = (value, value);
                any = true;
            }
        }
        (any && self.propagate(&mut fixed)).then_some(fixed)
    }

    /// Narrows the bounds to what the rows leave; false if that is nothing.
    pub(super) fn propagate(&self, bounds: &mut Bounds) -> bool {
        // Real intervals may shrink for ever: a few rounds do nearly all.
        for _ in 0..8 {
            let mut changed = false;
            for row in &self.rows {
                if !self.narrow(row, bounds, &mut changed) {
                    return false;
                }
            }
            if !changed {
                break;
            }
        }
        true
    }

    fn narrow(&self, row: &Row, bounds: &mut Bounds, changed: &mut bool) -> bool {
        let ends = |bound: (f64, f64), c: f64| {
            if c > 0.0 { (c * bound.0, c * bound.1) } else { (c * bound.1, c * bound.0) }
        };
        let (mut least, mut most) = (0.0, 0.0);
        for (member, c) in &row.terms {
            let (a, b) = ends(bounds[*member], *c);
            least += a;
            most += b;
        }
        if least > row.high + row.slack || most < row.low - row.slack {
            return false;
        }
        for (index, c) in &row.terms {
            let (member, bound) = (&self.members[*index], bounds[*index]);
            if bound.0 >= bound.1 {
                continue;
            }
            let (a, b) = ends(bound, *c);
            // What is left for this term when the others are at their least and their most.
            let (up, down) = ((row.high - (least - a)) / c, (row.low - (most - b)) / c);
            let (from, to) = if *c > 0.0 { (down, up) } else { (up, down) };
            let room = row.slack / c.abs();
            let Some(narrower) = member.inside((bound.0.max(from), bound.1.min(to)), room) else {
                return false;
            };
            if narrower.0 - bound.0 > 1e-6 * (bound.1 - bound.0)
                || bound.1 - narrower.1 > 1e-6 * (bound.1 - bound.0)
            {
                *changed = true;
            }
            let (new_a, new_b) = ends(narrower, *c);
            least += new_a - a;
            most += new_b - b;
            bounds[*index] = narrower;
        }
        true
    }

    /// The place within bounds and rows nearest to the target, steps aside, `margin` tolerances inside of inequalities: by shares of each range; for members on a log
    /// scale, by what a little there is on it.
    fn nearest(&self, target: &[f64], bounds: &Bounds, margin: f64) -> Result<Vec<f64>, NoPlace> {
        let free: Vec<usize> =
            (0..self.members.len()).filter(|m| bounds[*m].0 < bounds[*m].1).collect();
        let scales: Vec<f64> = free.iter().map(|m| self.members[*m].scale(target[*m])).collect();
        let at = |value: f64, place: usize| (value - self.members[free[place]].low) * scales[place];
        let mut rows = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            let mut normal = vec![0.0; free.len()];
            let mut fixed = 0.0;
            for (member, c) in &row.terms {
                match free.iter().position(|f| f == member) {
                    Some(place) => {
                        normal[place] = c / scales[place];
                        fixed += c * self.members[*member].low;
                    }
                    None => fixed += c * bounds[*member].0,
                }
            }
            let length = normal.iter().map(|n| n * n).sum::<f64>().sqrt();
            // Without a free member it has been looked at when the bounds were narrowed.
            if length > 0.0 {
                for n in &mut normal {
                    *n /= length;
                }
                let continuous = |(m, _): &(usize, f64)| self.members[*m].step.is_none();
                let inwards = if row.is_equality() || !row.terms.iter().any(continuous) {
                    0.0
                } else {
                    margin * row.slack
                };
                rows.push(Slab {
                    normal,
                    low: (row.low + inwards - fixed) / length,
                    high: (row.high - inwards - fixed) / length,
                });
            }
        }
        let low = (0..free.len()).map(|i| at(bounds[free[i]].0, i)).collect();
        let high = (0..free.len()).map(|i| at(bounds[free[i]].1, i)).collect();
        let place: Vec<f64> = (0..free.len()).map(|i| at(target[free[i]], i)).collect();
        let found = Polyhedron { low, high, rows }.project(&place)?;
        let mut values: Vec<f64> = bounds.iter().map(|bound| bound.0).collect();
        for (i, z) in found.iter().enumerate() {
            let member = &self.members[free[i]];
            values[free[i]] =
                (member.low + z / scales[i]).clamp(bounds[free[i]].0, bounds[free[i]].1);
        }
        Ok(values)
    }

    /// The same values without the last bits of rounding in the sums: what is missing is spread over the members that
    /// have room.
    fn exact(&self, mut values: Vec<f64>, bounds: &Bounds) -> Vec<f64> {
        for _ in 0..20 {
            if self.keeps(&values) {
                break;
            }
            for row in &self.rows {
                let sum = row.sum(&values);
                let missing = sum.clamp(row.low, row.high) - sum;
                let room = |(m, c): &&(usize, f64)| {
                    let to = if missing * c > 0.0 { bounds[*m].1 } else { bounds[*m].0 };
                    (to - values[*m]).abs() > 1e-12 * (bounds[*m].1 - bounds[*m].0)
                };
                let able: Vec<(usize, f64)> = row.terms.iter().filter(room).copied().collect();
                let weight = |m: usize| bounds[m].1 - bounds[m].0;
                let total: f64 = able.iter().map(|(m, c)| c * c * weight(*m)).sum();
                for (m, c) in able {
                    let share = missing * c * weight(m) / total;
                    values[m] = (values[m] + share).clamp(bounds[m].0, bounds[m].1);
                }
            }
        }
        values
    }

    /// The same values, moved by their last digits so that inequalities hold as they are computed: as far as numbers without
    /// steps have room.
    fn strict(&self, mut values: Vec<f64>, bounds: &Bounds) -> Vec<f64> {
        // Each round goes a little further: a sum has fewer digits than a small member.
        let mut further = 1e-7;
        for _ in 0..24 {
            if self.accepts(&values) {
                break;
            }
            for row in self.rows.iter().filter(|row| !row.is_equality()) {
                let sum = row.sum(&values);
                let beyond = sum - sum.clamp(row.low, row.high);
                if beyond == 0.0 {
                    continue;
                }
                let away = beyond + further * row.slack.copysign(beyond);
                let room = |(m, c): &(usize, f64)| {
                    let to = if away / c > 0.0 { bounds[*m].0 } else { bounds[*m].1 };
                    (to - values[*m]).abs()
                };
                let able = row.terms.iter().filter(|(m, _)| self.members[*m].step.is_none());
                let Some((m, c)) = able.max_by(|a, b| room(a).total_cmp(&room(b))) else {
                    continue;
                };
                values[*m] = (values[*m] - away / c).clamp(bounds[*m].0, bounds[*m].1);
            }
            further *= 2.0;
        }
        values
    }

    /// Values that keep all rows, in the middle if possible.
    /// Where equalities leave nothing that keeps an inequality to the last digit, but for rounding.
    pub(super) fn find(&self, budget: usize) -> Result<Vec<f64>, NoPlace> {
        if !self.divides() {
            return Err(NoPlace::Empty);
        }
        let middle: Vec<f64> = self.members.iter().map(|m| f64::midpoint(m.low, m.high)).collect();
        let settle = |strictness| self.settle(&middle, None, strictness, &mut { budget });
        settle(Strictness::LastDigit).or_else(|_| settle(Strictness::Rounding))
    }

    pub(super) fn has_equality(&self) -> bool {
        self.rows.iter().any(Row::is_equality)
    }

    /// Whether an equality of whole multiples can come out at all: 2x + 2y = 3 cannot.
    fn divides(&self) -> bool {
        self.rows.iter().all(|row| {
            let steps: Option<Vec<f64>> = row
                .terms
                .iter()
                .filter(|(m, _)| !self.members[*m].is_fixed())
                .map(|(m, c)| self.members[*m].step.map(|step| (c * step).abs()))
                .collect();
            let steps = steps.filter(|steps| row.is_equality() && !steps.is_empty());
            let Some(steps) = steps else { return true };
            let largest = steps.iter().fold(0.0_f64, |a, b| a.max(*b));
            let divisor = steps.iter().fold(0.0, |a, b| common_divisor(a, *b, 1e-7 * largest));
            let base: f64 = row.terms.iter().map(|(m, c)| c * self.members[*m].low).sum();
            let multiples = (row.low - base) / divisor;
            (multiples - multiples.round()).abs() * divisor <= row.slack.max(1e-6 * divisor)
        })
    }
}

/// Euclid's algorithm for numbers that are whole multiples of a real one, nearly.
fn common_divisor(mut a: f64, mut b: f64, least: f64) -> f64 {
    while b > least {
        let rest = a - b * (a / b).round();
        (a, b) = (b, rest.abs());
    }
    a
}

impl Row {
    pub(super) fn sum(&self, values: &[f64]) -> f64 {
        self.terms.iter().map(|(member, c)| c * values[*member]).sum()
    }

    pub(super) fn is_equality(&self) -> bool {
        self.high - self.low <= 2.0 * self.slack
    }
}

impl Member {
    #[expect(clippy::cast_precision_loss, reason = "whole parameters are within 53 bits: exact")]
    fn of(parameter: usize, known: &Parameter) -> Self {
        let (low, high) = known.bounds();
        let (least, most) = known.domain.bounds();
        let (step, log) = match known.domain {
            Domain::Float { step, log, .. } => (step, log),
            Domain::Int { log: true, .. } => (Some(1.0), true),
            Domain::Int { step, log: false, .. } => (Some(step as f64), false),
            Domain::Categorical { .. } | Domain::Ordinal { .. } => (Some(1.0), false),
        };
        let step = step.filter(|_| known.fixed.is_none());
        Self { parameter, low, high, step, log, largest: least.abs().max(most.abs()) }
    }

    /// Whether it has only one value.
    pub(super) fn is_fixed(&self) -> bool {
        self.low >= self.high
    }

    /// How much of its scale a unit of value is, at a value: the range is 1.
    fn scale(&self, value: f64) -> f64 {
        let range = self.high - self.low;
        if self.log && self.low > 0.0 {
            // Bounded, so that the steepest end does not drown the others in rounding.
            let local = 1.0 / (value.clamp(self.low, self.high) * (self.high / self.low).ln());
            return local.min(1e3 / range);
        }
        1.0 / range
    }

    /// The value of its grid nearest to a number; the number itself without a grid.
    pub(super) fn round(&self, value: f64) -> f64 {
        self.step.map_or(value, |step| self.on_grid(((value - self.low) / step).round(), step))
    }

    fn on_grid(&self, place: f64, step: f64) -> f64 {
        super::unit::without_dust(place.mul_add(step, self.low)).clamp(self.low, self.high)
    }

    /// Bounds moved inwards to values that it has; none if there is none. `room` is what rounding may take.
    fn inside(&self, (low, high): (f64, f64), room: f64) -> Option<(f64, f64)> {
        let Some(step) = self.step else {
            return match low - high {
                crossed if crossed <= 0.0 => Some((low, high)),
                crossed if crossed <= 2.0 * room => {
                    let middle = f64::midpoint(low, high).clamp(self.low, self.high);
                    Some((middle, middle))
                }
                _ => None,
            };
        };
        let dust = 1e-7_f64.max(room / step).min(0.1);
        let from = ((low - self.low) / step - dust).ceil();
        let to = ((high - self.low) / step + dust).floor();
        (from <= to).then(|| (self.on_grid(from, step), self.on_grid(to, step)))
    }

    /// The values of its grid between bounds, nearest to a number first.
    fn closest(&self, value: f64, (low, high): (f64, f64)) -> impl Iterator<Item = f64> + use<> {
        let member = *self;
        let step = self.step.unwrap_or(1.0);
        let place = |v: f64| ((v - self.low) / step).round();
        let (first, last) = (place(low), place(high));
        let start = place(value).clamp(first, last);
        let upwards_first = (value - self.low) / step > start;
        let mut distance = 0.0;
        let mut second = false;
        let most = (last - start).max(start - first);
        std::iter::from_fn(move || {
            while distance <= most {
                let up = upwards_first != second;
                let candidate = if up { start + distance } else { start - distance };
                let skip = second && distance == 0.0;
                if second {
                    distance += 1.0;
                }
                second = !second;
                if !skip && (first..=last).contains(&candidate) {
                    return Some(member.on_grid(candidate, step));
                }
            }
            None
        })
    }
}
