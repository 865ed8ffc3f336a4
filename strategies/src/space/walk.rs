//! Even draws from a polytope whose members may be tied to steps and sums: a Markov chain whose every move draws afresh
//! along one line through the current place, which leaves the even distribution as it is.
//!
//! A move along a random direction is hit-and-run (Smith, "Efficient Monte Carlo procedures for generating points uniformly
//! distributed over bounded regions", Operations Research 32, 1984); a move along a circuit, the shortest directions that
//! leave all sums as they are (an exchange of two members, for one sum), is a Gibbs step and works for steps, too.

use rand::{RngExt as _, seq::SliceRandom as _};
use rand_pcg::Pcg64;

use super::polytope::{Member, Polytope};

/// Along one line, at most so many places of a grid are compared.
const PLACES: f64 = 512.0;

impl Polytope {
    /// Values after some moves from a start, nearly independent of it.
    pub(super) fn walk(&self, mut values: Vec<f64>, generator: &mut Pcg64) -> Vec<f64> {
        let equalities = self.equalities();
        let free: Vec<usize> = (0..values.len()).filter(|m| self.is_continuous(*m)).collect();
        for _ in 0..(20 + 10 * values.len()) {
            if let Some(direction) = self.circuit(&equalities, generator) {
                self.move_along(&direction, &mut values, generator);
            }
            if free.len() > 1 {
                let direction = self.random_direction(&free, &equalities, generator);
                self.move_along(&direction, &mut values, generator);
            }
        }
        values
    }

    fn is_continuous(&self, member: usize) -> bool {
        let member = &self.members[member];
        member.step.is_none() && !member.is_fixed()
    }

    /// The rows that are equalities, as dense vectors.
    fn equalities(&self) -> Vec<Vec<f64>> {
        let dense = |terms: &[(usize, f64)]| {
            let mut row = vec![0.0; self.members.len()];
            for (member, c) in terms {
                row[*member] = *c;
            }
            row
        };
        self.rows.iter().filter(|row| row.is_equality()).map(|row| dense(&row.terms)).collect()
    }

    /// A direction of as few members as possible that leaves every equality as it is: members are taken in random order
    /// until one of them depends on the others.
    fn circuit(&self, equalities: &[Vec<f64>], generator: &mut Pcg64) -> Option<Vec<f64>> {
        let size = self.members.len();
        let mut order: Vec<usize> =
            (0..size).filter(|member| !self.members[*member].is_fixed()).collect();
        order.shuffle(generator);
        // Reduced columns, each with what it is made of and its leading row.
        let mut known: Vec<(Vec<f64>, Vec<f64>, usize)> = Vec::new();
        for member in order {
            let mut column: Vec<f64> = equalities.iter().map(|row| row[member]).collect();
            let size_before = column.iter().fold(0.0_f64, |a, b| a.max(b.abs()));
            let mut made = vec![0.0; size];
            made[member] = 1.0;
            for (reduced, parts, lead) in &known {
                let factor = column[*lead] / reduced[*lead];
                column.iter_mut().zip(reduced).for_each(|(c, r)| *c -= factor * r);
                made.iter_mut().zip(parts).for_each(|(m, p)| *m -= factor * p);
            }
            let lead =
                (0..column.len()).max_by(|a, b| column[*a].abs().total_cmp(&column[*b].abs()));
            match lead.filter(|lead| column[*lead].abs() > 1e-10 * size_before) {
                Some(lead) => known.push((column, made, lead)),
                None => return Some(made),
            }
        }
        None
    }

    /// A random direction of the members without steps that leaves every equality as it is, by their ranges.
    fn random_direction(
        &self,
        free: &[usize],
        equalities: &[Vec<f64>],
        generator: &mut Pcg64,
    ) -> Vec<f64> {
        let range = |m: usize| self.members[m].high - self.members[m].low;
        let mut direction: Vec<f64> = free.iter().map(|_| normal(generator)).collect();
        let mut basis: Vec<Vec<f64>> = Vec::new();
        for row in equalities {
            let mut part: Vec<f64> = free.iter().map(|m| row[*m] * range(*m)).collect();
            let before = length(&part);
            for known in &basis {
                remove(&mut part, known);
            }
            let after = length(&part);
            if after > 1e-10 * before && after > 0.0 {
                for p in &mut part {
                    *p /= after;
                }
                basis.push(part);
            }
        }
        for known in &basis {
            remove(&mut direction, known);
        }
        let mut full = vec![0.0; self.members.len()];
        free.iter().zip(direction).for_each(|(m, d)| full[*m] = d * range(*m));
        full
    }

    /// Draws a new place on the line through the values.
    fn move_along(&self, direction: &[f64], values: &mut Vec<f64>, generator: &mut Pcg64) {
        let (from, to) = self.chord(direction, values);
        if to - from < 1e-14 {
            return;
        }
        let moved = |t: f64| -> Vec<f64> {
            let places = values.iter().zip(direction).zip(&self.members);
            places
                .map(|((v, d), member)| {
                    if d.abs() > 0.0 {
                        member.round(d.mul_add(t, *v)).clamp(member.low, member.high)
                    } else {
                        *v
                    }
                })
                .collect()
        };
        let stepped = |m: &usize| direction[*m].abs() > 0.0 && self.members[*m].step.is_some();
        let period = (0..values.len())
            .filter(stepped)
            .map(|m| self.members[m].step.unwrap_or(1.0) / direction[m].abs())
            .fold(0.0, f64::max);
        let next = if period > 0.0 {
            self.on_lattice(period, (from, to), direction, values, generator)
        } else {
            self.on_chord((from, to), direction, values, generator)
        };
        let next = moved(next);
        // Rounding adds up over many moves: stay where it would show.
        if self.accepts(&next) {
            *values = next;
        }
    }

    /// How far the line stays inside, backwards and forwards.
    fn chord(&self, direction: &[f64], values: &[f64]) -> (f64, f64) {
        let (mut from, mut to) = (f64::NEG_INFINITY, f64::INFINITY);
        let mut cut = |value: f64, slope: f64, low: f64, high: f64| {
            let ((a, b), flat) =
                (((low - value) / slope, (high - value) / slope), slope.abs() < 1e-300);
            if !flat {
                from = from.max(a.min(b));
                to = to.min(a.max(b));
            }
        };
        for (member, (value, slope)) in self.members.iter().zip(values.iter().zip(direction)) {
            cut(*value, *slope, member.low, member.high);
        }
        for row in self.rows.iter().filter(|row| !row.is_equality()) {
            let slope = row.sum(direction);
            let largest: f64 = row.terms.iter().map(|(m, c)| (c * direction[*m]).abs()).sum();
            if slope.abs() > 1e-12 * largest {
                cut(row.sum(values), slope, row.low, row.high);
            }
        }
        (from.min(0.0), to.max(0.0))
    }

    /// A place of the line where every member with steps is on its grid; 0, here, is one.
    fn on_lattice(
        &self,
        period: f64,
        (from, to): (f64, f64),
        direction: &[f64],
        values: &[f64],
        generator: &mut Pcg64,
    ) -> f64 {
        let (first, last) = ((from / period - 1e-6).ceil(), (to / period + 1e-6).floor());
        let count = last - first + 1.0;
        let all = count <= PLACES;
        let fits = |t: f64| {
            self.members.iter().zip(direction).all(|(member, d)| {
                let place = member.step.map_or(0.0, |step| d * t / step);
                (place - place.round()).abs() < 1e-6
            })
        };
        let mut places: Vec<f64> = Vec::new();
        let tries = if all { count } else { PLACES };
        let mut number = 0.0;
        while number < tries {
            let k = if all {
                first + number
            } else {
                (generator.random::<f64>() * count).floor() + first
            };
            if fits(k * period) {
                places.push(k * period);
            }
            number += 1.0;
        }
        if !all {
            places.push(0.0);
        }
        let weights: Vec<f64> =
            places.iter().map(|t| self.log_density(*t, direction, values)).collect();
        choose(&places, &weights, generator)
    }

    /// A place of the line, evenly on each member's own scale: by slice sampling with shrinking brackets (Neal, Annals of
    /// Statistics 31, 2003) where a scale is logarithmic.
    fn on_chord(
        &self,
        (mut from, mut to): (f64, f64),
        direction: &[f64],
        values: &[f64],
        generator: &mut Pcg64,
    ) -> f64 {
        let level = self.log_density(0.0, direction, values) + generator.random::<f64>().ln();
        for _ in 0..100 {
            let t = from + generator.random::<f64>() * (to - from);
            if self.log_density(t, direction, values) >= level {
                return t;
            }
            if t < 0.0 { from = t } else { to = t }
        }
        0.0
    }

    /// How dense values lie in the unit cube: on a log scale, the more the smaller they are.
    fn log_density(&self, t: f64, direction: &[f64], values: &[f64]) -> f64 {
        let moving = self.members.iter().zip(values.iter().zip(direction));
        moving
            .filter(|(member, (_, d))| member.log && d.abs() > 0.0)
            .map(|(member, (value, d))| -on_scale(member, d.mul_add(t, *value)).ln())
            .sum()
    }
}

fn on_scale(member: &Member, value: f64) -> f64 {
    value.clamp(member.low, member.high).max(f64::MIN_POSITIVE)
}

/// One of the places by the logarithms of their weights.
fn choose(places: &[f64], weights: &[f64], generator: &mut Pcg64) -> f64 {
    let most = weights.iter().fold(f64::NEG_INFINITY, |a, b| a.max(*b));
    let total: f64 = weights.iter().map(|w| (w - most).exp()).sum();
    let mut left = generator.random::<f64>() * total;
    for (place, weight) in places.iter().zip(weights) {
        left -= (weight - most).exp();
        if left <= 0.0 {
            return *place;
        }
    }
    places.last().copied().unwrap_or(0.0)
}

/// A standard normal number: Box and Muller 1958.
pub(crate) fn normal(generator: &mut Pcg64) -> f64 {
    let radius = (-2.0 * (1.0 - generator.random::<f64>()).ln()).sqrt();
    radius * (std::f64::consts::TAU * generator.random::<f64>()).cos()
}

fn length(vector: &[f64]) -> f64 {
    vector.iter().map(|v| v * v).sum::<f64>().sqrt()
}

/// Takes the part along a unit vector away.
fn remove(vector: &mut [f64], unit: &[f64]) {
    let along: f64 = vector.iter().zip(unit).map(|(v, u)| v * u).sum();
    vector.iter_mut().zip(unit).for_each(|(v, u)| *v -= along * u);
}
