"""Optuna on a list of designs. It has no such space: the index of a design as a category would tell it nothing.

So it searches the box, what is measured is the design that is nearest in the unit cube among those not yet measured, and it
is told the result at that design's own place, not at the place that it suggested. Its first ten are drawn from the designs,
as its own uniform places would prefer those that lie alone."""

import math
import random

import optuna
import optuna_peers  # noqa: F401  keeps Optuna quiet
from campaign_data import Campaign
from campaign_runs import Chooser
from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState
from space import Int, Parameter

STARTUP = 10
"""As many as both samplers would draw at random."""


class NearestDesign(Chooser):
    def __init__(self, campaign: Campaign, sampler: optuna.samplers.BaseSampler, seed: int) -> None:
        self.campaign, self.rng = campaign, random.Random(f"first designs {seed}")
        self.unused = {number: campaign.units(design) for number, design in enumerate(campaign.designs)}
        self.distributions = {parameter.name: _distribution(parameter) for parameter in campaign.space.parameters}
        self.study = optuna.create_study(direction="maximize", sampler=sampler)

    def next(self) -> int:
        self.trial = self.study.ask(self.distributions)
        if len(self.campaign.designs) - len(self.unused) < STARTUP:
            return self._taken(self.rng.choice(list(self.unused)))
        place = [x.unit_of(self.trial.params[x.name]) for x in self.campaign.space.parameters]
        return self._taken(min(self.unused, key=lambda number: math.dist(place, self.unused[number])))

    def _taken(self, design: int) -> int:
        del self.unused[design]
        return design

    def tell(self, design: int, value: float) -> None:
        names = [parameter.name for parameter in self.campaign.space.parameters]
        params = dict(zip(names, self.campaign.designs[design], strict=True))
        measured = optuna.create_trial(params=params, distributions=self.distributions, value=value)
        self.study.tell(self.trial, state=TrialState.FAIL)  # which samplers do not look at
        self.study.add_trial(measured)

    def close(self) -> None:
        pass


def tpe(campaign: Campaign, seed: int) -> Chooser:
    return NearestDesign(campaign, optuna.samplers.TPESampler(seed=seed, multivariate=True), seed)


def gp(campaign: Campaign, seed: int) -> Chooser:
    return NearestDesign(campaign, optuna.samplers.GPSampler(seed=seed), seed)


def _distribution(parameter: Parameter) -> BaseDistribution:
    if isinstance(parameter, Int):
        return IntDistribution(parameter.low, parameter.high, step=parameter.step)
    return FloatDistribution(parameter.low, parameter.high)
