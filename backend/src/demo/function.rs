//! A test function of the field.

use std::f64::consts::PI;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::Experiment;

/// The Branin function: three minima of 0.397887. Branin, IBM Journal of Research and Development 16(5), 1972.
pub(super) struct Branin;

impl Experiment for Branin {
    fn task(&self) -> Value {
        json!({
            "name": "Demo: Branin function",
            "description": "A test function with three equal minima of 0.3979, worked on by a worker inside the demo.",
            "parameterSpace": {"parameters": [
                {"float": {"name": "x1", "low": -5, "high": 10}},
                {"float": {"name": "x2", "low": 0, "high": 15}},
            ]},
            "objectives": [{"name": self.objective(), "direction": "MINIMIZE"}],
            "metadata": {"source": "asktell demo"},
        })
    }

    fn objective(&self) -> &'static str {
        "branin"
    }

    fn measure(&mut self, point: &Value) -> anyhow::Result<f64> {
        let coordinate = |name: &str| point[name].as_f64().with_context(|| format!("no {name}"));
        Ok(branin(coordinate("x1")?, coordinate("x2")?))
    }
}

fn branin(x1: f64, x2: f64) -> f64 {
    let bowl = x2 - 5.1 / (4.0 * PI * PI) * x1 * x1 + 5.0 / PI * x1 - 6.0;
    bowl * bowl + 10.0 * (1.0 - 1.0 / (8.0 * PI)) * x1.cos() + 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_three_minima_are_where_they_are_published() {
        for (x1, x2) in [(-PI, 12.275), (PI, 2.275), (9.424_78, 2.475)] {
            assert!((branin(x1, x2) - 0.397_887).abs() < 1e-5);
        }
    }
}
