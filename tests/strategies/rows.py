"""The file of rows: one line of JSON for each run of an optimizer, added when the run is done. What is in it is not run again."""

import dataclasses
import json
import pathlib


@dataclasses.dataclass(frozen=True)
class Key:
    """What tells runs apart."""

    problem: str
    batch: int
    """How many points are asked for at a time."""
    instances: int
    """The number of the family of instances: tuning and the final run have different ones."""
    seed: int
    optimizer: str
    version: str


@dataclasses.dataclass(frozen=True)
class Row:
    """A run."""

    key: Key
    regrets: list[float]
    """After each evaluation."""
    wall_seconds: list[float]
    """For each time that points were asked for."""
    cpu_seconds: list[float]
    note: str = ""
    """What went wrong, if it broke off: then its regrets end early."""


class Rows:
    def __init__(self, path: pathlib.Path) -> None:
        self.path, self.rows = path, {}
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            for line in path.read_text().splitlines():
                fields = json.loads(line)
                row = Row(Key(**fields.pop("key")), **fields)
                self.rows[row.key] = row

    def __contains__(self, key: Key) -> bool:
        return key in self.rows

    def add(self, row: Row) -> None:
        """Writes it down at once; other processes may add theirs."""
        self.rows[row.key] = row
        with self.path.open("a") as file:
            file.write(json.dumps(dataclasses.asdict(row)) + "\n")
