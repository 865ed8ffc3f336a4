//! From the unit interval to the values of a parameter.

use crate::task::{Numeric, ParameterKind, ParameterValue};

/// The value of a parameter at `u` of 0 to 1: equal lengths of the interval stand for equal ranges
/// (on the parameter's own scale), equal numbers of grid values, or single choices.
pub(super) fn value_at(kind: &ParameterKind, u: f64) -> ParameterValue {
    match kind {
        ParameterKind::Float(bounds) => ParameterValue::Float(float_at(*bounds, u)),
        ParameterKind::Int(bounds) => ParameterValue::Int(int_at(*bounds, u)),
        ParameterKind::Categorical { choices: known }
        | ParameterKind::Ordinal { levels: known } => known[slot(u, known.len())].clone(),
    }
}

/// Which of `count` equal parts of the unit interval `u` lies in.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "u is 0 to 1 and counts are far below 2^53: exact"
)]
fn slot(u: f64, count: usize) -> usize {
    ((u * count as f64) as usize).min(count.saturating_sub(1))
}

fn float_at(bounds: Numeric<f64, Option<f64>>, u: f64) -> f64 {
    let Numeric { low, high, step, log } = bounds;
    let value = match step {
        Some(step) => {
            // Half a millionth of a step: what the division may lose at the upper end.
            let values = ((high - low) / step + 1e-6).floor() + 1.0;
            let place = (u * values).floor().min(values - 1.0);
            without_dust(place.mul_add(step, low))
        }
        None if log => (low.ln() + u * (high.ln() - low.ln())).exp(),
        None => low + u * (high - low),
    };
    value.clamp(low, high)
}

/// Drops the last bits: 0.1 + 2 × 0.1 is 0.3, not 0.30000000000000004.
fn without_dust(value: f64) -> f64 {
    format!("{value:.14e}").parse().unwrap_or(value)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "integer parameters are within 53 bits: exact"
)]
fn int_at(bounds: Numeric<i64, i64>, u: f64) -> i64 {
    let Numeric { low, high, step, log } = bounds;
    let value = if log {
        let (least, most) = ((low as f64 - 0.5).ln(), (high as f64 + 0.5).ln());
        (least + u * (most - least)).exp().round() as i64
    } else {
        let values = (high - low) / step + 1;
        let place = ((u * values as f64).floor() as i64).min(values - 1);
        low + place * step
    };
    value.clamp(low, high)
}
