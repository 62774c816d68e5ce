"""Models, champions and exports."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy.exc import IntegrityError

from histoviewer.domain.models import Blend, ModelKind
from histoviewer.errors import InputError
from histoviewer.project.project import Project
from tests.project.samples import export, model

FIRST, SECOND = model(1), model(2, parent="001-histo-fast", learned_through=7)


def test_models_are_remembered_with_all_their_facts(project) -> None:
    project.add_model(FIRST)
    project.add_model(SECOND)
    project.close()

    with Project.open(project.path) as opened:
        assert opened.models() == [FIRST, SECOND]


def test_a_figure_that_is_not_a_number_stays_one(project) -> None:
    project.add_model(replace(FIRST, metrics={"val_auc": math.nan, "seconds": 2.5}))

    metrics = project.models()[0].metrics
    assert math.isnan(metrics["val_auc"])
    assert metrics["seconds"] == 2.5


def test_a_model_is_entered_once(project) -> None:
    project.add_model(FIRST)

    with pytest.raises(IntegrityError):
        project.add_model(FIRST)


def test_models_made_at_the_same_time_get_numbers_of_their_own(project) -> None:
    with project.new_model_number() as first:
        with project.new_model_number() as second:
            project.add_model(model(second))
        with project.new_model_number() as third:
            pass
        project.add_model(model(first))

    assert (first, second, third) == (1, 2, 3)
    with project.new_model_number() as after:
        assert after == 3, "the third was never made"


def test_threads_never_get_the_same_number(project) -> None:
    begin, numbers = Barrier(8), []

    def make() -> None:
        begin.wait()
        with project.new_model_number() as number:
            project.add_model(model(number))
            numbers.append(number)

    with ThreadPoolExecutor(8) as threads:
        for made in [threads.submit(make) for _ in range(8)]:
            made.result()

    assert sorted(numbers) == list(range(1, 9))


def test_a_number_kept_by_a_killed_program_is_in_nobodys_way(project) -> None:
    kept = project.new_model_number()
    assert kept.__enter__() == 1
    project.close()

    with Project.open(project.path) as again, again.new_model_number() as number:
        assert number == 1


def test_there_is_no_champion_before_there_is_one(project) -> None:
    project.add_model(FIRST)

    assert project.champion() is None


def test_the_champion_is_the_model_made_so_last(project) -> None:
    project.add_model(FIRST)
    project.add_model(SECOND)
    for name in (FIRST.id, SECOND.id, FIRST.id):
        project.set_champion(name, reason=f"for {name}")

    assert project.champion() == FIRST.id
    history = [(entry.model, entry.reason) for entry in project.champions()]
    assert history == [(name, f"for {name}") for name in (FIRST.id, SECOND.id, FIRST.id)]


def test_exports_are_remembered_in_order(project) -> None:
    project.add_model(FIRST)
    records = [export(FIRST.id), export(FIRST.id, hard=True, path="/out/2.csv")]
    for record in records:
        project.add_export(record)

    assert project.exports() == [replace(r, number=n) for n, r in enumerate(records, start=1)]


def test_what_an_ensemble_is_made_of_is_remembered(project) -> None:
    blend = Blend(members=(FIRST.id, SECOND.id), how="ranks", tta=True)
    ensemble = model(3, kind=ModelKind.ENSEMBLE, blend=blend)
    for record in (FIRST, SECOND, ensemble):
        project.add_model(record)

    assert project.models() == [FIRST, SECOND, ensemble]


def test_scores_of_kaggle_are_noted_with_an_export(project) -> None:
    project.add_model(FIRST)
    for _ in range(2):
        project.add_export(export(FIRST.id))

    project.note_kaggle_scores(2, public=0.9612, private=None)

    assert [entry.public_score for entry in project.exports()] == [None, 0.9612]


def test_of_two_scores_the_one_that_is_not_told_stays(project) -> None:
    project.add_model(FIRST)
    project.add_export(export(FIRST.id))

    project.note_kaggle_scores(1, public=0.9612)
    after = project.note_kaggle_scores(1, private=0.9588)

    assert project.exports() == [after]
    assert (after.public_score, after.private_score) == (0.9612, 0.9588)
    assert project.note_kaggle_scores(1, public=None).public_score is None
    assert project.exports()[0].private_score == 0.9588


@pytest.mark.parametrize(("number", "score"), [(2, 0.5), (1, 1.5), (1, math.nan)])
def test_scores_that_cannot_be_are_refused(project, number, score) -> None:
    project.add_model(FIRST)
    project.add_export(export(FIRST.id))

    with pytest.raises(InputError):
        project.note_kaggle_scores(number, public=0.5, private=score)

    assert project.exports()[0].public_score is None


def test_places_are_inside_the_project(project) -> None:
    places = [
        project.packed_folder / "tiles.u8",
        project.model_folder("m"),
        project.scores_path("m"),
        project.learned_path("m"),
        project.exports_folder,
        project.logs_folder,
    ]

    assert [place.relative_to(project.path).as_posix() for place in places] == [
        "tiles.u8",
        "models/m",
        "models/m/scores.npy",
        "models/m/learned.npy",
        "exports",
        "logs",
    ]
