#!/usr/bin/env python3
"""A server under steady mixed load, and what it holds in memory. Needs only Python.

    python3 tests/soak/soak.py --bin target/release/asktell --database sqlite:soak.db --minutes 60 --csv soak.csv

The number of live tasks stays the same: one that is complete is deleted, purged by another process, and replaced. So memory
that goes on growing after the warm-up is not that of data. Ends 1 if it grew by more than 5 % (and 4 MiB), if an answer was
INTERNAL or a 5xx other than 503, or if `asktell check` finds something.
"""
import argparse, collections, csv, http.client, json, os, random, re, socket, subprocess, sys, threading, time, uuid

STRATEGIES = ["RANDOM", "SOBOL", "TPE", "GP", "AUTO"]
SPACE = {"parameters": [
    {"float": {"name": "x", "low": -5, "high": 10}},
    {"float": {"name": "y", "low": 0, "high": 15}},
    {"categorical": {"name": "solvent", "choices": ["water", "DMSO", "THF"]}},
]}
TRIALS = 40
TABLE = "x,y,solvent,loss\n" + "".join(f"{n % 7},{n % 11},water,{n / 3:.3f}\n" for n in range(200))


class Refused(Exception):
    """The server has answered with errors."""


class Soak:
    def __init__(self, options):
        self.options = options
        self.server = subprocess.Popen(
            [options.bin, "serve", "--listen", "127.0.0.1:0", "--database", options.database],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        for line in self.server.stdout:
            if found := re.search(r"listening on http://([^:]+):(\d+)", line):
                self.address = (found[1], int(found[2]))
                break
        threading.Thread(target=lambda: [None for _ in self.server.stdout], daemon=True).start()
        self.end = time.monotonic() + options.minutes * 60
        self.counts, self.faults = collections.Counter(), []
        self.tasks = [self.new_task(kind) for kind in STRATEGIES]

    # --- requests ---

    def graphql(self, query, **variables):
        """One request on a connection of this thread."""
        local = threading.current_thread()
        connection = getattr(local, "connection", None) or http.client.HTTPConnection(*self.address, timeout=60)
        local.connection = connection
        body = json.dumps({"query": query, "variables": variables})
        try:
            connection.request("POST", "/graphql", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException):
            # A connection that was idle for long is closed by the server.
            connection.close()
            local.connection = None
            return None
        if response.status >= 500 and response.status != 503:
            self.faults.append(f"{response.status}: {text[:200]!r}")
        answer = json.loads(text)
        for error in answer.get("errors", []):
            code = error.get("extensions", {}).get("code")
            if code == "INTERNAL":
                self.faults.append(json.dumps(error)[:300])
            raise Refused(code)
        return answer["data"]

    def mutate(self, mutation, selection, **fields):
        kind = mutation[0].upper() + mutation[1:]
        query = f"mutation ($input: {kind}Input!) {{ {mutation}(input: $input) {{ {selection} }} }}"
        data = self.graphql(query, input=fields)
        return data and data[mutation]

    def new_task(self, kind):
        task = self.mutate("createTask", "task { id }", name=f"Soak {kind}", tags=["soak", kind.lower()],
                           parameterSpace=SPACE, objectives=[{"name": "loss", "direction": "MINIMIZE"}],
                           strategy={"kind": kind}, budget={"maxTrials": TRIALS}, metadata={"note": "x" * 500})["task"]
        self.mutate("transitionTask", "task { id }", id=task["id"], to="RUNNING")
        return task["id"]

    # --- what clients do ---

    def work(self):
        """Asks and tells; what is complete is replaced."""
        place = random.randrange(len(self.tasks))
        task = self.tasks[place]
        try:
            asked = self.mutate("ask", "trials { id point lease { token } }", taskId=task, worker=f"w{random.randrange(9)}")
        except Refused:
            asked = {"trials": []}
        for trial in asked and asked["trials"] or []:
            lease = {"trialId": trial["id"], "token": trial["lease"]["token"]}
            if random.random() < 0.2:
                self.mutate("heartbeat", "leases { __typename }", leases=[lease])
            point = trial["point"]
            value = (point["x"] - 2) ** 2 + point["y"] + random.random()
            outcome = {"values": [{"objective": "loss", "value": value}]}
            if random.random() < 0.05:
                outcome = {"failure": {"reason": "spilled"}}
            tell = {"trialId": trial["id"], "leaseToken": trial["lease"]["token"], "outcome": outcome,
                    "idempotencyKey": str(uuid.uuid4())}
            for _ in range(random.choice([1, 1, 2])):
                self.mutate("tell", "receipt", **tell)
        found = self.graphql("query ($id: ID!) { task(id: $id) { status } }", id=task)
        if found and found["task"] and found["task"]["status"] == "COMPLETED" and self.tasks[place] == task:
            self.tasks[place] = self.new_task(STRATEGIES[place])
            self.mutate("deleteTask", "task { id }", id=task)

    def lists(self):
        self.graphql("""query ($search: String) { tasks(first: 20, filter: { search: $search, tags: { all: ["soak"] } }) {
          totalCount nodes { id name status bestValue trialCounts { total } } } }""", search=random.choice(["soak", "gp", None]))

    def trials(self):
        self.graphql("""query ($id: ID!) { task(id: $id) { trials(first: 100) { nodes { number state point values { value } } }
          } }""", id=random.choice(self.tasks))

    def model(self):
        self.graphql("query ($id: ID!) { task(id: $id) { model { results objectives { noise } } } }", id=self.tasks[3])

    def batch(self):
        made = self.mutate("createTasks", "tasks { id }", tasks=[{"name": f"Batch {n}", "tags": ["batch"]} for n in range(20)])
        if made:
            self.mutate("deleteTasks", "changed", ids=[task["id"] for task in made["tasks"]])

    def table(self):
        self.graphql("query ($input: ReadTableInput!) { readTable(input: $input) { rowCount notices { code } } }",
                     input={"text": TABLE, "taskId": random.choice(self.tasks)})

    def refused(self):
        query = random.choice(["{ nothing }", "{ task(id: \"x\") { id } }", "mutation { createTask(input: {name: \"\"}) { task { id } } }"])
        self.graphql(query)

    def broken(self):
        """Half a request, and away."""
        with socket.create_connection(self.address, timeout=10) as connection:
            connection.sendall(b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"query")

    def follow(self):
        """A subscriber that comes, reads some events, and goes."""
        connection = http.client.HTTPConnection(*self.address, timeout=15)
        body = json.dumps({"query": "subscription { taskEvents { cursor kind } }"})
        connection.request("POST", "/graphql", body, {"Content-Type": "application/json", "Accept": "text/event-stream"})
        response = connection.getresponse()
        for _ in range(random.randrange(1, 20)):
            if not response.readline():
                break
        connection.close()

    KINDS = {"work": 24, "lists": 5, "trials": 4, "model": 1, "batch": 1, "table": 1, "refused": 2, "broken": 1, "follow": 1}

    # --- the run ---

    def client(self):
        only = self.options.only
        names = [only] if only else list(self.KINDS)
        weights = [self.KINDS[name] for name in names]
        while time.monotonic() < self.end:
            [name] = random.choices(names, weights)
            try:
                getattr(self, name)()
            except Refused as refusal:
                self.counts[f"{name} refused: {refusal}"] += 1
            except (OSError, http.client.HTTPException, ValueError) as error:
                self.counts[f"{name} broke: {type(error).__name__}"] += 1
            self.counts[name] += 1
            time.sleep(random.expovariate(self.options.rate / self.options.clients))

    def purge(self):
        while time.monotonic() < self.end:
            time.sleep(60)
            subprocess.run([self.options.bin, "purge", "--deleted-before-days", "0", "--database", self.options.database],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)

    def memory(self):
        """Resident and anonymous memory in kB, threads, open files."""
        with open(f"/proc/{self.server.pid}/status") as status:
            fields = dict(line.split(":", 1) for line in status)
        number = lambda name: int(fields[name].split()[0])
        return number("VmRSS"), number("RssAnon"), number("Threads"), len(os.listdir(f"/proc/{self.server.pid}/fd"))

    def run(self):
        jobs = [self.client] * self.options.clients + [self.purge]
        threads = [threading.Thread(target=job, daemon=True) for job in jobs]
        for thread in threads:
            thread.start()
        begun, samples = time.monotonic(), []
        with open(self.options.csv, "w", newline="") as file:
            table = csv.writer(file)
            table.writerow(["seconds", "rss_kb", "anonymous_kb", "threads", "files", "operations"])
            while time.monotonic() < self.end:
                time.sleep(15)
                row = [round(time.monotonic() - begun), *self.memory(), sum(self.counts[name] for name in self.KINDS)]
                samples.append(row)
                table.writerow(row)
                file.flush()
        self.server.terminate()
        ended = self.server.wait(60)
        check = subprocess.run([self.options.bin, "check", "--database", self.options.database], capture_output=True, text=True)
        return self.judge(samples, ended, check)

    def judge(self, samples, ended, check):
        after = [row for row in samples if row[0] >= self.options.warm_up * 60]
        quarter = max(len(after) // 4, 1)
        mean = lambda rows: sum(row[1] for row in rows) / len(rows) / 1024
        first, last = mean(after[:quarter]), mean(after[-quarter:])
        grown = last - first > 4 and last > first * 1.05
        print(f"{self.options.database}: {samples[-1][-1]} operations; {first:.1f} MiB after the warm-up, {last:.1f} MiB at the end "
              f"({(last / first - 1) * 100:+.1f} %); exit {ended}; check {check.returncode}; {dict(self.counts)}")
        for fault in self.faults[:10]:
            print("fault:", fault)
        if check.returncode:
            print(check.stdout[-2000:], check.stderr[-2000:])
        return 1 if grown or self.faults or ended or check.returncode else 0


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", default="target/release/asktell")
    parser.add_argument("--database", required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--warm-up", type=float, default=15, help="minutes")
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--rate", type=float, default=40, help="operations a second")
    parser.add_argument("--only", choices=Soak.KINDS)
    parser.add_argument("--csv", default="soak.csv")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(Soak(options()).run())
