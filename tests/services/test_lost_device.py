"""What a project looks like after the GPU disappeared in the middle of a job."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from histoviewer.domain.recipe import load_recipe
from histoviewer.errors import DeviceError
from histoviewer.jobs.lanes import LaneProcess
from histoviewer.jobs.runner import drive
from histoviewer.services.retraining import train

FAULT = "INTERNAL: stream is in an error state: CUDA_ERROR_LAUNCH_FAILED"


def losing(process: LaneProcess, job, on_update, *, body: str):
    """Run a job whose GPU goes in its middle."""
    lost = replace(job, target=f"tests.jobs.bodies:{body}", request=FAULT)
    return process.run(lost, on_update)


@pytest.mark.parametrize("body", ["lose_device", "lose_device_and_die"])
@pytest.mark.parametrize("use_case", [train, partial(train, scores_first=False)])
def test_the_champion_and_all_that_is_recorded_stay(workspace, add_scored_model, use_case, body):
    champion = add_scored_model(workspace, np.full(workspace.project.tile_count, 0.2))
    files = sorted(workspace.project.path.rglob("*"))

    with LaneProcess() as process, pytest.raises(DeviceError, match="The GPU stopped answering"):
        drive(
            use_case(workspace=workspace, recipe=load_recipe("histo-fast")),
            run=partial(losing, process, body=body),
        )

    assert workspace.project.champion() == champion.id
    assert workspace.project.models() == [champion]
    assert sorted(workspace.project.path.rglob("*")) == files
