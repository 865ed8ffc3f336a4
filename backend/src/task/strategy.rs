//! What proposes points, as the task says it. The proposing itself is `crate::strategy`.

use serde::{Deserialize, Serialize};

use super::Invalid;

/// What proposes the points of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StrategyKind {
    /// Independent uniform draws.
    Random,
    /// Scrambled Sobol points.
    Sobol,
    /// Latin hypercube blocks.
    LatinHypercube,
    /// Nothing of the server's own: a client enqueues the points.
    External,
}

impl StrategyKind {
    /// Whether the server itself proposes the points.
    #[must_use]
    pub const fn proposes(self) -> bool {
        match self {
            Self::Random | Self::Sobol | Self::LatinHypercube => true,
            Self::External => false,
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
    pub fn of_task(id: super::TaskId) -> Self {
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrategySettings {
    /// What proposes the points.
    pub kind: StrategyKind,
    /// Fixes the points.
    pub seed: Seed,
    /// What is tried first.
    #[serde(default, rename = "initialDesign")]
    pub initial_design: Option<InitialDesign>,
}

impl StrategySettings {
    /// The strategy of a task that was given none: Sobol points, which cover a space evenly however
    /// many are taken.
    #[must_use]
    pub const fn default_with(seed: Seed) -> Self {
        Self { kind: StrategyKind::Sobol, seed, initial_design: None }
    }
}
