"""`examples/worker.py`, as a user would run it, against the built server."""
import re
import signal
import time
import unittest

from network import Network
from server import WORKER, ServerTest

MOVE = "mutation ($id: ID!, $to: TaskStatus!) { transitionTask(input: {id: $id, to: $to}) { task { id } } }"


class WorkerTest(ServerTest):
    def setUp(self):
        super().setUp()
        self.start("serve")

    def line(self, process, word):
        """The next line with this word."""
        for line in process.stdout:
            if word in line:
                return line
        self.fail(f"the worker has not said {word!r}")

    def new_task(self, **fields):
        """A task that runs, made by somebody else."""
        space = {"parameters": [{"float": {"name": name, "low": -5, "high": 15}} for name in ("x", "y")]}
        task = {"parameterSpace": space, "objectives": [{"name": "value", "direction": "MINIMIZE"}], **fields}
        create = "mutation ($input: CreateTaskInput!) { createTask(input: $input) { task { id } } }"
        id = self.graphql(create, input=task)["createTask"]["task"]["id"]
        self.graphql(MOVE, id=id, to="RUNNING")
        return id

    def trials(self, task):
        return self.graphql("""query ($id: ID!) { task(id: $id) { trials(first: 200) { nodes {
            state worker late failureReason attempts { outcome } attachedResults { at } } } } }""",
            id=task)["task"]["trials"]["nodes"]

    def eventually(self, seconds, what, look):
        deadline = time.monotonic() + seconds
        while not look():
            self.assertLess(time.monotonic(), deadline, f"waited {seconds} s for {what}")
            time.sleep(0.05)

    def test_it_optimizes_a_function_of_its_own(self):
        output = self.end(self.worker())
        task = self.task()
        self.assertEqual((task["status"], task["trialCounts"]), ("COMPLETED", {"completed": 60, "total": 60}))
        self.assertLess(task["bestValue"], 5)
        self.assertIn(f"/tasks/{task['id']}", output)
        self.assertEqual(len(re.findall(r"^COUNTED trial \d+: ", output, re.M)), 60)
        self.assertIn(f"best {task['bestValue']}\n", output)
        self.assertEqual({trial["worker"] for trial in self.trials(task["id"])}, {"worker.py"})

    def test_workers_share_a_task_and_end_with_it(self):
        task = self.new_task(budget={"maxTrials": 21})
        workers = [self.worker("--task", task, "--seconds", 0.05, "--name", name) for name in ("ada", "bob")]
        outputs = [self.end(worker) for worker in workers]
        self.assertEqual(self.task()["trialCounts"], {"completed": 21, "total": 21})
        self.assertEqual(sum(output.count("COUNTED") for output in outputs), 21)
        self.assertEqual({trial["worker"] for trial in self.trials(task)}, {"ada", "bob"})

    def test_it_waits_while_paused_and_ends_with_the_task(self):
        task = self.new_task()
        self.graphql(MOVE, id=task, to="PAUSED")
        worker = self.worker("--task", task, "--seconds", 0.02)
        time.sleep(1)
        self.assertEqual(self.task()["trialCounts"]["total"], 0)
        self.graphql(MOVE, id=task, to="RUNNING")
        self.line(worker, "COUNTED")
        self.graphql(MOVE, id=task, to="PAUSED")
        self.graphql(MOVE, id=task, to="RUNNING")
        self.line(worker, "COUNTED")
        self.graphql(MOVE, id=task, to="COMPLETED")
        self.end(worker)

    def test_it_waits_for_points(self):
        task = self.new_task(strategy={"kind": "EXTERNAL"}, budget={"maxTrials": 1})
        worker = self.worker("--task", task)
        enqueue = "mutation ($id: ID!) { enqueueTrials(input: {taskId: $id, points: [{x: 1, y: 1}]}) { trials { id } } }"
        self.graphql(enqueue, id=task)
        self.assertIn("COUNTED", self.end(worker))

    def test_a_server_that_is_killed_and_comes_back(self):
        task = self.new_task(budget={"maxTrials": 30})
        workers = [self.worker("--task", task, "--seconds", 0.1) for _ in range(3)]
        for _ in range(2):
            self.line(workers[0], "COUNTED")
            self.kill_and_start_again()
        for worker in workers:
            self.end(worker)
        self.assertEqual((self.task()["status"], self.task()["trialCounts"]), ("COMPLETED", {"completed": 30, "total": 30}))
        self.assertEqual([trial for trial in self.trials(task) if trial["attachedResults"]], [])

    def test_an_answer_that_is_lost_is_asked_for_again(self):
        task = self.new_task(budget={"maxTrials": 5})
        network = Network(self.url, {"ask": 2, "tell": 2})
        self.addCleanup(network.close)
        output = self.end(self.worker("--task", task, server=network.url))
        self.assertEqual(output.count("trying again"), 4)
        self.assertEqual(output.count("COUNTED"), 5, "the answer is the same again")
        self.assertEqual(self.task()["trialCounts"], {"completed": 5, "total": 5})
        for trial in self.trials(task):
            self.assertEqual((trial["attempts"], trial["attachedResults"]), ([{"outcome": "COMPLETED"}], []))
        tells = [input for mutation, input in network.inputs if mutation == "tell"]
        self.assertEqual(tells[0], tells[1], "the same call, with the same key")
        self.assertEqual(len({input["idempotencyKey"] for input in tells}), 5)

    def test_heartbeats_keep_the_lease(self):
        task = self.new_task(budget={"maxTrials": 1}, trialPolicy={"leaseSeconds": 1})
        self.end(self.worker("--task", task, "--seconds", 3))
        [trial] = self.trials(task)
        self.assertEqual((trial["attempts"], trial["late"]), ([{"outcome": "COMPLETED"}], False))

    def test_it_stops_when_told(self):
        task = self.new_task(trialPolicy={"leaseSeconds": 1})
        worker = self.worker("--task", task, "--seconds", 600)
        self.eventually(20, "the first trial", lambda: self.trials(task))
        self.graphql(MOVE, id=task, to="COMPLETED")
        output = self.end(worker)
        self.assertIn("told to stop", output)
        [trial] = self.trials(task)
        self.assertEqual((trial["state"], trial["late"]), ("COMPLETED", True), "what was measured is kept")

    def test_a_worker_that_hangs_past_its_lease_tells_late(self):
        task = self.new_task(budget={"maxTrials": 1}, trialPolicy={"leaseSeconds": 0.5, "lateResults": "ATTACH"})
        hanging = self.worker("--task", task, "--seconds", 600)
        self.eventually(20, "the first trial", lambda: self.trials(task))
        hanging.send_signal(signal.SIGSTOP)
        output = self.end(self.worker("--task", task))
        self.assertIn("COUNTED", output)
        hanging.send_signal(signal.SIGCONT)
        output = self.end(hanging)
        self.assertIn("told to stop", output)
        self.assertIn("ATTACHED", output)
        [trial] = self.trials(task)
        self.assertEqual([attempt["outcome"] for attempt in trial["attempts"]], ["EXPIRED", "COMPLETED"])
        self.assertEqual(len(trial["attachedResults"]), 1)

    def test_an_evaluation_that_goes_wrong_is_a_failure_and_the_worker_goes_on(self):
        space = {"parameters": [{"float": {"name": "z", "low": 0, "high": 1}}]}
        task = self.new_task(parameterSpace=space, budget={"maxTrials": 2})
        self.end(self.worker("--task", task))
        self.assertEqual([trial["state"] for trial in self.trials(task)], ["FAILED", "FAILED"])
        self.assertIn("TypeError", self.trials(task)[0]["failureReason"])


    def with_evaluate(self, body):
        """The worker with another experiment in it."""
        path = self.folder / "own_worker.py"
        text = WORKER.read_text()
        begin, end = text.index("def evaluate("), text.index("class Refused")
        path.write_text(f"{text[:begin]}def evaluate(x, y, stop):\n    {body}\n\n{text[end:]}")
        return path

    def run_own(self, body, *arguments, code):
        process = self.worker(*arguments, script=self.with_evaluate(body))
        return self.end(process, code)

    def test_a_result_that_is_not_finite_is_a_failure_and_the_worker_goes_on(self):
        task = self.new_task(budget={"maxTrials": 3})
        output = self.run_own("return float('nan')", "--task", task, code=0)
        self.assertNotIn("trying again", output)
        trials = self.trials(task)
        self.assertEqual([trial["state"] for trial in trials], ["FAILED"] * 3)
        self.assertEqual({trial["failureReason"] for trial in trials}, {"the objective is nan"})

    def test_a_long_reason_is_cut_and_told(self):
        task = self.new_task(budget={"maxTrials": 1})
        self.run_own("raise ValueError('begin' + 5000 * 'x' + 'end')", "--task", task, code=0)
        [trial] = self.trials(task)
        self.assertEqual(trial["state"], "FAILED")
        self.assertTrue(trial["failureReason"].startswith("ValueError('begin"))
        self.assertIn("end", trial["failureReason"])

    def test_a_refused_result_becomes_a_failure_and_the_exit_code_says_so(self):
        # The worker measures another objective than the task has.
        task = self.new_task(budget={"maxTrials": 2}, objectives=[{"name": "yield", "direction": "MAXIMIZE"}])
        output = self.end(self.worker("--task", task), code=1)
        self.assertEqual(output.count("refused: "), 2)
        trials = self.trials(task)
        self.assertEqual([trial["state"] for trial in trials], ["FAILED", "FAILED"])
        self.assertIn("the result was refused", trials[0]["failureReason"])

    def test_a_refusal_is_never_sent_again(self):
        output = self.end(self.worker("--task", "no-id"), code=1)
        self.assertNotIn("trying again", output)
        output = self.end(self.worker("--direction", "sideways"), code=1)
        self.assertIn("refused: ", output)
        self.assertNotIn("trying again", output)


class LengthTest(unittest.TestCase):
    def test_the_right_loop_is_short(self):
        self.assertLess(len(WORKER.read_text().splitlines()), 150)
