"""Models on their way to another machine."""

import errno
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from histoviewer.domain.labels import ClassNames
from histoviewer.domain.models import ModelKind
from histoviewer.domain.path_names import as_path_part
from histoviewer.domain.recipe import read_recipe
from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError, StorageError
from histoviewer.services.bundles import exporting
from histoviewer.services.bundles.exporting import export_bundle
from histoviewer.services.bundles.importing import import_bundle
from histoviewer.services.bundles.learned import Taught
from histoviewer.services.importing import ImportOptions, import_dataset
from histoviewer.services.opening import open_workspace
from histoviewer.services.ranking import read_learned, read_scores
from histoviewer.services.retraining import train
from tests.ml.helpers import TINY
from tests.operations import perform
from tests.services.bundle_files import (
    enter,
    facts_changed,
    make_bundle,
    state_of,
    vouched,
    write_out,
)

# A name that a file may have, and that a careless check takes for none.
NAME = "_mein Netz für Größe"

# What a file system lets a recipe be called, and what another one can take of it.
NAMES = {
    NAME: NAME,
    "my net.v2": "my net.v2",
    "名" * 20: "名" * 20,
    "x" * 150: "x" * 100,
    "名" * 100: "名" * 66,
    ".hidden. ": "hidden",
    "aux.v2": "_aux.v2",
    "a:b\\c\n": "a_b_c_",
    "...": "_",
}


@pytest.fixture(scope="module")
def home(small_set: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a trained model. Never write to it."""
    path = tmp_path_factory.mktemp("home") / "home.histo"
    perform(
        import_dataset(
            dataset=small_set, path=path, options=ImportOptions(groups=small_set / "groups.csv")
        )
    )
    with open_workspace(path, reader="AB") as workspace:
        perform(train(workspace=workspace, recipe=read_recipe(TINY, NAME), epochs=1))
    return path


@pytest.fixture(scope="module")
def bundle(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bundles") / "tiny.histomodel"
    with open_workspace(home, reader="AB", read_only=True) as workspace:
        perform(export_bundle(workspace=workspace, out=out))
    return out


@pytest.mark.slow
def test_a_model_arrives_with_its_scores_and_what_it_learned(home, bundle, workspace) -> None:
    outcome = perform(import_bundle(workspace=workspace, path=bundle)).challenge

    project = workspace.project
    with open_workspace(home, reader="AB", read_only=True) as original:
        (first,) = original.project.models()
        np.testing.assert_allclose(
            read_scores(project, outcome.model), read_scores(original.project, first), atol=1e-3
        )
        learned = read_learned(original.project, first)
    assert (read_learned(project, outcome.model) == learned).all()
    assert (learned[workspace.session.tiles.splits == Split.TRAIN] >= 0).all()
    assert outcome.model.kind is ModelKind.IMPORTED
    assert outcome.model.metrics["home_val_auc"] == first.val_auc
    assert outcome.model.val_auc == pytest.approx(outcome.challenger_auc)
    assert outcome.promoted
    assert project.champion() == outcome.model.id
    assert outcome.model.recipe == first.recipe == NAME


@pytest.mark.slow
def test_validation_tiles_that_it_was_trained_on_prove_nothing(bundle, workspace, tmp_path) -> None:
    """The other project may have drawn its split in another way."""
    tiles = workspace.session.tiles
    known = np.flatnonzero(tiles.splits == Split.VALIDATION)[:2]
    learned = np.full(len(tiles), -1, np.int8)
    learned[known] = tiles.given[known]

    with (tmp_path / "learned.npz").open("wb") as stream:
        Taught.of(tiles.ids, learned).write(stream)
    content = (tmp_path / "learned.npz").read_bytes()
    taught = vouched(bundle, tmp_path / "a.histomodel", "learned.npz", content)
    taught = facts_changed(taught, tmp_path / "b.histomodel", positive="sick")

    outcome = perform(import_bundle(workspace=workspace, path=taught))

    assert outcome.challenge.left_out == 2
    assert any("trained on 2 of the validation tiles" in text for text in outcome.warnings)
    assert any("tells 'sick' from" in text for text in outcome.warnings)


def test_a_network_that_could_not_be_explained_is_refused(workspace, tmp_path, model_file) -> None:
    """It would rank tiles, and fail a reader who asks why."""
    network = tmp_path / "other.keras"
    with (
        zipfile.ZipFile(io.BytesIO(model_file)) as old,
        zipfile.ZipFile(network, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'"logit"', b'"outcome"'))
    (tmp_path / "made").mkdir()
    size = workspace.project.info.tile_size
    made = make_bundle(tmp_path / "made", tile_size=size)
    foreign = vouched(made, tmp_path / "b.histomodel", "model.keras", network.read_bytes())
    before = state_of(workspace)

    with pytest.raises(InputError, match="no layer 'logit'"):
        perform(import_bundle(workspace=workspace, path=foreign))

    assert state_of(workspace) == before


def test_a_temporary_folder_that_is_full_is_said(home, tmp_path, monkeypatch) -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(exporting, "TemporaryDirectory", full)

    with (
        open_workspace(home, reader="AB", read_only=True) as workspace,
        pytest.raises(StorageError, match="There is no space left to write the bundle"),
    ):
        perform(export_bundle(workspace=workspace, out=tmp_path / "b.histomodel"))
    assert list(tmp_path.iterdir()) == []


def test_nothing_of_the_tiles_goes_along(bundle, small_set) -> None:
    with zipfile.ZipFile(bundle) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())

    assert not any(path.stem.encode() in content for path in small_set.rglob("*.tif"))
    assert str(small_set).encode() not in content


def test_the_card_says_data_figures_and_limits(bundle) -> None:
    with zipfile.ZipFile(bundle) as archive:
        card = archive.read("card.md").decode()

    assert "training tiles" in card
    assert "area under the ROC curve" in card
    assert "Not a medical device" in card


def test_a_model_arrives_whatever_its_recipe_is_called(
    workspace, add_scored_model, tmp_path
) -> None:
    project = workspace.project
    for number, (name, arrives_as) in enumerate(NAMES.items()):
        made = add_scored_model(workspace, np.zeros(project.tile_count), recipe=name)
        (project.model_folder(made.id) / "model.keras").write_bytes(b"a network")
        (project.model_folder(made.id) / "recipe.toml").write_text(TINY)
        out = tmp_path / f"{number}.histomodel"
        write_out(workspace, out, made.id).close()
        enter(workspace, out)

        arrived = project.models()[-1]
        assert arrived.kind is ModelKind.IMPORTED
        assert arrived.recipe == as_path_part(arrives_as) == arrives_as
        assert arrived.id == f"{arrived.number:03d}-{arrives_as}"
        assert project.model_folder(arrived.id).is_dir()


def test_a_class_that_no_bundle_can_name_is_refused_on_the_way_out(
    workspace, add_scored_model, tmp_path, monkeypatch
) -> None:
    project = workspace.project
    made = add_scored_model(workspace, np.zeros(project.tile_count))
    (project.model_folder(made.id) / "model.keras").write_bytes(b"a network")
    (project.model_folder(made.id) / "recipe.toml").write_text(TINY)
    info = replace(project.info, classes=ClassNames("normal", "tumour\n"))
    monkeypatch.setattr(type(project), "info", info)

    with pytest.raises(InputError, match=r"The class 'tumour\\n' cannot be named in a bundle"):
        write_out(workspace, tmp_path / "out.histomodel", made.id)
    assert not any(tmp_path.glob("*.histomodel"))


def test_a_wrong_name_is_refused_before_anything_is_done(workspace, tmp_path) -> None:
    with pytest.raises(InputError, match=r"Call it model\.histomodel"):
        export_bundle(workspace=workspace, out=tmp_path / "model.zip")
