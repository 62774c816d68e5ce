"""A folder that FiftyOne imports by itself.

What its source says, and so what is written here: `FiftyOneDatasetImporter` (fiftyone/utils/data/
importers.py) reads a folder with `metadata.json` and `samples.json`. Where the metadata name no
`version` of FiftyOne, `_is_legacy_format_data` has `LegacyFiftyOneDatasetImporter` read it, whose
samples are what `Sample.from_dict` takes, without ids of MongoDB: that form is written without
FiftyOne and read by every version. A path that is not absolute is one below the folder. A label is
an object whose `_cls` names its class; fields it does not know are kept as attributes
(docs.voxel51.com/user_guide/using_datasets, 'Label attributes').

    dataset = fiftyone.Dataset.from_dir(folder, dataset_type=fiftyone.types.FiftyOneDataset)
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from histoviewer.domain.labels import NEGATIVE, UNLABELLED
from histoviewer.domain.tiles import Split
from histoviewer.services.interchange.images import FOLDER, Images
from histoviewer.services.interchange.snapshot import Snapshot


def write_fiftyone(snapshot: Snapshot, images: Images, folder: Path) -> None:
    """Write samples and metadata into a folder."""
    classes = [snapshot.classes.negative, snapshot.classes.positive]
    metadata = {
        "name": snapshot.name,
        "media_type": "image",
        "default_classes": classes,
        "info": {"default_classes": classes, "model": snapshot.model},
    }
    (folder / "metadata.json").write_text(
        json.dumps(metadata, ensure_ascii=False, indent=2), encoding="utf-8"
    )
    with (folder / "samples.json").open("wb") as stream:
        stream.write(b'{"samples": [\n')
        for place, sample in enumerate(samples(snapshot, images)):
            stream.write(b",\n" if place else b"")
            stream.write(json.dumps(sample, ensure_ascii=False).encode())
        stream.write(b"\n]}\n")


def samples(snapshot: Snapshot, images: Images) -> Iterator[dict[str, Any]]:
    """Yield one sample a tile: the given label, the readers' and the model's."""
    tiles, states = snapshot.tiles, snapshot.states
    predicted = snapshot.predicted
    for tile, name in zip(images.tiles.tolist(), images.names, strict=True):
        yield {
            "filepath": f"{FOLDER}/{name}" if images.copied else str(images.root / name),
            "tags": _tags(snapshot, tile),
            "tile": tiles.ids[tile],
            "group_name": tiles.group_name(tile),
            "ground_truth": _label(snapshot, tiles.given[tile]),
            "verdict": _label(snapshot, states.decided[tile]),
            "prediction": _label(
                snapshot, predicted[tile], confidence=_confidence(snapshot, tile, predicted[tile])
            ),
            "opinions": {
                "_cls": "Classifications",
                "classifications": [
                    _label(snapshot, label, reader=reader)
                    for reader, label in snapshot.opinions_of(tile)
                ],
            },
        }


def _tags(snapshot: Snapshot, tile: int) -> list[str]:
    states = snapshot.states
    marks = {
        Split(int(snapshot.tiles.splits[tile])).word: True,
        "flagged": states.flagged[tile],
        "skipped": states.skipped[tile],
        "disputed": snapshot.opinions.disputed[tile],
    }
    return [mark for mark, holds in marks.items() if holds]


def _label(snapshot: Snapshot, label: int, **attributes: Any) -> dict[str, Any] | None:  # noqa: ANN401 - as JSON has them
    if label == UNLABELLED:
        return None
    name = snapshot.classes.of(int(label))
    return {"_cls": "Classification", "tags": [], "label": name, **attributes}


def _confidence(snapshot: Snapshot, tile: int, label: int) -> float:
    """Return how sure the model is of its prediction, 0-1."""
    score = float(snapshot.scores[tile])
    return round(1 - score if label == NEGATIVE else score, 6)
