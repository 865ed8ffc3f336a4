//! Filters and orders of tasks, against a plain model that looks at every task.

mod model;
mod queries;

use std::sync::Arc;

use asktell_tests::{App, Client, Db, Random, finding_queries, id_of, nodes, quadratic_with};
use futures_util::{StreamExt as _, stream};
use rstest::rstest;
use serde_json::{Value, json};

use model::Model;

/// How many tasks there are.
const TASKS: usize = 400;

/// Everything that filters and orders go by.
const SEEN: &str = "id name description status tags priority owner parent { id }
    ancestors { id } createdAt updatedAt startedAt finishedAt bestValue progress metadata
    parameterSpace { parameters { name } }
    trialCounts { total waiting running completed failed pruned infeasible abandoned }";

#[rstest]
#[tokio::test]
async fn random_filters_and_orders_find_what_a_plain_model_finds(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    // With few tasks for few, all of them lie on long rails.
    #[values("4000", "7")] few: &'static str,
) {
    let Some(app) = App::start_with(db, &["--list-few", few]).await else { return };
    let mut random = Random::new(20_261_123);
    grow(&app, &mut random).await;
    let tasks = read_all(&app, false).await;
    let deleted = read_all(&app, true).await;
    assert_eq!((tasks.len(), deleted.len()), (TASKS - TASKS / 10, TASKS / 10));
    let model = Model::of(tasks, deleted);
    let queries = finding_queries();
    let (mut selective, mut asked) = (0, 0);
    for number in 0..queries {
        let query = queries::random(&mut random, &model, number);
        let expected = model.find(&query);
        let of = model.size(query.deleted());
        asked += 1;
        selective += usize::from(expected.len() * 100 >= of && expected.len() * 100 <= of * 99);
        ask(&app, &mut random, &query, &expected).await;
    }
    assert!(selective * 3 >= asked, "only {selective} of {asked} filters match 1 to 99 %");
}

/// Asks for the whole list, page by page, forward or backward, and for its number and facets.
async fn ask(app: &Client, random: &mut Random, query: &queries::Query, expected: &[&Value]) {
    eprintln!("{}", json!([query.filter, query.sort]));
    let ids: Vec<_> = expected.iter().map(|task| task["id"].clone()).collect();
    let size = random.within(1 + ids.len() as u64 / 4, 2 + ids.len() as u64);
    let backward = random.percent(30);
    let document = "query ($filter: TaskFilter, $sort: [TaskSort!], $first: Int, $after: String,
            $last: Int, $before: String) {
        tasks(filter: $filter, sort: $sort, first: $first, after: $after, last: $last, before: $before) {
            nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let mut variables = json!({ "filter": query.filter, "sort": query.sort });
        let (count, place) = if backward { ("last", "before") } else { ("first", "after") };
        variables[count] = json!(size);
        variables[place] = cursor.clone();
        let page = app.graphql(document, variables).await.data()["tasks"].clone();
        let some = nodes(&page).into_iter().map(|node| node["id"].clone());
        let info = &page["pageInfo"];
        let more = if backward {
            seen.splice(0..0, some.collect::<Vec<_>>());
            cursor = info["startCursor"].clone();
            &info["hasPreviousPage"]
        } else {
            seen.extend(some);
            cursor = info["endCursor"].clone();
            &info["hasNextPage"]
        };
        if *more == false {
            break;
        }
        assert!(seen.len() <= ids.len(), "{query:#?} by {size}, backward: {backward}: no end");
    }
    assert_eq!(seen, ids, "{query:#?} by {size}, backward: {backward}");
    if random.percent(20) {
        let document = "query ($filter: TaskFilter) { tasks(filter: $filter, first: 0) { totalCount
            facets { statuses { status count } tags { tag count } owners { owner count } } } }";
        let variables = json!({ "filter": query.filter });
        let counted = app.graphql(document, variables).await.data()["tasks"].clone();
        assert_eq!(counted["totalCount"], json!(ids.len()), "{query:#?}");
        assert_eq!(counted["facets"], model::facets(expected), "{query:#?}");
    }
}

/// Tasks that differ in everything that filters go by.
async fn grow(app: &Client, random: &mut Random) {
    let app = Arc::new(app.clone());
    let mut parents: Vec<String> = Vec::new();
    for _ in 0..TASKS / 20 {
        let parent = parents.last().filter(|_| random.percent(40)).cloned();
        let task = app.create_task(queries::task(random, parent.as_deref())).await;
        parents.push(id_of(&task));
    }
    let inputs: Vec<_> = (parents.len()..TASKS)
        .map(|_| {
            let parent = Some(random.one_of(&parents).as_str()).filter(|_| random.percent(30));
            (queries::task(random, parent), random.bits())
        })
        .collect();
    let grown: Vec<(String, u64)> = stream::iter(inputs)
        .map(|(input, bits)| {
            let app = Arc::clone(&app);
            async move { (id_of(&app.create_task(input).await), bits) }
        })
        .buffer_unordered(8)
        .collect()
        .await;
    stream::iter(&grown)
        .for_each_concurrent(8, |(id, bits)| {
            let app = Arc::clone(&app);
            async move { live(&app, id, Random::new(*bits)).await }
        })
        .await;
    for (id, _) in grown.iter().take(TASKS / 10) {
        app.delete_task(id).await;
    }
}

/// Some of a task's life.
async fn live(app: &Client, id: &str, mut random: Random) {
    if random.percent(30) {
        return;
    }
    let fill = quadratic_with(json!({}));
    app.update_task(json!({ "id": id, "objectives": fill["objectives"] })).await;
    app.transition(id, "RUNNING").await;
    for trial in app.ask(id, 1 + random.place(4)).await {
        if random.percent(70) {
            let value = if random.percent(30) { 2.0 } else { random.number(0, 125) };
            app.tell(&trial, value).await;
        }
    }
    let ways: [&[&str]; 4] = [&[], &["PAUSED"], &["COMPLETED"], &["FAILED"]];
    for to in *random.one_of(&ways) {
        let status = app.task(id).await["status"].clone();
        // A budget may have completed it.
        if status == "RUNNING" {
            app.transition(id, to).await;
        }
    }
}

async fn read_all(app: &Client, deleted: bool) -> Vec<Value> {
    let document = format!(
        "query ($deleted: Boolean) {{ tasks(first: 1000, filter: {{ deleted: $deleted }}) {{ nodes {{ {SEEN} }} }} }}"
    );
    nodes(&app.graphql(&document, json!({ "deleted": deleted })).await.data()["tasks"])
}
