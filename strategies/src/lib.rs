//! What proposes the points of a task: pure functions of space, history, settings and seed. No I/O, no clock, no state
//! between calls: the same arguments give the same points, in every process.
//!
//! Everything is **minimized** here, and every outcome constraint is kept where its value is at most 0: whoever calls
//! turns signs. A point has a number for every parameter that is active in it: a choice is its index.
//!
//! | module | what it does |
//! |---|---|
//! | [`space`] | parameters, conditions, constraints between them, lists of candidates |
//! | [`history`] | what is known: results, failures, points that are out |
//! | [`sampling`] | points that fill the space evenly, each from its number alone |
//! | [`settings`] | the strategies by name, and what can be set of each |
//! | [`proposal`] | what is answered: points, and why they were chosen |
//! | [`Model`] | Gaussian processes, and what they predict and tell |
//! | [`pareto`] | fronts, ranks and hypervolume of several objectives |
//! | [`propose()`] | what is asked, and which strategy answers; a model to look at |

mod acquisition;
mod auto;
mod bayes;
mod gp;
pub mod history;
mod importance;
mod lbfgs;
mod model;
mod normal;
mod nsga2;
pub mod pareto;
pub mod proposal;
mod propose;
pub mod sampling;
pub mod settings;
pub mod space;
mod tpe;

pub use history::{History, Observation, Outcome, Problem};
pub use importance::importance;
pub use model::Model;
pub use proposal::{Proposal, Why};
pub use propose::{Interrupted, Request, initial_design, model, propose};
pub use settings::{Strategy, StrategyKind};
pub use space::{Point, Region, Space, SpaceProblem, Used};
