//! Whatever is sent: a typed error that says where and what, nothing written, the server alive.

mod documents;
mod settings;
mod spaces;
mod strategies;
mod trials;
mod workers;

use asktell_tests::{App, Client, Db, Reply, id_of, new_id, nodes, quadratic, token_of};
use rstest::rstest;
use serde_json::{Value, json};

/// The codes of a value that its GraphQL type does not have.
const WRONG_TYPE: &[&str] = &["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"];
/// The code of a value that breaks a rule.
const INVALID: &[&str] = &["VALIDATION_FAILED"];
const LIMIT: &[&str] = &["LIMIT_EXCEEDED"];

/// One request that must be refused.
struct Case {
    what: &'static str,
    body: String,
    codes: &'static [&'static str],
    /// Where the field is that is wrong, for rules: the path below `input`.
    path: String,
}

/// A mutation with an input in JSON, which may be JSON that Rust could not write, such as 1e999.
fn mutation(
    what: &'static str,
    mutation: &str,
    input: &str,
    codes: &'static [&'static str],
    path: &str,
) -> Case {
    let (first, rest) = mutation.split_at(1);
    let query = format!(
        "mutation ($input: {}{rest}Input!) {{ {mutation}(input: $input) {{ __typename }} }}",
        first.to_uppercase()
    );
    let body = format!("{{\"query\": {}, \"variables\": {{\"input\": {input}}}}}", json!(query));
    Case { what, body, codes, path: path.to_owned() }
}

/// A document without variables.
fn document(what: &'static str, query: &str, codes: &'static [&'static str]) -> Case {
    Case { what, body: json!({ "query": query }).to_string(), codes, path: String::new() }
}

/// What the cases speak of: `$CREATED`, `$RUNNING`, `$NOBODY` are tasks; `$TRIAL` is out under the lease
/// `$TOKEN`, `$DONE` is COMPLETED and `$WAITING` waits.
struct World {
    created: String,
    running: String,
    trial: String,
    token: String,
    done: String,
    waiting: String,
    nobody: String,
}

impl World {
    async fn make(app: &Client) -> Self {
        let created = id_of(&app.create_task(quadratic()).await);
        let running = app.running_task(quadratic()).await;
        let trials = app.ask(&running, 2).await;
        app.tell(&trials[1], 1.0).await;
        let waiting = id_of(&app.enqueue(&running, json!([{ "x": 1.0, "y": 1.0 }])).await[0]);
        Self {
            created,
            running,
            trial: id_of(&trials[0]),
            token: token_of(&trials[0]).to_string(),
            done: id_of(&trials[1]),
            waiting,
            nobody: new_id(),
        }
    }

    fn fill_in(&self, body: &str) -> String {
        body.replace("$CREATED", &self.created)
            .replace("$RUNNING", &self.running)
            .replace("$TRIAL", &self.trial)
            .replace("$TOKEN", &self.token)
            .replace("$DONE", &self.done)
            .replace("$WAITING", &self.waiting)
            .replace("$NOBODY", &self.nobody)
    }
}

/// What is wrong with the answer, if anything is.
fn complaint(case: &Case, reply: Reply) -> Option<String> {
    let body = reply.body.to_string();
    let data = reply.body["data"].as_object();
    if reply.status >= 500 || !data.is_none_or(|data| data.values().all(Value::is_null)) {
        return Some(format!("status {}: {body}", reply.status));
    }
    if !reply.is_error() {
        return Some(format!("it is accepted: {body}"));
    }
    let error = reply.error();
    if !case.codes.contains(&error.code()) {
        return Some(format!("its code should be {}: {body}", case.codes.join(" or ")));
    }
    let path = match case.path.strip_prefix('@') {
        Some(argument) => argument.to_owned(),
        None => format!("input.{}", case.path).trim_end_matches('.').to_owned(),
    };
    if case.codes == INVALID && error.path() != path {
        return Some(format!("its path should be {path}: {body}"));
    }
    None
}

#[rstest]
#[tokio::test]
async fn a_bad_input_is_a_typed_error_and_writes_nothing(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let world = World::make(&app).await;
    let before =
        (app.task(&world.created).await, app.task(&world.running).await, app.log(None).await);
    let cases = [
        settings::cases(),
        spaces::cases(),
        strategies::cases(),
        trials::cases(),
        documents::cases(),
        workers::cases(),
    ];
    let cases: Vec<_> = cases.into_iter().flatten().collect();
    assert!(cases.len() >= 200, "{} cases", cases.len());
    let head = "{ taskEvents(last: 1) { nodes { cursor } } }";
    let mut cursor = before.2.last().expect("an event")["cursor"].clone();
    let mut complaints = Vec::new();
    for case in &cases {
        let reply = app.post(world.fill_in(&case.body)).await;
        complaints.extend(complaint(case, reply).map(|what| format!("{}: {what}", case.what)));
        let last = nodes(&app.graphql(head, json!({})).await.data()["taskEvents"]).remove(0);
        if last["cursor"] != cursor {
            complaints.push(format!("{}: something is written", case.what));
            cursor = last["cursor"].clone();
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    let after =
        (app.task(&world.created).await, app.task(&world.running).await, app.log(None).await);
    assert_eq!(after, before);
    println!("{} cases", cases.len());
}

#[tokio::test]
async fn an_actor_that_is_no_name_is_refused() {
    let Some(app) = App::start(Db::Memory).await else { return };
    let query = "mutation { createTask(input: {}) { task { id } } }";
    for actor in ["", " ", &"x".repeat(101)] {
        let reply = app.graphql_as(actor, query, json!({})).await;
        if reply.is_error() {
            assert!(reply.status < 500);
            let _ = reply.error().code();
        }
    }
    for event in app.log(None).await {
        let actor = event["actor"].as_str().expect("an actor");
        assert!(!actor.trim().is_empty() && actor.len() <= 100, "{actor:?}");
    }
}
