//! Several processes that write to one SQLite file: what a server keeps in memory between transactions never costs a
//! request, and is never believed once another process has written.

use asktell_tests::{App, Client, Db, Server, eventually, id_of, new_id, quadratic, run};
use serde_json::{Value, json};

/// Two servers on one file.
async fn two_servers() -> (App, asktell_tests::Server) {
    let app = App::start(Db::SqliteFile).await.expect("SQLite is always there");
    let other = app.another_server().await;
    (app, other)
}

#[tokio::test]
async fn the_second_server_on_a_file_says_so() {
    let warned = async |server: &Server| {
        let warning = "another server uses sqlite:";
        eventually(10, "the warning", async || {
            (server.log().matches(warning).count() == 1).then_some(())
        })
        .await;
    };
    let (mut app, other) = two_servers().await;
    warned(&other).await;
    assert!(other.stop().await.success());
    // The mark goes with the process, also where that is killed.
    app.kill();
    app.start_again().await;
    let third = app.another_server().await;
    warned(&third).await;
    assert!(third.stop().await.success());
}

#[tokio::test]
async fn two_servers_create_tasks_in_turns() {
    let (app, other) = two_servers().await;
    let clients = [Client::clone(&app), other.client.clone()];
    let mut ids = Vec::new();
    for turn in 0..40 {
        let client = &clients[turn % 2];
        match turn % 3 {
            0 => ids.push(id_of(&client.create_task(quadratic()).await)),
            1 => {
                let tasks = json!({ "tasks": [quadratic(), quadratic()] });
                let payload = client.mutate_for("createTasks", tasks, "tasks { id }").await.data();
                ids.extend(
                    payload["createTasks"]["tasks"].as_array().into_iter().flatten().map(id_of),
                );
            }
            _ => {
                let source = ids.first().expect("a task");
                let payload =
                    client.mutate_for("cloneTask", json!({ "id": source }), "task { id }").await;
                ids.push(id_of(&payload.data()["cloneTask"]["task"]));
            }
        }
    }
    let query = "query ($id: ID!) { task(id: $id) { id } }";
    for client in &clients {
        for id in &ids {
            assert_eq!(client.graphql(query, json!({ "id": id })).await.data()["task"]["id"], **id);
        }
    }
    assert!(other.stop().await.success());
}

#[tokio::test]
async fn two_servers_work_on_one_task_in_turns() {
    let (app, other) = two_servers().await;
    let clients = [Client::clone(&app), other.client.clone()];
    let task = app.running_task(quadratic()).await;
    for turn in 0..20_u32 {
        let (one, another) = (&clients[turn as usize % 2], &clients[(turn as usize + 1) % 2]);
        let trials = one.ask(&task, 1).await;
        another.tell(&trials[0], f64::from(turn)).await;
        let update = json!({ "id": task, "metadata": { "turn": turn } });
        one.update_task(update).await;
    }
    let seen: Vec<Value> = [clients[0].task(&task).await, clients[1].task(&task).await].into();
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0]["trialCounts"]["completed"], 20);
    assert!(other.stop().await.success());
}

#[tokio::test]
async fn commands_that_write_cost_the_server_no_request() {
    let app = App::start(Db::SqliteFile).await.expect("SQLite is always there");
    let folder = app.database.directory().join("tasks");
    let folder = folder.to_str().expect("a path");
    let url = app.database.url().to_owned();
    let first = id_of(&app.create_task(quadratic()).await);
    app.delete_task(&first).await;
    let command = |arguments: &[&str]| {
        let output = run(arguments.iter().copied().chain(["--database", url.as_str()]));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    command(&["export", folder]);
    for round in 0..4 {
        match round {
            0 => command(&["purge", "--deleted-before-days", "0"]),
            1 => command(&["import", folder]),
            2 => command(&["import", "--replace", folder]),
            _ => command(&["compact", "--before", "2100-01-01T00:00:00Z"]),
        }
        // Each kind of write, the inserting ones first.
        app.create_task(quadratic()).await;
        let id = new_id();
        app.create_task(json!({ "id": id, "name": "Next" })).await;
        app.update_task(json!({ "id": id, "name": "Other" })).await;
    }
}
