"""The built server as a child process, for the tests of this folder."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("ASKTELL_BIN") or ROOT / "target/debug/asktell"
WORKER = ROOT / "examples/worker.py"
MEASURED = ROOT.parent / "shared/data/crossed_barrel.csv"


class ServerTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def start(self, command, *arguments, listen="127.0.0.1:0"):
        """Runs a command that serves, and waits until it listens."""
        server = self.server = subprocess.Popen(
            [BINARY, command, "--listen", listen, "--database", f"sqlite:{self.folder}/asktell.db", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        self.addCleanup(self.stop, server)
        for line in self.server.stdout:
            if found := re.search(r"listening on (http://\S+)", line):
                self.url = found[1].rstrip("/")
                return
        self.fail("the server does not start")

    def stop(self, server):
        if server.returncode is None:
            server.terminate()
            self.assertEqual(server.wait(20), 0)
        server.stdout.close()

    def kill_and_start_again(self):
        """The server dies in the middle of whatever it does, and comes back where it was."""
        self.server.kill()
        self.server.wait(20)
        self.start("serve", listen=self.url.removeprefix("http://"))

    def worker(self, *arguments, server=None, script=WORKER):
        """Starts `examples/worker.py`, or a worker of one's own."""
        command = [sys.executable, script, "--server", server or self.url, *map(str, arguments)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def end(self, process, code=0):
        """What a process says until it ends by itself."""
        output, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, code, output)
        return output

    def graphql(self, query, **variables):
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(self.url + "/graphql", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as response:
            answer = json.load(response)
        self.assertNotIn("errors", answer)
        return answer["data"]

    def tasks(self):
        """The tasks, newest first."""
        return self.graphql("""{ tasks { nodes {
          id status bestValue bestTrial { point } trialCounts { completed total } objectives { name direction }
          parameterSpace { parameters { __typename name
            ... on FloatParameter { low high } ... on IntParameter { from: low to: high by: step }
            ... on CategoricalParameter { choices } } } } } }""")["tasks"]["nodes"]

    def task(self):
        return self.tasks()[0]

    def measured_data(self):
        """A real table of measurements that is not part of the project."""
        if not MEASURED.exists():
            self.assertNotIn(os.environ.get("CI"), ("true", "1"), "the measured data is not there")
            print("skipped: the measured data is not there")
            self.skipTest("the measured data is not there")
        return MEASURED
