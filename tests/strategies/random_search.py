"""Independent uniform draws."""

import math
import random

from optimizer import Asked, Optimizer, timed
from problems import Measured, Problem
from space import Choice, Float, Parameter, Point, Value, is_active


class RandomSearch(Optimizer):
    def __init__(self, problem: Problem, seed: int) -> None:
        self.space, self.rng = problem.space, random.Random(f"random search {seed}")

    def ask(self, count: int) -> Asked:
        return timed(lambda: [self._draw() for _ in range(count)])

    def tell(self, results: list[tuple[Point, Measured]]) -> None:
        pass

    def _draw(self) -> Point:
        point: Point = {}
        for parameter in self.space.parameters:
            if is_active(parameter, point):
                point[parameter.name] = self._value(parameter)
        return point

    def _value(self, parameter: Parameter) -> Value:
        if isinstance(parameter, Choice):
            return self.rng.choice(parameter.choices)
        if isinstance(parameter, Float):
            if not parameter.log:
                return self.rng.uniform(parameter.low, parameter.high)
            value = math.exp(self.rng.uniform(math.log(parameter.low), math.log(parameter.high)))
            return min(max(value, parameter.low), parameter.high)
        if not parameter.log:
            return self.rng.randrange(parameter.low, parameter.high + 1, parameter.step)
        value = math.exp(self.rng.uniform(math.log(parameter.low - 0.5), math.log(parameter.high + 0.5)))
        return min(max(round(value), parameter.low), parameter.high)
