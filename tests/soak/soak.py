#!/usr/bin/env python3
"""Steady mixed load on one server, and the memory that the server holds meanwhile. Needs only Python.

    python3 tests/soak/soak.py --bin target/release/asktell --database sqlite:soak.db --minutes 60 --csv soak.csv

The number of live tasks is constant: a task that has ended is deleted and replaced, and `asktell purge` removes it in another
process. Memory that still grows after the warm-up is therefore not that of data.

Exit code 1 if the mean of the last quarter after the warm-up exceeds that of the first by 5 % and 4 MiB, if an answer was
INTERNAL or a 5xx other than 503, if a request had no answer, if the server did not end with 0, if `asktell purge` failed, or
if `asktell check` finds something. `--only KIND` sends one kind of operation, to bisect growth.
"""
import argparse, collections, csv, http.client, json, os, pathlib, random, re, socket, subprocess, sys, threading, time
import traceback, uuid

STRATEGIES = ["RANDOM", "SOBOL", "TPE", "GP", "AUTO"]
SPACE = {"parameters": [
    {"float": {"name": "x", "low": -5, "high": 10}},
    {"float": {"name": "y", "low": 0, "high": 15}},
    {"categorical": {"name": "solvent", "choices": ["water", "DMSO", "THF"]}},
]}
TRIALS = 40
TABLE = "x,y,solvent,loss\n" + "".join(f"{n % 7},{n % 11},water,{n / 3:.3f}\n" for n in range(200))
STREAMS = [
    "subscription { taskEvents { cursor kind } }",
    "subscription ($id: ID!) { taskStatusChanged(taskId: $id) { __typename } }",
    'subscription { viewChanged(filter: { tags: { all: ["soak"] } }) { __typename } }',
    "subscription { workAvailable { __typename } }",
]
READS = [
    "query ($id: ID!) { task(id: $id) { trials(first: 100) { nodes { number state point values { value } attempts { token } } } } }",
    "query ($id: ID!) { task(id: $id) { trials(last: 10) { nodes { number proposal { __typename } } pageInfo { startCursor } } } }",
    "query ($id: ID!) { task(id: $id) { metadata model { results objectives { noise } } } }",
    "query ($id: ID!) { taskVersions(taskId: $id, first: 10) { nodes { version } } }",
    "query { taskEvents(last: 50) { nodes { cursor kind } } }",
    "query ($id: ID!) { taskAt(taskId: $id, version: 1) { version } }",
    "query ($id: ID!) { node(id: $id) { id } server { __typename } views(first: 5) { nodes { id } } }",
]
REFUSED = [
    ("{ nothing }", {}),
    ("{ broken", {}),
    ('{ task(id: "x") { id } }', {}),
    ('{ tasks(first: 20, after: "x") { nodes { id } } }', {}),
    ('mutation { createTask(input: { name: "" }) { task { id } } }', {}),
    ("mutation ($id: ID!) { updateTask(input: { id: $id, expectedVersion: 900000, name: \"n\" }) { task { id } } }", {"id": True}),
    ("mutation ($id: ID!) { transitionTask(input: { id: $id, to: CREATED }) { task { id } } }", {"id": True}),
    ("mutation ($id: ID!) { enqueueTrials(input: { taskId: $id, points: [{ z: 1 }] }) { task { id } } }", {"id": True}),
]


class Refused(Exception):
    """The server has answered with an error."""


class Soak:
    def __init__(self, options):
        self.options = options
        self.counts, self.faults = collections.Counter(), []
        self.lock, self.local, self.over = threading.Lock(), threading.local(), threading.Event()
        self.next = 0.0
        self.log = open(options.csv + ".log", "w")
        self.server = subprocess.Popen(
            [options.bin, "serve", "--listen", "127.0.0.1:0", "--database", options.database, "--log", "warn"],
            stdout=subprocess.PIPE, stderr=self.log, text=True,
        )
        for line in self.server.stdout:
            if found := re.search(r"listening on http://([^:]+):(\d+)", line):
                self.address = (found[1], int(found[2]))
                break
        else:
            sys.exit(f"the server ended with {self.server.wait()} before it listened")
        threading.Thread(target=self.server.stdout.read, daemon=True).start()
        self.tasks = [self.new_task(strategy) for strategy in STRATEGIES for _ in range(options.tasks)]
        self.locks = [threading.Lock() for _ in self.tasks]
        self.begun = time.monotonic()
        self.end = self.begun + options.minutes * 60

    # --- requests ---

    def pace(self):
        """Waits for the next slot: all threads together send `--rate` requests a second."""
        with self.lock:
            now = time.monotonic()
            self.next = max(self.next, now - 1) + 1 / self.options.rate
            wait = self.next - now
        time.sleep(max(wait, 0))

    def count(self, name):
        with self.lock:
            self.counts[name] += 1

    def fault(self, text):
        with self.lock:
            self.counts["faults"] += 1
            if len(self.faults) < 20:
                self.faults.append(f"{time.monotonic() - self.begun:.0f} s: {text}")

    def post(self, body):
        """Sends a request on the connection of this thread; on a new one if the server has closed that."""
        for attempt in range(3):
            connection = getattr(self.local, "connection", None) or http.client.HTTPConnection(*self.address, timeout=60)
            self.local.connection = connection
            try:
                connection.request("POST", "/graphql", body, {"Content-Type": "application/json"})
                response = connection.getresponse()
                return response.status, response.read()
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                self.local.connection = None
                self.count(f"reconnected after {type(error).__name__}")
        raise ConnectionError("no answer, three times")

    def graphql(self, query, **variables):
        body = json.dumps({"query": query, "variables": variables})
        while True:
            self.pace()
            status, text = self.post(body)
            self.count("requests")
            if status == 503:
                self.count("503")
                time.sleep(1)
                continue
            if status >= 500:
                self.fault(f"status {status}: {text[:200]!r} to {body[:200]}")
                raise Refused(status)
            answer = json.loads(text)
            if "errors" not in answer:
                return answer["data"]
            codes = [error.get("extensions", {}).get("code") for error in answer["errors"]]
            if "INTERNAL" in codes:
                self.fault(f"{text[:300]!r} to {body[:300]}")
            if codes[0] in ("STORAGE_UNAVAILABLE", "STORAGE_FULL"):
                self.count(codes[0])
                time.sleep(1)
                continue
            raise Refused(codes[0])

    def mutate(self, mutation, selection, **fields):
        """One mutation under an idempotency key; one in ten is sent twice."""
        kind = mutation[0].upper() + mutation[1:]
        query = f"mutation ($input: {kind}Input!) {{ {mutation}(input: $input) {{ {selection} }} }}"
        fields["idempotencyKey"] = str(uuid.uuid4())
        result = self.graphql(query, input=fields)[mutation]
        if random.random() < 0.1:
            self.graphql(query, input=fields)
            self.count("repeats")
        return result

    def new_task(self, strategy):
        task = self.mutate("createTask", "task { id }", name=f"Soak {strategy}", tags=["soak", strategy.lower()],
                           parameterSpace=SPACE, objectives=[{"name": "loss", "direction": "MINIMIZE"}],
                           strategy={"kind": strategy}, budget={"maxTrials": TRIALS}, metadata={"note": "x" * 500})["task"]
        self.mutate("transitionTask", "task { id }", id=task["id"], to="RUNNING")
        return task["id"]

    # --- what clients do ---

    def work(self):
        """Asks and tells for one task, and replaces the task once it has ended."""
        index = random.randrange(len(self.tasks))
        task = self.tasks[index]
        try:
            asked = self.mutate("ask", "trials { id point lease { token } }", taskId=task, worker=f"w{random.randrange(9)}",
                                count=random.choice([1, 1, 1, 2, 4]))
            for trial in asked["trials"]:
                self.measure(trial)
        except Refused as refusal:  # another worker was quicker: the task has ended, or is deleted
            self.count(f"work refused: {refusal}")
        with self.locks[index]:
            if self.tasks[index] != task:
                return
            status = self.graphql("query ($id: ID!) { task(id: $id) { status } }", id=task)["task"]["status"]
            if status != "RUNNING":
                self.count(f"ended {status}")
                self.tasks[index] = self.new_task(STRATEGIES[index // self.options.tasks])
                self.mutate("deleteTask", "task { id }", id=task)

    def measure(self, trial):
        lease = {"trialId": trial["id"], "token": trial["lease"]["token"]}
        if random.random() < 0.3:
            self.mutate("heartbeat", "leases { verdict }", leases=[lease])
        if random.random() < 0.05:
            self.mutate("releaseTrials", "__typename", leases=[lease])
            return
        point = trial["point"]
        outcome = {"values": [{"objective": "loss", "value": (point["x"] - 2) ** 2 + point["y"] + random.random()}]}
        if random.random() < 0.05:
            outcome = {"failure": {"reason": "spilled"}}
        self.mutate("tell", "receipt", trialId=lease["trialId"], leaseToken=lease["token"], outcome=outcome)

    def lists(self):
        filters = {"tags": {"all": ["soak"]}}
        filters |= random.choice([{}, {"search": f"gp {random.randrange(100)}"}, {"search": "soak"}, {"status": ["RUNNING"]}])
        self.graphql("""query ($filter: TaskFilter) { tasks(first: 20, filter: $filter) {
          totalCount nodes { id name status bestValue trialCounts { total } } } }""", filter=filters)

    def read(self):
        query = random.choice(READS)
        self.graphql(query, **({"id": random.choice(self.tasks)} if "$id" in query else {}))

    def documents(self):
        """A document that no cache has seen."""
        self.graphql(f"query Q{uuid.uuid4().hex} {{ a{random.randrange(10**9)}: __typename tasks(first: {random.randrange(1, 9)}) {{ nodes {{ id }} }} }}")

    def batch(self):
        made = self.mutate("createTasks", "tasks { id }", tasks=[{"name": f"Batch {n}", "tags": ["batch"]} for n in range(20)])
        ids = [task["id"] for task in made["tasks"]]
        self.mutate("addTags", "changed", ids=ids, tags=[f"tag{random.randrange(10**6)}"])
        self.mutate("deleteTasks", "changed", ids=ids)

    def table(self):
        self.graphql("query ($input: ReadTableInput!) { readTable(input: $input) { rowCount notices { code } } }",
                     input={"text": TABLE, "taskId": random.choice(self.tasks)})

    def refused(self):
        query, variables = random.choice(REFUSED)
        try:
            self.graphql(query, **{name: random.choice(self.tasks) for name in variables})
        except Refused as refusal:
            self.count(f"refused: {refusal}")
        else:
            self.fault(f"not refused: {query}")

    def broken(self):
        """Half a request, and away; or a whole one whose answer nobody reads."""
        self.pace()
        body = b'{"query": "{ tasks(first: 100) { nodes { id name } } }"}'
        head = b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        with socket.create_connection(self.address, timeout=10) as connection:
            connection.sendall(head % len(body) + body[:random.choice([0, 8, len(body)])])
            time.sleep(random.choice([0, 0.05]))

    def follow(self):
        """A subscriber that comes, reads for some seconds, and goes."""
        query = random.choice(STREAMS)
        variables = {"id": random.choice(self.tasks)} if "$id" in query else {}
        self.pace()
        connection = http.client.HTTPConnection(*self.address, timeout=1)
        try:
            connection.request("POST", "/graphql", json.dumps({"query": query, "variables": variables}),
                               {"Content-Type": "application/json", "Accept": "text/event-stream"})
            response = connection.getresponse()
            if response.status != 200:
                self.fault(f"status {response.status} to {query}")
            until = time.monotonic() + random.uniform(0, 6)
            while time.monotonic() < until and (line := response.readline()):
                self.count("lines of subscriptions")
                if b'"errors"' in line:
                    self.fault(f"{line[:300]!r} to {query}")
        except TimeoutError:
            pass
        finally:
            connection.close()

    # --- the run ---

    # Names of the kinds, with the number of threads that do nothing else.
    KINDS = {"work": 3, "follow": 2}
    # What the other two threads choose from, with weights.
    OTHERS = {"lists": 6, "read": 8, "documents": 1, "batch": 1, "table": 1, "refused": 3, "broken": 2}

    def client(self, kinds):
        while time.monotonic() < self.end:
            [name] = random.choices(list(kinds), list(kinds.values()))
            try:
                getattr(self, name)()
            except Refused as refusal:
                self.count(f"{name} refused: {refusal}")
            except Exception as error:
                self.fault(f"{name}: {''.join(traceback.format_exception(error))[-400:]}")
                time.sleep(1)
            self.count(name)

    def purge(self):
        while not self.over.wait(min(180, self.options.minutes * 10)):
            done = subprocess.run([self.options.bin, "purge", "--deleted-before-days", "0", "--database", self.options.database],
                                  capture_output=True, text=True, timeout=300)
            self.count("purges")
            if done.returncode:
                self.fault(f"purge: {done.stdout[-200:]} {done.stderr[-200:]}")

    def memory(self):
        """Resident and anonymous memory in kB, threads, open files."""
        status = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{self.server.pid}/status").read_text().splitlines())
        number = lambda name: int(status[name].split()[0])
        return number("VmRSS"), number("RssAnon"), number("Threads"), len(os.listdir(f"/proc/{self.server.pid}/fd"))

    def run(self):
        only = self.options.only
        clients = [{only: 1}] * 7 if only else [{name: 1} for name, number in self.KINDS.items() for _ in range(number)] + [self.OTHERS] * 2
        threads = [threading.Thread(target=self.client, args=[kinds], daemon=True) for kinds in clients]
        threads.append(threading.Thread(target=self.purge, daemon=True))
        samples = []
        with open(self.options.csv, "w", newline="") as file:
            table = csv.writer(file)
            table.writerow(["seconds", "rss_kb", "anonymous_kb", "threads", "files", "requests", "live_tasks"])
            self.sample(table, samples)
            for thread in threads:
                thread.start()
            while time.monotonic() < self.end and self.server.poll() is None:
                time.sleep(15)
                self.sample(table, samples)
                file.flush()
        self.over.set()
        for thread in threads:
            thread.join(90)
        self.server.terminate()
        ended = self.server.wait(60)
        check = subprocess.run([self.options.bin, "check", "--database", self.options.database], capture_output=True, text=True)
        return self.judge(samples, ended, check)

    def sample(self, table, samples):
        try:
            live = self.graphql('{ tasks(first: 1, filter: { tags: { all: ["soak"] } }) { totalCount } }')["tasks"]["totalCount"]
            row = [round(time.monotonic() - self.begun), *self.memory(), self.counts["requests"], live]
        except (OSError, KeyError, Refused) as error:
            return self.fault(f"no sample: {error!r}")
        samples.append(row)
        table.writerow(row)

    def judge(self, samples, ended, check):
        after = [row for row in samples if row[0] >= self.options.warm_up * 60] or samples
        quarter = max(len(after) // 4, 1)
        mean = lambda rows, column=1: sum(row[column] for row in rows) / len(rows) / 1024
        first, last = mean(after[:quarter]), mean(after[-quarter:])
        grown = last - first >= 4 and last >= first * 1.05
        failed = grown or self.faults or ended or check.returncode
        print(f"{'FAILED' if failed else 'passed'}: {self.options.database.split(':')[0]}, {self.options.minutes:g} minutes, "
              f"{samples[-1][5]} requests, {samples[-1][6]} live tasks; resident {samples[0][1] / 1024:.1f} MiB at the start, "
              f"{first:.1f} after the warm-up, {last:.1f} at the end ({(last / first - 1) * 100:+.1f} %); anonymous "
              f"{mean(after[:quarter], 2):.1f}, {mean(after[-quarter:], 2):.1f}; threads {after[0][3]}, {samples[-1][3]}; files "
              f"{after[0][4]}, {samples[-1][4]}; faults {self.counts['faults']}; exit code {ended}; check {check.returncode}")
        print(dict(sorted(self.counts.items())))
        for fault in self.faults:
            print("fault:", fault)
        if check.returncode:
            print(check.stdout[-2000:], check.stderr[-2000:])
        return 1 if failed else 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="target/release/asktell", help="the server")
    parser.add_argument("--database", required=True, help="URL of an empty database: sqlite:FILE or postgres://…")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--warm-up", type=float, default=15, help="minutes that are not judged")
    parser.add_argument("--rate", type=float, default=40, help="requests per second")
    parser.add_argument("--tasks", type=int, default=2, help="live tasks of each strategy")
    parser.add_argument("--only", choices=[*Soak.KINDS, *Soak.OTHERS], help="one kind of operation alone")
    parser.add_argument("--csv", default="soak.csv", metavar="FILE", help="samples every 15 s; the log goes to FILE.log")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(Soak(arguments()).run())
