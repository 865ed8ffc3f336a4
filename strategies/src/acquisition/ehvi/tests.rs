//! Against Monte Carlo, finite differences, closed forms and the hypervolume itself.

use proptest::prelude::*;
use rand::SeedableRng as _;
use rand_pcg::Pcg64;

use super::*;

fn normal_pair(generator: &mut Pcg64) -> [f64; 2] {
    let radius = (-2.0 * (1.0 - generator.random::<f64>()).ln()).sqrt();
    let (sine, cosine) = (generator.random::<f64>() * std::f64::consts::TAU).sin_cos();
    [radius * sine, radius * cosine]
}

fn points(number: usize, objectives: usize, generator: &mut Pcg64) -> Vec<Vec<f64>> {
    let point = |_| -> Vec<f64> {
        let values: Vec<f64> = (0..objectives).map(|_| generator.random::<f64>() + 0.01).collect();
        let length = values.iter().map(|v| v * v).sum::<f64>().sqrt();
        values.iter().map(|v| 1.0 - v / length).collect()
    };
    (0..number).map(point).collect()
}

/// Mean and standard error of the improvement in draws.
fn drawn(front: &[Vec<f64>], reference: &[f64], mean: &[f64], deviation: &[f64]) -> (f64, f64) {
    const DRAWS: u32 = 20_000;
    let mut generator = Pcg64::seed_from_u64(5);
    let won = pareto::hypervolume(front, reference);
    let (mut sum, mut squares) = (0.0, 0.0);
    for _ in 0..DRAWS {
        let z = [normal_pair(&mut generator), normal_pair(&mut generator)].concat();
        let new = mean.iter().zip(deviation).zip(z).map(|((m, s), z)| m + s * z).collect();
        let with: Vec<Vec<f64>> = front.iter().cloned().chain([new]).collect();
        let improvement = pareto::hypervolume(&with, reference) - won;
        sum += improvement;
        squares += improvement * improvement;
    }
    let (mean, square) = (sum / f64::from(DRAWS), squares / f64::from(DRAWS));
    (mean, ((square - mean * mean) / f64::from(DRAWS)).sqrt())
}

#[test]
fn it_is_what_draws_show() {
    let mut generator = Pcg64::seed_from_u64(3);
    for (objectives, number) in [(1, 1), (2, 1), (2, 12), (3, 10), (4, 8)] {
        let front = points(number, objectives, &mut generator);
        let reference = vec![1.1; objectives];
        let criterion = LogEhvi::new(&front, &reference);
        for deviation in [0.05, 0.3] {
            let mean: Vec<f64> = (0..objectives).map(|_| 0.6 * generator.random::<f64>()).collect();
            let deviation: Vec<f64> =
                (0..objectives).map(|_| deviation * (0.5 + generator.random::<f64>())).collect();
            let exact = criterion.value(&mean, &deviation).exp();
            let (drawn, error) = drawn(&front, &reference, &mean, &deviation);
            let gap = (exact - drawn).abs();
            assert!(gap < 4.0 * error + 1e-6, "{objectives}: {exact} is not {drawn} ± {error}");
        }
    }
}

/// Central differences of the value, by each mean and each deviation.
fn differences(criterion: &LogEhvi, mean: &[f64], deviation: &[f64]) -> Vec<f64> {
    let both = [mean, deviation].concat();
    let value = |both: &[f64]| criterion.value(&both[..mean.len()], &both[mean.len()..]);
    let slope = |index: usize| {
        let step = 1e-5 * deviation[index % mean.len()];
        let [mut up, mut down] = [both.clone(), both.clone()];
        up[index] += step;
        down[index] -= step;
        (value(&up) - value(&down)) / (2.0 * step)
    };
    (0..both.len()).map(slope).collect()
}

fn assert_gradient(criterion: &LogEhvi, mean: &[f64], deviation: &[f64]) {
    let [mut d_mean, mut d_deviation] = [mean, deviation].map(|like| vec![f64::NAN; like.len()]);
    let value = criterion.gradient(mean, deviation, &mut d_mean, &mut d_deviation);
    assert_eq!(value.to_bits(), criterion.value(mean, deviation).to_bits());
    assert!(value.is_finite());
    let expected = differences(criterion, mean, deviation);
    // Rounding of the value, which is huge far out, is divided by a small step.
    let smallest = deviation.iter().copied().fold(f64::INFINITY, f64::min);
    for (found, expected) in d_mean.iter().chain(&d_deviation).zip(expected) {
        let tolerance = 1e-5 * expected.abs() + 1e-4 + 1e-10 * value.abs() / smallest;
        assert!(
            (found - expected).abs() < tolerance,
            "{found} is not {expected} at {mean:?} ± {deviation:?}, value {value}"
        );
    }
}

#[test]
fn gradients_are_finite_differences_near_and_far() {
    let mut generator = Pcg64::seed_from_u64(4);
    for (objectives, number) in [(1, 1), (2, 15), (3, 12), (4, 10)] {
        let front = points(number, objectives, &mut generator);
        let criterion = LogEhvi::new(&front, &vec![1.1; objectives]);
        for (place, deviation) in
            [(0.3, 0.2), (0.9, 0.1), (0.9, 0.01), (3.0, 0.1), (-2.0, 0.1), (0.5, 5.0)]
        {
            let mean: Vec<f64> =
                (0..objectives).map(|_| place + 0.2 * generator.random::<f64>()).collect();
            let deviation: Vec<f64> =
                (0..objectives).map(|_| deviation * (0.5 + generator.random::<f64>())).collect();
            assert_gradient(&criterion, &mean, &deviation);
        }
    }
}

#[test]
fn hopeless_places_are_told_apart() {
    let front = points(20, 3, &mut Pcg64::seed_from_u64(1));
    let criterion = LogEhvi::new(&front, &[1.1; 3]);
    let mut last = f64::INFINITY;
    for place in [1.0, 2.0, 5.0, 50.0, 1e3, 1e6] {
        let value = criterion.value(&[place; 3], &[0.01; 3]);
        assert!(value.is_finite() && value < last, "{value} at {place}");
        last = value;
        let [mut d_mean, mut d_deviation] = [[0.0; 3]; 2];
        let _ = criterion.gradient(&[place; 3], &[0.01; 3], &mut d_mean, &mut d_deviation);
        assert!(d_mean.iter().all(|d| *d < 0.0) && d_deviation.iter().all(|d| *d > 0.0));
    }
}

#[test]
fn with_one_objective_it_is_the_expected_improvement() {
    let criterion = LogEhvi::new(&[vec![0.4], vec![0.9]], &[2.0]);
    for (mean, deviation) in [(0.5, 0.1), (0.2, 1.0), (3.0, 0.2), (30.0, 0.1), (-5.0, 0.1)] {
        let expected = f64::ln(deviation) + normal::ln_expected_below((0.4 - mean) / deviation).ln;
        assert!(
            (criterion.value(&[mean], &[deviation]) - expected).abs()
                < 1e-12 * expected.abs().max(1.0)
        );
    }
}

#[test]
fn over_one_point_far_out_it_is_twice_what_one_objective_wins() {
    // The corner where both are better is nothing beside the two arms where one is.
    let criterion = LogEhvi::new(&[vec![0.0, 0.0]], &[1.0, 1.0]);
    let ln = |to: f64| 0.2_f64.ln() + normal::ln_expected_below((to - 8.0) / 0.2).ln;
    let expected = ln(0.0) + ln(1.0) + 2.0_f64.ln();
    let value = criterion.value(&[8.0; 2], &[0.2; 2]);
    assert!((value - expected).abs() < 1e-9, "{value} is not {expected}");
}

proptest! {
    #[test]
    fn what_is_certain_wins_the_hypervolume_that_it_adds(
        (front, mean) in (1..=4_usize).prop_flat_map(|objectives| {
            let point = prop::collection::vec(-1.0..1.0, objectives);
            (prop::collection::vec(point.clone(), 0..12), point)
        }),
    ) {
        let reference = vec![0.9; mean.len()];
        let with: Vec<Vec<f64>> = front.iter().cloned().chain([mean.clone()]).collect();
        let added = pareto::hypervolume(&with, &reference) - pareto::hypervolume(&front, &reference);
        let criterion = LogEhvi::new(&front, &reference);
        let value = criterion.value(&mean, &vec![0.0; mean.len()]);
        prop_assert!((value.exp() - added).abs() < 1e-7, "{} is not {}", value.exp(), added);
    }

    #[test]
    fn sides_add_up(mean in -3.0..3.0, ln_deviation in -6.0..3.0, from in -1.0..1.0, ln_width in -12.0..1.0) {
        // Three parts of a side win together what the whole wins.
        let deviation = f64::exp(ln_deviation);
        let width = f64::exp(ln_width);
        let at = |place: f64| {
            let t = (place - mean) / deviation;
            (t, normal::ln_expected_below(t))
        };
        let edges = [0.0, 0.2, 0.7, 1.0].map(|share| at(from + share * width));
        let whole = side_between(edges[0], edges[3], deviation);
        let between = |pair: &[(f64, Shortfall)]| side_between(pair[0], pair[1], deviation);
        let parts: Vec<Side> = edges.windows(2).map(between).collect();
        let sum = |what: fn(&Side) -> f64| -> f64 {
            parts.iter().map(|part| (part.ln - whole.ln).exp() * what(part)).sum()
        };
        let close = |a: f64, b: f64| (a - b).abs() < 1e-7 * (1.0 + b.abs());
        prop_assert!(close(sum(|_| 1.0), 1.0));
        prop_assert!(close(sum(|part| part.d_mean), whole.d_mean));
        prop_assert!(close(sum(|part| part.d_deviation), whole.d_deviation));
    }
}
