"""Test functions as the literature has them, in their own coordinates; each is minimized.

Those of one objective that an instance turns about their minimum have no lower value anywhere, also outside of the box:

- Ackley, Rosenbrock and Levy are sums of terms that cannot be negative, and 0 at the minimum.
- Branin: `s (1 - t) cos x1 + s >= s t`, and the square is 0 somewhere for every x1.
- Hartmann: the negative of a sum of bumps, each of which falls along every coordinate with the distance from its
  centre. All centres lie in the box: whatever lies outside of it is not better than the nearest point of the box.
"""

import itertools
import math
from collections.abc import Sequence

Vector = Sequence[float]

BRANIN_MINIMUM = 10 / (8 * math.pi)
HARTMANN_MINIMUM = -3.322368011415511
HARTMANN_PLACE = (0.20168951, 0.15001069, 0.47687398, 0.27533243, 0.31165162, 0.65730053)
GRAMACY_MINIMUM = 0.5997880520100676
"""Where the first constraint is 0 and has equal slopes along both axes."""
GRAMACY_PLACE = (0.19512268, 0.40466537)
BRANIN_CURRIN_HYPERVOLUME = 59.4067
"""From the reference (18, 6). `pareto.greatest_hypervolume` gives 59.3581, 59.3826, 59.4007 with cells halved 6, 7, 9 times:
each time, half of what is missing. (BoTorch has 59.3601, of a population.)"""


def branin(x: Vector) -> float:
    """Box [-5, 10] x [0, 15], three minima of equal value; one at (pi, 2.275)."""
    square = x[1] - 5.1 / (4 * math.pi**2) * x[0] ** 2 + 5 / math.pi * x[0] - 6
    return square**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x[0]) + 10


_HARTMANN_HEIGHTS = (1.0, 1.2, 3.0, 3.2)
_HARTMANN_WIDTHS = (
    (10, 3, 17, 3.5, 1.7, 8),
    (0.05, 10, 17, 0.1, 8, 14),
    (3, 3.5, 1.7, 10, 17, 8),
    (17, 8, 0.05, 10, 0.1, 14),
)
_HARTMANN_CENTRES = (
    (0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886),
    (0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991),
    (0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650),
    (0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381),
)


def hartmann(x: Vector) -> float:
    """Box [0, 1]^6."""
    return -sum(
        height * math.exp(-sum(a * (value - p) ** 2 for a, value, p in zip(widths, x, centre, strict=True)))
        for height, widths, centre in zip(_HARTMANN_HEIGHTS, _HARTMANN_WIDTHS, _HARTMANN_CENTRES, strict=True)
    )


def ackley(x: Vector) -> float:
    """The minimum is 0 at the origin."""
    square = sum(value**2 for value in x) / len(x)
    waves = sum(math.cos(2 * math.pi * value) for value in x) / len(x)
    return -20 * math.exp(-0.2 * math.sqrt(square)) - math.exp(waves) + 20 + math.e


def rosenbrock(x: Vector) -> float:
    """The minimum is 0 at (1, 1, …)."""
    return sum(100 * (after - value**2) ** 2 + (1 - value) ** 2 for value, after in itertools.pairwise(x))


def levy(x: Vector) -> float:
    """The minimum is 0 at (1, 1, …)."""
    w = [1 + (value - 1) / 4 for value in x]
    inner = sum((value - 1) ** 2 * (1 + 10 * math.sin(math.pi * value + 1) ** 2) for value in w[:-1])
    last = (w[-1] - 1) ** 2 * (1 + math.sin(2 * math.pi * w[-1]) ** 2)
    return math.sin(math.pi * w[0]) ** 2 + inner + last


def gramacy(x: Vector) -> tuple[float, list[float]]:
    """Gramacy et al. (2016), "Modeling an augmented Lagrangian for blackbox constrained optimization": a linear
    objective in the unit square, and two constraints, kept where they are at most 0. The first is active at the minimum."""
    wave = math.sin(2 * math.pi * (x[0] ** 2 - 2 * x[1]))
    return x[0] + x[1], [1.5 - x[0] - 2 * x[1] - 0.5 * wave, x[0] ** 2 + x[1] ** 2 - 1.5]


def currin(x: Vector) -> float:
    """Box [0, 1]^2."""
    factor = 1 - math.exp(-1 / (2 * x[1])) if x[1] > 0 else 1.0
    above = 2300 * x[0] ** 3 + 1900 * x[0] ** 2 + 2092 * x[0] + 60
    return factor * above / (100 * x[0] ** 3 + 500 * x[0] ** 2 + 4 * x[0] + 20)
