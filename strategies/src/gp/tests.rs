use rand::RngExt as _;

use super::{
    Axis, Data, Noise, Posterior, fit, fit::Beliefs, fit::Layout, fit::Scale,
    likelihood::Objective, real,
};
use crate::sampling::generator;

/// Values of a smooth function at places drawn from the unit cube; the last axis is a choice of two.
fn data(count: usize, noise: impl Fn(usize) -> Noise) -> Data {
    let mut random = generator(7, 99, 0);
    let axes = vec![Axis::Number, Axis::Number, Axis::Choice];
    let mut places = Vec::new();
    let mut values = Vec::new();
    for _ in 0..count {
        let (x, y): (f64, f64) = (random.random(), random.random());
        let choice = if random.random::<bool>() { 0.25 } else { 0.75 };
        places.extend([x, y, choice]);
        values.push((5.0 * x).sin() + 3.0 * y * y + choice * x + 10.0);
    }
    Data { axes, places, values, noise: (0..count).map(noise).collect() }
}

#[test]
fn gradient_of_the_density_is_that_of_its_values() {
    let noise = |index: usize| match index % 3 {
        0 => Noise::Unknown,
        1 => Noise::Guess(0.3),
        _ => Noise::Known(0.0),
    };
    let data = data(12, noise);
    let mut objective = Objective::new(&data, Layout::of(&data), Beliefs::new(&data, false));
    for place in [[-0.5, 0.3, 0.2, 0.4, -4.0, 0.5], [0.5, -1.0, 1.0, -1.0, -8.0, -2.0]] {
        let mut gradient = [0.0; 6];
        let mut ignored = [0.0; 6];
        let value = objective.evaluate(&place, &mut gradient);
        assert!(value.is_finite());
        for index in 0..6 {
            let mut along = |by: f64| {
                let mut moved = place;
                moved[index] += by;
                objective.evaluate(&moved, &mut ignored)
            };
            let slope = (along(1e-5) - along(-1e-5)) / 2e-5;
            assert!(
                (slope - gradient[index]).abs() < 1e-4 * slope.abs().max(1.0),
                "{index}: {slope} {gradient:?}"
            );
        }
    }
}

#[test]
fn gradient_of_a_prediction_is_that_of_its_values() {
    let data = data(15, |_| Noise::Unknown);
    let hyper = fit(&data, Scale::Free, &|| false).unwrap().hyper;
    let posterior = Posterior::new(&data, hyper).unwrap();
    let place = [0.37, 0.61, 0.25];
    let (mut d_mean, mut d_deviation) = ([0.0; 3], [0.0; 3]);
    let (mean, deviation) = posterior.gradient(&place, &mut d_mean, &mut d_deviation);
    let (means, deviations) = posterior.predict(&place);
    assert!((means[0] - mean).abs() < 1e-9 && (deviations[0] - deviation).abs() < 1e-7);
    for axis in 0..2 {
        let along = |by: f64| {
            let mut moved = place;
            moved[axis] += by;
            let (mean, deviation) = posterior.predict(&moved);
            (mean[0], deviation[0])
        };
        let (above, below) = (along(1e-5), along(-1e-5));
        assert!(((above.0 - below.0) / 2e-5 - d_mean[axis]).abs() < 1e-4);
        assert!(((above.1 - below.1) / 2e-5 - d_deviation[axis]).abs() < 1e-3);
    }
}

#[test]
fn exact_values_are_interpolated_and_others_foretold() {
    let data = data(40, |_| Noise::Unknown);
    let hyper = fit(&data, Scale::Free, &|| false).unwrap().hyper;
    let posterior = Posterior::new(&data, hyper).unwrap();
    let warp = *posterior.warp();
    let (means, _) = posterior.predict(&data.places);
    for (mean, value) in means.iter().zip(&data.values) {
        assert!((warp.backward(*mean) - value).abs() < 1e-3, "{} {value}", warp.backward(*mean));
    }
    let told = posterior.leave_one_out(&data.values);
    let error: f64 = told
        .iter()
        .zip(&data.values)
        .map(|(told, value)| (warp.backward(told.mean) - value).abs())
        .sum();
    assert!(error / real(data.len()) < 0.15, "{error}");
}

#[test]
fn leaving_one_out_is_fitting_without_it() {
    let data = data(14, |index| Noise::Guess(if index % 2 == 0 { 0.01 } else { 0.2 }));
    // The scale as of a fit to all: with a straight line it is known from the whole, whatever is left out.
    let hyper = fit(&data, Scale::Straight, &|| false).unwrap().hyper;
    let posterior = Posterior::new(&data, hyper.clone()).unwrap();
    let told = posterior.leave_one_out(&data.values);
    for (left, told) in told.iter().enumerate() {
        let others: Vec<usize> = (0..data.len()).filter(|index| *index != left).collect();
        let without = posterior.with_part(&data, &others).unwrap();
        let (mean, deviation) = without.predict(data.place(left));
        let noise = if left % 2 == 0 { 0.01 } else { 0.2 };
        let deviation = (deviation[0].powi(2) + noise * hyper.amplitude).sqrt();
        assert!((told.mean - mean[0]).abs() < 1e-6, "{left}: {} {}", told.mean, mean[0]);
        assert!((told.deviation - deviation).abs() < 1e-6);
    }
}

#[test]
fn believing_changes_no_mean() {
    let data = data(20, |_| Noise::Unknown);
    let hyper = fit(&data, Scale::Free, &|| false).unwrap().hyper;
    let posterior = Posterior::new(&data, hyper).unwrap();
    let believed = [0.9, 0.1, 0.25, 0.2, 0.8, 0.75];
    let later = posterior.believing(&believed);
    let places = [0.5, 0.5, 0.25, 0.85, 0.15, 0.25];
    let (before, after) = (posterior.predict(&places), later.predict(&places));
    for index in 0..2 {
        assert!((before.0[index] - after.0[index]).abs() < 1e-9);
        assert!(after.1[index] <= before.1[index] + 1e-12);
    }
    assert!(later.predict(&believed).1.iter().all(|deviation| *deviation < 0.01));
}
