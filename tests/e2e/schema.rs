//! The contract.

use std::path::Path;

use asktell_tests::{App, Db, run};
use serde_json::json;

#[test]
fn schema_graphql_is_what_the_binary_prints() {
    let output = run(["schema"]);
    assert!(output.status.success());
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema.graphql");
    let committed = std::fs::read_to_string(file).expect("schema.graphql");
    assert!(
        committed == String::from_utf8_lossy(&output.stdout),
        "schema.graphql is not what `asktell schema` prints: run `just schema` and look at the difference"
    );
}

#[tokio::test]
async fn everything_is_described() {
    let Some(app) = App::start(Db::Memory).await else { return };
    let query = "{ __schema { types {
        name kind description specifiedByURL
        fields { name description args { name description } }
        inputFields { name description } enumValues { name description } } } }";
    let schema = app.graphql(query, json!({})).await.data();
    let mut bare = Vec::new();
    let mut look = |place: String, item: &serde_json::Value| {
        if item["description"].as_str().is_none_or(str::is_empty) {
            bare.push(place);
        }
    };
    for item in schema["__schema"]["types"].as_array().expect("types") {
        let name = item["name"].as_str().expect("a name");
        let is_built_in = ["Int", "Float", "String", "Boolean", "ID"].contains(&name);
        if is_built_in || name.starts_with("__") {
            continue;
        }
        look(name.to_owned(), item);
        for list in ["fields", "inputFields", "enumValues"] {
            for member in item[list].as_array().into_iter().flatten() {
                let place = format!("{name}.{}", member["name"]);
                look(place.clone(), member);
                for argument in member["args"].as_array().into_iter().flatten() {
                    look(format!("{place}({})", argument["name"]), argument);
                }
            }
        }
        if item["kind"] == "SCALAR" {
            assert!(item["specifiedByURL"].is_string(), "{name} has no @specifiedBy");
        }
    }
    assert!(bare.is_empty(), "without description: {bare:?}");
}
