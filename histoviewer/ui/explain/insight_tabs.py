"""What the dialog 'Inside the model' shows: feature maps of a tile, and the first filters."""

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from histoviewer.domain.arrays import UInt8
from histoviewer.domain.explanation import FeatureLayer, FeatureMaps, Filters
from histoviewer.domain.heatmap import colour, whole_range
from histoviewer.jobs.job import Operation
from histoviewer.ui.explain.choices import MapChoices
from histoviewer.ui.explain.enquiry import Enquiry
from histoviewer.ui.explain.layer_box import LayerBox
from histoviewer.ui.explain.picture_list import PictureList
from histoviewer.ui.theme import GAP
from histoviewer.ui.widgets import label
from histoviewer.ui.workbench import Workbench

Drawing = Callable[[], UInt8]  # gives (H, W, 3) RGB, in any thread

_MAP: Final = 112  # side of a picture, logical pixels
_FILTER: Final = 64


class InsightTab(QWidget):
    """Pictures of something inside the champion, with a caption. UI thread only.

    Args:
        bench: The open project and its lanes.
        name: What the pictures are.
        side: Of a picture, logical pixels.
        file_name: Proposed for saving.
        parent: Owner.
    """

    changed = Signal()  # there are pictures now, or none any more

    def __init__(
        self,
        bench: Workbench,
        name: str,
        *,
        side: int,
        file_name: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.bench, self.name, self.file_name = bench, name, file_name
        self.caption = label("", role="muted", wraps=True)
        self.pictures = PictureList(name, side=side)
        self.column = QVBoxLayout(self)
        self.column.setSpacing(GAP)
        self.column.addWidget(self.caption)
        self.column.addWidget(self.pictures, 1)

    @property
    def is_filled(self) -> bool:
        """Return whether there is something to save."""
        return self.pictures.count() > 0

    def forget(self) -> None:
        """Ask for nothing any more and show nothing."""
        self.say("")

    def say(self, text: str) -> None:
        """Show a sentence and no pictures."""
        self.pictures.clear()
        self.caption.setText(text)
        self.changed.emit()

    def fail(self, error: Exception) -> None:
        """Say why there is nothing to show."""
        self.say(str(error))


class FeatureTab(InsightTab):
    """The feature maps of one layer for the current tile that move the logit most. UI thread only.

    How much a channel moves the logit tells of the score: of a tile that a blind read hides,
    nothing is shown.

    Args:
        bench: The open project and its lanes.
        choices: Knows the layers of the model.
        parent: Owner.
    """

    def __init__(
        self, bench: Workbench, choices: MapChoices, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            bench, self.tr("Feature maps"), side=_MAP, file_name="feature-maps.png", parent=parent
        )
        self._choices = choices
        self._tile: int | None = None
        self._found: FeatureMaps | None = None
        self._asked: tuple[int, str | None] | None = None
        self._enquiry: Enquiry[FeatureMaps] = Enquiry(bench, self.tr("Look into the model"), self)
        self.layer = LayerBox(self._words_of)
        self._lay_out()
        self._offer_layers()
        choices.layers_offered.connect(self._offer_layers)
        self.layer.currentIndexChanged.connect(self.ask)

    def _lay_out(self) -> None:
        self.layer.setAccessibleName(self.tr("Layer"))
        self.layer.setToolTip(self.tr("Whose feature maps are shown"))
        title = label(self.layer.accessibleName(), role="muted")
        title.setBuddy(self.layer)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(title)
        row.addWidget(self.layer, 1)
        self.column.insertLayout(0, row)

    def show_tile(self, tile: int | None) -> None:
        """Look at another tile when asked next; None for none."""
        self._tile = tile
        self.forget()

    def ask(self) -> None:
        """Ask for the feature maps of the tile, unless they are shown or must not be."""
        workspace, champion, tile = self.bench.workspace, self.bench.champion, self._tile
        if workspace is None or tile is None or not self.isVisible():
            return
        if champion is None:
            self.say(self.tr("There is no model yet to look into."))
            return
        if self.is_hidden:
            self.forget()
            self.say(self.tr("Hidden until your verdict"))
            return
        layer, model_id = self.layer.chosen, champion.id
        if self._asked == (tile, layer):
            return

        def start() -> Operation[FeatureMaps]:
            from histoviewer.services.explaining import feature_maps

            return (
                yield from feature_maps(
                    workspace=workspace, tile=tile, layer=layer, model_id=model_id
                )
            )

        self.say(self.tr("Working it out…"))
        self._asked = (tile, layer)
        self._enquiry.ask(start, show=self._show, fail=self.fail)

    @property
    def is_hidden(self) -> bool:
        """Return whether nothing that a model says of the tile may be shown."""
        workspace, tile = self.bench.workspace, self._tile
        if workspace is None or tile is None:
            return False
        return bool(workspace.session.hidden(np.array([tile]))[0])

    def forget(self) -> None:
        """Ask for nothing any more and show nothing."""
        self._enquiry.drop()
        self._asked = self._found = None
        super().forget()

    def drawing(self) -> Drawing | None:
        """Return what draws the maps that are shown as one picture; None for none."""
        from histoviewer.services.explanation_pictures import features_sheet

        return None if self._found is None else partial(features_sheet, self._found)

    def _offer_layers(self) -> None:
        if self.layer.offer(self._choices.layers):
            self.ask()

    def _words_of(self, layer: FeatureLayer) -> str:
        text = self.tr("{name}: {count} maps of {height} x {width}")
        return text.format(
            name=layer.name, count=layer.channels, height=layer.height, width=layer.width
        )

    def _show(self, found: FeatureMaps) -> None:
        if self.is_hidden:  # a blind read has begun meanwhile
            self.ask()
            return
        self._found = found
        text = self.tr("channel {number}: {value}")
        pairs = zip(found.channels.tolist(), found.contributions.tolist(), strict=True)
        words = [text.format(number=number, value=f"{value:+.2f}") for number, value in pairs]
        self.pictures.show_pictures(colour(whole_range(found.maps)), words)
        caption = self.tr(
            "The feature maps of {layer} that move the logit of this tile most, and by how much; "
            "each from its smallest value, violet, to its largest, yellow. Model {number}."
        )
        self.caption.setText(caption.format(layer=found.layer, number=found.model.number))
        self.changed.emit()


class FilterTab(InsightTab):
    """The filters of the first convolution, which are the same for every tile. UI thread only.

    Args:
        bench: The open project and its lanes.
        parent: Owner.
    """

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(
            bench, self.tr("First filters"), side=_FILTER, file_name="filters.png", parent=parent
        )
        self._found: Filters | None = None
        self._asked: str | None = None  # id of the model
        self._enquiry: Enquiry[Filters] = Enquiry(bench, self.tr("Look into the model"), self)

    def ask(self) -> None:
        """Ask for the filters of the champion, unless they are shown."""
        workspace, champion = self.bench.workspace, self.bench.champion
        if workspace is None or not self.isVisible():
            return
        if champion is None:
            self.say(self.tr("There is no model yet to look into."))
            return
        model_id = champion.id
        if self._asked == model_id:
            return

        def start() -> Operation[Filters]:
            from histoviewer.services.explaining import first_filters

            return (yield from first_filters(workspace=workspace, model_id=model_id))

        self.say(self.tr("Working it out…"))
        self._asked = model_id
        self._enquiry.ask(start, show=self._show, fail=self.fail)

    def forget(self) -> None:
        """Ask for nothing any more and show nothing."""
        self._enquiry.drop()
        self._asked = self._found = None
        super().forget()

    def drawing(self) -> Drawing | None:
        """Return what draws the filters that are shown as one picture; None for none."""
        from histoviewer.services.explanation_pictures import filters_sheet

        return None if self._found is None else partial(filters_sheet, self._found)

    def _show(self, found: Filters) -> None:
        self._found = found
        words = [str(number) for number in range(len(found.pictures))]
        self.pictures.show_pictures(found.pictures, words)
        caption = self.tr(
            "The weights of {layer}, the first convolution: mid-grey is 0, all on one scale. "
            "Model {number}."
        )
        self.caption.setText(caption.format(layer=found.layer, number=found.model.number))
        self.changed.emit()
