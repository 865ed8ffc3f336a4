"""The crate `strategies/`, spoken to through its example `propose`: a process, a line of JSON each way."""

import json
import pathlib
import subprocess
import time
import typing

from optimizer import Asked, Optimizer
from problems import Measured, Problem
from space import Choice, Float, Int, Parameter, Point, Space


class Driver:
    """A process of `propose`."""

    def __init__(self, binary: pathlib.Path, problem: dict, strategy: dict, seed: int) -> None:
        self.process = subprocess.Popen([binary], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._write({"problem": problem, "strategy": strategy, "seed": seed})

    def ask(self, count: int) -> tuple[list[list[float | None]], float, float]:
        """Points, seconds by the clock and of the processor, from the question to its answer."""
        wall, cpu = time.perf_counter(), self._cpu_seconds()
        answer = self._call({"ask": count})
        points = [proposal["point"] for proposal in answer["proposals"]]
        return points, time.perf_counter() - wall, self._cpu_seconds() - cpu

    def tell(self, observations: list[dict]) -> None:
        self._call({"tell": observations})

    def close(self) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def _cpu_seconds(self) -> float:
        """Of the process so far, to the nanosecond: what clock_getcpuclockid(3) makes of a process, on Linux."""
        return time.clock_gettime(~self.process.pid << 3 | 2)

    def _write(self, message: dict) -> None:
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def _call(self, message: dict) -> dict[str, typing.Any]:
        self._write(message)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the driver ended with {self.process.wait()} after {json.dumps(message)[:200]}")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer


class Ours(Optimizer):
    """A strategy of ours, by default AUTO with nothing set."""

    binary: typing.ClassVar[pathlib.Path]
    kind: typing.ClassVar[str] = "AUTO"

    def __init__(self, problem: Problem, seed: int) -> None:
        self.space = problem.space
        described = {
            "space": {"parameters": parameters(problem.space)},
            "objectives": problem.objectives,
            "constraints": problem.constraints,
        }
        self.driver = Driver(self.binary, described, {"kind": self.kind}, seed)

    def ask(self, count: int) -> Asked:
        points, wall, cpu = self.driver.ask(count)
        if len(points) != count:
            raise RuntimeError(f"{len(points)} points instead of {count}")
        return Asked([_point(self.space, values) for values in points], wall, cpu)

    def tell(self, results: list[tuple[Point, Measured]]) -> None:
        self.driver.tell([observation(_numbers(self.space, point), measured) for point, measured in results])

    def close(self) -> None:
        self.driver.close()


def of_kind(strategy: str) -> type[Ours]:
    """A strategy of ours by its name."""
    return type(strategy, (Ours,), {"kind": strategy})


def observation(numbers: list[float | None], measured: Measured) -> dict:
    """What the crate calls an observation."""
    outcome = {"measured": {"values": measured.values, "constraints": measured.constraints}}
    return {"point": numbers, "outcome": outcome}


def parameters(space: Space) -> list[dict]:
    """The parameters as the crate has them: a choice is its index."""
    index = {parameter.name: number for number, parameter in enumerate(space.parameters)}
    described = []
    for parameter in space.parameters:
        one: dict = {"domain": _domain(parameter)}
        if condition := parameter.condition:
            parent = space.parameters[index[condition.parent]]
            one["condition"] = {
                "parent": index[parent.name],
                "when": {"among": [parent.choices.index(condition.choice)]},
            }
        described.append(one)
    return described


def _domain(parameter: Parameter) -> dict:
    match parameter:
        case Float(low=low, high=high, log=log):
            return {"type": "float", "low": low, "high": high, "log": log}
        case Int(low=low, high=high, log=log, step=step):
            return {"type": "int", "low": low, "high": high, "log": log, "step": step}
        case Choice(choices=choices):
            return {"type": "categorical", "choices": len(choices)}


def _point(space: Space, numbers: list[float | None]) -> Point:
    point: Point = {}
    for parameter, number in zip(space.parameters, numbers, strict=True):
        if number is None:
            continue
        match parameter:
            case Float():
                point[parameter.name] = float(number)
            case Int():
                point[parameter.name] = int(number)
            case Choice(choices=choices):
                point[parameter.name] = choices[int(number)]
    return point


def _numbers(space: Space, point: Point) -> list[float | None]:
    return [
        parameter.choices.index(point[parameter.name])
        if isinstance(parameter, Choice) and parameter.name in point
        else point.get(parameter.name)
        for parameter in space.parameters
    ]
