//! Saved views: filters with a name. (What happens to one that is watched: [`crate::watching`].)

use asktell_tests::{App, Client, Db, id_of, new_id, nodes};
use futures_util::{StreamExt as _, future::join_all, stream};
use rstest::rstest;
use serde_json::{Value, json};

const VIEW: &str = "id name owner filter sort columns version createdAt updatedAt";

async fn save(app: &Client, input: Value) -> Value {
    app.payload("saveView", input).await["view"].clone()
}

async fn view(app: &Client, id: &str) -> Value {
    let query = format!("query ($id: ID!) {{ view(id: $id) {{ {VIEW} }} }}");
    app.graphql(&query, json!({ "id": id })).await.data()["view"].clone()
}

async fn names(app: &Client, variables: Value) -> Vec<String> {
    let query = "query ($first: Int, $after: String, $last: Int, $before: String) {
        views(first: $first, after: $after, last: $last, before: $before) { nodes { name } } }";
    let page = app.graphql(query, variables).await.data()["views"].clone();
    nodes(&page).iter().map(|view| view["name"].as_str().expect("a name").to_owned()).collect()
}

#[rstest]
#[tokio::test]
async fn a_view_is_saved_changed_and_deleted(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let filter = json!({ "status": ["CREATED"], "or": [{ "tags": { "any": ["b12"] } }] });
    let sort = json!([{ "by": "NAME", "direction": "DESCENDING" }]);
    let columns = json!(["name", "metadata.lab.site"]);
    let input = json!({ "name": " Mine ", "filter": filter, "sort": sort, "columns": columns });
    let made = app.mutate_as("Ada", "saveView", input).await.data()["saveView"]["view"].clone();
    assert_eq!((&made["name"], &made["owner"]), (&json!("Mine"), &json!("Ada")));
    assert_eq!((&made["filter"], &made["sort"], &made["columns"]), (&filter, &sort, &columns));
    assert_eq!(made["version"], 1);
    let id = id_of(&made);
    assert_eq!(view(&app, &id).await, made);

    let change = json!({ "id": id, "name": "MINE", "sort": null, "expectedVersion": 1 });
    let changed = app.mutate_as("Bob", "saveView", change).await.data()["saveView"]["view"].clone();
    assert_eq!((&changed["name"], &changed["owner"]), (&json!("MINE"), &json!("Ada")));
    assert_eq!((&changed["filter"], &changed["sort"]), (&filter, &json!([])));
    assert_eq!((&changed["columns"], &changed["version"]), (&columns, &json!(2)));
    assert_eq!(changed["createdAt"], made["createdAt"]);

    let same = save(&app, json!({ "id": id, "name": "MINE", "filter": filter })).await;
    assert_eq!(same, changed, "what changes nothing writes nothing");
    let node = "query ($id: ID!) { node(id: $id) { __typename id ... on View { name } } }";
    let found = app.graphql(node, json!({ "id": id })).await.data()["node"].clone();
    assert_eq!(found, json!({ "__typename": "View", "id": id, "name": "MINE" }));

    let deleted = app.payload("deleteView", json!({ "id": id })).await["view"].clone();
    assert_eq!(deleted, changed);
    assert_eq!(view(&app, &id).await, Value::Null);
    assert_eq!(app.graphql(node, json!({ "id": id })).await.data()["node"], Value::Null);
    for (mutation, input) in
        [("deleteView", json!({ "id": id })), ("saveView", json!({ "id": id }))]
    {
        let error = app.mutate(mutation, input).await.error();
        assert_eq!((error.code(), error.detail("viewId")), ("VIEW_NOT_FOUND", &json!(id)));
    }
    assert_eq!(app.log(None).await, [] as [Value; 0], "views make no events");
}

#[rstest]
#[tokio::test]
async fn its_tasks_are_those_that_the_filter_finds_in_its_order(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    for n in 0..12 {
        let site = if n % 3 == 0 { json!(null) } else { json!("B12") };
        let metadata = if n % 2 == 0 { json!({ "site": site }) } else { json!({}) };
        app.create_task(json!({ "name": format!("run {n:02}"), "metadata": metadata })).await;
    }
    let sort = json!([{ "by": "NAME" }]);
    for (n, filter) in [
        json!({}),
        json!(null),
        json!({ "metadata": [{ "path": ["site"] }] }),
        json!({ "metadata": [{ "path": ["site"], "equals": null }] }),
        json!({ "not": { "metadata": [{ "path": ["site"], "in": [null, "B12"] }] } }),
        json!({ "name": { "contains": "1" }, "status": null }),
        json!({ "deleted": true }),
    ]
    .into_iter()
    .enumerate()
    {
        let input = json!({ "name": format!("view {n}"), "filter": filter, "sort": sort });
        let id = id_of(&save(&app, input).await);
        let query = "query ($id: ID!, $filter: TaskFilter, $sort: [TaskSort!], $first: Int!) {
            view(id: $id) { tasks(first: $first) { nodes { name } totalCount pageInfo { endCursor } } }
            tasks(filter: $filter, sort: $sort, first: $first) { nodes { name } totalCount pageInfo { endCursor } } }";
        let variables = json!({ "id": id, "filter": filter, "sort": sort, "first": 3 });
        let data = app.graphql(query, variables).await.data();
        assert_eq!(data["view"]["tasks"], data["tasks"], "{filter}");
    }
}

#[rstest]
#[tokio::test]
async fn a_name_is_taken_whatever_the_case(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let street = save(&app, json!({ "name": "Straße" })).await;
    let other = save(&app, json!({ "name": "other" })).await;
    for input in [
        json!({ "name": "STRASSE" }),
        json!({ "name": " straße" }),
        json!({ "id": other["id"], "name": "strasse" }),
    ] {
        let error = app.mutate("saveView", input).await.error();
        assert_eq!((error.code(), error.detail("viewId")), ("VIEW_NAME_TAKEN", &street["id"]));
    }
    let renamed = save(&app, json!({ "id": street["id"], "name": "STRASSE" })).await;
    assert_eq!(renamed["name"], "STRASSE", "its own name is not taken");
    app.payload("deleteView", json!({ "id": street["id"] })).await;
    save(&app, json!({ "id": other["id"], "name": "strasse" })).await;
}

#[rstest]
#[tokio::test]
async fn of_many_that_save_one_name_at_once_one_does(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let saves = (0..16).map(|n| {
        let name = if n % 2 == 0 { "night shift" } else { "Night Shift" };
        app.mutate("saveView", json!({ "name": name }))
    });
    let replies = join_all(saves).await;
    let (refused, saved): (Vec<_>, Vec<_>) =
        replies.into_iter().partition(asktell_tests::Reply::is_error);
    assert_eq!((saved.len(), refused.len()), (1, 15));
    for reply in refused {
        assert_eq!(reply.error().code(), "VIEW_NAME_TAKEN");
    }
    let id = saved[0].clone().data()["saveView"]["view"]["id"].clone();
    let changes = (0..16).map(|n| {
        let input = json!({ "id": id, "columns": [format!("{n}")], "expectedVersion": 1 });
        app.mutate("saveView", input)
    });
    let replies = join_all(changes).await;
    assert_eq!(replies.iter().filter(|reply| !reply.is_error()).count(), 1);
    for reply in replies.into_iter().filter(asktell_tests::Reply::is_error) {
        let error = reply.error();
        assert_eq!((error.code(), error.detail("actual")), ("VERSION_CONFLICT", &json!(2)));
    }
    let error = app.mutate("deleteView", json!({ "id": id, "expectedVersion": 1 })).await.error();
    assert_eq!(error.code(), "VERSION_CONFLICT");
}

#[rstest]
#[tokio::test]
async fn views_are_listed_by_name(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    for name in ["beta", "Émile", "alpha 2", "Alpha", "_", "zeta", "Beta 1", "42"] {
        save(&app, json!({ "name": name })).await;
    }
    let all = ["42", "_", "Alpha", "alpha 2", "beta", "Beta 1", "zeta", "Émile"];
    assert_eq!(names(&app, json!({})).await, all);
    let query = "{ views { edges { cursor node { name } } } }";
    let views = app.graphql(query, json!({})).await.data()["views"]["edges"].clone();
    assert_eq!(names(&app, json!({ "first": 2, "after": views[1]["cursor"] })).await, all[2..4]);
    assert_eq!(names(&app, json!({ "last": 3, "before": views[6]["cursor"] })).await, all[3..6]);
    assert_eq!(names(&app, json!({ "last": 2 })).await, all[6..]);
}

#[rstest]
#[case::no_name(json!({}), "input.name")]
#[case::empty_name(json!({ "name": " " }), "input.name")]
#[case::long_name(json!({ "name": "x".repeat(201) }), "input.name")]
#[case::two_lines(json!({ "name": "a\nb" }), "input.name")]
#[case::version_of_a_new_one(json!({ "name": "a", "expectedVersion": 1 }), "input.expectedVersion")]
#[case::many_columns(json!({ "name": "a", "columns": vec!["x"; 65] }), "input.columns")]
#[case::empty_column(json!({ "name": "a", "columns": ["x", ""] }), "input.columns.1")]
#[case::long_column(json!({ "name": "a", "columns": ["x".repeat(201)] }), "input.columns.0")]
#[case::wrong_id_in_filter(json!({ "name": "a", "filter": { "ids": ["x"] } }), "input.filter.ids.0")]
#[case::deleted_below(json!({ "name": "a", "filter": { "not": { "deleted": true } } }), "input.filter.not.deleted")]
#[case::large_filter(json!({ "name": "a", "filter": { "owner": vec!["x".repeat(99); 700] } }), "input.filter")]
#[case::same_key_twice(json!({ "name": "a", "sort": [{ "by": "NAME" }, { "by": "NAME" }] }), "input.sort.1.key")]
#[case::id_of_a_task(json!({ "id": "018f2b1e-7c3a-7d4e-9a51-0c6b8f1f2a3b" }), "input.id")]
#[tokio::test]
async fn bad_input_writes_nothing(#[case] input: Value, #[case] path: &str) {
    let Some(app) = App::start(Db::Memory).await else { return };
    let error = app.mutate("saveView", input).await.error();
    assert_eq!((error.code(), error.path()), ("VALIDATION_FAILED", path.to_owned()));
    assert_eq!(names(&app, json!({})).await, [] as [String; 0]);
}

#[rstest]
#[case::unknown_field(r#"{ "colour": "red" }"#)]
#[case::unknown_field_below(r#"{ "or": [{}, { "name": { "rhymesWith": "x" } }] }"#)]
#[case::unknown_word(r#"{ "status": ["FROZEN"] }"#)]
#[case::wrong_shape(r#"{ "priority": 7 }"#)]
#[case::wrong_id(r#"{ "ids": ["x"] }"#)]
#[tokio::test]
async fn what_another_version_saved_and_this_one_cannot_read_is_said_to_be_so(
    #[case] filter: &str,
    #[values(Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    app.create_task(json!({})).await;
    let id = id_of(&save(&app, json!({ "name": "later" })).await);
    app.database.execute(&format!("UPDATE saved_view SET filter = '{filter}'")).await;
    let shown = view(&app, &id).await;
    assert_eq!(shown["filter"], serde_json::from_str::<Value>(filter).expect("JSON"));
    let query = "query ($id: ID!) { view(id: $id) { name tasks { nodes { id } } } }";
    let error = app.graphql(query, json!({ "id": id })).await.error();
    assert_eq!((error.code(), error.detail("viewId")), ("VIEW_UNREADABLE", &json!(id)));
    save(&app, json!({ "id": id, "filter": {} })).await;
    let data = app.graphql(query, json!({ "id": id })).await.data();
    assert_eq!(nodes(&data["view"]["tasks"]).len(), 1);
}

#[rstest]
#[tokio::test]
async fn a_thousand_views_are_kept_and_no_more(#[values(Db::Memory, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    stream::iter(0..999)
        .for_each_concurrent(8, |n| {
            let app = Client::clone(&app);
            async move {
                save(&app, json!({ "name": format!("view {n}") })).await;
            }
        })
        .await;
    let last = (0..8).map(|n| app.mutate("saveView", json!({ "name": format!("last {n}") })));
    let replies = join_all(last).await;
    assert_eq!(replies.iter().filter(|reply| !reply.is_error()).count(), 1);
    for reply in replies.into_iter().filter(asktell_tests::Reply::is_error) {
        assert_eq!(reply.error().code(), "TOO_MANY_VIEWS");
    }
    assert_eq!(names(&app, json!({ "first": 1000 })).await.len(), 1000);
}

#[rstest]
#[tokio::test]
async fn views_outlive_the_server(#[values(Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(mut app) = App::start(db).await else { return };
    let input = json!({ "name": "mine", "idempotencyKey": new_id() });
    let made = save(&app, input.clone()).await;
    app.stop().await;
    app.start_again().await;
    assert_eq!(view(&app, &id_of(&made)).await, made);
    assert_eq!(save(&app, input).await, made, "and so does the answer to a call");
}
