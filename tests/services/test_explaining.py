"""Explaining tiles of a project, with the network that comes with the program."""

import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from histoviewer.domain.explanation import MapSettings, Method, Side, Stretch
from histoviewer.domain.models import Blend, ModelKind
from histoviewer.domain.recipe import load_recipe
from histoviewer.errors import InputError, JobCancelled
from histoviewer.jobs.cancel import CancelToken
from histoviewer.jobs.job import Lane
from histoviewer.jobs.runner import drive
from histoviewer.services import explaining
from histoviewer.services.backends import environment_of
from histoviewer.services.opening import open_workspace
from histoviewer.services.retraining import train

TILES = [4, 0, 11]


def test_tiles_are_explained_in_the_interactive_lane(ask, workspace, model) -> None:
    found = ask(explaining.explain(workspace=workspace, tiles=TILES))

    assert [job.lane for job in ask.jobs] == [Lane.INTERACTIVE]
    assert found.model == model
    assert found.tiles.tolist() == TILES
    assert found.maps.shape == found.raw.shape == (3, *workspace.pixels.shape[1:3])
    assert found.maps.dtype == np.float32
    assert found.layer is not None
    np.testing.assert_allclose(found.scores, 1 / (1 + np.exp(-found.logits)), rtol=1e-5)


def test_what_was_explained_before_needs_no_job(ask, workspace, model) -> None:
    first = ask(explaining.explain(workspace=workspace, tiles=TILES))
    again = ask(explaining.explain(workspace=workspace, tiles=TILES[::-1]))

    assert ask.jobs == []
    np.testing.assert_array_equal(again.raw, first.raw[::-1])
    assert again.layer == first.layer


def test_only_what_is_new_is_worked_out(ask, workspace, model) -> None:
    ask(explaining.explain(workspace=workspace, tiles=TILES))
    found = ask(explaining.explain(workspace=workspace, tiles=[*TILES, 20]))

    assert [job.facts["count"] for job in ask.jobs] == [1]
    assert (found.raw.std(axis=(1, 2)) > 0).all()


def test_a_model_file_that_was_replaced_is_explained_anew(ask, workspace, model) -> None:
    ask(explaining.explain(workspace=workspace, tiles=TILES))
    file = workspace.project.model_folder(model.id) / "model.keras"
    with zipfile.ZipFile(file, "a") as archive:
        archive.comment = b"another file"

    ask(explaining.explain(workspace=workspace, tiles=TILES))

    assert len(ask.jobs) == 1


def test_a_project_open_for_reading_only_keeps_nothing(ask, workspace, model, project_path) -> None:
    with open_workspace(project_path, reader="AB", read_only=True) as looking:
        ask(explaining.explain(workspace=looking, tiles=TILES))

    assert not (workspace.project.model_folder(model.id) / "explanations").exists()


def test_an_ensemble_is_explained_by_its_first_member(ask, workspace, model) -> None:
    blend = replace(
        model,
        id="002-ensemble",
        number=2,
        created=datetime.now(UTC),
        kind=ModelKind.ENSEMBLE,
        blend=Blend(members=(model.id,), tta=True),
    )
    workspace.project.add_model(blend)

    found = ask(explaining.explain(workspace=workspace, tiles=TILES, model_id="2"))

    assert found.model == model


def test_another_stretch_is_no_other_explanation(ask, workspace, model) -> None:
    found = ask(explaining.explain(workspace=workspace, tiles=TILES))
    negative = Stretch(low=0, high=100, side=Side.NEGATIVE)

    asked = ask(explaining.explain(workspace=workspace, tiles=TILES, stretch=negative))

    assert ask.jobs == []
    np.testing.assert_array_equal(found.stretched(negative).maps, asked.maps)


def test_one_that_is_cancelled_keeps_nothing_and_the_process_goes_on(
    process, ask, workspace, model
) -> None:
    token = CancelToken()
    settings = MapSettings(method=Method.OCCLUSION)
    operation = explaining.explain(workspace=workspace, tiles=TILES, settings=settings)

    with pytest.raises(JobCancelled):
        drive(
            operation,
            run=lambda job, on_update: process.run(job, on_update, token),
            on_update=lambda _update: token.cancel(),
        )

    assert not (workspace.project.model_folder(model.id) / "explanations").exists()
    pid = process.warm_up(environment_of(None)).pid
    ask(explaining.explain(workspace=workspace, tiles=TILES[:1], settings=settings))
    assert process.warm_up(environment_of(None)).pid == pid


def test_a_layer_that_is_not_there_is_one_sentence(ask, workspace, model) -> None:
    with pytest.raises(InputError, match="no layer 'b99'"):
        ask(explaining.explain(workspace=workspace, tiles=TILES, settings=MapSettings(layer="b99")))


def test_a_model_can_be_looked_into(ask, workspace, model) -> None:
    layers = ask(explaining.layers_of(workspace=workspace))
    features = ask(explaining.feature_maps(workspace=workspace, tile=3, top=5))
    filters = ask(explaining.first_filters(workspace=workspace))

    shape = next(layer for layer in layers.layers if layer.name == layers.default)
    assert features.layer == layers.default
    assert features.maps.shape == (5, shape.height, shape.width)
    assert (np.diff(np.abs(features.contributions)) <= 0).all()
    assert filters.layer == layers.layers[0].name
    assert filters.pictures.shape == (*filters.weights.shape[:3], 3)


def test_maps_of_the_network_that_comes_along_can_be_trusted(ask, workspace, model) -> None:
    checked = ask(explaining.check_sanity(workspace=workspace, tiles=range(4)))

    assert checked.passed
    assert checked.steps[-1].similarity < 0.5
    assert checked.verdict.startswith("The maps depend")


def test_maps_that_are_the_same_whatever_was_learned_do_not_pass(ask, workspace) -> None:
    """Of one weight on the brightness of the whole tile any other draws the same map."""
    ask(train(workspace=workspace, recipe=load_recipe("brightness-logreg")))
    settings = MapSettings(method=Method.OCCLUSION)

    checked = ask(explaining.check_sanity(workspace=workspace, tiles=range(4), settings=settings))

    assert not checked.passed
    assert checked.steps[-1].similarity > 0.95
    assert checked.verdict.endswith("Do not trust them.")
