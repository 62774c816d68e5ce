"""When a command can be used, and the reason why not, which its tooltip tells."""

from collections.abc import Callable
from dataclasses import dataclass

from histoviewer.ui.translation import translate


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the window knows when it decides which commands can be used.

    Args:
        pages: Ids of the pages that can be shown; they are loaded after the first paint.
        project_open: A project is open.
        read_only: It is open for reading only: nothing can be written to it.
        packed: Its tiles are packed, so that jobs can read them.
        packing: They are being packed, or will be as soon as a job before it has ended.
        champion: A model ranks the grid.
        test_tiles: Number of test tiles.
        queue_length: Tiles that wait for retraining.
        training: A batch job runs or waits.
        undo: What undo would take back, '' where nothing.
        redo: What redo would bring back, '' where nothing.
        advances: A verdict leads on to the next undecided tile.
        blind: Scores and predictions are hidden until the verdict.
        maps: Maps of what the model looked at are laid over the tiles.
        maps_barred: Why the page that is shown has no tiles to lay them over, '' where it has.
        positive: What the data set calls the positive class, '' where no project is open.
        negative: What it calls the other.
    """

    pages: frozenset[str] = frozenset()
    project_open: bool = False
    read_only: bool = False
    packed: bool = False
    packing: bool = False
    champion: bool = False
    test_tiles: int = 0
    queue_length: int = 0
    training: bool = False
    undo: str = ""
    redo: str = ""
    advances: bool = True
    blind: bool = False
    maps: bool = False
    maps_barred: str = ""
    positive: str = ""
    negative: str = ""


# Returns the reason why a command cannot be used now, '' where it can.
Rule = Callable[[Situation], str]


def always(_now: Situation) -> str:
    """Allow at any time."""
    return ""


def on_project(now: Situation) -> str:
    """Allow on an open project."""
    return "" if now.project_open else translate("rules", "Open a project first.")


def can_show(page: str, *, needs_project: bool) -> Rule:
    """Return the rule that allows to go to a page."""

    def rule(now: Situation) -> str:
        if needs_project and (reason := on_project(now)):
            return reason
        return "" if page in now.pages else translate("rules", "The page is still being loaded.")

    return rule


def can_write(now: Situation) -> str:
    """Allow on a project that can be written to, as every verdict needs."""
    return on_project(now) or _while_read_only(now)


def can_undo(now: Situation) -> str:
    """Allow where there is a step to take back."""
    return can_write(now) or ("" if now.undo else translate("rules", "There is nothing to undo."))


def can_redo(now: Situation) -> str:
    """Allow where there is a step to bring back."""
    return can_write(now) or ("" if now.redo else translate("rules", "There is nothing to redo."))


def can_answer(now: Situation) -> str:
    """Allow where a model has said something to agree with, and the reader knows what."""
    if reason := can_write(now) or _without_model(now):
        return reason
    if not now.blind:
        return ""
    return translate("rules", "In a blind read the prediction is hidden: give the label itself.")


def can_explain(now: Situation) -> str:
    """Allow where there is a model to explain, and tiles that it is explained on."""
    return on_project(now) or _without_model(now) or now.maps_barred


def can_compare_tiles(now: Situation) -> str:
    """Allow where a model can say which tiles are alike."""
    return on_project(now) or _without_model(now) or _without_pixels(now)


def can_train(now: Situation) -> str:
    """Allow where there are packed tiles and no other training."""
    return can_write(now) or _without_pixels(now) or _while_packing(now) or _while_training(now)


def can_score(now: Situation) -> str:
    """Allow where there is a model to score with, and no training."""
    return can_retrain_quickly(now) or _while_training(now)


def can_retrain(now: Situation) -> str:
    """Allow where verdicts wait for the champion to learn them."""
    if reason := can_score(now):
        return reason
    if now.queue_length:
        return ""
    return translate("rules", "No verdict waits: correct some training tiles first.")


def can_retrain_quickly(now: Situation) -> str:
    """Allow where there is a model, also beside a training."""
    return can_write(now) or _without_model(now) or _without_pixels(now) or _while_packing(now)


def can_write_on_pixels(now: Situation) -> str:
    """Allow where something can be worked out from the packed tiles and kept."""
    return can_write(now) or _without_pixels(now) or _while_packing(now)


def can_read_pixels(now: Situation) -> str:
    """Allow where something can be worked out from the packed tiles, kept or not."""
    return on_project(now) or _without_pixels(now)


def can_pack(now: Situation) -> str:
    """Allow where packing was cancelled or has failed."""
    if reason := can_write(now):
        return reason
    return translate("rules", "The tiles are packed.") if now.packed else _while_packing(now)


def can_update(now: Situation) -> str:
    """Allow where no job uses the tiles, and they can become more or change their side."""
    return can_write(now) or _while_packing(now) or _while_training(now)


def can_export(now: Situation) -> str:
    """Allow where there are a model and test tiles: who has scored these, the dialog knows."""
    if reason := can_write(now) or _without_model(now):
        return reason
    return "" if now.test_tiles else translate("rules", "The project has no test tiles.")


def _while_read_only(now: Situation) -> str:
    if not now.read_only:
        return ""
    return translate(
        "rules", "The project is open for reading only: close it where else it is open."
    )


def _without_model(now: Situation) -> str:
    return "" if now.champion else translate("rules", "Train a model first.")


def _without_pixels(now: Situation) -> str:
    if now.packed:
        return ""
    return _while_packing(now) or translate(
        "rules", "The tiles are not packed: pack them first, in the File menu."
    )


def _while_packing(now: Situation) -> str:
    return translate("rules", "The tiles are still being packed.") if now.packing else ""


def _while_training(now: Situation) -> str:
    return translate("rules", "Wait for the running job to end.") if now.training else ""
