//! The queue across tasks: who is served next, against a simple model; that nobody starves; and what a task is told
//! about its place.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use asktell_tests::{
    App, Db, Random, eventually, id_of, lease_of, measured, new_id, quadratic, queue_sequences,
    token_of, within,
};
use rstest::rstest;
use serde_json::{Value, json};

/// A server on which waiting counts for nothing: the order follows from the history alone.
const TIMELESS: [&str; 2] = ["--queue-rate", "0"];

fn external() -> Value {
    let mut input = quadratic();
    input["strategy"] = json!({ "kind": "EXTERNAL" });
    input
}

fn points(count: usize) -> Value {
    vec![json!({ "x": 1.0, "y": 1.0 }); count].into()
}

/// `ask` of the queue; gives the trials.
async fn ask_queue(app: &App, count: usize, can: &[&str]) -> Vec<Value> {
    let input = json!({ "count": count, "capabilities": can, "leaseSeconds": 600.0 });
    let data =
        app.mutate_for("ask", input, "trials { id lease { token } } task { id }").await.data();
    assert_eq!(data["ask"]["task"], Value::Null, "the queue is no task");
    data["ask"]["trials"].as_array().expect("trials").clone()
}

fn task_of(trial: &Value) -> String {
    let id = id_of(trial);
    id.split_once(':').expect("an id of a trial").0.to_owned()
}

/// What a task says about its place.
async fn place(app: &App, id: &str) -> (Value, Value) {
    let query =
        "query ($id: ID!) { task(id: $id) { queuePosition whyWaiting { reason message until } } }";
    let task = app.graphql(query, json!({ "id": id })).await.data()["task"].clone();
    let why = task["whyWaiting"].clone();
    assert!(why.is_null() || why["message"].as_str().is_some_and(|text| text.len() > 5), "{why}");
    (task["queuePosition"].clone(), why["reason"].clone())
}

// --- against a model ----------------------------------------------------------------------------

/// A task as the model sees it.
#[derive(Debug, Clone)]
struct Task {
    id: String,
    priority: i64,
    owner: String,
    labels: BTreeSet<&'static str>,
    max_running: usize,
    max_trials: usize,
    status: &'static str,
    /// Enqueued, and never handed out.
    fresh: usize,
    /// Handed out before, and given back.
    returned: BTreeSet<String>,
    running: Vec<Value>,
    handed_out: BTreeSet<String>,
}

impl Task {
    fn used_up(&self) -> bool {
        self.handed_out.len() >= self.max_trials
    }

    fn has_work(&self) -> bool {
        let something = !self.returned.is_empty() || (self.fresh > 0 && !self.used_up());
        self.status == "RUNNING" && something && self.running.len() < self.max_running
    }

    fn finished(&self) -> bool {
        self.used_up() && self.returned.is_empty() && self.running.is_empty()
    }

    fn settle(&mut self) {
        if self.status == "RUNNING" && self.finished() {
            self.status = "COMPLETED";
            self.fresh = 0;
        }
    }

    /// Why it waits, unless that is only because others go first.
    fn obstacle(&self) -> Option<&'static str> {
        match self.status {
            "COMPLETED" => Some("ENDED"),
            "PAUSED" => Some("PAUSED"),
            _ if self.has_work() => None,
            _ if self.used_up() && self.returned.is_empty() => Some("BUDGET_REACHED"),
            _ if self.running.len() >= self.max_running => Some("ALL_PLACES_TAKEN"),
            _ => Some("NO_POINTS"),
        }
    }
}

/// The queue as it is specified: by priority, then by the owner who was served longest ago, then by id.
#[derive(Debug, Default)]
struct Model {
    tasks: Vec<Task>,
    turn: u64,
    turns: BTreeMap<String, u64>,
}

impl Model {
    /// The tasks with work in the order in which they are served.
    fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> =
            (0..self.tasks.len()).filter(|n| self.tasks[*n].has_work()).collect();
        order.sort_by_key(|n| {
            let task = &self.tasks[*n];
            (-task.priority, self.turns.get(&task.owner).copied().unwrap_or(0), task.id.clone())
        });
        order
    }

    fn next(&self, can: &[&'static str]) -> Option<usize> {
        let able = |n: &usize| self.tasks[*n].labels.iter().all(|label| can.contains(label));
        self.order().into_iter().find(able)
    }

    /// Notes that a task was served with this trial.
    fn serve(&mut self, n: usize, trial: &Value) {
        self.turn += 1;
        let task = &mut self.tasks[n];
        self.turns.insert(task.owner.clone(), self.turn);
        let id = id_of(trial);
        if !task.returned.remove(&id) {
            assert!(task.handed_out.insert(id), "handed out before, and not given back: {trial}");
            task.fresh -= 1;
        }
        task.running.push(trial.clone());
    }
}

struct Game<'a> {
    app: &'a App,
    sequence: u64,
    random: Random,
    model: Model,
    story: Vec<String>,
    served: usize,
}

impl Game<'_> {
    async fn make_tasks(&mut self) {
        const LABELS: [&[&str]; 5] = [&[], &[], &[], &["gpu"], &["gpu", "robot"]];
        // Names of their own: the server remembers whose turn it was in earlier games.
        let owners: Vec<String> = (0..3).map(|_| new_id()).collect();
        for _ in 0..self.random.within(2, 8) {
            let random = &mut self.random;
            let mut task = Task {
                id: String::new(),
                priority: i64::try_from(random.within(0, 4)).expect("small") - 1,
                owner: random.one_of(&owners).clone(),
                labels: random.one_of(&LABELS).iter().copied().collect(),
                max_running: if random.percent(30) { random.place(3) + 1 } else { usize::MAX },
                max_trials: if random.percent(40) { random.place(6) + 1 } else { usize::MAX },
                status: "RUNNING",
                fresh: 0,
                returned: BTreeSet::new(),
                running: Vec::new(),
                handed_out: BTreeSet::new(),
            };
            let bound = |bound| (bound != usize::MAX).then_some(bound);
            let mut input = external();
            input["priority"] = json!(task.priority);
            input["owner"] = json!(task.owner);
            input["labels"] = json!(task.labels);
            input["budget"] = json!({ "maxRunning": bound(task.max_running), "maxTrials": bound(task.max_trials) });
            task.id = self.app.running_task(input).await;
            self.story.push(format!("{task:?}"));
            self.model.tasks.push(task);
        }
    }

    /// One random thing happens, to the server and to the model.
    async fn step(&mut self) {
        let n = self.random.place(self.model.tasks.len());
        match self.random.within(0, 100) {
            0..38 => self.ask().await,
            38..68 => self.enqueue(n).await,
            68..80 => self.tell(n).await,
            80..85 => self.give_back(n).await,
            85..93 => self.pause_or_resume(n).await,
            _ => self.change_priority(n).await,
        }
    }

    async fn ask(&mut self) {
        const CAN: [&[&str]; 4] = [&[], &["gpu"], &["robot", "gpu"], &["robot"]];
        let (count, can) = (self.random.place(4) + 1, *self.random.one_of(&CAN));
        self.story.push(format!("ask for {count}, can {can:?}"));
        let trials = ask_queue(self.app, count, can).await;
        for trial in &trials {
            let expected = self.model.next(can);
            let id = expected.map(|n| self.model.tasks[n].id.clone());
            assert_eq!(Some(task_of(trial)), id, "not the next: {trial} of {trials:?}");
            self.model.serve(expected.expect("a task"), trial);
            self.served += 1;
        }
        let more = self.model.next(can).filter(|_| trials.len() < count);
        assert!(
            more.is_none(),
            "{} is not served: {trials:?}",
            self.model.tasks[more.unwrap_or(0)].id
        );
    }

    async fn enqueue(&mut self, n: usize) {
        let count = self.random.place(5) + 1;
        let task = &mut self.model.tasks[n];
        if task.status != "COMPLETED" {
            self.story.push(format!("enqueue {count} for {}", task.id));
            self.app.enqueue(&task.id, points(count)).await;
            task.fresh += count;
        }
    }

    async fn tell(&mut self, n: usize) {
        let task = &mut self.model.tasks[n];
        if !task.running.is_empty() {
            let trial = task.running.remove(self.random.place(task.running.len()));
            self.story.push(format!("tell {}", trial["id"]));
            self.app.tell_for(measured(&trial, Some(token_of(&trial)), 1.0)).await;
            task.settle();
        }
    }

    async fn give_back(&mut self, n: usize) {
        let task = &mut self.model.tasks[n];
        if !task.running.is_empty() {
            let trial = task.running.remove(self.random.place(task.running.len()));
            self.story.push(format!("give back {}", trial["id"]));
            self.app.release(json!([lease_of(&trial)])).await;
            task.returned.insert(id_of(&trial));
        }
    }

    async fn pause_or_resume(&mut self, n: usize) {
        let task = &mut self.model.tasks[n];
        // Whether a task completes itself while it is paused is not the queue's business.
        let to = match task.status {
            "RUNNING" if !task.used_up() => "PAUSED",
            "PAUSED" => "RUNNING",
            _ => return,
        };
        self.story.push(format!("{} is {to}", task.id));
        self.app.transition(&task.id, to).await;
        task.status = to;
    }

    async fn change_priority(&mut self, n: usize) {
        let task = &mut self.model.tasks[n];
        task.priority = i64::try_from(self.random.within(0, 4)).expect("small") - 1;
        self.story.push(format!("{} has priority {}", task.id, task.priority));
        self.app.update_task(json!({ "id": task.id, "priority": task.priority })).await;
    }

    /// Every task tells its place as the model sees it.
    async fn compare(&mut self) {
        const PLACES: &str = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Task {
            id status handedOut queuePosition whyWaiting { reason } trialCounts { waiting running } } } }";
        let ids: Vec<_> = self.model.tasks.iter().map(|task| &task.id).collect();
        let data = self.app.graphql(PLACES, json!({ "ids": ids })).await.data();
        let order = self.model.order();
        for (n, (task, found)) in
            self.model.tasks.iter_mut().zip(data["nodes"].as_array().expect("tasks")).enumerate()
        {
            if task.status == "PAUSED" && task.finished() && found["status"] == "COMPLETED" {
                (task.status, task.fresh) = ("COMPLETED", 0);
            }
            let position = order.iter().position(|other| *other == n).map(|place| place + 1);
            let why = task.obstacle().or_else(|| (position != Some(1)).then_some("BEHIND_OTHERS"));
            let waiting = task.fresh + task.returned.len();
            let expected = json!({
                "id": task.id,
                "status": task.status,
                "handedOut": task.handed_out.len(),
                "queuePosition": position,
                "whyWaiting": why.map(|reason| json!({ "reason": reason })),
                "trialCounts": { "waiting": waiting, "running": task.running.len() },
            });
            assert_eq!(*found, expected, "another place than in the model");
        }
    }

    /// Serves what is left, in the order that was told.
    async fn drain(&mut self) {
        while let [first, ..] = self.model.order()[..] {
            let id = self.model.tasks[first].id.clone();
            assert_eq!(place(self.app, &id).await, (json!(1), Value::Null), "{id} is next");
            let trial = ask_queue(self.app, 1, &["gpu", "robot"]).await.remove(0);
            assert_eq!(task_of(&trial), id, "the first in the queue is served next");
            self.model.serve(first, &trial);
        }
        for task in &self.model.tasks {
            if task.status != "COMPLETED" {
                self.app.transition(&task.id, "COMPLETED").await;
            }
        }
    }
}

impl Drop for Game<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("sequence {}:\n  {}", self.sequence, self.story.join("\n  "));
        }
    }
}

#[rstest]
#[tokio::test]
async fn the_order_is_that_of_a_simple_model(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start_with(db, &TIMELESS).await else { return };
    let sequences = if db == Db::SqliteFile { queue_sequences() } else { queue_sequences() / 4 };
    let mut served = 0;
    for sequence in 0..sequences as u64 {
        let mut game = Game {
            app: &app,
            sequence,
            random: Random::new(sequence),
            model: Model::default(),
            story: Vec::new(),
            served: 0,
        };
        game.make_tasks().await;
        for _ in 0..40 {
            game.step().await;
            game.compare().await;
        }
        game.drain().await;
        served += game.served;
    }
    println!("{db:?}: {sequences} sequences of 40 steps, {served} trials served as the model says");
    assert!(served > sequences * 5, "too little happened");
}

// --- waiting makes more urgent ---------------------------------------------------------------------

#[rstest]
#[tokio::test]
async fn nobody_starves(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start_with(db, &["--queue-rate", "40"]).await else { return };
    let with_priority = |priority: i64| {
        let mut input = quadratic();
        input["priority"] = json!(priority);
        input["owner"] = json!("ada");
        input
    };
    let low = app.running_task(with_priority(0)).await;
    let mut high = Vec::new();
    for _ in 0..3 {
        high.push(app.running_task(with_priority(20)).await);
    }
    // High work never ends, and is always there.
    let served = within(30, "the low one to be served", async {
        let mut served = Vec::new();
        while served.iter().filter(|task| **task == low).count() < 3 {
            let trial = ask_queue(&app, 1, &[]).await.remove(0);
            app.tell_for(measured(&trial, Some(token_of(&trial)), 1.0)).await;
            served.push(task_of(&trial));
        }
        served
    })
    .await;
    assert_ne!(served[0], low, "the high ones go first");
    for task in &high {
        let count = served.iter().filter(|served| *served == task).count();
        assert!(count >= 3, "served {count} times of {}: the high ones take turns", served.len());
    }
}

#[rstest]
#[tokio::test]
async fn without_a_rate_only_priority_counts(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start_with(db, &TIMELESS).await else { return };
    let mut input = quadratic();
    let low = app.running_task(input.clone()).await;
    input["priority"] = json!(1);
    let high = app.running_task(input).await;
    for _ in 0..20 {
        assert_eq!(task_of(&ask_queue(&app, 1, &[]).await[0]), high);
    }
    assert_eq!(place(&app, &low).await, (json!(2), json!("BEHIND_OTHERS")));
}

/// A point of priority for each half second: three points are made up for after one and a half.
#[rstest]
#[tokio::test]
async fn waiting_makes_up_for_priority_at_the_rate(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start_with(db, &["--queue-rate", "2"]).await else { return };
    let mut input = quadratic();
    input["owner"] = json!("ada");
    let begin = Instant::now();
    let low = app.running_task(input.clone()).await;
    input["priority"] = json!(3);
    input["owner"] = json!("bob");
    app.running_task(input).await;
    // The high one is served again and again, so that it never gains a point, and the low one is an
    // owner's who was never served, so that it goes first among equals.
    let took = within(20, "the low one to be served", async {
        loop {
            let trial = ask_queue(&app, 1, &[]).await.remove(0);
            if task_of(&trial) == low {
                return begin.elapsed();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    assert!(took >= Duration::from_millis(1_500), "served after {took:?}");
    // Its waiting is forgotten when it has been served.
    let trial = ask_queue(&app, 1, &[]).await.remove(0);
    assert_ne!(task_of(&trial), low);
}

// --- who may have what --------------------------------------------------------------------------------

#[rstest]
#[tokio::test]
async fn owners_take_turns(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start_with(db, &TIMELESS).await else { return };
    let task = async |owner: &str| {
        let mut input = quadratic();
        input["owner"] = json!(owner);
        app.running_task(input).await
    };
    // Ada has ten tasks, Bob has one: each gets every other trial.
    let mut owners = BTreeMap::new();
    for _ in 0..10 {
        owners.insert(task("ada").await, "ada");
    }
    owners.insert(task("bob").await, "bob");
    let mut served = Vec::new();
    for count in [1, 1, 3, 5, 2] {
        for trial in ask_queue(&app, count, &[]).await {
            served.push(owners[&task_of(&trial)]);
        }
    }
    assert_eq!(served.len(), 12);
    assert!(served.windows(2).all(|pair| pair[0] != pair[1]), "{served:?}");
}

#[rstest]
#[tokio::test]
async fn the_owner_is_who_made_the_task_unless_told(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let made = app.mutate_as("ada", "createTask", quadratic()).await.data();
    let task = &made["createTask"]["task"];
    assert_eq!((&task["owner"], &task["priority"]), (&json!("ada"), &json!(0)));
    let id = id_of(task);
    let changed = app.update_task(json!({ "id": id, "owner": "bob", "priority": -7 })).await;
    assert_eq!((&changed["owner"], &changed["priority"]), (&json!("bob"), &json!(-7)));
    assert_eq!(changed["version"], 2);
}

#[rstest]
#[tokio::test]
async fn labels_say_who_can(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start_with(db, &TIMELESS).await else { return };
    let mut input = quadratic();
    input["labels"] = json!(["robot", "gpu"]);
    input["priority"] = json!(10);
    let special = app.running_task(input).await;
    let mut input = quadratic();
    input["budget"] = json!({ "maxRunning": 1 });
    let plain = app.running_task(input).await;
    let served = async |can: &[&str]| {
        let trials = ask_queue(&app, 1, can).await;
        trials.first().map(task_of)
    };
    for can in [&["gpu"][..], &["robot"], &[], &["GPU", "robot"]] {
        let trials = ask_queue(&app, 1, can).await;
        assert_eq!(trials.first().map(task_of), Some(plain.clone()), "{can:?}");
        app.release(json!([lease_of(&trials[0])])).await;
    }
    assert_eq!(served(&["gpu", "oven", "robot"]).await, Some(special.clone()));
    // A worker that asks for a task by its name knows what it does.
    assert!(app.lease(&special, 60.0).await["lease"].is_object());
    assert_eq!(served(&[]).await, Some(plain));
    assert_eq!(served(&["gpu"]).await, None, "no more for it");
    // Who names nothing can do nothing special.
    let data = app.mutate_for("ask", json!({}), "trials { id }").await.data();
    assert_eq!(data["ask"]["trials"], json!([]));
}

#[rstest]
#[tokio::test]
async fn a_task_can_cap_its_share(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start_with(db, &TIMELESS).await else { return };
    let mut input = quadratic();
    input["priority"] = json!(10);
    input["budget"] = json!({ "maxShare": 0.25 });
    let modest = app.running_task(input).await;
    let mut input = quadratic();
    input["budget"] = json!({ "maxRunning": 40 });
    let other = app.running_task(input).await;
    let mut out: Vec<Value> = Vec::new();
    while out.len() < 40 {
        out.extend(ask_queue(&app, 1, &[]).await);
        let has = out.iter().filter(|trial| task_of(trial) == modest).count();
        let most = (out.len() / 4).max(1);
        assert_eq!(has, most, "of {} that are out, a quarter and not less than one", out.len());
    }
    assert_eq!(place(&app, &modest).await, (Value::Null, json!("SHARE_REACHED")));
    assert_eq!(place(&app, &other).await, (json!(1), Value::Null));
    // By its name it is handed out all the same.
    assert!(app.lease(&modest, 60.0).await["lease"].is_object());
}

// --- what a task is told --------------------------------------------------------------------------------

#[rstest]
#[tokio::test]
async fn a_task_tells_why_it_waits(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start_with(db, &TIMELESS).await else { return };
    let none = Value::Null;
    let because = async |id: &str, reason: &str| {
        assert_eq!(place(&app, id).await, (Value::Null, json!(reason)), "{reason}");
    };
    // A task without space or objectives, one that nobody has started, one of a runner.
    because(&id_of(&app.create_task(json!({})).await), "NOT_READY").await;
    let task = id_of(&app.create_task(quadratic()).await);
    // First among those that a runner may take.
    assert_eq!(place(&app, &task).await, (json!(1), json!("NOT_STARTED")));
    let claimed = app.claim_task("cluster", 600.0).await;
    assert_eq!(id_of(&claimed["task"]), task);
    because(&task, "CLAIMED").await;
    app.transition(&task, "COMPLETED").await;

    // The only one that can be served is first.
    let mut input = external();
    input["budget"] = json!({ "maxRunning": 1, "maxTrials": 2 });
    input["trialPolicy"] = json!({ "retryOn": "ALL_FAILURES", "backoffSeconds": 600.0 });
    let task = app.running_task(input).await;
    because(&task, "NO_POINTS").await;
    app.enqueue(&task, points(3)).await;
    assert_eq!(place(&app, &task).await, (json!(1), none.clone()));
    let trial = ask_queue(&app, 1, &[]).await.remove(0);
    because(&task, "ALL_PLACES_TAKEN").await;
    app.transition(&task, "PAUSED").await;
    because(&task, "PAUSED").await;
    app.transition(&task, "RUNNING").await;
    app.tell_with(&trial, token_of(&trial), 1.0).await;
    let trial = ask_queue(&app, 1, &[]).await.remove(0);
    because(&task, "BUDGET_REACHED").await;
    // What is to be tried again counts as handed out, but waits.
    let failure = json!({ "failure": { "reason": "a bubble" } });
    let token = token_of(&trial);
    app.tell_for(json!({ "trialId": trial["id"], "leaseToken": token, "outcome": failure })).await;
    because(&task, "BACKING_OFF").await;
    let query = "query ($id: ID!) { task(id: $id) { whyWaiting { until } trials(first: 9, filter: { states: [WAITING] }) {
        nodes { availableAt } } } }";
    let data = app.graphql(query, json!({ "id": task })).await.data();
    let until = &data["task"]["whyWaiting"]["until"];
    assert!(until.is_string(), "when it is over is known");
    let times = data["task"]["trials"]["nodes"].as_array().expect("trials");
    assert!(times.iter().any(|trial| trial["availableAt"] == *until), "{data}");

    // Others go first.
    let first = app.running_task(quadratic()).await;
    let mut input = quadratic();
    input["priority"] = json!(-1);
    let second = app.running_task(input).await;
    assert_eq!(place(&app, &first).await, (json!(1), none));
    assert_eq!(place(&app, &second).await, (json!(2), json!("BEHIND_OTHERS")));
    app.transition(&first, "COMPLETED").await;
    because(&first, "ENDED").await;
    let deleted = app
        .mutate_for(
            "deleteTask",
            json!({ "id": second }),
            "task { queuePosition whyWaiting { reason } }",
        )
        .await
        .data();
    assert_eq!(
        deleted["deleteTask"]["task"],
        json!({ "queuePosition": null, "whyWaiting": { "reason": "DELETED" } })
    );
}

#[rstest]
#[tokio::test]
async fn a_runner_s_task_is_not_in_the_queue(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start_with(db, &TIMELESS).await else { return };
    let task = id_of(&app.create_task(quadratic()).await);
    app.claim_task("cluster", 600.0).await;
    assert_eq!(ask_queue(&app, 1, &[]).await, [Value::Null; 0]);
    assert!(app.lease(&task, 60.0).await["lease"].is_object(), "its runner asks for it by name");
}

/// Workers of two servers at the same time: one after the other by priority, nothing twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_serve_one_queue() {
    let Some(app) = App::start_with(Db::Postgres, &TIMELESS).await else { return };
    let other = app.another_server().await;
    let mut tasks = Vec::new();
    for priority in 0..4 {
        let mut input = external();
        input["priority"] = json!(priority);
        let task = app.running_task(input).await;
        app.enqueue(&task, points(25)).await;
        tasks.push(task);
    }
    let worker = async |n: usize| {
        let client = if n.is_multiple_of(2) { &*app } else { &other.client };
        let mut got = Vec::new();
        loop {
            let input = json!({ "count": 1 + n % 3 });
            let data = client.mutate_for("ask", input, "trials { id startedAt }").await.data();
            let trials = data["ask"]["trials"].as_array().expect("trials").clone();
            if trials.is_empty() {
                return got;
            }
            got.extend(trials);
        }
    };
    let got = futures_util::future::join_all((0..8).map(worker)).await.concat();
    let ids: BTreeSet<_> = got.iter().map(id_of).collect();
    assert_eq!((got.len(), ids.len()), (100, 100), "each was handed out once");
    // By the log, which is in the order of commit, the higher priority was empty before the lower began.
    let log = app.log(None).await;
    let handed_out: Vec<_> = log
        .iter()
        .filter(|event| event["trialTo"] == "RUNNING")
        .map(|event| tasks.iter().position(|task| event["taskId"] == task.as_str()))
        .collect();
    assert_eq!(handed_out.len(), 100);
    assert!(handed_out.is_sorted_by(|a, b| a >= b), "{handed_out:?}");
    assert!(other.stop().await.success());
}

/// A change of priority counts at once, for what waits already.
#[rstest]
#[tokio::test]
async fn a_change_of_priority_counts_at_once(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let one = app.running_task(quadratic()).await;
    let two = app.running_task(quadratic()).await;
    for task in [&two, &one, &two] {
        app.update_task(json!({ "id": one, "priority": 0 })).await;
        app.update_task(json!({ "id": two, "priority": 0 })).await;
        app.update_task(json!({ "id": task, "priority": 1_000_000 })).await;
        eventually(5, "the first place", async || (place(&app, task).await.0 == 1).then_some(()))
            .await;
        assert_eq!(task_of(&ask_queue(&app, 1, &[]).await[0]), **task);
    }
    for priority in [1_000_001_i64, -1_000_001] {
        let error =
            app.mutate("updateTask", json!({ "id": one, "priority": priority })).await.error();
        assert_eq!((error.code(), error.path().as_str()), ("VALIDATION_FAILED", "input.priority"));
    }
}
