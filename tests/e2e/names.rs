//! Names look like what they are: one letter is one letter however it was typed, nothing in them is invisible, and nobody bears
//! the name of the server.

use asktell_tests::{App, Client, Db, RawConnection, RawResponse, nodes};
use rstest::rstest;
use serde_json::json;

/// "é" as one character and as two.
const COMPOSED: &str = "Caf\u{e9}";
const APART: &str = "Cafe\u{301}";

/// Zero-width space, joiner, BOM; embedding, override, isolate; soft hyphen; tag.
const INVISIBLE: [char; 8] =
    ['\u{200b}', '\u{200d}', '\u{feff}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{ad}', '\u{e0041}'];

#[rstest]
#[tokio::test]
async fn a_letter_is_found_however_it_was_typed(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    for text in [COMPOSED, APART] {
        let owner = format!("owner {text}");
        let metadata = json!({ "place": text });
        app.create_task(json!({
            "name": format!("{text} run"), "owner": owner, "tags": [text], "metadata": metadata,
        }))
        .await;
    }
    for text in [COMPOSED, APART, "CAFE\u{301}"] {
        let is_lower = !text.starts_with("CAFE");
        for (filter, found) in [
            (json!({ "name": { "equals": format!("{text} run") } }), true),
            (json!({ "name": { "startsWith": text } }), true),
            (json!({ "name": { "contains": text } }), true),
            (json!({ "search": text }), true),
            (json!({ "tags": { "any": [text] } }), true),
            (json!({ "owner": [format!("owner {text}")] }), is_lower),
            (json!({ "metadata": [{ "path": ["place"], "equals": text }] }), is_lower),
        ] {
            let query = "query ($f: TaskFilter) { tasks(filter: $f) { nodes { name owner } } }";
            let data = app.graphql(query, json!({ "f": filter })).await.data();
            let names: Vec<_> = nodes(&data["tasks"]).iter().map(|n| n["name"].clone()).collect();
            let expected = if found { vec![json!(format!("{COMPOSED} run")); 2] } else { vec![] };
            assert_eq!(names, expected, "{filter}");
        }
    }
}

#[tokio::test]
async fn what_nobody_sees_is_refused_in_names() {
    let Some(app) = App::start(Db::Memory).await else { return };
    for hidden in INVISIBLE {
        let text = format!("a{hidden}b");
        for (input, path) in [
            (json!({ "name": text }), "input.name"),
            (json!({ "owner": text }), "input.owner"),
            (json!({ "tags": ["fine", text] }), "input.tags.1"),
        ] {
            let error = app.mutate("createTask", input).await.error();
            let seen = (error.code(), error.path());
            assert_eq!(seen, ("VALIDATION_FAILED", path.to_owned()), "{}", hidden.escape_unicode());
        }
        let refused = create_as(&app, &format!("X-Asktell-Actor: {text}\r\n")).await;
        assert_eq!((refused.status, &*refused.code()), (400, "BAD_REQUEST"));
    }
    // Texts for people may have them.
    let described = json!({ "description": "right-to-left: \u{200f}" });
    app.create_task(described).await;
}

async fn create_as(client: &Client, headers: &str) -> RawResponse {
    let body = r#"{"query":"mutation { createTask(input: {}) { task { owner } } }"}"#;
    let mut socket = RawConnection::open(client).await;
    let length = body.len();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n{headers}\r\n{body}"
    );
    socket.send(request).await.expect("the request is sent");
    socket.response().await
}

#[tokio::test]
async fn an_actor_is_named_once_and_may_be_percent_encoded() {
    let Some(app) = App::start(Db::Memory).await else { return };
    for (headers, actor) in [
        ("", "anonymous"),
        ("X-Asktell-Actor: Zo\u{eb}\r\n", "Zo\u{eb}"),
        ("X-Asktell-Actor: Zo%C3%AB%20M\r\n", "Zo\u{eb} M"),
        ("X-Asktell-Actor: Zoe%CC%88\r\n", "Zo\u{eb}"),
        ("X-Asktell-Actor: 100%\r\n", "100%"),
    ] {
        let response = create_as(&app, headers).await;
        let owner = response.json()["data"]["createTask"]["task"]["owner"].clone();
        assert_eq!(owner, json!(actor), "{headers}: {response:?}");
    }
    for headers in [
        "X-Asktell-Actor: a\r\nX-Asktell-Actor: b\r\n",
        "X-Asktell-Actor: a\r\nX-Asktell-Actor: a\r\n",
        "X-Asktell-Actor: asktell\r\n",
        "X-Asktell-Actor: AskTell\r\n",
        "X-Asktell-Actor: %61sktell\r\n",
        "X-Asktell-Actor: %FF\r\n",
        "X-Asktell-Actor: a%00b\r\n",
    ] {
        let response = create_as(&app, headers).await;
        assert_eq!((response.status, &*response.code()), (400, "BAD_REQUEST"), "{headers}");
    }
    let log = app.log(None).await;
    assert_eq!(log.iter().filter(|event| event["kind"] == "CREATED").count(), 5);
    assert!(log.iter().all(|event| event["actor"] != "asktell"));
}
