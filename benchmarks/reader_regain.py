"""What training anew on corrected labels wins back of what wrong labels had cost."""

from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.kept import kept_figures
from benchmarks.reader_errors import OURS, Errors, Way, look, ways
from benchmarks.reader_nets import Net, Training, trained
from benchmarks.reader_tiles import Tiles
from benchmarks.simulated_reader import SLIPS
from histoviewer.domain.arrays import Float32, Int8


def regain(errors: Errors, tiles: Tiles, features: Float32, build: Path) -> dict[str, Any]:
    """Return the validation AUC after learning wrong, corrected and real labels, computed once.

    Args:
        errors: Which labels are wrong; it says how networks are trained.
        tiles: All tiles.
        features: (N, D) float32 embeddings that know of no label.
        build: Where things are kept.
    """

    def make() -> dict[str, Any]:
        nets = _nets(errors, tiles, features, build)
        aucs = {name: trained(net, tiles, build)[1]["val_auc"] for name, net in nets.items()}
        wrong = {name: int((net.labels != tiles.truth).sum()) for name, net in nets.items()}
        return {"rate": errors.rate, "seed": errors.seed, "auc": aucs, "wrong": wrong}

    return kept_figures(build / "regained" / f"{errors.name}.json", make)


def _nets(errors: Errors, tiles: Tiles, features: Float32, build: Path) -> dict[str, Net]:
    """Return the runs to compare."""
    training = errors.training
    assert training is not None
    wrong = errors.labels(tiles)
    found = {
        "flipped": training.net(wrong, tiles, title=f"{errors.name}-flipped"),
        "clean": clean_net(training, tiles),
    }
    ours = next(way for way in ways(errors, tiles, features, build) if way.name == OURS)
    for slips in SLIPS:
        name = f"corrected-{slips:.0%}"
        labels = _corrected(ours, errors, tiles, slips=slips)
        found[name] = training.net(labels, tiles, title=f"{errors.name}-{name}")
    return found


def clean_net(training: Training, tiles: Tiles) -> Net:
    """Return the run that learns the real labels; one for all rates of wrong ones."""
    return training.net(tiles.truth, tiles, title="clean")


def _corrected(way: Way, errors: Errors, tiles: Tiles, *, slips: float) -> Int8:
    """Return (N,) int8 labels after looking at twice as many tiles as there are errors."""
    looks = 2 * errors.count(tiles)
    labels = look(way, errors, tiles, slips=slips, looks=looks).labels
    return np.concatenate([labels, tiles.truth[tiles.trained :]])
