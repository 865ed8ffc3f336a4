#!/usr/bin/env python3
"""Optuna's samplers as the strategy of an Asktell task. Set-up (its own, not the server's):

    python3 -m venv venv && venv/bin/pip install optuna          # for the sampler GPSampler also: scipy torch
    venv/bin/python examples/optuna_strategy.py --task ID --sampler TPESampler

For floats, integers, categories and levels, one objective or several. Each time the study is made anew from the results on the
server, so that nothing is lost with this process; the checkpoint is the number of points, from which the next seed follows.
"""
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState, create_trial

import strategist

class Optuna:
    def __init__(self, task, checkpoint):
        self.parameters, self.objectives, self.seed = task["parameters"], task["objectives"], task["seed"]
        self.proposed = (checkpoint or {"proposed": 0})["proposed"]
        self.distributions = {p["name"]: distribution(p) for p in self.parameters}

    def propose(self, results, pending, count):
        study = self.study()
        for result in results:
            values = result["values"] and [result["values"][o["name"]] for o in self.objectives]
            study.add_trial(self.trial(result["point"], TrialState.COMPLETE if values else TrialState.FAIL, values))
        for point in pending:  # what is out counts, so that workers get different points
            study.add_trial(self.trial(point, TrialState.RUNNING))
        points = []
        for _ in range(count):
            point = self.point(study.ask(self.distributions).params)
            points.append({"point": point, "reason": f"Optuna's {options.sampler}, from {len(results)} results"})
        self.proposed += count
        return points

    def checkpoint(self):
        return {"proposed": self.proposed, "sampler": options.sampler, "optuna": optuna.__version__}

    def study(self):
        sampler = getattr(optuna.samplers, options.sampler)
        more = {"constant_liar": True, "multivariate": True} if options.sampler == "TPESampler" else {}
        directions = [o["direction"].lower() for o in self.objectives]
        return optuna.create_study(sampler=sampler(seed=(self.seed + self.proposed) % 2**32, **more), directions=directions)

    def trial(self, point, state, values=None):
        params = {p["name"]: index(p, point[p["name"]]) for p in self.parameters}
        return create_trial(state=state, params=params, distributions=self.distributions, values=values)

    def point(self, params):
        return {p["name"]: value(p, params[p["name"]]) for p in self.parameters}

def distribution(p):
    if p["__typename"] == "CategoricalParameter":
        return CategoricalDistribution(range(len(p["choices"])))
    if p["__typename"] == "OrdinalParameter":
        return IntDistribution(0, len(p["choices"]) - 1)
    kind = IntDistribution if p["__typename"] == "IntParameter" else FloatDistribution
    step = {} if p["log"] or not p["step"] else {"step": p["step"]}
    return kind(p["low"], p["high"], log=p["log"], **step)

def index(p, value):
    """As Optuna sees a value: categories and levels by their place."""
    return p["choices"].index(value) if "choices" in p else value

def value(p, index):
    return p["choices"][index] if "choices" in p else index

if __name__ == "__main__":
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    options = strategist.arguments(__doc__, sampler="TPESampler")
    strategist.main(Optuna)
