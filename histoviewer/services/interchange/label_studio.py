"""A folder that Label Studio imports: tasks, the labelling interface, and how to go about it.

What its documentation and source say, and so what is written here:

* Tasks are a JSON list; each has `data`, and may have `annotations` and `predictions`, whose
  `result` names the tags of the labelling interface: `from_name` the `Choices`, `to_name` the
  `Image` (labelstud.io/guide/tasks, 'Basic Label Studio JSON format'; /guide/predictions).
* One file holds at most 250,000 tasks and 50 MB (/guide/tasks). So large exports are split.
* Images are addresses that a browser can show: no TIFF (/guide/tasks, 'Types of data'). A file on
  the disk is `/data/local-files/?d=` and its path below LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT; it
  is served only where a source storage of type 'Local files' covers its folder, which must not be
  that root itself (/guide/storage, 'Local storage'; `localfiles_data` in label_studio/core/views).
* `completed_by` must name an account of that server, else the import fails
  (`_insert_valid_completed_by` in label_studio/tasks/serializers). So readers' names stand in the
  data of the task and in the `meta` of each result, not there.
* An annotation with `was_cancelled` is a task that was skipped (/guide/export, 'Relevant JSON
  property descriptions'). The `score` of a prediction is how sure the model is of what it says.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from histoviewer.domain.labels import ClassNames
from histoviewer.services.interchange.exported_tiles import ExportedTile, exported_tiles
from histoviewer.services.interchange.images import Images
from histoviewer.services.interchange.snapshot import Snapshot

MOST_BYTES: Final = 45_000_000  # of one file; Label Studio takes 50 MB
MOST_TASKS: Final = 200_000  # of one file; Label Studio takes 250,000
_INTERFACE: Final = "labeling-config.xml"
_GUIDE: Final = "import.txt"


def write_label_studio(snapshot: Snapshot, images: Images, folder: Path) -> None:
    """Write tasks, labelling interface and instructions into a folder."""
    files = _write_tasks(snapshot, images, folder)
    (folder / _INTERFACE).write_text(interface(snapshot.classes), encoding="utf-8")
    (folder / _GUIDE).write_text(_guide(images, files), encoding="utf-8")


def interface(classes: ClassNames) -> str:
    """Return the labelling interface: one image, one choice of two, with our keys."""
    return f"""<View>
  <Image name="image" value="$image" zoom="true"/>
  <Choices name="label" toName="image" choice="single-radio" showInline="true">
    <Choice value={quoteattr(classes.positive)} hotkey="1"/>
    <Choice value={quoteattr(classes.negative)} hotkey="0"/>
  </Choices>
</View>
"""


def tasks(snapshot: Snapshot, images: Images) -> Iterator[dict[str, Any]]:
    """Yield one task a tile: an annotation for each reader's opinion, the model's prediction."""
    prefix = f"/data/local-files/?d={quote(images.root.name)}/"
    for tile, name in zip(exported_tiles(snapshot, images.tiles), images.names, strict=True):
        yield {
            "data": {
                "image": prefix + quote(name),
                "tile": tile.id,
                "group": tile.group,
                "split": tile.split,
                "given": tile.given or "",
                "readers": ", ".join(reader for reader, _ in tile.opinions),
                "flagged": tile.flagged,
                "disputed": tile.disputed,
            },
            "annotations": _annotations(tile),
            "predictions": _predictions(tile, snapshot.model),
        }


def _annotations(tile: ExportedTile) -> list[dict[str, Any]]:
    if tile.skipped and not tile.opinions:
        return [{"result": [], "was_cancelled": True}]
    return [
        {"result": [_choice(tile, label, reader)], "was_cancelled": False}
        for reader, label in tile.opinions
    ]


def _predictions(tile: ExportedTile, model: str | None) -> list[dict[str, Any]]:
    if tile.predicted is None:
        return []
    result = [_choice(tile, tile.predicted, "model")]
    return [{"model_version": model, "score": tile.confidence, "result": result}]


def _choice(tile: ExportedTile, label: str, who: str) -> dict[str, Any]:
    return {
        "id": f"{tile.number}-{who}",
        "type": "choices",
        "from_name": "label",
        "to_name": "image",
        "value": {"choices": [label]},
        "meta": {"text": [who]},
    }


def _write_tasks(snapshot: Snapshot, images: Images, folder: Path) -> list[str]:
    """Write the tasks, in as many files as it takes; return their names."""
    names = []
    for number, part in enumerate(_parts(snapshot, images), 1):
        names.append(f"tasks-{number}.json")
        with (folder / names[-1]).open("wb") as stream:
            stream.write(b"[\n" + b",\n".join(part) + b"\n]\n")
    return names


def _parts(snapshot: Snapshot, images: Images) -> Iterator[list[bytes]]:
    """Yield the tasks as JSON, so many at a time as one file may hold; at least one, empty."""
    part: list[bytes] = []
    size = 0
    for task in tasks(snapshot, images):
        text = json.dumps(task, ensure_ascii=False).encode()
        if part and (size + len(text) > MOST_BYTES or len(part) == MOST_TASKS):
            yield part
            part, size = [], 0
        part.append(text)
        size += len(text) + 2
    yield part


def _guide(images: Images, files: list[str]) -> str:
    return f"""How to import this into Label Studio

1. Start Label Studio so that it may show files of this machine:

     LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED=true
     LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT={images.root.parent}

2. Create a project. In its settings, under Labeling Interface, Code, paste {_INTERFACE}.
3. Under Cloud Storage, add a source storage of type 'Local files' with the absolute local path

     {images.root}

   and save it without syncing.
4. Import {", ".join(files)}.

If the images are moved, adjust both paths; their folder keeps the name '{images.root.name}'.
"""
