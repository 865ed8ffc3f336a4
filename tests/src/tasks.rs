//! The operations of the API, with everything selected.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{Client, Reply};

/// Everything of a task but its lists, and but what changes with the time alone.
pub const TASK: &str = "
fragment Task on Task {
  id name description status statusReason allowedTransitions version sequence
  createdAt updatedAt startedAt finishedAt deletedAt
  spaceVersion spaceChangedAt clonedFrom
  parameterSpace { parameters {
    __typename name condition { parameter oneOf atLeast atMost } fixed
    ... on FloatParameter { low high step log }
    ... on IntParameter { intLow: low intHigh: high intStep: step log }
    ... on CategoricalParameter { choices }
    ... on OrdinalParameter { levels }
  } constraints { terms { parameter coefficient } atLeast atMost equals tolerance } candidates }
  objectives { name direction }
  strategy {
    kind seed initialDesign { method count }
    gp { acquisition exploration noise { objective deviation } startup }
    tpe { startup candidates } grid { values } nsga2 { population crossover mutation }
    external { ahead }
    warmStart replicates timeLimitSeconds
  }
  modelState metadata
  trialCounts { total waiting running completed failed pruned infeasible abandoned }
  bestTrial { id number value } bestValue
  priority owner labels tags progress handedOut failures consecutiveFailures pausedWith
  budget {
    maxTrials maxRunning maxShare deadline targetValue patience minExpectedImprovement
    maxFailures maxConsecutiveFailures
  }
  trialPolicy {
    leaseSeconds lateResults maxAttempts retryOn retryKinds backoffSeconds maxBackoffSeconds
  }
  pruning { kind startupTrials warmupSteps minResource reductionFactor }
  constraints { name atMost atLeast }
  claim { runner token expiresAt } strategist { name token expiresAt } pointsNeeded
}";

/// Everything of a trial but its intermediate reports.
pub const TRIAL: &str = "
fragment Trial on Trial {
  id number state origin point executedPoint partial values { objective value standardDeviation } value failureReason
  proposal {
    strategy reason fallback predictions { objective mean deviation } criterion acquisitionValue
    expectedImprovement results
  }
  worker late createdAt startedAt finishedAt availableAt
  lease { token worker expiresAt }
  attempts { token worker startedAt endedAt outcome reason }
  metrics { name value } metadata artifacts { name url }
  feasible excluded exclusionReason spaceVersion inSpace
  corrections { at actor reason values { objective value standardDeviation } }
  attachedResults {
    at actor worker leaseToken executedPoint values { objective value standardDeviation } metrics { name value }
  }
}";

/// Everything of an event.
pub const EVENT: &str = "
fragment Event on TaskEvent {
  __typename cursor kind taskId sequence version actor at
  ... on TaskCreated { changes { field old new } }
  ... on TaskUpdated { changes { field old new } updateReason: reason revertedTo }
  ... on TaskDeleted { deleteReason: reason }
  ... on TaskRestored { restoreReason: reason }
  ... on TaskStatusChanged { from to reason subtree }
  ... on TaskImported { changes { field old new } replaced }
  ... on TaskClaimed { runner token expiresAt }
  ... on TaskClaimEnded { runner token claimReason: reason }
  ... on TaskStrategyClaimed { strategist token expiresAt }
  ... on TaskStrategyReleased { strategist token releaseReason: reason }
  ... on TaskModelStateSaved { strategist token bytes }
  ... on TrialCreated {
    trialId trialNumber state origin point worker leaseToken leaseExpiresAt
    createdWith: values { objective value standardDeviation }
  }
  ... on TrialStateChanged {
    trialId trialNumber trialFrom: from trialTo: to worker reason late executedPoint leaseToken leaseExpiresAt
    values { objective value standardDeviation } metrics { name value }
  }
  ... on TrialReported {
    trialId trialNumber step reported: values { objective value standardDeviation }
  }
  ... on TrialResultAttached {
    trialId trialNumber worker attachedToken: leaseToken
    attached: values { objective value standardDeviation }
  }
  ... on TrialExcluded { trialId trialNumber exclusionReason: reason }
  ... on TrialIncluded { trialId trialNumber inclusionReason: reason }
  ... on TrialCorrected {
    trialId trialNumber correctionReason: reason
    oldValues { objective value standardDeviation }
    newValues { objective value standardDeviation }
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

/// [`quadratic`] with other or more fields.
#[must_use]
pub fn quadratic_with(fields: Value) -> Value {
    let mut input = quadratic();
    if let (Some(input), Value::Object(fields)) = (input.as_object_mut(), fields) {
        input.extend(fields);
    }
    input
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

    /// The same on behalf of a named actor.
    pub async fn mutate_as(&self, actor: &str, mutation: &str, input: Value) -> Reply {
        self.graphql_as(actor, &mutation_document(mutation), json!({ "input": input })).await
    }

    /// The same, for when the server may be gone.
    pub async fn try_mutate(&self, mutation: &str, input: Value) -> reqwest::Result<Reply> {
        self.try_graphql(&mutation_document(mutation), json!({ "input": input })).await
    }

    /// The same with only this of the payload selected.
    pub async fn mutate_for(&self, mutation: &str, input: Value, payload: &str) -> Reply {
        self.graphql(&document(mutation, payload), json!({ "input": input })).await
    }

    /// Executes a mutation that must go well; gives its payload.
    pub async fn payload(&self, mutation: &str, input: Value) -> Value {
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

    /// `tell` with a value of the objective `loss`, by hand; gives the payload.
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
        self.trials_with(task, "...Trial", TRIAL).await
    }

    /// These fields of all trials of a task, by number.
    pub async fn trials_with(&self, task: &str, fields: &str, fragments: &str) -> Vec<Value> {
        let query = format!(
            "query ($id: ID!, $after: String) {{ task(id: $id) {{ trials(first: 500, after: $after) {{
               nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }} }} }} }} {fragments}"
        );
        let mut trials = Vec::new();
        let mut after = Value::Null;
        loop {
            let data = self.graphql(&query, json!({ "id": task, "after": after })).await.data();
            let page = &data["task"]["trials"];
            trials.extend(nodes(page));
            if page["pageInfo"]["hasNextPage"] != true {
                return trials;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }

    /// A trial as it is now; null if there is none.
    pub async fn trial(&self, id: &Value) -> Value {
        let query = format!("query ($id: ID!) {{ node(id: $id) {{ ...Trial }} }} {TRIAL}");
        self.graphql(&query, json!({ "id": id })).await.data()["node"].clone()
    }

    /// The whole log, read by pages from a cursor on; from the beginning without one.
    pub async fn log(&self, after: Option<&str>) -> Vec<Value> {
        let query = format!(
            "query ($after: String) {{ taskEvents(first: 400, after: $after) {{
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

/// A mutation with everything of its payload selected.
fn mutation_document(mutation: &str) -> String {
    const LEASES: &str = "leases { trialId verdict expiresAt reason } \
                          claims { taskId verdict expiresAt reason } \
                          strategies { taskId verdict expiresAt reason }";
    let payload = match mutation {
        "tell" => "trial { ...Trial } task { ...Task } receipt",
        "ask" | "enqueueTrials" | "addResults" => "trials { ...Trial } task { ...Task }",
        "excludeTrial" | "includeTrial" | "correctTrial" => "trial { ...Trial } task { ...Task }",
        "releaseTrials" | "skipTrials" => "trials { ...Trial }",
        "reportTrial" => "trial { ...Trial } verdict reason",
        "heartbeat" => LEASES,
        "claimStrategy" => "task { ...Task } claim { name token expiresAt } needed",
        "proposeTrials" => {
            "trials { ...Trial } task { ...Task } claim { name token expiresAt } needed"
        }
        "createTasks" => "tasks { ...Task }",
        "updateTasks" | "transitionTasks" | "deleteTasks" | "restoreTasks" | "moveTasks"
        | "addTags" | "removeTags" | "renameTag" => {
            "tasks { ...Task } changed others token refused { index taskId code message details }"
        }
        "transitionSubtree" => "moved { ...Task } left { ...Task }",
        "saveView" | "deleteView" => {
            "view { id name owner filter sort columns version createdAt updatedAt }"
        }
        "claimTask" => "task { ...Task } claim { runner token expiresAt }",
        _ => "task { ...Task }",
    };
    document(mutation, payload)
}

/// The document of a mutation with these fields of its payload.
fn document(mutation: &str, payload: &str) -> String {
    let (first, rest) = mutation.split_at(1);
    let input = format!("{}{rest}Input", first.to_uppercase());
    // A fragment that is not used is an error.
    let used = [("...Task", TASK), ("...Trial", TRIAL)];
    let fragments: String = used
        .iter()
        .filter(|(spread, _)| payload.contains(&format!("{spread} ")))
        .map(|(_, fragment)| *fragment)
        .collect();
    format!(
        "mutation ($input: {input}!) {{ {mutation}(input: $input) {{ {payload} }} }} {fragments}"
    )
}
