//! Stopping what will not become good: against a second, small implementation of each rule.

use std::collections::BTreeMap;

use asktell_tests::{App, Client, Db, Random, lease_of, measured, quadratic_with, time, token_of};
use rstest::rstest;
use serde_json::{Value, json};

const WITH_REPORTS: &str = "...Trial reports { step values { objective value } at }";

/// What one trial has reported, the smaller the better, and whether it was measured to the end.
#[derive(Debug, Clone, Default)]
struct Curve {
    reports: BTreeMap<i64, f64>,
    completed: bool,
}

/// A number with one decimal from 0 to 10.
fn draw(random: &mut Random) -> f64 {
    f64::from(u32::try_from(random.within(0, 101)).expect("small")) / 10.0
}

/// The median rule: worse at its best than the median of what the others have reported at that step.
fn below_median(all: &[Curve], own: usize, step: i64, startup: usize, warmup: i64) -> bool {
    let completed = all.iter().filter(|curve| curve.completed).count();
    if completed < startup || step <= warmup {
        return false;
    }
    let others = all.iter().enumerate().filter(|(n, _)| *n != own).map(|(_, curve)| curve);
    let mut there: Vec<f64> =
        others.filter_map(|curve| curve.reports.get(&step)).copied().collect();
    there.sort_by(f64::total_cmp);
    let middle = there.len() / 2;
    let median = match there.len() {
        0 => return false,
        odd if odd % 2 == 1 => there[middle],
        _ => f64::midpoint(there[middle - 1], there[middle]),
    };
    let best =
        all[own].reports.range(..=step).map(|(_, value)| *value).fold(f64::INFINITY, f64::min);
    best > median
}

/// Asynchronous successive halving: at a rung only the best one in so many of those that have
/// reached it go on, and the best one always.
fn below_rung(all: &[Curve], own: usize, step: i64, first: i64, factor: i64) -> bool {
    let mut rung = first;
    while rung < step {
        rung *= factor;
    }
    if rung != step {
        return false;
    }
    let mut there: Vec<f64> =
        all.iter().filter_map(|curve| curve.reports.get(&step)).copied().collect();
    there.sort_by(f64::total_cmp);
    let places = (there.len() / usize::try_from(factor).expect("small")).max(1);
    all[own].reports[&step] > there[places - 1]
}

/// Reports for a task of either direction.
struct Reporter<'a> {
    app: &'a Client,
    task: String,
    maximize: bool,
}

impl<'a> Reporter<'a> {
    async fn new(app: &'a Client, maximize: bool, pruning: Value) -> Self {
        let direction = if maximize { "MAXIMIZE" } else { "MINIMIZE" };
        let objectives = json!([{ "name": "loss", "direction": direction }]);
        let fields = json!({ "objectives": objectives, "pruning": pruning });
        Self { app, task: app.running_task(quadratic_with(fields)).await, maximize }
    }

    /// Reports a cost; whether the trial was stopped by it.
    async fn stops(&self, trial: &Value, step: i64, cost: f64) -> bool {
        let value = if self.maximize { -cost } else { cost };
        let payload = self.app.report(trial, step, value).await;
        let stopped = match payload["verdict"].as_str() {
            Some("GO_ON") => false,
            Some("STOP") => true,
            _ => panic!("an unexpected verdict: {payload}"),
        };
        let state = if stopped { "PRUNED" } else { "RUNNING" };
        assert_eq!(payload["trial"]["state"], state, "{payload}");
        stopped
    }

    async fn completes(&self, trial: &Value, cost: f64) {
        let value = if self.maximize { -cost } else { cost };
        let told = self.app.tell_with(trial, token_of(trial), value).await;
        assert_eq!(told["receipt"], "COUNTED");
    }
}

#[rstest]
#[case::plain(5, 0, false)]
#[case::after_two_steps(3, 2, false)]
#[case::to_be_maximized(1, 1, true)]
#[case::from_the_first_trial(0, 0, false)]
#[tokio::test]
async fn the_median_rule_is_that_of_the_reference(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[case] startup: usize,
    #[case] warmup: i64,
    #[case] maximize: bool,
) {
    let Some(app) = App::start(db).await else { return };
    let pruning = json!({ "kind": "MEDIAN", "startupTrials": startup, "warmupSteps": warmup });
    let reporter = Reporter::new(&app, maximize, pruning).await;
    let mut random = Random::new(100 + startup as u64);
    let mut all: Vec<Curve> = Vec::new();
    let mut pruned = 0;
    for number in 1..=30_usize {
        let trial = app.lease(&reporter.task, 600.0).await;
        assert_eq!(trial["number"], number);
        all.push(Curve::default());
        let length = i64::try_from(random.within(2, 7)).expect("small");
        // A level of its own, and a little noise.
        let level = draw(&mut random);
        let mut cost = level;
        let mut stopped = false;
        for step in 0..length {
            // Not every trial reports at every step.
            if random.percent(15) {
                continue;
            }
            all[number - 1].reports.insert(step, cost);
            let expected = below_median(&all, number - 1, step, startup, warmup);
            stopped = reporter.stops(&trial, step, cost).await;
            assert_eq!(stopped, expected, "trial {number} at step {step}: {all:#?}");
            if stopped {
                pruned += 1;
                break;
            }
            cost = level + draw(&mut random) / 10.0;
        }
        if !stopped {
            reporter.completes(&trial, cost).await;
            all[number - 1].completed = true;
        }
    }
    let counts = app.task(&reporter.task).await["trialCounts"].clone();
    assert_eq!((&counts["pruned"], &counts["completed"]), (&json!(pruned), &json!(30 - pruned)));
    assert!((3..=27).contains(&pruned), "{pruned} were stopped: the curves say nothing");
}

#[rstest]
#[case::by_three(1, 3, false)]
#[case::by_two(2, 2, true)]
#[case::by_four(3, 4, false)]
#[tokio::test]
async fn successive_halving_is_that_of_the_reference(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[case] first: i64,
    #[case] factor: i64,
    #[case] maximize: bool,
) {
    let Some(app) = App::start(db).await else { return };
    let pruning = json!({
        "kind": "SUCCESSIVE_HALVING", "minResource": first, "reductionFactor": factor,
    });
    let reporter = Reporter::new(&app, maximize, pruning).await;
    let mut random = Random::new(7 + factor.unsigned_abs());
    let longest = first * factor * factor;
    // Four trials run beside each other; whichever is drawn goes a step on.
    let mut all: Vec<Curve> = Vec::new();
    let mut running: Vec<(usize, Value, i64, f64)> = Vec::new();
    let (mut pruned, mut completed) = (0, 0);
    while pruned + completed < 30 {
        if running.len() < 4 && all.len() < 30 {
            let trial = app.lease(&reporter.task, 600.0).await;
            running.push((all.len(), trial, 0, 10.0 + draw(&mut random)));
            all.push(Curve::default());
        }
        let place = random.place(running.len());
        let (number, trial, step, cost) = &mut running[place];
        *step += 1;
        // It only ever gets better.
        *cost -= draw(&mut random) / 10.0;
        all[*number].reports.insert(*step, *cost);
        let expected = below_rung(&all, *number, *step, first, factor);
        let stopped = reporter.stops(trial, *step, *cost).await;
        assert_eq!(stopped, expected, "trial {} at step {step}: {all:#?}", *number + 1);
        if stopped {
            pruned += 1;
            running.swap_remove(place);
        } else if *step == longest {
            reporter.completes(trial, *cost).await;
            all[*number].completed = true;
            completed += 1;
            running.swap_remove(place);
        }
    }
    let counts = app.task(&reporter.task).await["trialCounts"].clone();
    assert_eq!((&counts["pruned"], &counts["completed"]), (&json!(pruned), &json!(completed)));
    assert!(pruned > 5 && completed > 0, "{pruned} stopped, {completed} completed");
}

#[rstest]
#[tokio::test]
async fn a_stopped_trial_is_told_of_everywhere(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let pruning = json!({ "kind": "MEDIAN", "startupTrials": 1 });
    let reporter = Reporter::new(&app, false, pruning).await;
    let id = &reporter.task;
    let good = app.lease(id, 600.0).await;
    app.report(&good, 1, 1.0).await;
    app.tell_with(&good, token_of(&good), 0.5).await;

    let bad = app.lease(id, 600.0).await;
    assert_eq!(app.report(&bad, 0, 9.0).await["verdict"], "GO_ON", "nothing to compare with");
    let payload = app.report(&bad, 1, 9.0).await;
    assert_eq!(payload["verdict"], "STOP");
    assert!(payload["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
    let trial = &payload["trial"];
    assert_eq!((&trial["state"], &trial["lease"]), (&json!("PRUNED"), &Value::Null));
    assert!(trial["failureReason"].as_str().is_some_and(|reason| !reason.is_empty()));
    assert_eq!(trial["attempts"][0]["outcome"], "PRUNED");
    assert!(trial["finishedAt"].is_string());
    let event = app.moved(&bad, "PRUNED", 1).await;
    assert_eq!(
        (&event["trialFrom"], &event["reason"]),
        (&json!("RUNNING"), &trial["failureReason"])
    );
    let state = app.heartbeat(json!([lease_of(&bad)])).await[0].clone();
    assert_eq!(state["verdict"], "STOP");
    // Its worker has measured it to the end all the same: kept beside, for pruned is final.
    let told = app.tell_for(measured(&bad, Some(token_of(&bad)), 0.1)).await;
    assert_eq!((&told["receipt"], &told["trial"]["state"]), (&json!("ATTACHED"), &json!("PRUNED")));
    assert_eq!(told["task"]["bestValue"], 0.5);
    assert_eq!(told["task"]["trialCounts"]["pruned"], 1);
}

#[rstest]
#[tokio::test]
async fn nothing_is_stopped_unless_the_task_says_so(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic_with(json!({}))).await;
    assert_eq!(
        app.task(&id).await["pruning"],
        json!({
            "kind": "NONE", "startupTrials": 5, "warmupSteps": 0, "minResource": 1, "reductionFactor": 3,
        })
    );
    for number in 0..8 {
        let trial = app.lease(&id, 600.0).await;
        for step in 0..4 {
            let payload = app.report(&trial, step, f64::from(number * 10)).await;
            assert_eq!(payload["verdict"], "GO_ON");
        }
        app.tell_with(&trial, token_of(&trial), f64::from(number)).await;
    }
    // It can be switched on while the task runs.
    app.update_task(json!({ "id": id, "pruning": { "kind": "MEDIAN" } })).await;
    let trial = app.lease(&id, 600.0).await;
    assert_eq!(app.report(&trial, 1, 99.0).await["verdict"], "STOP");
}

#[rstest]
#[tokio::test]
async fn reports_are_kept_one_for_each_step(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic_with(json!({}))).await;
    let trial = app.lease(&id, 2.0).await;
    let mut expires = time(&trial["lease"]["expiresAt"]);
    for (step, value) in [(3, 3.5), (1, 1.5), (2, 2.5), (1, 1.25), (10, 0.5)] {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        let payload = app.report(&trial, step, value).await;
        assert_eq!(payload["verdict"], "GO_ON");
        let renewed = time(&payload["trial"]["lease"]["expiresAt"]);
        assert!(renewed > expires, "a report renews the lease");
        expires = renewed;
    }
    let kept = app.trials_with(&id, WITH_REPORTS, asktell_tests::TRIAL).await.remove(0);
    let reports = kept["reports"].as_array().expect("reports");
    let told: Vec<_> = reports
        .iter()
        .map(|report| (report["step"].as_i64(), report["values"][0]["value"].as_f64()))
        .collect();
    let expected = [(1, 1.25), (2, 2.5), (3, 3.5), (10, 0.5)];
    assert_eq!(told, expected.map(|(step, value)| (Some(step), Some(value))));
    assert_eq!(reports[0]["values"][0]["objective"], "loss");
    let latest = app.trials_with(&id, "reports(last: 2) { step }", "").await.remove(0);
    assert_eq!(latest["reports"], json!([{ "step": 3 }, { "step": 10 }]));
    let events = app.events_of(&id).await;
    let steps: Vec<_> = events
        .iter()
        .filter(|event| event["kind"] == "TRIAL_REPORTED")
        .map(|event| (event["step"].as_i64(), event["reported"][0]["value"].as_f64()))
        .collect();
    let expected = [(3, 3.5), (1, 1.5), (2, 2.5), (1, 1.25), (10, 0.5)];
    assert_eq!(steps, expected.map(|(step, value)| (Some(step), Some(value))));
    // They are no result.
    assert_eq!((&kept["state"], &kept["values"]), (&json!("RUNNING"), &json!([])));
    assert_eq!(app.task(&id).await["bestValue"], Value::Null);
}

#[rstest]
#[tokio::test]
async fn a_report_of_a_lost_lease_changes_nothing(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic_with(json!({}))).await;
    let lost = app.lease(&id, 0.1).await;
    app.moved(&lost, "WAITING", 1).await;
    let again = app.lease(&id, 600.0).await;
    assert_eq!(again["id"], lost["id"]);
    app.report(&again, 1, 1.0).await;
    let before = app.trials_with(&id, WITH_REPORTS, asktell_tests::TRIAL).await;
    let input = json!({
        "trialId": lost["id"], "leaseToken": token_of(&lost), "step": 1,
        "values": [{ "objective": "loss", "value": 7.0 }],
    });
    let reply = app.mutate("reportTrial", input).await;
    if reply.is_error() {
        assert_eq!(reply.error().code(), "LEASE_LOST");
    } else {
        assert_eq!(reply.data()["reportTrial"]["verdict"], "LOST");
    }
    assert_eq!(app.trials_with(&id, WITH_REPORTS, asktell_tests::TRIAL).await, before);
    // A pause goes on, an end stops.
    app.transition(&id, "PAUSED").await;
    assert_eq!(app.report(&again, 2, 1.0).await["verdict"], "GO_ON");
    app.transition(&id, "COMPLETED").await;
    assert_eq!(app.report(&again, 3, 1.0).await["verdict"], "STOP");
    let other = app.running_task(quadratic_with(json!({}))).await;
    let trial = app.lease(&other, 600.0).await;
    app.delete_task(&other).await;
    assert_eq!(app.report(&trial, 1, 1.0).await["verdict"], "STOP", "it is deleted");
}

#[rstest]
#[tokio::test]
async fn a_corrected_report_keeps_its_place_on_the_rung(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let pruning = json!({ "kind": "SUCCESSIVE_HALVING", "reductionFactor": 2 });
    let reporter = Reporter::new(&app, false, pruning).await;
    let first = app.lease(&reporter.task, 600.0).await;
    assert!(!reporter.stops(&first, 1, 5.0).await);
    assert!(!reporter.stops(&first, 1, 1.0).await, "the same step, a better value");
    let second = app.lease(&reporter.task, 600.0).await;
    assert!(reporter.stops(&second, 1, 3.0).await, "worse than what counts now");
}

#[rstest]
#[tokio::test]
async fn what_needs_one_objective_is_refused_with_several(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let several = json!([
        { "name": "loss", "direction": "MINIMIZE" }, { "name": "cost", "direction": "MINIMIZE" },
    ]);
    for (fields, path) in [
        (json!({ "pruning": { "kind": "MEDIAN" } }), "input.pruning.kind"),
        (json!({ "pruning": { "kind": "SUCCESSIVE_HALVING" } }), "input.pruning.kind"),
        (json!({ "budget": { "targetValue": 1.0 } }), "input.budget.targetValue"),
    ] {
        let mut at_once = quadratic_with(fields.clone());
        at_once["objectives"] = several.clone();
        let error = app.mutate("createTask", at_once).await.error();
        assert_eq!((error.code(), error.path().as_str()), ("VALIDATION_FAILED", path));
        // Also when the one comes before the other.
        let task = app.create_task(quadratic_with(fields.clone())).await;
        let update = json!({ "id": task["id"], "objectives": several });
        assert_eq!(app.mutate("updateTask", update).await.error().code(), "VALIDATION_FAILED");
        let other = app.create_task(quadratic_with(json!({ "objectives": several }))).await;
        let mut update = fields.clone();
        update["id"] = other["id"].clone();
        let error = app.mutate("updateTask", update).await.error();
        assert_eq!((error.code(), error.path().as_str()), ("VALIDATION_FAILED", path));
    }
    // Without the rule they are taken.
    let off = json!({ "objectives": several, "pruning": { "kind": "NONE" } });
    app.running_task(quadratic_with(off)).await;
}
