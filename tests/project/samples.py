"""Small made-up catalogues, batches and records for the tests of the project room."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from histoviewer.domain.labels import ClassNames
from histoviewer.domain.models import ExportRecord, ModelRecord
from histoviewer.domain.tiles import Catalogue
from histoviewer.domain.verdicts import Action, Batch

WHEN = datetime(2024, 5, 1, 12, 30, 15, 123456, tzinfo=UTC)


def catalogue(ids: Sequence[str] | int = 10, **changes: Any) -> Catalogue:
    """Tiles of two groups, every second one positive."""
    names = [f"tile{n}" for n in range(ids)] if isinstance(ids, int) else list(ids)
    count = len(names)
    facts = {
        "root": Path("/data/tiles").absolute(),
        "source": Path("/data/tiles").absolute(),
        "layout": "folders",
        "classes": ClassNames("normal", "tumour"),
        "ids": names,
        "locations": [f"train/{name}.png" for name in names],
        "given": (np.arange(count) % 2).astype(np.int8),
        "splits": np.full(count, -1, np.int8),
        "groups": ["slide a" if row < count // 2 else "slide b" for row in range(count)],
    }
    return Catalogue(**{**facts, **changes})


def batch(number: int, first_sequence: int, tiles: Sequence[int] = (0,), **changes: Any) -> Batch:
    """Tiles relabelled as positive."""
    count = len(tiles)
    columns = {
        "number": number,
        "first_sequence": first_sequence,
        "when": WHEN,
        "reader": "ann",
        "tiles": np.array(tiles, np.int64),
        "actions": np.full(count, Action.RELABEL, np.int8),
        "before": np.zeros(count, np.int8),
        "after": np.ones(count, np.int8),
        "scores": np.full(count, 0.1, np.float32),
    }
    return Batch(**{**columns, **changes})


def singles(count: int, *, start: int = 1, tiles: int = 10) -> list[Batch]:
    """Batches of one verdict each, on one tile after the other."""
    return [batch(n, n, [n % tiles]) for n in range(start, start + count)]


def model(number: int = 1, **changes: Any) -> ModelRecord:
    facts = {
        "id": f"{number:03}-histo-fast",
        "number": number,
        "recipe": "histo-fast",
        "created": WHEN,
        "seed": 2**40,
        "parent": None,
        "learned_through": 0,
        "data_fingerprint": "abc",
        "metrics": {"val_auc": 0.9375, "epochs": 3},
    }
    return ModelRecord(**{**facts, **changes})


def export(model_id: str, **changes: Any) -> ExportRecord:
    facts = {
        "path": "/out/submission.csv",
        "model": model_id,
        "created": WHEN,
        "rows": 57_458,
        "hard": False,
        "sha256": "0" * 64,
    }
    return ExportRecord(**{**facts, **changes})
