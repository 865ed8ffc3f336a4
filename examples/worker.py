#!/usr/bin/env python3
"""A worker for Asktell: asks for points, measures them, tells the results. Needs only Python; start as many as you like.

    python3 examples/worker.py                     # minimizes the function below
    python3 examples/worker.py --task ID           # helps with a task that is there already
    python3 examples/worker.py --csv data.csv --objective yield --direction maximize     # see measured.py
"""
import argparse, http.client, json, math, threading, time, urllib.request, uuid

SPACE = {"parameters": [{"float": {"name": "x", "low": -5, "high": 10}}, {"float": {"name": "y", "low": 0, "high": 15}}]}

def evaluate(x, y, stop):
    """What is to be optimized: put your own experiment here. (Branin's function; its minimum is 0.398.)"""
    stop.wait(options.seconds)  # what takes long may look at `stop` now and then: set, nobody wants the result any more
    return (y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6) ** 2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10

def call(mutation, selection, **input):
    """One mutation, sent until it is answered. With an idempotency key it is done once, however often it is sent."""
    query = f"mutation ($input: {mutation[0].upper()}{mutation[1:]}Input!) {{ {mutation}(input: $input) {{ {selection} }} }}"
    body = json.dumps({"query": query, "variables": {"input": input}}).encode()
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
        return answer["data"][mutation]

def keep(lease, seconds, over, stop):
    """Renews a lease in the background until the evaluation is over. Says stop when nobody wants the result any more."""
    while not stop.is_set() and not over.wait(seconds / 3):
        state = call("heartbeat", "leases { verdict reason }", leases=[lease])["leases"][0]
        if state["verdict"] != "GO_ON":  # STOP: pruned, told by another, the task has ended. LOST: the lease has expired
            print("told to stop:", state["reason"], flush=True)
            stop.set()

def measure(trial, seconds):
    """Evaluates a point under its lease and tells the result, even if it is late: the task's policy says what counts."""
    lease = {"trialId": trial["id"], "token": trial["lease"]["token"]}
    over, stop = threading.Event(), threading.Event()
    threading.Thread(target=keep, args=(lease, seconds, over, stop), daemon=True).start()
    try:
        outcome = {"values": [{"objective": options.objective, "value": evaluate(**trial["point"], stop=stop)}]}
    except Exception as error:  # the evaluation went wrong, or gave up; the worker goes on
        outcome = {"failure": {"reason": repr(error)}}
    over.set()
    told = call("tell", "receipt trial { number value } task { bestValue }", trialId=trial["id"], outcome=outcome,
                leaseToken=lease["token"], idempotencyKey=str(uuid.uuid4()))
    print(told["receipt"], "trial {number}: {value},".format(**told["trial"]), "best", told["task"]["bestValue"], flush=True)

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
for name, default in dict(server="http://127.0.0.1:8080", name="worker.py", task="", trials=60, seconds=0.0, csv="",
                          objective="value", direction="minimize").items():
    parser.add_argument("--" + name, default=default, type=type(default))
options = parser.parse_args()
if options.csv:
    import measured
    evaluate, SPACE = measured.table(options.csv, options.objective)
if not options.task:
    options.task = call("createTask", "task { id }", parameterSpace=SPACE, budget={"maxTrials": options.trials},
                        objectives=[{"name": options.objective, "direction": options.direction.upper()}])["task"]["id"]
    call("transitionTask", "task { status }", id=options.task, to="RUNNING")
    print(f"watch it at {options.server}/tasks/{options.task}", flush=True)
while True:  # until the task has ended
    try:
        asked = call("ask", "trials { id point lease { token } } task { trialPolicy { leaseSeconds } }", taskId=options.task,
                     worker=options.name, waitSeconds=30, idempotencyKey=str(uuid.uuid4()))
        for trial in asked["trials"]:
            measure(trial, asked["task"]["trialPolicy"]["leaseSeconds"])
    except RuntimeError as refused:
        print(refused.args[0]["message"], flush=True)
        if refused.args[0]["extensions"].get("status") != "PAUSED" and refused.args[0]["extensions"]["code"] != "LEASE_LOST":
            break
        time.sleep(1)
