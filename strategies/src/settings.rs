//! The strategies by the names that users know, and what can be set of each.

use serde::{Deserialize, Serialize};

/// What proposes points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StrategyKind {
    /// Independent uniform draws.
    Random,
    /// Owen-scrambled Sobol points.
    Sobol,
    /// Latin hypercubes one after the other.
    LatinHypercube,
    /// Every combination of values, each once, spread over the space from the start.
    Grid,
    /// Tree-structured Parzen estimators, multivariate.
    Tpe,
    /// A Gaussian process with an acquisition function; with several objectives, expected hypervolume improvement.
    Gp,
    /// A genetic algorithm for several objectives.
    Nsga2,
    /// Whatever suits the space, the objectives and the number of results.
    Auto,
}

/// What a Gaussian process is asked for the next point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Acquisition {
    /// The logarithm of the expected improvement; with several objectives, that of the expected hypervolume improvement.
    #[default]
    LogEi,
    /// Mean less (for a minimum) `exploration` standard deviations: a confidence bound.
    Ucb,
    /// The probability of any improvement.
    Pi,
    /// The best point of one function drawn from the posterior.
    Thompson,
}

/// What can be set of the Gaussian process.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GpSettings {
    /// How the next point is chosen.
    pub acquisition: Acquisition,
    /// Standard deviations of the confidence bound, for [`Acquisition::Ucb`]; 2 if none.
    pub exploration: Option<f64>,
    /// The standard deviation of a measurement, in the units of each objective; estimated where there is none. 0 for
    /// an exact function.
    pub noise: Vec<Option<f64>>,
    /// How many points fill the space first; chosen by the number of parameters if none.
    pub startup: Option<u32>,
}

/// What can be set of the tree-structured Parzen estimator.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TpeSettings {
    /// How many random points come first; 10 if none.
    pub startup: Option<u32>,
    /// How many candidates are drawn for each point; 48 if none.
    pub candidates: Option<u32>,
}

/// What can be set of the grid.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GridSettings {
    /// Number of values of a continuous parameter on the grid; 10 if none. Whole numbers, steps and choices keep all of theirs.
    pub values: Option<u32>,
}

/// What can be set of the genetic algorithm.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Nsga2Settings {
    /// The size of a generation; 50 if none.
    pub population: Option<u32>,
    /// How likely two parents are crossed, 0 to 1; 0.9 if none.
    pub crossover: Option<f64>,
    /// How likely each value mutates, 0 to 1; one of all parameters on average if none.
    pub mutation: Option<f64>,
}

/// A strategy with its settings. Those of other kinds are not read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Strategy {
    /// What proposes points.
    pub kind: StrategyKind,
    /// For [`StrategyKind::Gp`], and [`StrategyKind::Auto`] where it chooses that.
    #[serde(default)]
    pub gp: GpSettings,
    /// For [`StrategyKind::Tpe`], and [`StrategyKind::Auto`] where it chooses that.
    #[serde(default)]
    pub tpe: TpeSettings,
    /// For [`StrategyKind::Grid`].
    #[serde(default)]
    pub grid: GridSettings,
    /// For [`StrategyKind::Nsga2`].
    #[serde(default)]
    pub nsga2: Nsga2Settings,
    /// Number of times that each point may be proposed where the number of points is finite; 1 if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicates: Option<u32>,
}

impl Strategy {
    /// A strategy with nothing set.
    #[must_use]
    pub fn plain(kind: StrategyKind) -> Self {
        Self {
            kind,
            gp: GpSettings::default(),
            tpe: TpeSettings::default(),
            grid: GridSettings::default(),
            nsga2: Nsga2Settings::default(),
            replicates: None,
        }
    }

    /// Number of times that each point of a finite space may be proposed, at least 1.
    #[must_use]
    pub fn replicates(&self) -> u32 {
        self.replicates.unwrap_or(1).max(1)
    }
}
