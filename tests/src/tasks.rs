//! The operations of the API, with everything selected.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{Client, Reply};

/// Everything of a task but its lists.
pub const TASK: &str = "
fragment Task on Task {
  id name description status statusReason allowedTransitions version sequence
  createdAt updatedAt startedAt finishedAt deletedAt
  parameterSpace { parameters {
    __typename name
    ... on FloatParameter { low high step log }
    ... on IntParameter { intLow: low intHigh: high intStep: step log }
    ... on CategoricalParameter { choices }
    ... on OrdinalParameter { levels }
  } }
  objectives { name direction }
  strategy { kind seed initialDesign { method count } }
  modelState metadata
  trialCounts { total waiting running completed failed pruned infeasible abandoned }
  bestTrial { id number value } bestValue
}";

/// Everything of a trial.
pub const TRIAL: &str = "
fragment Trial on Trial {
  id number state origin point values { objective value } value failureReason worker late
  createdAt startedAt finishedAt
}";

/// Everything of an event.
pub const EVENT: &str = "
fragment Event on TaskEvent {
  __typename cursor kind taskId sequence version actor at
  ... on TaskCreated { changes { field old new } }
  ... on TaskUpdated { changes { field old new } }
  ... on TaskStatusChanged { from to reason }
  ... on TaskImported { changes { field old new } replaced }
  ... on TrialCreated { trialId trialNumber state origin point worker }
  ... on TrialStateChanged {
    trialId trialNumber trialFrom: from trialTo: to worker values { objective value } reason
  }
}";

/// A new random id, as a client would choose one.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place where the tests make ids")]
pub fn new_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// A task that can start: two parameters, one objective to be minimized, fixed seed.
#[must_use]
pub fn quadratic() -> Value {
    json!({
        "name": "Quadratic",
        "parameterSpace": { "parameters": [
            { "float": { "name": "x", "low": -5.0, "high": 10.0 } },
            { "float": { "name": "y", "low": 0.0, "high": 15.0 } },
        ] },
        "objectives": [{ "name": "loss", "direction": "MINIMIZE" }],
        "strategy": { "kind": "SOBOL", "seed": 7 },
    })
}

/// The nodes of a connection.
#[must_use]
pub fn nodes(connection: &Value) -> Vec<Value> {
    connection["nodes"].as_array().unwrap_or_else(|| panic!("no nodes in {connection}")).clone()
}

/// A time, as the server tells it.
#[must_use]
pub fn time(value: &Value) -> DateTime<Utc> {
    let text = value.as_str().unwrap_or_else(|| panic!("a time expected: {value}"));
    let time =
        DateTime::parse_from_rfc3339(text).unwrap_or_else(|_| panic!("not RFC 3339: {text}"));
    assert_eq!(time.offset().local_minus_utc(), 0, "times are UTC: {text}");
    time.to_utc()
}

impl Client {
    /// Executes one mutation by its name and input, with everything of its payload selected.
    pub async fn mutate(&self, mutation: &str, input: Value) -> Reply {
        self.graphql(&mutation_document(mutation), json!({ "input": input })).await
    }

    /// The same, for when the server may be gone.
    pub async fn try_mutate(&self, mutation: &str, input: Value) -> reqwest::Result<Reply> {
        self.try_graphql(&mutation_document(mutation), json!({ "input": input })).await
    }

    async fn payload(&self, mutation: &str, input: Value) -> Value {
        self.mutate(mutation, input).await.data()[mutation].clone()
    }

    /// `createTask`.
    pub async fn create_task(&self, input: Value) -> Value {
        self.payload("createTask", input).await["task"].clone()
    }

    /// `updateTask`.
    pub async fn update_task(&self, input: Value) -> Value {
        self.payload("updateTask", input).await["task"].clone()
    }

    /// `transitionTask`.
    pub async fn transition(&self, id: &str, to: &str) -> Value {
        self.payload("transitionTask", json!({ "id": id, "to": to })).await["task"].clone()
    }

    /// `deleteTask`.
    pub async fn delete_task(&self, id: &str) -> Value {
        self.payload("deleteTask", json!({ "id": id })).await["task"].clone()
    }

    /// A new task that is already RUNNING; gives its id.
    pub async fn running_task(&self, input: Value) -> String {
        let id = id_of(&self.create_task(input).await);
        self.transition(&id, "RUNNING").await;
        id
    }

    /// `ask`; gives the trials.
    pub async fn ask(&self, task: &str, count: usize) -> Vec<Value> {
        let payload = self.payload("ask", json!({ "taskId": task, "count": count })).await;
        payload["trials"].as_array().expect("trials").clone()
    }

    /// `tell` with a value of the objective `loss`; gives the payload.
    pub async fn tell(&self, trial: &Value, value: f64) -> Value {
        let values = json!([{ "objective": "loss", "value": value }]);
        let input = json!({ "trialId": trial["id"], "outcome": { "values": values } });
        self.payload("tell", input).await
    }

    /// `enqueueTrials`; gives the trials.
    pub async fn enqueue(&self, task: &str, points: Value) -> Vec<Value> {
        let payload =
            self.payload("enqueueTrials", json!({ "taskId": task, "points": points })).await;
        payload["trials"].as_array().expect("trials").clone()
    }

    /// `task(id)`; null if there is none.
    pub async fn task(&self, id: &str) -> Value {
        let query = format!("query ($id: ID!) {{ task(id: $id) {{ ...Task }} }} {TASK}");
        self.graphql(&query, json!({ "id": id })).await.data()["task"].clone()
    }

    /// All trials of a task, by number.
    pub async fn trials(&self, task: &str) -> Vec<Value> {
        let query = format!(
            "query ($id: ID!) {{ task(id: $id) {{ trials(first: 500) {{ nodes {{ ...Trial }} }} }} }} {TRIAL}"
        );
        nodes(&self.graphql(&query, json!({ "id": task })).await.data()["task"]["trials"])
    }

    /// The whole log, read by pages from a cursor on; from the beginning without one.
    pub async fn log(&self, after: Option<&str>) -> Vec<Value> {
        let query = format!(
            "query ($after: String) {{ taskEvents(first: 500, after: $after) {{
               nodes {{ ...Event }} pageInfo {{ hasNextPage endCursor }} }} }} {EVENT}"
        );
        let mut events = Vec::new();
        let mut after = json!(after);
        loop {
            let data = self.graphql(&query, json!({ "after": after })).await.data();
            let page = &data["taskEvents"];
            events.extend(nodes(page));
            if page["pageInfo"]["hasNextPage"] != true {
                return events;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }

    /// The events of one task and its trials, oldest first.
    pub async fn events_of(&self, task: &str) -> Vec<Value> {
        let mut events = self.log(None).await;
        events.retain(|event| event["taskId"] == task);
        events
    }
}

/// The id of a task or trial.
#[must_use]
pub fn id_of(node: &Value) -> String {
    node["id"].as_str().unwrap_or_else(|| panic!("no id in {node}")).to_owned()
}

fn mutation_document(mutation: &str) -> String {
    let (first, rest) = mutation.split_at(1);
    let input = format!("{}{rest}Input", first.to_uppercase());
    let (payload, fragments) = match mutation {
        "tell" => ("trial { ...Trial } task { ...Task }", [TASK, TRIAL].concat()),
        "ask" | "enqueueTrials" => ("trials { ...Trial } task { ...Task }", [TASK, TRIAL].concat()),
        _ => ("task { ...Task }", TASK.to_owned()),
    };
    format!(
        "mutation ($input: {input}!) {{ {mutation}(input: $input) {{ {payload} }} }} {fragments}"
    )
}
