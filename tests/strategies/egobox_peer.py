"""egobox's wheel with its defaults: EGO with log-EI, mixed integers, constraints modelled by surrogates."""

import math

import egobox
import numpy as np
from optimizer import Asked, Optimizer, timed
from problems import Measured, Problem
from space import Choice, Float, Parameter, Point, Value


class Egobox(Optimizer):
    """One objective, no conditions. It has no logarithmic scale: such parameters are given as their logarithms."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self.parameters, self.constraints, self.seed = problem.space.parameters, problem.constraints, seed
        self.specs = [_spec(parameter) for parameter in self.parameters]
        self.first = max(len(self.parameters) + 1, 5)
        self.start: list[list[float]] = []
        self.x: list[list[float]] = []
        self.y: list[list[float]] = []

    def ask(self, count: int) -> Asked:
        return timed(lambda: [self._point(numbers) for numbers in self._next(count)])

    def tell(self, results: list[tuple[Point, Measured]]) -> None:
        for point, measured in results:
            self.x.append([_number(parameter, point[parameter.name]) for parameter in self.parameters])
            self.y.append([measured.values[0], *measured.constraints])

    def _next(self, count: int) -> list[list[float]]:
        """First a Latin hypercube, of whole batches."""
        if not self.x:
            planned = math.ceil(self.first / count) * count
            self.start = egobox.lhs(self.specs, planned, seed=self.seed).tolist()
        if len(self.x) < len(self.start):
            return self.start[len(self.x) : len(self.x) + count]
        optimizer = egobox.Egor(
            self.specs, n_cstr=self.constraints, qei_config=egobox.QEiConfig(batch=count), seed=self.seed + len(self.x)
        )
        return optimizer.suggest(np.array(self.x), np.array(self.y)).tolist()[:count]

    def _point(self, numbers: list[float]) -> Point:
        return {x.name: _value(x, number) for x, number in zip(self.parameters, numbers, strict=True)}


def _spec(parameter: Parameter) -> egobox.XSpec:
    if isinstance(parameter, Choice):
        return egobox.XSpec(egobox.XType.ENUM, [len(parameter.choices)])
    if isinstance(parameter, Float) or parameter.log:
        return egobox.XSpec(egobox.XType.FLOAT, [_number(parameter, parameter.low), _number(parameter, parameter.high)])
    return egobox.XSpec(egobox.XType.INT, [parameter.low, parameter.high])


def _number(parameter: Parameter, value: Value) -> float:
    if isinstance(parameter, Choice):
        return float(parameter.choices.index(value))
    return math.log(value) if parameter.log else float(value)


def _value(parameter: Parameter, number: float) -> Value:
    if isinstance(parameter, Choice):
        return parameter.choices[round(number)]
    inside = min(max(math.exp(number) if parameter.log else number, parameter.low), parameter.high)
    return inside if isinstance(parameter, Float) else round(inside)
