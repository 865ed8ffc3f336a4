//! Tasks that change at random, and what the API says of them after each change.

use std::collections::{BTreeMap, BTreeSet};

use asktell_tests::{App, Random, Reply, id_of, quadratic};
use serde_json::{Map, Value, json};

/// Everything of a task that its history keeps, in the words of `Task` and of `PastTask`.
pub(super) const PAST: &str = "
  version name description status statusReason createdAt updatedAt startedAt finishedAt deletedAt
  parameterSpace { parameters {
    __typename name condition { parameter oneOf atLeast atMost } fixed
    ... on FloatParameter { low high step log }
    ... on IntParameter { intLow: low intHigh: high intStep: step log }
    ... on CategoricalParameter { choices }
    ... on OrdinalParameter { levels }
  } constraints { terms { parameter coefficient } atLeast atMost equals } candidates }
  objectives { name direction }
  strategy {
    kind seed initialDesign { method count }
    gp { acquisition exploration noise { objective deviation } startup }
    tpe { startup candidates } grid { values } nsga2 { population crossover mutation }
    external { ahead }
    warmStart replicates timeLimitSeconds
  }
  metadata priority owner labels tags
  budget {
    maxTrials maxRunning maxShare deadline targetValue patience minExpectedImprovement
    maxFailures maxConsecutiveFailures
  }
  trialPolicy {
    leaseSeconds lateResults maxAttempts retryOn retryKinds backoffSeconds maxBackoffSeconds
  }
  pruning { kind startupTrials warmupSteps minResource reductionFactor }
  constraints { name atMost atLeast }
  claim { runner token }";

/// What of it is settings: what a revert gives back.
pub(super) const SETTINGS: [&str; 14] = [
    "name",
    "description",
    "parameterSpace",
    "objectives",
    "strategy",
    "metadata",
    "priority",
    "owner",
    "labels",
    "tags",
    "budget",
    "trialPolicy",
    "pruning",
    "constraints",
];

/// The fields of an update that are no settings, or whose history is not kept.
const NO_SETTINGS: [&str; 5] = ["id", "expectedVersion", "reason", "modelState", "idempotencyKey"];

/// What an operation may be refused with: it has changed nothing then.
const REFUSALS: [&str; 9] = [
    "HISTORY_COMPACTED",
    "VALIDATION_FAILED",
    "TASK_ALREADY_STARTED",
    "INCOMPATIBLE_SPACE",
    "INVALID_STATUS_TRANSITION",
    "TASK_NOT_READY",
    "TASK_NOT_FOUND",
    "TASK_ENDED",
    "TASK_NOT_RUNNING",
];

/// Tasks, and what they were at each version that a client has seen.
pub(super) struct Scene {
    pub(super) random: Random,
    pub(super) tasks: Vec<String>,
    /// By task and version.
    pub(super) seen: BTreeMap<(String, i64), Value>,
    /// How often which operation was done.
    pub(super) done: BTreeMap<&'static str, usize>,
}

impl Scene {
    /// A few new tasks: such as come, one that runs, and one that a runner may take.
    pub(super) async fn set(app: &App, seed: u64) -> Self {
        let random = Random::new(seed);
        let mut scene =
            Self { random, tasks: Vec::new(), seen: BTreeMap::new(), done: BTreeMap::new() };
        for _ in 0..2 {
            let mut input = scene.changes(60);
            input.remove("modelState");
            let data = app.graphql(&document("createTask"), json!({ "input": input })).await;
            if let Some(task) = scene.note("createTask", data) {
                scene.tasks.push(task);
            }
        }
        for _ in 0..2 {
            let input = json!({ "input": quadratic() });
            let made = app.graphql(&document("createTask"), input).await;
            let task = scene.note("createTask", made).expect("a task");
            scene.tasks.push(task);
        }
        let start = json!({ "id": scene.tasks.last(), "to": "RUNNING" });
        let started = app.graphql(&document("transitionTask"), json!({ "input": start })).await;
        scene.note("transitionTask", started);
        scene
    }

    /// Changes tasks so many times.
    pub(super) async fn play(&mut self, app: &App, changes: usize) {
        for _ in 0..changes {
            let id = self.tasks[self.random.place(self.tasks.len())].clone();
            let version = self.latest(&id);
            let (mutation, input) = match self.random.within(0, 100) {
                0..38 => {
                    let mut input = self.changes(15);
                    input.insert("id".to_owned(), json!(id));
                    ("updateTask", Value::Object(input))
                }
                38..54 => {
                    let to = i64::try_from(self.random.place(version_count(version))).unwrap_or(0);
                    ("revertTask", json!({ "id": id, "toVersion": to + 1, "reason": "better" }))
                }
                54..66 => {
                    let to = *self.random.one_of(&["RUNNING", "RUNNING", "PAUSED", "FAILED"]);
                    ("transitionTask", json!({ "id": id, "to": to, "reason": format!("to {to}") }))
                }
                66..71 => ("deleteTask", json!({ "id": id, "reason": "mistake" })),
                71..86 => ("restoreTask", json!({ "id": id })),
                86..91 => {
                    let labels = json!(["gpu", "cold", "lab 7"]);
                    ("claimTask", json!({ "runner": "r", "capabilities": labels }))
                }
                _ => ("ask", json!({ "taskId": id })),
            };
            let reply = app.graphql(&document(mutation), json!({ "input": input })).await;
            self.note(mutation, reply);
        }
    }

    /// The latest version that was seen of a task.
    pub(super) fn latest(&self, task: &str) -> i64 {
        let all = self.seen.range((task.to_owned(), 0)..=(task.to_owned(), i64::MAX));
        all.last().map_or(0, |((_, version), _)| *version)
    }

    /// Notes what a mutation says that the task is now; gives its id.
    pub(super) fn note(&mut self, mutation: &'static str, reply: Reply) -> Option<String> {
        if reply.is_error() {
            let error = reply.error();
            assert!(REFUSALS.contains(&error.code()), "{mutation}: {error:?}");
            return None;
        }
        let mut task = reply.data()[mutation]["task"].take();
        let members = task.as_object_mut()?;
        let id = members.remove("id")?.as_str()?.to_owned();
        let version = members["version"].as_i64().expect("a version");
        *self.done.entry(mutation).or_default() += 1;
        if let Some(before) = self.seen.insert((id.clone(), version), task.clone()) {
            assert_eq!(before, task, "the same version is the same task");
        }
        Some(id)
    }

    /// New values of some settings.
    fn changes(&mut self, percent: u64) -> Map<String, Value> {
        let mut changes = Map::new();
        for field in SETTINGS {
            if self.random.percent(percent) {
                let value = self.value(field);
                changes.insert(field.to_owned(), value);
            }
        }
        if self.random.percent(percent) {
            changes.insert("modelState".to_owned(), json!({ "step": self.random.within(0, 99) }));
        }
        changes
    }

    fn value(&mut self, field: &str) -> Value {
        let random = &mut self.random;
        if random.percent(10) {
            return Value::Null;
        }
        let some = random.within(1, 1_000);
        match field {
            "name" => json!(format!("Task {some} é")),
            "description" => json!(format!("line {some}\nline two")),
            "parameterSpace" => space(random),
            "objectives" => match random.within(0, 4) {
                0 => json!([{ "name": "loss", "direction": "MINIMIZE" },
                            { "name": "cost", "direction": "MINIMIZE" }]),
                1 => json!([{ "name": "yield", "direction": "MAXIMIZE" }]),
                _ => json!([{ "name": "loss", "direction": "MINIMIZE" }]),
            },
            "strategy" => random
                .one_of(&[
                    json!({ "kind": "RANDOM" }),
                    json!({ "kind": "SOBOL", "seed": 7 }),
                    json!({ "kind": "GP", "seed": 1, "gp": { "exploration": 0.1, "startup": 4 },
                            "initialDesign": { "method": "SOBOL", "count": 3 } }),
                    json!({ "kind": "TPE", "seed": 2, "timeLimitSeconds": 2.5 }),
                ])
                .clone(),
            "metadata" => json!({ "n": some, "deep": [{ "π": 0.1 + real(some) }, null, -0.5e-9] }),
            "priority" => json!(some),
            "owner" => json!(format!("owner {}", some % 3)),
            "labels" => json!(random.one_of(&[vec!["gpu"], vec!["cold", "gpu"], vec!["lab 7"]])),
            "tags" => json!(random.one_of(&[vec!["suzuki"], vec!["b12", "old"], vec!["lab 7"]])),
            "budget" => json!({ "maxTrials": 1_000 + some, "patience": 1_000,
                                "maxFailures": 1_000 + some, "maxConsecutiveFailures": some,
                                "deadline": "2099-01-31T12:00:00.000001Z" }),
            "trialPolicy" => json!({ "leaseSeconds": 100.5, "maxAttempts": some }),
            "pruning" => json!({ "kind": "MEDIAN", "startupTrials": some }),
            "constraints" => json!([{ "name": "purity", "atLeast": real(some) / 7.0 }]),
            other => panic!("no value for {other}: a new field of an update needs one"),
        }
    }
}

fn real(number: u64) -> f64 {
    f64::from(u32::try_from(number).expect("a small number"))
}

fn version_count(version: i64) -> usize {
    usize::try_from(version.max(1)).expect("a count")
}

/// A space: plain, with conditions and constraints, or a list of candidates.
fn space(random: &mut Random) -> Value {
    let high = 1.0 + real(random.within(1, 100)) / 3.0;
    match random.within(0, 3) {
        0 => json!({ "parameters": [
            { "float": { "name": "x", "low": -0.5, "high": high, "step": 0.25 } },
            { "categorical": { "name": "solvent", "choices": ["water", "DMF", 3, true] } },
        ] }),
        1 => json!({
            "parameters": [
                { "float": { "name": "x", "low": 0.001, "high": high, "log": true } },
                { "float": { "name": "y", "low": 0.0, "high": high } },
                { "int": { "name": "n", "low": 1, "high": 9,
                           "condition": { "parameter": "y", "atLeast": 0.5 } } },
            ],
            "constraints": [{ "terms": [{ "parameter": "x", "coefficient": 1.0 },
                                        { "parameter": "y", "coefficient": 2.0 }],
                              "atMost": high }],
        }),
        _ => {
            let count = random.within(2, 40);
            let candidates: Vec<_> = (0..count)
                .map(|i| json!({ "x": high * real(i) / real(count), "kind": "a" }))
                .collect();
            json!({
                "parameters": [
                    { "float": { "name": "x", "low": 0.0, "high": high } },
                    { "categorical": { "name": "kind", "choices": ["a", "b"] } },
                ],
                "candidates": candidates,
            })
        }
    }
}

fn document(mutation: &str) -> String {
    let (first, rest) = mutation.split_at(1);
    let input = format!("{}{rest}Input", first.to_uppercase());
    format!(
        "mutation ($input: {input}!) {{ {mutation}(input: $input) {{ task {{ id {PAST} }} }} }}"
    )
}

/// A task as it was, by `taskAt`.
pub(super) async fn task_at(app: &App, task: &str, version: i64) -> Reply {
    let query = format!(
        "query ($id: ID!, $version: Int) {{ taskAt(taskId: $id, version: $version) {{
           {PAST} fields unknownFields }} }}"
    );
    app.graphql(&query, json!({ "id": task, "version": version })).await
}

/// The fields of every version of a task, by its number, folded from the changes that its events tell: whatever
/// the server may think.
pub(super) fn fold(events: &[Value]) -> BTreeMap<i64, Map<String, Value>> {
    let mut fields = Map::new();
    let mut versions = BTreeMap::new();
    for event in events {
        let mut set = |field: &str, value: &Value| {
            if value.is_null() {
                fields.remove(field);
            } else {
                fields.insert(field.to_owned(), value.clone());
            }
        };
        match event["kind"].as_str().expect("a kind") {
            kind @ ("CREATED" | "UPDATED") => {
                if kind == "CREATED" {
                    set("deleted", &json!(false));
                }
                let changes = event["changes"].as_array().expect("changes");
                for change in changes.iter().filter(|change| change["field"] != "modelState") {
                    set(change["field"].as_str().expect("a field"), &change["new"]);
                }
            }
            "STATUS_CHANGED" => {
                set("status", &event["to"]);
                set("statusReason", &event["reason"]);
            }
            "DELETED" => set("deleted", &json!(true)),
            "RESTORED" => set("deleted", &json!(false)),
            "CLAIMED" => {
                set("claim", &json!({ "runner": event["runner"], "token": event["token"] }));
            }
            "CLAIM_ENDED" => set("claim", &Value::Null),
            _ => continue,
        }
        versions.insert(event["version"].as_i64().expect("a version"), fields.clone());
    }
    versions
}

/// That the scenes change every setting that an update can change: a new one is to be added to them.
pub(super) async fn expect_all_settings(app: &App) {
    let query = "{ __type(name: \"UpdateTaskInput\") { inputFields { name } } }";
    let data = app.graphql(query, json!({})).await.data();
    let fields = data["__type"]["inputFields"].as_array().expect("fields").clone();
    let names = fields.iter().filter_map(|field| field["name"].as_str());
    let settings: BTreeSet<_> = names.filter(|name| !NO_SETTINGS.contains(name)).collect();
    assert_eq!(settings, BTreeSet::from(SETTINGS), "histories are tried with every setting");
}

/// Only the settings of a task.
pub(super) fn settings_of(task: &Value) -> Map<String, Value> {
    SETTINGS.iter().map(|field| ((*field).to_owned(), task[*field].clone())).collect()
}

/// The id of a new task with these settings.
pub(super) async fn task_with(app: &App, settings: Value) -> String {
    id_of(&app.create_task(settings).await)
}
