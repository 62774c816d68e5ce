"""How long a reader waits for the reasons of a score, in a quiet process and beside a training.

Through all that lies between the window and the network: reading the tile, looking for a kept map,
the interactive lane's process, placing and stretching the map, keeping it.
"""

import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.figures import Figure, markdown
from benchmarks.networks import quiet, save_kept
from histoviewer.domain.explanation import Explanation, MapSettings, Method
from histoviewer.domain.models import ModelRecord
from histoviewer.domain.recipe import load_recipe
from histoviewer.jobs.cancel import CancelToken
from histoviewer.jobs.compute import INTERACTIVE_NICENESS
from histoviewer.jobs.job import Job, Lane
from histoviewer.jobs.lanes import LaneProcess
from histoviewer.jobs.messages import Progress, Update
from histoviewer.jobs.runner import drive
from histoviewer.ml.requests import EvaluateRequest
from histoviewer.services.backends import environment_of
from histoviewer.services.explaining import explain, layers_of
from histoviewer.services.importing import ImportOptions, import_dataset
from histoviewer.services.opening import Workspace, open_workspace
from histoviewer.services.retraining import train
from histoviewer.tiles.synthetic import write_dataset

TILES = 600
FIRSTS = 4
EACH = 60
VIEW = 16

_FIRST_MS, _NEXT_MS = 300, 50


def run() -> list[Figure]:
    """Measure alone first, then while `histo-fast` is trained."""
    quiet()
    with _project() as workspace:
        found = _measure(workspace, "", first=0)
        with _training(workspace):
            found += _measure(workspace, ", while training", first=TILES // 2)
    return found


def _measure(workspace: Workspace, when: str, *, first: int) -> list[Figure]:
    new = iter(range(first, first + TILES // 2))
    firsts = [_first(workspace, next(new)) for _ in range(FIRSTS)]
    prepared = [_first_of_prepared(workspace, next(new)) for _ in range(FIRSTS)]
    with _lane_process() as process:
        _wait_until_ready(process)
        _timed(process, workspace, [next(new)])
        drive(layers_of(workspace=workspace), run=process.run)  # as the window does next
        found = [
            Figure.of(f"first explanation{when}", firsts, bounds={"p50": _FIRST_MS}),
            Figure.of(f"first of a prepared model{when}", prepared, bounds={"p50": _NEXT_MS}),
            *_one_after_another(process, workspace, new, when),
        ]
        views = [[next(new) for _ in range(VIEW)] for _ in range(EACH // 10)]
        times = [_timed(process, workspace, view) for view in views]
        found.append(Figure.of(f"{VIEW} tiles of the grid at once{when}", times))
    return found


def _lane_process() -> LaneProcess:
    """Return a process like that of the interactive lane."""
    return LaneProcess(preload=("histoviewer.ml.warm_explaining",), niceness=INTERACTIVE_NICENESS)


def _first_of_prepared(workspace: Workspace, tile: int) -> float:
    """Return how long the first one takes where the window has asked for the layers before."""
    with _lane_process() as process:
        _wait_until_ready(process)
        drive(layers_of(workspace=workspace), run=process.run)
        return _timed(process, workspace, [tile])


def _first(workspace: Workspace, tile: int) -> float:
    """Return how long the first explanation of a process takes that has imported all it does."""
    with _lane_process() as process:
        _wait_until_ready(process)
        return _timed(process, workspace, [tile])


def _one_after_another(
    process: LaneProcess, workspace: Workspace, new: Iterator[int], when: str
) -> list[Figure]:
    seen = [next(new) for _ in range(EACH)]
    found = [
        Figure.of(
            f"{name}{when}",
            [_timed(process, workspace, [tile]) for tile in seen],
            bounds={"p50": _NEXT_MS},
        )
        for name in ("explanation after that", "one that was kept")
    ]
    for method in (Method.SALIENCY, Method.OCCLUSION):
        settings = MapSettings(method=method)
        times = [_timed(process, workspace, [next(new)], settings) for _ in range(EACH // 5)]
        found.append(Figure.of(f"{method.value} map{when}", times[1:]))
    return found


def _timed(
    process: LaneProcess,
    workspace: Workspace,
    tiles: list[int],
    settings: MapSettings | None = None,
) -> float:
    """Return milliseconds."""
    began = time.perf_counter()
    operation = explain(workspace=workspace, tiles=tiles, settings=settings)
    found: Explanation = drive(operation, run=process.run)
    took = (time.perf_counter() - began) * 1e3
    assert len(found.maps) == len(tiles)
    return took


def _wait_until_ready(process: LaneProcess) -> None:
    """Run a job that has nothing to do with networks, once the process has imported all it does."""
    two = np.arange(2, dtype=np.int8)
    request = EvaluateRequest(labels=two, scores=two.astype(np.float32))
    job = Job(
        title="",
        target="histoviewer.ml.work:evaluate",
        request=request,
        lane=Lane.INTERACTIVE,
        environment=environment_of(None),
    )
    process.run(job, lambda _update: None)


@contextmanager
def _project() -> Iterator[Workspace]:
    """Yield a project of made-up tiles; its champion is `histo-fast` with weights at random."""
    folder = Path(tempfile.mkdtemp(prefix="explaining"))
    try:
        write_dataset(folder / "tiles", tiles=TILES, test_tiles=0, seed=1)
        operation = import_dataset(
            dataset=folder / "tiles", path=folder / "p.histo", options=ImportOptions()
        )
        with LaneProcess() as process:
            drive(operation, run=process.run)
        with open_workspace(folder / "p.histo", reader="bench") as workspace:
            _add_model(workspace)
            yield workspace
    finally:
        shutil.rmtree(folder)


def _add_model(workspace: Workspace) -> None:
    project = workspace.project
    record = ModelRecord(
        id="001-histo-fast",
        number=1,
        recipe="histo-fast",
        created=datetime.now(UTC),
        seed=0,
        parent=None,
        learned_through=0,
        data_fingerprint=project.info.data_fingerprint or "",
    )
    file = project.model_folder(record.id) / "model.keras"
    file.parent.mkdir(parents=True)
    save_kept("histo-fast", file)
    project.add_model(record)
    project.set_champion(record.id, reason="benchmark")


@contextmanager
def _training(workspace: Workspace) -> Iterator[None]:
    """Train in another process, as the batch lane does, from its first step to the end."""
    began, token = threading.Event(), CancelToken()
    operation = train(
        workspace=workspace, recipe=load_recipe("histo-fast"), epochs=10_000, scores_first=False
    )

    def listen(update: Update) -> None:
        if isinstance(update, Progress) and update.phase == "training":
            began.set()

    def work() -> None:
        with LaneProcess() as process:
            job = next(operation)
            process.run(job, listen, token)
        operation.close()

    thread = threading.Thread(target=work)
    thread.start()
    began.wait()
    try:
        yield
    finally:
        token.cancel()
        thread.join()


if __name__ == "__main__":
    print(markdown(run()))
