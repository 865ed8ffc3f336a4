"""Who chooses the next design of a campaign."""

import abc
import pathlib
import random

import ours
from campaign_data import Campaign


class Chooser(abc.ABC):
    """One run on one campaign; values are maximized."""

    @abc.abstractmethod
    def next(self) -> int:
        """The index of the design to measure."""

    @abc.abstractmethod
    def tell(self, design: int, value: float) -> None:
        """What was measured of it."""

    @abc.abstractmethod
    def close(self) -> None:
        """Ends what it has started."""


class RandomOrder(Chooser):
    """Every design once."""

    def __init__(self, campaign: Campaign, seed: int) -> None:
        self.order = list(range(len(campaign.designs)))
        random.Random(f"random order {seed}").shuffle(self.order)

    def next(self) -> int:
        return self.order.pop()

    def tell(self, design: int, value: float) -> None:
        pass

    def close(self) -> None:
        pass


class Offline(Chooser):
    """Our AUTO with the designs as candidates, without a server."""

    def __init__(self, campaign: Campaign, seed: int, binary: pathlib.Path) -> None:
        self.campaign = campaign
        self.index = {design: number for number, design in enumerate(campaign.designs)}
        space = {"parameters": ours.parameters(campaign.space), "candidates": campaign.designs}
        problem = {"space": space, "objectives": 1, "constraints": 0}
        self.driver = ours.Driver(binary, problem, {"kind": "AUTO"}, seed)

    def next(self) -> int:
        (point,), _, _ = self.driver.ask(1)
        return self.index[tuple(point)]

    def tell(self, design: int, value: float) -> None:
        outcome = {"measured": {"values": [-value]}}
        self.driver.tell([{"point": self.campaign.designs[design], "outcome": outcome}])

    def close(self) -> None:
        self.driver.close()
