//! Files that nobody has checked: each problem is told with its file and place, and nothing is written.

use std::{os::unix::fs::symlink, process::Command};

use asktell_tests::{App, Database, Db, new_id, quadratic, within};
use serde_json::{Value, json};

use super::{export, files, fill, import, import_well, original, write};

/// The files of a task that this server has written, one for each change of them.
async fn changed(app: &App, changes: &[fn(&mut Value)]) -> Vec<Value> {
    let ids = fill(app).await;
    let written = files(&export(&app.database, "good"));
    let good: Value = serde_json::from_str(&written[&format!("{}.json", ids[0])]).expect("JSON");
    changes
        .iter()
        .map(|change| {
            let mut file = good.clone();
            file["task_id"] = json!(new_id());
            change(&mut file);
            file
        })
        .collect()
}

#[tokio::test]
async fn every_problem_is_listed_with_its_file_and_nothing_is_written() {
    let app = App::start(Db::SqliteFile).await.expect("SQLite is always there");
    let wrong = changed(
        &app,
        &[
            |file| file["asktell"]["version"] = json!(i64::MAX),
            |file| file["asktell"]["proposed"] = json!(-1),
            |file| file["asktell"]["trials"][0]["lease_token"] = json!(i64::MAX),
            |file| file["asktell"]["parent_id"] = file["task_id"].clone(),
        ],
    )
    .await;
    let database = Database::fresh(Db::SqliteFile).await.expect("SQLite is always there");
    let dir = database.directory().join("files");
    write(&dir, &original(&new_id()));
    for file in &wrong {
        write(&dir, file);
    }
    // Two that are each other's parent.
    let mut cycle = changed(&app, &[|_| (), |_| ()]).await;
    for (child, parent) in [(0, 1), (1, 0)] {
        cycle[child]["asktell"]["parent_id"] = cycle[parent]["task_id"].clone();
    }
    for file in &cycle {
        write(&dir, file);
    }
    let twice = format!("{{\"task_id\": \"{0}\",\n \"task_id\": \"{0}\"}}", new_id());
    std::fs::write(dir.join("twice.json"), twice).expect("a file");
    std::fs::write(dir.join("other.json"), original(&new_id()).to_string()).expect("a file");
    let output = import(&database, &dir, &[]);
    assert!(!output.status.success());
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("8 of 9 files cannot be imported; nothing was written"), "{told}");
    for (file, word) in wrong.iter().zip(["version", "proposed", "lease_token", "ancestor"]) {
        let name = format!("{}.json", file["task_id"].as_str().expect("an id"));
        let line = told.lines().find(|line| line.contains(&name));
        assert!(line.is_some_and(|line| line.contains(word)), "{name}: {word}: {told}");
    }
    let line = |name: &str| told.lines().find(|line| line.contains(name)).expect("a line");
    assert!(line("twice.json").contains("twice at line 2"), "{told}");
    assert!(line("other.json").contains("must be named"), "{told}");
    assert!(files(&export(&database, "after")).is_empty(), "nothing is written");
}

#[tokio::test]
async fn what_is_no_file_is_refused_at_once() {
    let database = Database::fresh(Db::SqliteFile).await.expect("SQLite is always there");
    let dir = database.directory().join("files");
    std::fs::create_dir_all(dir.join("folder.json")).expect("a folder");
    symlink("/dev/zero", dir.join("zero.json")).expect("a link");
    let pipe = dir.join("pipe.json");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let huge = std::fs::File::create(dir.join("huge.json")).expect("a file");
    huge.set_len(2 << 30).expect("a sparse file");
    let output = {
        let (database, dir) = (database.url().to_owned(), dir.clone());
        let import = tokio::task::spawn_blocking(move || {
            asktell_tests::run([
                "import".as_ref(),
                dir.as_os_str(),
                "--database".as_ref(),
                database.as_ref(),
            ])
        });
        within(30, "the refusal", import).await.expect("the import ends")
    };
    assert!(!output.status.success());
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("4 of 4 files"), "{told}");
    assert_eq!(told.matches("not a regular file").count(), 3, "{told}");
    assert!(told.contains("huge.json: has 2147483648 bytes"), "{told}");
}

#[tokio::test]
async fn children_may_come_before_their_parents() {
    let app = App::start(Db::SqliteFile).await.expect("SQLite is always there");
    // The names sort the other way round than the tree.
    let ids = [
        "ffffffff-ffff-4fff-bfff-ffffffffffff",
        "88888888-8888-4888-8888-888888888888",
        "11111111-1111-4111-8111-111111111111",
    ];
    for (i, id) in ids.iter().enumerate() {
        let mut input = quadratic();
        input["id"] = json!(id);
        if i > 0 {
            input["parentId"] = json!(ids[i - 1]);
        }
        app.create_task(input).await;
    }
    let dir = export(&app.database, "files");
    let database = Database::fresh(Db::SqliteFile).await.expect("SQLite is always there");
    import_well(&database, &dir, &[]);
    assert_eq!(files(&export(&database, "again")), files(&dir));
}

#[tokio::test]
async fn a_long_campaign_is_read_as_a_stream() {
    let app = App::start(Db::SqliteFile).await.expect("SQLite is always there");
    let mut file = changed(&app, &[|_| ()]).await.remove(0);
    let trial = file["asktell"]["trials"][0].clone();
    assert_eq!(trial["state"], "COMPLETED");
    let trials: Vec<_> = (1..=20_000)
        .map(|number| {
            let mut trial = trial.clone();
            trial["number"] = json!(number);
            trial
        })
        .collect();
    let view = json!({ "point": trial["point"], "state": "completed", "values": trial["values"] });
    let origin = trial["origin"] == "INITIAL_DESIGN";
    file["results"] = json!(vec![view; trials.len()]);
    let designs = if origin { vec![trial["point"].clone(); trials.len()] } else { Vec::new() };
    (file["initial_designs"], file["next_points"]) = (json!(designs), json!([]));
    file["asktell"]["trials"] = json!(trials);
    let database = Database::fresh(Db::SqliteFile).await.expect("SQLite is always there");
    let dir = database.directory().join("files");
    write(&dir, &file);
    import_well(&database, &dir, &[]);
    database.check();
}
