//! Ask, tell and points.

use super::{Case, INVALID, WRONG_TYPE, mutation};

pub(super) fn cases() -> Vec<Case> {
    [asks(), tells(), points()].into_iter().flatten().collect()
}

fn asks() -> Vec<Case> {
    let ask = |what, input: &str, codes, path| mutation(what, "ask", input, codes, path);
    let long = format!(r#"{{"taskId": "$RUNNING", "worker": "{}"}}"#, "x".repeat(101));
    vec![
        ask("asking for none", r#"{"taskId": "$RUNNING", "count": 0}"#, INVALID, "count"),
        ask("asking for -1", r#"{"taskId": "$RUNNING", "count": -1}"#, INVALID, "count"),
        ask("asking for 1,001", r#"{"taskId": "$RUNNING", "count": 1001}"#, INVALID, "count"),
        ask("asking for null", r#"{"taskId": "$RUNNING", "count": null}"#, WRONG_TYPE, ""),
        ask("asking for one and a half", r#"{"taskId": "$RUNNING", "count": 1.5}"#, WRONG_TYPE, ""),
        ask(
            "asking a task that does not run",
            r#"{"taskId": "$CREATED"}"#,
            &["TASK_NOT_RUNNING"],
            "",
        ),
        ask("asking nobody", r#"{"taskId": "$NOBODY"}"#, &["TASK_NOT_FOUND"], ""),
        ask("asking a trial", r#"{"taskId": "$TRIAL"}"#, INVALID, "taskId"),
        ask("a worker without name", r#"{"taskId": "$RUNNING", "worker": ""}"#, INVALID, "worker"),
        ask("a worker of 101 characters", &long, INVALID, "worker"),
        ask(
            "a worker of two lines",
            r#"{"taskId": "$RUNNING", "worker": "a\nb"}"#,
            INVALID,
            "worker",
        ),
    ]
}

fn tells() -> Vec<Case> {
    let outcome = |what, outcome: &str, codes, path| {
        mutation(
            what,
            "tell",
            &format!(r#"{{"trialId": "$TRIAL", "outcome": {outcome}}}"#),
            codes,
            path,
        )
    };
    let of = |what, id: &str, codes, path| {
        let outcome = r#"{"values": [{"objective": "loss", "value": 1}]}"#;
        mutation(
            what,
            "tell",
            &format!(r#"{{"trialId": "{id}", "outcome": {outcome}}}"#),
            codes,
            path,
        )
    };
    let value = |what, value: &str, codes, path| {
        let values = format!(r#"{{"values": [{{"objective": "loss", "value": {value}}}]}}"#);
        outcome(what, &values, codes, path)
    };
    vec![
        value("NaN as result", r#""NaN""#, WRONG_TYPE, ""),
        value(
            "infinity as result",
            "-1e999",
            &["BAD_REQUEST", "BAD_USER_INPUT", "VALIDATION_FAILED"],
            "",
        ),
        value("null as result", "null", WRONG_TYPE, ""),
        value("a truth value as result", "true", WRONG_TYPE, ""),
        outcome("no values", r#"{"values": []}"#, INVALID, "outcome.values"),
        outcome(
            "an unknown objective",
            r#"{"values": [{"objective": "gain", "value": 1}]}"#,
            INVALID,
            "outcome.values.0.objective",
        ),
        outcome(
            "an objective twice",
            r#"{"values": [{"objective": "loss", "value": 1}, {"objective": "loss", "value": 2}]}"#,
            INVALID,
            "outcome.values.1.objective",
        ),
        outcome(
            "values and a failure",
            r#"{"values": [{"objective": "loss", "value": 1}], "failure": {"reason": "x"}}"#,
            WRONG_TYPE,
            "",
        ),
        outcome("an empty outcome", "{}", WRONG_TYPE, ""),
        outcome("a null outcome", "null", WRONG_TYPE, ""),
        outcome("a failure without reason", r#"{"failure": {}}"#, WRONG_TYPE, ""),
        of("telling of a task", "$RUNNING", INVALID, "trialId"),
        of("telling of trial 0", "$RUNNING:0", INVALID, "trialId"),
        of("telling of trial 01", "$RUNNING:01", INVALID, "trialId"),
        of("telling of trial -1", "$RUNNING:-1", INVALID, "trialId"),
        of(
            "telling of a trial beyond numbers",
            "$RUNNING:99999999999999999999",
            INVALID,
            "trialId",
        ),
        of("telling of a trial that is not there", "$RUNNING:99", &["TRIAL_NOT_FOUND"], ""),
        of("telling of a trial of nobody", "$NOBODY:1", &["TRIAL_NOT_FOUND"], ""),
    ]
}

fn points() -> Vec<Case> {
    let enqueue = |what, points: &str, codes, path| {
        let input = format!(r#"{{"taskId": "$RUNNING", "points": {points}}}"#);
        mutation(what, "enqueueTrials", &input, codes, path)
    };
    let many = vec![r#"{"x": 1, "y": 1}"#; 1_001].join(",");
    vec![
        enqueue("no points", "[]", INVALID, "points"),
        enqueue("1,001 points", &format!("[{many}]"), INVALID, "points"),
        enqueue("a point outside", r#"[{"x": 11, "y": 1}]"#, INVALID, "points.0.x"),
        enqueue("a missing parameter", r#"[{"x": 1}]"#, INVALID, "points.0.y"),
        enqueue("a parameter too many", r#"[{"x": 1, "y": 1, "z": 1}]"#, INVALID, "points.0.z"),
        enqueue("a text as number", r#"[{"x": "1", "y": 1}]"#, INVALID, "points.0.x"),
        enqueue("null as coordinate", r#"[{"x": 1, "y": null}]"#, INVALID, "points.0.y"),
        enqueue("a list as coordinate", r#"[{"x": [1], "y": 1}]"#, INVALID, "points.0.x"),
        enqueue(
            "a good point and a bad one",
            r#"[{"x": 1, "y": 1}, {"x": 1, "y": -1}]"#,
            INVALID,
            "points.1.y",
        ),
        enqueue("a list as point", "[[1, 2]]", WRONG_TYPE, ""),
        enqueue("null as point", "[null]", WRONG_TYPE, ""),
    ]
}
