"""Optuna's samplers, with the settings that their documentation advises."""

import warnings

import optuna
from optimizer import Asked, Optimizer, timed
from problems import Measured, Problem
from space import Choice, Float, Parameter, Point, Value, is_active

optuna.logging.set_verbosity(optuna.logging.ERROR)
warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)
warnings.filterwarnings("ignore", category=FutureWarning, module="optuna")


class _Study(Optimizer):
    """Trials of a study. Points that are out are its running trials, and the values of constraints are said with each."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self.problem, self.asked = problem, []
        directions = ["minimize"] * problem.objectives
        self.study = optuna.create_study(directions=directions, sampler=self.sampler(problem, seed))

    def sampler(self, problem: Problem, seed: int) -> optuna.samplers.BaseSampler:
        raise NotImplementedError

    def ask(self, count: int) -> Asked:
        return timed(lambda: [self._next() for _ in range(count)])

    def tell(self, results: list[tuple[Point, Measured]]) -> None:
        for trial, (_, measured) in zip(self.asked, results, strict=True):
            for number, value in enumerate(measured.constraints):
                trial.set_constraint(f"c{number}", value)
            self.study.tell(trial, measured.values)
        self.asked = []

    def _next(self) -> Point:
        trial = self.study.ask()
        point: Point = {}
        for parameter in self.problem.space.parameters:
            if is_active(parameter, point):
                point[parameter.name] = _suggested(trial, parameter)
        self.asked.append(trial)
        return point


class Tpe(_Study):
    """Multivariate, by groups where parameters are conditional, with a liar for the points that are out (by default)."""

    def sampler(self, problem: Problem, seed: int) -> optuna.samplers.BaseSampler:
        group = problem.space.is_conditional()
        return optuna.samplers.TPESampler(seed=seed, multivariate=True, group=group, constant_liar=True)


class GaussianProcess(_Study):
    """With its defaults; it is not told either that most of the problems are without noise."""

    def sampler(self, problem: Problem, seed: int) -> optuna.samplers.BaseSampler:
        return optuna.samplers.GPSampler(seed=seed, warn_independent_sampling=False)


def _suggested(trial: optuna.Trial, parameter: Parameter) -> Value:
    if isinstance(parameter, Choice):
        return trial.suggest_categorical(parameter.name, parameter.choices)
    if isinstance(parameter, Float):
        return trial.suggest_float(parameter.name, parameter.low, parameter.high, log=parameter.log)
    return trial.suggest_int(parameter.name, parameter.low, parameter.high, log=parameter.log, step=parameter.step)
