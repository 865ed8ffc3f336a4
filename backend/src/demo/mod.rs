//! A campaign to watch: a worker that optimizes a test function, or measured data, through the public API, as any other
//! worker would.

mod client;
mod function;
mod measured;

use std::{net::SocketAddr, path::Path, time::Duration};

use anyhow::Context as _;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::config::{DemoDirection, DemoOptions};
use client::{Client, Refused};

/// What the demo optimizes.
trait Experiment: Send + Sync {
    /// The fields of the task: name, description, space, objective.
    fn task(&self) -> Value;
    /// The name of the objective.
    fn objective(&self) -> &str;
    /// Measures a point.
    fn measure(&mut self, point: &Value) -> anyhow::Result<f64>;
}

/// Makes a task, starts it, and works on it until it has its trials or `stop`.
pub async fn run(
    options: DemoOptions,
    server: SocketAddr,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let asked = options.clone();
    let experiment = tokio::task::spawn_blocking(move || experiment(&asked)).await??;
    let work = Worker {
        client: Client::new(server)?,
        experiment,
        pace: Duration::from_millis(options.pace),
        trials: options.trials,
    };
    tokio::select! {
        () = stop.cancelled() => Ok(()),
        done = work.run() => done,
    }
}

fn experiment(options: &DemoOptions) -> anyhow::Result<Box<dyn Experiment>> {
    match (&options.csv, &options.objective) {
        (Some(path), Some(objective)) => {
            let measured = measured(options, path, objective)
                .with_context(|| format!("cannot use {}", path.display()))?;
            Ok(Box::new(measured))
        }
        _ => Ok(Box::new(function::Branin)),
    }
}

/// Reads the table, and says what was recognised.
fn measured(
    options: &DemoOptions,
    path: &Path,
    objective: &str,
) -> anyhow::Result<measured::Measured> {
    let bytes = crate::table::file(path)?;
    let name = path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
    let answers = crate::table::answers(&bytes, &options.table)?;
    let maximize = options.direction == DemoDirection::Maximize;
    let measured = measured::Measured::read(&bytes, name, objective, maximize, answers)?;
    for notice in &measured.notices {
        println!("  table      {notice}");
    }
    Ok(measured)
}

/// The name that the demo's worker gives itself.
const WORKER: &str = "demo";

/// How many seconds it has for an evaluation, and waits for work at most.
const LEASE: u64 = 60;
const WAIT: u64 = 20;

struct Worker {
    client: Client,
    experiment: Box<dyn Experiment>,
    pace: Duration,
    trials: u32,
}

impl Worker {
    async fn run(mut self) -> anyhow::Result<()> {
        let mut input = self.experiment.task();
        // Nothing is said of the strategy: the server chooses. It counts, too: the task completes itself when its last trial
        // is in.
        input["budget"] = json!({"maxTrials": self.trials});
        let made =
            self.client.mutate("createTask", "CreateTaskInput", "task { id }", input).await?;
        let task = made["task"]["id"].as_str().context("no id")?.to_owned();
        self.start(&task).await?;
        loop {
            let input = json!({
                "taskId": task, "worker": WORKER, "leaseSeconds": LEASE + self.pace.as_secs(),
                "waitSeconds": WAIT,
            });
            let selection = "trials { id point lease { token } }";
            match self.client.mutate("ask", "AskInput", selection, input).await {
                Ok(asked) => {
                    for trial in asked["trials"].as_array().into_iter().flatten() {
                        tokio::time::sleep(self.pace).await;
                        self.tell(trial).await?;
                    }
                }
                // It is complete; or somebody paused, ended or deleted it in the page: that is what the page is for.
                Err(Refused::Code(code)) if code == "TASK_NOT_RUNNING" => {
                    if self.has_ended(&task).await? {
                        return Ok(());
                    }
                    tokio::time::sleep(self.pace).await;
                }
                Err(Refused::Code(code)) if code == "TASK_NOT_FOUND" => return Ok(()),
                Err(refused) => return Err(refused.into()),
            }
        }
    }

    async fn tell(&mut self, trial: &Value) -> anyhow::Result<()> {
        let value = self.experiment.measure(&trial["point"])?;
        let values = json!([{"objective": self.experiment.objective(), "value": value}]);
        let input = json!({
            "trialId": trial["id"],
            "leaseToken": trial["lease"]["token"],
            "outcome": {"values": values},
        });
        match self.client.mutate("tell", "TellInput", "trial { id }", input).await {
            // Somebody has typed in a result in the page, or changed what happens to late ones.
            Err(Refused::Code(code)) if code == "LEASE_LOST" => Ok(()),
            told => Ok(told.map(|_| ())?),
        }
    }

    async fn start(&self, task: &str) -> anyhow::Result<()> {
        let input = json!({"id": task, "to": "RUNNING", "reason": "the demo begins"});
        let started =
            self.client.mutate("transitionTask", "TransitionTaskInput", "task { id }", input);
        match started.await {
            // Somebody was quicker in the page.
            Err(Refused::Code(code)) if code == "INVALID_STATUS_TRANSITION" => Ok(()),
            done => Ok(done.map(|_| ())?),
        }
    }

    async fn has_ended(&self, task: &str) -> anyhow::Result<bool> {
        let query = "query ($id: ID!) { task(id: $id) { status } }";
        let found = self.client.query(query, json!({"id": task})).await?;
        Ok(!matches!(
            found["task"]["status"].as_str(),
            Some("PAUSED" | "CREATED" | "RUNNING" | "FAILED")
        ))
    }
}
