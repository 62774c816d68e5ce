"""What the fields of a verdict file mean in the project at hand."""

from dataclasses import dataclass
from typing import Final

from histoviewer.domain.labels import NEGATIVE, POSITIVE, ClassNames
from histoviewer.domain.tiles import TileTable
from histoviewer.services.interchange.tables import LineError

_SUFFIXES: Final = (".tif", ".tiff", ".png", ".jpg", ".jpeg", ".webp", ".bmp")


@dataclass(frozen=True, kw_only=True, eq=False)
class Naming:
    """The ids and class names of a project. Any thread.

    Args:
        tiles: Its tiles.
        classes: What its classes are called.
    """

    tiles: TileTable
    classes: ClassNames

    def tile(self, name: str) -> int:
        """Return the index of the tile of this id, which may carry the suffix of its file.

        Raises:
            LineError: There is none.
        """
        index = self.tiles.index_of.get(name)
        if index is None and name.lower().endswith(_SUFFIXES):
            index = self.tiles.index_of.get(name.rsplit(".", 1)[0])
        if index is None:
            raise LineError(f"there is no tile '{name}'")
        return index

    def label(self, text: str) -> int:
        """Return the label of a class name, 0 or 1.

        Raises:
            LineError: It is none of these.
        """
        for label in (NEGATIVE, POSITIVE):
            if text.lower() == self.classes.of(label).lower():
                return label
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if number not in (NEGATIVE, POSITIVE):
            known = dict.fromkeys(("0", "1", self.classes.negative, self.classes.positive))
            raise LineError(f"the label '{text}' is none of {', '.join(known)}")
        return int(number)
