"""Documents, variables and inputs that are made to hurt: the GraphQL list of OWASP, and what databases are attacked with."""
import json

from attacked import AttackTest, attack, timed

DEEP = "{" * 400 + "a" + "}" * 400
NESTED = "{ tasks { nodes { " + "parent { " * 60 + "id" + " }" * 60 + " } } }"
INTROSPECTION = "{ __schema { types { fields { type { " + "ofType { " * 60 + "name" + " }" * 60 + " } } } } }"
CIRCLE = "query { ...A } fragment A on Query { ...B } fragment B on Query { ...A }"
FAN = "query { ...F0 } " + " ".join(
    f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} ...F{n + 1} }}" for n in range(30)
) + " fragment F30 on Query { __typename }"

DOCUMENTS = {
    "braces": DEEP,
    "nesting": NESTED,
    "introspection_nesting": INTROSPECTION,
    "circular_fragments": CIRCLE,
    "own_fragment": "query { ...A } fragment A on Query { ...A }",
    "fragments_that_multiply": FAN,
    "aliases": "{" + " ".join(f"a{n}: __typename" for n in range(5000)) + "}",
    "repeated_field": "{" + "__typename " * 20000 + "}",
    "directives": "{ __typename " + "@skip(if: false) " * 5000 + "}",
    "unknown_directives": "{ __typename " + "@a " * 5000 + "}",
    "many_operations": " ".join(f"query Q{n} {{ __typename }}" for n in range(5000)),
    "same_operation_twice": "query A { __typename } query A { __typename }",
    "many_variables": "query (" + " ".join(f"$v{n}: Int" for n in range(5000)) + ") { __typename }",
    "long_name": "{ " + "a" * 60000 + " }",
    "long_string": '{ task(id: "' + "a" * 60000 + '") { id } }',
    "long_comment": "#" + "a" * 60000 + "\n{ __typename }",
    "too_long": "{ __typename }" + " " * 100000,
    "commas": "{" + "," * 60000 + "__typename }",
    "lists": "{ tasks(filter: {and: " + "[" * 3000 + "]" * 3000 + "}) { totalCount } }",
    "objects": "{ tasks(filter: " + "{not: " * 3000 + "{}" + "}" * 3000 + ") { totalCount } }",
    "page_of_pages": "{ tasks(first: 1000) { nodes { trials(first: 1000) { nodes { task { trials(first: 1000) { nodes { id } } } } } } } }",
    "complex_lists": "{" + " ".join(f"a{n}: tasks(first: 1000) {{ nodes {{ id name metadata }} }}" for n in range(40)) + "}",
    "block_string": '{ task(id: """' + "\\n" * 20000 + '""") { id } }',
    "unclosed": "{ tasks { nodes {",
    "unclosed_string": '{ task(id: "',
    "empty": "",
    "blank": "  \n ",
    "null_byte": "{ __typename \x00 }",
    "only_fragment": "fragment A on Query { __typename }",
    "wrong_fragment_type": "{ ...A } fragment A on Nothing { id }",
    "skip_without_variable": "query { __typename @skip(if: $x) }",
    "unknown_field_of_typename": "{ __typename { x } }",
    "subscription_over_post": "subscription { taskEvents { cursor } }",
    "two_subscriptions": "subscription { a: taskEvents { cursor } b: taskEvents { cursor } }",
}

SQL = "' OR 1=1; DROP TABLE task; --"
TEXTS = {
    "sql": SQL, "like": "%_%\\%%", "quotes": "\"'`´", "format": "%s%n{}{0}$1", "regex": "(a+)+$" + "a" * 40,
    "script": "<script>alert(1)</script>", "newlines": "a\r\nb\x0b", "emoji": "👩‍🔬" * 20, "combining": "e" + "\u0301" * 500,
    "rtl": "\u202egnp.exe", "zero_width": "a\u200bb", "nul": "a\x00b", "escape": "\x1b[31m", "long": "x" * 5000, "path": "../../etc/passwd",
}

INPUTS = {
    "search": ("query ($t: String) { tasks(filter: {search: $t}) { totalCount } }", lambda t: t),
    "owner": ("query ($t: [String!]) { tasks(filter: {owner: $t}) { totalCount } }", lambda t: [t]),
    "tag": ("query ($t: [String!]) { tasks(filter: {tags: {any: $t}}) { totalCount } }", lambda t: [t]),
    "id": ("query ($t: ID!) { task(id: $t) { id } }", lambda t: t),
    "cursor": ("query ($t: String) { tasks(after: $t) { totalCount } }", lambda t: t),
    "name": ("mutation ($t: String) { createTask(input: {name: $t}) { task { id name } } }", lambda t: t),
}

NUMBERS = {
    "first_negative": "{ tasks(first: -1) { totalCount } }",
    "first_huge": "{ tasks(first: 2147483647) { totalCount } }",
    "first_beyond": "{ tasks(first: 99999999999999999999) { totalCount } }",
    "exponent": "{ tasks(first: 1e400) { totalCount } }",
    "low_1e999": 'mutation { createTask(input: {name: "n", parameterSpace: {parameters: [{float: {name: "x", low: 0, high: 1e999}}]}}) { task { id } } }',
    "step_5e324": 'mutation { createTask(input: {name: "n", parameterSpace: {parameters: [{float: {name: "x", low: 0, high: 1, step: 5e-324}}]}}) { task { id } } }',
    "int_2_63": 'mutation { createTask(input: {name: "n", parameterSpace: {parameters: [{int: {name: "x", low: 0, high: 9223372036854775807}}]}}) { task { id } } }',
    "version_2_63": 'mutation { deleteTask(input: {id: "$TASK", expectedVersion: 9223372036854775807}) { task { id } } }',
    "ask_a_million": 'mutation { ask(input: {taskId: "$TASK", count: 1000000}) { trials { id } } }',
    "wait_forever": 'mutation { ask(input: {taskId: "$TASK", waitSeconds: 1e308}) { trials { id } } }',
    "lease_nan": 'mutation { ask(input: {taskId: "$TASK", leaseSeconds: -0.0}) { trials { id } } }',
    "date": '{ tasks(filter: {createdAt: {from: "99999-01-01T00:00:00Z"}}) { totalCount } }',
}


class Documents(AttackTest):
    def test_a_batch_of_requests(self):
        body = json.dumps([{"query": "{ __typename }"}] * 1000).encode()
        self.refused(*timed(self, lambda: self.server.post(body)))

    def test_variables_that_are_deep(self):
        text = '{"query":"query ($m: JSON) { __typename }","variables":{"m":' + "[" * 20000 + "]" * 20000 + "}}"
        self.refused(*timed(self, lambda: self.server.post(text.encode())))

    def test_lone_surrogates(self):
        body = b'{"query":"{ __typename }","variables":{"a":"\\ud800"}}'
        self.refused(*timed(self, lambda: self.server.post(body)))

    def test_duplicate_keys(self):
        body = b'{"query":"{ __typename }","query":"{ nothing }"}'
        self.refused(*timed(self, lambda: self.server.post(body)))

    def test_mutation_by_get(self):
        said = self.server.raw(b"GET /graphql?query=mutation%7BcreateTask(input:%7B%7D)%7Btask%7Bid%7D%7D%7D HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        self.assertRegex(said.split(b"\r\n")[0], rb" (405|400) ")

    def test_model_state_fourteen_times(self):
        state = {"weights": "w" * 400_000}
        make = "mutation ($s: JSON) { createTask(input: {name: \"m\", modelState: $s}) { task { id } } }"
        status, made = self.server.graphql(make, {"s": state})
        if made.get("data"):
            task = made["data"]["createTask"]["task"]["id"]
            aliases = " ".join(
                f'a{n}: task(id: "{self.server.task}") {{ trials(first: 1000) {{ nodes {{ task {{ modelState }} }} }} }}' for n in range(14)
            )
            self.refused(*timed(self, lambda: self.server.graphql("{" + aliases.replace(self.server.task, task) + "}")))
        else:
            self.refused(status, made)

    def test_forms_are_no_requests(self):
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            status, _ = self.server.post(b'{"query":"mutation { __typename }"}', {"Content-Type": kind})
            self.assertEqual(status, 415, kind)


def document(text):
    def test(self):
        status, answer = timed(self, lambda: self.server.graphql(text.replace("$TASK", self.server.task)))
        self.refused(status, answer)
    return test


def filled(query, value):
    def test(self):
        status, answer = timed(self, lambda: self.server.graphql(query, {"t": value}))
        self.refused(status, answer)
    return test


for name, text in {**DOCUMENTS, **NUMBERS}.items():
    attack(Documents, name, document(text))
for where, (query, put) in INPUTS.items():
    for name, text in TEXTS.items():
        attack(Documents, f"{name}_as_{where}", filled(query, put(text)))
