"""The server under attack, and what must hold after every attack."""
import http.client
import json
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("ASKTELL_BIN") or ROOT / "target/release/asktell"
# Of the release build; a debug build answers later and holds more.
LATEST_SECONDS = 2
MOST_GROWTH_MIB = 64
SHORT = ["--header-timeout", "2", "--idle-timeout", "3", "--write-timeout", "5"]


class Attacked:
    """One server for all attacks of a file, on a fresh SQLite database."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.database = f"sqlite:{self.folder.name}/asktell.db"
        self.process = subprocess.Popen(
            [BINARY, "serve", "--listen", "127.0.0.1:0", "--database", self.database, *SHORT],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        for line in self.process.stdout:
            if found := re.search(r"listening on http://([^:]+):(\d+)", line):
                self.address = (found[1], int(found[2]))
                break
        threading.Thread(target=lambda: [None for _ in self.process.stdout], daemon=True).start()
        self.task = self.make_task()
        # What a server takes once and keeps: pools, caches, threads.
        for _ in range(50):
            self.graphql("{ tasks { nodes { id name trials { nodes { number point } } } } }")
        self.baseline = self.memory()
        self.peak = self.baseline

    def make_task(self):
        fields = """parameterSpace: { parameters: [{ float: { name: "x", low: 0, high: 1 } }] },
                    objectives: [{ name: "loss", direction: MINIMIZE }]"""
        made = self.graphql(f'mutation {{ createTask(input: {{ name: "attacked", {fields} }}) {{ task {{ id }} }} }}')
        task = made[1]["data"]["createTask"]["task"]["id"]
        self.graphql(f'mutation {{ transitionTask(input: {{ id: "{task}", to: RUNNING }}) {{ task {{ id }} }} }}')
        return task

    def connect(self):
        return socket.create_connection(self.address, timeout=20)

    def graphql(self, query, variables=None, headers=(), timeout=20):
        """Status and answer."""
        body = json.dumps({"query": query, "variables": variables or {}})
        return self.post(body.encode(), headers, timeout)

    def post(self, body, headers=(), timeout=20):
        connection = http.client.HTTPConnection(*self.address, timeout=timeout)
        try:
            connection.request("POST", "/graphql", body, {"Content-Type": "application/json", **dict(headers)})
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        try:
            return response.status, json.loads(text)
        except ValueError:
            return response.status, {"text": text.decode(errors="replace")}

    def raw(self, data, wait=8):
        """Sends bytes, and reads until the server closes or has said nothing for a while."""
        with self.connect() as connection:
            connection.settimeout(wait)
            said = b""
            try:
                connection.sendall(data)
                while part := connection.recv(65536):
                    said += part
            except OSError:
                pass
        return said

    def memory(self):
        """Resident memory in MiB."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) / 1024

    def stop(self):
        self.process.terminate()
        ended = self.process.wait(30)
        check = subprocess.run([BINARY, "check", "--database", self.database], capture_output=True, text=True)
        self.process.stdout.close()
        self.folder.cleanup()
        return ended, check


class AttackTest(unittest.TestCase):
    """After each attack: the same process, an answer to others within two seconds, and no more memory than before."""

    @classmethod
    def setUpClass(cls):
        cls.server = Attacked()

    @classmethod
    def tearDownClass(cls):
        grown = cls.server.peak - cls.server.baseline
        print(f"{cls.__module__}.{cls.__name__}: {cls.server.baseline:.0f} MiB, grown by {grown:.0f} MiB at the most")
        ended, check = cls.server.stop()
        assert ended == 0, f"the server ended with {ended}"
        assert check.returncode == 0, check.stdout + check.stderr

    def tearDown(self):
        self.assertIsNone(self.server.process.poll(), "the server has died")
        self.answers_others()
        memory = self.server.memory()
        type(self).server.peak = max(self.server.peak, memory)
        self.assertLess(memory - self.server.baseline, MOST_GROWTH_MIB)

    def answers_others(self):
        begun = time.monotonic()
        status, answer = self.server.graphql("{ __typename }")
        self.assertEqual((status, answer), (200, {"data": {"__typename": "Query"}}))
        self.assertLess(time.monotonic() - begun, LATEST_SECONDS)

    def refused(self, status, answer):
        """An answer that no attack may get: a crash in disguise."""
        self.assertTrue(status < 500 or status == 503, (status, answer))
        for error in answer.get("errors", []):
            code = error.get("extensions", {}).get("code")
            self.assertIsNotNone(code, error)
            self.assertNotEqual(code, "INTERNAL", error)


def attack(cls, name, body):
    """Adds an attack as a test of its own."""
    setattr(cls, f"test_{name}", body)


def timed(test, call):
    """What a call answers, within the time."""
    begun = time.monotonic()
    answer = call()
    test.assertLess(time.monotonic() - begun, LATEST_SECONDS)
    return answer
