#!/usr/bin/env python3
"""BoTorch as the strategy of an Asktell task: Gaussian processes with noisy log-EI, or log-EHVI for several objectives.
Set-up (its own, not the server's; about 1 GB):

    python3 -m venv venv && venv/bin/pip install botorch
    venv/bin/python examples/botorch_strategy.py --task ID

Floats and integers (log scale, too) and levels lie in the unit cube, categories are one axis each. The checkpoint has the
hyperparameters of the models: whoever takes over begins its fit with them.
"""
import math

import torch
from botorch import fit_gpytorch_mll
from botorch.acquisition import qLogNoisyExpectedImprovement
from botorch.acquisition.multi_objective import qLogNoisyExpectedHypervolumeImprovement
from botorch.models import ModelListGP, SingleTaskGP
from botorch.optim import optimize_acqf
from botorch.utils.multi_objective import infer_reference_point
from gpytorch.mlls import SumMarginalLogLikelihood

import strategist

class BoTorch:
    def __init__(self, task, checkpoint):
        self.parameters, self.objectives, self.seed = task["parameters"], task["objectives"], task["seed"]
        checkpoint = checkpoint or {"proposed": 0, "hyperparameters": {}}
        self.proposed, self.hyperparameters = checkpoint["proposed"], checkpoint["hyperparameters"]
        self.axes = sum(width(p) for p in self.parameters)

    def propose(self, results, pending, count):
        torch.manual_seed(self.seed + self.proposed)
        measured = [result for result in results if result["values"]]
        if len(measured) < 3 or len(measured) + len(pending) < min(2 * self.axes + 1, 20):
            cube = torch.quasirandom.SobolEngine(self.axes, scramble=True, seed=self.seed)
            cube = cube.fast_forward(self.proposed).draw(count, dtype=torch.double)
            points = [{"point": self.point(place), "reason": "Sobol: too few results for a model"} for place in cube]
        else:
            points = self.best(measured, pending, count)
        self.proposed += count
        return points

    def best(self, measured, pending, count):
        sign = torch.tensor([1.0 if o["direction"] == "MAXIMIZE" else -1.0 for o in self.objectives], dtype=torch.double)
        x = torch.stack([self.place(result["point"]) for result in measured])
        y = sign * torch.tensor([[r["values"][o["name"]] for o in self.objectives] for r in measured], dtype=torch.double)
        model = ModelListGP(*(SingleTaskGP(x, y[:, [i]]) for i in range(len(sign))))
        for name, parameter in model.named_parameters():  # a warm start
            if name in self.hyperparameters:
                parameter.data = torch.tensor(self.hyperparameters[name], dtype=torch.double).reshape(parameter.shape)
        fit_gpytorch_mll(SumMarginalLogLikelihood(model.likelihood, model))
        self.hyperparameters = {name: parameter.tolist() for name, parameter in model.named_parameters()}
        out = torch.stack([self.place(point) for point in pending]) if pending else None
        baseline = dict(model=model, X_baseline=x, X_pending=out, prune_baseline=True)
        if len(sign) == 1:
            gain = qLogNoisyExpectedImprovement(**baseline)
        else:
            gain = qLogNoisyExpectedHypervolumeImprovement(ref_point=infer_reference_point(y), **baseline)
        bounds = torch.tensor([[0.0] * self.axes, [1.0] * self.axes], dtype=torch.double)
        proposed, _ = optimize_acqf(gain, bounds, q=count, num_restarts=4, raw_samples=128, sequential=True)
        points = [self.point(place) for place in proposed]
        expected = model.posterior(torch.stack([self.place(point) for point in points]))
        means, deviations = (sign * expected.mean).tolist(), expected.variance.sqrt().tolist()
        why = f"BoTorch's {type(gain).__name__}, from {len(measured)} results"
        told = lambda *of: [dict(objective=o["name"], mean=m, deviation=d) for o, m, d in zip(self.objectives, *of)]
        return [{"point": p, "reason": why, "predictions": told(m, d)} for p, m, d in zip(points, means, deviations)]

    def checkpoint(self):
        return {"proposed": self.proposed, "hyperparameters": self.hyperparameters}

    def place(self, point):
        return torch.tensor([u for p in self.parameters for u in places(p, point[p["name"]])], dtype=torch.double)

    def point(self, place):
        axes = iter(place.tolist())
        return {p["name"]: value(p, [next(axes) for _ in range(width(p))]) for p in self.parameters}

def width(p):
    return len(p["choices"]) if p["__typename"] == "CategoricalParameter" else 1

def places(p, value):
    """Where a value lies: on one axis from 0 to 1, or of a category on as many as there are."""
    if "choices" in p:
        place, last = p["choices"].index(value), len(p["choices"]) - 1
        return [float(i == place) for i in range(width(p))] if width(p) > 1 else [place / max(last, 1)]
    scale = math.log if p["log"] else float
    return [(scale(value) - scale(p["low"])) / (scale(p["high"]) - scale(p["low"]))]

def value(p, axes):
    if "choices" in p:
        return p["choices"][axes.index(max(axes)) if width(p) > 1 else round(axes[0] * (len(p["choices"]) - 1))]
    u, low, high, step = axes[0], p["low"], p["high"], p["step"] or (1 if p["__typename"] == "IntParameter" else 0)
    number = low * (high / low) ** u if p["log"] else low + (high - low) * u
    number = low + step * round((number - low) / step) if step else number
    return min(max(number, low), low + step * int((high - low) / step + 1e-9) if step else high)

if __name__ == "__main__":
    strategist.arguments(__doc__)
    strategist.main(BoTorch)
