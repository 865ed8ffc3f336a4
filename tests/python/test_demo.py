"""`asktell demo`: a campaign to watch."""
import csv
import time

from server import ServerTest


class DemoTest(ServerTest):
    def wait_for(self, trials):
        """Waits until the demo's task is there and has as many results."""
        deadline = time.monotonic() + 60
        while not (tasks := self.tasks()) or tasks[0]["trialCounts"]["completed"] < trials:
            self.assertLess(time.monotonic(), deadline, f"the demo stays at {tasks}")
            time.sleep(0.05)
        return tasks[0]

    def test_it_optimizes_a_test_function(self):
        self.start("demo", "--pace", "1", "--trials", "1000")
        task = self.wait_for(30)
        self.assertEqual(task["status"], "RUNNING")
        self.assertIsNotNone(task["bestValue"])
        self.wait_for(task["trialCounts"]["completed"] + 10)

    def test_it_optimizes_measured_data(self):
        path = self.measured_data()
        self.start("demo", "--csv", path, "--objective", "toughness", "--direction", "maximize", "--pace", "1", "--trials", "60")
        task = self.wait_for(60)
        self.assertEqual(task["objectives"], [{"name": "toughness", "direction": "MAXIMIZE"}])
        self.assertEqual([parameter["name"] for parameter in task["parameterSpace"]["parameters"]], ["n", "theta", "r", "t"])
        with path.open(newline="") as file:
            self.assertIn(task["bestValue"], [float(row["toughness"]) for row in csv.DictReader(file)])
