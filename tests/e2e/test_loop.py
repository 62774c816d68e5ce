"""The whole loop by key and mouse in a real window, checked from outside afterwards."""

import numpy as np
import pytest

from histoviewer.domain.verdicts import Action, Batch
from histoviewer.project.project import Project

pytestmark = [pytest.mark.xvfb, pytest.mark.slow]


def test_the_demo_is_trained_scored_judged_retrained_and_exported(play, ask, tmp_path) -> None:
    folder = tmp_path / "demo"
    played = play("loop", "demo", "--tiles", 200, "--dir", folder)

    assert played.complaints == []
    status = ask("status", folder / "demo.histo")
    assert [model["number"] for model in status["models"]] == [1, 2]
    assert status["models"][1]["parent"] == status["models"][0]["id"]
    assert status["scored"] == status["tiles"] == 250
    assert played.found["queue"] > 0
    is_champion = status["champion"] == status["models"][1]["id"]
    assert (status["queue"] == 0) == is_champion
    said = "ranks the grid now" if is_champion else "may be worse"
    assert said in played.found["notices"][0]
    _check_submission(ask, folder, status)
    _check_log(played.found, folder / "demo.histo")
    assert ask("undo", folder / "demo.histo")["step"].endswith("4 tiles")


def _check_submission(ask, folder, status) -> None:
    out, sample = folder / "submission.csv", folder / "tiles" / "sample_submission.csv"
    judged = ask("check-submission", out, "--sample", sample)
    assert judged["valid"]
    assert judged["rows"] == 50
    assert status["exports"] == [str(out)]


def _check_log(found, path) -> None:
    with Project.open(path, read_only=True) as project:
        log = project.read_log()
    *verdicts, bulk, undo, redo, last = log.batches
    assert [_as_noted(batch) for batch in verdicts] == [_expected(v) for v in found["verdicts"]]
    assert _as_noted(bulk) == _expected(found["bulk"])
    assert [undo.undoes, redo.undoes, last.undoes] == [bulk.number, undo.number, bulk.number]
    assert {batch.reader for batch in log.batches} == {"AB"}


def _as_noted(batch: Batch) -> tuple[list[int], list[int], list[int]]:
    return batch.tiles.tolist(), batch.actions.tolist(), batch.after.tolist()


def _expected(noted) -> tuple[list[int], list[int], list[int]]:
    """What the log must say of a key, told by what was on the screen when it was pressed."""
    before, predicted = np.array(noted["effective"]), np.array(noted["predicted"])
    marks = {"Space": Action.SKIP, "F": Action.FLAG}
    if mark := marks.get(noted["key"]):
        return noted["tiles"], [mark] * len(before), before.tolist()
    fixed = {"1": np.ones_like(before), "0": np.zeros_like(before)}
    after = {**fixed, "A": predicted, "X": 1 - predicted}[noted["key"]]
    actions = np.where(after == before, Action.CONFIRM, Action.RELABEL)
    return noted["tiles"], actions.tolist(), after.tolist()
