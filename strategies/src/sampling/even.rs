//! Points that stand for a region whose shape no sequence of the unit cube fits.

use rand_pcg::Pcg64;

use crate::space::{Point, Region, Used};

/// How many points stand for the region together.
pub(super) const BLOCK: u64 = 64;

/// Of how many draws they are taken.
const DRAWS: usize = 256;

/// So many points of many even draws that the next, and every few from the first on, are as like to all draws as can be:
/// greedily by the energy distance (Székely and Rizzo 2013; Mak and Joseph, "Support points", Annals of Statistics 46, 2018).
pub(super) fn block(region: &Region, generator: &mut Pcg64) -> Vec<Point> {
    let space = region.space();
    let draws: Vec<Point> = (0..DRAWS).map(|_| region.draw(generator)).collect();
    let places: Vec<Vec<f64>> = draws.iter().map(|point| space.unit_of(point)).collect();
    let away = |a: &[f64], b: &[f64]| space.distance(a, b).sqrt();
    // The mean distance to all draws: small in the middle.
    let mut central = vec![0.0; DRAWS];
    for one in 0..DRAWS {
        for other in 0..one {
            let distance = away(&places[one], &places[other]);
            central[one] += distance;
            central[other] += distance;
        }
    }
    let mut crowded = vec![0.0; DRAWS];
    let mut taken = Used::default();
    let mut block = Vec::new();
    for size in 1..=BLOCK {
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let share = DRAWS as f64 / size as f64;
        let worth = |draw: &usize| share * crowded[*draw] - central[*draw];
        let fresh = (0..DRAWS).filter(|draw| !taken.contains(&draws[*draw]));
        let best = fresh.max_by(|a, b| worth(a).total_cmp(&worth(b)));
        // A small finite region is used up: begin again.
        let best = best.unwrap_or(block.len() % DRAWS);
        for (crowd, place) in crowded.iter_mut().zip(&places) {
            *crowd += away(place, &places[best]);
        }
        taken.insert(&draws[best]);
        block.push(draws[best].clone());
    }
    block
}
