"""Ax with its defaults: BoTorch's models behind Sobol points."""

import logging
import warnings

from ax.api.client import Client
from ax.api.configs import ChoiceParameterConfig, RangeParameterConfig
from optimizer import Asked, Optimizer, timed
from problems import Measured, Problem
from space import Choice, Float, Parameter, Point

logging.disable(logging.WARNING)
warnings.filterwarnings("ignore")


class Ax(Optimizer):
    """One objective, no conditions: what it is measured on here."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self.problem, self.asked = problem, []
        self.client = Client(random_seed=seed)
        self.client.configure_experiment(parameters=[_config(parameter) for parameter in problem.space.parameters])
        self.client.configure_optimization(objective="-value")
        self.client.configure_generation_strategy(initialization_random_seed=seed)

    def ask(self, count: int) -> Asked:
        return timed(lambda: self._next(count))

    def tell(self, results: list[tuple[Point, Measured]]) -> None:
        for index, (_, measured) in zip(self.asked, results, strict=True):
            self.client.complete_trial(trial_index=index, raw_data={"value": measured.values[0]})
        self.asked = []

    def _next(self, count: int) -> list[Point]:
        points: list[Point] = []
        while len(points) < count:
            trials = self.client.get_next_trials(max_trials=count - len(points))
            if not trials:
                raise RuntimeError(f"Ax gives {len(points)} points instead of {count}")
            self.asked.extend(trials)
            points.extend(dict(point) for point in trials.values())
        return points


def _config(parameter: Parameter) -> RangeParameterConfig | ChoiceParameterConfig:
    if isinstance(parameter, Choice):
        return ChoiceParameterConfig(parameter.name, list(parameter.choices), "str", is_ordered=False)
    kind = "float" if isinstance(parameter, Float) else "int"
    scaling = "log" if parameter.log else "linear"
    return RangeParameterConfig(parameter.name, (parameter.low, parameter.high), kind, scaling=scaling)
