"""`examples/strategist.py`, as a user would run it: the protocol that the examples with BoTorch and Optuna have from it."""
import ast
import signal
import subprocess
import sys
import time
import unittest

from network import Network
from server import ROOT, ServerTest

STRATEGIST = ROOT / "examples/strategist.py"
MOVE = "mutation ($id: ID!, $to: TaskStatus!) { transitionTask(input: {id: $id, to: $to}) { task { id } } }"
SPACE = {"parameters": [
    {"float": {"name": "x", "low": -5, "high": 10}}, {"float": {"name": "y", "low": 0, "high": 15}},
]}
OF_ALL_KINDS = {"parameters": [
    {"float": {"name": "rate", "low": 0.001, "high": 10, "log": True}}, {"float": {"name": "mass", "low": 0, "high": 1, "step": 0.25}},
    {"int": {"name": "layers", "low": 1, "high": 9, "step": 2}}, {"int": {"name": "units", "low": 4, "high": 512, "log": True}},
    {"categorical": {"name": "base", "choices": ["KOH", "NaOH", "none"]}}, {"ordinal": {"name": "size", "levels": [1, 10, 100]}},
]}


class StrategistTest(ServerTest):
    def setUp(self):
        super().setUp()
        self.start("serve")

    def strategist(self, *arguments, server=None):
        command = [sys.executable, STRATEGIST, "--server", server or self.url, *map(str, arguments)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def new_task(self, ahead=1, **fields):
        task = {"parameterSpace": SPACE, "objectives": [{"name": "value", "direction": "MINIMIZE"}], "budget": {"maxTrials": 12},
                "strategy": {"kind": "EXTERNAL", "seed": 7, "external": {"ahead": ahead}}, **fields}
        create = "mutation ($input: CreateTaskInput!) { createTask(input: $input) { task { id } } }"
        id = self.graphql(create, input=task)["createTask"]["task"]["id"]
        self.graphql(MOVE, id=id, to="RUNNING")
        return id

    def read(self, task):
        return self.graphql("""query ($id: ID!) { task(id: $id) { status modelState pointsNeeded strategist { name token }
            trials(first: 200) { nodes { origin state point proposal { strategy reason } } } } }""", id=task)["task"]

    def points(self, task):
        return [trial["point"] for trial in self.read(task)["trials"]["nodes"]]

    def eventually(self, seconds, what, look):
        deadline = time.monotonic() + seconds
        while not look():
            self.assertLess(time.monotonic(), deadline, f"waited {seconds} s for {what}")
            time.sleep(0.05)

    def test_it_proposes_what_workers_measure_until_the_task_ends(self):
        task = self.new_task(ahead=3)
        strategist = self.strategist("--task", task, "--name", "ada")
        workers = [self.worker("--task", task) for _ in range(2)]
        for process in (strategist, *workers):
            self.end(process)
        read = self.read(task)
        trials = read["trials"]["nodes"]
        self.assertEqual((read["status"], len(trials), read["modelState"]), ("COMPLETED", 12, {"proposed": 12}))
        self.assertEqual({trial["origin"] for trial in trials}, {"STRATEGY"})
        self.assertEqual(trials[0]["proposal"], {"strategy": "EXTERNAL", "reason": "drawn at random"})

    def test_every_kind_of_parameter(self):
        task = self.new_task(ahead=50, parameterSpace=OF_ALL_KINDS, budget={"maxTrials": 50})
        self.strategist("--task", task)
        self.eventually(20, "the points", lambda: len(self.points(task)) == 50)
        self.assertEqual({point["mass"] for point in self.points(task)}, {0, 0.25, 0.5, 0.75, 1})
        self.assertEqual({point["layers"] for point in self.points(task)}, {1, 3, 5, 7, 9})

    def test_one_that_is_killed_is_followed_by_another_that_goes_on(self):
        alone, shared = self.new_task(ahead=12), self.new_task(ahead=4)
        self.strategist("--task", alone)
        self.eventually(20, "all points", lambda: len(self.points(alone)) == 12)
        first = self.strategist("--task", shared, "--lease", 1, "--name", "first")
        self.eventually(20, "its points", lambda: len(self.points(shared)) == 4)
        first.kill()
        second = self.strategist("--task", shared, "--lease", 1, "--name", "second")
        worker = self.worker("--task", shared)
        self.end(worker)
        self.end(second)
        self.assertEqual(self.read(shared)["modelState"], {"proposed": 12})
        self.assertEqual(self.points(shared), self.points(alone), "the same points, as if it had been one")

    def test_one_that_hangs_past_its_lease_is_fenced_off(self):
        task = self.new_task()
        hanging = self.strategist("--task", task, "--lease", 1, "--name", "hanging")
        self.eventually(20, "its point", lambda: self.points(task))
        hanging.send_signal(signal.SIGSTOP)
        self.eventually(20, "the end of its lease", lambda: not self.read(task)["strategist"])
        follower = self.strategist("--task", task, "--lease", 600, "--name", "follower")
        worker = self.worker("--task", task)
        self.eventually(20, "more points", lambda: len(self.points(task)) > 3)
        hanging.send_signal(signal.SIGCONT)
        for process in (worker, follower, hanging):
            self.end(process)
        self.assertEqual(self.read(task)["modelState"], {"proposed": 12})

    def test_a_server_that_is_killed_and_answers_that_are_lost(self):
        task = self.new_task(ahead=2)
        network = Network(self.url, {"claimStrategy": 2, "proposeTrials": 2})
        self.addCleanup(network.close)
        strategist = self.strategist("--task", task, server=network.url)
        worker = self.worker("--task", task, "--seconds", 0.1)
        self.eventually(30, "some points", lambda: len(self.points(task)) > 5)
        self.kill_and_start_again()
        self.end(worker)
        self.assertEqual(len(self.points(task)), 12, "each call was done once")
        self.assertEqual(self.read(task)["modelState"], {"proposed": 12})
        self.end(strategist)

    def test_without_a_task_it_serves_all(self):
        tasks = [self.new_task(budget={"maxTrials": 4}) for _ in range(3)]
        self.strategist()
        for worker in [self.worker("--task", task) for task in tasks]:
            self.end(worker)
        for task in tasks:
            read = self.read(task)
            self.assertEqual((read["status"], read["strategist"], len(self.points(task))), ("COMPLETED", None, 4))


class ExamplesTest(unittest.TestCase):
    def test_those_with_a_library_are_short_and_whole(self):
        for name in ("botorch_strategy.py", "optuna_strategy.py"):
            text = (ROOT / "examples" / name).read_text()
            self.assertLess(len(text.splitlines()), 100, name)
            made = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
            methods = {method.name for method in made[0].body}
            self.assertLessEqual({"__init__", "propose", "checkpoint"}, methods, name)
