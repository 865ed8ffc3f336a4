//! Points that fill a space evenly: each is a function of the seed and its number in the sequence.

mod even;
mod grid;
mod joe_kuo;
mod sobol;
#[cfg(test)]
mod tests;

pub use grid::grid;

use rand::{RngExt as _, SeedableRng as _, seq::SliceRandom as _};
use rand_pcg::Pcg64;

use crate::space::{Point, Region, Used};

/// How many points a scrambled Sobol sequence has; a new scrambling follows.
const SOBOL_LENGTH: u64 = 1 << 32;

/// The size of the Latin hypercubes that the strategy of that name strings together: any stretch of 32 points from a
/// multiple of 32 has one point in each of 32 slices of every parameter.
pub const LATIN_BLOCK: u32 = 32;

/// How to fill the space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Independent draws.
    Random,
    /// Owen-scrambled Sobol points.
    Sobol,
    /// Latin hypercubes of so many points one after the other.
    LatinHypercube(u32),
}

/// What a stream of random numbers is for: each purpose has its own.
pub mod purpose {
    /// Independent points.
    pub const RANDOM: u64 = 0;
    /// The scrambling of Sobol sequences.
    pub const SOBOL: u64 = 1;
    /// The shuffling of Latin hypercubes.
    pub const LATIN: u64 = 2;
    /// Points instead of those that are known.
    pub const AGAIN: u64 = 7;
    /// Draws of which a representative part is taken.
    pub const EVEN: u64 = 6;
    /// Candidates of the tree-structured Parzen estimator.
    pub const TPE: u64 = 4;
    /// Children of NSGA-II.
    pub const NSGA2: u64 = 5;
    /// Forests for the importance of parameters.
    pub const IMPORTANCE: u64 = 6;
}

/// A generator of its own for everything that is numbered.
#[must_use]
pub fn generator(seed: u64, purpose: u64, number: u64) -> Pcg64 {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&purpose.to_le_bytes());
    // The lowest bit of the stream is not the seed's to choose: PCG sets it.
    bytes[16..24].copy_from_slice(&(number << 1).to_le_bytes());
    let mut generator = Pcg64::from_seed(bytes);
    // Neighbouring seeds give neighbouring first states: step away from them.
    let _: u64 = generator.random();
    generator
}

/// A sequence of places in the unit cube, each computed from its index alone.
#[derive(Debug, Clone, Copy)]
pub struct Sampler {
    method: Method,
    seed: u64,
}

impl Sampler {
    /// The sequence of a method with a seed.
    #[must_use]
    pub fn new(method: Method, seed: u64) -> Self {
        Self { method, seed }
    }

    /// The place with that index.
    #[must_use]
    pub fn place(self, index: u64, dimensions: usize) -> Vec<f64> {
        match self.method {
            Method::Random => self.random(index, dimensions),
            Method::Sobol => self.sobol(index, dimensions),
            Method::LatinHypercube(size) => self.latin(index, dimensions, size.max(1)),
        }
    }

    fn random(self, index: u64, dimensions: usize) -> Vec<f64> {
        let mut generator = generator(self.seed, purpose::RANDOM, index);
        (0..dimensions).map(|_| generator.random()).collect()
    }

    /// Owen-scrambled Sobol points. Dimensions beyond those with published numbers are random.
    fn sobol(self, index: u64, dimensions: usize) -> Vec<f64> {
        let key: u64 = generator(self.seed, purpose::SOBOL, index / SOBOL_LENGTH).random();
        let place = u32::try_from(index % SOBOL_LENGTH).unwrap_or_default();
        let published = dimensions.min(sobol::DIMENSIONS);
        let mut cube: Vec<f64> =
            (0..published).map(|dimension| sobol::scrambled(place, dimension, key)).collect();
        cube.extend(self.random(index, dimensions - published));
        cube
    }

    /// Latin hypercubes one after the other: `McKay`, Beckman and Conover, Technometrics 21(2), 1979.
    fn latin(self, index: u64, dimensions: usize, size: u32) -> Vec<f64> {
        let block = index / u64::from(size);
        let row = usize::try_from(index % u64::from(size)).unwrap_or_default();
        let mut generator = generator(self.seed, purpose::LATIN, block);
        (0..dimensions)
            .map(|_| {
                let mut slices: Vec<u32> = (0..size).collect();
                slices.shuffle(&mut generator);
                let jitters: Vec<f64> = (0..size).map(|_| generator.random()).collect();
                (f64::from(slices[row]) + jitters[row]) / f64::from(size)
            })
            .collect()
    }
}

/// How often a point that is known already is drawn anew.
const REDRAWS: u64 = 64;

/// `count` points of the sequence from the index `from` on. None that is `used`, as long as there are others: it is drawn
/// anew, which only discrete spaces know. Fewer than `count` only from a finite space, once all of its points are used.
///
/// Of a list, RANDOM is a shuffled order, and the others take what is nearest to their places. Under constraints, RANDOM
/// draws evenly from the region, and the others take a representative part of many such draws.
#[must_use]
pub fn points(
    region: &Region,
    method: Method,
    seed: u64,
    from: u64,
    count: usize,
    used: &Used,
) -> Vec<Point> {
    if !region.candidates().is_empty() {
        return candidates(region, method, seed, from, count, used);
    }
    let mut used = used.clone();
    let mut sequence = Sequence::new(region, method, seed);
    let mut found = Vec::with_capacity(count);
    for index in from..from.saturating_add(count as u64) {
        let point = sequence.point(index);
        let point = if used.contains(&point) {
            renewed(region, seed, index, point, &used)
        } else {
            Some(point)
        };
        let Some(point) = point else { break };
        used.insert(&point);
        found.push(point);
    }
    found
}

/// Another point than one that is known; none if a finite space has no other.
fn renewed(region: &Region, seed: u64, index: u64, known: Point, used: &Used) -> Option<Point> {
    let mut generator = generator(seed, purpose::AGAIN, index);
    for _ in 0..REDRAWS {
        let point = region.draw(&mut generator);
        if !used.contains(&point) {
            return Some(point);
        }
    }
    if region.space().size().is_none() {
        return Some(known);
    }
    region.unused_near(&region.anywhere(&mut generator), used)
}

/// The points of a method, each by its index.
struct Sequence<'a> {
    region: &'a Region<'a>,
    method: Method,
    seed: u64,
    /// The block of representative points that was looked at last.
    block: Option<(u64, Vec<Point>)>,
}

impl<'a> Sequence<'a> {
    fn new(region: &'a Region<'a>, method: Method, seed: u64) -> Self {
        Self { region, method, seed, block: None }
    }

    fn point(&mut self, index: u64) -> Point {
        if !self.region.is_constrained() {
            let dimensions = self.region.space().parameters.len();
            return self
                .region
                .repair(&Sampler::new(self.method, self.seed).place(index, dimensions));
        }
        if self.method == Method::Random {
            return self.region.draw(&mut generator(self.seed, purpose::RANDOM, index));
        }
        let (number, row) =
            (index / even::BLOCK, usize::try_from(index % even::BLOCK).unwrap_or_default());
        if self.block.as_ref().is_none_or(|(known, _)| *known != number) {
            let mut generator = generator(self.seed, purpose::EVEN, number);
            self.block = Some((number, even::block(self.region, &mut generator)));
        }
        let (_, block) = self.block.as_ref().expect("it has just been made");
        block[row].clone()
    }
}

/// Candidates that are not used.
fn candidates(
    region: &Region,
    method: Method,
    seed: u64,
    from: u64,
    count: usize,
    used: &Used,
) -> Vec<Point> {
    let all = region.candidates();
    let space = region.space();
    let point = |candidate: usize| &space.candidates[all[candidate].0];
    let mut order: Vec<usize> = (0..all.len()).collect();
    if method == Method::Random {
        order.shuffle(&mut generator(seed, purpose::RANDOM, 0));
    }
    let mut used = used.clone();
    let mut free: Vec<bool> = order.iter().map(|place| !used.contains(point(*place))).collect();
    let sampler = Sampler::new(method, seed);
    let mut found = Vec::new();
    for index in (from..).take(count) {
        let mut left = (0..order.len()).filter(|place| free[*place]);
        let next = if method == Method::Random {
            // The next of the shuffled order; after its end those that were left out.
            let start = usize::try_from(index % order.len() as u64).unwrap_or_default();
            let later = (start..order.len()).find(|place| free[*place]);
            later.or_else(|| left.next())
        } else {
            let place = sampler.place(index, space.parameters.len());
            let distance = |candidate: &usize| space.distance(&place, &all[order[*candidate]].1);
            left.min_by(|a, b| distance(a).total_cmp(&distance(b)))
        };
        let Some(next) = next else { break };
        let next_point = point(order[next]);
        used.insert(next_point);
        free[next] = !used.contains(next_point);
        found.push(next_point.clone());
    }
    found
}
