#!/usr/bin/env python3
"""A strategist for Asktell: proposes the points of tasks whose strategy is EXTERNAL. Needs only Python, and draws at random.

    python3 examples/strategist.py --task ID       # proposes for this task until it ends
    python3 examples/strategist.py                 # for every such task that nobody proposes for, in turn

botorch_strategy.py and optuna_strategy.py put their libraries in the place of `Random`; so can you. Start a second one, and
it takes over when the first is lost: what a strategy must remember is its checkpoint, the rest is read from the server.
"""
import argparse, http.client, json, random, threading, time, urllib.request, uuid

class Random:
    """A strategy. There is a new one for each lease, made from the checkpoint that the last one has left (none at first)."""
    def __init__(self, task, checkpoint):
        self.parameters = task["parameters"]   # each a dict: __typename, name, and low, high, step, log or choices
        self.objectives = task["objectives"]   # each a dict: name, direction
        self.seed, self.proposed = task["seed"], (checkpoint or {"proposed": 0})["proposed"]

    def propose(self, results, pending, count):
        """`count` new points. Of `results`, each has its point and values (none if it failed); `pending` are points."""
        points = []
        for _ in range(count):
            rng = random.Random(f"{self.seed} {self.proposed}")
            points.append({"point": {p["name"]: draw(p, rng) for p in self.parameters}, "reason": "drawn at random"})
            self.proposed += 1
        return points

    def checkpoint(self):
        return {"proposed": self.proposed}

def draw(parameter, rng):
    if "choices" in parameter:
        return rng.choice(parameter["choices"])
    low, high, step = parameter["low"], parameter["high"], parameter["step"]
    if parameter["log"]:
        value = min(max(low, low * (high / low) ** rng.random()), high)
        return round(value) if isinstance(low, int) else value
    return low + step * rng.randrange(int((high - low) / step + 1e-9) + 1) if step else rng.uniform(low, high)

def graphql(query, **variables):
    """Sent until it is answered. A mutation with an idempotency key is done once, however often it is sent."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    while True:
        try:
            request = urllib.request.Request(options.server + "/graphql", body, {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=60) as response:
                answer = json.load(response)
        except (OSError, ValueError, http.client.HTTPException) as error:
            print(f"no answer from {options.server} ({error}); trying again", flush=True)
            time.sleep(1)
            continue
        if "errors" in answer:
            raise RuntimeError(answer["errors"][0])
        return answer["data"]

def call(mutation, selection, **input):
    kind = f"{mutation[0].upper()}{mutation[1:]}Input!"
    return graphql(f"mutation ($input: {kind}) {{ {mutation}(input: $input) {{ {selection} }} }}", input=input)[mutation]

TASK = """modelState objectives { name direction } strategy { seed } parameterSpace { parameters { __typename name
  ... on FloatParameter { low high step log } ... on IntParameter { from: low to: high by: step log }
  ... on CategoricalParameter { choices } ... on OrdinalParameter { levels } } }"""
TRIALS = """query ($id: ID!, $after: String) { task(id: $id) { trials(first: 500, after: $after) {
  nodes { number state point values { objective value } excluded feasible } pageInfo { hasNextPage endCursor } } } }"""
RENAMED = {"from": "low", "to": "high", "by": "step", "levels": "choices"}

def plain(task):
    parameters = [{RENAMED.get(key, key): value for key, value in p.items()} for p in task["parameterSpace"]["parameters"]]
    return {"parameters": parameters, "objectives": task["objectives"], "seed": task["strategy"]["seed"]}

def history(task):
    """What was measured (by trial number, so that the same history is the same list), and what is out."""
    trials, page = [], {"hasNextPage": True, "endCursor": None}
    while page["hasNextPage"]:
        read = graphql(TRIALS, id=task, after=page["endCursor"])["task"]["trials"]
        trials, page = trials + read["nodes"], read["pageInfo"]
    good = lambda trial: trial["state"] == "COMPLETED" and trial["feasible"] is not False
    values = lambda trial: {v["objective"]: v["value"] for v in trial["values"]} if good(trial) else None
    out = [trial["point"] for trial in trials if trial["state"] in ("WAITING", "RUNNING")]
    done = [trial for trial in trials if trial["state"] in ("COMPLETED", "FAILED", "INFEASIBLE") and not trial["excluded"]]
    return [{"point": trial["point"], "values": values(trial)} for trial in done], out

def keep(lease, over):
    """Renews the lease in the background while points are computed. Whoever has lost it learns so when it proposes."""
    while not over.wait(options.lease / 3):
        call("heartbeat", "strategies { verdict }", strategies=[lease])

def serve(task, claim, needed, strategy):
    over = threading.Event()
    threading.Thread(target=keep, args=({"taskId": task, "token": claim["token"]}, over), daemon=True).start()
    try:
        points = strategy.propose(*history(task), needed)
    finally:
        over.set()
    told = call("proposeTrials", "trials { number point }", taskId=task, leaseToken=claim["token"], points=points,
                modelState=strategy.checkpoint(), idempotencyKey=str(uuid.uuid4()))
    for trial in told["trials"]:
        print(f"proposed trial {trial['number']}: {trial['point']}", flush=True)

def main(Strategy):
    """Proposes until the task has ended; without a task, for ever."""
    token, strategy = None, None
    while True:
        try:
            claimed = call("claimStrategy", f"needed claim {{ token }} task {{ id {TASK} }}", taskId=options.task or None,
                           leaseToken=token, strategist=options.name, leaseSeconds=options.lease,
                           waitSeconds=min(30, options.lease / 2), idempotencyKey=str(uuid.uuid4()))
            task, claim = claimed["task"], claimed["claim"]
            if claim and claim["token"] != token:  # a new lease: go on where the last one left off
                strategy = Strategy(plain(task), task["modelState"])
            token = claim and claim["token"]
            if claimed["needed"]:
                serve(task["id"], claim, claimed["needed"], strategy)
            if claim and not options.task:
                token = None
                call("releaseStrategy", "task { id }", taskId=task["id"], leaseToken=claim["token"])
        except RuntimeError as refused:
            error = refused.args[0]
            print(error["message"], flush=True)
            if error["extensions"].get("status") in ("COMPLETED", "FAILED") or error["extensions"]["code"] == "VALIDATION_FAILED":
                break
            token = None
            time.sleep(1)

def arguments(description, **more):
    """The options of the command line; `more` are a strategy's own, with their defaults."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in dict(server="http://127.0.0.1:8080", name="strategist", task="", lease=60.0, **more).items():
        parser.add_argument("--" + name, default=default, type=type(default))
    globals()["options"] = parser.parse_args()
    return options

if __name__ == "__main__":
    arguments(__doc__)
    main(Random)
