import numpy as np
import pytest

from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError, StorageError
from histoviewer.jobs.messages import Progress
from histoviewer.tiles.decode import read_rgb
from histoviewer.tiles.layouts import scan
from histoviewer.tiles.originals import OriginalTiles
from histoviewer.tiles.stains import EOSIN, HAEMATOXYLIN, SlideLook, mix
from histoviewer.tiles.strips import parse
from histoviewer.tiles.synthetic import SyntheticRequest, make, write_dataset
from histoviewer.tiles.tables import read_groups, read_labels
from histoviewer.tiles.tissue import draw_tile
from tests.tiles.helpers import pack_all, sha1_name


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("synthetic") / "demo"
    return write_dataset(folder, tiles=300, test_tiles=60, seed=3)


def test_it_is_a_sound_kaggle_set(made):
    catalogue = scan(made.folder)
    assert catalogue.layout == "kaggle"
    assert (catalogue.splits == Split.TEST).sum() == 60
    assert not catalogue.problems
    assert not pack_all(catalogue, None, 96).problems  # ids are the SHA-1 of the pixels


def test_files_are_in_kaggles_form(made):
    data = next((made.folder / "train").iterdir()).read_bytes()
    assert parse(data).key
    assert len(data) - 96 * 96 * 3 < 300


def test_the_sample_submission_has_the_test_ids_in_order(made):
    assert scan(made.folder).sample_ids == tuple(made.test_ids)


def test_test_slides_are_others_than_training_slides(made):
    groups = read_groups(made.folder / "groups.csv")
    train = {groups[name] for name in made.train_ids}
    test = {groups[name] for name in made.test_ids}
    assert len(train) == 12
    assert not train & test


def test_both_classes_are_on_every_slide(made):
    catalogue = scan(made.folder)
    groups = np.array(catalogue.groups)
    for slide in set(groups[catalogue.given >= 0]):
        assert set(catalogue.given[(groups == slide) & (catalogue.given >= 0)]) == {0, 1}


def test_brightness_does_not_give_the_label_away(made):
    catalogue = scan(made.folder)
    train = np.flatnonzero(catalogue.given >= 0)
    tiles = OriginalTiles(catalogue.root, catalogue.locations, 96).gather(train)
    labels = catalogue.given[train]
    for part in (tiles, tiles[:, 32:64, 32:64]):
        assert 0.2 < _auc(part.mean(axis=(1, 2, 3)), labels) < 0.8


def _auc(scores, labels):
    """The chance that a positive scores above a negative (Mann and Whitney, 1947)."""
    positive, negative = scores[labels == 1], scores[labels == 0]
    return (positive[:, None] > negative[None]).mean()


def test_the_same_seed_makes_the_same_files(tmp_path):
    first, again, other = (
        write_dataset(tmp_path / name, tiles=12, test_tiles=3, seed=seed)
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert first.train_ids == again.train_ids
    assert not set(first.train_ids) & set(other.train_ids)


def test_label_noise_turns_that_share_of_labels(tmp_path):
    made = write_dataset(tmp_path / "set", tiles=300, test_tiles=0, label_noise=0.1, size=24)
    written = read_labels(made.folder / "train_labels.csv")
    pairs = zip(made.train_ids, made.train_truth, strict=True)
    wrong = [name for name, truth in pairs if written[name] != str(truth)]
    assert 15 <= len(wrong) <= 50


def test_a_folder_in_use_is_refused_and_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(InputError, match="not empty"):
        write_dataset(tmp_path, tiles=1, test_tiles=1)
    assert (tmp_path / "mine.txt").read_text() == "keep"


def test_stopping_halfway_leaves_nothing(tmp_path):
    body = make(SyntheticRequest(folder=tmp_path / "set", tiles=200, test_tiles=0), lambda: False)
    assert isinstance(next(body), Progress)
    body.close()
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="synthetic data set"):
        write_dataset(tmp_path / "file" / "set", tiles=1, test_tiles=1)


def test_stain_takes_light_by_the_law_of_beer_and_lambert():
    look = SlideLook(
        vectors=np.array([HAEMATOXYLIN, EOSIN], np.float32),
        strengths=(1.0, 1.0),
        light=1.0,
        grain=0.0,
        stroma_scale=8,
        nuclei=4.0,
    )
    amounts = np.array([[0.0, 1.0, 2.0]], np.float32)
    light = mix(amounts, np.zeros_like(amounts), look)[0]
    assert light[0] == pytest.approx([255] * 3)
    assert light[1] ** 2 == pytest.approx(light[0] * light[2], rel=1e-5)
    assert light[1].argmin() == 1  # haematoxylin takes green most, blue least
    assert light[1].argmax() == 2


def test_tiles_are_pink_and_violet_never_green():
    look = SlideLook.draw(np.random.default_rng(5))
    tile = draw_tile(tumour=True, look=look, size=96, rng=np.random.default_rng(6))
    red, green, blue = tile.reshape(-1, 3).mean(axis=0)
    assert green < min(red, blue)


def test_ids_are_names_of_pixels(made):
    path = made.folder / "test" / f"{made.test_ids[0]}.tif"
    assert sha1_name(read_rgb(path)) == made.test_ids[0]
