"""The champion and its scores: what ranks the grid now."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from histoviewer.domain.arrays import Bool, Float32, Int8, Int64
from histoviewer.domain.command_lines import command_line
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.models import ModelKind, ModelRecord
from histoviewer.errors import InputError
from histoviewer.ml.finished import map_rows, read_note
from histoviewer.project.project import Project

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, eq=False)
class Ranking:
    """What the grid is ranked by.

    Args:
        model: The champion; None before the first training.
        scores: (N,) float32 probability of the positive class, NaN where unscored.
        learned: (N,) int8 labels the champion's network was trained on, -1 elsewhere; None without
            one. The queue is what that network has not learned: a head retrained on its embeddings
            empties nothing.
        learned_through: Newest verdict sequence that network was trained on; 0 without one.
        scores_lost: Whether there is a file of scores that is damaged: its tiles are not scored.
    """

    model: ModelRecord | None
    scores: Float32
    learned: Int8 | None
    learned_through: int = 0
    scores_lost: bool = False

    def of_first(self, count: int) -> "Ranking":
        """Return what the first tiles of a project are ranked by."""
        learned = None if self.learned is None else self.learned[:count]
        return replace(self, scores=self.scores[:count], learned=learned)


def find_model(project: Project, model_id: str | None) -> ModelRecord:
    """Return a model by id or number, the champion for None.

    Raises:
        InputError: There is no such model, none at all, or no champion.
    """
    models = project.models()
    if not models:
        raise InputError(
            f"The project {project.info.name} has no model yet.",
            f"Train one in the window (Train), or run: {command_line('train', project.path)}",
        )
    names = ", ".join(model.id for model in models)
    wanted = model_id or project.champion()
    if wanted is None:  # killed after a model was entered, before it became champion
        raise InputError(
            f"No model of the project {project.info.name} is champion yet.",
            f"Choose one of {names} on the page Models, or run: "
            f"{command_line('promote', project.path, models[-1].id)}",
        )
    for model in models:
        if wanted in (model.id, str(model.number)):
            return model
    raise InputError(
        f"There is no model '{wanted}' in the project {project.info.name}.",
        f"Its models are {names}.",
    )


def read_ranking(project: Project) -> Ranking:
    """Return the champion of a project with its scores."""
    count = project.tile_count
    champion = project.champion()
    if champion is None:
        return Ranking(model=None, scores=np.full(count, np.nan, np.float32), learned=None)
    model = find_model(project, champion)
    network = network_of_head(project, model)
    scores, lost = _read_scores(project, model)
    return Ranking(
        model=model,
        scores=scores,
        scores_lost=lost,
        learned=read_learned(project, network),
        learned_through=network.learned_through,
    )


def network_of_head(project: Project, model: ModelRecord) -> ModelRecord:
    """Return the model whose network a head stands on; any other model is its own.

    Raises:
        InputError: The registry lacks it.
    """
    while model.kind is ModelKind.HEAD:
        model = find_model(project, model.parent)
    return model


def read_scores(project: Project, model: ModelRecord) -> Float32:
    """Return (N,) float32 scores of a model, NaN for tiles it has not scored.

    A damaged file keeps nobody from his verdicts: its tiles count as not scored.
    """
    return _read_scores(project, model)[0]


def _read_scores(project: Project, model: ModelRecord) -> tuple[Float32, bool]:
    """Return the scores, and whether there is a file of them that is damaged."""
    scores = np.full(project.tile_count, np.nan, np.float32)
    path = project.scores_path(model.id)
    if not path.exists():
        return scores, False
    stored = read_column(path, len(scores))
    if stored is None:
        log.warning("the scores of model %d cannot be read: %s", model.number, path)
        return scores, True
    scores[: len(stored)] = stored  # tiles added since then stay unscored
    return scores, False


def read_column(path: Path, count: int) -> NDArray[Any] | None:
    """Return the (n,) values of the first tiles in an .npy file of a model.

    Args:
        path: The file. Where a note beside it has its checksum, that is compared.
        count: Number of tiles: there cannot be more values.

    Returns:
        None where there is no such file, or it is damaged.
    """
    note = read_note(path)
    stored = map_rows(path, note) if note is not None and "crc32" in note else _load(path)
    return None if stored is None or stored.ndim != 1 or len(stored) > count else stored


def _load(path: Path) -> NDArray[Any] | None:
    try:
        stored: NDArray[Any] = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return stored


def how_to_score(project: Project, model: ModelRecord) -> str:
    """Return what to do where a model has not scored tiles, in the window and without it."""
    verb = command_line("score", project.path, "--model", model.id)
    return f"Score it on the page Models, or run: {verb}"


@dataclass(frozen=True, kw_only=True)
class ScoreNote:
    """What a model's scores were made from.

    Args:
        fingerprint: Of the packed tiles; None where it is not known.
        tta: Whether each score is the mean over the eight flips and quarter turns.
    """

    fingerprint: str | None = None
    tta: bool = False


def read_score_note(project: Project, model: ModelRecord) -> ScoreNote:
    """Return what a model's scores were made from; an empty note where there are none."""
    return read_note_of(project.scores_path(model.id))


def read_note_of(scores: Path) -> ScoreNote:
    """Return what the scores of a file were made from; an empty note where there are none."""
    note = read_note(scores)
    if note is None or not note.keys() >= {"fingerprint", "tta"}:
        return ScoreNote()
    return ScoreNote(fingerprint=note["fingerprint"], tta=note["tta"])


def read_learned(project: Project, model: ModelRecord) -> Int8 | None:
    """Return (N,) int8 labels that a model was trained on, -1 for tiles it was not trained on.

    A lost file keeps nobody from his verdicts: the queue then goes by their sequence alone.
    """
    learned = np.full(project.tile_count, -1, np.int8)
    path = project.learned_path(model.id)
    stored = read_column(path, len(learned))
    if stored is None:
        log.warning("what model %d learned is not known any more: %s", model.number, path)
        return None
    learned[: len(stored)] = stored
    return learned


def read_ever_learned(project: Project, model: ModelRecord) -> Int8:
    """Return (N,) int8 labels that a model has ever been trained on, -1 for tiles it never was.

    Those of its own run, then those of the models it was trained further from, the nearest first.
    """
    ever = np.full(project.tile_count, UNLABELLED, np.int8)
    for ancestor in line_of(project, model):
        learned = read_learned(project, ancestor)
        if learned is not None:
            ever = np.where(ever == UNLABELLED, learned, ever)
    return ever


def line_of(project: Project, model: ModelRecord) -> Iterator[ModelRecord]:
    """Yield a model, then those it was trained further from, the nearest first."""
    return _line({record.id: record for record in project.models()}, model)


def _line(known: Mapping[str, ModelRecord], model: ModelRecord) -> Iterator[ModelRecord]:
    ancestor: ModelRecord | None = model
    while ancestor is not None:
        yield ancestor
        ancestor = known.get(ancestor.parent or "")


def unlearned(project: Project, rows: Int64, models: Iterable[ModelRecord]) -> Int64:
    """Return the tiles of `rows` that none of the models was ever trained on, nor any member.

    A model trained here has seen no validation tile; one from elsewhere may have, and there it
    proves nothing, nor does what was trained further from it or made of it.
    """
    return rows[Learners(project, rows).are_fresh_to(models)]


class Learners:
    """Who was ever trained on some tiles; to ask of many models, for it reads each file once.

    Args:
        project: Has the models; what is entered later is not known.
        rows: (n,) the tiles.
    """

    def __init__(self, project: Project, rows: Int64) -> None:
        self._project = project
        self._rows = rows
        self._known = {record.id: record for record in project.models()}
        self._learned: dict[str, Bool] = {}

    def are_fresh_to(self, models: Iterable[ModelRecord]) -> Bool:
        """Return (n,) which tiles `unlearned` finds."""
        fresh = np.ones(len(self._rows), np.bool_)
        for model in models:
            members = () if model.blend is None else model.blend.members
            for network in [self._known[name] for name in members] or [model]:
                for ancestor in _line(self._known, network):
                    fresh &= ~self._learned_in_own_run(ancestor)
        return fresh

    def _learned_in_own_run(self, model: ModelRecord) -> Bool:
        if model.id not in self._learned:
            labels = read_learned(self._project, model)
            self._learned[model.id] = (
                np.zeros(len(self._rows), np.bool_)
                if labels is None
                else labels[self._rows] != UNLABELLED
            )
        return self._learned[model.id]
