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

from histoviewer.domain.labels import NEGATIVE, UNLABELLED, ClassNames
from histoviewer.domain.tiles import Split
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
    states, tiles = snapshot.states, snapshot.tiles
    prefix = quote(f"{images.root.name}/", safe="/")
    for tile, name in zip(images.tiles.tolist(), images.names, strict=True):
        given = int(tiles.given[tile])
        yield {
            "data": {
                "image": f"/data/local-files/?d={prefix}{quote(name, safe='/')}",
                "tile": tiles.ids[tile],
                "group": tiles.group_name(tile),
                "split": Split(int(tiles.splits[tile])).word,
                "given": "" if given == UNLABELLED else snapshot.classes.of(given),
                "readers": ", ".join(reader for reader, _ in snapshot.opinions_of(tile)),
                "flagged": bool(states.flagged[tile]),
                "disputed": bool(snapshot.opinions.disputed[tile]),
            },
            "annotations": _annotations(snapshot, tile),
            "predictions": _predictions(snapshot, tile),
        }


def _annotations(snapshot: Snapshot, tile: int) -> list[dict[str, Any]]:
    opinions = [
        {"result": [_choice(snapshot, tile, label, reader)], "was_cancelled": False}
        for reader, label in snapshot.opinions_of(tile)
    ]
    if not opinions and snapshot.states.skipped[tile]:
        return [{"result": [], "was_cancelled": True}]
    return opinions


def _predictions(snapshot: Snapshot, tile: int) -> list[dict[str, Any]]:
    label = int(snapshot.predicted[tile])
    if label == UNLABELLED:
        return []
    score = float(snapshot.scores[tile])
    return [
        {
            "model_version": snapshot.model,
            "score": round(1 - score if label == NEGATIVE else score, 6),
            "result": [_choice(snapshot, tile, label, "model")],
        }
    ]


def _choice(snapshot: Snapshot, tile: int, label: int, who: str) -> dict[str, Any]:
    return {
        "id": f"{tile}-{who}",
        "type": "choices",
        "from_name": "label",
        "to_name": "image",
        "value": {"choices": [snapshot.classes.of(label)]},
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
