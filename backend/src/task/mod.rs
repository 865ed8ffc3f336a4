//! The vocabulary and the rules of the domain: ids, the life of a task and of a trial, parameter
//! space, objectives, events, errors. No I/O, no async, nothing of SQL or GraphQL: every other room
//! of the house speaks in these words.

mod budget;
mod change;
mod clock;
mod constraint;
mod error;
mod event;
mod external;
mod filter;
mod findable;
mod front;
mod history;
mod id;
mod invalid;
mod lease;
mod lineage;
mod model;
mod objective;
mod outcome;
mod page;
mod policy;
mod prepared;
mod progress;
mod proposal;
mod pruning;
mod queue;
mod roll_up;
mod sort;
mod space;
mod status;
mod strategy;
mod tags;
#[expect(clippy::module_inception, reason = "the task itself is the main subject of this room")]
mod task;
mod text;
mod trial;
mod trial_sort;
mod value;
mod view;
mod watch;

pub use budget::{Bound, Budget, Criterion, FailureLimit};
pub use change::{
    CloneTask, Deletion, NewTask, OfChildren, Patch, Revert, StrategyChoice, TaskMove, TaskUpdate,
    Transition,
};
pub use clock::{Clock, SystemClock, Timestamp};
pub use constraint::{Constraint, Constraints};
pub use error::{BatchItem, Error, LeaseOf, Readiness, Result, StorageError, StorageErrorKind};
pub use event::{
    Course, Event, EventKind, FieldChange, Happening, ImportedLife, NewEvent, Position,
};
pub use external::{ExternalSettings, ProposedPoint, Strategist};
pub use filter::{
    Bounds, EventFilter, MetadataTest, ParameterTest, TaskCondition, TaskFilter, TimeField,
    TrialFilter, WholeField,
};
pub use findable::{
    FINDABLE_BY, FindTerm, Findable, MAX_COMPARED_CHARS, MetadataValue, metadata_path, words,
};
pub use front::{dominates, mark_front};
pub use history::{
    FieldDifference, Moment, PartDifference, PastClaim, PastSettings, PastSpace, PastTask,
    SeenTask, TaskVersion, ToldTask, differences,
};
pub use id::{TaskId, TrialId, TrialNumber, VersionId, ViewId};
pub use invalid::{Invalid, PathSegment};
pub use lease::{
    Attempt, AttemptOutcome, Lease, LeaseRef, LeaseTime, LeaseToken, Verdict, renewed,
};
pub use lineage::Lineage;
pub use model::{
    Contour, CrossValidated, Expected, LearnedModel, LearnedObjective, ParameterEffect,
    ParameterImportance, PredictedPoint, Slice,
};
pub use objective::{Direction, Objective, Objectives, Values};
pub use outcome::{
    Artifact, AttachedResult, Beside, Correction, Measured, Measurement, Outcome, Receipt, Report,
    StepReport, measurement,
};
pub use page::{Facets, Page, PageRequest, Side};
pub use policy::{Delay, LateResults, RetryOn, TrialPolicy};
pub use prepared::{Prepared, Suggestion};
pub use proposal::{Prediction, Proposal};
pub use pruning::{Pruning, PruningKind};
pub use queue::{Aging, Labels, Priority, WaitingReason, WhyWaiting, Work};
pub use roll_up::{Below, BestOfSome, RollUp};
pub use sort::{SortBy, SortKey, SortKind, SortValue, TaskOrder, TaskPlace, natural};
pub use space::{
    Condition, Fit, JudgedAs, KeptList, Numeric, Parameter, ParameterConstraint, ParameterKind,
    ParameterSpace, Point, SpaceChange, SpaceChangeKind, SpaceReport, SpaceTally, Term, TriedPoint,
};
pub use status::TaskStatus;
pub use strategy::{
    Acquisition, GpSettings, GridSettings, InitialDesign, Nsga2Settings, ObjectiveNoise,
    SamplingMethod, Seed, StrategyKind, StrategySettings, TimeLimit, TpeSettings, Tuning,
};
pub use tags::{Tag, Tags};
pub use task::{Best, Claim, Task, TaskSettings, TrialCounts, Version, fold};
pub use text::{
    Actor, Caller, Description, IdempotencyKey, JsonObject, JsonValue, Owner, Reason, Replay,
    TaskName, ViewColumn, ViewName, WorkerName, check_json,
};
pub use trial::{Trial, TrialDetails, TrialOrigin, TrialState};
pub use trial_sort::{
    PlacedTrial, TrialGlance, TrialOrder, TrialPlace, TrialSortBy, TrialSortKey, TrialSortValue,
};
pub use value::ParameterValue;
pub use view::{NewView, SaveView, View, ViewColumns, ViewDocument, ViewUpdate};
pub use watch::{Sighting, Watched, WatchedTasks};
