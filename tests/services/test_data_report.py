"""What a data set looks like: measured once, kept, and right after every verdict."""

import shutil

import numpy as np
import pytest

from histoviewer.domain.data_report import Channel
from histoviewer.domain.labels import NEGATIVE, POSITIVE
from histoviewer.domain.near_duplicates import NearDuplicates
from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError
from histoviewer.services import near_duplicates
from histoviewer.services.data_report.basis import DataBasis
from histoviewer.services.data_report.reporting import measure_data, read_data
from histoviewer.services.data_report.samples import Sampling, draw_samples
from histoviewer.services.importing import ImportOptions, create_project, import_dataset
from histoviewer.services.opening import open_workspace
from histoviewer.tiles.deconvolution import Stain, separate
from tests.operations import perform, perform_here


@pytest.fixture(scope="module")
def measured_path(small_set, tmp_path_factory):
    """A measured project. Copy it before opening it."""
    path = tmp_path_factory.mktemp("measured") / "small.histo"
    options = ImportOptions(groups=small_set / "groups.csv")
    perform(import_dataset(dataset=small_set, path=path, options=options))
    with open_workspace(path, reader="AB") as workspace:
        perform_here(measure_data(workspace=workspace))
    return path


@pytest.fixture
def measured(measured_path, tmp_path):
    path = shutil.copytree(measured_path, tmp_path / "small.histo")
    with open_workspace(path, reader="AB") as workspace:
        yield workspace


def read(workspace):
    return read_data(DataBasis.of(workspace))


def pixels_of(workspace, label):
    session = workspace.session
    return workspace.packed.gather(np.flatnonzero(session.effective == label))


def test_counts_are_those_of_the_labels(measured) -> None:
    report, session = read(measured), measured.session

    train = next(row for row in report.by_split if row.name == "train")
    inside = session.effective[session.tiles.splits == Split.TRAIN]
    assert (train.negative, train.positive) == tuple(np.bincount(inside, minlength=2))
    assert sum(row.total for row in report.by_group) == report.tiles
    assert [row.name for row in report.by_size] == ["96 x 96"]


def test_colours_are_those_of_the_pixels(measured) -> None:
    colours = read(measured).colours

    for label in (NEGATIVE, POSITIVE):
        tiles = pixels_of(measured, label)
        means = tiles.mean(axis=(1, 2, 3)) / 255
        brightness = colours.brightness[label]
        assert brightness.mean == pytest.approx(means.mean(), abs=1e-5)
        assert brightness.variance == pytest.approx(means.var(), abs=1e-5)
        green = colours.channels[Channel.GREEN][label]
        values = tiles[..., 1].ravel().astype(float)
        assert green.mean == pytest.approx(values.mean())
        assert green.variance == pytest.approx(values.var())
        assert (green.minimum, green.maximum) == (values.min(), values.max())


def test_a_relabelled_tile_is_counted_where_it_belongs_now(measured) -> None:
    tile = int(np.flatnonzero(measured.session.tiles.given == NEGATIVE)[0])

    measured.session.label([tile], POSITIVE)

    found = read(measured).colours.channels[Channel.RED][POSITIVE]
    values = pixels_of(measured, POSITIVE)[..., 0]
    assert found.counts.tolist() == np.bincount(values.ravel(), minlength=256).tolist()


def test_stains_are_those_of_each_group(measured) -> None:
    report, tiles = read(measured), measured.session.tiles
    row = report.stains.rows[0]
    members = np.flatnonzero(tiles.groups == tiles.group_index.number(row.group))

    amounts = [separate(tile, Stain.EOSIN).mean() for tile in measured.packed.gather(members)]
    assert row.eosin.mean == pytest.approx(np.mean(amounts), abs=1e-4)
    assert row.eosin.deviation == pytest.approx(np.std(amounts), abs=1e-4)
    assert 0 <= report.stains.haematoxylin_between <= 1


def test_the_groups_that_stand_out_keep_their_order(measured) -> None:
    stains = read(measured).stains

    some = stains.standing_out(2)

    assert [row for row in stains.rows if row in some] == some
    assert stains.standing_out(1000) == list(stains.rows)


def test_a_verdict_on_a_training_tile_makes_the_baseline_old(measured) -> None:
    assert read(measured).baseline_is_current
    tile = int(np.flatnonzero(measured.session.tiles.splits == Split.TRAIN)[0])

    measured.session.label([tile], 1 - int(measured.session.tiles.given[tile]))

    report = read(measured)
    assert not report.baseline_is_current
    assert {row.features for row in report.baseline.rows} == {"brightness", "colour"}


def test_other_groups_make_the_baseline_old(measured) -> None:
    tiles = measured.session.tiles

    tiles.groups[0] = tiles.groups[-1]

    assert not read(measured).baseline_is_current


def test_a_damaged_file_counts_as_not_measured(measured) -> None:
    path = measured.project.path / "triage" / "data-colours.npz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)

    assert not read(measured).is_measured


def test_tiles_that_are_not_packed_are_refused(small_set, tmp_path) -> None:
    path = tmp_path / "new.histo"
    perform(create_project(dataset=small_set, path=path, options=ImportOptions()))

    with open_workspace(path, reader="AB") as workspace:
        assert read(workspace).by_size == ()
        with pytest.raises(InputError, match="not packed yet"):
            perform_here(measure_data(workspace=workspace))


def test_near_duplicates_on_two_sides_are_told(measured) -> None:
    assert read(measured).near_duplicates is None
    splits = measured.session.tiles.splits
    pair = sorted(
        int(np.flatnonzero(splits == side)[0]) for side in (Split.TRAIN, Split.VALIDATION)
    )
    near_duplicates._keep(
        measured.project,
        NearDuplicates(
            first=np.array(pair[:1]),
            second=np.array(pair[1:]),
            bits=np.array([3], np.uint8),
            distances=np.array([np.nan], np.float32),
            model="",
            fingerprint=measured.packed.fingerprint,
        ),
    )

    report = read(measured)

    assert report.near_duplicates == 1
    assert [(row.sides, row.pairs, row.tiles) for row in report.leaks] == [
        (("train", "validation"), 1, 2)
    ]


def test_samples_are_drawn_again_by_their_seed(measured) -> None:
    basis = DataBasis.of(measured)

    first, again, other = (
        draw_samples(basis, Sampling(per_class=5, seed=seed, split=Split.TRAIN))
        for seed in (0, 0, 1)
    )

    assert first[POSITIVE].tolist() == again[POSITIVE].tolist() != other[POSITIVE].tolist()
    for label, tiles in first.items():
        assert (basis.labels[tiles] == label).all()
        assert (basis.tiles.splits[tiles] == Split.TRAIN).all()
