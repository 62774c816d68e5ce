"""What every model says of one tile."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from histoviewer.project.project import Project
from histoviewer.services.tile_scores import tile_scores
from tests.project import samples


def add_model(project: Project, number: int, scores: list[float]) -> None:
    record = samples.model(number)
    project.model_folder(record.id).mkdir(parents=True)
    np.save(project.scores_path(record.id), np.array(scores, np.float32))
    project.add_model(record)


@pytest.fixture
def empty_project(tmp_path: Path) -> Iterator[Project]:
    catalogue = samples.catalogue(3)
    with Project.create(tmp_path / "p.histo", catalogue=catalogue, tile_size=96) as made:
        yield made


@pytest.fixture
def project(empty_project: Project) -> Project:
    """Three models; the second one is champion. The last of the three tiles came later."""
    for number in (1, 2, 3):
        add_model(empty_project, number, [number / 10, number / 10 + 0.05])
    empty_project.set_champion("002-histo-fast", reason="test")
    return empty_project


def test_the_champion_comes_first_then_the_newest(project: Project) -> None:
    found = tile_scores(project, 1)

    assert [each.model.number for each in found] == [2, 3, 1]
    assert [each.is_champion for each in found] == [True, False, False]
    assert [each.score for each in found] == pytest.approx([0.25, 0.35, 0.15])


def test_a_tile_added_since_has_no_score(project: Project) -> None:
    assert all(np.isnan(each.score) for each in tile_scores(project, 2))


@pytest.mark.parametrize("content", [None, b"", b"\x93NUMPY", json.dumps([1]).encode()])
def test_lost_or_damaged_scores_count_as_none(project: Project, content: bytes | None) -> None:
    path = project.scores_path("002-histo-fast")
    path.unlink()
    if content is not None:
        path.write_bytes(content)

    assert np.isnan(tile_scores(project, 0)[0].score)


def test_scores_made_anew_are_seen(project: Project) -> None:
    tile_scores(project, 0)
    np.save(project.scores_path("002-histo-fast"), np.array([0.75], np.float32))

    assert tile_scores(project, 0)[0].score == pytest.approx(0.75)


def test_without_a_model_there_is_nothing_to_say(empty_project: Project) -> None:
    assert tile_scores(empty_project, 0) == []
