"""What every optimizer of the comparison can do."""

import abc
import dataclasses
import time
from collections.abc import Callable

from problems import Measured, Problem
from space import Point


@dataclasses.dataclass(frozen=True)
class Asked:
    """Points to evaluate, and what it took to find all of them: seconds by the clock, and of the processor."""

    points: list[Point]
    wall_seconds: float
    cpu_seconds: float


class Optimizer(abc.ABC):
    """One run of an optimizer on one instance of a problem."""

    @abc.abstractmethod
    def __init__(self, problem: Problem, seed: int) -> None: ...

    @abc.abstractmethod
    def ask(self, count: int) -> Asked:
        """The next points; those of earlier calls have been told all."""

    @abc.abstractmethod
    def tell(self, results: list[tuple[Point, Measured]]) -> None:
        """What became of the points of the last call, in its order."""

    def close(self) -> None:
        """Ends what it has started."""


def timed(ask: Callable[[], list[Point]]) -> Asked:
    """Asks in this process, all threads of which count."""
    wall, cpu = time.perf_counter(), time.process_time()
    points = ask()
    return Asked(points, time.perf_counter() - wall, time.process_time() - cpu)
