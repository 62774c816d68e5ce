"""Searching for a better recipe: trials that an oracle chooses, each of them a run like any."""

import json
import tempfile
import time
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Final

from histoviewer.domain.recipe import Recipe, read_recipe
from histoviewer.domain.recipe_text import write_recipe
from histoviewer.domain.search import (
    TRIALS_FILE,
    SearchOutcome,
    Trial,
    apply,
    best_of,
)
from histoviewer.errors import InputError, JobCancelled, StorageError, storage_error
from histoviewer.files import whole_file
from histoviewer.jobs.job import CancelCheck
from histoviewer.jobs.messages import CurvePoint, Note, Progress, Update
from histoviewer.ml.checks import checked
from histoviewer.ml.describing import describe_network
from histoviewer.ml.oracles import Chooser, Pick
from histoviewer.ml.preparing import network
from histoviewer.ml.requests import SearchRequest, TrainRequest, TrainResult
from histoviewer.ml.streaming import Emit
from histoviewer.ml.training import run_training

_MOST_BEGINS: Final = 2


def run_search(request: SearchRequest, emit: Emit, should_stop: CancelCheck) -> SearchOutcome:
    """Try recipes until there have been enough, or time is up.

    Before and after each trial the rows and what the oracle learned of them are on the disk, in one
    file that is never seen half written: a search that was killed goes on with the trial it was at.
    A trial that fails is a row with its reason, and the next begins. So is one in the middle of
    which the process ended twice: it would be the next for ever.

    Raises:
        InputError: No trial could begin: the tiles cannot be trained on, the network of the recipe
            does not fit them, or what it starts from cannot be had.
        StorageError: The folder of the search could not be written to.
    """
    search = _Search(request, emit)
    if not search.is_over:
        search.check_start()
    while not should_stop() and search.begins():
        search.run(should_stop)
    return search.outcome()


class _Search:
    """The state of a search.

    Args:
        request: What is searched.
        emit: Takes progress.
    """

    def __init__(self, request: SearchRequest, emit: Emit) -> None:
        self._request = request
        self._emit = emit
        self._ends = None if request.max_seconds is None else time.monotonic() + request.max_seconds
        self._is_exhausted = False
        self._trials: list[Trial] = []
        self._begins = 0  # of the trial that was chosen last, and of which nothing was learned
        self._pick: Pick | None = None
        try:
            request.folder.mkdir(parents=True, exist_ok=True)
            self._chooser = self._recall()
        except OSError as error:
            raise storage_error(error, "the search") from error

    @property
    def is_over(self) -> bool:
        """Return whether there have been enough trials, or time is up."""
        return len(self._trials) >= self._request.trials or self._is_out_of_time

    def check_start(self) -> None:
        """Refuse what would let each trial fail alike, so that nothing was tried when all is done.

        Built with its weights is only a network that starts from a file or a download.
        """
        request, recipe = self._request, self._request.recipe
        run = checked(self._run(recipe, request.folder, request.epochs))
        describe_network(recipe, tile_size=run.tiles.shape[1])
        if request.weights is not None or recipe.pretrained is not None:
            network(run, recipe)

    def begins(self) -> bool:
        """Return whether there is another trial to run, and begin it."""
        while not self.is_over:
            self._pick = self._chooser.choose()
            if self._pick is None:
                self._is_exhausted = True
                return False
            if self._begins < _MOST_BEGINS:
                self._count(self._begins + 1)
                return True
            self._fail(
                f"The search was ended {self._begins} times in the middle of this trial: it may "
                "take more memory than there is."
            )
        return False

    def run(self, should_stop: CancelCheck) -> None:
        """Run the trial that was begun; one that was ended early is none."""
        row, started = self._row, time.monotonic()
        try:
            result = self._train(row, lambda: should_stop() or self._is_out_of_time)
        except InputError as error:
            self._fail(str(error), seconds=time.monotonic() - started)
            return
        except StorageError:  # no fault of the trial
            self._count(self._begins - 1)
            raise
        if result is not None:
            self._keep(_with_result(row, result))
            return
        self._count(self._begins - 1)
        if self._is_out_of_time:
            self._emit(
                Note(
                    f"Time was up in the middle of trial {row.number}: it does not count, and is "
                    "begun anew when the search goes on."
                )
            )

    def outcome(self) -> SearchOutcome:
        """Return what was found so far."""
        best = best_of(self._trials)
        recipe = "" if best is None else write_recipe(apply(self._request.recipe, best.values))
        return SearchOutcome(
            trials=tuple(self._trials),
            best=None if best is None else best.number,
            recipe=recipe,
            is_done=self._is_exhausted or len(self._trials) >= self._request.trials,
        )

    @property
    def _row(self) -> Trial:
        """Return the row of the trial that was chosen last, as far as it is known."""
        pick = self._pick
        assert pick is not None, "a trial was chosen"
        return Trial(number=len(self._trials) + 1, values=pick.values, epochs=pick.epochs)

    @property
    def _is_out_of_time(self) -> bool:
        return self._ends is not None and time.monotonic() >= self._ends

    def _train(self, row: Trial, should_stop: CancelCheck) -> TrainResult | None:
        """Return what a whole trial yielded; None for one that was ended early.

        The run is not told of the limit: it would fit its learning rate to the time left, and a
        trial must not depend on when it was its turn.
        """
        recipe = apply(self._request.recipe, row.values)
        # Read again, so that rules between values hold as they do for a file.
        recipe = read_recipe(write_recipe(recipe), self._request.recipe.name)
        with _place_of_a_trial() as folder:
            run = self._run(recipe, Path(folder) / "run", row.epochs)
            try:
                result = run_training(run, partial(self._tell, row), should_stop)
            except JobCancelled:
                return None
        return None if result.cancelled else result

    def _run(self, recipe: Recipe, folder: Path, epochs: int | None) -> TrainRequest:
        request = self._request
        return TrainRequest(
            tiles=request.tiles,
            labels=request.labels,
            train=request.train,
            validation=request.validation,
            unlabelled=request.unlabelled,
            recipe=recipe,
            folder=folder,
            seed=request.seed,
            epochs=epochs,
            weights=request.weights,
        )

    def _tell(self, row: Trial, update: Update) -> None:
        """Say how far the search is with the figures of the trial that runs, and what it notes."""
        if isinstance(update, Progress):
            best = best_of(self._trials)
            values = dict(update.values)
            if best is not None and best.val_auc is not None:
                values["best_auc"] = best.val_auc
            done, total = row.number - 1, self._request.trials
            update = replace(
                update, phase="searching", done=done, total=total, unit="trials", values=values
            )
            update = replace(update, left_s=None)
        if isinstance(update, Note):
            update = Note(f"Trial {row.number}: {update.text}")
        if not isinstance(update, CurvePoint):
            self._emit(update)

    def _fail(self, fault: str, *, seconds: float = 0.0) -> None:
        """Keep the trial that was chosen last as one that failed, and say why."""
        row = replace(self._row, fault=fault, seconds=seconds)
        self._emit(Note(f"Trial {row.number} failed: {fault}"))
        self._keep(row)

    def _keep(self, row: Trial) -> None:
        """Learn from the trial that was chosen last, and keep its row."""
        self._trials.append(row)
        self._chooser.learn(row.val_auc)
        self._count(0)

    def _count(self, begins: int) -> None:
        """Say how many times the trial was begun that was chosen last, and put all on the disk.

        Raises:
            StorageError: The disk cannot take it; what was on it before is still there.
        """
        self._begins = begins
        kept = {
            "trials": [asdict(trial) for trial in self._trials],
            "begins": self._begins,
            "chooser": self._chooser.state,
        }
        try:
            with whole_file(self._request.folder / TRIALS_FILE) as stream:
                stream.write(json.dumps(kept, indent=1).encode())
        except OSError as error:
            raise storage_error(error, "the search") from error

    def _recall(self) -> Chooser:
        """Take up what earlier calls left; a damaged file counts as none, which is said.

        Raises:
            OSError: The file is there and cannot be read.
        """
        try:
            kept = json.loads((self._request.folder / TRIALS_FILE).read_text(encoding="utf-8"))
            chooser = Chooser(self._request, kept["chooser"])
            begins, trials = int(kept["begins"]), [Trial(**row) for row in kept["trials"]]
        except FileNotFoundError:
            return Chooser(self._request, None)
        except (ValueError, KeyError, TypeError, AttributeError):
            self._emit(Note("What was kept of this search is damaged: it begins anew."))
            return Chooser(self._request, None)
        self._begins, self._trials = begins, trials
        return chooser


def _place_of_a_trial() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory()
    except OSError as error:
        raise storage_error(error, "a trial") from error


def _with_result(row: Trial, result: TrainResult) -> Trial:
    metrics = result.metrics
    return replace(
        row,
        val_auc=metrics["val_auc"],
        val_loss=metrics["val_loss"],
        seconds=metrics["seconds"],
        parameters=int(metrics["parameters"]),
        batch=int(metrics["batch"]),
    )
