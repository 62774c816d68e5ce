"""Maps of a project: made, kept, read, out of date, damaged, written to files."""

import csv
from dataclasses import replace

import numpy as np
import pytest

from histoviewer.domain.embedding_map import EmbeddingMap, Layout
from histoviewer.domain.map_colouring import ColourBy, colouring
from histoviewer.errors import InputError, StorageError
from histoviewer.jobs.messages import Finished
from histoviewer.jobs.runner import drive
from histoviewer.project.derived import DerivedFiles
from histoviewer.services.embedding_map.exporting import (
    legend,
    picture,
    write_picture,
    write_table,
)
from histoviewer.services.embedding_map.making import make_map, read_maps


@pytest.fixture
def make(process):
    """Make a map: jobs are real, but UMAP, whose compiler takes longer than all the rest."""

    def perform(workspace, layout=Layout.PCA):
        perform.jobs = []

        def run(job, *told):
            if job.target.endswith(":umap"):
                assert job.request.neighbours.shape == (len(job.request.start), 15)
                return Finished(job.request.start[:, ::-1].copy())
            return process.run(job, *told)

        operation = make_map(workspace=workspace, layout=layout)
        return drive(operation, run=run, on_job=perform.jobs.append)

    return perform


def test_a_map_is_made_once_and_read_again(embedded, make) -> None:
    made = make(embedded)
    again = make(embedded)

    read = read_maps(embedded.project)
    assert make.jobs == []
    assert read.is_current(Layout.PCA)
    assert not read.is_current(Layout.UMAP)
    for each in (again, read.maps[Layout.PCA]):
        assert np.array_equal(each.places, made.places)


def test_umap_starts_from_pca_and_the_neighbours_that_are_kept(embedded, make) -> None:
    made = make(embedded, Layout.UMAP)

    titles = [job.target.split(":")[1] for job in make.jobs]
    assert titles == ["pca", "umap"]  # neighbours were found when the tiles were embedded
    first = read_maps(embedded.project).maps[Layout.PCA]
    assert np.array_equal(made.places, first.places[:, ::-1])


def test_a_map_of_other_embeddings_is_read_but_out_of_date(embedded, make) -> None:
    made = make(embedded)
    arrays = {"places": made.places, "model": np.array(made.model)}
    DerivedFiles(embedded.project).write("embedding-map-pca", arrays, key="older")

    read = read_maps(embedded.project)

    assert Layout.PCA in read.maps
    assert not read.is_current(Layout.PCA)


@pytest.mark.parametrize("places", [np.zeros((3, 2)), np.full((48, 2), np.nan), np.zeros(48)])
def test_a_map_of_other_tiles_or_of_no_numbers_is_none(embedded, places) -> None:
    arrays = {"places": places.astype(np.float32), "model": np.array("x")}
    DerivedFiles(embedded.project).write("embedding-map-umap", arrays, key="any")

    assert not read_maps(embedded.project).maps


def test_a_damaged_map_is_made_again(embedded, make) -> None:
    made = make(embedded)
    path = DerivedFiles(embedded.project).path("embedding-map-pca")
    path.write_bytes(path.read_bytes()[:-40])

    assert not read_maps(embedded.project).maps
    assert np.array_equal(make(embedded).places, made.places)


def test_a_project_without_a_model_has_no_map_and_says_so(workspace) -> None:
    read = read_maps(workspace.project)

    assert read.model is None
    with pytest.raises(InputError, match="no model"):
        next(make_map(workspace=workspace))


# --- files


@pytest.fixture
def laid_out(workspace) -> EmbeddingMap:
    places = np.random.default_rng(1).normal(size=(workspace.project.tile_count, 2))
    return EmbeddingMap(
        model="x", layout=Layout.PCA, places=places.astype(np.float32), fingerprint=""
    )


def test_the_table_holds_every_tile_with_its_place(workspace, laid_out, tmp_path) -> None:
    write_table(workspace.session, laid_out, tmp_path / "map.csv")

    with (tmp_path / "map.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["id"] for row in rows] == list(workspace.session.tiles.ids)
    assert [float(row["x"]) for row in rows] == pytest.approx(laid_out.places[:, 0], rel=1e-5)


def test_the_picture_has_the_colours_of_its_legend(workspace, laid_out, tmp_path) -> None:
    session = workspace.session
    nothing = np.zeros(len(session.tiles), bool)
    coloured = colouring(ColourBy.SPLIT, session.columns(), hidden=nothing)

    painted = picture(laid_out, coloured)
    write_picture(laid_out, coloured, tmp_path / "map.png")

    colours = {f"#{r:02x}{g:02x}{b:02x}" for r, g, b in np.unique(painted.reshape(-1, 3), axis=0)}
    entries = legend(coloured, session.classes)
    assert {entry.colour for entry in entries} <= colours
    assert sum(entry.tiles for entry in entries) == len(session.tiles)
    assert (tmp_path / "map.png").stat().st_size > 1000


def test_a_folder_that_is_not_there_is_said(workspace, laid_out, tmp_path) -> None:
    with pytest.raises(StorageError):
        write_table(workspace.session, laid_out, tmp_path / "none" / "map.csv")


def test_maps_are_values(laid_out) -> None:
    assert replace(laid_out, model="y").layout is Layout.PCA
