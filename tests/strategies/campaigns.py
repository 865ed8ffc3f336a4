"""`just bench-campaigns`: how many designs of a measured campaign are tried until one of the best is found. See README.md."""

import os

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"

import argparse  # noqa: E402
import functools  # noqa: E402
import pathlib  # noqa: E402
import random  # noqa: E402
import statistics  # noqa: E402
from collections.abc import Callable  # noqa: E402

from campaign_api import Api, Server  # noqa: E402
from campaign_data import CAMPAIGNS, Campaign  # noqa: E402
from campaign_runs import Chooser, Offline, RandomOrder  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]


Start = Callable[[Campaign, int], Chooser]
"""A run on a campaign, of a seed."""


def trials_until_best(campaign: Campaign, chooser: Chooser, seed: int) -> int:
    """One run: the number of the first trial of one of the best designs."""
    visits: dict[int, int] = {}
    try:
        for number in range(1, 10 * len(campaign.designs)):
            design = chooser.next()
            if design in campaign.best:
                return number
            visits[design] = visits.get(design, -1) + 1
            chooser.tell(design, campaign.measured(design, seed, visits[design]))
    finally:
        chooser.close()
    raise RuntimeError("none of the best designs was ever tried")


def interval_of_median(numbers: list[int]) -> tuple[float, float]:
    """95 %, by 10,000 samples of the runs with replacement."""
    rng = random.Random("bootstrap")
    medians = sorted(statistics.median(rng.choices(numbers, k=len(numbers))) for _ in range(10_000))
    return medians[250], medians[9749]


def choosers(names: list[str], binary: pathlib.Path, server: Server | None) -> dict[str, Start]:
    """What starts a run of each; those of Optuna if it is installed."""
    known: dict[str, Start] = {"random": RandomOrder, "offline": functools.partial(Offline, binary=binary)}
    if server:
        known["auto"] = functools.partial(Api, server=server)
    try:
        import campaign_optuna

        known |= {"tpe": campaign_optuna.tpe, "gp": campaign_optuna.gp}
    except ImportError as error:
        print(f"Optuna is left out: {error}")
    return {name: known[name] for name in names if name in known}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--campaigns", default=",".join(CAMPAIGNS), help="by comma")
    parser.add_argument(
        "--choosers", default="auto,tpe,random", help="by comma; offline is AUTO without a server, gp Optuna's"
    )
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "target/release/examples/propose")
    parser.add_argument("--server", type=pathlib.Path, default=ROOT / "target/release/asktell")
    arguments = parser.parse_args()
    names = arguments.choosers.split(",")
    server = Server(arguments.server) if "auto" in names else None
    try:
        started = choosers(names, arguments.binary, server)
        for campaign in arguments.campaigns.split(","):
            print(measured(CAMPAIGNS[campaign](), campaign, started, arguments.seeds), flush=True)
    finally:
        if server:
            server.close()


def measured(campaign: Campaign, name: str, started: dict[str, Start], seeds: int) -> str:
    """All runs, seed by seed in turn, and what is told of them."""
    found: dict[str, list[int]] = {who: [] for who in started}
    for seed in range(seeds):
        for who, start in started.items():
            found[who].append(trials_until_best(campaign, start(campaign, seed), seed))
    lines = [
        f"{name}: trials until one of the {len(campaign.best)} best of {len(campaign.designs)} designs is measured"
    ]
    for who, trials in found.items():
        low, high = interval_of_median(trials)
        lower, _, upper = statistics.quantiles(trials, method="inclusive")
        middle = f"median {statistics.median(trials):g} (95 %: {low:g} to {high:g})"
        lines.append(f"  {who:8} {middle}, quartiles {lower:g} to {upper:g}, {len(trials)} seeds")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
