"""`examples/worker.py`, as a user would run it, against the built server."""
import csv
import json
import re
import subprocess
import sys

from server import ROOT, ServerTest


class WorkerTest(ServerTest):
    def setUp(self):
        super().setUp()
        self.start("serve")

    def worker(self, *arguments):
        command = [sys.executable, ROOT / "examples/worker.py", "--server", self.url, *arguments]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def run_worker(self, *arguments):
        process = self.worker(*arguments)
        output, _ = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, output)
        return output

    def test_it_optimizes_a_function_of_its_own(self):
        output = self.run_worker()
        task = self.task()
        self.assertEqual(task["trialCounts"], {"completed": 60, "total": 60})
        self.assertLess(task["bestValue"], 5)
        self.assertIn(task["id"], output)
        self.assertEqual(len(re.findall(r"^trial \d+: ", output, re.M)), 60)
        self.assertIn(f"best value {task['bestValue']} at {json.dumps(task['bestTrial']['point'])}", output)

    def test_every_strategy(self):
        for strategy in ("random", "sobol", "LATIN_HYPERCUBE"):
            self.run_worker("--strategy", strategy, "--trials", "5")
            self.assertEqual(self.task()["trialCounts"]["completed"], 5)

    def test_two_workers_share_a_task(self):
        self.run_worker("--trials", "1")
        task = self.task()["id"]
        workers = [self.worker("--task", task, "--trials", "10") for _ in range(2)]
        for worker in workers:
            output, _ = worker.communicate(timeout=120)
            self.assertEqual(worker.returncode, 0, output)
        self.assertEqual(self.task()["trialCounts"], {"completed": 21, "total": 21})

    def test_it_waits_while_paused_and_ends_with_the_task(self):
        move = "mutation ($id: ID!, $to: TaskStatus!) { transitionTask(input: {id: $id, to: $to}) { task { id } } }"
        self.run_worker("--trials", "1")
        task = self.task()["id"]
        self.graphql(move, id=task, to="PAUSED")
        worker = self.worker("--task", task, "--trials", "100000")
        self.graphql(move, id=task, to="RUNNING")
        worker.stdout.readline()
        self.graphql(move, id=task, to="COMPLETED")
        output, _ = worker.communicate(timeout=60)
        self.assertEqual(worker.returncode, 0, output)
        self.assertIn("no more points", output)

    def test_a_table_gives_the_space_and_the_nearest_design_the_values(self):
        path = self.folder / "designs.csv"
        rows = [(n, width, glue, 4, n * width + (glue == "wax")) for n in (6, 10, 12)
                for width in (0.5, 1.25, 3) for glue in ("wax", "epoxy") for _ in range(2)]
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([("n", "width", "glue", "constant", "load"), *rows])
        output = self.run_worker("--csv", path, "--objective", "load", "--direction", "maximize", "--trials", "40")
        task = self.task()
        self.assertEqual(task["parameterSpace"]["parameters"], [
            {"__typename": "IntParameter", "name": "n", "from": 6, "to": 12, "by": 2},
            {"__typename": "FloatParameter", "name": "width", "low": 0.5, "high": 3},
            {"__typename": "CategoricalParameter", "name": "glue", "choices": ["epoxy", "wax"]},
        ])
        self.assertEqual(task["bestValue"], 37)
        values = {float(value) for value in re.findall(r"^trial \d+: load (\S+),", output, re.M)}
        self.assertLessEqual(values, {float(row[-1]) for row in rows})

    def test_a_real_campaign(self):
        path = self.measured_data()
        output = self.run_worker("--csv", path, "--objective", "toughness", "--direction", "maximize")
        task = self.task()
        self.assertEqual(task["trialCounts"], {"completed": 60, "total": 60})
        with path.open(newline="") as file:
            measured = sorted(float(row["toughness"]) for row in csv.DictReader(file))
        self.assertIn(task["bestValue"], measured)
        self.assertGreater(task["bestValue"], measured[int(len(measured) * 0.9)], "in the best tenth")
        names = [parameter["name"] for parameter in task["parameterSpace"]["parameters"]]
        self.assertEqual(names, ["n", "theta", "r", "t"])
        print(output.splitlines()[-1])

