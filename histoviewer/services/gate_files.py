"""What the promotion gate found of each model: `models/<id>/gate.json`."""

import json
import logging
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final
from weakref import WeakValueDictionary

import numpy as np

from histoviewer.domain.assessment import Comparison, Interval
from histoviewer.domain.gate import GateResult, ScoresUsed, SideChanges
from histoviewer.domain.label_set import LabelSet
from histoviewer.domain.labels import NEGATIVE, POSITIVE
from histoviewer.domain.models import ModelRecord
from histoviewer.errors import storage_error
from histoviewer.files import whole_file
from histoviewer.project.project import Project

_FILE: Final = "gate.json"
_LABELS: Final = {"negative": NEGATIVE, "positive": POSITIVE}

# What somebody has of them: a third of a megabyte of text each in a large project, and hundreds.
_known: Final[WeakValueDictionary[tuple[Path, int, int, int], GateResult]] = WeakValueDictionary()

log = logging.getLogger(__name__)


def write_gate(project: Project, model: ModelRecord, found: GateResult) -> None:
    """Keep what the gate found of a model; replaces what it found before.

    Raises:
        StorageError: The disk cannot take it.
    """
    try:
        with whole_file(_path(project, model)) as stream:
            stream.write(json.dumps(_values(found)).encode())
    except OSError as error:
        raise storage_error(error, "what the promotion gate found") from error


def read_gate(project: Project, model: ModelRecord) -> GateResult | None:
    """Return what the gate found of a model; None where it never stood there, or it is lost.

    A damaged file is logged and counts as lost: the figures can be had again by comparing anew. A
    file is read again once its time or size is another, or when nobody has what it says any more.
    """
    path = _path(project, model)
    try:
        return _read(path, project.tile_count)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("what the promotion gate found of model %d is lost: %s", model.number, error)
        return None


def _read(path: Path, count: int) -> GateResult:
    facts = path.stat()
    key = (path, facts.st_ino, facts.st_mtime_ns, facts.st_size)
    found = _known.get(key)
    if found is None:
        found = _gate(json.loads(path.read_text(encoding="utf-8")), count)
        _known[key] = found
    return found


def _path(project: Project, model: ModelRecord) -> Path:
    return project.model_folder(model.id) / _FILE


def _values(found: GateResult) -> dict[str, Any]:
    return {
        "comparison": _as_json(asdict(found.comparison)),
        "margin": found.margin,
        "left_out": found.left_out,
        "changes": asdict(found.changes),
        "labels": None if found.labels is None else _tiles_by_label(found.labels),
        "scores": None if found.scores is None else [asdict(used) for used in found.scores],
    }


def _tiles_by_label(found: LabelSet) -> dict[str, list[int]]:
    return {name: found.tiles[found.labels == label].tolist() for name, label in _LABELS.items()}


def _labels(tiles: dict[str, list[int]] | None, count: int) -> LabelSet | None:
    """Return the labels as they were written; None where they were not, as at first.

    Raises:
        ValueError: A tile is none of the project, which has `count`.
    """
    if tiles is None:
        return None
    by_label = [np.array(tiles[name], np.int64) for name in _LABELS]
    given = np.repeat(np.array(list(_LABELS.values()), np.int8), [len(each) for each in by_label])
    every = np.concatenate(by_label)
    if ((every < 0) | (every >= count)).any():
        raise ValueError("no such tile")
    order = np.argsort(every, kind="stable")  # quick: each label's are in order
    return LabelSet(tiles=every[order], labels=given[order])


def _scores(values: list[dict[str, Any]] | None) -> tuple[ScoresUsed, ScoresUsed] | None:
    """Return by what scores both were compared; None where it was not noted, as at first."""
    if values is None:
        return None
    ours, theirs = (
        ScoresUsed(tta=bool(used["tta"]), checksum=int(used["checksum"])) for used in values
    )
    return ours, theirs


def _gate(values: dict[str, Any], count: int) -> GateResult:
    compared, changes = values["comparison"], values["changes"]
    interval = {name: _number(value) for name, value in compared["difference"].items()}
    return GateResult(
        comparison=Comparison(
            **{
                **compared,
                "difference": Interval(**interval),
                "at_least": _number(compared["at_least"]),
                "p": _number(compared["p"]),
            }
        ),
        margin=float(values["margin"]),
        left_out=int(values["left_out"]),
        changes=SideChanges(
            gained=tuple(map(int, changes["gained"])), lost=tuple(map(int, changes["lost"]))
        ),
        labels=_labels(values.get("labels"), count),
        scores=_scores(values.get("scores")),
    )


def _number(value: float | None) -> float:
    """Return a figure; JSON has no word for one that is not a number."""
    return math.nan if value is None else float(value)


def _as_json(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return {name: _as_json(item) for name, item in value.items()}
    if isinstance(value, float) and math.isnan(value):
        return None
    return value
