"""The legend: what colours and signs stand for, and which of them are painted."""

from collections.abc import Sequence
from math import ceil
from typing import Final

import numpy as np
from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QPixmap
from PySide6.QtWidgets import QCheckBox, QGridLayout, QSizePolicy, QWidget

from histoviewer.domain.arrays import Bool
from histoviewer.domain.labels import ClassNames
from histoviewer.domain.map_colouring import Category, Sign
from histoviewer.domain.palettes import Palette
from histoviewer.services.embedding_map.signs import mask
from histoviewer.ui.map.words import category_name
from histoviewer.ui.theme import GAP, TIGHT
from histoviewer.ui.widgets import label

_SIDE: Final = 18  # logical pixels of a sign
_RADIUS: Final = 6.0
_OPAQUE: Final = 255


def sign_picture(sign: Sign, colour: QColor, *, ratio: float = 1.0) -> QImage:
    """Return a sign as the map paints it, on nothing. Any thread.

    Args:
        sign: The shape.
        colour: Its colour.
        ratio: Device pixels a logical pixel.
    """
    side = ceil(_SIDE * ratio) | 1  # odd: the sign has a middle pixel
    cover = mask(sign, side, radius=_RADIUS * ratio)
    pixels = np.empty((side, side, 4), np.uint8)
    for place, channel in enumerate((colour.red(), colour.green(), colour.blue())):
        pixels[..., place] = np.round(cover * channel)
    pixels[..., 3] = np.round(cover * _OPAQUE)
    image = QImage(
        pixels.data, side, side, 4 * side, QImage.Format.Format_RGBA8888_Premultiplied
    ).copy()
    image.setDevicePixelRatio(ratio)
    return image


class Legend(QWidget):
    """A row for each category that has tiles: sign, name, number of tiles. UI thread only.

    A category that is unchecked is not painted, and no lasso selects its tiles.

    Args:
        parent: Owner.
    """

    changed = Signal()  # other categories are painted

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._categories: Sequence[Category] = ()
        self._hidden: set[int] = set()
        self.rows: list[QCheckBox] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(TIGHT)
        self._grid.setColumnStretch(0, 1)

    def show_categories(
        self, categories: Sequence[Category], classes: ClassNames, palette: Palette
    ) -> None:
        """Show a colouring; what was unchecked stays so while the categories are the same.

        Args:
            categories: By code; those without tiles get no row.
            classes: What the data set calls its classes.
            palette: Colours of the theme.
        """
        if _kinds(categories) != _kinds(self._categories):
            self._hidden = set()
        self._categories = categories
        self.clear()
        for code, category in enumerate(categories):
            if category.count:
                self._add_row(code, category, category_name(category, classes), palette)
        self._grid.setRowStretch(len(categories), 1)

    def hides(self, count: int) -> Bool:
        """Return (count,) bool by code: the categories that are not painted."""
        hidden = np.zeros(count, bool)
        hidden[[code for code in self._hidden if code < count]] = True
        return hidden

    def _add_row(self, code: int, category: Category, name: str, palette: Palette) -> None:
        box = QCheckBox(name.replace("&", "&&"))
        box.setChecked(code not in self._hidden)
        box.setIcon(self._icon(category, palette))
        box.setIconSize(QSize(_SIDE, _SIDE))
        box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        box.setToolTip(self.tr("Paint the tiles of '{name}', or leave them out").format(name=name))
        amount = label(f"{category.count:,}", role="muted")
        box.setAccessibleName(
            self.tr("{name}, {count} tiles").format(name=name, count=amount.text())
        )
        box.toggled.connect(lambda on: self._set_hidden(code, hidden=not on))
        place = len(self.rows)
        self._grid.addWidget(box, place, 0)
        self._grid.addWidget(amount, place, 1)
        self.rows.append(box)

    def _icon(self, category: Category, palette: Palette) -> QIcon:
        colour = QColor(palette.tints[category.tint])
        picture = sign_picture(category.sign, colour, ratio=self.devicePixelRatioF())
        return QIcon(QPixmap.fromImage(picture))

    def _set_hidden(self, code: int, *, hidden: bool) -> None:
        if hidden:
            self._hidden.add(code)
        else:
            self._hidden.discard(code)
        self.changed.emit()

    def clear(self) -> None:
        """Show no row; what is unchecked stays so when the same categories come back."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.rows = []


def _kinds(categories: Sequence[Category]) -> list[tuple[str, int | str]]:
    return [(each.kind, each.value) for each in categories]
