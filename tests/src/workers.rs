//! What workers and the people beside them do: lease, report, give back, correct.

use serde_json::{Value, json};

use crate::{Client, EVENT, within};

/// The token of the lease that a trial is out under.
#[must_use]
pub fn token_of(trial: &Value) -> i64 {
    trial["lease"]["token"].as_i64().unwrap_or_else(|| panic!("no lease in {trial}"))
}

/// The lease of a trial that is out, as `heartbeat` and `releaseTrials` take it.
#[must_use]
pub fn lease_of(trial: &Value) -> Value {
    json!({ "trialId": trial["id"], "token": token_of(trial) })
}

/// The input of `tell` with a value of the objective `loss`; without a token it is entered by hand.
#[must_use]
pub fn measured(trial: &Value, token: Option<i64>, value: f64) -> Value {
    let values = json!([{ "objective": "loss", "value": value }]);
    json!({ "trialId": trial["id"], "leaseToken": token, "outcome": { "values": values } })
}

/// The input of `tell` with a failure.
#[must_use]
pub fn failed(trial: &Value, token: Option<i64>, reason: &str, kind: Option<&str>) -> Value {
    let failure = json!({ "reason": reason, "kind": kind });
    json!({ "trialId": trial["id"], "leaseToken": token, "outcome": { "failure": failure } })
}

impl Client {
    /// `ask` with any input; gives the payload.
    pub async fn ask_for(&self, input: Value) -> Value {
        self.payload("ask", input).await
    }

    /// `ask` for one trial of a task, under a lease of so many seconds. There must be one.
    pub async fn lease(&self, task: &str, seconds: f64) -> Value {
        let asked = self.ask_for(json!({ "taskId": task, "leaseSeconds": seconds })).await;
        assert!(asked["trials"][0].is_object(), "nothing was handed out: {asked}");
        asked["trials"][0].clone()
    }

    /// `tell` with a value of the objective `loss`, under a lease; gives the payload.
    pub async fn tell_with(&self, trial: &Value, token: i64, value: f64) -> Value {
        self.payload("tell", measured(trial, Some(token), value)).await
    }

    /// `tell` with any input; gives the payload.
    pub async fn tell_for(&self, input: Value) -> Value {
        self.payload("tell", input).await
    }

    /// `heartbeat` of leases of trials; gives their states.
    pub async fn heartbeat(&self, leases: Value) -> Vec<Value> {
        let payload = self.heartbeat_for(json!({ "leases": leases })).await;
        payload["leases"].as_array().expect("leases").clone()
    }

    /// `heartbeat` with any input; gives the payload.
    pub async fn heartbeat_for(&self, input: Value) -> Value {
        self.payload("heartbeat", input).await
    }

    /// `reportTrial` with a value of the objective `loss`, under the trial's lease; gives the payload.
    pub async fn report(&self, trial: &Value, step: i64, value: f64) -> Value {
        let values = json!([{ "objective": "loss", "value": value }]);
        let input = json!({
            "trialId": trial["id"], "leaseToken": token_of(trial), "step": step, "values": values,
        });
        self.payload("reportTrial", input).await
    }

    /// `releaseTrials`; gives the trials.
    pub async fn release(&self, leases: Value) -> Vec<Value> {
        list(&self.payload("releaseTrials", json!({ "leases": leases })).await, "trials")
    }

    /// `skipTrials`; gives the trials.
    pub async fn skip(&self, trials: &[Value]) -> Vec<Value> {
        let ids: Vec<_> = trials.iter().map(|trial| &trial["id"]).collect();
        list(&self.payload("skipTrials", json!({ "trialIds": ids })).await, "trials")
    }

    /// `excludeTrial`; gives the payload.
    pub async fn exclude(&self, trial: &Value, reason: &str) -> Value {
        self.payload("excludeTrial", json!({ "trialId": trial["id"], "reason": reason })).await
    }

    /// `includeTrial`; gives the payload.
    pub async fn include(&self, trial: &Value, reason: &str) -> Value {
        self.payload("includeTrial", json!({ "trialId": trial["id"], "reason": reason })).await
    }

    /// `correctTrial` of the objective `loss`; gives the payload.
    pub async fn correct(&self, trial: &Value, value: f64, reason: &str) -> Value {
        let values = json!([{ "objective": "loss", "value": value }]);
        let input = json!({ "trialId": trial["id"], "values": values, "reason": reason });
        self.payload("correctTrial", input).await
    }

    /// `addResults`; gives the payload.
    pub async fn add_results(&self, task: &str, results: Value) -> Value {
        self.payload("addResults", json!({ "taskId": task, "results": results })).await
    }

    /// `claimTask` for so many seconds; gives the payload.
    pub async fn claim_task(&self, runner: &str, seconds: f64) -> Value {
        self.payload("claimTask", json!({ "runner": runner, "leaseSeconds": seconds })).await
    }

    /// Waits until a task has such an event, past or to come; gives it.
    pub async fn event(&self, task: &str, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        let query = format!(
            "subscription ($filter: TaskEventFilter) {{
               taskEvents(after: \"START\", filter: $filter) {{ ...Event }} }} {EVENT}"
        );
        let variables = json!({ "filter": { "taskIds": [task] } });
        let mut events = self.subscribe(&query, variables).await;
        let found = async {
            loop {
                let event = events.take(1).await.remove(0);
                if is(&event) {
                    return event;
                }
            }
        };
        within(25, what, found).await
    }

    /// Waits until a trial has moved into this state so many times; gives the event of the last move.
    pub async fn moved(&self, trial: &Value, to: &str, times: usize) -> Value {
        let id = trial["id"].as_str().expect("the id of a trial");
        let (task, _) = id.split_once(':').expect("the id of a trial");
        let seen = std::cell::Cell::new(0);
        let what = format!("{id} to become {to} ({times})");
        let is = |event: &Value| {
            if event["trialId"] == id && event["trialTo"] == to {
                seen.set(seen.get() + 1);
            }
            seen.get() == times
        };
        self.event(task, &what, is).await
    }

    /// `releaseTask`; gives the task.
    pub async fn release_task(&self, task: &str, token: i64) -> Value {
        self.payload("releaseTask", json!({ "taskId": task, "token": token })).await["task"].clone()
    }
}

fn list(payload: &Value, field: &str) -> Vec<Value> {
    payload[field].as_array().unwrap_or_else(|| panic!("no {field} in {payload}")).clone()
}
