"""The panel that shows what a model looked at in the current tile."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from histoviewer.domain.arrays import Int64, UInt8
from histoviewer.domain.explanation import Explanation, ModelLayers
from histoviewer.domain.heatmap import blend
from histoviewer.errors import storage_error
from histoviewer.files import whole_file
from histoviewer.jobs.job import Operation
from histoviewer.services.changes import Changes
from histoviewer.ui.dialogs.save_file import ask_save_path
from histoviewer.ui.explain.choices import MapChoices, method_name
from histoviewer.ui.explain.enquiry import Enquiry
from histoviewer.ui.explain.insight import InsightDialog
from histoviewer.ui.explain.trust import TrustCheck
from histoviewer.ui.review.flow import FlowLayout
from histoviewer.ui.review.picture import TilePicture
from histoviewer.ui.review.raster import Raster
from histoviewer.ui.theme import GAP
from histoviewer.ui.widgets import label
from histoviewer.ui.workbench import Workbench

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.opening import Workspace

_WAIT_MS: Final = 80  # keys come faster than maps: explain the tile the reader stays at
_PICTURE: Final = 180  # logical pixels, at least


class ExplainPanel(QWidget):
    """A map of the current tile, worked out in the interactive lane while it is open.

    A map of another tile than the current one is never shown: what comes late is dropped, and a
    tile whose score is hidden in a blind read is not explained. UI thread only.

    Args:
        bench: The open project and its lanes.
        in_view: Returns (n,) tiles beside the current one on which a map may be checked.
        parent: Owner.
    """

    keyboard_left = Signal()  # a button that has it is about to go off: Qt would pick a neighbour

    def __init__(
        self, bench: Workbench, *, in_view: Callable[[], Int64], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._tile: int | None = None
        self._shown: tuple[Explanation, UInt8] | None = None
        self._layers_of: tuple[Path, str] | None = None  # project and model
        self._map: Enquiry[tuple[Explanation, UInt8]]
        self._map = Enquiry(bench, self.tr("Explain a tile"), self)
        self._layers: Enquiry[ModelLayers] = Enquiry(bench, self.tr("Look into the model"), self)
        self.button = QPushButton(self.tr("What the model looked at"))
        self.body = QWidget()
        self.choices = MapChoices()
        self.picture = TilePicture()
        self.caption = label("", role="muted", wraps=True)
        self.trust = TrustCheck(bench, in_view=in_view, parent=self)
        self.save = QPushButton(self.tr("Save as PNG…"))
        self.look_inside = QPushButton(self.tr("Inside the model…"))
        self.insight: InsightDialog | None = None
        self._wait = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._prepare()
        self._lay_out()
        self._connect()

    def _prepare(self) -> None:
        self.button.setCheckable(True)
        self.button.setToolTip(self.tr("Show which parts of the tile moved the score, and how"))
        self.picture.setFixedHeight(_PICTURE)
        self._offer_saving(on=False)
        self.look_inside.setToolTip(
            self.tr("Show what the layers make of the tile, and the filters of the first one")
        )

    def _lay_out(self) -> None:
        hint = self.tr(
            "Yellow parts moved the score most, violet ones least. It shows where the model "
            "looked, not whether it was right to."
        )
        buttons = QWidget()  # in two lines where the text is large
        line = FlowLayout(buttons)
        line.addWidget(self.trust.button)
        line.addWidget(self.save)
        line.addWidget(self.look_inside)
        inner = QVBoxLayout(self.body)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(GAP)
        inner.addWidget(self.picture)
        inner.addWidget(self.caption)
        inner.addWidget(self.trust.verdict)
        inner.addWidget(self.choices)
        inner.addWidget(label(hint, role="muted", wraps=True))
        inner.addWidget(buttons)
        self.body.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.button)
        column.addWidget(self.body)

    def _connect(self) -> None:
        self.button.toggled.connect(self._open)
        self._wait.timeout.connect(self._ask)
        self.choices.asked_anew.connect(self._change)
        self.choices.look_changed.connect(self._restretch)
        self.save.clicked.connect(self._save)
        self.look_inside.clicked.connect(self._look_inside)
        self._bench.changed.connect(self.apply_changes)

    # --- what is explained

    @property
    def is_open(self) -> bool:
        """Return whether tiles are explained."""
        return self.button.isChecked()

    def show_tile(self, tile: int | None) -> None:
        """Explain another tile soon; None for none."""
        self._tile = tile
        if self.insight is not None:
            self.insight.show_tile(tile)
        self._change()

    def apply_changes(self, changes: Changes) -> None:
        """Explain anew after another model became champion; its layers may be others."""
        is_other = self._layers_of != self._explained_model
        if is_other and (changes.scores or changes.models):
            self._forget_layers()
            self._change()

    def reconsider(self) -> None:
        """Show a map that may be shown by now, and none that may not be any more."""
        if self.insight is not None:
            self.insight.reconsider()
        if not self.is_open:
            return
        if self._shown is not None and self._is_hidden:
            self._forget()
        self._wait.start()

    def close_enquiries(self) -> None:
        """Ask for nothing any more."""
        self._forget_layers()
        self._wait.stop()
        self._map.drop()
        self.trust.offer(None)
        if self.insight is not None:
            self.insight.close()

    @property
    def _explained_model(self) -> tuple[Path, str] | None:
        """Return the project and the id of the model whose scores are explained."""
        workspace, champion = self._bench.workspace, self._bench.champion
        if workspace is None or champion is None:
            return None
        return workspace.project.path, champion.id

    @property
    def _is_hidden(self) -> bool:
        workspace, tile = self._bench.workspace, self._tile
        if workspace is None or tile is None:
            return True
        return bool(workspace.session.hidden(np.array([tile]))[0])

    def _open(self, on: bool) -> None:  # noqa: FBT001 - a signal's argument
        self.body.setVisible(on)
        self._forget()
        if on:
            self._wait.start()
        else:
            self._wait.stop()

    def _change(self) -> None:
        self._forget()
        if self.is_open:
            self._wait.start()

    def _forget(self) -> None:
        """Show no map, and drop what is still under way."""
        if self.window().focusWidget() in (self.trust.button, self.save):
            self.keyboard_left.emit()
        self._map.drop()
        self._shown = None
        self.trust.offer(None)
        self._offer_saving(on=False)
        self.picture.show_text("")
        self.caption.clear()

    def _forget_layers(self) -> None:
        """Offer no layers until those of the model are known."""
        self._layers.drop()
        self._layers_of = None
        self.choices.offer_layers(())

    def _ask(self) -> None:
        workspace, tile = self._bench.workspace, self._tile
        if workspace is None or tile is None or not self.is_open:
            return
        if self._bench.champion is None:
            self._say(self.tr("There is no model yet whose score could be explained."))
        elif self._is_hidden:
            self._forget()
            self._say(self.tr("Hidden until your verdict"))
        elif self._shown is None and not self._map.is_open:
            self.choices.name_classes(workspace.session.classes.positive)
            self._explain(workspace, tile, self._bench.champion.id)
            self._offer_layers(workspace, self._bench.champion.id)  # a kept map need not wait

    def _explain(self, workspace: "Workspace", tile: int, model_id: str) -> None:
        settings, stretch = self.choices.settings, self.choices.stretch

        def start() -> Operation[tuple[Explanation, UInt8]]:
            from histoviewer.services.explaining import explain

            tiles = np.array([tile], np.int64)
            found = yield from explain(
                workspace=workspace,
                tiles=tiles,
                settings=settings,
                stretch=stretch,
                model_id=model_id,
            )
            return found, workspace.pixels.gather(tiles)[0]

        self.caption.setText(self.tr("Working it out…"))
        self._map.ask(start, show=self._show, fail=lambda error: self._say(str(error)))

    def _offer_layers(self, workspace: "Workspace", model_id: str) -> None:
        """Read the layers of the champion once; it makes the model ready for the next tile, too."""
        if self._layers_of == self._explained_model:
            return
        self._layers_of = self._explained_model

        def start() -> Operation[ModelLayers]:
            from histoviewer.services.explaining import layers_of

            return (yield from layers_of(workspace=workspace, model_id=model_id))

        # Where it fails, the explanation that follows says what is wrong.
        self._layers.ask(
            start,
            show=lambda found: self.choices.offer_layers(found.layers),
            fail=lambda _error: self._forget_layers(),
        )

    def _look_inside(self) -> None:
        """Show the layers of the model beside the window; it follows the current tile."""
        if self.insight is None:
            self.insight = InsightDialog(self._bench, self.choices, self.window())
        self.insight.show()
        self.insight.raise_()
        self.insight.show_tile(self._tile)

    # --- what is shown

    def _say(self, why: str) -> None:
        self.picture.show_text("")
        self.caption.setText(why)

    def _show(self, found: tuple[Explanation, UInt8]) -> None:
        if self._is_hidden:  # a blind read has begun meanwhile
            self._ask()
            return
        self._shown = found
        self.trust.offer(found[0])
        self._offer_saving(on=True)
        self._restretch()

    def _restretch(self) -> None:
        """Show the map with another look: nothing is worked out anew."""
        if self._shown is None:
            return
        if self._is_hidden:  # by now: another reader has taken over
            self.reconsider()
            return
        found, pixels = self._shown
        if found.stretch != self.choices.stretch:
            self._shown = found.stretched(self.choices.stretch), pixels
        blended = self._blended()
        if blended is not None:
            self.picture.show_raster(Raster.of(blended))
        self.caption.setText(self._words(self._shown[0]))

    def _words(self, shown: Explanation) -> str:
        """Say whose map it is and how it was worked out, and that it is empty where it is."""
        method, where = shown.settings.method, ""
        if shown.layer is not None:
            where = self.tr(" at {layer}").format(layer=shown.layer)
        text = self.tr("{method}{where}, model {number}, score {score}").format(
            method=method_name(method),
            where=where,
            number=shown.model.number,
            score=f"{shown.scores[0]:.3f}",
        )
        if shown.maps.any():
            return text
        empty = self.tr("The map is empty: no part of the tile stands out.")
        if method.has_sides:
            empty = self.tr("The map is empty: no part of the tile stands out {side}.")
        return f"{text}\n{empty.format(side=self.choices.side.currentText())}"

    def _blended(self) -> UInt8 | None:
        if self._shown is None:
            return None
        found, pixels = self._shown
        return blend(pixels, found.maps[0], strength=self.choices.opacity)

    def _offer_saving(self, *, on: bool) -> None:
        tip, why = self.tr("Save the tile with its map"), self.tr("There is no map to save yet")
        self.save.setEnabled(on)
        self.save.setToolTip(tip if on else why)

    def _save(self) -> None:
        if self._is_hidden:
            self.reconsider()
            return
        blended, workspace = self._blended(), self._bench.workspace
        if blended is None or workspace is None or self._tile is None:
            return
        tile_id, method = workspace.session.tiles.ids[self._tile], self.choices.settings.method
        chosen = ask_save_path(
            self,
            caption=self.tr("Save the map"),
            proposed=f"{tile_id}-{method}.png",
            kind="*.png",
            suffix=".png",
        )
        if chosen is not None:
            self._write(blended, chosen)

    def _write(self, blended: UInt8, path: Path) -> None:
        def write() -> None:
            from histoviewer.tiles.decode import encode_png

            try:
                with whole_file(path) as stream:
                    stream.write(encode_png(blended))
            except OSError as error:
                raise storage_error(error, f"the picture {path}") from error

        self._bench.background.write(
            write,
            then=lambda _: self.caption.setText(self.tr("Saved as {path}").format(path=path)),
            failed=lambda error: self.caption.setText(str(error)),
        )
