"""Embeddings of a project: made, read, grown, out of date, damaged, searched."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from histoviewer.domain.models import Blend, ModelKind, ModelRecord
from histoviewer.errors import InputError, NotEmbeddedError
from histoviewer.jobs.job import Lane
from histoviewer.project.derived import DerivedFiles
from histoviewer.project.project import Project
from histoviewer.services.embedding import (
    EmbeddingState,
    embed,
    embedding_state,
    embeddings_or_refuse,
    network_of,
    read_embeddings,
)
from histoviewer.services.embedding_file import embeddings_path
from histoviewer.services.importing import ImportOptions, import_dataset, update
from histoviewer.services.near_duplicates import find_near_duplicates
from histoviewer.services.neighbours import NEIGHBOURS, read_neighbours
from histoviewer.services.opening import Workspace, open_workspace
from histoviewer.services.outliers import find_outliers, read_outliers
from histoviewer.services.ranking import find_model
from histoviewer.services.similar import find_similar
from tests.operations import perform


@pytest.fixture
def champion(embedded: Workspace) -> ModelRecord:
    """Its champion."""
    return find_model(embedded.project, None)


def add(project: Project, like: ModelRecord, number: int, **changes: object) -> ModelRecord:
    record = replace(like, id=f"{number:03d}-other", number=number, **changes)
    project.add_model(record)
    return record


def test_every_tile_is_embedded_and_its_neighbours_found(ask, workspace, model) -> None:
    outcome = ask(embed(workspace=workspace))
    project = workspace.project
    embeddings = read_embeddings(project, model)
    assert embeddings.count == outcome.result.count == project.tile_count
    assert embeddings.dimensions == outcome.result.dimensions
    assert read_neighbours(project, embeddings).indices.shape == (project.tile_count, 15)
    assert embedding_state(project, model) is EmbeddingState.READY


def test_what_can_be_used_is_left_alone(ask, embedded) -> None:
    outcome = ask(embed(workspace=embedded))
    assert ask.jobs == []
    assert outcome.result.kept == embedded.project.tile_count


def test_an_ensemble_is_embedded_by_its_first_member_and_a_head_by_its_parent(
    workspace, model
) -> None:
    project = workspace.project
    head = add(project, model, 2, kind=ModelKind.HEAD, parent=model.id)
    blend = Blend(members=(head.id, model.id))
    both = add(project, model, 3, kind=ModelKind.ENSEMBLE, blend=blend)
    assert network_of(project, both.id) == network_of(project, head.id) == model


def change_model(workspace: Workspace, model: ModelRecord) -> None:
    with (workspace.project.model_folder(model.id) / "model.keras").open("ab") as file:
        file.write(b"\0")


def change_tiles(workspace: Workspace, model: ModelRecord) -> None:
    path = embeddings_path(workspace.project, model.id).with_suffix(".json")
    fingerprint = workspace.project.info.data_fingerprint
    path.write_text(path.read_text("utf-8").replace(fingerprint, "another"), "utf-8")


def damage(workspace: Workspace, model: ModelRecord) -> None:
    path = embeddings_path(workspace.project, model.id)
    path.write_bytes(path.read_bytes()[:-40])


def remove(workspace: Workspace, model: ModelRecord) -> None:
    embeddings_path(workspace.project, model.id).unlink()


@pytest.mark.parametrize(
    ("spoil", "state", "sentence"),
    [
        (change_model, EmbeddingState.OLDER_THAN_MODEL, "older than the file of model 1"),
        (change_tiles, EmbeddingState.OLDER_THAN_TILES, "older than the tiles"),
        (damage, EmbeddingState.DAMAGED, "is damaged"),
        (remove, EmbeddingState.MISSING, "not embedded by model 1 yet"),
    ],
)
def test_what_cannot_be_used_is_said(embedded, champion, spoil, state, sentence) -> None:
    spoil(embedded, champion)
    assert embedding_state(embedded.project, champion) is state
    assert read_embeddings(embedded.project, champion) is None
    with pytest.raises(NotEmbeddedError, match=sentence) as refused:
        embeddings_or_refuse(embedded.project, champion, embedded.packed)
    assert f"histoviewer embed {embedded.project.path} --model 1" in str(refused.value)


def test_damage_is_mended_by_embedding_again(ask, embedded, champion) -> None:
    before = np.array(read_embeddings(embedded.project, champion).values)
    damage(embedded, champion)
    ask(embed(workspace=embedded))
    np.testing.assert_array_equal(read_embeddings(embedded.project, champion).values, before)


def test_lost_neighbours_are_found_again_without_embedding(ask, embedded) -> None:
    DerivedFiles(embedded.project).path(NEIGHBOURS).unlink()
    ask(embed(workspace=embedded))
    assert [job.target.split(":")[1] for job in ask.jobs] == ["find_neighbours"]


def test_a_project_that_grew_has_its_new_tiles_embedded(
    ask, small_set: Path, tmp_path: Path, model_file: bytes, add_scored_model
) -> None:
    dataset, path = tmp_path / "tiles", tmp_path / "p.histo"
    shutil.copytree(small_set, dataset)
    held = sorted((dataset / "train").iterdir())[:5]
    for file in held:
        file.rename(tmp_path / file.name)
    perform(import_dataset(dataset=dataset, path=path, options=ImportOptions()))
    with open_workspace(path, reader="AB") as opened:
        record = add_scored_model(opened, np.zeros(opened.project.tile_count))
        (opened.project.model_folder(record.id) / "model.keras").write_bytes(model_file)
        ask(embed(workspace=opened))
        before = np.array(read_embeddings(opened.project, record).values)
        for file in held:
            (tmp_path / file.name).rename(file)
        perform(update(project=opened.project))
        assert embedding_state(opened.project, record) is EmbeddingState.OLDER_THAN_TILES
    with open_workspace(path, reader="AB") as opened:
        outcome = ask(embed(workspace=opened))
        after = read_embeddings(opened.project, record).values
    assert (outcome.result.count, outcome.result.kept) == (72, 67)
    np.testing.assert_array_equal(after[:67], before)


def test_similar_tiles_are_the_nearest(ask, embedded, champion) -> None:
    found = ask(find_similar(workspace=embedded, tiles=np.array([3]), count=20))
    neighbours = read_neighbours(embedded.project, read_embeddings(embedded.project, champion))
    np.testing.assert_array_equal(found.tiles[:15], neighbours.indices[3])
    np.testing.assert_allclose(found.distances[:15], neighbours.distances[3], atol=1e-6)
    assert len(found.tiles) == 20
    assert [job.lane for job in ask.jobs] == [Lane.INTERACTIVE]
    assert found.model == champion


def test_similar_tiles_need_embeddings(ask, workspace, model) -> None:
    with pytest.raises(NotEmbeddedError, match="not embedded by model 1 yet"):
        ask(find_similar(workspace=workspace, tiles=np.array([3])))


def test_nothing_is_similar_to_nothing(ask, embedded) -> None:
    with pytest.raises(InputError, match="no tile to look from"):
        ask(find_similar(workspace=embedded, tiles=np.zeros(0, np.int64)))


def test_without_a_model_there_is_nothing_to_embed_with(workspace) -> None:
    with pytest.raises(InputError, match="has no model yet"):
        embed(workspace=workspace)


def test_reading_needs_no_right_to_write(ask, embedded_project) -> None:
    with open_workspace(embedded_project, reader="AB", read_only=True) as opened:
        found = ask(find_similar(workspace=opened, tiles=np.array([0, 1]), count=3))
        assert len(found.tiles) == 3
        with pytest.raises(InputError, match="reading only"):
            embed(workspace=opened)


def test_outliers_in_other_embeddings_than_the_champions_are_to_be_found_anew(
    ask, embedded, champion
) -> None:
    embeddings = embeddings_path(embedded.project, champion.id)
    away = embeddings.rename(embeddings.with_suffix(".away"))
    ask(find_outliers(workspace=embedded))
    assert read_outliers(embedded.project, embedded.packed) is not None

    away.rename(embeddings)

    assert read_outliers(embedded.project, embedded.packed) is None
    ask(find_outliers(workspace=embedded))
    assert read_outliers(embedded.project, embedded.packed).model == champion.id


def test_near_duplicates_and_outliers_ask_the_embeddings_there_are(ask, embedded, champion) -> None:
    assert ask(find_near_duplicates(workspace=embedded)).model == champion.id
    assert ask(find_outliers(workspace=embedded)).model == champion.id
    assert ask(find_near_duplicates(workspace=embedded, by_hash_only=True)).model == ""
    embeddings_path(embedded.project, champion.id).unlink()
    assert ask(find_near_duplicates(workspace=embedded)).model == ""
    with pytest.raises(NotEmbeddedError):
        ask(find_near_duplicates(workspace=embedded, model_id=champion.id))
