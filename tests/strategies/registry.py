"""The optimizers by name. A peer that is not installed is left out, and told."""

import functools
import hashlib
import importlib
import importlib.metadata
import pathlib

import ours
from optimizer import Optimizer

OURS = ("auto", "gp_ours", "tpe_ours", "sobol_ours", "nsga2_ours")
"""`auto` is what is compared; the others show what AUTO could have chosen."""

_PEERS = {
    "tpe": ("optuna_peers", "Tpe", "optuna"),
    "gp": ("optuna_peers", "GaussianProcess", "optuna"),
    "ax": ("ax_peer", "Ax", "ax-platform"),
    "egobox": ("egobox_peer", "Egobox", "egobox"),
    "random": ("random_search", "RandomSearch", None),
}
LABELS = {"auto": "AUTO", "tpe": "Optuna TPE", "gp": "Optuna GPSampler", "ax": "Ax", "egobox": "egobox", "random": "random"}


@functools.cache
def find(name: str, binary: pathlib.Path) -> tuple[type[Optimizer], str] | None:
    """The optimizer and its version; nothing if it is not installed."""
    if name in OURS:
        ours.Ours.binary = binary
        return ours.of_kind(name.removesuffix("_ours").upper()), digest(binary)
    module, kind, package = _PEERS[name]
    try:
        version = f"{package} {importlib.metadata.version(package)}" if package else "1"
        return getattr(importlib.import_module(module), kind), version
    except ImportError as error:
        print(f"{name} is left out: {error}")
        return None


@functools.cache
def digest(binary: pathlib.Path) -> str:
    """What tells one build of ours from another."""
    return hashlib.sha256(binary.read_bytes()).hexdigest()[:12]
