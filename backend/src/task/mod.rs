//! The vocabulary and the rules of the domain: ids, the life of a task and of a trial, parameter
//! space, objectives, events, errors. No I/O, no async, nothing of SQL or GraphQL: every other room
//! of the house speaks in these words.

mod clock;
mod error;
mod event;
mod filter;
mod id;
mod invalid;
mod objective;
mod page;
mod space;
mod status;
mod strategy;
#[expect(clippy::module_inception, reason = "the task itself is the main subject of this room")]
mod task;
mod text;
mod trial;
mod value;

pub use clock::{Clock, SystemClock, Timestamp};
pub use error::{Error, Readiness, Result};
pub use event::{Event, EventKind, FieldChange, Happening, NewEvent, Position};
pub use filter::{EventFilter, TaskFilter, TrialFilter};
pub use id::{TaskId, TrialId, TrialNumber};
pub use invalid::{Invalid, PathSegment};
pub use objective::{Direction, Objective, Objectives, Values};
pub use page::{Page, PageRequest, Side};
pub use space::{Numeric, Parameter, ParameterKind, ParameterSpace, Point};
pub use status::TaskStatus;
pub use strategy::{InitialDesign, SamplingMethod, Seed, StrategyKind, StrategySettings};
pub use task::{
    Best, NewTask, Patch, StrategyChoice, Task, TaskSettings, TaskUpdate, Transition, TrialCounts,
    Version, fold,
};
pub use text::{
    Actor, Caller, Description, JsonObject, JsonValue, Reason, TaskName, WorkerName, check_json,
};
pub use trial::{NewTrial, Outcome, Report, Trial, TrialOrigin, TrialState};
pub use value::ParameterValue;
