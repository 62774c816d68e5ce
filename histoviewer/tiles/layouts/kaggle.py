"""Kaggle's layout: `train/` and `test/` with images, and a CSV of labels beside them.

`train_labels.csv` is taken, else the one other CSV that has ids and labels. Optional are
`sample_submission.csv`, whose ids and order a submission must have, and `groups.csv` (id, group).
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from histoviewer.domain.tiles import Catalogue, Problem, ProblemKind, Split
from histoviewer.errors import InputError
from histoviewer.tiles import listing, tables
from histoviewer.tiles.layouts.assembling import Rows, assemble

NAME: Final = "kaggle"
_LABELS: Final = "train_labels.csv"
_SAMPLE: Final = "sample_submission.csv"
_GROUPS: Final = "groups.csv"


def recognises(dataset: Path) -> bool:
    """Return whether images lie directly in `train/`."""
    return listing.has_images(dataset / "train")


def scan(dataset: Path, *, positive: str | None = None) -> Catalogue:
    """Return the tiles of a data set; see `layouts.scan`."""
    label_file = _label_file(dataset)
    labels = _by_stem(tables.read_labels(label_file), label_file)
    groups = tables.read_groups(dataset / _GROUPS) if (dataset / _GROUPS).exists() else {}
    sample_ids, repeated = _read_sample(dataset / _SAMPLE)
    rows = Rows()
    for folder, split in (("train", Split.UNASSIGNED), ("test", Split.TEST)):
        if not (dataset / folder).is_dir():
            continue
        for name in listing.image_names(dataset / folder):
            stem = listing.strip_suffix(name)
            rows.add(
                stem,
                f"{folder}/{name}",
                label=labels.get(stem, ""),
                split=split,
                group=groups.get(stem, ""),
            )
    return assemble(
        dataset,
        NAME,
        rows,
        positive=positive,
        problems=[*_problems(rows, labels), *repeated],
        sample_ids=sample_ids,
    )


def _label_file(dataset: Path) -> Path:
    """Return the CSV with the labels of `train/`."""
    if (dataset / _LABELS).exists():
        return dataset / _LABELS
    tables_there = listing.files_with_suffix(dataset, ".csv")
    found = [path for path in tables_there if _holds_labels(path)]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(
            f"Several files may hold the labels: {', '.join(path.name for path in found)}.",
            f"Rename the right one to {_LABELS}.",
        )
    raise InputError(
        f"{dataset} has images in train/ but no CSV file with the columns id and label.",
        f"Put the labels into {_LABELS}.",
    )


def _holds_labels(path: Path) -> bool:
    columns = set(tables.read_columns(path))
    return (
        bool(columns & set(tables.ID_COLUMNS))
        and bool(columns & set(tables.LABEL_COLUMNS))
        and "submission" not in path.name.lower()
    )


def _by_stem(labels: Mapping[str, str], path: Path) -> dict[str, str]:
    """Return labels by file stem, for tables that give the folder too."""
    stems: dict[str, str] = {}
    for name, label in labels.items():
        stem = name.rpartition("/")[2]
        if stems.setdefault(stem, label) != label:
            raise InputError(
                f"{path.name} gives {stem} two labels: '{stems[stem]}' and '{label}'.",
                "Remove the wrong line.",
            )
    return stems


def _read_sample(path: Path) -> tuple[list[str], list[Problem]]:
    """Return the ids of the sample submission, each once, and a problem for each that is repeated.

    The file is the subject, not the id: the tile of that name has no duplicate.
    """
    counts = Counter(tables.read_id_list(path) if path.exists() else ())
    repeated = [name for name, count in counts.items() if count > 1]
    return list(counts), [
        Problem(ProblemKind.DUPLICATE, path.name, f"lists '{name}' more than once")
        for name in repeated
    ]


def _problems(rows: Rows, labels: Mapping[str, str]) -> list[Problem]:
    files = set(rows.ids)
    problems = [
        Problem(ProblemKind.LABEL_WITHOUT_FILE, name) for name in labels if name not in files
    ]
    problems += [
        Problem(ProblemKind.FILE_WITHOUT_LABEL, name, location)
        for name, location, split, label in zip(
            rows.ids, rows.locations, rows.splits, rows.labels, strict=True
        )
        if not label and split != Split.TEST
    ]
    return problems
