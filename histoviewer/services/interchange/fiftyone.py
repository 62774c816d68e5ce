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

from histoviewer.services.interchange.exported_tiles import ExportedTile, exported_tiles
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
    for tile, name in zip(exported_tiles(snapshot, images.tiles), images.names, strict=True):
        yield {
            "filepath": f"{FOLDER}/{name}" if images.copied else str(images.root / name),
            "tags": _tags(tile),
            "tile": tile.id,
            "group_name": tile.group,
            "ground_truth": _label(tile.given),
            "verdict": _label(tile.decided),
            "prediction": _label(tile.predicted, confidence=tile.confidence),
            "opinions": {
                "_cls": "Classifications",
                "classifications": [
                    _label(label, reader=reader) for reader, label in tile.opinions
                ],
            },
        }


def _tags(tile: ExportedTile) -> list[str]:
    marks = {"flagged": tile.flagged, "skipped": tile.skipped, "disputed": tile.disputed}
    return [tile.split, *(mark for mark, holds in marks.items() if holds)]


def _label(name: str | None, **attributes: str | float) -> dict[str, Any] | None:
    if name is None:
        return None
    return {"_cls": "Classification", "tags": [], "label": name, **attributes}
