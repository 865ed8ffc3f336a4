//! Starting, being asked how it is, and stopping.

use asktell_tests::{
    App, Client, Database, Db, Server, id_of, quadratic, run, run_with_env, within,
};
use rstest::rstest;
use serde_json::{Value, json};

#[rstest]
#[tokio::test]
async fn a_healthy_server_says_so(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let response = app.get("/healthz").await;
    assert_eq!(response.status(), 200);
    let data = app.graphql("{ server { version database pageSizeLimit } }", json!({})).await.data();
    let kind = match db {
        Db::Memory => "SQLITE_MEMORY",
        Db::SqliteFile => "SQLITE",
        Db::Postgres => "POSTGRES",
    };
    assert_eq!(data["server"]["database"], kind);
    assert!(data["server"]["version"].as_str().is_some_and(|version| version.contains('.')));
}

#[tokio::test]
async fn the_pages_are_served_and_name_no_other_host() {
    let Some(app) = App::start(Db::Memory).await else { return };
    for path in ["/", "/graphiql", "/tasks/00000000-0000-4000-8000-000000000000"] {
        let response = app.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        let kind = response.headers()["content-type"].to_str().expect("text").to_owned();
        assert!(kind.starts_with("text/html"), "{path}: {kind}");
        let page = response.text().await.expect("a page");
        for attribute in ["src=\"http", "href=\"http", "src=\"//", "href=\"//"] {
            assert!(!page.contains(attribute), "{path} loads from elsewhere: {page}");
        }
    }
    assert_eq!(app.get("/assets/there-is-no-such-file.js").await.status(), 404);
}

#[rstest]
#[tokio::test]
async fn what_was_accepted_before_the_end_is_finished(
    #[values(Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(mut app) = App::start(db).await else { return };
    let id = id_of(&app.create_task(quadratic()).await);
    let client = Client::clone(&app);
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let (client, id) = (client.clone(), id.clone());
            tokio::spawn(async move {
                let mut acknowledged = Vec::new();
                for n in 0.. {
                    let input = json!({ "id": id, "metadata": { "writer": writer, "n": n } });
                    match client.try_mutate("updateTask", input.clone()).await {
                        Ok(reply) => drop(reply.data()),
                        Err(_) => break,
                    }
                    acknowledged.push(input["metadata"].to_string());
                }
                acknowledged
            })
        })
        .collect();
    // In the middle of it.
    within(30, "some changes", async {
        while app.task(&id).await["version"].as_i64().is_none_or(|version| version < 40) {}
    })
    .await;
    app.stop().await;
    let mut acknowledged = Vec::new();
    for writer in writers {
        acknowledged.extend(writer.await.expect("the writer ends with the connection"));
    }
    app.start_again().await;
    let log: Vec<_> = app
        .events_of(&id)
        .await
        .iter()
        .filter_map(|event| {
            event["changes"].as_array()?.first().map(|change| change["new"].to_string())
        })
        .collect();
    for change in &acknowledged {
        assert!(log.contains(change), "{change} was acknowledged and is lost");
    }
}

#[tokio::test]
async fn a_database_file_is_made_at_the_first_start() {
    let Some(database) = Database::fresh(Db::SqliteFile).await else { return };
    let file = database.directory().join("asktell.db");
    assert!(!file.exists());
    let server = Server::start(database.url(), database.directory()).await;
    assert_eq!(server.client.get("/healthz").await.status(), 200);
    assert!(file.exists());
    assert!(server.stop().await.success());
}

#[rstest]
#[tokio::test]
async fn servers_that_start_together_on_a_fresh_database_all_come_up(
    #[values(Db::Postgres)] db: Db,
) {
    let Some(database) = Database::fresh(db).await else { return };
    let starts = (0..4).map(|_| Server::start(database.url(), database.directory()));
    let servers = futures_util::future::join_all(starts).await;
    for server in &servers {
        server.client.create_task(json!({})).await;
    }
    for server in servers {
        assert_eq!(server.client.log(None).await.len(), 4);
        assert!(server.stop().await.success());
    }
    database.check();
}

#[rstest]
#[case::database("mysql://localhost/x", "postgres://")]
#[case::directory("sqlite:/nowhere/at/all/asktell.db", "asktell.db")]
#[tokio::test]
async fn an_unusable_database_is_refused_in_words(#[case] url: &str, #[case] word: &str) {
    let output = run(["serve", "--listen", "127.0.0.1:0", "--database", url]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(word), "{said}");
    assert!(!said.contains("panicked"), "{said}");
}

#[tokio::test]
async fn a_port_that_is_taken_is_refused_in_words() {
    let Some(app) = App::start(Db::Memory).await else { return };
    let output = run(["serve", "--listen", app.address(), "--database", "sqlite::memory:"]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(app.address()), "{said}");
}

#[tokio::test]
async fn every_flag_is_also_a_setting_of_the_environment() {
    let settings = [("ASKTELL_LISTEN", "not an address"), ("ASKTELL_DATABASE", "sqlite::memory:")];
    let output = run_with_env(["serve"], &settings);
    assert!(!output.status.success(), "the setting is read");
    let help = run(["serve", "--help"]);
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    for name in ["ASKTELL_LISTEN", "ASKTELL_DATABASE"] {
        assert!(help.contains(name), "{name} is not in the help:\n{help}");
    }
}

#[tokio::test]
async fn a_password_is_not_logged() {
    let output = run([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--database",
        "postgres://lab:s3cret@127.0.0.1:1/x",
    ]);
    assert!(!output.status.success());
    let said = [output.stdout, output.stderr].concat();
    assert!(!String::from_utf8_lossy(&said).contains("s3cret"));
}

#[tokio::test]
async fn a_client_that_goes_away_does_not_stop_its_mutation_half_way() {
    let Some(app) = App::start(Db::SqliteFile).await else { return };
    let id = app.running_task(quadratic()).await;
    for _ in 0..40 {
        let (client, id) = (Client::clone(&app), id.clone());
        let asking = tokio::spawn(async move { client.ask(&id, 3).await });
        tokio::task::yield_now().await;
        asking.abort();
        let _ = asking.await;
    }
    let counts = app.task(&id).await["trialCounts"].clone();
    let total = counts["total"].as_i64().expect("a number");
    assert_eq!(total % 3, 0, "each ask hands out all or nothing: {counts}");
    assert_ne!(app.task(&id).await, Value::Null);
}
