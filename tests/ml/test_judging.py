"""Validation in the middle of a run tells how far it is."""

import keras
import numpy as np
import pytest
from keras import layers

from histoviewer.jobs.messages import Progress
from histoviewer.ml import judging
from histoviewer.ml.backbones import preprocess
from histoviewer.ml.judging import Judge
from histoviewer.ml.orientations import orientations_of, pooled, turned
from tests.ml.helpers import make_tiles


def network(views: int) -> keras.Model:
    tile = keras.Input((None, None, 3), dtype="uint8")
    seen = layers.GlobalAveragePooling2D()(turned(layers.Rescaling(1 / 255)(tile), views))
    return keras.Model(tile, layers.Dense(1, activation="sigmoid")(pooled(seen, views)))


@pytest.mark.parametrize("views", [1, 2, 8])
def test_progress_counts_tiles_in_however_many_orientations_they_are_seen(
    monkeypatch: pytest.MonkeyPatch, views: int
) -> None:
    tiles, labels = make_tiles(50)
    told: list[int] = []

    def emit(update: object) -> None:
        assert isinstance(update, Progress)
        assert update.total == 50
        told.append(update.done)

    monkeypatch.setattr(judging, "_REPORT_S", -1.0)
    judge = Judge(
        tiles=tiles, labels=labels, index=np.arange(50), emit=emit, should_stop=lambda: False
    )

    assert judge(network(views)) is not None
    assert told == sorted(set(told))
    assert told[-1] == 50
    assert len(told) >= views


def test_changing_red_and_blue_is_no_orientation() -> None:
    tile = keras.Input((8, 8, 3))

    assert orientations_of(keras.Model(tile, preprocess("VGG16", tile, {}))) == 1
