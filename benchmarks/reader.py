"""A simulated reader on real tiles: `python -m benchmarks.reader --data DIR [--part PART ...]`.

DIR holds Kaggle's layout with `validation_ids.csv`; its real labels are the truth. Some training
labels are turned round (part `errors`, and `regain` for training anew), or all are hidden (part
`labels`). No network learns a label that is hidden, or the truth of one that was turned round:
embeddings are learned from the tiles alone, by self-supervision, or from the labels as they stand.
The reader answers what the product's own functions show it.

What was computed before is kept in build/reader and not computed again; remove a file to do it
anew. At the end the tables and pictures of docs/triage.md are written from all that is there.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.networks import quiet
from benchmarks.reader_errors import Errors, find_errors
from benchmarks.reader_labels import STRATEGIES, label_curve
from benchmarks.reader_nets import Training
from benchmarks.reader_regain import regain
from benchmarks.reader_report import write_report
from benchmarks.reader_tiles import Tiles, embeddings, read
from histoviewer.ml.embedding_requests import EmbeddingFile

PARTS = ("errors", "labels", "regain")
_PRETEXT_EPOCHS = 60


def main() -> int:
    quiet()
    options = _read_options()
    _compute(options)
    build = options.build
    write_report(
        options.out,
        errors=_all(build / "errors"),
        regained=_all(build / "regained"),
        labels=_all(build / "labels"),
    )
    return 0


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.reader")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--part", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--flips", type=_rates, default=(0.05, 0.1), help="such as 0.05,0.1")
    parser.add_argument(
        "--networks", type=_rates, help="of these flips, those that networks are trained for"
    )
    parser.add_argument("--seeds", type=int, default=5, help="of the part `labels`")
    parser.add_argument("--flip-seeds", type=int, default=3, help="of wrong labels, heads alone")
    parser.add_argument("--recipe", default="histo-fast")
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=15, help="of networks")
    parser.add_argument("--network-seeds", type=int, default=1, help="likewise, with networks")
    parser.add_argument("--regain-seeds", type=int, default=3, help="of networks compared")
    parser.add_argument("--pretext-epochs", type=int, default=_PRETEXT_EPOCHS)
    parser.add_argument("--build", type=Path, default=Path("build/reader"))
    parser.add_argument("--out", type=Path, default=Path("docs/triage.md"))
    return parser.parse_args()


def _rates(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(",") if part)


def _compute(options: argparse.Namespace) -> None:
    """Do all that was asked for and not done before."""
    tiles = read(options.data)
    embedded = embeddings(tiles, options.build, epochs=options.pretext_epochs)
    features = embedded.read().astype(np.float32)
    if "labels" in options.part:
        _label_curves(options, tiles, embedded)
    for errors in _errors(options):
        if "errors" in options.part:
            find_errors(errors, tiles, features, options.build)
        if "regain" in options.part and errors.training is not None:
            for seed in range(options.regain_seeds):
                regain(errors, tiles, features, options.build, seed=seed)


def _errors(options: argparse.Namespace) -> Iterator[Errors]:
    """Yield sets of wrong labels: all by heads alone, then those that networks are trained for."""
    for rate in options.flips:
        for seed in range(options.flip_seeds):
            yield Errors(rate=rate, seed=seed, training=None)
    training = Training(recipe=options.recipe, epochs=options.epochs, folds=options.folds)
    for rate in options.flips if options.networks is None else options.networks:
        for seed in range(options.network_seeds):
            yield Errors(rate=rate, seed=seed, training=training)


def _label_curves(options: argparse.Namespace, tiles: Tiles, embedded: EmbeddingFile) -> None:
    for seed in range(options.seeds):
        for strategy in STRATEGIES:
            label_curve(strategy, tiles, embedded, options.build, seed=seed)


def _all(folder: Path) -> list[dict[str, Any]]:
    """Return all figures of a folder."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


if __name__ == "__main__":
    sys.exit(main())
