"""Models that are exported where they were not made: nothing of what they learned is forgotten."""

import json
import os
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from histoviewer.domain.arrays import Int8
from histoviewer.domain.models import ModelKind
from histoviewer.errors import InputError, StorageError
from histoviewer.services.bundles.learned import Taught
from histoviewer.services.importing import ImportOptions, import_dataset, pack, update
from histoviewer.services.opening import Workspace, open_workspace
from histoviewer.services.ranking import read_learned
from tests.operations import perform
from tests.services.bundle_files import enter, make_bundle, write_out


@pytest.fixture
def brought(workspace, tmp_path) -> Path:
    """The bundle that the one model of the workspace came in; it was trained on 30 tiles."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    bundle = make_bundle(folder, tile_size=workspace.project.info.tile_size)
    enter(workspace, bundle)
    return bundle


@pytest.fixture
def child(workspace, brought):
    """A model trained further from it, on five tiles here."""
    project = workspace.project
    (model,) = project.models()
    record = replace(model, id="002-tiny", number=2, parent=model.id, kind=ModelKind.TRAINED)
    folder = project.model_folder(record.id)
    folder.mkdir()
    for name in ("model.keras", "recipe.toml"):
        (folder / name).write_bytes((project.model_folder(model.id) / name).read_bytes())
    learned = np.full(project.tile_count, -1, np.int8)
    learned[:5] = workspace.session.tiles.given[:5]
    np.save(project.learned_path(record.id), learned)
    project.add_model(record)
    return record


def taught_by(archive: zipfile.ZipFile, folder: Path) -> dict[int, int]:
    with archive:
        found = Taught.read(Path(archive.extract("learned.npz", folder)))
    return dict(zip(found.digests.tolist(), found.labels.tolist(), strict=True))


def test_an_imported_model_goes_on_as_it_came(workspace, brought, tmp_path) -> None:
    again = write_out(workspace, tmp_path / "again.histomodel", "1")

    with zipfile.ZipFile(brought) as first:
        before, now = (json.loads(file.read("bundle.json")) for file in (first, again))
        assert now | {"program": ""} == before | {"program": ""}
        assert now["positive"] == "tumour"
        assert again.read("card.md") == first.read("card.md")
        known = taught_by(first, tmp_path / "a")
    assert len(known) == 30
    assert taught_by(again, tmp_path / "b") == known


@pytest.mark.parametrize("name", ["model.keras", "recipe.toml"])
def test_a_bundle_that_nobody_could_take_in_is_not_written(
    workspace, brought, tmp_path, name
) -> None:
    (workspace.project.model_folder("001-tiny") / name).unlink()
    out = tmp_path / "again.histomodel"

    with pytest.raises(InputError, match=r"file of model 1 is missing: .*" + name):
        write_out(workspace, out, "1")

    assert not out.exists()


def test_what_is_trained_further_from_it_has_learned_all_of_it(
    workspace, brought, child, tmp_path
) -> None:
    with zipfile.ZipFile(brought) as first:
        known = taught_by(first, tmp_path / "a")
    tiles = workspace.session.tiles
    own = Taught.of(tiles.ids[:5], tiles.given[:5])

    written = write_out(workspace, tmp_path / "child.histomodel", child.id)

    card, facts = written.read("card.md").decode(), json.loads(written.read("bundle.json"))
    assert "35 training tiles" in card
    assert "30 of them in another project" in card
    assert facts["positive"] == workspace.session.classes.positive
    assert taught_by(written, tmp_path / "b") == known | dict(
        zip(own.digests.tolist(), own.labels.tolist(), strict=True)
    )


def test_the_card_says_where_it_is_not_known_any_more(workspace, child, tmp_path) -> None:
    """As of a model that a version before this one imported."""
    for name in ("learned.npz", "bundle.json"):
        (workspace.project.model_folder("001-tiny") / name).unlink()

    for model in ("1", "2"):
        out = tmp_path / f"{model}.histomodel"
        with write_out(workspace, out, model) as written:
            card = written.read("card.md").decode()
        assert (
            "what model 1 was trained on before it came from another project is not known" in card
        )


# What the imported model learned of the six tiles, -1 for nothing.
LABELS = [1, -1, 0, 1, -1, 1]


@pytest.fixture
def held(small_set, tmp_path) -> list[Path]:
    """Places of six tiles that are not in the data set yet."""
    dataset = tmp_path / "tiles"
    shutil.copytree(small_set, dataset)
    held = sorted((dataset / "train").iterdir())[:6]
    for file in held:
        file.rename(tmp_path / file.name)
    return held


@pytest.fixture
def grows(held, tmp_path) -> Path:
    """A project of the others, with an imported model that was trained on four of the six."""
    path = tmp_path / "p.histo"
    perform(import_dataset(dataset=tmp_path / "tiles", path=path, options=ImportOptions()))
    (tmp_path / "elsewhere").mkdir()
    with open_workspace(path, reader="AB") as opened:
        bundle = make_bundle(
            tmp_path / "elsewhere",
            tile_size=opened.project.info.tile_size,
            taught=Taught.of([file.stem for file in held], np.array(LABELS, np.int8)),
        )
        enter(opened, bundle)
        assert (learned_of_imported(opened) == -1).all()
    for file in held:
        (tmp_path / file.name).rename(file)
    return path


def learned_of_imported(opened: Workspace) -> Int8:
    (model,) = opened.project.models()
    learned = read_learned(opened.project, model)
    assert learned is not None
    return learned


def test_tiles_that_are_added_later_are_known_to_have_been_learned(grows, held) -> None:
    with open_workspace(grows, reader="AB") as opened:
        perform(update(project=opened.project))
        index_of = opened.project.tiles().index_of
        learned = learned_of_imported(opened)

    assert [learned[index_of[file.stem]] for file in held] == LABELS
    assert (learned >= 0).sum() == 4


def test_what_could_not_be_noted_of_added_tiles_is_made_up_for(grows, held) -> None:
    """The tiles are in, then the disk takes no more: they stay unpacked until it does."""
    with open_workspace(grows, reader="AB") as opened:
        (model,) = opened.project.models()
        learned = opened.project.learned_path(model.id)
        in_the_way = learned.with_name(f".learned.npy.{os.getpid()}.part")
        in_the_way.mkdir()
        with pytest.raises(StorageError, match="what model 1 was trained on"):
            perform(update(project=opened.project))
        in_the_way.rmdir()

    with open_workspace(grows, reader="AB") as opened:
        assert opened.packed is None
        perform(pack(project=opened.project))
        index_of = opened.project.tiles().index_of

        assert [learned_of_imported(opened)[index_of[file.stem]] for file in held] == LABELS


def test_what_was_never_noted_of_packed_tiles_is_at_the_next_update(grows, held) -> None:
    with open_workspace(grows, reader="AB") as opened:
        (model,) = opened.project.models()
        perform(update(project=opened.project))
        path = opened.project.learned_path(model.id)
        np.save(path, np.load(path)[: -len(held)])

        added, _report = perform(update(project=opened.project))

        assert added == 0
        assert (learned_of_imported(opened) >= 0).sum() == 4


def test_tiles_that_come_while_a_model_is_imported_are_looked_at_too(grows, held, tmp_path) -> None:
    with open_workspace(grows, reader="AB") as opened:
        ids = [file.stem for file in held]
        bundle = make_bundle(
            tmp_path / "elsewhere",
            tile_size=opened.project.info.tile_size,
            taught=Taught.of(ids, np.array(LABELS, np.int8)),
        )
        perform(update(project=opened.project))
        assert len(opened.session.tiles) < opened.project.tile_count

        enter(opened, bundle)

        second = opened.project.models()[1]
        assert len(np.load(opened.project.learned_path(second.id))) == opened.project.tile_count
        learned = read_learned(opened.project, second)
        assert learned is not None
        assert (learned >= 0).sum() == 4


def test_a_name_that_is_not_made_of_pixels_is_no_tile_of_another_project() -> None:
    pixels = "a" * 40
    elsewhere = Taught.of([pixels, "0001.png", "0002.png"], np.array([0, 0, 1], np.int8))
    here = Taught.of([pixels, "0001.png"], np.array([1, -1], np.int8))

    joined = here.joined(elsewhere.elsewhere([pixels, "0001.png"]))

    assert joined.among([pixels, "0001.png", "0002.png"], same_tiles=True).tolist() == [1, -1, 1]
