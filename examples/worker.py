#!/usr/bin/env python3
"""A worker for Asktell: asks for points, measures them, tells the results. Needs only Python; start as many as you like.

    python3 examples/worker.py                     # minimizes the function below
    python3 examples/worker.py --task ID           # helps with a task that is there already
    python3 examples/worker.py --csv data.csv --objective yield --direction maximize     # see measured.py

It sends a call again while the server does not answer or says that it is unavailable, and never one that was refused. An
evaluation that fails or gives no finite number is told as a failure. The exit code is 1 if a result could not be delivered.
"""
import argparse, http.client, json, math, threading, time, urllib.error, urllib.request, uuid

SPACE = {"parameters": [{"float": {"name": "x", "low": -5, "high": 10}}, {"float": {"name": "y", "low": 0, "high": 15}}]}

def evaluate(x, y, stop):
    """What is to be optimized: put your own experiment here. (Branin's function; its minimum is 0.398.)"""
    stop.wait(options.seconds)  # what takes long may look at `stop` now and then: set, nobody wants the result any more
    return (y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6) ** 2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10

class Refused(Exception):
    """The server has refused a call. Sent again, it would be refused again."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.extensions = error.get("extensions", {})

def send(query, variables):
    """One operation, sent until it is answered."""
    body = json.dumps({"query": query, "variables": variables}, allow_nan=False).encode()
    while True:
        try:
            request = urllib.request.Request(options.server + "/graphql", body, {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=60) as response:
                answer = json.load(response)
        except urllib.error.HTTPError as error:
            if error.code < 500:
                raise refusal(error) from None
            answer = {"errors": [{"message": str(error), "extensions": {"code": "STORAGE_UNAVAILABLE"}}]}
        except (OSError, ValueError, http.client.HTTPException) as error:
            answer = {"errors": [{"message": str(error), "extensions": {"code": "STORAGE_UNAVAILABLE"}}]}
        if "errors" not in answer:
            return answer["data"]
        if answer["errors"][0].get("extensions", {}).get("code") not in ("STORAGE_UNAVAILABLE", "STORAGE_FULL"):
            raise Refused(answer["errors"][0])
        print(f"no answer from {options.server} ({answer['errors'][0]['message']}); trying again", flush=True)
        time.sleep(1)

def refusal(error):
    """What the server says about a request that it answers with a status of 4xx."""
    try:
        return Refused(json.load(error)["errors"][0])
    except (ValueError, LookupError, TypeError):
        return Refused({"message": str(error)})

def call(mutation, selection, **input):
    """One mutation. With an idempotency key it is done once, however often it is sent."""
    query = f"mutation ($input: {mutation[0].upper()}{mutation[1:]}Input!) {{ {mutation}(input: $input) {{ {selection} }} }}"
    return send(query, {"input": input})[mutation]

def keep(lease, seconds, over, stop):
    """Renews a lease in the background until the evaluation is over. Says stop when nobody wants the result any more."""
    while not stop.is_set() and not over.wait(seconds / 3):
        try:
            state = call("heartbeat", "leases { verdict reason }", leases=[lease])["leases"][0]
        except Refused as refused:
            state = {"verdict": "GO_ON"}
            print("heartbeat refused:", refused, flush=True)
        if state["verdict"] != "GO_ON":  # STOP: pruned, told by another, the task has ended. LOST: the lease has expired
            print("told to stop:", state["reason"], flush=True)
            stop.set()

def outcome(point, stop):
    """What became of a point: a value, or why there is none."""
    try:
        value = evaluate(**point, stop=stop)
        if math.isfinite(value):
            return {"values": [{"objective": options.objective, "value": value}]}
        reason = f"the objective is {value}"
    except Exception as error:  # the evaluation went wrong, or gave up; the worker goes on
        reason = repr(error)
    return failure(reason)

def failure(reason):
    return {"failure": {"reason": reason if len(reason) <= 2000 else f"{reason[:990]} … {reason[-990:]}"}}

def measure(trial, seconds):
    """Evaluates a point under its lease and tells the result, even if it is late: the task's policy says what counts. True
    if it was delivered: a result that is refused is not, even if the refusal is then told as a failure."""
    lease = {"trialId": trial["id"], "token": trial["lease"]["token"]}
    over, stop = threading.Event(), threading.Event()
    threading.Thread(target=keep, args=(lease, seconds, over, stop), daemon=True).start()
    result = outcome(trial["point"], stop)
    over.set()
    try:
        tell(lease, result)
        return True
    except Refused as refused:
        print(f"result of {trial['id']} refused: {refused}", flush=True)
        if refused.extensions.get("code") == "LEASE_LOST":  # another worker has the trial, or its result
            return True
        try:
            tell(lease, failure(f"the result was refused: {refused}"))
        except Refused as again:
            print(f"failure of {trial['id']} refused: {again}", flush=True)
        return False

def tell(lease, result):
    told = call("tell", "receipt trial { number value } task { bestValue }", trialId=lease["trialId"], outcome=result,
                leaseToken=lease["token"], idempotencyKey=str(uuid.uuid4()))
    print(told["receipt"], "trial {number}: {value},".format(**told["trial"]), "best", told["task"]["bestValue"], flush=True)

def work():
    """Asks and measures until the task has ended. True if every result was delivered."""
    delivered = True
    while True:
        try:
            asked = call("ask", "trials { id point lease { token } } task { trialPolicy { leaseSeconds } }", waitSeconds=30,
                         taskId=options.task, worker=options.name, idempotencyKey=str(uuid.uuid4()))
        except Refused as refused:
            print(refused, flush=True)
            code, status = (refused.extensions.get(key) for key in ("code", "status"))
            if status == "PAUSED":
                time.sleep(1)
                continue
            return delivered and code in ("TASK_NOT_RUNNING", "TASK_ENDED")
        for trial in asked["trials"]:
            delivered &= measure(trial, asked["task"]["trialPolicy"]["leaseSeconds"])

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
for name, default in dict(server="http://127.0.0.1:8080", name="worker.py", task="", trials=60, seconds=0.0, csv="",
                          answers="[]", objective="value", direction="minimize").items():
    parser.add_argument("--" + name, default=default, type=type(default))
options = parser.parse_args()
try:
    if options.csv:
        import measured
        evaluate, SPACE = measured.table(send, options.csv, options.objective, json.loads(options.answers))
    if not options.task:
        options.task = call("createTask", "task { id }", parameterSpace=SPACE, budget={"maxTrials": options.trials},
                            objectives=[{"name": options.objective, "direction": options.direction.upper()}])["task"]["id"]
        call("transitionTask", "task { status }", id=options.task, to="RUNNING")
        print(f"watch it at {options.server}/tasks/{options.task}", flush=True)
except Refused as refused:
    raise SystemExit(f"refused: {refused}")
raise SystemExit(0 if work() else 1)
