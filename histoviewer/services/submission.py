"""The form of a Kaggle submission: what makes a file valid, and what makes it lose points."""

import csv
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from histoviewer.errors import InputError
from histoviewer.tiles.tables import read_id_list

HEADER = ["id", "label"]
_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What is to be said of a submission file.

    Args:
        path: The file.
        rows: Number of rows below the header.
        faults: Why it would be refused, or scored as something else; empty for a valid file.
        warnings: What costs points without being wrong.
    """

    path: Path
    rows: int
    faults: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def valid(self) -> bool:
        """Return whether the competition would take it."""
        return not self.faults


def read_sample_ids(path: Path) -> list[str]:
    """Return the ids of a sample submission in its order, however it was saved.

    Raises:
        InputError: It cannot be read, has no id column, or names an id twice.
    """
    ids = read_id_list(path)
    if len(set(ids)) < len(ids):
        repeated = next(name for name, count in Counter(ids).items() if count > 1)
        raise InputError(
            f"The sample submission {path} names {repeated} twice.",
            "Give the competition's own file.",
        )
    return ids


def check_submission(path: Path, *, sample_ids: Sequence[str] | None = None) -> Judgement:
    """Judge a submission file.

    Args:
        path: The file.
        sample_ids: The ids it must hold, in any order; None to judge only the form.

    Raises:
        InputError: The file cannot be read.
    """
    header, rows = _read(path)
    faults: list[str] = []
    warnings: list[str] = []
    if header != HEADER:
        found = ",".join(header)
        return Judgement(
            path=path,
            rows=len(rows),
            faults=(f"the header is '{found}', it must be 'id,label'",),
            warnings=(),
        )
    wrong = [number for number, row in enumerate(rows, 2) if len(row) != len(HEADER)]
    if wrong:
        faults.append(f"{_many(len(wrong), 'line')} not of two columns, first line {wrong[0]}")
    pairs = [(row[0], row[1]) for row in rows if len(row) == len(HEADER)]
    faults += _judge_ids([name for name, _ in pairs], sample_ids)
    label_faults, label_warnings = _judge_labels([label for _, label in pairs])
    return Judgement(
        path=path,
        rows=len(rows),
        faults=(*faults, *label_faults),
        warnings=(*warnings, *label_warnings),
    )


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            table = list(csv.reader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} cannot be read as CSV: {error}.", "Give a CSV file.") from error
    if not table:
        raise InputError(f"{path} is empty.", "A submission has the header id,label and its rows.")
    return table[0], [row for row in table[1:] if row]


def _judge_ids(ids: list[str], sample_ids: Sequence[str] | None) -> list[str]:
    faults = []
    distinct = set(ids)
    if not ids:
        faults.append("there are no rows")
    if len(distinct) < len(ids):
        faults.append(f"{_many(len(ids) - len(distinct), 'id')} given more than once")
    suffixed = [name for name in ids if name.lower().endswith((".tif", ".tiff", ".png"))]
    if suffixed:
        faults.append(f"{_many(len(suffixed), 'id')} with a file suffix: {_first(suffixed)}")
    if sample_ids is None:
        return faults
    wanted = set(sample_ids)
    missing = [name for name in sample_ids if name not in distinct]
    extra = sorted(distinct - wanted)
    if missing:
        faults.append(f"{_many(len(missing), 'id')} of {len(wanted):,} missing: {_first(missing)}")
    if extra:
        faults.append(f"{_many(len(extra), 'id')} not in the sample: {_first(extra)}")
    return faults


def _judge_labels(labels: list[str]) -> tuple[list[str], list[str]]:
    faults, warnings = [], []
    values = [_number(label) for label in labels]
    numbers = [value for value in values if value is not None and math.isfinite(value)]
    if len(numbers) < len(values):
        bad = [
            label
            for label, value in zip(labels, values, strict=True)
            if value is None or not math.isfinite(value)
        ]
        faults.append(f"{_many(len(bad), 'label')} not a number: {_first(bad)}")
    outside = [value for value in numbers if not 0 <= value <= 1]
    if outside:
        faults.append(
            f"{_many(len(outside), 'label')} outside [0, 1], from {min(outside):g} to "
            f"{max(outside):g}: these look like raw logits, not probabilities"
        )
    if numbers and not outside and set(numbers) <= {0.0, 1.0}:
        warnings.append(
            "all labels are 0 or 1: the metric is the AUC of probabilities, hard labels usually "
            "lose 0.05 to 0.10"
        )
    return faults, warnings


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _first(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
