//! What is to propose the points, and how.

use async_graphql::{ID, InputObject};

use super::ids;
use crate::{
    api::types::{Acquisition, SamplingMethod, StrategyKind},
    task::{
        ExternalSettings, GpSettings, GridSettings, InitialDesign, Invalid, Nsga2Settings,
        ObjectiveNoise, Seed, StrategyChoice, TimeLimit, TpeSettings, Tuning,
    },
};

/// What is to propose the points, and how. Settings of another strategy than the chosen one are refused; what is left
/// out is a good choice for most tasks.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct StrategyInput {
    /// What proposes the points.
    kind: StrategyKind,
    /// Fixes the points, 0 to 2,147,483,647: the same seed and history give the same points. Left out, it is taken
    /// from the id of the task.
    seed: Option<i32>,
    /// Points that fill the space before the strategy proposes any. GP, TPE, NSGA2 and AUTO begin with some anyway, and
    /// need none.
    initial_design: Option<InitialDesignInput>,
    /// For GP, and for AUTO where it chooses that.
    gp: Option<GpSettingsInput>,
    /// For TPE, and for AUTO where it chooses that.
    tpe: Option<TpeSettingsInput>,
    /// For GRID.
    grid: Option<GridSettingsInput>,
    /// For NSGA2.
    nsga2: Option<Nsga2SettingsInput>,
    /// For EXTERNAL.
    external: Option<ExternalSettingsInput>,
    /// Earlier tasks whose results it learns from beside its own, at most 16; for AUTO, GP, TPE and NSGA2. Each has the
    /// same objectives, and every parameter of this task under the same name. Their results count for less than the
    /// task's own where the two contradict each other, and never as its best.
    warm_start: Option<Vec<ID>>,
    /// Number of times that each point is proposed where the number of points is finite (a grid, a list of candidates, whole
    /// numbers and choices), 1 to 1,000. Default: 1. When all points have been tried so often, the task becomes COMPLETED.
    replicates: Option<i32>,
    /// Time limit for the computation of the points of one `ask`, whatever its `count`: 0.05 to 600 seconds, 10 if left out.
    /// Points that are not computed by then come from SOBOL, and their `proposal.fallback` says so.
    #[graphql(default = 10.0)]
    time_limit_seconds: f64,
}

/// Points that fill the space before the strategy proposes any. They are made when the task first starts.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct InitialDesignInput {
    /// How the points fill the space.
    method: SamplingMethod,
    /// How many points, 1 to 1,000.
    count: i32,
}

/// What can be set of the Gaussian process. Everything may be left out.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct GpSettingsInput {
    /// How the next point is chosen from what the model expects; `LOG_EI` if left out.
    acquisition: Option<Acquisition>,
    /// For UCB: how many standard deviations a point may be better than expected, 0 to 100. More explores more; 2 if
    /// left out.
    exploration: Option<f64>,
    /// How exact the measurements of an objective are, if you know. It is estimated for the objectives that are left out;
    /// a result that comes with a standard deviation of its own has that. Once a deviation over 0 is told, here or with a
    /// result, the model also takes the values of that objective as they are. Otherwise it may see them on a curved scale,
    /// much like a logarithm, where that fits better: impurities from 0.01 % to 30 %, for example. If your values spread
    /// over orders of magnitude, tell no deviation, or optimize their logarithm.
    noise: Option<Vec<ObjectiveNoiseInput>>,
    /// How many points fill the space before the model chooses any, 1 to 10,000; left out, it follows from the number
    /// of parameters. Results from elsewhere count.
    startup: Option<i32>,
}

/// How exact the measurements of an objective are.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct ObjectiveNoiseInput {
    /// The name of the objective.
    objective: String,
    /// The standard deviation of a measurement that is repeated, in the units of the objective; 0 for what is exact,
    /// such as a calculation.
    deviation: f64,
}

/// What can be set of the tree-structured Parzen estimator. Everything may be left out.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct TpeSettingsInput {
    /// How many random points come first, 1 to 10,000; 10 if left out. Results from elsewhere count.
    startup: Option<i32>,
    /// From how many candidates each point is chosen, 1 to 10,000; 48 if left out. More follows what is good more
    /// closely.
    candidates: Option<i32>,
}

/// What can be set of the grid. Everything may be left out.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct GridSettingsInput {
    /// Number of values of a continuous parameter on the grid, 2 to 1,000; 10 if left out. Whole numbers, steps, choices and
    /// levels keep all of their values.
    values: Option<i32>,
}

/// What can be set of the genetic algorithm. Everything may be left out.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct Nsga2SettingsInput {
    /// How many trials make a generation, 4 to 1,000; 50 if left out.
    population: Option<i32>,
    /// How likely a point mixes the values of two good ones, 0 to 1; 0.9 if left out.
    crossover: Option<f64>,
    /// How likely each value of a point is changed at random, 0 to 1; left out, one value of each point on average.
    mutation: Option<f64>,
}

/// What can be set of a strategy of your own. Everything may be left out.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct ExternalSettingsInput {
    /// How many points are to be ready before workers ask for them, 1 to 1,000; 1 if left out. As many as there are
    /// workers, and none of them has to wait; fewer, and each point is chosen by newer results.
    #[graphql(default = 1)]
    ahead: i32,
}

/// A count. A negative one becomes 0, which no setting takes either: the check then tells the range.
fn count(given: Option<i32>) -> Option<u32> {
    given.map(|number| u32::try_from(number).unwrap_or(0))
}

impl From<GpSettingsInput> for GpSettings {
    fn from(input: GpSettingsInput) -> Self {
        let GpSettingsInput { acquisition, exploration, noise, startup } = input;
        let noise = noise.unwrap_or_default().into_iter();
        Self {
            acquisition: acquisition.map(Into::into).unwrap_or_default(),
            exploration,
            noise: noise
                .map(|ObjectiveNoiseInput { objective, deviation }| ObjectiveNoise {
                    objective,
                    deviation,
                })
                .collect(),
            startup: count(startup),
        }
    }
}

impl From<TpeSettingsInput> for TpeSettings {
    fn from(input: TpeSettingsInput) -> Self {
        let TpeSettingsInput { startup, candidates } = input;
        Self { startup: count(startup), candidates: count(candidates) }
    }
}

impl From<GridSettingsInput> for GridSettings {
    fn from(input: GridSettingsInput) -> Self {
        let GridSettingsInput { values } = input;
        Self { values: count(values) }
    }
}

impl From<Nsga2SettingsInput> for Nsga2Settings {
    fn from(input: Nsga2SettingsInput) -> Self {
        let Nsga2SettingsInput { population, crossover, mutation } = input;
        Self { population: count(population), crossover, mutation }
    }
}

impl From<ExternalSettingsInput> for ExternalSettings {
    fn from(input: ExternalSettingsInput) -> Self {
        let ExternalSettingsInput { ahead } = input;
        Self { ahead: u32::try_from(ahead).unwrap_or(0) }
    }
}

impl TryFrom<StrategyInput> for StrategyChoice {
    type Error = Invalid;

    fn try_from(input: StrategyInput) -> Result<Self, Invalid> {
        let StrategyInput {
            kind,
            seed,
            initial_design,
            gp,
            tpe,
            grid,
            nsga2,
            external,
            warm_start,
            replicates,
            time_limit_seconds,
        } = input;
        let tuning = Tuning {
            gp: gp.map(Into::into),
            tpe: tpe.map(Into::into),
            grid: grid.map(Into::into),
            nsga2: nsga2.map(Into::into),
            external: external.map(Into::into),
            warm_start: ids("warmStart", &warm_start.unwrap_or_default())?,
            replicates: count(replicates),
            time_limit_seconds: TimeLimit::from_seconds(time_limit_seconds)
                .map_err(|problem| problem.at("timeLimitSeconds"))?,
        };
        Ok(Self {
            kind: kind.into(),
            seed: seed
                .map(|seed| Seed::new(seed.into()))
                .transpose()
                .map_err(|problem| problem.at("seed"))?,
            initial_design: initial_design
                .map(|design| InitialDesign::new(design.method.into(), design.count.into()))
                .transpose()
                .map_err(|problem| problem.at("initialDesign"))?,
            tuning: tuning.check()?,
        })
    }
}
