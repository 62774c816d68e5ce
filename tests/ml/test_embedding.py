"""Embedding every tile: values, what a network grows from, resuming, growing, faults."""

import json
from pathlib import Path

import numpy as np
import pytest

from histoviewer.errors import InputError, JobCancelled, StorageError
from histoviewer.ml import embedding_work
from histoviewer.ml.embedding_requests import EmbedRequest
from histoviewer.ml.finished import map_rows, read_note
from tests.ml.helpers import ArrayTiles, finish, make_tiles
from tests.ml.test_scoring import CountingTiles, never

SIZE = 16  # filters of the last block of the tiny recipe


def ask(model: Path, out: Path, *, count: int = 600, **changes: object) -> EmbedRequest:
    tiles = CountingTiles(make_tiles(600)[0].pixels[:count])
    given = {"tiles": tiles, "model": model / "model.keras", "out": out, "fingerprint": "abc"}
    return EmbedRequest(**{**given, **changes})


def cancel_after_first(request: EmbedRequest) -> None:
    with pytest.raises(JobCancelled):
        finish(embedding_work.embed(request, lambda: True))


@pytest.fixture(scope="module")
def whole(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """Return the embeddings of all 600 tiles."""
    out = tmp_path_factory.mktemp("whole") / "embeddings.npy"
    finish(embedding_work.embed(ask(trained, out), never))
    return np.load(out)


def test_embeddings_are_what_the_last_dense_layer_looks_at(
    trained: Path, whole: np.ndarray
) -> None:
    """The score follows from them by that layer's weights alone."""
    from histoviewer.ml.predicting import load_model, score_tiles

    model = load_model(trained / "model.keras")
    scores = score_tiles(model, make_tiles(600)[0], np.arange(600))
    kernel, bias = model.get_layer("logit").get_weights()
    logits = whole.astype(np.float32) @ kernel[:, 0] + bias[0]
    assert whole.shape == (600, SIZE)
    assert whole.dtype == np.float16
    np.testing.assert_allclose(1 / (1 + np.exp(-logits)), scores, atol=5e-3)


def test_a_note_says_what_they_were_made_from(trained: Path, tmp_path: Path) -> None:
    out = tmp_path / "embeddings.npy"
    result, _ = finish(embedding_work.embed(ask(trained, out, count=20), never))
    note = read_note(out)
    assert (note["fingerprint"], note["count"]) == ("abc", 20)
    assert map_rows(out, note).shape == (20, SIZE)
    assert (result.count, result.dimensions, result.kept) == (20, SIZE, 0)
    assert {path.name for path in tmp_path.iterdir()} == {"embeddings.npy", "embeddings.json"}


def test_a_cancelled_run_goes_on_where_it_was(
    trained: Path, tmp_path: Path, whole: np.ndarray
) -> None:
    out = tmp_path / "embeddings.npy"
    cancel_after_first(ask(trained, out))
    assert not out.exists()
    again = ask(trained, out)
    result, _ = finish(embedding_work.embed(again, never))
    assert min(again.tiles.asked) == result.kept == 256
    np.testing.assert_array_equal(np.load(out), whole)


def test_a_project_that_grew_has_only_its_new_tiles_embedded(
    trained: Path, tmp_path: Path, whole: np.ndarray
) -> None:
    out = tmp_path / "embeddings.npy"
    finish(embedding_work.embed(ask(trained, out, count=500), never))
    grown = ask(trained, out, fingerprint="grown", earlier=("abc", 500))
    result, _ = finish(embedding_work.embed(grown, never))
    assert min(grown.tiles.asked) == result.kept == 500
    np.testing.assert_allclose(np.load(out), whole, atol=1e-3)
    assert read_note(out)["fingerprint"] == "grown"


@pytest.mark.parametrize("change", ["damaged", "other tiles", "other model"])
def test_what_is_no_part_of_the_whole_is_not_kept(
    trained: Path, tmp_path: Path, change: str
) -> None:
    out = tmp_path / "embeddings.npy"
    finish(embedding_work.embed(ask(trained, out, count=500), never))
    if change == "damaged":
        damage(out)
    if change == "other model":
        note = json.loads(out.with_suffix(".json").read_text())
        out.with_suffix(".json").write_text(json.dumps({**note, "model": "another"}))
    earlier = ("xyz" if change == "other tiles" else "abc", 500)
    grown = ask(trained, out, fingerprint="grown", earlier=earlier)
    finish(embedding_work.embed(grown, never))
    assert min(grown.tiles.asked) == 0


def test_damage_is_found(trained: Path, tmp_path: Path) -> None:
    out = tmp_path / "embeddings.npy"
    finish(embedding_work.embed(ask(trained, out, count=20), never))
    damage(out)
    assert map_rows(out, read_note(out)) is None


def damage(path: Path) -> None:
    """Turn over a bit in the middle, and let the clock of the disk tick."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    path.write_bytes(content)


def test_a_network_without_a_dense_layer_is_refused() -> None:
    import keras

    from histoviewer.ml.embedding import embedding_model

    tile = keras.Input((8, 8, 3), dtype="uint8")
    mean = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 255)(tile))
    with pytest.raises(InputError, match="no dense layer"):
        embedding_model(keras.Model(tile, keras.ops.mean(mean, axis=1, keepdims=True)))


def test_a_full_disk_is_said_and_what_is_there_stays(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "embeddings.npy"
    finish(embedding_work.embed(ask(trained, out, count=20), never))

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("histoviewer.files.os.fsync", full)
    with pytest.raises(StorageError, match="no space left to write the embeddings"):
        finish(embedding_work.embed(ask(trained, out, count=30), never))
    assert map_rows(out, read_note(out)).shape == (20, SIZE)


def test_tiles_of_another_size_are_refused(trained: Path, tmp_path: Path) -> None:
    tiles = ArrayTiles(np.zeros((3, 48, 48, 3), np.uint8))
    with pytest.raises(InputError, match="32 x 32 x 3, these are 48 x 48 x 3"):
        finish(embedding_work.embed(ask(trained, tmp_path / "e.npy", tiles=tiles), never))
