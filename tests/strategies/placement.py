"""Where an instance puts a function: shifted and turned by a seed. In coordinates of the unit cube."""

import math
import random
from collections.abc import Sequence

Matrix = list[list[float]]


def rotation(dimensions: int, rng: random.Random) -> Matrix:
    """An orthogonal matrix, uniformly among all of them: Gram and Schmidt's on normal numbers."""
    rows: Matrix = []
    while len(rows) < dimensions:
        row = [rng.gauss(0, 1) for _ in range(dimensions)]
        for other in rows:
            along = sum(a * b for a, b in zip(row, other, strict=True))
            row = [a - along * b for a, b in zip(row, other, strict=True)]
        length = math.sqrt(sum(a * a for a in row))
        rows.append([a / length for a in row])
    return rows


class AboutMinimum:
    """The minimum moves to a place drawn from the middle 60 % of each side, and everything is turned about it.

    The size stays. What was outside of the textbook's box may come in: sound only for functions that are nowhere lower.
    """

    def __init__(self, minimum: Sequence[float], rng: random.Random) -> None:
        """`minimum` is the place of the textbook's minimum in its unit cube."""
        self.minimum = list(minimum)
        self.place = [rng.uniform(0.2, 0.8) for _ in minimum]
        self.turn = rotation(len(self.minimum), rng)

    def source(self, unit: Sequence[float]) -> list[float]:
        """Where the textbook's function is evaluated for a point of the instance's unit cube."""
        away = [u - p for u, p in zip(unit, self.place, strict=True)]
        turned = [sum(a * b for a, b in zip(row, away, strict=True)) for row in self.turn]
        return [m + t for m, t in zip(self.minimum, turned, strict=True)]


class WithinSquare:
    """The textbook's unit square is seen through a window: a square about the same middle, turned, and as large as fits
    into it (its sides are 0.71 to 1). For functions that mean nothing outside, or something lower. What lies within
    0.35 of the middle stays inside, whatever the angle."""

    def __init__(self, rng: random.Random) -> None:
        angle = rng.uniform(0, 2 * math.pi)
        cosine, sine = math.cos(angle), math.sin(angle)
        side = 1 / (abs(cosine) + abs(sine))
        self.turn = [[side * cosine, -side * sine], [side * sine, side * cosine]]

    def source(self, unit: Sequence[float]) -> list[float]:
        """Where the textbook's function is evaluated for a point of the instance's unit square."""
        turned = [sum(a * (u - 0.5) for a, u in zip(row, unit, strict=True)) for row in self.turn]
        return [min(max(0.5 + t, 0.0), 1.0) for t in turned]


class WholeSquare:
    """The textbook's unit square, turned by quarters, mirrored, and moved within along each axis by up to an eighth, the
    corners staying where they are. For functions that mean nothing outside, and whose best places are in a corner."""

    def __init__(self, rng: random.Random) -> None:
        self.swapped = rng.random() < 0.5
        self.mirrored = [rng.random() < 0.5 for _ in range(2)]
        self.bend = [rng.uniform(-0.5, 0.5) for _ in range(2)]

    def source(self, unit: Sequence[float]) -> list[float]:
        """Where the textbook's function is evaluated for a point of the instance's unit square."""
        bent = [u + bend * u * (1 - u) for u, bend in zip(unit, self.bend, strict=True)]
        placed = [1 - u if mirrored else u for u, mirrored in zip(bent, self.mirrored, strict=True)]
        return placed[::-1] if self.swapped else placed
