#!/usr/bin/env python3
"""A worker for Asktell: asks for points, evaluates them, tells the results. Needs only Python.

    python3 examples/worker.py                     # minimizes the function below
    python3 examples/worker.py --csv data.csv --objective yield --direction maximize
"""
import argparse, csv, json, math, random, time, urllib.error, urllib.request


def evaluate(x, y):
    """What is to be optimized: put your own experiment here. (Branin's function; its minimum is 0.398.)"""
    return (y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6) ** 2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


SPACE = [{"float": {"name": "x", "low": -5, "high": 10}}, {"float": {"name": "y", "low": 0, "high": 15}}]


class Refused(Exception):
    """The server's own error; its `code` is the same in every release."""


def call(field, input, selection):
    """One mutation. While the server cannot be reached it is tried again, slower and slower."""
    query = f"mutation ($input: {field[0].upper()}{field[1:]}Input!) {{ {field}(input: $input) {{ {selection} }} }}"
    body = json.dumps({"query": query, "variables": {"input": input}}).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json", "X-Asktell-Actor": "worker.py"}
    for attempt in range(20):
        try:
            request = urllib.request.Request(options.server + "/graphql", body, headers)
            with urllib.request.urlopen(request, timeout=60) as response:
                answer = json.load(response)
        except urllib.error.HTTPError as error:
            answer = json.load(error)
        except OSError as error:
            print(f"{options.server} cannot be reached ({error}); trying again", flush=True)
            time.sleep(min(0.25 * 2**attempt, 15))
            continue
        if "errors" in answer:
            error = answer["errors"][0]
            raise Refused(error["extensions"]["code"], error["message"], error["extensions"])
        return answer["data"][field]
    raise SystemExit("giving up")


class Measurements:
    """A table of measured designs in place of an experiment: the nearest one is the answer."""

    def __init__(self, path, objective, seed):
        with open(path, newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        columns = {name: convert([row[name] for row in rows]) for name in rows[0]}
        results = columns.pop(objective)
        self.columns = {name: values for name, values in columns.items() if len(set(values)) > 1}
        self.space = [parameter(name, values) for name, values in self.columns.items()]
        self.random, self.designs = random.Random(seed), {}
        for design, result in zip(zip(*self.columns.values()), results):
            self.designs.setdefault(design, []).append(result)

    def evaluate(self, **point):
        def distance(design):
            return sum(self.between(name, point[name], known) for name, known in zip(self.columns, design))

        return self.random.choice(self.designs[min(self.designs, key=distance)])  # one of its replicates

    def between(self, name, a, b):
        values = self.columns[name]
        return a != b if isinstance(a, str) else ((a - b) / (max(values) - min(values))) ** 2


def convert(texts):
    for kind in (int, float):
        try:
            return [kind(text) for text in texts]
        except ValueError:
            pass
    return texts


def parameter(name, values):
    """Choices for words, a range for numbers, on a grid if all of them are whole."""
    if isinstance(values[0], str):
        return {"categorical": {"name": name, "choices": sorted(set(values))}}
    bounds = {"name": name, "low": min(values), "high": max(values)}
    if isinstance(values[0], float):
        return {"float": bounds}
    return {"int": {**bounds, "step": math.gcd(*(value - bounds["low"] for value in values))}}


def new_task(space):
    task = call("createTask", {
        "name": f"{options.objective} of {options.csv}" if options.csv else "Branin's function",
        "parameterSpace": {"parameters": space},
        "objectives": [{"name": options.objective, "direction": options.direction.upper()}],
        "strategy": {"kind": options.strategy, "seed": options.seed},
    }, "task { id }")["task"]["id"]
    call("transitionTask", {"id": task, "to": "RUNNING"}, "task { status }")
    print(f"watch it at {options.server}/tasks/{task}", flush=True)
    return task


def ask(task):
    """The next trial. Waits while the task is paused; None once it has ended."""
    while True:
        try:
            for trial in call("ask", {"taskId": task, "worker": "worker.py"}, "trials { id number point }")["trials"]:
                return trial
        except Refused as refused:
            if refused.args[0] != "TASK_NOT_RUNNING" or refused.args[2]["status"] in ("COMPLETED", "FAILED"):
                return print("no more points:", refused.args[1])
        time.sleep(0.5)


def tell(trial, outcome):
    try:
        return call("tell", {"trialId": trial, "outcome": outcome}, "task { bestValue bestTrial { point } }")["task"]
    except Refused as refused:  # told already, if the answer to an earlier attempt was lost
        if refused.args[0] != "INVALID_TRIAL_STATE":
            raise


def main():
    measured = Measurements(options.csv, options.objective, options.seed) if options.csv else None
    task, best = options.task or new_task(measured.space if measured else SPACE), None
    for _ in range(options.trials):
        trial = ask(task)
        if not trial:
            break
        value = (measured.evaluate if measured else evaluate)(**trial["point"])
        best = tell(trial["id"], {"values": [{"objective": options.objective, "value": value}]}) or best
        print(f"trial {trial['number']}: {options.objective} {value:.6g}, best {best['bestValue']:.6g}", flush=True)
    if best:
        print(f"best {options.objective} {best['bestValue']} at {json.dumps(best['bestTrial']['point'])}")


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--server", default="http://127.0.0.1:8080", type=lambda url: url.rstrip("/"))
parser.add_argument("--task", metavar="ID", help="work on this task, rather than on a new one")
parser.add_argument("--trials", type=int, default=60)
parser.add_argument("--strategy", default="SOBOL", type=str.upper, help="RANDOM, SOBOL or LATIN_HYPERCUBE")
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--csv", metavar="FILE", help="measured designs: one column is the objective, the others are parameters")
parser.add_argument("--objective", metavar="NAME", default="value", help="the objective, or its column")
parser.add_argument("--direction", default="minimize", choices=["minimize", "maximize"])
options = parser.parse_args()
main()
