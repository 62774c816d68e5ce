"""How a model scores where nobody says how."""

import numpy as np
import pytest

from histoviewer.services.opening import Workspace
from histoviewer.services.scoring import score


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("asked", [None, False, True])
def test_a_model_scores_as_it_did_before_unless_it_is_said_how(
    workspace: Workspace, add_scored_model, before: bool, asked: bool | None
) -> None:
    project = workspace.project
    model = add_scored_model(workspace, np.zeros(project.tile_count), tta=before)
    (project.model_folder(model.id) / "model.keras").write_bytes(b"network")

    operation = score(workspace=workspace, tta=asked)
    request = next(operation).request
    operation.close()

    assert request.tta is (before if asked is None else asked)
