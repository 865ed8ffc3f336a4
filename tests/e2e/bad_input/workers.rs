//! Leases, budgets, policies, results and claims.

use super::{Case, INVALID, WRONG_TYPE, mutation};

const LOST: &[&str] = &["LEASE_LOST"];
const NOT_A_NUMBER: &[&str] = &["BAD_REQUEST", "BAD_USER_INPUT", "VALIDATION_FAILED"];
const NO_TRIAL: &[&str] = &["TRIAL_NOT_FOUND"];
const STATE: &[&str] = &["INVALID_TRIAL_STATE"];

pub(super) fn cases() -> Vec<Case> {
    [
        queueing(),
        budgets(),
        policies(),
        pruning(),
        constraints(),
        keys(),
        asks(),
        tells(),
        beside(),
        heartbeats(),
        reports(),
        given_back(),
        results(),
        by_hand(),
        claims(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A field of a new task.
fn field(
    what: &'static str,
    field: &str,
    value: &str,
    codes: &'static [&'static str],
    path: &str,
) -> Case {
    mutation(what, "createTask", &format!("{{\"{field}\": {value}}}"), codes, path)
}

/// So many copies of an item, as a list.
fn copies(item: &str, count: usize) -> String {
    format!("[{}]", vec![item; count].join(","))
}

/// So many different texts, as a list.
fn words(count: usize) -> String {
    format!("[{}]", (0..count).map(|n| format!("\"w{n}\"")).collect::<Vec<_>>().join(","))
}

fn queueing() -> Vec<Case> {
    let long = format!("\"{}\"", "x".repeat(101));
    vec![
        field("a priority too high", "priority", "1000001", INVALID, "priority"),
        field("a priority too low", "priority", "-1000001", INVALID, "priority"),
        field("a fraction as priority", "priority", "1.5", WRONG_TYPE, ""),
        field("a priority beyond 32 bits", "priority", "4294967296", INVALID, "priority"),
        field("an owner without name", "owner", "\"\"", INVALID, "owner"),
        field("an owner of 101 characters", "owner", &long, INVALID, "owner"),
        field("an owner of two lines", "owner", r#""a\nb""#, INVALID, "owner"),
        field("an owner with U+0000", "owner", r#""\u0000""#, INVALID, "owner"),
        field("33 labels", "labels", &words(33), INVALID, "labels"),
        field("an empty label", "labels", r#"["gpu", ""]"#, INVALID, "labels.1"),
        field("a label of 101 characters", "labels", &format!("[{long}]"), INVALID, "labels.0"),
        field("null as label", "labels", r#"["gpu", null]"#, WRONG_TYPE, ""),
    ]
}

fn budgets() -> Vec<Case> {
    let budget = |what, budget: &str, codes, path| {
        field(what, "budget", &format!("{{{budget}}}"), codes, path)
    };
    vec![
        budget("a budget of no trials", r#""maxTrials": 0"#, INVALID, "budget.maxTrials"),
        budget("a budget of -1 trials", r#""maxTrials": -1"#, INVALID, "budget.maxTrials"),
        budget("a budget of half a trial", r#""maxTrials": 0.5"#, WRONG_TYPE, ""),
        budget("no places at all", r#""maxRunning": 0"#, INVALID, "budget.maxRunning"),
        budget("a share of nothing", r#""maxShare": 0"#, INVALID, "budget.maxShare"),
        budget("a negative share", r#""maxShare": -0.5"#, INVALID, "budget.maxShare"),
        budget("more than everything", r#""maxShare": 1.01"#, INVALID, "budget.maxShare"),
        budget("no patience", r#""patience": 0"#, INVALID, "budget.patience"),
        budget("no failures at all", r#""maxFailures": 0"#, INVALID, "budget.maxFailures"),
        budget(
            "a row of -1 failures",
            r#""maxConsecutiveFailures": -1"#,
            INVALID,
            "budget.maxConsecutiveFailures",
        ),
        budget(
            "a deadline that has passed",
            r#""deadline": "2001-01-01T00:00:00Z""#,
            INVALID,
            "budget.deadline",
        ),
        budget("a deadline in words", r#""deadline": "tomorrow""#, WRONG_TYPE, ""),
        budget("a deadline as number", r#""deadline": 1900000000"#, WRONG_TYPE, ""),
        budget("a deadline without zone", r#""deadline": "2030-01-31T12:00:00""#, WRONG_TYPE, ""),
        budget("a day that is not", r#""deadline": "2030-02-30T12:00:00Z""#, WRONG_TYPE, ""),
        budget("an infinite target", r#""targetValue": -1e999"#, NOT_A_NUMBER, ""),
        budget("NaN as target", r#""targetValue": "NaN""#, WRONG_TYPE, ""),
        budget("an unknown bound", r#""maxMoney": 5"#, WRONG_TYPE, ""),
        mutation(
            "an update to no trials",
            "updateTask",
            r#"{"id": "$RUNNING", "budget": {"maxTrials": 0}}"#,
            INVALID,
            "budget.maxTrials",
        ),
    ]
}

fn policies() -> Vec<Case> {
    let policy = |what, policy: &str, codes, path: &str| {
        let path = if path.is_empty() { String::new() } else { format!("trialPolicy.{path}") };
        field(what, "trialPolicy", &format!("{{{policy}}}"), codes, &path)
    };
    let kinds = format!("\"retryKinds\": {}", words(33));
    vec![
        policy("leases of 0.05 s", r#""leaseSeconds": 0.05"#, INVALID, "leaseSeconds"),
        policy("leases of 0 s", r#""leaseSeconds": 0"#, INVALID, "leaseSeconds"),
        policy("leases of -1 s", r#""leaseSeconds": -1"#, INVALID, "leaseSeconds"),
        policy("leases over 30 days", r#""leaseSeconds": 2592000.5"#, INVALID, "leaseSeconds"),
        policy("leases for ever", r#""leaseSeconds": 1e999"#, NOT_A_NUMBER, ""),
        policy("no attempts", r#""maxAttempts": 0"#, INVALID, "maxAttempts"),
        policy("a negative wait", r#""backoffSeconds": -0.1"#, INVALID, "backoffSeconds"),
        policy(
            "a negative longest wait",
            r#""maxBackoffSeconds": -1"#,
            INVALID,
            "maxBackoffSeconds",
        ),
        policy("33 kinds of failure", &kinds, INVALID, "retryKinds"),
        policy("an empty kind", r#""retryKinds": ["a", ""]"#, INVALID, "retryKinds.1"),
        policy("an unknown late policy", r#""lateResults": "MAYBE""#, WRONG_TYPE, ""),
        policy("an unknown retry", r#""retryOn": "SOMETIMES""#, WRONG_TYPE, ""),
    ]
}

fn pruning() -> Vec<Case> {
    let pruning = |what, kind: &str, field: &str, number: &str, codes, path: &str| {
        let input = format!(r#"{{"pruning": {{"kind": "{kind}", "{field}": {number}}}}}"#);
        mutation(what, "createTask", &input, codes, path)
    };
    let startup = "pruning.startupTrials";
    let halving = "SUCCESSIVE_HALVING";
    let factor = "reductionFactor";
    vec![
        pruning("-1 trials to start up", "MEDIAN", "startupTrials", "-1", INVALID, startup),
        pruning(
            "-1 steps to warm up",
            "MEDIAN",
            "warmupSteps",
            "-1",
            INVALID,
            "pruning.warmupSteps",
        ),
        pruning("a resource of 0", halving, "minResource", "0", INVALID, "pruning.minResource"),
        pruning("a reduction by 1", halving, factor, "1", INVALID, "pruning.reductionFactor"),
        pruning("a reduction by 2.5", halving, factor, "2.5", WRONG_TYPE, ""),
        pruning("an unknown pruner", "AXE", factor, "2", WRONG_TYPE, ""),
    ]
}

fn constraints() -> Vec<Case> {
    let list = |what, list: &str, codes, path| field(what, "constraints", list, codes, path);
    vec![
        list("a constraint of nothing", r#"[{"name": "a"}]"#, INVALID, "constraints.0"),
        list(
            "a constraint without name",
            r#"[{"name": "", "atMost": 1}]"#,
            INVALID,
            "constraints.0.name",
        ),
        list(
            "a constraint with crossed bounds",
            r#"[{"name": "a", "atLeast": 2, "atMost": 1}]"#,
            INVALID,
            "constraints.0.atLeast",
        ),
        list(
            "two constraints of one name",
            r#"[{"name": "a", "atMost": 1}, {"name": "a", "atLeast": 0}]"#,
            INVALID,
            "constraints.1.name",
        ),
        list("an infinite bound", r#"[{"name": "a", "atMost": 1e999}]"#, NOT_A_NUMBER, ""),
        list("a text as bound", r#"[{"name": "a", "atMost": "1"}]"#, WRONG_TYPE, ""),
        mutation(
            "a constraint after the start",
            "updateTask",
            r#"{"id": "$RUNNING", "constraints": [{"name": "a", "atMost": 1}]}"#,
            &["TASK_ALREADY_STARTED"],
            "",
        ),
    ]
}

fn keys() -> Vec<Case> {
    let key = |what, key: &str| {
        let input = format!("{{\"name\": \"x\", \"idempotencyKey\": {key}}}");
        mutation(what, "createTask", &input, INVALID, "idempotencyKey")
    };
    vec![
        key("an empty key", "\"\""),
        key("a key of 201 characters", &format!("\"{}\"", "é".repeat(201))),
        key("a key with U+0000", r#""a\u0000b""#),
        mutation(
            "a number as key",
            "transitionTask",
            r#"{"id": "$CREATED", "to": "RUNNING", "idempotencyKey": 7}"#,
            WRONG_TYPE,
            "",
        ),
        mutation(
            "an empty key of an ask",
            "ask",
            r#"{"taskId": "$RUNNING", "idempotencyKey": ""}"#,
            INVALID,
            "idempotencyKey",
        ),
    ]
}

fn asks() -> Vec<Case> {
    let ask = |what, fields: &str, codes, path| {
        mutation(what, "ask", &format!("{{\"taskId\": \"$RUNNING\", {fields}}}"), codes, path)
    };
    let queue = |what, fields: &str, codes, path| {
        mutation(what, "ask", &format!("{{{fields}}}"), codes, path)
    };
    vec![
        ask("a lease of 0.09 s", r#""leaseSeconds": 0.09"#, INVALID, "leaseSeconds"),
        ask("a lease of -5 s", r#""leaseSeconds": -5"#, INVALID, "leaseSeconds"),
        ask("a lease over 30 days", r#""leaseSeconds": 2592001"#, INVALID, "leaseSeconds"),
        ask("a lease in words", r#""leaseSeconds": "long""#, WRONG_TYPE, ""),
        ask("a lease for ever", r#""leaseSeconds": 1e400"#, NOT_A_NUMBER, ""),
        ask("waiting for -1 s", r#""waitSeconds": -1"#, INVALID, "waitSeconds"),
        ask("waiting for 301 s", r#""waitSeconds": 301"#, INVALID, "waitSeconds"),
        ask("waiting for null", r#""waitSeconds": null"#, WRONG_TYPE, ""),
        queue("none of the queue", r#""count": 0"#, INVALID, "count"),
        queue("1,001 of the queue", r#""count": 1001"#, INVALID, "count"),
        queue("an empty capability", r#""capabilities": [""]"#, INVALID, "capabilities.0"),
        queue(
            "too many capabilities",
            &format!("\"capabilities\": {}", words(1_001)),
            INVALID,
            "capabilities",
        ),
    ]
}

fn tells() -> Vec<Case> {
    let outcome = |what, outcome: &str, codes, path| {
        let input =
            format!(r#"{{"trialId": "$TRIAL", "leaseToken": $TOKEN, "outcome": {outcome}}}"#);
        mutation(what, "tell", &input, codes, path)
    };
    let deviation = |what, deviation: &str, codes, path| {
        let values = format!(
            r#"{{"values": [{{"objective": "loss", "value": 1, "standardDeviation": {deviation}}}]}}"#
        );
        outcome(what, &values, codes, path)
    };
    let at = "outcome.values.0.standardDeviation";
    let kind = |kind: &str| format!(r#"{{"failure": {{"reason": "no", "kind": "{kind}"}}}}"#);
    let token = |what, token: &str, codes| {
        let input = format!(
            r#"{{"trialId": "$TRIAL", "leaseToken": {token}, "outcome": {{"failure": {{"reason": "no"}}}}}}"#
        );
        mutation(what, "tell", &input, codes, "")
    };
    vec![
        deviation("a negative deviation", "-1e-9", INVALID, at),
        deviation("an infinite deviation", "1e999", NOT_A_NUMBER, ""),
        deviation("a deviation in words", "\"small\"", WRONG_TYPE, ""),
        outcome("a kind without name", &kind(""), INVALID, "outcome.failure.kind"),
        outcome(
            "a kind of 101 characters",
            &kind(&"x".repeat(101)),
            INVALID,
            "outcome.failure.kind",
        ),
        outcome("infeasible without reason", r#"{"infeasible": {}}"#, WRONG_TYPE, ""),
        outcome(
            "stopped and infeasible",
            r#"{"pruned": {}, "infeasible": {"reason": "x"}}"#,
            WRONG_TYPE,
            "",
        ),
        token("a fraction as token", "1.5", WRONG_TYPE),
        token("a text as token", "\"1\"", WRONG_TYPE),
        token("the failure of another lease", "77", LOST),
    ]
}

fn beside() -> Vec<Case> {
    let with = |what, fields: &str, codes, path| {
        let input = format!(
            r#"{{"trialId": "$TRIAL", "leaseToken": $TOKEN, {fields},
            "outcome": {{"values": [{{"objective": "loss", "value": 1}}]}}}}"#
        );
        mutation(what, "tell", &input, codes, path)
    };
    let link = |what, url: &str| {
        with(
            what,
            &format!(r#""artifacts": [{{"name": "a", "url": "{url}"}}]"#),
            INVALID,
            "artifacts.0.url",
        )
    };
    let metric = r#"{"name": "m", "value": 1}"#;
    let file = r#"{"name": "a", "url": "https://example.org/a"}"#;
    let metrics: Vec<_> = (0..101).map(|n| format!(r#"{{"name": "m{n}", "value": 1}}"#)).collect();
    vec![
        with(
            "a metric twice",
            &format!(r#""metrics": [{metric}, {metric}]"#),
            INVALID,
            "metrics.1.name",
        ),
        with(
            "a metric without name",
            r#""metrics": [{"name": "", "value": 1}]"#,
            INVALID,
            "metrics.0.name",
        ),
        with("101 metrics", &format!("\"metrics\": [{}]", metrics.join(",")), INVALID, "metrics"),
        with("NaN as metric", r#""metrics": [{"name": "m", "value": "NaN"}]"#, WRONG_TYPE, ""),
        with(
            "an infinite metric",
            r#""metrics": [{"name": "m", "value": 1e999}]"#,
            NOT_A_NUMBER,
            "",
        ),
        with("a metric without value", r#""metrics": [{"name": "m"}]"#, WRONG_TYPE, ""),
        with("a list as metadata", r#""metadata": [1]"#, WRONG_TYPE, ""),
        with(
            "metadata with U+0000 in a result",
            r#""metadata": {"k": "\u0000"}"#,
            INVALID,
            "metadata.k",
        ),
        with(
            "17 kB of metadata",
            &format!(r#""metadata": {{"k": "{}"}}"#, "x".repeat(17_000)),
            INVALID,
            "metadata",
        ),
        with(
            "101 artifacts",
            &format!("\"artifacts\": {}", copies(file, 101)),
            INVALID,
            "artifacts",
        ),
        with(
            "an artifact without name",
            r#""artifacts": [{"name": "", "url": "https://a.org"}]"#,
            INVALID,
            "artifacts.0.name",
        ),
        link("a script as link", "javascript:alert(1)"),
        link("a script in capitals as link", "JavaScript:alert(1)"),
        link("data as link", "data:text/html,x"),
        link("a path as link", "/etc/passwd"),
        link("no link", ""),
        link("a link with a line break", "https://example.org/\\na"),
        link("a link of 2,001 characters", &format!("https://example.org/{}", "x".repeat(1_981))),
    ]
}

fn heartbeats() -> Vec<Case> {
    let beat = |what, fields: &str, codes, path| {
        mutation(what, "heartbeat", &format!("{{{fields}}}"), codes, path)
    };
    let lease = r#"{"trialId": "$TRIAL", "token": $TOKEN}"#;
    let claim = r#"{"taskId": "$RUNNING", "token": 1}"#;
    vec![
        beat("1,001 leases", &format!("\"leases\": {}", copies(lease, 1_001)), INVALID, "leases"),
        beat("1,001 claims", &format!("\"claims\": {}", copies(claim, 1_001)), INVALID, "claims"),
        beat(
            "a lease of a task",
            r#""leases": [{"trialId": "$RUNNING", "token": 1}]"#,
            INVALID,
            "leases.0.trialId",
        ),
        beat(
            "a claim of a trial",
            r#""claims": [{"taskId": "$TRIAL", "token": 1}]"#,
            INVALID,
            "claims.0.taskId",
        ),
        beat("a lease without token", r#""leases": [{"trialId": "$TRIAL"}]"#, WRONG_TYPE, ""),
        beat(
            "a heartbeat for 0.01 s",
            &format!("\"leases\": [{lease}], \"leaseSeconds\": 0.01"),
            INVALID,
            "leaseSeconds",
        ),
        beat(
            "a heartbeat for ever",
            &format!("\"leases\": [{lease}], \"leaseSeconds\": 1e9"),
            INVALID,
            "leaseSeconds",
        ),
    ]
}

fn reports() -> Vec<Case> {
    let report = |what, step: &str, values: &str, codes, path| {
        let input = format!(
            r#"{{"trialId": "$TRIAL", "leaseToken": $TOKEN, "step": {step}, "values": {values}}}"#
        );
        mutation(what, "reportTrial", &input, codes, path)
    };
    let good = r#"[{"objective": "loss", "value": 1}]"#;
    vec![
        report("step -1", "-1", good, INVALID, "step"),
        report("half a step", "0.5", good, WRONG_TYPE, ""),
        report("no values at a step", "1", "[]", INVALID, "values"),
        report(
            "an unknown objective at a step",
            "1",
            r#"[{"objective": "gain", "value": 1}]"#,
            INVALID,
            "values.0.objective",
        ),
        report(
            "an objective twice at a step",
            "1",
            r#"[{"objective": "loss", "value": 1}, {"objective": "loss", "value": 2}]"#,
            INVALID,
            "values.1.objective",
        ),
        report(
            "a negative deviation at a step",
            "1",
            r#"[{"objective": "loss", "value": 1, "standardDeviation": -1}]"#,
            INVALID,
            "values.0.standardDeviation",
        ),
        mutation(
            "a report without token",
            "reportTrial",
            &format!(r#"{{"trialId": "$TRIAL", "step": 1, "values": {good}}}"#),
            WRONG_TYPE,
            "",
        ),
        mutation(
            "a report of a trial that is not there",
            "reportTrial",
            &format!(
                r#"{{"trialId": "$RUNNING:99", "leaseToken": 1, "step": 1, "values": {good}}}"#
            ),
            NO_TRIAL,
            "",
        ),
    ]
}

fn given_back() -> Vec<Case> {
    let release = |what, leases: &str, codes, path| {
        mutation(what, "releaseTrials", &format!("{{\"leases\": {leases}}}"), codes, path)
    };
    let lease = r#"{"trialId": "$TRIAL", "token": $TOKEN}"#;
    let skip = |what, ids: &str, codes, path| {
        mutation(what, "skipTrials", &format!("{{\"trialIds\": {ids}}}"), codes, path)
    };
    vec![
        release("giving back nothing", "[]", INVALID, "leases"),
        release("giving back 1,001", &copies(lease, 1_001), INVALID, "leases"),
        release(
            "giving back what is not there",
            r#"[{"trialId": "$RUNNING:99", "token": 1}]"#,
            NO_TRIAL,
            "",
        ),
        release(
            "giving back by another lease",
            r#"[{"trialId": "$TRIAL", "token": 77}]"#,
            LOST,
            "",
        ),
        release("giving back what waits", r#"[{"trialId": "$WAITING", "token": 1}]"#, LOST, ""),
        release(
            "giving back a task",
            r#"[{"trialId": "$RUNNING", "token": 1}]"#,
            INVALID,
            "leases.0.trialId",
        ),
        release("giving back twice", &copies(lease, 2), LOST, ""),
        skip("skipping nothing", "[]", INVALID, "trialIds"),
        skip("skipping 1,001", &copies("\"$WAITING\"", 1_001), INVALID, "trialIds"),
        skip("skipping a task", r#"["$RUNNING"]"#, INVALID, "trialIds.0"),
        skip("skipping what is out", r#"["$WAITING", "$TRIAL"]"#, STATE, ""),
        skip("skipping what is not there", r#"["$WAITING", "$RUNNING:99"]"#, NO_TRIAL, ""),
        skip("skipping what is done", r#"["$DONE"]"#, STATE, ""),
    ]
}

fn results() -> Vec<Case> {
    let add = |what, results: &str, codes, path| {
        let input = format!(r#"{{"taskId": "$RUNNING", "results": {results}}}"#);
        mutation(what, "addResults", &input, codes, path)
    };
    let of = |point: &str, outcome: &str, more: &str| {
        format!(r#"{{"point": {point}, "outcome": {outcome}{more}}}"#)
    };
    let value = r#"{"values": [{"objective": "loss", "value": 1}]}"#;
    let good = of(r#"{"x": 1, "y": 1}"#, value, "");
    let second = |bad: String| format!("[{good}, {bad}]");
    vec![
        add("no results", "[]", INVALID, "results"),
        add(
            "10,001 results",
            &copies(r#"{"point":{},"outcome":{"pruned":{}}}"#, 10_001),
            INVALID,
            "results",
        ),
        mutation(
            "a result outside, where only those inside are wanted",
            "addResults",
            &format!(
                r#"{{"taskId": "$RUNNING", "outside": false, "results": {}}}"#,
                second(of(r#"{"x": 11, "y": 1}"#, value, ""))
            ),
            INVALID,
            "results.1.point.x",
        ),
        add(
            "a result at a text",
            &second(of(r#"{"x": "11", "y": 1}"#, value, "")),
            INVALID,
            "results.1.point.x",
        ),
        add(
            "a result without y",
            &second(of(r#"{"x": 1}"#, value, "")),
            INVALID,
            "results.1.point.y",
        ),
        add(
            "a result of an unknown objective",
            &second(of(
                r#"{"x": 1, "y": 1}"#,
                r#"{"values": [{"objective": "gain", "value": 1}]}"#,
                "",
            )),
            INVALID,
            "results.1.outcome.values.0.objective",
        ),
        add(
            "a result with a bad metric",
            &second(of(r#"{"x": 1, "y": 1}"#, value, r#", "metrics": [{"name": "", "value": 1}]"#)),
            INVALID,
            "results.1.metrics.0.name",
        ),
        add(
            "a result with a bad link",
            &second(of(
                r#"{"x": 1, "y": 1}"#,
                value,
                r#", "artifacts": [{"name": "a", "url": "nowhere"}]"#,
            )),
            INVALID,
            "results.1.artifacts.0.url",
        ),
        add("a result without outcome", r#"[{"point": {"x": 1, "y": 1}}]"#, WRONG_TYPE, ""),
        add("a result with an empty outcome", &format!("[{}]", of("{}", "{}", "")), WRONG_TYPE, ""),
        add("null as result", "[null]", WRONG_TYPE, ""),
        mutation(
            "results of nobody",
            "addResults",
            &format!(r#"{{"taskId": "$NOBODY", "results": [{good}]}}"#),
            &["TASK_NOT_FOUND"],
            "",
        ),
    ]
}

fn by_hand() -> Vec<Case> {
    let of = |what, name: &str, fields: &str, codes, path| {
        mutation(what, name, &format!("{{{fields}}}"), codes, path)
    };
    let values = r#""values": [{"objective": "loss", "value": 1}]"#;
    let long = format!(r#""trialId": "$DONE", "reason": "{}""#, "x".repeat(2_001));
    vec![
        of("leaving out without reason", "excludeTrial", r#""trialId": "$DONE""#, WRONG_TYPE, ""),
        of("leaving out with a long reason", "excludeTrial", &long, INVALID, "reason"),
        of(
            "leaving out what is out",
            "excludeTrial",
            r#""trialId": "$TRIAL", "reason": "x""#,
            STATE,
            "",
        ),
        of(
            "leaving out what waits",
            "excludeTrial",
            r#""trialId": "$WAITING", "reason": "x""#,
            STATE,
            "",
        ),
        of(
            "leaving out a task",
            "excludeTrial",
            r#""trialId": "$RUNNING", "reason": "x""#,
            INVALID,
            "trialId",
        ),
        of("letting in without reason", "includeTrial", r#""trialId": "$DONE""#, WRONG_TYPE, ""),
        of(
            "letting in what is not there",
            "includeTrial",
            r#""trialId": "$NOBODY:1", "reason": "x""#,
            NO_TRIAL,
            "",
        ),
        of(
            "correcting to nothing",
            "correctTrial",
            r#""trialId": "$DONE", "values": [], "reason": "x""#,
            INVALID,
            "values",
        ),
        of(
            "correcting without reason",
            "correctTrial",
            &format!(r#""trialId": "$DONE", {values}"#),
            WRONG_TYPE,
            "",
        ),
        of(
            "correcting what is out",
            "correctTrial",
            &format!(r#""trialId": "$TRIAL", {values}, "reason": "x""#),
            STATE,
            "",
        ),
        of(
            "correcting an unknown objective",
            "correctTrial",
            r#""trialId": "$DONE", "values": [{"objective": "gain", "value": 1}], "reason": "x""#,
            INVALID,
            "values.0.objective",
        ),
        of(
            "correcting to infinity",
            "correctTrial",
            r#""trialId": "$DONE", "values": [{"objective": "loss", "value": 1e999}], "reason": "x""#,
            NOT_A_NUMBER,
            "",
        ),
        of(
            "telling by hand what is done",
            "tell",
            r#""trialId": "$DONE", "outcome": {"values": [{"objective": "loss", "value": 1}]}"#,
            STATE,
            "",
        ),
    ]
}

fn claims() -> Vec<Case> {
    let claim = |what, fields: &str, codes, path| {
        mutation(what, "claimTask", &format!("{{{fields}}}"), codes, path)
    };
    let long = format!("\"runner\": \"{}\"", "x".repeat(101));
    vec![
        claim("a runner without name", r#""runner": """#, INVALID, "runner"),
        claim("a runner of 101 characters", &long, INVALID, "runner"),
        claim("no runner", r#""leaseSeconds": 5"#, WRONG_TYPE, ""),
        claim(
            "a claim of 0.05 s",
            r#""runner": "r", "leaseSeconds": 0.05"#,
            INVALID,
            "leaseSeconds",
        ),
        claim(
            "a claim over 30 days",
            r#""runner": "r", "leaseSeconds": 2592001"#,
            INVALID,
            "leaseSeconds",
        ),
        claim(
            "a runner that waits for 301 s",
            r#""runner": "r", "waitSeconds": 301"#,
            INVALID,
            "waitSeconds",
        ),
        claim(
            "a runner that waits for -1 s",
            r#""runner": "r", "waitSeconds": -1"#,
            INVALID,
            "waitSeconds",
        ),
        claim(
            "a runner that can nothing by name",
            r#""runner": "r", "capabilities": [""]"#,
            INVALID,
            "capabilities.0",
        ),
        mutation(
            "giving back a task of nobody",
            "releaseTask",
            r#"{"taskId": "$NOBODY", "token": 1}"#,
            &["TASK_NOT_FOUND"],
            "",
        ),
        mutation(
            "giving back what no runner has",
            "releaseTask",
            r#"{"taskId": "$RUNNING", "token": 1}"#,
            LOST,
            "",
        ),
        mutation(
            "giving back a trial as a task",
            "releaseTask",
            r#"{"taskId": "$TRIAL", "token": 1}"#,
            INVALID,
            "taskId",
        ),
        mutation(
            "giving back a task without token",
            "releaseTask",
            r#"{"taskId": "$RUNNING"}"#,
            WRONG_TYPE,
            "",
        ),
    ]
}
