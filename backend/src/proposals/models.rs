//! What models have learned, to be looked at: computed on the same threads when somebody asks, and kept
//! while nothing changes.

use std::{
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

use asktell_strategies::{History, Model, Problem, Request, Strategy, importance, model};
use futures_util::FutureExt as _;
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use super::{
    Proposals,
    compute::{Order, compute},
    known::Known,
    pool::Urgent,
};
use crate::{
    strategy,
    task::{
        Contour, Invalid, JsonObject, LearnedModel, ParameterImportance, Result, Slice, Task,
        TaskId, TaskSettings,
    },
};

/// How many tasks' models are kept.
const KEPT: usize = 16;
/// How long a model may take, where somebody looks at it.
const TIME: Duration = Duration::from_secs(20);
/// How many places are predicted at once.
const PLACES: usize = 256;

/// What is kept of one task for those who look at it.
#[derive(Debug)]
pub(super) struct View {
    task: TaskId,
    sequence: i64,
    basis: i64,
    settings: Arc<TaskSettings>,
    problem: Arc<Problem>,
    history: Arc<History>,
    model: Option<Arc<Model>>,
    learned: Option<Arc<LearnedModel>>,
    importance: OnceCell<Option<Arc<[ParameterImportance]>>>,
}

/// One task's view, and a lock by which it is made once.
type Place = Arc<tokio::sync::Mutex<Option<Arc<View>>>>;

/// The views that are kept, the latest asked for last.
#[derive(Debug, Default)]
pub(super) struct Views(Vec<(TaskId, Place)>);

impl Views {
    fn place(&mut self, task: TaskId) -> Place {
        let known = self.0.iter().position(|(id, _)| *id == task);
        let entry = known.map_or_else(|| (task, Place::default()), |index| self.0.remove(index));
        let place = Arc::clone(&entry.1);
        self.0.push(entry);
        if self.0.len() > KEPT {
            self.0.remove(0);
        }
        place
    }
}

impl View {
    /// Whether nothing that matters has changed since.
    fn shows(&self, task: &Task) -> bool {
        self.basis == task.basis && self.sequence <= task.sequence
    }
}

/// Stops a computation when nobody waits for it any more.
struct Wanted(CancellationToken);

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

impl Proposals {
    /// What the model of a task has learned; none if its strategy has no model, or too few results.
    pub async fn model(&self, task: &Task) -> Result<Option<Arc<LearnedModel>>> {
        Ok(self.view(task).await?.and_then(|view| view.learned.clone()))
    }

    /// What the model expects along a parameter, at most at so many values.
    pub async fn slice(
        &self,
        task: &Task,
        parameter: &str,
        at: Option<&JsonObject>,
        steps: usize,
    ) -> Result<Option<Slice>> {
        let Some(view) = self.view(task).await? else { return Ok(None) };
        let settings = &view.settings;
        let index = strategy::index_of(settings, parameter).map_err(|e| e.at("parameter"))?;
        let Some(model) = view.model.clone() else { return Ok(None) };
        let at = view.place(at)?;
        let values = strategy::axis(&view.problem, index, steps);
        let through: Vec<_> = values.iter().map(|value| vec![(index, *value)]).collect();
        let Some(places) = self.predict(&view, model, at.clone(), through).await else {
            return Ok(None);
        };
        Ok(Some(Slice {
            parameter: parameter.to_owned(),
            at: strategy::point_of(settings, &at),
            values: strategy::values_of(settings, index, &values),
            objectives: strategy::expected(settings, &places),
        }))
    }

    /// What the model expects over two parameters, at most at so many values of each.
    pub async fn contour(
        &self,
        task: &Task,
        (x, y): (&str, &str),
        at: Option<&JsonObject>,
        steps: usize,
    ) -> Result<Option<Contour>> {
        let Some(view) = self.view(task).await? else { return Ok(None) };
        let settings = &view.settings;
        let index_x = strategy::index_of(settings, x).map_err(|e| e.at("x"))?;
        let index_y = strategy::index_of(settings, y).map_err(|e| e.at("y"))?;
        if index_x == index_y {
            return Err(Invalid::new("must be another parameter than `x`").at("y").into());
        }
        let Some(model) = view.model.clone() else { return Ok(None) };
        let at = view.place(at)?;
        let values_x = strategy::axis(&view.problem, index_x, steps);
        let values_y = strategy::axis(&view.problem, index_y, steps);
        let row = |y: &f64| {
            let y = *y;
            values_x.iter().map(move |x| vec![(index_x, *x), (index_y, y)])
        };
        let through: Vec<_> = values_y.iter().flat_map(row).collect();
        let Some(places) = self.predict(&view, model, at.clone(), through).await else {
            return Ok(None);
        };
        Ok(Some(Contour {
            x: x.to_owned(),
            y: y.to_owned(),
            at: strategy::point_of(settings, &at),
            x_values: strategy::values_of(settings, index_x, &values_x),
            y_values: strategy::values_of(settings, index_y, &values_y),
            objectives: strategy::expected(settings, &places),
        }))
    }

    /// How much each parameter matters for each objective; none while there are too few results.
    pub async fn importance(&self, task: &Task) -> Result<Option<Arc<[ParameterImportance]>>> {
        let Some(view) = self.view(task).await? else { return Ok(None) };
        let compute = async {
            let (problem, history) = (Arc::clone(&view.problem), Arc::clone(&view.history));
            let seed = view.settings.strategy.seed.get().into();
            let work = move || importance(&problem, &history, seed);
            let shares = self.0.pool.compute(urgent(), work).await.unwrap_or_else(|broke| {
                tracing::error!(task = %view.task, ?broke, "importance could not be computed");
                None
            });
            shares.map(|shares| strategy::named_importance(&view.settings, &shares).into())
        };
        Ok(view.importance.get_or_init(|| compute).await.clone())
    }

    /// What is known of a task now; none if there is no such task, or it has no space.
    async fn view(&self, task: &Task) -> Result<Option<Arc<View>>> {
        let place = self.0.views.lock().unwrap_or_else(PoisonError::into_inner).place(task.id);
        let mut place = place.lock().await;
        if let Some(view) = place.as_ref().filter(|view| view.shows(task)) {
            return Ok(Some(Arc::clone(view)));
        }
        *place = self.look(task.id).await?.map(Arc::new);
        Ok(place.clone())
    }

    async fn look(&self, id: TaskId) -> Result<Option<View>> {
        let known = self.lock().known(id).and_then(|seat| seat.known.take());
        let Some((known, kept)) = Known::of(&self.0.store, id, known).await? else {
            return Ok(None);
        };
        let written = kept.and_then(|kept| Written::read(kept.model.as_deref()?, &known.task));
        let wanted = Wanted(self.0.closing.child_token());
        let stop = wanted.0.clone();
        let ready = self.best_ready(&known.task, None);
        let work = move || {
            let view = see(&known, written, ready.as_deref(), &stop);
            (known, view)
        };
        let looked = self.0.pool.compute(urgent(), work).await;
        let Ok((known, view)) = looked else {
            tracing::error!(task = %id, "the model could not be computed");
            return Ok(None);
        };
        let (view, new) = view;
        self.give_back(known);
        if let Some(learned) = view.learned.as_ref().filter(|_| new) {
            self.write_down(&view, learned).await;
        }
        Ok(Some(view))
    }

    /// Keeps what was read, unless somebody has read it, too.
    fn give_back(&self, known: Known) {
        let mut seats = self.lock();
        let seat = seats.seat(known.task.id);
        if !seat.attended && seat.known.is_none() {
            seat.known = Some(known);
            seats.trim();
        }
    }

    /// Keeps what was learned in the database: it is there at once after a start.
    async fn write_down(&self, view: &View, learned: &LearnedModel) {
        let id = view.task;
        let written =
            Written { basis: view.basis, sequence: view.sequence, model: learned.clone() };
        let Ok(text) = serde_json::to_string(&written) else { return };
        let kept = self.0.store.write(move |tx| {
            let text = text.clone();
            async move { tx.keep_model(id, &text).await }.boxed()
        });
        if let Err(error) = kept.await {
            tracing::debug!(task = %id, error = ?error, "a model could not be kept");
        }
    }

    /// What a model expects at places of the space; those that are none are left out.
    async fn predict(
        &self,
        view: &View,
        model: Arc<Model>,
        at: asktell_strategies::Point,
        through: Vec<Vec<(usize, f64)>>,
    ) -> Option<Vec<Option<Vec<asktell_strategies::proposal::Prediction>>>> {
        let problem = Arc::clone(&view.problem);
        let wanted = Wanted(self.0.closing.child_token());
        let stop = wanted.0.clone();
        let work = move || {
            // What lies between candidates, or at other values of what is fixed, shows how the model goes on.
            let space = problem.space.opened();
            let places: Vec<_> =
                through.iter().map(|values| strategy::through(&space, &at, values)).collect();
            let points: Vec<_> = places.iter().flatten().cloned().collect();
            let mut predictions = Vec::with_capacity(points.len());
            for points in points.chunks(PLACES) {
                if stop.is_cancelled() {
                    return None;
                }
                predictions.extend(model.predict(points));
            }
            let mut predictions = predictions.into_iter();
            Some(
                places
                    .iter()
                    .map(|place| place.as_ref().and_then(|_| predictions.next()))
                    .collect(),
            )
        };
        self.0.pool.compute(urgent(), work).await.ok().flatten()
    }
}

impl View {
    /// The place through which slices go.
    fn place(&self, at: Option<&JsonObject>) -> Result<asktell_strategies::Point> {
        let best = strategy::best_place(&self.problem, &self.history);
        match at {
            Some(at) => Ok(strategy::moved(&self.settings, &best, at).map_err(|e| e.at("at"))?),
            None => Ok(best),
        }
    }
}

fn urgent() -> Urgent {
    let urgent = Urgent::default();
    urgent.set();
    urgent
}

/// What was learned, as it is written down.
#[derive(serde::Serialize, serde::Deserialize)]
struct Written {
    basis: i64,
    sequence: i64,
    model: LearnedModel,
}

impl Written {
    /// What was learned of a task as it is now.
    fn read(text: &str, task: &Task) -> Option<LearnedModel> {
        let written: Self = serde_json::from_str(text).ok()?;
        let of_now = written.basis == task.basis && written.sequence <= task.sequence;
        of_now.then_some(written.model)
    }
}

/// Trains the model, and lets it tell what it has learned, unless that is written down already. Says
/// whether it was learned anew.
fn see(
    known: &Known,
    written: Option<LearnedModel>,
    ready: Option<&crate::task::Prepared>,
    stop: &CancellationToken,
) -> (View, bool) {
    let history = Arc::new(known.history(&[]));
    let end = Instant::now() + TIME;
    let interrupted = || stop.is_cancelled() || Instant::now() >= end;
    let trained = strategy::settings(&known.settings)
        .and_then(|strategy| train(known, &strategy, &history, &interrupted));
    let new = trained.is_some() && written.is_none();
    let learned = match (&trained, written) {
        (None, _) => None,
        (Some(_), Some(written)) => Some(written),
        (Some(model), None) => Some(tell(known, model, ready, stop)),
    };
    let view = View {
        task: known.task.id,
        sequence: known.task.sequence,
        basis: known.task.basis,
        settings: Arc::clone(&known.settings),
        problem: Arc::clone(&known.problem),
        history,
        model: trained.map(Arc::new),
        learned: learned.map(Arc::new),
        importance: OnceCell::new(),
    };
    (view, new)
}

fn train(
    known: &Known,
    strategy: &Strategy,
    history: &History,
    interrupted: &dyn Fn() -> bool,
) -> Option<Model> {
    let seed = known.settings.strategy.seed.get().into();
    let problem = &known.problem;
    model(&Request { problem, strategy, history, count: 1, seed, interrupted }).ok().flatten()
}

fn tell(
    known: &Known,
    model: &Model,
    ready: Option<&crate::task::Prepared>,
    stop: &CancellationToken,
) -> LearnedModel {
    let report = model.report();
    // What the next point tells of itself holds of the model, too.
    let order = Order {
        ready: Vec::new(),
        count: 1,
        limit: TIME,
        stop: Arc::default(),
        closing: stop.clone(),
    };
    let next = match ready.and_then(|ready| ready.points.first()) {
        Some(next) => Some(next.why.clone()),
        None => compute(known, order).ok().and_then(|next| Some(next.points.first()?.why.clone())),
    };
    let settings = &known.settings;
    let kind = next.as_ref().map(|why| why.strategy);
    LearnedModel {
        results: report.results,
        used: report.used,
        strategy: kind.unwrap_or(settings.strategy.kind),
        reason: strategy::learned_from(settings, &report),
        objectives: strategy::learned_objectives(settings, &report, &known.observed()),
        best: strategy::best_expected(settings, &report),
        expected_improvement: next.and_then(|why| why.promise()),
    }
}
