"""Networks that learn from the labels as the reader has left them, each trained once and kept."""

import shutil
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

import numpy as np

from benchmarks.kept import kept_array, kept_figures
from benchmarks.reader_tiles import Tiles
from benchmarks.rows import say
from histoviewer.domain.arrays import Float32, Int8, Int64
from histoviewer.domain.folds import assign_folds
from histoviewer.domain.recipe import load_recipe
from histoviewer.jobs.messages import CurvePoint
from histoviewer.ml.requests import MODEL_FILE, TrainRequest

_BATCH: Final = 64
_WATCHED: Final = 200  # tiles on which a fold's run is watched; nothing is chosen by them


@dataclass(frozen=True, kw_only=True)
class Net:
    """One run.

    Args:
        title: What its files are called, before the fingerprint of what it learns from.
        recipe: Name of the recipe, or a file.
        labels: (N,) int8 as they are known at the time.
        train: Indexes to learn from.
        validation: Indexes to validate on.
        seed: Of the run.
        epochs: In place of the recipe's.
        keep: Which epoch is kept: a fold's run must not choose by tiles that it is to judge.
    """

    title: str
    recipe: str
    labels: Int8
    train: Int64
    validation: Int64
    seed: int
    epochs: int | None = None
    keep: Literal["best", "last"] = "best"

    @property
    def name(self) -> str:
        """Return the title with a fingerprint of recipe, tiles and labels."""
        crc = zlib.crc32(f"{self.recipe} {self.seed} {self.epochs} {self.keep}".encode())
        for array in (self.train, self.labels[self.train], self.validation):
            crc = zlib.crc32(array.tobytes(), crc)
        return f"{self.title}-{crc:08x}"


@dataclass(frozen=True, kw_only=True)
class Training:
    """How networks are trained.

    Args:
        recipe: Name of the recipe, or a file.
        epochs: Of each; None for the recipe's own.
        folds: How many judge the tiles that they did not learn.
        seed: Of the networks that learn all training tiles.
    """

    recipe: str
    epochs: int | None
    folds: int
    seed: int = 0

    def net(self, labels: Int8, tiles: Tiles, *, title: str) -> Net:
        """Return the run that learns all training tiles.

        Args:
            labels: (N,) int8 as they are known.
            tiles: All tiles.
            title: What its files are called.
        """
        return Net(
            title=title,
            recipe=self.recipe,
            labels=labels,
            train=tiles.training,
            validation=tiles.validation,
            seed=self.seed,
            epochs=self.epochs,
        )


def trained(net: Net, tiles: Tiles, build: Path) -> tuple[Path, dict[str, float]]:
    """Return the model file of a run and its figures, training it unless that was done before."""
    folder = build / "nets" / net.name

    def make() -> dict[str, float]:
        from histoviewer.ml.training import run_training

        shutil.rmtree(folder, ignore_errors=True)  # of a run that was stopped before its figures
        recipe = load_recipe(net.recipe)
        recipe = replace(recipe, stopping=replace(recipe.stopping, keep=net.keep))
        request = TrainRequest(
            tiles=tiles.source,
            labels=net.labels,
            train=net.train,
            validation=net.validation,
            recipe=recipe,
            folder=folder,
            seed=net.seed,
            epochs=net.epochs,
        )
        return dict(run_training(request, _tell, lambda: False).metrics)

    figures = kept_figures(build / "nets" / f"{net.name}.json", make)
    return folder / MODEL_FILE, figures


def scored(
    net: Net, tiles: Tiles, build: Path, index: Int64, *, what: str, views: bool = False
) -> Float32:
    """Return (n,) float32 probabilities that a run gives the tiles at `index`.

    Args:
        net: The run; trained first where it was not.
        tiles: All tiles.
        build: Where runs and scores are kept.
        index: Which tiles.
        what: Names these tiles in the file's name.
        views: Average over the 8 symmetries of the square.
    """

    def make() -> Float32:
        from histoviewer.ml.predicting import load_model, score_tiles, with_symmetries

        model = load_model(trained(net, tiles, build)[0])
        model = with_symmetries(model) if views else model
        return score_tiles(model, tiles.source, index, batch=_BATCH)

    return kept_array(build / "nets" / f"{net.name}-{what}.npy", make)


def inner_features(net: Net, tiles: Tiles, build: Path) -> Float32:
    """Return (n, D) float32: the penultimate layer of a run for each training tile."""

    def make() -> Float32:
        from histoviewer.ml.embedding import embedding_model
        from histoviewer.ml.predicting import iterate_outputs, load_model

        model = embedding_model(load_model(trained(net, tiles, build)[0]))
        return np.concatenate(list(iterate_outputs(model, tiles.source, tiles.training)))

    return kept_array(build / "nets" / f"{net.name}-features.npy", make)


def out_of_fold(
    training: Training, labels: Int8, tiles: Tiles, build: Path, *, title: str
) -> Float32:
    """Return (n,) float32: of each training tile, what a net says that learned from other folds.

    Args:
        training: How they are trained.
        labels: (N,) int8 as they are known.
        tiles: All tiles.
        build: Where runs are kept.
        title: Of the runs.
    """
    index = tiles.training
    fold = assign_folds(labels[index], index, folds=training.folds)
    found = np.empty(len(index), np.float32)
    for number in range(training.folds):
        held = index[fold == number]
        net = Net(
            title=f"{title}-fold{number}",
            recipe=training.recipe,
            labels=labels,
            train=index[fold != number],
            validation=held[:_WATCHED],
            seed=number,
            epochs=training.epochs,
            keep="last",
        )
        found[held] = scored(net, tiles, build, held, what="held", views=True)
    return found


def _tell(update: object) -> None:
    if isinstance(update, CurvePoint):
        say(f"  val_auc {update.values['val_auc']:.4f}")
