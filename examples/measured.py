"""A table of measured designs in place of an experiment, for `worker.py --csv`: the nearest design is the answer.

One column is the objective; the others are the parameters, unless they are the same in all rows. Rows with the same
parameters are replicates: one of them is drawn.
"""
import csv, math, random


def table(path, objective, seed=1):
    """The function to be optimized, and its parameter space."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    columns = {name: convert([row[name] for row in rows]) for name in rows[0]}
    results = columns.pop(objective)
    columns = {name: values for name, values in columns.items() if len(set(values)) > 1}
    chance, designs = random.Random(seed), {}
    for design, result in zip(zip(*columns.values()), results):
        designs.setdefault(design, []).append(result)

    def evaluate(stop=None, **point):
        def distance(design):
            return sum(between(columns[name], point[name], known) for name, known in zip(columns, design))

        return chance.choice(designs[min(designs, key=distance)])

    return evaluate, {"parameters": [parameter(name, values) for name, values in columns.items()]}


def convert(texts):
    """The values of a column: whole numbers, numbers, or words."""
    for kind in (int, float):
        try:
            return [kind(text) for text in texts]
        except ValueError:
            pass
    return texts


def parameter(name, values):
    """Choices for words; a range for numbers, on a grid if all of them are whole."""
    if isinstance(values[0], str):
        return {"categorical": {"name": name, "choices": sorted(set(values))}}
    bounds = {"name": name, "low": min(values), "high": max(values)}
    if isinstance(values[0], float):
        return {"float": bounds}
    return {"int": {**bounds, "step": math.gcd(*(value - bounds["low"] for value in values))}}


def between(values, a, b):
    """How far two values of a column are apart: 1 at most."""
    return a != b if isinstance(a, str) else ((a - b) / (max(values) - min(values))) ** 2
