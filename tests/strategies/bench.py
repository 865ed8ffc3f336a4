"""`just bench-strategies`: AUTO beside its peers on the eleven problems, run by run in turn. See README.md."""

import os

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"  # before any of the libraries is loaded: every optimizer has one thread

import argparse  # noqa: E402
import concurrent.futures  # noqa: E402
import itertools  # noqa: E402
import multiprocessing  # noqa: E402
import pathlib  # noqa: E402
import traceback  # noqa: E402

import registry  # noqa: E402
import report  # noqa: E402
from optimizer import Optimizer  # noqa: E402
from problems import PROBLEMS, instance  # noqa: E402
from rows import Key, Row, Rows  # noqa: E402
from space import Point  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
FINAL_INSTANCES = 2026
"""The tuning was done on others (1)."""
GP_SEEDS, AX_SEEDS, AX_PROBLEMS = 10, 5, ("branin", "hartmann", "mixed")
"""They take hours; Ax one point at a time only."""


def run(key: Key, optimizer: type[Optimizer]) -> Row:
    """One run of one optimizer."""
    problem = instance(key.problem, key.instances, key.seed)
    points: list[Point] = []
    wall, cpu, note = [], [], ""
    running = optimizer(problem, key.seed)
    try:
        while len(points) < problem.budget:
            asked = running.ask(min(key.batch, problem.budget - len(points)))
            wall.append(round(asked.wall_seconds, 6))
            cpu.append(round(asked.cpu_seconds, 6))
            results = []
            for point in asked.points:
                if not problem.space.admits(point):
                    raise ValueError(f"outside of the space: {point}")
                results.append((point, problem.measured(point, key.seed, len(points))))
                points.append(point)
            running.tell(results)
    except Exception:  # a peer that breaks off keeps what it has reached, and the row says so
        note = traceback.format_exc(limit=-3)
        print(f"{key} broke off:\n{note}", flush=True)
    finally:
        running.close()
    return Row(key, problem.regrets(points), wall, cpu, note)


def compare(keys: list[Key], binary: pathlib.Path) -> list[Row]:
    """The runs of one problem and seed, one optimizer after the other, so that a machine's bad minute meets them all."""
    return [run(key, registry.find(key.optimizer, binary)[0]) for key in keys]


def planned(arguments: argparse.Namespace) -> list[list[Key]]:
    """What is to be run: seed by seed, so that a run that is cut short has some of everything."""
    groups = []
    found = {name: registry.find(name, arguments.binary) for name in arguments.optimizers}
    for seed, batch, problem in itertools.product(range(arguments.seeds), arguments.batches, arguments.problems):
        names = [name for name in arguments.optimizers if found[name] and _wanted(name, problem, batch, seed)]
        groups.append([Key(problem, batch, arguments.instances, seed, name, found[name][1]) for name in names])
    return groups


def _wanted(name: str, problem: str, batch: int, seed: int) -> bool:
    if name == "ax":
        return seed < AX_SEEDS and problem in AX_PROBLEMS and batch == 1
    return name != "gp" or seed < GP_SEEDS


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    names = [*registry.OURS, "tpe", "gp", "ax", "egobox", "random"]

    def words(known: list[str]):
        def parse(text: str) -> list[str]:
            unknown = set(text.split(",")) - set(known)
            if unknown:
                raise argparse.ArgumentTypeError(f"{', '.join(unknown)}; there are {', '.join(known)}")
            return text.split(",")

        return parse

    folder = ROOT / "target/bench-strategies"
    binary = ROOT / "target/release/examples/propose"
    parser.add_argument("--problems", type=words(list(PROBLEMS)), default=list(PROBLEMS), help="by comma")
    parser.add_argument(
        "--optimizers", type=words(names), default=["auto", "tpe", "gp", "ax", "random"], help="by comma"
    )
    parser.add_argument("--beside", type=words(names), default=[], help="shown from the rows that there are, not run")
    parser.add_argument(
        "--batches", type=lambda text: [int(word) for word in text.split(",")], default=[1, 8], help="1,8"
    )
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--instances", type=int, default=FINAL_INSTANCES, help="1 for tuning")
    parser.add_argument("--jobs", type=int, default=1, help="more at a time make the seconds less certain")
    parser.add_argument("--binary", type=pathlib.Path, default=binary, help="of the example `propose`")
    parser.add_argument("--rows", type=pathlib.Path, default=folder / "rows.jsonl")
    parser.add_argument("--plot", type=pathlib.Path, help="a PNG of all curves")
    parser.add_argument("--table", type=pathlib.Path, help="the tables as Markdown, also printed")
    return parser.parse_args()


def _beside(rows: Rows, arguments: argparse.Namespace) -> list[Row]:
    """What is only to be shown: of whatever version came last."""
    return [
        row
        for row in rows.rows.values()
        if row.key.optimizer in arguments.beside
        and row.key.problem in arguments.problems
        and row.key.batch in arguments.batches
        and (row.key.instances, row.key.seed < arguments.seeds) == (arguments.instances, True)
    ]


def main() -> None:
    arguments = parsed()
    rows = Rows(arguments.rows)
    groups = [[key for key in group if key not in rows] for group in planned(arguments)]
    groups = [group for group in groups if group]
    print(f"{sum(map(len, groups))} runs to do, {len(rows.rows)} in {arguments.rows}", flush=True)
    if arguments.jobs == 1:
        for group in groups:
            for key in group:
                rows.add(run(key, registry.find(key.optimizer, arguments.binary)[0]))
    elif groups:
        context = multiprocessing.get_context("spawn")
        with concurrent.futures.ProcessPoolExecutor(arguments.jobs, mp_context=context) as pool:
            for done in pool.map(compare, groups, itertools.repeat(arguments.binary)):
                for row in done:
                    rows.add(row)
    shown = [rows.rows[key] for group in planned(arguments) for key in group if key in rows]
    shown += _beside(rows, arguments)
    text = report.markdown(shown)
    print(text)
    if arguments.table:
        arguments.table.write_text(text)
    if arguments.plot:
        report.plot(shown, arguments.plot)


if __name__ == "__main__":
    main()
