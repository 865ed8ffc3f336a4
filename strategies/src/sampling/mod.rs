//! Points that fill a space evenly: each is a function of the seed and its number in the sequence.

use rand::{RngExt as _, SeedableRng as _, seq::SliceRandom as _};
use rand_pcg::Pcg64;

use crate::space::{Point, Region, Used};

/// How many points a scrambled Sobol sequence has here; a new scrambling follows.
const SOBOL_LENGTH: u64 = 1 << 16;

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
    /// The order of a grid.
    pub const GRID: u64 = 3;
    /// Candidates of the tree-structured Parzen estimator.
    pub const TPE: u64 = 4;
    /// Children of NSGA-II.
    pub const NSGA2: u64 = 5;
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

    /// Owen-scrambled Sobol points: Burley, "Practical Hash-based Owen Scrambling", Journal of Computer Graphics Techniques 9(4), 2020.
    fn sobol(self, index: u64, dimensions: usize) -> Vec<f64> {
        let scrambling: u32 = generator(self.seed, purpose::SOBOL, index / SOBOL_LENGTH).random();
        let place = u32::try_from(index % SOBOL_LENGTH).unwrap_or_default();
        (0..)
            .take(dimensions)
            .map(|dimension| f64::from(sobol_burley::sample(place, dimension, scrambling)))
            .collect()
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

/// `count` points of the sequence from the index `from` on; in a finite space none that is `used`, as long as there are
/// others. Fewer than `count` only from a list of candidates: each is there once.
#[must_use]
pub fn points(
    region: &Region,
    method: Method,
    seed: u64,
    from: u64,
    count: usize,
    used: &Used,
) -> Vec<Point> {
    let sampler = Sampler::new(method, seed);
    let dimensions = region.space().parameters.len();
    let mut used = used.clone();
    let mut found = Vec::with_capacity(count);
    for index in from..from.saturating_add(count as u64) {
        let point = region.repair(&sampler.place(index, dimensions));
        used.insert(&point);
        found.push(point);
    }
    found
}
