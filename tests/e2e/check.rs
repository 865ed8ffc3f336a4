//! `asktell check` finds what does not fit together: every other test relies on it.

use asktell_tests::{App, Db, quadratic, run};
use rstest::rstest;

#[rstest]
#[case::counts("UPDATE task SET trials_completed = trials_completed + 1")]
#[case::best("UPDATE task SET best_value = 0.125")]
#[case::version("UPDATE task SET version = version + 1")]
#[case::sequence("UPDATE task SET sequence = sequence - 1")]
#[case::lost_event("DELETE FROM event WHERE sequence = 2")]
#[case::lost_trial("DELETE FROM trial WHERE number = 1")]
#[case::handed_out("UPDATE task SET handed_out = handed_out - 1")]
#[case::failures("UPDATE task SET failures = failures + 1")]
#[case::name_sort("UPDATE task SET name_sort = 'x'")]
#[case::paused_with("UPDATE task SET paused_with = id")]
#[case::returned("UPDATE task SET returned = returned + 1")]
#[case::lease("UPDATE trial SET lease_expires_at = 1")]
#[case::strategist("UPDATE task SET strategist = 'x', strategy_expires_at = 9000000000000000")]
#[case::front("UPDATE trial SET on_front = NOT on_front WHERE number = 1")]
#[case::feasible("UPDATE trial SET feasible = NOT feasible WHERE number = 1")]
#[tokio::test]
async fn a_database_that_was_tampered_with_is_found_out(
    #[values(Db::SqliteFile, Db::Postgres)] db: Db,
    #[case] tampering: &str,
) {
    let Some(mut app) = App::start(db).await else { return };
    let id = app.running_task(quadratic()).await;
    for trial in app.ask(&id, 2).await {
        app.tell(&trial, 0.5).await;
    }
    app.stop().await;
    app.database.check();
    app.database.execute(tampering).await;
    let output = run(["check", "--database", app.database.url()]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains(&id), "it names the task: {said}");
    app.give_up();
}
