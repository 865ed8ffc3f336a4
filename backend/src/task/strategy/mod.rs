//! What proposes points, as the task says it. The proposing itself is `crate::strategy`.

mod tuning;

use asktell_strategies::StrategyKind as OwnStrategy;
use serde::{Deserialize, Serialize};

use super::{Invalid, Objectives, TaskId};

pub use asktell_strategies::settings::{Acquisition, GridSettings, Nsga2Settings, TpeSettings};
pub use tuning::{GpSettings, ObjectiveNoise, TimeLimit, Tuning};

/// What proposes the points of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StrategyKind {
    /// Independent uniform draws.
    Random,
    /// Owen-scrambled Sobol points.
    Sobol,
    /// Latin hypercube blocks.
    LatinHypercube,
    /// Every combination of values.
    Grid,
    /// Tree-structured Parzen estimators.
    Tpe,
    /// A Gaussian process with an acquisition function.
    Gp,
    /// A genetic algorithm for several objectives.
    Nsga2,
    /// Whatever suits the space, the objectives and the number of results.
    Auto,
    /// Nothing of the server's own: a client proposes the points.
    External,
}

impl StrategyKind {
    /// The most objectives of a task with the strategy GP: of more, what a point would gain takes too
    /// long to compute.
    pub const MAX_GP_OBJECTIVES: usize = 4;

    /// The strategy of the server's own that it names; none if a client proposes the points.
    #[must_use]
    pub const fn of_server(self) -> Option<OwnStrategy> {
        Some(match self {
            Self::Random => OwnStrategy::Random,
            Self::Sobol => OwnStrategy::Sobol,
            Self::LatinHypercube => OwnStrategy::LatinHypercube,
            Self::Grid => OwnStrategy::Grid,
            Self::Tpe => OwnStrategy::Tpe,
            Self::Gp => OwnStrategy::Gp,
            Self::Nsga2 => OwnStrategy::Nsga2,
            Self::Auto => OwnStrategy::Auto,
            Self::External => return None,
        })
    }

    /// Whether the server itself proposes the points.
    #[must_use]
    pub const fn proposes(self) -> bool {
        self.of_server().is_some()
    }

    /// Whether its points depend on what was measured, so that they take time to compute.
    #[must_use]
    pub const fn learns(self) -> bool {
        match self {
            Self::Tpe | Self::Gp | Self::Nsga2 | Self::Auto => true,
            Self::Random | Self::Sobol | Self::LatinHypercube | Self::Grid | Self::External => {
                false
            }
        }
    }

    /// Whether it can tell what improvement to expect: it has, or may choose, a Gaussian process.
    #[must_use]
    pub const fn expects(self) -> bool {
        match self {
            Self::Gp | Self::Auto => true,
            Self::Random
            | Self::Sobol
            | Self::LatinHypercube
            | Self::Grid
            | Self::Tpe
            | Self::Nsga2
            | Self::External => false,
        }
    }
}

impl From<OwnStrategy> for StrategyKind {
    fn from(kind: OwnStrategy) -> Self {
        match kind {
            OwnStrategy::Random => Self::Random,
            OwnStrategy::Sobol => Self::Sobol,
            OwnStrategy::LatinHypercube => Self::LatinHypercube,
            OwnStrategy::Grid => Self::Grid,
            OwnStrategy::Tpe => Self::Tpe,
            OwnStrategy::Gp => Self::Gp,
            OwnStrategy::Nsga2 => Self::Nsga2,
            OwnStrategy::Auto => Self::Auto,
        }
    }
}

/// How an initial design fills the space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SamplingMethod {
    /// Independent uniform draws.
    Random,
    /// Scrambled Sobol points.
    Sobol,
    /// One Latin hypercube of exactly the count asked for.
    LatinHypercube,
}

/// The seed of a strategy: the same history and seed give the same points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Seed(u32);

impl Seed {
    /// The largest seed: what a GraphQL `Int` holds.
    pub const MAX: u32 = i32::MAX as u32;

    /// Checks the range, 0 to 2,147,483,647.
    pub fn new(seed: i64) -> Result<Self, Invalid> {
        u32::try_from(seed)
            .ok()
            .filter(|seed| *seed <= Self::MAX)
            .map(Self)
            .ok_or_else(|| Invalid::new(format!("a whole number from 0 to {}", Self::MAX)))
    }

    /// A seed taken from the task's id, for a task that was given none: no two tasks walk the same
    /// points, and no source of randomness is needed.
    #[must_use]
    pub fn of_task(id: TaskId) -> Self {
        let bytes = id.uuid().into_bytes();
        Self(u32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]) & Self::MAX)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<i64> for Seed {
    type Error = Invalid;
    fn try_from(seed: i64) -> Result<Self, Invalid> {
        Self::new(seed)
    }
}

impl From<Seed> for i64 {
    fn from(seed: Seed) -> Self {
        Self::from(seed.0)
    }
}

/// Points that are tried before the strategy proposes any, made when the task first starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "UncheckedInitialDesign")]
pub struct InitialDesign {
    method: SamplingMethod,
    count: u32,
}

#[derive(Deserialize)]
struct UncheckedInitialDesign {
    method: SamplingMethod,
    count: i64,
}

impl InitialDesign {
    /// The most points of an initial design.
    pub const MAX_COUNT: u32 = 1_000;

    /// Checks the count, 1 to 1,000.
    pub fn new(method: SamplingMethod, count: i64) -> Result<Self, Invalid> {
        u32::try_from(count)
            .ok()
            .filter(|count| (1..=Self::MAX_COUNT).contains(count))
            .map(|count| Self { method, count })
            .ok_or_else(|| {
                Invalid::new(format!("a whole number from 1 to {}", Self::MAX_COUNT)).at("count")
            })
    }

    /// How the points fill the space.
    #[must_use]
    pub const fn method(self) -> SamplingMethod {
        self.method
    }

    /// How many points.
    #[must_use]
    pub const fn count(self) -> u32 {
        self.count
    }
}

impl TryFrom<UncheckedInitialDesign> for InitialDesign {
    type Error = Invalid;
    fn try_from(design: UncheckedInitialDesign) -> Result<Self, Invalid> {
        Self::new(design.method, design.count)
    }
}

/// The strategy of a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StrategySettings {
    /// What proposes the points.
    pub kind: StrategyKind,
    /// Fixes the points.
    pub seed: Seed,
    /// What is tried first.
    #[serde(default, rename = "initialDesign")]
    pub initial_design: Option<InitialDesign>,
    /// How it proposes them.
    #[serde(flatten)]
    pub tuning: Tuning,
}

impl StrategySettings {
    /// The strategy of a task that was given none: whatever suits it.
    #[must_use]
    pub fn default_with(seed: Seed) -> Self {
        Self { kind: StrategyKind::Auto, seed, initial_design: None, tuning: Tuning::default() }
    }

    /// How many points a client is to keep ready; 0 if the server itself proposes.
    #[must_use]
    pub fn ahead(&self) -> i64 {
        if self.kind.proposes() {
            return 0;
        }
        self.tuning.external.unwrap_or_default().ahead.into()
    }

    /// Checks what must fit together: strategy and objectives, settings and strategy, noises and
    /// objectives, and that the task is not its own warm start.
    pub fn check(&self, task: TaskId, objectives: &Objectives) -> Result<(), Invalid> {
        let most = StrategyKind::MAX_GP_OBJECTIVES;
        if self.kind == StrategyKind::Gp && objectives.as_slice().len() > most {
            let what = format!(
                "GP takes at most {most} objectives: for more choose NSGA2, or AUTO, which takes it then"
            );
            return Err(Invalid::new(what).at("kind"));
        }
        self.tuning.check_kind(self.kind)?;
        self.tuning.check_objectives(objectives)?;
        match self.tuning.warm_start.iter().position(|other| *other == task) {
            Some(own) => Err(Invalid::new("a task cannot be its own warm start")
                .at_index(own)
                .at("warmStart")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_strategy_is_written_as_it_was_before_there_were_models() {
        let old = json!({ "kind": "SOBOL", "seed": 7, "initialDesign": null });
        let settings: StrategySettings = serde_json::from_value(old.clone()).unwrap();
        assert!(settings.tuning.is_default());
        assert_eq!(json!(settings), old);
    }

    #[test]
    fn what_is_set_is_kept() {
        let given = json!({
            "kind": "AUTO", "seed": 7, "initialDesign": null,
            "gp": { "acquisition": "UCB", "exploration": 3.0,
                    "noise": [{ "objective": "y", "deviation": 0.0 }] },
            "warmStart": ["018f2b1e-7c3a-7d4e-9a51-0c6b8f1f2a3b"], "timeLimitSeconds": 0.5,
        });
        let settings: StrategySettings = serde_json::from_value(given.clone()).unwrap();
        assert_eq!(json!(settings), given);
    }
}
