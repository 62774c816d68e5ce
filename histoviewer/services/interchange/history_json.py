"""The history of verdicts as JSON: an object a tile, with what holds now and how it came about."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

import numpy as np

from histoviewer import __version__
from histoviewer.services.interchange.exported_tiles import exported_tiles
from histoviewer.services.interchange.history_csv import COLUMNS, NO, history_lines
from histoviewer.services.interchange.snapshot import Snapshot

_ID = COLUMNS.index("id")


def write_json(snapshot: Snapshot, stream: BinaryIO) -> int:
    """Write every tile that a reader looked at, with its history; return how many there are."""
    head = {
        "histoviewer": __version__,
        "project": snapshot.name,
        "exported": datetime.now(UTC).isoformat(timespec="seconds"),
        "classes": {"negative": snapshot.classes.negative, "positive": snapshot.classes.positive},
        "readers": list(snapshot.log.readers),
        "model": snapshot.model,
    }
    stream.write(json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "tiles": [')
    count = 0
    for count, tile in enumerate(_tiles(snapshot), 1):
        stream.write(b"\n" if count == 1 else b",\n")
        stream.write(json.dumps(tile, ensure_ascii=False).encode())
    stream.write(b"\n]}\n")
    return count


def _tiles(snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    history: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in history_lines(snapshot):
        history[line[_ID]].append(_verdict(line))
    for tile in exported_tiles(snapshot, np.unique(snapshot.ledger.tiles)):
        yield {
            "id": tile.id,
            "given": tile.given,
            "label": tile.label,
            "decided": tile.decided is not None,
            "skipped": tile.skipped,
            "flagged": tile.flagged,
            "disputed": tile.disputed,
            "opinions": dict(tile.opinions),
            "history": history.pop(tile.id),
        }


def _verdict(line: tuple[str, ...]) -> dict[str, Any]:
    """Return a line of the CSV with JSON's own numbers, truths and nulls."""
    fields: dict[str, Any] = {name: text or None for name, text in zip(COLUMNS, line, strict=True)}
    del fields["id"]
    fields["sequence"], fields["batch"] = int(fields["sequence"]), int(fields["batch"])
    fields["score"] = None if fields["score"] is None else float(fields["score"])
    fields["undone"] = fields["undone"] != NO
    return fields
