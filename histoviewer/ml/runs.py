"""The folder of a run: model, recipe, history and metrics, there when whole or not at all."""

import csv
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import keras

from histoviewer.domain.recipe import Recipe
from histoviewer.errors import InputError, storage_error
from histoviewer.ml.requests import HISTORY_FILE, METRICS_FILE, MODEL_FILE, RECIPE_FILE

HISTORY_COLUMNS: Final = (
    "epoch", "loss", "accuracy", "auc", "val_loss", "val_accuracy", "val_auc", "seconds",
    "tiles_per_second", "objective",
)  # fmt: skip


def check_folder(folder: Path) -> None:
    """Raise `InputError` when the run's folder is taken: a run never overwrites another."""
    if folder.exists():
        raise InputError(
            f"The folder {folder} exists already.", "Choose another folder for this run."
        )


def write_run(
    folder: Path,
    *,
    model: keras.Model,
    recipe: Recipe,
    history: Sequence[Mapping[str, float]],
    metrics: Mapping[str, float],
) -> None:
    """Write everything under '<folder>.part', then rename it.

    Args:
        folder: Must not exist.
        model: The model to save.
        recipe: Its source is stored word for word.
        history: One row an epoch, keys as in `HISTORY_COLUMNS` but 'epoch'; 'seconds' count from
            the start of the run. 'loss' and 'val_loss' are mean cross-entropies of plain labels;
            'objective' is what was minimised, where that is another number.
        metrics: Figures by name.

    Raises:
        StorageError: The disk is full or may not be written to; nothing is left behind.
    """
    part = folder.with_name(folder.name + ".part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        model.save(part / MODEL_FILE)
        (part / RECIPE_FILE).write_bytes(recipe.source.encode("utf-8"))
        _write_history(part / HISTORY_FILE, history)
        (part / METRICS_FILE).write_text(json.dumps(dict(metrics), indent=2) + "\n", "utf-8")
        for file in part.iterdir():
            _flush(file)
        part.rename(folder)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise storage_error(error, "the trained model") from error


def _write_history(path: Path, history: Sequence[Mapping[str, float]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, HISTORY_COLUMNS, extrasaction="ignore")
        writer.writeheader()
        for epoch, row in enumerate(history, start=1):
            writer.writerow({"epoch": epoch, **row})


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
