"""Two objectives, both minimized: what a set of points dominates."""

import bisect
import math
from collections.abc import Callable, Iterable, Sequence

Pair = tuple[float, float]


def front(points: Iterable[Sequence[float]]) -> list[Pair]:
    """The points that no other dominates, by the first objective."""
    kept: list[Pair] = []
    for first, second in sorted((p[0], p[1]) for p in points):
        if not kept or second < kept[-1][1]:
            kept.append((first, second))
    return kept


def hypervolume(points: Iterable[Sequence[float]], reference: Pair) -> float:
    """The area that is dominated by the points and dominates the reference."""
    inside = front(p for p in points if p[0] < reference[0] and p[1] < reference[1])
    area, above = 0.0, reference[1]
    for first, second in inside:
        area += (reference[0] - first) * (above - second)
        above = second
    return area


def greatest_hypervolume(function: Callable[[float, float], Pair], reference: Pair, levels: int = 6) -> float:
    """That of all points of the unit square, by cells of 1/48 that are halved `levels` times, as long as they may touch
    the front: moved by what the function changes in the cell, the middle must not be dominated."""
    side, corners = 1 / 48, [(x / 48, y / 48) for x in range(48) for y in range(48)]
    seen: list[Pair] = []
    for level in range(levels + 1):
        cells = []
        for x, y in corners:
            values = [function(x + a * side, y + b * side) for a, b in ((0, 0), (1, 0), (0, 1), (1, 1), (0.5, 0.5))]
            seen.extend(values)
            cells.append((x, y, *(min(value[k] for value in values) - _spread(values, k) for k in (0, 1))))
        best = front(seen)
        seen = list(best)
        side /= 2
        if level < levels:
            kept = [cell for cell in cells if not _dominated((cell[2], cell[3]), best)]
            corners = [(x + a * side, y + b * side) for x, y, *_ in kept for a in (0, 1) for b in (0, 1)]
    return hypervolume(seen, reference)


def _spread(values: list[Pair], objective: int) -> float:
    numbers = [value[objective] for value in values]
    return (max(numbers) - min(numbers)) / 2


def _dominated(point: Pair, sorted_front: list[Pair]) -> bool:
    place = bisect.bisect_right(sorted_front, (point[0], math.inf)) - 1
    return place >= 0 and sorted_front[place][1] < point[1]
