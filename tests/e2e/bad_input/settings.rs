//! Tasks and their documents.

use super::{Case, INVALID, WRONG_TYPE, mutation};

/// A parameter of a new task; the path is below the parameter.
fn parameter(
    what: &'static str,
    parameter: &str,
    codes: &'static [&'static str],
    path: &str,
) -> Case {
    let input = format!("{{\"parameterSpace\": {{\"parameters\": [{parameter}]}}}}");
    mutation(what, "createTask", &input, codes, &below("parameterSpace.parameters.0", path))
}

/// The path below a field; none stays none.
fn below(field: &str, path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("{field}.{path}") }
}

fn float(what: &'static str, fields: &str, codes: &'static [&'static str], path: &str) -> Case {
    let path = below("float", path);
    parameter(what, &format!("{{\"float\": {{\"name\": \"x\", {fields}}}}}"), codes, &path)
}

fn int(what: &'static str, fields: &str, codes: &'static [&'static str], path: &str) -> Case {
    let path = below("int", path);
    parameter(what, &format!("{{\"int\": {{\"name\": \"n\", {fields}}}}}"), codes, &path)
}

pub(super) fn cases() -> Vec<Case> {
    [tasks(), numbers(), choices(), updates()].into_iter().flatten().collect()
}

fn tasks() -> Vec<Case> {
    let long_name = format!("{{\"name\": \"{}\"}}", "é".repeat(201));
    let long_text = format!("{{\"description\": \"{}\"}}", "é".repeat(10_001));
    let deep = format!("{{\"metadata\": {{\"a\": {}1{}}}}}", "[".repeat(36), "]".repeat(36));
    let too_deep = format!("{{\"metadata\": {{\"a\": {}1{}}}}}", "[".repeat(120), "]".repeat(120));
    let wide = format!("{{\"metadata\": {{\"a\": \"{}\"}}}}", "x".repeat(70_000));
    let create = |what, input: &str, codes, path| mutation(what, "createTask", input, codes, path);
    let objectives =
        (0..17).map(|n| format!("{{\"name\": \"o{n}\", \"direction\": \"MINIMIZE\"}}"));
    let many = format!("{{\"objectives\": [{}]}}", objectives.collect::<Vec<_>>().join(","));
    vec![
        create("an empty name", r#"{"name": ""}"#, INVALID, "name"),
        create("a blank name", r#"{"name": " \t "}"#, INVALID, "name"),
        create("a name of two lines", r#"{"name": "a\nb"}"#, INVALID, "name"),
        create("a name with U+0000", r#"{"name": "a\u0000b"}"#, INVALID, "name"),
        create("a name of 201 characters", &long_name, INVALID, "name"),
        create("a description of 10,001 characters", &long_text, INVALID, "description"),
        create("a description with U+0000", r#"{"description": "\u0000"}"#, INVALID, "description"),
        create("a number as name", r#"{"name": 7}"#, WRONG_TYPE, ""),
        create("an id that is no UUID", r#"{"id": "task-1"}"#, INVALID, "id"),
        create(
            "a UUID in another spelling",
            r#"{"id": "{018f2b1e-7c3a-7d4e-9a51-0c6b8f1f2a3b}"}"#,
            INVALID,
            "id",
        ),
        create("an unknown field", r#"{"urgency": 3}"#, WRONG_TYPE, ""),
        create("a status in a new task", r#"{"status": "RUNNING"}"#, WRONG_TYPE, ""),
        create("metadata that is a list", r#"{"metadata": [1]}"#, WRONG_TYPE, ""),
        create("metadata nested 37 deep", &deep, &["VALIDATION_FAILED", "LIMIT_EXCEEDED"], ""),
        create("metadata nested 121 deep", &too_deep, &["LIMIT_EXCEEDED", "BAD_REQUEST"], ""),
        create("metadata of 70 kB", &wide, INVALID, "metadata"),
        create("metadata with U+0000", r#"{"metadata": {"k": "\u0000"}}"#, INVALID, "metadata.k"),
        create("a lone surrogate", r#"{"name": "\ud800"}"#, &["BAD_REQUEST"], ""),
        create(
            "an objective twice",
            r#"{"objectives": [{"name": "a", "direction": "MINIMIZE"}, {"name": "a", "direction": "MAXIMIZE"}]}"#,
            INVALID,
            "objectives.1.name",
        ),
        create(
            "an objective without name",
            r#"{"objectives": [{"name": "", "direction": "MINIMIZE"}]}"#,
            INVALID,
            "objectives.0.name",
        ),
        create(
            "an unknown direction",
            r#"{"objectives": [{"name": "a", "direction": "SIDEWAYS"}]}"#,
            WRONG_TYPE,
            "",
        ),
        create("17 objectives", &many, INVALID, "objectives"),
        create("an unknown strategy", r#"{"strategy": {"kind": "MAGIC"}}"#, WRONG_TYPE, ""),
        create(
            "a negative seed",
            r#"{"strategy": {"kind": "SOBOL", "seed": -1}}"#,
            INVALID,
            "strategy.seed",
        ),
        create(
            "a seed beyond 32 bits",
            r#"{"strategy": {"kind": "SOBOL", "seed": 4294967296}}"#,
            WRONG_TYPE,
            "",
        ),
        create(
            "an initial design of none",
            r#"{"strategy": {"kind": "SOBOL", "initialDesign": {"method": "SOBOL", "count": 0}}}"#,
            INVALID,
            "strategy.initialDesign.count",
        ),
        create(
            "an initial design of 1,001",
            r#"{"strategy": {"kind": "SOBOL", "initialDesign": {"method": "SOBOL", "count": 1001}}}"#,
            INVALID,
            "strategy.initialDesign.count",
        ),
        create(
            "designs without a space",
            r#"{"initialDesigns": [{"x": 1}]}"#,
            INVALID,
            "initialDesigns",
        ),
    ]
}

fn numbers() -> Vec<Case> {
    let high = "high";
    let low = "low";
    let step = "step";
    vec![
        float("NaN as text", r#""low": "NaN", "high": 1"#, WRONG_TYPE, ""),
        float("infinity as text", r#""low": 0, "high": "Infinity""#, WRONG_TYPE, ""),
        float(
            "infinity as 1e999",
            r#""low": 0, "high": 1e999"#,
            &["BAD_REQUEST", "BAD_USER_INPUT", "VALIDATION_FAILED"],
            "",
        ),
        float("NaN as a bare word", r#""low": NaN, "high": 1"#, &["BAD_REQUEST"], ""),
        float("crossed bounds", r#""low": 2, "high": 1"#, INVALID, high),
        float("a range beyond numbers", r#""low": -1.7e308, "high": 1.7e308"#, INVALID, high),
        float("a logarithm from 0", r#""low": 0, "high": 1, "log": true"#, INVALID, low),
        float("a logarithm from below 0", r#""low": -1, "high": 1, "log": true"#, INVALID, low),
        float("a step of 0", r#""low": 0, "high": 1, "step": 0"#, INVALID, step),
        float("a negative step", r#""low": 0, "high": 1, "step": -0.1"#, INVALID, step),
        float("a step over the range", r#""low": 0, "high": 1, "step": 1.5"#, INVALID, step),
        float(
            "a step with a logarithm",
            r#""low": 1, "high": 9, "step": 1, "log": true"#,
            INVALID,
            step,
        ),
        float("null as bound", r#""low": null, "high": 1"#, WRONG_TYPE, ""),
        float("a missing bound", r#""low": 0"#, WRONG_TYPE, ""),
        float(
            "null for a field with a default",
            r#""low": 1, "high": 2, "log": null"#,
            WRONG_TYPE,
            "",
        ),
        int("crossed whole bounds", r#""low": 5, "high": 4"#, INVALID, high),
        int("a fraction as whole bound", r#""low": 0.5, "high": 4"#, WRONG_TYPE, ""),
        int("a bound beyond 53 bits", r#""low": 0, "high": 9007199254740993"#, WRONG_TYPE, ""),
        int("a whole step of 0", r#""low": 0, "high": 4, "step": 0"#, INVALID, step),
        int("a whole step over the range", r#""low": 0, "high": 4, "step": 5"#, INVALID, step),
        int("a whole logarithm from 0", r#""low": 0, "high": 4, "log": true"#, INVALID, low),
        int(
            "a whole step with a logarithm",
            r#""low": 1, "high": 9, "step": 2, "log": true"#,
            INVALID,
            step,
        ),
    ]
}

fn choices() -> Vec<Case> {
    let at = "categorical.choices";
    let many = (0..1_001).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let choices = |what, choices: &str, codes, path| {
        let fields = format!("{{\"categorical\": {{\"name\": \"c\", \"choices\": {choices}}}}}");
        parameter(what, &fields, codes, path)
    };
    let float = r#"{"float": {"name": "x", "low": 0, "high": 1}}"#;
    let int = r#"{"int": {"name": "x", "low": 0, "high": 1}}"#;
    let space = |what, list: &str, codes, path| {
        let input = format!("{{\"parameterSpace\": {{\"parameters\": {list}}}}}");
        mutation(what, "createTask", &input, codes, path)
    };
    let crowd = (0..101).map(|n| float.replace("\"x\"", &format!("\"x{n}\""))).collect::<Vec<_>>();
    vec![
        choices("no choices", "[]", INVALID, at),
        choices("null twice", "[null, null]", INVALID, "categorical.choices.1"),
        choices("1,001 choices", &format!("[{many}]"), INVALID, at),
        choices("a choice twice", r#"["a", "b", "a"]"#, INVALID, "categorical.choices.2"),
        choices("a number twice", "[1, 2, 1.0]", INVALID, "categorical.choices.2"),
        choices("an empty choice", r#"["a", ""]"#, INVALID, "categorical.choices.1"),
        choices("a list as choice", r#"["a", [1]]"#, WRONG_TYPE, ""),
        parameter(
            "levels twice",
            r#"{"ordinal": {"name": "o", "levels": [1, 1]}}"#,
            INVALID,
            "ordinal.levels.1",
        ),
        parameter(
            "two members of a oneOf",
            r#"{"float": {"name": "x", "low": 0, "high": 1}, "int": {"name": "x", "low": 0, "high": 1}}"#,
            WRONG_TYPE,
            "",
        ),
        parameter("no member of a oneOf", "{}", WRONG_TYPE, ""),
        parameter("null as the member of a oneOf", r#"{"float": null}"#, WRONG_TYPE, ""),
        parameter("an unknown member of a oneOf", r#"{"complex": {"name": "x"}}"#, WRONG_TYPE, ""),
        parameter(
            "a parameter without name",
            r#"{"float": {"low": 0, "high": 1}}"#,
            WRONG_TYPE,
            "",
        ),
        parameter(
            "a parameter with an empty name",
            r#"{"float": {"name": "", "low": 0, "high": 1}}"#,
            INVALID,
            "float.name",
        ),
        parameter(
            "a parameter with blanks around its name",
            r#"{"float": {"name": " x", "low": 0, "high": 1}}"#,
            INVALID,
            "float.name",
        ),
        space("a space without parameters", "[]", INVALID, "parameterSpace.parameters"),
        space(
            "two parameters of one name",
            &format!("[{float}, {int}]"),
            INVALID,
            "parameterSpace.parameters.1.int.name",
        ),
        space(
            "101 parameters",
            &format!("[{}]", crowd.join(",")),
            INVALID,
            "parameterSpace.parameters",
        ),
    ]
}

fn updates() -> Vec<Case> {
    let update = |what, input: &str, codes, path| mutation(what, "updateTask", input, codes, path);
    let long =
        format!(r#"{{"id": "$RUNNING", "to": "PAUSED", "reason": "{}"}}"#, "x".repeat(2_001));
    vec![
        update("an update of nobody", r#"{"id": "$NOBODY", "name": "x"}"#, &["TASK_NOT_FOUND"], ""),
        update("an update without id", r#"{"name": "x"}"#, WRONG_TYPE, ""),
        update("an update with a wrong id", r#"{"id": "7", "name": "x"}"#, INVALID, "id"),
        update(
            "an update with an unknown field",
            r#"{"id": "$CREATED", "status": "RUNNING"}"#,
            WRONG_TYPE,
            "",
        ),
        update("an update of the results", r#"{"id": "$CREATED", "results": []}"#, WRONG_TYPE, ""),
        update(
            "a good field beside a bad one",
            r#"{"id": "$CREATED", "name": "new", "metadata": {"a": "\u0000"}}"#,
            INVALID,
            "metadata.a",
        ),
        update(
            "another version",
            r#"{"id": "$CREATED", "expectedVersion": 9, "name": "x"}"#,
            &["VERSION_CONFLICT"],
            "",
        ),
        update(
            "a fraction as version",
            r#"{"id": "$CREATED", "expectedVersion": 1.5}"#,
            WRONG_TYPE,
            "",
        ),
        update(
            "another space after the start",
            r#"{"id": "$RUNNING", "parameterSpace": null}"#,
            &["TASK_ALREADY_STARTED"],
            "",
        ),
        mutation(
            "an unknown status",
            "transitionTask",
            r#"{"id": "$CREATED", "to": "DONE"}"#,
            WRONG_TYPE,
            "",
        ),
        mutation(
            "a status in lower case",
            "transitionTask",
            r#"{"id": "$CREATED", "to": "running"}"#,
            WRONG_TYPE,
            "",
        ),
        mutation(
            "an illegal move",
            "transitionTask",
            r#"{"id": "$CREATED", "to": "PAUSED"}"#,
            &["INVALID_STATUS_TRANSITION"],
            "",
        ),
        mutation(
            "a move of nobody",
            "transitionTask",
            r#"{"id": "$NOBODY", "to": "RUNNING"}"#,
            &["TASK_NOT_FOUND"],
            "",
        ),
        mutation("a reason of 2,001 characters", "transitionTask", &long, INVALID, "reason"),
        mutation("deleting nobody", "deleteTask", r#"{"id": "$NOBODY"}"#, &["TASK_NOT_FOUND"], ""),
        mutation("deleting a trial", "deleteTask", r#"{"id": "$TRIAL"}"#, INVALID, "id"),
        mutation(
            "restoring nobody",
            "restoreTask",
            r#"{"id": "$NOBODY"}"#,
            &["TASK_NOT_FOUND"],
            "",
        ),
        mutation("an input that is null", "createTask", "null", WRONG_TYPE, ""),
        mutation("an input that is a text", "createTask", r#""x""#, WRONG_TYPE, ""),
        mutation("a taken id", "createTask", r#"{"id": "$CREATED"}"#, &["TASK_ALREADY_EXISTS"], ""),
    ]
}
