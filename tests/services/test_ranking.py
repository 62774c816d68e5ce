"""Which model is meant."""

import pytest

from histoviewer.errors import InputError
from histoviewer.services.opening import Workspace
from histoviewer.services.ranking import find_model
from tests.project.samples import model


@pytest.fixture
def without_champion(workspace: Workspace) -> Workspace:
    """What a kill leaves between the entry of the first model and its promotion."""
    workspace.project.add_model(model())
    return workspace


def test_models_without_a_champion_say_how_to_choose_one(without_champion) -> None:
    project = without_champion.project

    with pytest.raises(InputError, match=r"No model .* is champion yet\.") as refused:
        find_model(project, None)

    assert f"histoviewer promote {project.path} 001-histo-fast" in refused.value.hint
    assert find_model(project, "1").id == "001-histo-fast"
