"""A table of measured designs in place of an experiment, for `worker.py --csv`: the nearest design is the answer.

The server reads the table (`docs/tables.md` has the dialect). One column is the objective; the others are the parameters,
unless the reader leaves them out: what it recognises, decides and leaves out is printed. What it asks is answered with
`--answers '[{"question": "DECIMAL_SIGN", "reading": "COMMA"}]'`. Rows with the same parameters are replicates: one of them is
drawn.
"""
import base64, random

ROWS = 10_000
QUERY = """query ($input: ReadTableInput!, $rows: Int!, $offset: Int!) { readTable(input: $input) {
  ready rowCount notices { message } problems { message } refusedRows { line reasons }
  questions { code column message readings { value label } }
  columns { title kind low high step choices role }
  rows(first: $rows, offset: $offset) { point values { value } } } }"""


def table(send, path, objective, answers=(), seed=1):
    """The function to be optimized, and its parameter space. `send` sends an operation to the server."""
    with open(path, "rb") as file:
        content = base64.b64encode(file.read()).decode()
    # Nothing can be told of designs without a result.
    leave_out = [{"question": question, "reading": "LEAVE_OUT"} for question in ("WITHOUT_RESULT", "NOT_FINITE", "BAD_ROWS")]
    input = {"base64": content, "objectives": [objective], "answers": [*leave_out, *answers]}
    read = send(QUERY, {"input": input, "rows": ROWS, "offset": 0})["readTable"]
    report(read)
    columns = {column["role"].removeprefix("parameter:"): column for column in read["columns"]
               if column["role"].startswith("parameter:")}
    rows = read["rows"]
    while len(rows) < read["rowCount"]:
        rows += send(QUERY, {"input": input, "rows": ROWS, "offset": len(rows)})["readTable"]["rows"]
    chance, designs = random.Random(seed), {}
    for row in rows:
        if row["values"]:
            designs.setdefault(tuple(row["point"][name] for name in columns), []).append(row["values"][0]["value"])
    if not designs:
        raise SystemExit(f"no row has a value of {objective!r}; the columns are "
                         + ", ".join(column["title"] for column in read["columns"]))

    def evaluate(stop=None, **point):
        def distance(design):
            return sum(between(columns[name], point[name], known) for name, known in zip(columns, design))

        return chance.choice(designs[min(designs, key=distance)])

    return evaluate, {"parameters": [parameter(name, column) for name, column in columns.items()]}


def report(read):
    """Prints what was recognised; ends if something is asked or wrong."""
    for notice in read["notices"]:
        print("table:", notice["message"], flush=True)
    for row in read["refusedRows"]:
        print(f"table: line {row['line']} is left out: {'; '.join(row['reasons'])}", flush=True)
    for problem in read["problems"]:
        print("table:", problem["message"], flush=True)
    for question in read["questions"]:
        print("table:", question["message"], flush=True)
        for reading in question["readings"]:
            print(f"  {question['code']} (column {question['column']}): {reading['value']}: {reading['label']}", flush=True)
    if not read["ready"]:
        raise SystemExit("the table leaves something open: see above, and --answers")


def parameter(name, column):
    """Choices for words; a range for numbers, on a grid if all of them are whole."""
    if column["choices"] is not None:
        return {"categorical": {"name": name, "choices": column["choices"]}}
    if column["step"] is None:
        return {"float": {"name": name, "low": column["low"], "high": column["high"]}}
    return {"int": {"name": name, **{bound: int(column[bound]) for bound in ("low", "high", "step")}}}


def between(column, a, b):
    """How far two values of a column are apart: 1 at most."""
    if column["choices"] is not None:
        return a != b
    return ((a - b) / (column["high"] - column["low"] or 1)) ** 2
