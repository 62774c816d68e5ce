"""What a bundle says of itself: `bundle.json`, the first thing that is read of it."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Self

from histoviewer.domain.labels import ClassNames
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

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The facts of a bundle.

    Args:
        recipe: Name of the recipe.
        created: When the model was made, ISO 8601 in UTC.
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
    seed: int
    tile_size: int
    negative: str
    positive: str
    data_fingerprint: str
    metrics: Mapping[str, float | None]
    golden: tuple[float, ...]
    files: Mapping[str, str]
    program: str
    format: int = FORMAT

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
            _check_format(table)
            manifest = cls(**{**table, "golden": tuple(float(s) for s in table["golden"])})
            manifest._check()
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise damaged(f"its {MANIFEST} is not one") from error
        return manifest

    def _check(self) -> None:
        """Raise ValueError for values that cannot be; names become part of paths."""
        datetime.fromisoformat(self.created)
        facts: Mapping[str, Any] = asdict(self)  # as JSON gave them, whatever the fields promise
        sound = (
            _NAME.fullmatch(self.recipe) is not None
            and all(isinstance(facts[name], int) for name in ("tile_size", "seed"))
            and all(isinstance(facts[name], str) for name in ("negative", "positive"))
            and all(v is None or isinstance(v, int | float) for v in facts["metrics"].values())
            and set(NEEDED) <= set(self.files)
        )
        if not sound:
            raise ValueError("a value is not of its kind")


def damaged(why: str) -> InputError:
    """Return the error for a file that is no bundle, or not the one that was written."""
    return InputError(
        f"This is not a sound model bundle: {why}.", "Export it again where it comes from."
    )


def _check_format(table: Mapping[str, Any]) -> None:
    if table["format"] > FORMAT:
        raise InputError(
            f"The bundle was written by HistoViewer {table['program']}, in a newer form.",
            "Update HistoViewer to import it.",
        )
