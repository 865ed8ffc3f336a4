"""Tables and a plot of rows: medians and quartiles, seconds for a point, and who is better."""

import collections
import pathlib
import statistics
from collections.abc import Iterable

from problems import PROBLEMS
from registry import LABELS, OURS
from rows import Row

FLOOR = 1e-9
"""Regrets below are all the same: what is known of the minima has no more digits."""

Cell = dict[int, Row]
"""The runs of one optimizer on one problem, by seed."""


def markdown(rows: list[Row]) -> str:
    """For each number of points at a time: regrets, seconds, and the summary."""
    parts = []
    for batch in sorted({row.key.batch for row in rows}):
        cells = _cells([row for row in rows if row.key.batch == batch])
        at_a_time = "One point at a time" if batch == 1 else f"{batch} points at a time"
        parts += [f"## {at_a_time}\n", _regrets(cells), _seconds(cells), _summary(cells)]
    return "\n".join(parts)


def _cells(rows: list[Row]) -> dict[str, dict[str, Cell]]:
    cells: dict[str, dict[str, Cell]] = collections.defaultdict(dict)
    for row in rows:
        cells[row.key.problem].setdefault(row.key.optimizer, {})[row.key.seed] = row
    return {name: cells[name] for name in PROBLEMS if name in cells}


def _names(cells: dict[str, dict[str, Cell]]) -> list[str]:
    return list(dict.fromkeys(name for cell in cells.values() for name in cell))


def _label(name: str) -> str:
    return LABELS.get(name, name)


def final(row: Row) -> float:
    """The regret at the end of a run; one that broke off ends where it broke off."""
    return max(row.regrets[-1], FLOOR) if row.regrets else float("inf")


def _regrets(cells: dict[str, dict[str, Cell]]) -> str:
    names = _names(cells)
    lines = [
        "Regret at the end: median (lower quartile to upper), [runs].\n",
        f"| problem | {' | '.join(map(_label, names))} |",
        "| --- " * (len(names) + 1) + "|",
    ]
    for problem, by_name in cells.items():
        medians = {name: statistics.median(map(final, cell.values())) for name, cell in by_name.items()}
        least = min(medians.values())
        texts = []
        for name in names:
            if name not in by_name:
                texts.append("")
                continue
            values = [final(row) for row in by_name[name].values()]
            low, high = _quartiles(values)
            bold = "**" if medians[name] == least else ""
            broken = sum(bool(row.note) for row in by_name[name].values())
            told = f", {broken} broke off" if broken else ""
            texts.append(f"{bold}{medians[name]:.2g}{bold} ({low:.2g} to {high:.2g}) [{len(values)}{told}]")
        lines.append(f"| {problem} | {' | '.join(texts)} |")
    return "\n".join(lines) + "\n"


def _quartiles(values: list[float]) -> tuple[float, float]:
    if len(values) < 2:
        return values[0], values[0]
    low, _, high = statistics.quantiles(values, method="inclusive")
    return low, high


def _points(row: Row) -> int:
    return max(len(row.regrets), 1)


def cpu_per_point(cell: Cell) -> float:
    """Seconds of the processor for a point, start-up included: the mean of a run, the median of the runs."""
    return statistics.median(sum(row.cpu_seconds) / _points(row) for row in cell.values())


def _seconds(cells: dict[str, dict[str, Cell]]) -> str:
    names = [name for name in _names(cells) if name != "random"]
    lines = [
        "Milliseconds of the processor for a point (by the clock in brackets).\n",
        f"| problem | {' | '.join(map(_label, names))} | AUTO to GPSampler |",
        "| --- " * (len(names) + 2) + "|",
    ]
    for problem, by_name in cells.items():
        texts = []
        for name in names:
            if cell := by_name.get(name):
                wall = statistics.median(sum(row.wall_seconds) / _points(row) for row in cell.values())
                texts.append(f"{1000 * cpu_per_point(cell):.3g} ({1000 * wall:.3g})")
            else:
                texts.append("")
        ratio = _ratio(by_name)
        texts.append(f"1 : {1 / ratio:.3g}" if ratio else "")
        lines.append(f"| {problem} | {' | '.join(texts)} |")
    return "\n".join(lines) + "\n"


def _milliseconds(cells: Iterable[Cell]) -> float:
    """Of the processor, all of the asking in all runs over all points."""
    rows = [row for cell in cells for row in cell.values()]
    return 1000 * sum(sum(row.cpu_seconds) for row in rows) / sum(map(_points, rows))


def _ratio(by_name: dict[str, Cell]) -> float | None:
    """AUTO's seconds over GPSampler's in the runs of the same seeds."""
    if "auto" not in by_name or "gp" not in by_name:
        return None
    ours, theirs = _paired(by_name["auto"], by_name["gp"])
    return cpu_per_point(ours) / cpu_per_point(theirs) if ours else None


def _paired(one: Cell, other: Cell) -> tuple[Cell, Cell]:
    seeds = one.keys() & other.keys()
    return {seed: one[seed] for seed in seeds}, {seed: other[seed] for seed in seeds}


def medians(one: Cell, other: Cell) -> tuple[float, float] | None:
    """Of the runs of the same seeds, which met the same instances."""
    pair = _paired(one, other)
    if not pair[0]:
        return None
    first, second = (statistics.median(map(final, cell.values())) for cell in pair)
    return first, second


def _summary(cells: dict[str, dict[str, Cell]]) -> str:
    """How AUTO stands to each peer, by the medians over the seeds that both have."""
    ahead, behind, after_tpe, ratios = [], [], [], []
    pairs: list[tuple[Cell, Cell]] = []
    for problem, by_name in cells.items():
        if "auto" not in by_name:
            continue
        better = {}
        for name in by_name.keys() - set(OURS):
            if pair := medians(by_name["auto"], by_name[name]):
                better[name] = pair[0] <= pair[1]
        if not better:
            continue
        if not better.get("tpe", True):
            after_tpe.append(problem)
        lost = sorted(_label(name) for name, as_good in better.items() if not as_good)
        behind.append(f"{problem} ({', '.join(lost)})") if lost else ahead.append(problem)
        if ratio := _ratio(by_name):
            ratios.append((ratio, problem))
            pairs.append(_paired(by_name["auto"], by_name["gp"]))
    if not ahead and not behind:
        return ""
    lines = [
        f"AUTO at least as good as the best peer on {len(ahead)} of {len(ahead) + len(behind)}: {', '.join(ahead)}."
    ]
    if behind:
        lines.append(f"Not on {'; '.join(behind)}.")
    lines.append(f"Never worse than Optuna's TPE: {'no: ' + ', '.join(after_tpe) if after_tpe else 'yes'}.")
    if ratios:
        ours, theirs = (_milliseconds(cells) for cells in zip(*pairs, strict=True))
        middle, most = statistics.median(ratio for ratio, _ in ratios), max(ratios)
        lines.append(
            f"Its processor time for a point, over all of the runs that both have: {ours:.3g} ms, GPSampler's {theirs:.3g} ms, "
            f"{ours / theirs:.3f} of it. By problem: {middle:.3f} in the median, {most[0]:.3f} at most ({most[1]}); "
            f"at most a tenth on {sum(ratio <= 0.1 for ratio, _ in ratios)} of {len(ratios)}."
        )
    return "\n".join(lines) + "\n"


def plot(rows: list[Row], path: pathlib.Path) -> None:
    """Median and quartiles of the regret after each evaluation, a panel for each problem."""
    try:
        import matplotlib
    except ImportError as error:
        print(f"no plot: {error}")
        return
    matplotlib.use("Agg")
    from matplotlib import pyplot

    batches, problems = sorted({row.key.batch for row in rows}), [name for name in PROBLEMS]
    problems = [name for name in problems if any(row.key.problem == name for row in rows)]
    size = (4 * len(batches), 2.6 * len(problems))
    figure, axes = pyplot.subplots(len(problems), len(batches), figsize=size, squeeze=False, layout="constrained")
    for column, batch in enumerate(batches):
        cells = _cells([row for row in rows if row.key.batch == batch])
        for line, problem in enumerate(problems):
            axis = axes[line][column]
            axis.set(yscale="log", title=f"{problem}, {batch} at a time", xlabel="evaluations", ylabel="regret")
            for name, cell in cells.get(problem, {}).items():
                _curve(axis, name, cell)
    axes[0][0].legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=90)
    pyplot.close(figure)


def _curve(axis, name: str, cell: Cell) -> None:
    steps = list(zip(*(row.regrets for row in cell.values() if not row.note), strict=True))
    if not steps:
        return
    colour = {"auto": "C3", "tpe": "C0", "gp": "C2", "ax": "C4", "random": "0.6"}.get(name)
    numbers = range(1, len(steps) + 1)
    middle = [max(statistics.median(step), FLOOR) for step in steps]
    bounds = [_quartiles([max(value, FLOOR) for value in step]) for step in steps]
    (line,) = axis.plot(numbers, middle, label=_label(name), color=colour)
    axis.fill_between(numbers, *zip(*bounds, strict=True), color=line.get_color(), alpha=0.15, linewidth=0)
