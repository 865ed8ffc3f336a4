//! Children of two points.

use rand::RngExt as _;
use rand_pcg::Pcg64;

use crate::{
    settings::Nsga2Settings,
    space::{Domain, Point, Space},
};

/// How likely two parents are crossed, where it is not set.
const CROSSOVER: f64 = 0.9;

/// How near children come to their parents: the larger, the nearer. Both as in the authors' own experiments.
const CROSSOVER_INDEX: f64 = 20.0;
const MUTATION_INDEX: f64 = 20.0;

/// How children are made.
pub(super) struct Variation<'a> {
    space: &'a Space,
    crossover: f64,
    mutation: f64,
}

impl<'a> Variation<'a> {
    pub(super) fn new(space: &'a Space, settings: &Nsga2Settings) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "at most 100 parameters")]
        let one_of_all = 1.0 / space.parameters.len().max(1) as f64;
        Self {
            space,
            crossover: settings.crossover.unwrap_or(CROSSOVER),
            mutation: settings.mutation.unwrap_or(one_of_all),
        }
    }

    /// A place in the unit cube, near two of the parents (the best first), each the better of two that were drawn.
    pub(super) fn child(&self, parents: &[&Point], generator: &mut Pcg64) -> Vec<f64> {
        let mut winner = || {
            let [one, other] = [(); 2].map(|()| generator.random_range(0..parents.len()));
            parents[one.min(other)]
        };
        let [mother, father] = [winner(), winner()];
        let crossed = generator.random_bool(self.crossover.clamp(0.0, 1.0));
        let domains = self.space.parameters.iter().map(|parameter| &parameter.domain);
        let values = mother.0.iter().zip(&father.0);
        domains
            .zip(values)
            .map(|(domain, values)| {
                let place = match values {
                    (Some(a), Some(b)) if crossed && generator.random() => {
                        cross(domain, *a, *b, generator)
                    }
                    (Some(value), _) | (None, Some(value)) => domain.unit_of(*value),
                    // If it is active in the child, then by a choice that neither parent made.
                    (None, None) => generator.random(),
                };
                if generator.random_bool(self.mutation.clamp(0.0, 1.0)) {
                    mutate(domain, place, generator)
                } else {
                    place
                }
            })
            .collect()
    }
}

/// Between two values or a little outside, and nearer to one of them: simulated binary crossover within bounds (Deb and
/// Agrawal, Complex Systems 9, 1995). Of two choices, one.
fn cross(domain: &Domain, a: f64, b: f64, generator: &mut Pcg64) -> f64 {
    let [a, b] = [a, b].map(|value| domain.unit_of(value));
    let (low, high, lower) = (a.min(b), a.max(b), generator.random::<bool>());
    if matches!(domain, Domain::Categorical { .. }) || high - low < 1e-14 {
        return if lower { low } else { high };
    }
    let room = if lower { low } else { 1.0 - high };
    let spread = 1.0 + 2.0 * room / (high - low);
    let alpha = 2.0 - spread.powf(-(CROSSOVER_INDEX + 1.0));
    let drawn = generator.random::<f64>() * alpha;
    let beta =
        if drawn <= 1.0 { drawn } else { 1.0 / (2.0 - drawn) }.powf(1.0 / (CROSSOVER_INDEX + 1.0));
    let middle = 0.5 * (low + high);
    let away = 0.5 * beta * (high - low);
    (if lower { middle - away } else { middle + away }).clamp(0.0, 1.0)
}

/// Another choice; another value nearby, by polynomial mutation within bounds (Deb and Deb, `KanGAL` report 2012016); at least
/// the next value of a grid.
fn mutate(domain: &Domain, place: f64, generator: &mut Pcg64) -> f64 {
    let value = domain.value_at(place);
    let next = domain.next_to(value);
    let step = |generator: &mut Pcg64| domain.unit_of(next[generator.random_range(0..next.len())]);
    if matches!(domain, Domain::Categorical { .. }) && !next.is_empty() {
        return step(generator);
    }
    let drawn: f64 = generator.random();
    let power = MUTATION_INDEX + 1.0;
    let moved = if drawn < 0.5 {
        let base = 2.0 * drawn + (1.0 - 2.0 * drawn) * (1.0 - place).powf(power);
        place + base.powf(1.0 / power) - 1.0
    } else {
        let base = 2.0 * (1.0 - drawn) + (2.0 * drawn - 1.0) * place.powf(power);
        place + 1.0 - base.powf(1.0 / power)
    };
    let moved = moved.clamp(0.0, 1.0);
    let same = (domain.value_at(moved) - value).abs() < 1e-9 * value.abs().max(1e-300);
    if same && !next.is_empty() { step(generator) } else { moved }
}
