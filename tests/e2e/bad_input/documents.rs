//! Documents, bodies and pages that would exhaust a server.

use serde_json::json;

use super::{Case, INVALID, LIMIT, WRONG_TYPE, document};

const PARSE: &[&str] = &["GRAPHQL_PARSE_FAILED"];
const VALIDATION: &[&str] = &["GRAPHQL_VALIDATION_FAILED"];
const REQUEST: &[&str] = &["BAD_REQUEST"];

pub(super) fn cases() -> Vec<Case> {
    [bodies(), texts(), floods(), pages()].into_iter().flatten().collect()
}

fn bodies() -> Vec<Case> {
    let body = |what, body: &str| Case {
        what,
        body: body.to_owned(),
        codes: REQUEST,
        path: String::new(),
    };
    vec![
        body("an empty body", ""),
        body("half a body", r#"{"query": "#),
        body("a number as body", "7"),
        body("a list of requests", r#"[{"query": "{__typename}"}]"#),
        body("a body without query", "{}"),
        body("a number as query", r#"{"query": 7}"#),
        body("variables that are a list", r#"{"query": "{__typename}", "variables": [1]}"#),
        body(
            "a body nested 100,000 deep",
            &format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000)),
        ),
        body(
            "variables nested 100,000 deep",
            &format!(
                r#"{{"query": "{{__typename}}", "variables": {{"a": {}1{}}}}}"#,
                "[".repeat(100_000),
                "]".repeat(100_000)
            ),
        ),
    ]
}

fn texts() -> Vec<Case> {
    let named =
        json!({ "query": "query A { __typename } query B { __typename }", "operationName": "C" });
    vec![
        document("an empty document", "", PARSE),
        document("half a document", "{ task(id: ", PARSE),
        document("no GraphQL", "SELECT * FROM task", PARSE),
        document("an open text", r#"{ task(id: "x) { id } }"#, PARSE),
        document("an unknown root field", "{ everything }", VALIDATION),
        document("an unknown mutation", "mutation { purgeTasks { id } }", VALIDATION),
        document("an unknown argument", "{ tasks(page: 2) { nodes { id } } }", VALIDATION),
        document("a selection on a scalar", "{ server { version { x } } }", VALIDATION),
        document("no selection on an object", "{ server }", VALIDATION),
        document("an unused variable", "query ($x: Int) { __typename }", VALIDATION),
        document("an unknown directive on __typename", "{ __typename @nope }", VALIDATION),
        document("a directive without its argument", "{ __typename @skip }", VALIDATION),
        document("an unknown argument of __typename", "{ __typename(x: 1) }", VALIDATION),
        document("a selection on __typename", "{ __typename { x } }", VALIDATION),
        document(
            "a selection on __typename in a fragment",
            "{ server { ...A } } fragment A on Server { ... { __typename { x } } }",
            VALIDATION,
        ),
        document("an undefined variable on __typename", "{ __typename @skip(if: $x) }", VALIDATION),
        document(
            "a text in a directive on __typename",
            "{ __typename @skip(if: \"x\") }",
            WRONG_TYPE,
        ),
        document("two fields of one name", "{ server { a: __typename a: version } }", VALIDATION),
        document("an undefined variable", "{ task(id: $x) { id } }", VALIDATION),
        document(
            "a fragment that spreads itself",
            "{ server { ...A } } fragment A on Server { ...B } fragment B on Server { ...A }",
            VALIDATION,
        ),
        document(
            "an unknown enum value inline",
            "mutation { transitionTask(input: { id: \"$CREATED\", to: GONE }) { task { id } } }",
            WRONG_TYPE,
        ),
        document(
            "an unknown input field inline",
            "mutation { createTask(input: { colour: \"red\" }) { task { id } } }",
            WRONG_TYPE,
        ),
        document("a missing variable", "query ($id: ID!) { task(id: $id) { id } }", WRONG_TYPE),
        document(
            "a subscription by POST",
            "subscription { taskEvents { cursor } }",
            &["GRAPHQL_VALIDATION_FAILED", "BAD_REQUEST", "NOT_ACCEPTABLE"],
        ),
        Case {
            what: "an unknown operation",
            body: named.to_string(),
            codes: &["OPERATION_NOT_FOUND", "BAD_REQUEST"],
            path: String::new(),
        },
    ]
}

/// One text for each number, joined.
fn list(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect::<Vec<_>>().join(" ")
}

/// `open` so often, something inside, and `close` as often.
fn nested(count: usize, open: &str, inside: &str, close: &str) -> String {
    [&open.repeat(count), inside, &close.repeat(count)].concat()
}

fn floods() -> Vec<Case> {
    // Each fragment spreads the next one twice: 2^60 fields in 4 kB.
    let spread = |n| format!("fragment F{n} on Server {{ a: version ...F{0} ...F{0} }}", n + 1);
    let bomb = format!(
        "{{ server {{ ...F0 }} }} {} fragment F60 on Server {{ version }}",
        list(60, spread)
    );
    let deep_list = format!("{{ task(id: {}) {{ id }} }}", nested(1_800, "[", "1", "]"));
    let deep_object = format!(
        "mutation {{ createTask(input: {{ metadata: {} }}) {{ task {{ id }} }} }}",
        nested(1_800, "{a:", "1", "}")
    );
    let deep_type = format!("query ($x: {}) {{ __typename }}", nested(1_800, "[", "Int", "]"));
    let aliases = list(1_000, |n| format!("a{n}: server {{ version }}"));
    let creations = list(100, |n| format!("m{n}: createTask(input: {{}}) {{ task {{ id }} }}"));
    let big = format!("{{ server {{ version }} }} # {}", "x".repeat(200_000));
    let complex = nested(3, "events(first: 1000) { nodes { task { ", "id", " } } }");
    let wrapping = nested(5, "events(first: 2147483647) { nodes { task { ", "id", " } } }");
    let circles = nested(12, "fields { type { ", "name", " } }");
    let huge = json!({ "query": "{ __typename }", "variables": { "a": "x".repeat(9 << 20) } });
    vec![
        document("a fragment bomb", &bomb, LIMIT),
        document("a list literal nested 1,800 deep", &deep_list, LIMIT),
        document("an object literal nested 1,800 deep", &deep_object, LIMIT),
        document("a type nested 1,800 deep", &deep_type, LIMIT),
        document("selections nested 1,800 deep", &nested(1_800, "{ node ", "{ id }", "}"), LIMIT),
        document("1,000 aliases", &format!("{{ {aliases} }}"), LIMIT),
        document("100 mutations", &format!("mutation {{ {creations} }}"), LIMIT),
        document(
            "5,000 fields",
            &format!("{{ server {{ {} }} }}", "version ".repeat(5_000)),
            LIMIT,
        ),
        document(
            "5,000 directives",
            &format!("{{ __typename {} }}", "@include(if: true) ".repeat(5_000)),
            LIMIT,
        ),
        document("a document of 200 kB", &big, LIMIT),
        document(
            "pages of pages of pages",
            &format!("{{ tasks(first: 1000) {{ nodes {{ {complex} }} }} }}"),
            LIMIT,
        ),
        document(
            "pages whose product wraps",
            &format!("{{ tasks(first: 2147483647) {{ nodes {{ {wrapping} }} }} }}"),
            LIMIT,
        ),
        document(
            "introspection in circles",
            &format!("{{ __schema {{ types {{ {circles} }} }} }}"),
            LIMIT,
        ),
        Case { what: "a body of 9 MB", body: huge.to_string(), codes: LIMIT, path: String::new() },
    ]
}

fn pages() -> Vec<Case> {
    let page = |what, arguments: &str, codes, path| Case {
        path: String::from(path),
        ..document(what, &format!("{{ tasks({arguments}) {{ nodes {{ id }} }} }}"), codes)
    };
    let trials = |what, arguments: &str, codes, path| Case {
        path: String::from(path),
        ..document(
            what,
            &format!("{{ task(id: \"$RUNNING\") {{ trials({arguments}) {{ nodes {{ id }} }} }} }}"),
            codes,
        )
    };
    vec![
        page("a negative page", "first: -1", INVALID, "@first"),
        page("a page of 1,001", "first: 1001", INVALID, "@first"),
        page("a page from the end of 1,001", "last: 1001", INVALID, "@last"),
        page("a page from both ends", "first: 1, last: 1", INVALID, "@last"),
        page("a fraction as page", "first: 1.5", WRONG_TYPE, ""),
        page("a page beyond 32 bits", "first: 3000000000", WRONG_TYPE, ""),
        page("no cursor", "after: \"???\"", &["CURSOR_INVALID"], ""),
        page("START as cursor of tasks", "after: \"START\"", &["CURSOR_INVALID"], ""),
        page("a number as cursor", "after: 7", WRONG_TYPE, ""),
        page("an unknown status in a filter", "filter: { status: [LOST] }", WRONG_TYPE, ""),
        page(
            "U+0000 in a filter",
            r#"filter: { name: { contains: "\u0000" } }"#,
            INVALID,
            "@filter.name.contains",
        ),
        trials("a page of 1,001 trials", "first: 1001", INVALID, "@first"),
        trials("no cursor of a trial", "before: \"\"", &["CURSOR_INVALID"], ""),
        Case { path: "@id".into(), ..document("no id", "{ task(id: \"\") { id } }", INVALID) },
        Case {
            path: "@id".into(),
            ..document("no id of any object", "{ node(id: \"$RUNNING:\") { id } }", INVALID)
        },
        Case {
            path: "@ids.1".into(),
            ..document(
                "one wrong id of two",
                "{ nodes(ids: [\"$RUNNING\", \"x\"]) { id } }",
                INVALID,
            )
        },
        Case {
            path: "@filter.taskIds.0".into(),
            ..document(
                "a wrong id in a filter",
                "{ taskEvents(filter: { taskIds: [\"x\"] }) { nodes { cursor } } }",
                INVALID,
            )
        },
    ]
}
