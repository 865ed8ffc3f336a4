//! Thompson sampling.

use rand::RngExt as _;
use rand_pcg::Pcg64;

use super::{Found, Search, Surface};
use crate::{propose::Interrupted, sampling::generator};

/// The stream of the drawn functions.
const PURPOSE: u64 = 0x74_68_6f;

/// More places than this are not drawn at together: it takes time with their cube.
const MOST: usize = 600;

/// The best place of one function drawn from the posterior (Thompson, Biometrika 25, 1933), among places all over the space and
/// around the incumbents: where it keeps the constraints that are drawn with it.
pub(crate) fn thompson(search: &Search, surface: &Surface) -> Result<Option<Found>, Interrupted> {
    let mut random = generator(search.seed, PURPOSE, search.number);
    let mut pool = search.unused(&mut random);
    if pool.is_empty() {
        return Ok(None);
    }
    if pool.len() > MOST {
        let every = pool.len().div_ceil(MOST);
        pool = pool.into_iter().step_by(every).collect();
    }
    let places: Vec<f64> = pool.iter().flat_map(|found| surface.place(&found.cube)).collect();
    let mut draws = Vec::with_capacity(surface.posteriors.len());
    for posterior in &surface.posteriors {
        if (search.interrupted)() {
            return Err(Interrupted);
        }
        let Some((means, factor)) = posterior.joint(&places) else {
            return search.maximize(surface);
        };
        let noise: Vec<f64> = means.iter().map(|_| normal(&mut random)).collect();
        let value_at = |row: usize| {
            means[row] + (0..=row).map(|column| factor[(row, column)] * noise[column]).sum::<f64>()
        };
        draws.push((0..means.len()).map(value_at).collect::<Vec<f64>>());
    }
    // As good as certain: what counts is their order.
    let certain = vec![1e-4; draws.len()];
    let values: Vec<f64> = (0..pool.len())
        .map(|index| {
            let values: Vec<f64> = draws.iter().map(|draw| draw[index]).collect();
            surface.criterion.value(&values, &certain)
        })
        .collect();
    let best = (0..pool.len()).max_by(|a, b| values[*a].total_cmp(&values[*b]).then(b.cmp(a)));
    Ok(best.map(|index| Found { value: values[index], ..pool.swap_remove(index) }))
}

/// A standard normal number, by the method of Box and Muller (Annals of Mathematical Statistics 29, 1958).
fn normal(random: &mut Pcg64) -> f64 {
    let (u, v): (f64, f64) = (random.random(), random.random());
    (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}
