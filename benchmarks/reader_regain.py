"""What training anew on corrected labels wins back of what wrong labels had cost."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.kept import kept_figures
from benchmarks.reader_errors import OURS, Errors, Way, look, ways
from benchmarks.reader_nets import trained
from benchmarks.reader_tiles import Tiles
from benchmarks.simulated_reader import SLIPS
from histoviewer.domain.arrays import Float32, Int8

CLEAN: Final = "clean"
"""Name of the real labels."""


def regain(
    errors: Errors, tiles: Tiles, features: Float32, build: Path, *, seed: int
) -> dict[str, Any]:
    """Return the validation AUC after learning wrong, corrected and real labels, computed once.

    Args:
        errors: Which labels are wrong; it says how networks are trained.
        tiles: All tiles.
        features: (N, D) float32 embeddings that know of no label.
        build: Where things are kept.
        seed: Of the networks that are compared.
    """

    def make() -> dict[str, Any]:
        assert errors.training is not None
        training = replace(errors.training, seed=seed)
        labels = _labels(errors, tiles, features, build)
        nets = {
            name: training.net(each, tiles, title=_title(errors, name))
            for name, each in labels.items()
        }
        aucs = {name: trained(net, tiles, build)[1]["val_auc"] for name, net in nets.items()}
        wrong = {name: int((each != tiles.truth).sum()) for name, each in labels.items()}
        return {"rate": errors.rate, "seed": seed, "auc": aucs, "wrong": wrong}

    return kept_figures(build / "regained" / f"{errors.name}-{seed}.json", make)


def _title(errors: Errors, name: str) -> str:
    """Return what a run's files are called; the real labels are the same for every rate."""
    return name if name == CLEAN else f"{errors.name}-{name}"


def _labels(errors: Errors, tiles: Tiles, features: Float32, build: Path) -> dict[str, Int8]:
    """Return (N,) int8 labels to learn, by name."""
    found = {"flipped": errors.labels(tiles), CLEAN: tiles.truth}
    ours = next(way for way in ways(errors, tiles, features, build) if way.name == OURS)
    for slips in SLIPS:
        found[f"corrected-{slips:.0%}"] = _corrected(ours, errors, tiles, slips=slips)
    return found


def _corrected(way: Way, errors: Errors, tiles: Tiles, *, slips: float) -> Int8:
    """Return (N,) int8 labels after looking at twice as many tiles as there are errors."""
    looks = 2 * errors.count(tiles)
    labels = look(way, errors, tiles, slips=slips, looks=looks).labels
    return np.concatenate([labels, tiles.truth[tiles.trained :]])
