//! What can be set of strategies.

use super::{Case, INVALID, WRONG_TYPE, mutation};

/// A new task with that strategy and an objective `loss`.
fn strategy(what: &'static str, fields: &str, codes: &'static [&'static str], path: &str) -> Case {
    let input = format!(
        r#"{{"strategy": {{{fields}}}, "objectives": [{{"name": "loss", "direction": "MINIMIZE"}}]}}"#
    );
    mutation(what, "createTask", &input, codes, &format!("strategy.{path}"))
}

pub(super) fn cases() -> Vec<Case> {
    [foreign(), ranges(), fitting()].into_iter().flatten().collect()
}

/// Settings of another strategy than the chosen one.
fn foreign() -> Vec<Case> {
    let id = "018f2b1e-7c3a-7d4e-9a51-0c6b8f1f2a3b";
    let warm = format!(r#""kind": "SOBOL", "warmStart": ["{id}"]"#);
    vec![
        strategy("a model for SOBOL", r#""kind": "SOBOL", "gp": {}"#, INVALID, "gp"),
        strategy("a model for TPE", r#""kind": "TPE", "gp": {"startup": 5}"#, INVALID, "gp"),
        strategy("densities for GP", r#""kind": "GP", "tpe": {}"#, INVALID, "tpe"),
        strategy("a grid for AUTO", r#""kind": "AUTO", "grid": {"values": 5}"#, INVALID, "grid"),
        strategy("generations for GRID", r#""kind": "GRID", "nsga2": {}"#, INVALID, "nsga2"),
        strategy("settings for EXTERNAL", r#""kind": "EXTERNAL", "gp": {}"#, INVALID, "gp"),
        strategy("a warm start for SOBOL", &warm, INVALID, "warmStart"),
    ]
}

fn ranges() -> Vec<Case> {
    let gp = |what, fields: &str, codes, path: &str| {
        let fields = format!(r#""kind": "GP", "gp": {{{fields}}}"#);
        strategy(what, &fields, codes, &format!("gp.{path}"))
    };
    let nsga2 = |what, fields: &str, path: &str| {
        let fields = format!(r#""kind": "NSGA2", "nsga2": {{{fields}}}"#);
        strategy(what, &fields, INVALID, &format!("nsga2.{path}"))
    };
    let limit = "timeLimitSeconds";
    vec![
        gp("an unknown acquisition", r#""acquisition": "EI""#, WRONG_TYPE, ""),
        gp("no points first", r#""startup": 0"#, INVALID, "startup"),
        gp("fewer than no points first", r#""startup": -3"#, INVALID, "startup"),
        gp("too many points first", r#""startup": 10001"#, INVALID, "startup"),
        gp(
            "an exploration below 0",
            r#""acquisition": "UCB", "exploration": -1"#,
            INVALID,
            "exploration",
        ),
        gp("an exploration of LOG_EI", r#""exploration": 2"#, INVALID, "exploration"),
        gp(
            "a noise below 0",
            r#""noise": [{"objective": "loss", "deviation": -0.1}]"#,
            INVALID,
            "noise.0.deviation",
        ),
        gp(
            "a noise of nothing",
            r#""noise": [{"objective": "loss", "deviation": 1}, {"objective": "gain", "deviation": 1}]"#,
            INVALID,
            "noise.1.objective",
        ),
        gp(
            "two noises of one objective",
            r#""noise": [{"objective": "loss", "deviation": 1}, {"objective": "loss", "deviation": 2}]"#,
            INVALID,
            "noise.1.objective",
        ),
        strategy(
            "no candidates",
            r#""kind": "TPE", "tpe": {"candidates": 0}"#,
            INVALID,
            "tpe.candidates",
        ),
        strategy(
            "a grid of one",
            r#""kind": "GRID", "grid": {"values": 1}"#,
            INVALID,
            "grid.values",
        ),
        nsga2("a generation of three", r#""population": 3"#, "population"),
        nsga2("a crossover over 1", r#""crossover": 1.5"#, "crossover"),
        nsga2("a mutation below 0", r#""mutation": -0.5"#, "mutation"),
        strategy("no time", r#""kind": "GP", "timeLimitSeconds": 0"#, INVALID, limit),
        strategy("too much time", r#""kind": "GP", "timeLimitSeconds": 601"#, INVALID, limit),
        strategy("an unknown strategy", r#""kind": "MAGIC""#, WRONG_TYPE, ""),
        strategy(
            "a wrong id to start from",
            r#""kind": "GP", "warmStart": ["7"]"#,
            INVALID,
            "warmStart.0",
        ),
    ]
}

/// What must fit to other fields of the task.
fn fitting() -> Vec<Case> {
    let budget = |what, input: &str| {
        mutation(what, "createTask", input, INVALID, "budget.minExpectedImprovement")
    };
    let twice = "018f2b1e-7c3a-7d4e-9a51-0c6b8f1f2a3b";
    let five: Vec<_> =
        (0..5).map(|n| format!(r#"{{"name": "o{n}", "direction": "MINIMIZE"}}"#)).collect();
    let five = format!(r#""objectives": [{}], "strategy": {{"kind": "GP"}}"#, five.join(", "));
    vec![
        mutation(
            "a model of five objectives",
            "createTask",
            &format!("{{{five}}}"),
            INVALID,
            "strategy.kind",
        ),
        mutation(
            "an update to a model of five objectives",
            "updateTask",
            &format!(r#"{{"id": "$CREATED", {five}}}"#),
            INVALID,
            "strategy.kind",
        ),
        budget(
            "an expectation of SOBOL",
            r#"{"strategy": {"kind": "SOBOL"}, "budget": {"minExpectedImprovement": 0.1}}"#,
        ),
        budget("an expectation of 0", r#"{"budget": {"minExpectedImprovement": 0}}"#),
        mutation(
            "an expectation that the strategy does not have any more",
            "updateTask",
            r#"{"id": "$CREATED", "budget": {"minExpectedImprovement": 1}}"#,
            INVALID,
            "budget.minExpectedImprovement",
        ),
        strategy(
            "a task twice to start from",
            &format!(r#""kind": "GP", "warmStart": ["{twice}", "{twice}"]"#),
            INVALID,
            "warmStart.1",
        ),
        mutation(
            "a task that starts from itself",
            "createTask",
            &format!(
                r#"{{"id": "{twice}", "strategy": {{"kind": "GP", "warmStart": ["{twice}"]}}}}"#
            ),
            INVALID,
            "strategy.warmStart.0",
        ),
        mutation(
            "a noise of what is not measured any more",
            "updateTask",
            r#"{"id": "$CREATED", "strategy": {"kind": "GP", "gp": {"noise": [{"objective": "old", "deviation": 1}]}}}"#,
            INVALID,
            "strategy.gp.noise.0.objective",
        ),
    ]
}
