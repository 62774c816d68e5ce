"""Verdicts from a CSV file: the headless twin of the review keys."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED, ClassNames
from histoviewer.domain.verdicts import Action
from histoviewer.errors import InputError
from histoviewer.services.reviewing import ReviewSession

ACTIONS = ("confirm", "relabel", "agree", "reject", "skip", "flag", "unflag", "clear")
_SUFFIXES = (".tif", ".tiff", ".png", ".jpg", ".jpeg", ".webp", ".bmp")


@dataclass(frozen=True, kw_only=True)
class VerdictFileOutcome:
    """What became of a file of verdicts.

    Args:
        applied: Verdicts recorded, as one step of undo.
        rejected: One sentence for each line that was left out.
    """

    applied: int
    rejected: tuple[str, ...]


class _LineError(Exception):
    """A line cannot be used; the text says why."""


def apply_verdict_file(*, session: ReviewSession, path: Path) -> VerdictFileOutcome:
    """Record the verdicts of a CSV file with the columns id, action and, if need be, label.

    Lines that cannot be used are left out and listed; the others are one step of undo. The last
    line of a tile wins.

    Raises:
        InputError: The file cannot be read or lacks a column; nothing is recorded.
    """
    chosen: dict[int, tuple[Action, int]] = {}
    line_of: dict[int, int] = {}
    rejected: list[str] = []
    for number, row in _rows(path):
        try:
            tile = _tile(session, row)
            chosen[tile] = _verdict(session, tile, row)
            if tile in line_of:
                rejected.append(f"line {line_of[tile]}: line {number} speaks of the same tile")
            line_of[tile] = number
        except _LineError as error:
            rejected.append(f"line {number}: {error}")
    if chosen:
        session.apply(
            np.array(list(chosen), np.int64),
            np.array([action for action, _ in chosen.values()], np.int8),
            np.array([label for _, label in chosen.values()], np.int8),
        )
    return VerdictFileOutcome(applied=len(chosen), rejected=tuple(rejected))


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line number, row with lower-case keys)."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The verdict file {path} cannot be read: {error}.", "Give a CSV file in UTF-8."
        ) from error
    header = text.split("\n", 1)[0]
    reader = csv.DictReader(text.splitlines(), delimiter=";" if ";" in header else ",")
    names = [name.strip().lower() for name in reader.fieldnames or ()]
    lacking = [name for name in ("id", "action") if name not in names]
    if lacking:
        raise InputError(
            f"The verdict file {path} lacks the column '{lacking[0]}'.",
            "It needs the columns id and action, and label for relabel.",
        )
    reader.fieldnames = names
    for row in reader:
        yield (
            reader.line_num,
            {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)},
        )


def _tile(session: ReviewSession, row: dict[str, str]) -> int:
    name = row["id"]
    index = session.tiles.index_of.get(name)
    if index is None and name.lower().endswith(_SUFFIXES):
        index = session.tiles.index_of.get(name.rsplit(".", 1)[0])
    if index is None:
        raise _LineError(f"there is no tile '{name}'")
    return index


def _verdict(session: ReviewSession, tile: int, row: dict[str, str]) -> tuple[Action, int]:
    """Return the action and the label it gives."""
    word, label = row["action"].lower(), row.get("label", "")
    if word not in ACTIONS:
        raise _LineError(f"there is no action '{row['action']}', only {', '.join(ACTIONS)}")
    if word in ("skip", "flag", "unflag", "clear"):
        return Action[word.upper()], UNLABELLED
    value = _label(label, session.classes) if label else _implied(session, tile, word)
    same = value == session.effective[tile]
    return (Action.CONFIRM if same else Action.RELABEL), value


def _implied(session: ReviewSession, tile: int, word: str) -> int:
    """Return the label that an action without one means: that of now, or what the model says."""
    if word == "relabel":
        raise _LineError("relabel needs a label")
    label = int(session.effective[tile])
    if word == "confirm" and label != UNLABELLED:
        return label
    predicted = int(session.predicted(np.array([tile]))[0])
    if predicted == UNLABELLED:
        raise _LineError(f"the tile has no score, so there is nothing to {word}")
    return 1 - predicted if word == "reject" else predicted


def _label(text: str, classes: ClassNames) -> int:
    for label in (NEGATIVE, POSITIVE):
        if text.lower() == classes.of(label).lower():
            return label
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if number not in (NEGATIVE, POSITIVE):
        raise _LineError(
            f"the label '{text}' is neither 0 or 1 nor {classes.negative} or {classes.positive}"
        )
    return int(number)
