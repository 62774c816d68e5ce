"""Every page in both themes, in a real window on a virtual screen."""

import zipfile

import numpy as np
import pytest

from histoviewer.project.project import Project
from histoviewer.resources import resource
from histoviewer.services.opening import open_workspace
from histoviewer.ui.data.layout import Tab as DataTab
from histoviewer.ui.evaluate.layout import Tab
from tests.e2e.pages import BESIDE
from tests.ui.conftest import add_model

pytestmark = [pytest.mark.xvfb, pytest.mark.slow]

PICTURES = {
    "review", "groups", "blind", "large", "activity", "jobs", "settings", "readers", "progress",
    "palette", "keys", "train", "queue", "models", "ensemble", "promotion", "map",
    "inside-0", "inside-1",
    "search", "devices", *(f"evaluate-{tab}-beside" for tab in BESIDE),
    *(f"recipes-{tab}" for tab in range(5)),
    *(f"evaluate-{tab}" for tab in Tab), "progress-workload", *(f"data-{tab}" for tab in DataTab),
}  # fmt: skip


@pytest.fixture
def read_twice(packed, tmp_path):
    """A project with two models, the champion's network among them; 120 tiles read by two readers.

    They differ on some, and read some blind.
    """
    with Project.open(packed) as project:
        for number in (1, 2):
            add_model(project, number)
        project.set_champion("001-test", reason="test")
        with zipfile.ZipFile(resource("models", "starter.histomodel")) as bundle:
            network = bundle.read("model.keras")
        (project.model_folder("001-test") / "model.keras").write_bytes(network)
    for reader, seed in (("CD", 1), ("EF", 2)):
        wrong = np.random.default_rng(seed).random(120) < 0.1
        with open_workspace(packed, reader=reader) as workspace:
            session = workspace.session
            for tile in range(120):
                session.blind = tile % 4 == 0
                label = max(0, int(session.tiles.given[tile]))
                session.label([tile], 1 - label if wrong[tile] else label)
    return packed


def test_every_page_is_whole_in_both_themes(play, ask, read_twice) -> None:
    before = len(ask("disputes", read_twice)["disputes"])

    played = play("tests.e2e.pages:every_page", read_twice)

    found = played.found
    assert played.complaints == []
    assert found["clipped"] == []
    names = {f"{theme}-{name}" for theme in ("light", "dark") for name in PICTURES}
    assert set(found["grounds"]) == names
    for name, lightness in found["grounds"].items():
        assert (lightness > 200) if name.startswith("light") else (lightness < 60), name
    assert found["settled"] == [before, before - 1]
    assert len(ask("disputes", read_twice)["disputes"]) == before - 1
