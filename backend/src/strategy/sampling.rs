//! Ways to fill the unit cube.

use rand::{RngExt as _, SeedableRng as _, seq::SliceRandom as _};
use rand_pcg::Pcg64;

use super::unit;
use crate::task::{ParameterSpace, Point, SamplingMethod, Seed};

/// How many points a scrambled Sobol sequence has here; a new scrambling follows.
const SOBOL_LENGTH: u64 = 1 << 16;

/// A sequence of points, each computed from its index alone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sampler {
    method: SamplingMethod,
    seed: u64,
    latin_block: u32,
}

impl Sampler {
    pub(super) fn new(method: SamplingMethod, seed: Seed, latin_block: u32) -> Self {
        Self { method, seed: u64::from(seed.get()), latin_block }
    }

    /// The sequence of an initial design: seeds are 31 bits wide, so the next bit tells it apart.
    pub(super) fn for_design(method: SamplingMethod, seed: Seed, count: u32) -> Self {
        Self { method, seed: u64::from(seed.get()) | 1 << 31, latin_block: count }
    }

    pub(super) fn point(self, space: &ParameterSpace, index: u64) -> Point {
        let parameters = space.parameters();
        let cube = match self.method {
            SamplingMethod::Random => self.random(index, parameters.len()),
            SamplingMethod::Sobol => self.sobol(index, parameters.len()),
            SamplingMethod::LatinHypercube => self.latin(index, parameters.len()),
        };
        let values = parameters
            .iter()
            .zip(cube)
            .map(|(parameter, u)| (parameter.name.clone(), unit::value_at(&parameter.kind, u)))
            .collect();
        Point::of_space(values)
    }

    /// A generator of its own for everything that is numbered.
    fn generator(self, purpose: u64, number: u64) -> Pcg64 {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.seed.to_le_bytes());
        seed[8..16].copy_from_slice(&purpose.to_le_bytes());
        // The lowest bit of the stream is not the seed's to choose: PCG sets it.
        seed[16..24].copy_from_slice(&(number << 1).to_le_bytes());
        let mut generator = Pcg64::from_seed(seed);
        // Neighbouring seeds give neighbouring first states: step away from them.
        let _: u64 = generator.random();
        generator
    }

    fn random(self, index: u64, dimensions: usize) -> Vec<f64> {
        let mut generator = self.generator(0, index);
        (0..dimensions).map(|_| generator.random()).collect()
    }

    /// Owen-scrambled Sobol points: Burley, "Practical Hash-based Owen Scrambling", Journal of Computer Graphics Techniques 9(4), 2020.
    fn sobol(self, index: u64, dimensions: usize) -> Vec<f64> {
        let scrambling: u32 = self.generator(1, index / SOBOL_LENGTH).random();
        let place = u32::try_from(index % SOBOL_LENGTH).unwrap_or_default();
        (0..)
            .take(dimensions)
            .map(|dimension| f64::from(sobol_burley::sample(place, dimension, scrambling)))
            .collect()
    }

    /// Latin hypercubes one after the other: Beckman, Conover and `McKay`, Technometrics 21(2), 1979.
    fn latin(self, index: u64, dimensions: usize) -> Vec<f64> {
        let size = self.latin_block;
        let block = index / u64::from(size);
        let row = usize::try_from(index % u64::from(size)).unwrap_or_default();
        let mut generator = self.generator(2, block);
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
