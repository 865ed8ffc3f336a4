"""Measured campaigns: a lab's stock of designs, each with what was measured of it."""

import csv
import dataclasses
import functools
import pathlib
import random
import statistics

from space import Float, Int, Parameter, Space

FOLDER = pathlib.Path(__file__).resolve().parents[3] / "shared/data"
Design = tuple[float, ...]


@dataclasses.dataclass(frozen=True)
class Campaign:
    """To be maximized, over designs alone."""

    space: Space
    designs: list[Design]
    replicates: list[list[float]]
    """What was measured of each design."""
    best: frozenset[int]
    """The designs that are looked for."""

    def measured(self, design: int, seed: int, visit: int) -> float:
        """One replicate at random: in a run of this seed the same for whoever asks for this design the n-th time."""
        return random.Random(f"replicate {seed} {design} {visit}").choice(self.replicates[design])

    def units(self, design: Design) -> list[float]:
        """The design in the unit cube."""
        return [parameter.unit_of(value) for parameter, value in zip(self.space.parameters, design, strict=True)]


def _campaign(file: str, parameters: list[Parameter], columns: list[str], objective: str, wanted: int) -> Campaign:
    """`wanted`: how many of the designs are the best, by the mean of their replicates."""
    measured: dict[Design, list[float]] = {}
    with (FOLDER / file).open(newline="") as rows:
        for row in csv.DictReader(rows):
            measured.setdefault(tuple(float(row[name]) for name in columns), []).append(float(row[objective]))
    designs = list(measured)
    by_mean = sorted(range(len(designs)), key=lambda index: -statistics.mean(measured[designs[index]]))
    return Campaign(Space(tuple(parameters)), designs, list(measured.values()), frozenset(by_mean[:wanted]))


def crossed_barrel() -> Campaign:
    """600 printed parts, each measured three times; the 6 toughest are looked for."""
    parameters = [Int("n", 6, 12, step=2), Float("theta", 0, 200), Float("r", 1.5, 2.5), Float("t", 0.7, 1.4)]
    return _campaign("crossed_barrel.csv", parameters, ["n", "theta", "r", "t"], "toughness", 6)


def autoam() -> Campaign:
    """100 printed lines, each measured once; the 5 best are looked for: 5 %."""
    parameters = [
        Float("prime_delay", 0, 5),
        Float("print_speed", 0.1, 10),
        Float("x_offset", -1, 1),
        Float("y_offset", -1, 1),
    ]
    columns = ["Prime Delay", "Print Speed", "X Offset Correction", "Y Offset Correction"]
    return _campaign("autoam.csv", parameters, columns, "Score", 5)


CAMPAIGNS = {"crossed_barrel": functools.cache(crossed_barrel), "autoam": functools.cache(autoam)}
