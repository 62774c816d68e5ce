"""The jobs where they live: in the compute process, which may be killed at any time."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from histoviewer.jobs.compute import ComputeProcess
from histoviewer.jobs.job import Job
from histoviewer.jobs.messages import CurvePoint, Failed, Finished, Progress, Update
from histoviewer.ml import work
from histoviewer.ml.requests import ScoreRequest, ScoreResult, TrainRequest, TrainResult
from tests.ml.helpers import RepeatedTiles, finish, make_tiles

TRAIN = "histoviewer.ml.work:train"
SCORE = "histoviewer.ml.work:score"


@pytest.mark.slow
def test_a_run_cancelled_in_the_compute_process_comes_back_with_its_best(
    ask: Callable[..., TrainRequest],
) -> None:
    request = ask(epochs=5000)
    with ComputeProcess() as process:

        def cancel_after_an_epoch(update: Update) -> None:
            if isinstance(update, CurvePoint):
                process.cancel()

        job = Job(title="Training", target=TRAIN, request=request)
        ending = process.run(job, cancel_after_an_epoch)
    assert isinstance(ending, Finished)
    assert isinstance(ending.result, TrainResult)
    assert ending.result.cancelled
    assert (request.folder / "model.keras").is_file()


@pytest.mark.slow
def test_a_run_killed_while_training_leaves_no_folder(ask: Callable[..., TrainRequest]) -> None:
    request = ask(epochs=5000)
    with ComputeProcess() as process:

        def kill_while_training(update: Update) -> None:
            if isinstance(update, CurvePoint):
                os.kill(process.pid, signal.SIGKILL)

        job = Job(title="Training", target=TRAIN, request=request)
        ending = process.run(job, kill_while_training)
    assert isinstance(ending, Failed)
    assert not request.folder.exists()
    finish(work.train(ask(epochs=1), lambda: False))  # the next one is not in its way


@pytest.mark.slow
def test_scoring_that_was_killed_goes_on_where_it_was(trained: Path, tmp_path: Path) -> None:
    out = tmp_path / "scores.npy"
    count = 400_000
    request = ScoreRequest(
        tiles=RepeatedTiles(make_tiles(256)[0], count),
        model=trained / "model.keras",
        out=out,
        fingerprint="abc",
    )
    with ComputeProcess() as process:

        def kill_when_something_is_saved(update: Update) -> None:
            if out.with_name("scores.npy.part.json").exists():
                os.kill(process.pid, signal.SIGKILL)

        job = Job(title="Scoring", target=SCORE, request=request)
        ending = process.run(job, kill_when_something_is_saved)
    assert isinstance(ending, Failed)
    assert not out.exists()
    result, updates = finish(work.score(request, lambda: False))
    assert isinstance(result, ScoreResult)
    assert isinstance(updates[0], Progress)
    assert updates[0].done > 0
    scores = np.load(out)
    np.testing.assert_allclose(scores[:256], scores[256 * 1500 : 256 * 1501], atol=1e-5)
