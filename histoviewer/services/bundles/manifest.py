"""What a bundle says of itself: `bundle.json`, the first thing that is read of it."""

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated, Final, Self

from histoviewer.domain.labels import ClassNames
from histoviewer.domain.path_names import as_path_part
from histoviewer.domain.strict import Between, TableError, read_table
from histoviewer.errors import InputError

SUFFIX: Final = ".histomodel"
MANIFEST: Final = "bundle.json"
FORMAT: Final = 1

MODEL: Final = "model.keras"
RECIPE: Final = "recipe.toml"
LEARNED: Final = "learned.npz"
CARD: Final = "card.md"
HISTORY: Final = "history.csv"
METRICS: Final = "metrics.json"

# What may be in a bundle. Nothing else is unpacked.
NEEDED: Final = (MODEL, RECIPE, LEARNED, CARD)
OPTIONAL: Final = (HISTORY, METRICS)

# In bytes. Of the files that are read into memory; enough for what seven million tiles taught.
LARGEST: Final = 64 << 20
# Several times the largest network one would train on tiles; a zip bomb is larger.
LARGEST_MODEL: Final = 4 << 30
LARGEST_MANIFEST: Final = 1 << 20

_SHA_256: Final = re.compile(r"[0-9a-f]{64}")
# What is shown or stored: no control characters, and nothing that UTF-8 cannot say.
_TEXT: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{0,300}")

_SEED: Final = Between(0, 2**32 - 1)
_SIDE: Final = Between(1, 2**16)
_FIGURE: Final = Between(-sys.float_info.max, sys.float_info.max)
_PROBABILITY: Final = Between(0, 1)


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The facts of a bundle.

    Args:
        recipe: Name of the recipe, as a part of a path.
        created: When the model was made, ISO 8601 with its time zone.
        seed: Seed of its run.
        tile_size: Side in pixels of the tiles that it takes.
        negative: What its data set calls the negative class.
        positive: Likewise.
        data_fingerprint: Of the packed tiles that it was trained on.
        metrics: Its figures, on its own validation tiles.
        golden: Its scores of the golden tiles, in float32.
        files: SHA-256 of each file in the bundle.
        program: Version of the program that wrote it.
        format: Version of the form of bundles.
    """

    recipe: str
    created: str
    seed: Annotated[int, _SEED]
    tile_size: Annotated[int, _SIDE]
    negative: str
    positive: str
    data_fingerprint: str
    metrics: Mapping[str, Annotated[float, _FIGURE] | None]
    golden: tuple[Annotated[float, _PROBABILITY], ...]
    files: Mapping[str, str]
    program: str
    format: Annotated[int, Between(1, FORMAT)] = FORMAT

    @property
    def classes(self) -> ClassNames:
        """Return the names of the classes."""
        return ClassNames(self.negative, self.positive)

    def to_json(self) -> str:
        """Return the content of `bundle.json`."""
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Return what `bundle.json` says.

        Raises:
            InputError: It is of a newer form, or not what `to_json` writes.
        """
        try:
            table = json.loads(text)
            _refuse_newer(table)
            manifest = read_table(cls, table, file=MANIFEST)
            _check(manifest)
        except (ValueError, TypeError, OverflowError, RecursionError, TableError) as error:
            raise damaged(f"its {MANIFEST} is not one") from error
        return manifest

    @property
    def made(self) -> datetime:
        """Return when the model was made, in UTC."""
        return _time(self.created)


def _check(manifest: Manifest) -> None:
    """Refuse values that cannot be: names become part of paths, and texts are shown and stored.

    Raises:
        ValueError: One cannot be.
        OverflowError: The time is outside the years 1 to 9999.
    """
    _time(manifest.created)
    shown = (manifest.negative, manifest.positive, manifest.data_fingerprint, manifest.program)
    sound = (
        manifest.recipe == as_path_part(manifest.recipe)
        and all(can_carry(text) for text in (*shown, *manifest.metrics))
        and all(_SHA_256.fullmatch(digest) for digest in manifest.files.values())
        and set(NEEDED) <= set(manifest.files)
    )
    if not sound:
        raise ValueError("a value is not of its kind")


def can_carry(text: str) -> bool:
    """Return whether a text may stand in a manifest, to be shown and stored elsewhere."""
    return _TEXT.fullmatch(text) is not None


def _time(text: str) -> datetime:
    made = datetime.fromisoformat(text)
    if made.tzinfo is None:
        raise ValueError("a time without time zone")
    return made.astimezone(UTC)


def damaged(why: str) -> InputError:
    """Return the error for a file that is no bundle, or not the one that was written."""
    return InputError(
        f"This is not a sound model bundle: {why}.", "Export it again where it comes from."
    )


def _refuse_newer(table: object) -> None:
    """Say so where a bundle has a newer form; what else it holds may be anything then.

    Raises:
        TypeError: It is no table.
    """
    if not isinstance(table, dict):
        raise TypeError("not a table")
    version, program = table.get("format"), str(table.get("program"))
    if type(version) is int and version > FORMAT:
        known = f"HistoViewer {program}" if can_carry(program) else "another HistoViewer"
        raise InputError(
            f"The bundle was written by {known}, in a newer form.",
            "Update HistoViewer to import it.",
        )
