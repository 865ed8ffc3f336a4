//! Tables of points and results: what is read, told and asked before anything is stored, and the way into a task.

use std::path::{Path, PathBuf};

use asktell_tests::{App, Client, Db, id_of, quadratic, run};
use rstest::rstest;
use serde_json::{Value, json};

const REPORT: &str = "query ($input: ReadTableInput!) { readTable(input: $input) {
    ready encoding delimiter decimalSign headerLine rowCount refusedCount undecidedCount leftOutCount repeatedCount
    columns { index title name unit kind low high step choices missingCount distinctCount leftOutBecause role }
    notices { code message line column } problems { code message }
    questions { code column message lines readings { value label } }
    rows { line point outcome values { objective value standardDeviation } failureReason metrics metadata repeated }
    refusedRows { line reasons } } }";

async fn read(app: &Client, input: Value) -> Value {
    app.graphql(REPORT, json!({ "input": input })).await.data()["readTable"].clone()
}

fn codes(report: &Value, field: &str) -> Vec<String> {
    let all = report[field].as_array().expect("a list").iter();
    all.map(|one| one["code"].as_str().expect("a code").to_owned()).collect()
}

fn file(app: &App, name: &str, text: &str) -> PathBuf {
    let path = app.database.directory().join(name);
    std::fs::write(&path, text).expect("a file");
    path
}

/// `asktell import results`: whether it succeeded, and what it said.
fn import(app: &App, file: &Path, task: &str, more: &[&str]) -> (bool, String) {
    let file = file.to_str().expect("a path");
    let known = ["import", "results", file, "--task", task, "--database", app.database.url()];
    let output = run(known.iter().chain(more));
    let said =
        [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    (output.status.success(), said.concat())
}

async fn trial_count(app: &App, id: &str) -> Value {
    app.task(id).await["trialCounts"]["total"].clone()
}

#[rstest]
#[tokio::test]
async fn a_table_is_read_for_a_task_and_nothing_is_stored(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = id_of(&app.create_task(quadratic()).await);
    let text =
        "X (mm);Y;note;loss;loss_sd\n1,5;2;a;3,25;0,1\n900;2;b;4;\n2;;c;x;\n3;1;d;PENDING;\n";
    let report = read(&app, json!({ "text": text, "taskId": id })).await;
    assert_eq!(
        (&report["delimiter"], &report["decimalSign"], &report["encoding"], &report["headerLine"]),
        (&json!("SEMICOLON"), &json!("COMMA"), &json!("UTF8"), &json!(1))
    );
    let roles: Vec<_> =
        report["columns"].as_array().expect("columns").iter().map(|c| c["role"].clone()).collect();
    let right = ["parameter:x", "parameter:y", "leave-out", "objective:loss", "deviation:loss"];
    assert_eq!(json!(roles), json!(right));
    assert_eq!(report["columns"][0]["unit"], "mm");
    // Every row that the task would refuse is named, with all that is wrong.
    let refused = report["refusedRows"].as_array().expect("rows");
    let reasons: Vec<_> =
        refused.iter().map(|row| row["reasons"][0].as_str().unwrap_or("")).collect();
    assert!(
        reasons.last().is_some_and(|reason| reason.contains("y: the cell is empty")),
        "{refused:?}"
    );
    assert_eq!(refused.last().expect("a row")["reasons"][1], "loss: “x” is not a number");
    assert_eq!(codes(&report, "questions"), ["WITHOUT_RESULT", "BAD_ROWS"]);
    assert_eq!((&report["ready"], &report["rowCount"]), (&json!(false), &json!(4 - refused.len())));
    let value = json!([{ "objective": "loss", "value": 3.25, "standardDeviation": 0.1 }]);
    assert_eq!(report["rows"][0]["point"], json!({ "x": 1.5, "y": 2 }));
    assert_eq!(report["rows"][0]["values"], value);
    assert_eq!(trial_count(&app, &id).await, 0);
}

#[tokio::test]
async fn what_is_ambiguous_is_asked_and_answered() {
    let Some(app) = App::start(Db::Memory).await else { return };
    let input = |answers: Value| json!({ "text": "temp;speed;yield\n60;1.200;45\n80;900;61\n", "objectives": ["yield"], "answers": answers });
    let asked = read(&app, input(json!([]))).await;
    assert_eq!(codes(&asked, "questions"), ["DECIMAL_SIGN"]);
    let readings = &asked["questions"][0]["readings"];
    assert_eq!((&readings[0]["value"], &readings[1]["value"]), (&json!("POINT"), &json!("COMMA")));
    assert_eq!((&asked["decimalSign"], &asked["undecidedCount"]), (&Value::Null, &json!(1)));
    for (reading, speed) in [("POINT", json!(1.2)), ("COMMA", json!(1200))] {
        let answers = json!([{ "question": "DECIMAL_SIGN", "reading": reading }]);
        let report = read(&app, input(answers)).await;
        assert_eq!(
            (&report["ready"], &report["rows"][0]["point"]["speed"]),
            (&json!(true), &speed)
        );
    }
    let wrong = json!([{ "question": "ROLE", "column": 0, "reading": "parameter" }]);
    let refused = app.graphql(REPORT, json!({ "input": input(wrong) })).await.error();
    assert_eq!(refused.code(), "VALIDATION_FAILED");
}

#[tokio::test]
async fn bytes_are_decoded_and_what_is_no_table_is_refused_in_words() {
    let Some(app) = App::start(Db::Memory).await else { return };
    // "T;µ" in Latin-1.
    let report = read(&app, json!({ "base64": "VDu1CjE7Mgo=" })).await;
    assert_eq!(
        (&report["encoding"], &report["columns"][1]["title"]),
        (&json!("WINDOWS1252"), &json!("µ"))
    );
    assert!(codes(&report, "notices").contains(&"ENCODING".to_owned()));
    for (input, word) in [
        (json!({ "base64": "UEsDBBQA" }), "workbook"),
        (json!({ "text": "a,b\n1,\"2\n" }), "line 2"),
        (json!({ "text": " " }), "empty"),
        (json!({ "base64": "%" }), "base64"),
        (json!({}), "text"),
        (json!({ "text": "a", "base64": "YQ==" }), "either"),
    ] {
        let refused = app.graphql(REPORT, json!({ "input": input })).await.error();
        assert_eq!(refused.code(), "VALIDATION_FAILED");
        let message = refused.0["message"].to_string();
        assert!(message.contains(word), "{message}");
    }
}

#[rstest]
#[tokio::test]
async fn results_are_imported_once(#[values(Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic()).await;
    let table = file(&app, "data.csv", "x,y,loss\n1,2,5\n1,2,5.5\n2,1,4\n");
    let (well, said) = import(&app, &table, &id, &["--dry-run"]);
    assert!(well && said.contains("replicates"), "{said}");
    assert_eq!(trial_count(&app, &id).await, 0);

    let (well, said) = import(&app, &table, &id, &[]);
    assert!(well && said.contains("added 3 results"), "{said}");
    assert_eq!(app.task(&id).await["bestValue"], 4.0);

    // The same table again adds nothing.
    let (well, said) = import(&app, &table, &id, &[]);
    assert!(well && said.contains("all 3 rows are in this task already"), "{said}");
    assert_eq!(trial_count(&app, &id).await, 3);

    // A table that has grown is asked about.
    let grown = file(&app, "grown.csv", "x,y,loss\n1,2,5\n1,2,5.5\n2,1,4\n3,1,PENDING\n");
    let (well, said) = import(&app, &grown, &id, &[]);
    assert!(!well && said.contains("--answer repeated=LEAVE_OUT"), "{said}");
    let answers = ["--answer", "repeated=leave-out", "--answer", "without-result=plan"];
    let (well, said) = import(&app, &grown, &id, &answers);
    assert!(well && said.contains("planned 1 trial"), "{said}");
    assert_eq!(trial_count(&app, &id).await, 4);
}

#[tokio::test]
async fn an_import_names_what_is_open_and_takes_roles_and_answers() {
    let Some(app) = App::start(Db::SqliteFile).await else { return };
    let id = id_of(&app.create_task(quadratic()).await);
    let table = file(&app, "ugly.csv", "a;b;result;result\n1,5;2;<3;1\n2;1;4;2\n");
    let (well, said) = import(&app, &table, &id, &[]);
    assert!(!well && said.contains("No column holds the parameter “x”"), "{said}");
    let roles =
        ["--column", "a=parameter:x", "--column", "b=parameter:y", "--column", "#3=objective:loss"];
    let (well, said) = import(&app, &table, &id, &roles);
    assert!(!well && said.contains("--answer 'censored:#3=HALF'"), "{said}");
    assert_eq!(trial_count(&app, &id).await, 0);
    let (well, said) =
        import(&app, &table, &id, &[&roles[..], &["--answer", "censored:#3=half"]].concat());
    assert!(well && said.contains("added 2 results"), "{said}");
    assert_eq!(app.task(&id).await["bestValue"], 1.5);
}

#[tokio::test]
async fn only_regular_files_of_a_limited_size_are_read() {
    let Some(app) = App::start(Db::SqliteFile).await else { return };
    let id = id_of(&app.create_task(quadratic()).await);
    for path in ["/dev/zero", "/tmp", "/dev/stdin"] {
        let (well, said) = import(&app, Path::new(path), &id, &[]);
        assert!(!well && said.contains("regular file"), "{said}");
    }
    let large = app.database.directory().join("large.csv");
    std::fs::File::create(&large).expect("a file").set_len(17 << 20).expect("a length");
    let (well, said) = import(&app, &large, &id, &[]);
    assert!(!well && said.contains("at most"), "{said}");
}
