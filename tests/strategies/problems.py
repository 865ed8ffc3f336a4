"""The eleven problems, each in as many instances as there are seeds; all objectives are minimized.

Only the standard library: the tests of this file run where nothing else is installed.
"""

import dataclasses
import functools
import math
import random
from collections.abc import Callable, Sequence

import functions
from pareto import Pair, hypervolume
from placement import AboutMinimum, WholeSquare, WithinSquare, rotation
from space import Choice, Condition, Float, Int, Point, Space, floats


@dataclasses.dataclass(frozen=True)
class Measured:
    """What an evaluation shows."""

    values: list[float]
    constraints: list[float] = dataclasses.field(default_factory=list)
    """Kept where they are at most 0."""


@dataclasses.dataclass(frozen=True)
class Problem:
    """One instance."""

    space: Space
    exact: Callable[[Point], Measured]
    """Without noise."""
    best: float
    """The value of the minimum; with two objectives, the greatest hypervolume."""
    budget: int = 60
    noise: float = 0.0
    """The standard deviation of normal noise on the objective."""
    constraints: int = 0
    reference: Pair | None = None
    """The point that hypervolume is measured from; with it there are two objectives."""
    penalty: float = math.inf
    """The regret while no evaluated point keeps the constraints: more than that of any point."""

    @property
    def objectives(self) -> int:
        return 2 if self.reference else 1

    def measured(self, point: Point, seed: int, number: int) -> Measured:
        """With noise: that of the evaluation of this number in a run of this seed, whoever proposed the point."""
        exact = self.exact(point)
        if not self.noise:
            return exact
        noise = random.Random(f"noise {seed} {number}").gauss(0, self.noise)
        return Measured([value + noise for value in exact.values], exact.constraints)

    def regrets(self, points: Sequence[Point]) -> list[float]:
        """After each evaluation: how far the best point evaluated is from the best possible, measured without noise. With two
        objectives, the hypervolume that is missing."""
        exact = [self.exact(point) for point in points]
        if self.reference:
            dominated = (hypervolume([m.values for m in exact[: n + 1]], self.reference) for n in range(len(exact)))
            return [max(self.best - area, 0.0) for area in dominated]
        least, regrets = self.penalty, []
        for measured in exact:
            if all(value <= 0 for value in measured.constraints):
                least = min(least, max(measured.values[0] - self.best, 0.0))
            regrets.append(least)
        return regrets


Bounds = list[tuple[float, float]]


def _about_minimum(
    function: Callable[[Sequence[float]], float], bounds: Bounds, place: Sequence[float], rng: random.Random
) -> tuple[Space, Callable[[Point], Measured]]:
    """A function of a box, turned about its minimum at `place`, in units of the sides of the box."""
    unit_place = [(value - low) / (high - low) for value, (low, high) in zip(place, bounds, strict=True)]
    placed, space = AboutMinimum(unit_place, rng), floats(bounds)

    def exact(point: Point) -> Measured:
        source = placed.source(_units(space, point))
        return Measured([function([low + s * (high - low) for s, (low, high) in zip(source, bounds, strict=True)])])

    return space, exact


def branin(rng: random.Random) -> Problem:
    bounds: Bounds = [(-5, 10), (0, 15)]
    return Problem(*_about_minimum(functions.branin, bounds, (math.pi, 2.275), rng), best=functions.BRANIN_MINIMUM)


def hartmann(rng: random.Random) -> Problem:
    placed = _about_minimum(functions.hartmann, [(0, 1)] * 6, functions.HARTMANN_PLACE, rng)
    return Problem(*placed, best=functions.HARTMANN_MINIMUM)


def ackley(rng: random.Random) -> Problem:
    return Problem(*_about_minimum(functions.ackley, [(-10, 10)] * 5, [0] * 5, rng), best=0)


def rosenbrock(rng: random.Random) -> Problem:
    return Problem(*_about_minimum(functions.rosenbrock, [(-2.048, 2.048)] * 4, [1] * 4, rng), best=0)


def levy(rng: random.Random) -> Problem:
    return Problem(*_about_minimum(functions.levy, [(-10, 10)] * 10, [1] * 10, rng), best=0, budget=100)


def noisy(rng: random.Random) -> Problem:
    """Hartmann's function with noise of a quarter of its standard deviation over the box."""
    return dataclasses.replace(hartmann(rng), noise=0.1)


def mixed(rng: random.Random) -> Problem:
    """Two floats, one of them on a log scale, two ints, one of them too, and a choice. A rippled bowl of the three that are
    nearly continuous, turned; a bowl of the last int, tilted by the first direction; each choice moves the bowl, and all
    but the best one lift it."""
    space = Space(
        (
            Float("share", 0.0, 1.0),
            Float("rate", 1e-5, 1e-1, log=True),
            Int("width", 8, 512, log=True),
            Int("depth", 1, 10),
            Choice("kind", ("a", "b", "c", "d")),
        )
    )
    turn = rotation(3, rng)
    # The int must be at a value that it takes, and the best choice can be any.
    width, depth = rng.randint(20, 200), rng.randint(3, 8)
    centre = [rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.8), space.parameters[2].unit_of(width)]
    kinds = list(space.parameters[4].choices)
    rng.shuffle(kinds)
    lift = dict(zip(kinds, (0.0, 0.1, 0.2, 0.4), strict=True))
    moved = {kind: [0.0 if kind == kinds[0] else rng.uniform(-0.15, 0.15) for _ in range(3)] for kind in kinds}

    def exact(point: Point) -> Measured:
        kind = point["kind"]
        units = _units(space, point)[:3]
        away = [u - c - m for u, c, m in zip(units, centre, moved[kind], strict=True)]
        z = [sum(a * b for a, b in zip(row, away, strict=True)) for row in turn]
        bowl = 4 * z[0] ** 2 + 2 * z[1] ** 2 + z[2] ** 2 + 0.05 * (1 - math.cos(6 * math.pi * z[0]))
        return Measured([bowl + ((point["depth"] - depth) / 5 - z[0]) ** 2 + lift[kind]])

    return Problem(space, exact, best=0)


def conditional(rng: random.Random) -> Problem:
    """A choice of three branches, each with parameters of its own beside a common one. The first branch has the minimum in
    a narrow, turned and rippled bowl, the second a wide one that is better in most of its places, the third is flat."""
    names = ["forest", "kernel", "linear"]
    rng.shuffle(names)
    narrow, wide, flat = names
    common = Float("common", 0.0, 1.0)
    first = tuple(Float(f"{narrow}_{axis}", 0.0, 1.0, condition=Condition("branch", narrow)) for axis in "xy")
    second = (
        Float(f"{wide}_rate", 1e-4, 1.0, log=True, condition=Condition("branch", wide)),
        Int(f"{wide}_count", 1, 32, condition=Condition("branch", wide)),
    )
    third = (Float(f"{flat}_z", 0.0, 1.0, condition=Condition("branch", flat)),)
    space = Space((Choice("branch", tuple(sorted(names))), common, *first, *second, *third))
    turn, place = rotation(3, rng), [rng.uniform(0.2, 0.8) for _ in range(7)]

    def exact(point: Point) -> Measured:
        branch, shared = point["branch"], point["common"]
        if branch == narrow:
            away = [u - p for u, p in zip((shared, *(point[x.name] for x in first)), place, strict=False)]
            z = [sum(a * b for a, b in zip(row, away, strict=True)) for row in turn]
            return Measured(
                [6 * z[0] ** 2 + 3 * z[1] ** 2 + 1.5 * z[2] ** 2 + 0.05 * (1 - math.cos(6 * math.pi * z[1]))]
            )
        if branch == wide:
            away = [x.unit_of(point[x.name]) - p for x, p in zip(second, place[3:], strict=False)]
            return Measured([0.15 + away[0] ** 2 + away[1] ** 2 + 0.5 * (shared - place[5] + away[0]) ** 2])
        return Measured([0.4 + 0.2 * (point[third[0].name] - place[6]) ** 2 + 0.1 * shared])

    return Problem(space, exact, best=0)


def constrained(rng: random.Random) -> Problem:
    """Gramacy's toy problem through a turned window; its minimum is 0.32 from the middle, always in sight."""
    window, space = WithinSquare(rng), floats([(0, 1)] * 2)

    def exact(point: Point) -> Measured:
        value, constraints = functions.gramacy(window.source(_units(space, point)))
        return Measured([value], constraints)

    return Problem(space, exact, best=functions.GRAMACY_MINIMUM, constraints=2, penalty=2.0)


def zdt1(rng: random.Random) -> Problem:
    """ZDT1 with 6 parameters. The first may be mirrored; the others, which the front wants at 0, are turned about a place
    inside the box, and count by their absolute values. Front and hypervolume are those of the literature."""
    space, mirrored = floats([(0, 1)] * 6), rng.random() < 0.5
    placed = AboutMinimum([0] * 5, rng)

    def exact(point: Point) -> Measured:
        units = _units(space, point)
        first = 1 - units[0] if mirrored else units[0]
        g = 1 + 9 * sum(abs(z) for z in placed.source(units[1:])) / 5
        return Measured([first, g * (1 - math.sqrt(first / g))])

    # Reference and greatest hypervolume as in BoTorch's ZDT1.
    return Problem(space, exact, best=11 * 11 - 1 / 3, reference=(11.0, 11.0))


def branin_currin(rng: random.Random) -> Problem:
    """Both functions of the same square, moved and turned as far as the front, which ends in a corner, allows."""
    placed, space = WholeSquare(rng), floats([(0, 1)] * 2)

    def exact(point: Point) -> Measured:
        x = placed.source(_units(space, point))
        return Measured([functions.branin((15 * x[0] - 5, 15 * x[1])), functions.currin(x)])

    # The reference is that of BoTorch's BraninCurrin.
    return Problem(space, exact, best=functions.BRANIN_CURRIN_HYPERVOLUME, reference=(18.0, 6.0))


PROBLEMS: dict[str, Callable[[random.Random], Problem]] = {
    "branin": branin,
    "hartmann": hartmann,
    "ackley": ackley,
    "rosenbrock": rosenbrock,
    "levy": levy,
    "mixed": mixed,
    "conditional": conditional,
    "noisy": noisy,
    "constrained": constrained,
    "zdt1": zdt1,
    "branin_currin": branin_currin,
}


@functools.lru_cache(maxsize=64)
def instance(name: str, instances: int, seed: int) -> Problem:
    """The problem that a run of this seed meets: each run has another shift and turn, the same for every optimizer. Those of
    one number of `instances` have nothing to do with those of another."""
    return PROBLEMS[name](random.Random(f"{name} {instances} {seed}"))


def _units(space: Space, point: Point) -> list[float]:
    return [x.unit_of(point[x.name]) for x in space.parameters if isinstance(x, Float | Int)]
