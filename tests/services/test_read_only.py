"""What works on models refuses a project that is open for reading only, before it writes a file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from histoviewer.domain.recipe import read_recipe
from histoviewer.errors import InputError
from histoviewer.services.bundles.starter import import_starter
from histoviewer.services.ensembles import make_ensemble
from histoviewer.services.exporting import export
from histoviewer.services.opening import open_workspace
from histoviewer.services.retraining import retrain, train
from histoviewer.services.scoring import score
from histoviewer.services.searching import tune
from tests.ml.helpers import TINY
from tests.operations import perform

RECIPE = read_recipe(TINY, "tiny")

WORK = {
    "score": lambda opened: score(workspace=opened),
    "train": lambda opened: train(workspace=opened, recipe=RECIPE),
    "retrain": lambda opened: retrain(workspace=opened),
    "ensemble": lambda opened: make_ensemble(workspace=opened, members=["1", "2"]),
    "import": lambda opened: import_starter(workspace=opened),
    "tune": lambda opened: tune(workspace=opened, recipe=RECIPE, trials=1),
    "export": lambda opened: export(workspace=opened, out=opened.project.path / "out.csv"),
}


def files(project: Path) -> set[Path]:
    """Return its files but for those that SQLite needs to read."""
    return {path for path in project.rglob("*") if not path.name.startswith("project.db-")}


@pytest.mark.parametrize("name", WORK)
def test_work_on_models_refuses_a_project_that_is_only_read(
    project_path: Path, add_scored_model: Callable[..., object], name: str
) -> None:
    with open_workspace(project_path, reader="AB") as opened:
        for _ in range(2):
            add_scored_model(opened, opened.session.scores)
    before = files(project_path)

    with (
        open_workspace(project_path, reader="AB", read_only=True) as opened,
        pytest.raises(InputError, match="is open for reading only, so nothing can be changed"),
    ):
        perform(WORK[name](opened))

    assert files(project_path) == before
