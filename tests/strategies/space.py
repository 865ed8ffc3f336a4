"""The space of a problem, in words that every optimizer's own terms can be made of."""

import dataclasses
import math

Value = float | int | str
Point = dict[str, Value]
"""A value for each parameter that is active."""


@dataclasses.dataclass(frozen=True)
class Condition:
    """A parameter exists only where a choice, made before, is a certain one."""

    parent: str
    choice: str


@dataclasses.dataclass(frozen=True)
class Float:
    name: str
    low: float
    high: float
    log: bool = False
    condition: Condition | None = None

    def unit_of(self, value: float) -> float:
        """Where it lies between the bounds, 0 to 1."""
        return _share(value, self.low, self.high, self.log)

    def admits(self, value: Value) -> bool:
        return isinstance(value, float) and self.low <= value <= self.high


@dataclasses.dataclass(frozen=True)
class Int:
    name: str
    low: int
    high: int
    log: bool = False
    step: int = 1
    condition: Condition | None = None

    def unit_of(self, value: float) -> float:
        """Where it lies between the bounds, 0 to 1."""
        return _share(value, self.low, self.high, self.log)

    def admits(self, value: Value) -> bool:
        return isinstance(value, int) and self.low <= value <= self.high and (value - self.low) % self.step == 0


@dataclasses.dataclass(frozen=True)
class Choice:
    name: str
    choices: tuple[str, ...]
    condition: Condition | None = None

    def admits(self, value: Value) -> bool:
        return value in self.choices


Parameter = Float | Int | Choice


@dataclasses.dataclass(frozen=True)
class Space:
    parameters: tuple[Parameter, ...]

    def is_conditional(self) -> bool:
        return any(parameter.condition for parameter in self.parameters)

    def admits(self, point: Point) -> bool:
        """Whether a point has a right value for each parameter that is active, and none for the others."""
        for parameter in self.parameters:
            if is_active(parameter, point) != (parameter.name in point):
                return False
            if parameter.name in point and not parameter.admits(point[parameter.name]):
                return False
        return len(point) <= len(self.parameters)


def is_active(parameter: Parameter, point: Point) -> bool:
    """Whether a parameter exists in a point that has values for those before it."""
    condition = parameter.condition
    return condition is None or point.get(condition.parent) == condition.choice


def floats(bounds: list[tuple[float, float]]) -> Space:
    """A box: `x1`, `x2`, …"""
    return Space(tuple(Float(f"x{number}", low, high) for number, (low, high) in enumerate(bounds, 1)))


def _share(value: float, low: float, high: float, log: bool) -> float:
    if log:
        return math.log(value / low) / math.log(high / low)
    return (value - low) / (high - low)
