//! What proposes the points, and why it chose each.

use asktell_strategies::proposal;
use async_graphql::{Enum, ID, SimpleObject};

use crate::task;

/// What proposes the points of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "task::StrategyKind")]
pub(in crate::api) enum StrategyKind {
    /// Independent draws, each value as likely as any other. The yardstick for everything else.
    Random,
    /// Scrambled Sobol points: they cover the space evenly however many are taken. For a first survey, or for data that
    /// a model is made from later.
    Sobol,
    /// Latin hypercubes: of each 32 points, one lies in each of 32 slices of every parameter.
    LatinHypercube,
    /// Every combination of values, each once, spread over the space from the start; then the task is COMPLETED. Only continuous
    /// parameters are thinned out. For a few parameters with few values, when all are to be tried.
    Grid,
    /// Tree-structured Parzen estimators: more of what was good, less of what was bad. Quick, and robust with many
    /// categorical or conditional parameters and hundreds of results.
    Tpe,
    /// Bayesian optimization with a Gaussian process: a model of the objectives tells what to expect of each point, and
    /// how sure that is. Needs the fewest experiments; best where each one is dear, with up to about 30 parameters.
    /// Takes at most four objectives.
    Gp,
    /// The genetic algorithm NSGA-II: generations of points, bred from the best. For several objectives and cheap
    /// evaluations by the hundreds.
    Nsga2,
    /// Chooses among the others by the parameters, the objectives and the number of results, and tells with each point
    /// why. The default, and right for most tasks.
    Auto,
    /// A client of yours proposes the points, with any library: the server tells it when some are needed
    /// (`pointsNeeded`, `claimStrategy`) and keeps its checkpoint (`proposeTrials`). Or they are entered by hand, with
    /// `enqueueTrials`.
    External,
}

/// How an initial design fills the space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "task::SamplingMethod")]
pub(in crate::api) enum SamplingMethod {
    /// Independent draws.
    Random,
    /// Scrambled Sobol points: evenly spread, at any number.
    Sobol,
    /// One Latin hypercube: with n points, one lies in each of n slices of every parameter.
    LatinHypercube,
}

/// How the next point is chosen from what the Gaussian process expects. All weigh what is likely good against what is
/// little known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "task::Acquisition")]
pub(in crate::api) enum Acquisition {
    /// The improvement over the best that is to be expected, on a logarithmic scale; with several objectives, that of the
    /// hypervolume which the Pareto front dominates. The default.
    LogEi,
    /// The value that the point has if it is better than expected by `exploration` standard deviations: an optimist's
    /// choice, whose boldness you set.
    Ucb,
    /// The probability of any improvement, however small: stays close to what is good already.
    Pi,
    /// The best point of one function drawn at random from what the model holds possible. Many workers at once get
    /// very different points.
    Thompson,
}

/// What proposes the points of a task, and how.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct Strategy {
    /// What proposes the points.
    kind: StrategyKind,
    /// Fixes the points: the same seed and history give the same points.
    seed: u32,
    /// What is tried before the strategy proposes anything.
    initial_design: Option<InitialDesign>,
    /// What is set of the Gaussian process; none if nothing is.
    gp: Option<GpSettings>,
    /// What is set of the tree-structured Parzen estimator; none if nothing is.
    tpe: Option<TpeSettings>,
    /// What is set of the grid; none if nothing is.
    grid: Option<GridSettings>,
    /// What is set of the genetic algorithm; none if nothing is.
    nsga2: Option<Nsga2Settings>,
    /// What is set of a client's own; none if nothing is.
    external: Option<ExternalSettings>,
    /// Earlier tasks whose results it learns from beside its own.
    warm_start: Vec<ID>,
    /// Number of times that each point is proposed where the number of points is finite; 1 if it is null.
    replicates: Option<u32>,
    /// Time limit for the computation of the points of one `ask`, in seconds. Points that are not computed by then come from
    /// SOBOL.
    time_limit_seconds: f64,
}

/// Points that fill the space before the strategy proposes any. They are made when the task first starts.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct InitialDesign {
    /// How the points fill the space.
    method: SamplingMethod,
    /// How many points.
    count: u32,
}

/// What is set of the Gaussian process.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct GpSettings {
    /// How the next point is chosen from what the model expects.
    acquisition: Acquisition,
    /// For UCB: how many standard deviations a point may be better than expected; 2 if it is not set.
    exploration: Option<f64>,
    /// How exact the measurements of some objectives are; estimated for the others. The model takes the values of an
    /// objective with a deviation over 0 as they are, and learns no curved scale for them, such as one like a logarithm.
    noise: Vec<ObjectiveNoise>,
    /// How many points fill the space before the model chooses any; it follows from the number of parameters if it is
    /// not set.
    startup: Option<u32>,
}

/// How exact the measurements of an objective are.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct ObjectiveNoise {
    /// The name of the objective.
    objective: String,
    /// The standard deviation of a measurement that is repeated, in the units of the objective.
    deviation: f64,
}

/// What is set of the tree-structured Parzen estimator.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct TpeSettings {
    /// How many random points come first; 10 if it is not set.
    startup: Option<u32>,
    /// From how many candidates each point is chosen; 48 if it is not set.
    candidates: Option<u32>,
}

/// What is set of the grid.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct GridSettings {
    /// Number of values of a continuous parameter on the grid; 10 if it is null. Whole numbers, steps, choices and levels
    /// keep all of their values.
    values: Option<u32>,
}

/// What is set of the genetic algorithm.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct Nsga2Settings {
    /// How many trials make a generation; 50 if it is not set.
    population: Option<u32>,
    /// How likely a point mixes the values of two good ones; 0.9 if it is not set.
    crossover: Option<f64>,
    /// How likely each value of a point is changed at random; if it is not set, one value of each point on average.
    mutation: Option<f64>,
}

/// What is set of a client's own strategy.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct ExternalSettings {
    /// How many points are to be ready before workers ask for them.
    ahead: u32,
}

impl From<&task::StrategySettings> for Strategy {
    fn from(settings: &task::StrategySettings) -> Self {
        let task::StrategySettings { kind, seed, initial_design, tuning } = settings;
        let task::Tuning {
            gp,
            tpe,
            grid,
            nsga2,
            external,
            warm_start,
            replicates,
            time_limit_seconds,
        } = tuning;
        Self {
            kind: (*kind).into(),
            seed: seed.get(),
            initial_design: initial_design.map(|design| InitialDesign {
                method: design.method().into(),
                count: design.count(),
            }),
            gp: gp.as_ref().map(Into::into),
            tpe: tpe.as_ref().map(|task::TpeSettings { startup, candidates }| TpeSettings {
                startup: *startup,
                candidates: *candidates,
            }),
            grid: grid
                .as_ref()
                .map(|task::GridSettings { values }| GridSettings { values: *values }),
            nsga2: nsga2.as_ref().map(|task::Nsga2Settings { population, crossover, mutation }| {
                Nsga2Settings {
                    population: *population,
                    crossover: *crossover,
                    mutation: *mutation,
                }
            }),
            external: external.map(|task::ExternalSettings { ahead }| ExternalSettings { ahead }),
            warm_start: warm_start.iter().map(|task| task.to_string().into()).collect(),
            replicates: *replicates,
            time_limit_seconds: time_limit_seconds.seconds(),
        }
    }
}

impl From<&task::GpSettings> for GpSettings {
    fn from(settings: &task::GpSettings) -> Self {
        let task::GpSettings { acquisition, exploration, noise, startup } = settings;
        let noise = noise.iter().map(|task::ObjectiveNoise { objective, deviation }| {
            ObjectiveNoise { objective: objective.clone(), deviation: *deviation }
        });
        Self {
            acquisition: (*acquisition).into(),
            exploration: *exploration,
            noise: noise.collect(),
            startup: *startup,
        }
    }
}

/// By what a point was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "proposal::Criterion")]
pub(in crate::api) enum Criterion {
    /// The logarithm of the improvement that was to be expected.
    LogEi,
    /// The value that the point has if it is better than expected by some standard deviations.
    Ucb,
    /// The probability of an improvement.
    Pi,
    /// A function drawn at random from what the model holds possible.
    Thompson,
    /// The logarithm of the hypervolume that the Pareto front was expected to gain.
    LogEhvi,
    /// How much likelier the point is among good ones than among the others; the logarithm of the ratio.
    DensityRatio,
    /// The probability that the constraints are kept, while no result keeps them.
    Feasibility,
}

/// What a model expects of one objective at a point.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct Prediction {
    /// The name of the objective.
    objective: String,
    /// The expected value, in the units of the objective.
    mean: f64,
    /// How sure that is: the standard deviation, without the noise of a measurement.
    deviation: f64,
}

impl From<&task::Prediction> for Prediction {
    fn from(prediction: &task::Prediction) -> Self {
        let task::Prediction { objective, mean, deviation } = prediction;
        Self { objective: objective.clone(), mean: *mean, deviation: *deviation }
    }
}

/// Why the strategy chose the point of a trial.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct Proposal {
    /// What chose it in the end; never AUTO.
    strategy: StrategyKind,
    /// In words: why this strategy, and what it did.
    reason: String,
    /// If the point comes from a simpler strategy than was asked for: what went wrong.
    fallback: Option<String>,
    /// What the model expected of each objective, before the trial; empty without a model.
    predictions: Vec<Prediction>,
    /// By what the point was chosen among all others; none if it was not compared with others.
    criterion: Option<Criterion>,
    /// The value of that criterion at the point. The largest is the best.
    acquisition_value: Option<f64>,
    /// The improvement over the best so far that was to be expected, in the units of the only objective; with several
    /// objectives, of hypervolume.
    expected_improvement: Option<f64>,
    /// How many results it stands on.
    results: usize,
}

impl From<&task::Proposal> for Proposal {
    fn from(proposal: &task::Proposal) -> Self {
        let task::Proposal {
            strategy,
            reason,
            fallback,
            predictions,
            criterion,
            acquisition_value,
            expected_improvement,
            // Of the task, not of the point: `Task.model` tells it.
            attainable_improvement: _,
            results,
        } = proposal;
        Self {
            strategy: (*strategy).into(),
            reason: reason.clone(),
            fallback: fallback.clone(),
            predictions: predictions.iter().map(Into::into).collect(),
            criterion: criterion.map(Into::into),
            acquisition_value: *acquisition_value,
            expected_improvement: *expected_improvement,
            results: *results,
        }
    }
}
