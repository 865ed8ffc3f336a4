//! What pieces of work that are committed together do to each other, and what a transaction makes of
//! what it remembers: tests of the writer, by use cases.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures_util::{FutureExt as _, future::join_all};
use serde_json::json;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{Ask, TaskManager, Tell};
use crate::{
    store::Store,
    task::{
        Actor, Beside, Caller, Delay, Deletion, Error, EventFilter, Happening, Labels, NewTask,
        PageRequest, Reason, Report, Result, Side, SystemClock, TaskId, TaskStatus, Transition,
        Trial, TrialId, TrialNumber, TrialState,
    },
};

fn caller() -> Caller {
    Caller { actor: Actor::anonymous(), replay: None }
}

async fn open(url: &str) -> (Store, TaskManager) {
    let store = Store::open(&url.parse().unwrap()).await.unwrap();
    (store.clone(), TaskManager::new(store, Arc::new(SystemClock)))
}

fn of<T: serde::de::DeserializeOwned>(json: serde_json::Value) -> T {
    serde_json::from_value(json).unwrap()
}

async fn running_task(manager: &TaskManager) -> TaskId {
    let new = NewTask {
        parameter_space: Some(of(
            json!([{ "name": "x", "type": "float", "low": 0.0, "high": 1.0 }]),
        )),
        objectives: of(json!([{ "name": "loss", "direction": "MINIMIZE" }])),
        ..NewTask::default()
    };
    let task = manager.create_task(&caller(), new).await.unwrap();
    move_to(manager, task.id, TaskStatus::Running).await;
    task.id
}

/// One trial.
async fn ask_one(manager: &TaskManager, caller: &Caller, id: TaskId) -> Result<TrialNumber> {
    let ask = Ask {
        task: Some(id),
        count: 1,
        worker: None,
        lease: None,
        wait: Delay::default(),
        capabilities: Labels::default(),
    };
    let asked = manager.ask(caller, ask, &CancellationToken::new()).await?;
    Ok(asked.trials[0].id.number)
}

/// A report by hand.
fn failure(id: TrialId) -> Tell {
    let report = Report::Failure { reason: Reason::new("broken").unwrap(), kind: None };
    Tell { id, token: None, executed_point: None, report, beside: Beside::default() }
}

async fn move_to(manager: &TaskManager, id: TaskId, to: TaskStatus) {
    let transition = Transition { id, to, reason: None, expected_version: None, subtree: None };
    manager.transition_status(&caller(), transition).await.unwrap();
}

/// Keeps the writer busy until it is let go, so that what comes meanwhile is one group.
struct Gate {
    open: Arc<Semaphore>,
    passed: tokio::task::JoinHandle<Result<()>>,
}

impl Gate {
    async fn close(store: &Store) -> Self {
        let (open, reached) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        let (store, may_pass, here) = (store.clone(), Arc::clone(&open), Arc::clone(&reached));
        let passed = tokio::spawn(async move {
            store
                .write(move |_| {
                    let (may_pass, here) = (Arc::clone(&may_pass), Arc::clone(&here));
                    async move {
                        here.add_permits(1);
                        let _ = may_pass.acquire().await;
                        Ok(())
                    }
                    .boxed()
                })
                .await
        });
        let _ = reached.acquire().await;
        Self { open, passed }
    }

    /// Hands all of it over, and only then lets the writer go on.
    async fn together<T>(self, work: Vec<futures_util::future::BoxFuture<'_, T>>) -> Vec<T> {
        let mut all = join_all(work);
        assert!((&mut all).now_or_never().is_none(), "the writer waits");
        self.open.add_permits(1);
        let answers = all.await;
        self.passed.await.unwrap().unwrap();
        answers
    }
}

/// How a piece of work of a test ends.
#[derive(Debug, Clone, Copy)]
enum End {
    Refused,
    RefusedAfterAWrite,
    Panics,
}

/// Changes a task and its trials in every way, and then ends like that. Counts its runs.
async fn attempt(store: &Store, id: TaskId, end: End, runs: Arc<AtomicUsize>) -> Result<()> {
    store
        .write(move |tx| {
            let runs = Arc::clone(&runs);
            async move {
                runs.fetch_add(1, Ordering::Relaxed);
                let before = tx.lock_task(id).await?;
                let mut task = before.clone();
                let mut trial = tx.trial(TrialId { task: id, number: 1 }).await?;
                trial.state = TrialState::Failed;
                tx.update_trial(&trial, TrialState::Running).await?;
                trial.id.number = task.trial_counts.total() + 1;
                tx.insert_trials(&[trial]).await?;
                let at = task.created_at;
                tx.record(&mut task, &caller(), at, Happening::Deleted { reason: None });
                task.deleted_at = Some(at);
                tx.update_task(&before, &task).await?;
                match end {
                    End::Refused => {}
                    End::RefusedAfterAWrite => {
                        let seen = tx.all_trials(id).await?;
                        assert_eq!(seen.last().map(|trial| trial.state), Some(TrialState::Failed));
                    }
                    End::Panics => panic!("on purpose"),
                }
                Err(Error::TaskNotFound(id))
            }
            .boxed()
        })
        .await
}

async fn spoils_nothing(end: End, runs_expected: usize) {
    let (store, manager) = open("sqlite::memory:").await;
    let id = running_task(&manager).await;
    ask_one(&manager, &caller(), id).await.unwrap();
    let runs = Arc::new(AtomicUsize::new(0));
    let gate = Gate::close(&store).await;
    let caller = caller();
    let answers = gate
        .together(
            (0..9)
                .map(|n| match n % 3 {
                    1 => attempt(&store, id, end, Arc::clone(&runs)).map(|r| r.map(|()| 0)).boxed(),
                    _ => ask_one(&manager, &caller, id).boxed(),
                })
                .collect(),
        )
        .await;
    let numbers: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
    assert_eq!(numbers, [&2, &3, &4, &5, &6, &7]);
    assert_eq!(runs.load(Ordering::Relaxed), runs_expected, "{end:?}");
    let task = store.task(id).await.unwrap().unwrap();
    assert_eq!(task.trial_counts.get(TrialState::Running), 7);
    assert_eq!(task.sequence, 2 + 7);
    assert_eq!(store.check().await.unwrap(), []);
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_refused_piece_leaves_nothing_and_its_group_is_run_once() {
    spoils_nothing(End::Refused, 3).await;
}

#[tokio::test]
async fn a_refused_piece_that_has_written_makes_its_group_run_again() {
    // The first spoils the group; then each is run for itself.
    spoils_nothing(End::RefusedAfterAWrite, 1 + 3).await;
}

#[tokio::test]
async fn a_piece_that_panics_makes_its_group_run_again() {
    spoils_nothing(End::Panics, 1 + 3).await;
}

#[tokio::test]
async fn many_who_ask_in_one_group_get_trials_of_their_own() {
    let (store, manager) = open("sqlite::memory:").await;
    let id = running_task(&manager).await;
    let commits = *store.commits().borrow();
    let gate = Gate::close(&store).await;
    let caller = caller();
    let asks = (0..64).map(|_| ask_one(&manager, &caller, id).boxed()).collect();
    let asked = gate.together(asks).await;
    let numbers: Vec<_> = asked.iter().map(|asked| *asked.as_ref().unwrap()).collect();
    assert_eq!(numbers, (1..=64).collect::<Vec<_>>());
    assert_eq!(*store.commits().borrow(), commits + 1, "one commit for all");
    let page = PageRequest { limit: 100, side: Side::First, after: None, before: None };
    let events = store.list_events(&EventFilter::default(), &page).await.unwrap().items;
    let positions: Vec<_> = events.iter().map(|event| event.position).collect();
    assert_eq!(positions, (1..=2 + 64).collect::<Vec<_>>());
    assert_eq!(store.log_head().await.unwrap(), 66);
    assert_eq!(store.check().await.unwrap(), []);
    store.close().await.unwrap();
}

#[tokio::test]
async fn queries_see_what_earlier_pieces_of_the_group_have_changed() {
    let (store, manager) = open("sqlite::memory:").await;
    let id = running_task(&manager).await;
    let first = TrialId { task: id, number: ask_one(&manager, &caller(), id).await.unwrap() };
    let gate = Gate::close(&store).await;
    let caller = caller();
    let point = |x: f64| of(json!({ "x": x }));
    let ask = || ask_one(&manager, &caller, id).map(|number| number.map(|number| vec![number]));
    let complete = Transition {
        id,
        to: TaskStatus::Completed,
        reason: None,
        expected_version: None,
        subtree: None,
    };
    let numbers_of = |trials: Vec<Trial>| trials.iter().map(|trial| trial.id.number).collect();
    let answers = gate
        .together(vec![
            manager
                .enqueue_trials(&caller, id, vec![point(0.25), point(0.5), point(0.75)])
                .map(|queued| queued.map(|queued| numbers_of(queued.trials)))
                .boxed(),
            ask().boxed(),
            manager
                .tell(&caller, failure(first))
                .map(|told| told.map(|told| vec![told.trial.id.number]))
                .boxed(),
            ask().boxed(),
            // One still waits, and is given up.
            manager
                .transition_status(&caller, complete)
                .map(|ended| ended.map(|_| Vec::new()))
                .boxed(),
            ask().boxed(),
        ])
        .await;
    let numbers: Vec<Vec<_>> = answers.iter().flatten().cloned().collect();
    assert_eq!(numbers, [vec![2, 3, 4], vec![2], vec![1], vec![3], vec![]]);
    assert!(matches!(answers[5], Err(Error::TaskNotRunning { .. })));
    let task = store.task(id).await.unwrap().unwrap();
    let counts = |state| task.trial_counts.get(state);
    assert_eq!((counts(TrialState::Abandoned), counts(TrialState::Running)), (1, 2));
    assert_eq!(store.check().await.unwrap(), []);
    // The one that was given up is known as such.
    let late = failure(TrialId { task: id, number: 4 });
    let refused = manager.tell(&caller, late).await;
    assert!(matches!(refused, Err(Error::InvalidTrialState { from: TrialState::Abandoned, .. })));
    store.close().await.unwrap();
}

/// A file that goes away with this value.
struct File(PathBuf);

impl File {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("asktell-{}.db", TaskId::random())))
    }

    fn url(&self) -> String {
        format!("sqlite:{}", self.0.display())
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let mut name = self.0.clone().into_os_string();
            name.push(end);
            let _ = std::fs::remove_file(name);
        }
    }
}

#[tokio::test]
async fn what_another_writes_to_the_file_is_noticed() {
    let file = File::new();
    let (store, manager) = open(&file.url()).await;
    let (other_store, other) = open(&file.url()).await;
    let id = running_task(&manager).await;
    let caller = caller();
    let ask =
        |manager: TaskManager, caller: Caller| async move { ask_one(&manager, &caller, id).await };
    let ask = |manager: &TaskManager| ask(manager.clone(), caller.clone());
    assert_eq!(ask(&manager).await.unwrap(), 1);
    assert_eq!(ask(&other).await.unwrap(), 2);
    // A write that goes by what was, and a refusal that does; then many at once.
    assert_eq!(ask(&manager).await.unwrap(), 3);
    move_to(&other, id, TaskStatus::Paused).await;
    assert!(matches!(ask(&manager).await, Err(Error::TaskNotRunning { .. })));
    move_to(&other, id, TaskStatus::Running).await;
    let all = join_all((0..64).map(|_| ask(&manager))).await;
    let mut numbers: Vec<_> = all.into_iter().map(Result::unwrap).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (4..=67).collect::<Vec<_>>());
    assert_eq!(ask(&other).await.unwrap(), 68);
    // A task that the other has purged is gone, and may come back as another.
    let children = crate::task::OfChildren::Refuse;
    let deletion = Deletion { id, children, reason: None, expected_version: None };
    other.delete_task(&caller, deletion).await.unwrap();
    assert_eq!(other.purge_tasks(chrono::DateTime::<chrono::Utc>::MAX_UTC).await.unwrap(), 1);
    assert!(matches!(ask(&manager).await, Err(Error::TaskNotFound(_))));
    let again = NewTask { id: Some(id), ..NewTask::default() };
    assert_eq!(manager.create_task(&caller, again).await.unwrap().version, 1);
    assert!(store.log_head().await.unwrap() > 68, "positions are not given twice");
    assert_eq!(store.check().await.unwrap(), []);
    other_store.close().await.unwrap();
    store.close().await.unwrap();
}
