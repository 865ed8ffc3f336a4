"""A campaign through the API of a server, as a lab would run it."""

import json
import pathlib
import re
import subprocess
import tempfile
import typing
import urllib.request

from campaign_data import Campaign
from campaign_runs import Chooser
from space import Int, Parameter, Value


class Server:
    """A server of its own on a database of its own, both gone with it."""

    def __init__(self, binary: pathlib.Path) -> None:
        self.folder = tempfile.TemporaryDirectory()
        command = [binary, "serve", "--listen", "127.0.0.1:0", "--database", f"sqlite:{self.folder.name}/asktell.db"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            if found := re.search(r"listening on (http://\S+)", line):
                self.url = found[1].rstrip("/")
                return
        raise RuntimeError("the server does not start")

    def mutate(self, mutation: str, selection: str, **fields: typing.Any) -> dict:
        """One mutation."""
        kind = f"{mutation[0].upper()}{mutation[1:]}Input"
        query = f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {{ {selection} }} }}"
        body = json.dumps({"query": query, "variables": {"input": fields}}).encode()
        request = urllib.request.Request(self.url + "/graphql", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as response:
            answer = json.load(response)
        if "errors" in answer:
            raise RuntimeError(answer["errors"][0])
        return answer["data"][mutation]

    def close(self) -> None:
        self.process.terminate()
        self.process.stdout.close()
        self.process.wait()
        self.folder.cleanup()


class Api(Chooser):
    """A task with the strategy that it has if none is said, AUTO; the designs are its candidates."""

    def __init__(self, campaign: Campaign, seed: int, server: Server) -> None:
        self.server = server
        self.names = [parameter.name for parameter in campaign.space.parameters]
        candidates = [self._point(campaign, design) for design in range(len(campaign.designs))]
        self.index = {self._key(point): design for design, point in enumerate(candidates)}
        parameters = [_input(parameter) for parameter in campaign.space.parameters]
        created = server.mutate(
            "createTask",
            "task { id }",
            parameterSpace={"parameters": parameters, "candidates": candidates},
            objectives=[{"name": "value", "direction": "MAXIMIZE"}],
            strategy={"kind": "AUTO", "seed": seed},
        )
        self.task = created["task"]["id"]
        server.mutate("transitionTask", "task { status }", id=self.task, to="RUNNING")

    def next(self) -> int:
        asked = self.server.mutate("ask", "trials { id point lease { token } }", taskId=self.task, worker="bench")
        (self.trial,) = asked["trials"]
        return self.index[self._key(self.trial["point"])]

    def tell(self, design: int, value: float) -> None:
        outcome = {"values": [{"objective": "value", "value": value}]}
        token = self.trial["lease"]["token"]
        self.server.mutate("tell", "receipt", trialId=self.trial["id"], outcome=outcome, leaseToken=token)

    def close(self) -> None:
        self.server.mutate("transitionTask", "task { status }", id=self.task, to="COMPLETED")

    def _point(self, campaign: Campaign, design: int) -> dict[str, Value]:
        values = zip(campaign.space.parameters, campaign.designs[design], strict=True)
        return {parameter.name: int(value) if isinstance(parameter, Int) else value for parameter, value in values}

    def _key(self, point: dict[str, Value]) -> tuple[float, ...]:
        return tuple(float(point[name]) for name in self.names)


def _input(parameter: Parameter) -> dict:
    bounds = {"name": parameter.name, "low": parameter.low, "high": parameter.high}
    return {"int": bounds | {"step": parameter.step}} if isinstance(parameter, Int) else {"float": bounds}
