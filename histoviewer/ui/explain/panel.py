"""The panel that shows what a model looked at in the current tile."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from histoviewer.domain.arrays import UInt8
from histoviewer.domain.explanation import (
    Explanation,
    MapSettings,
    Method,
    ModelLayers,
    Side,
    Stretch,
)
from histoviewer.domain.heatmap import blend
from histoviewer.errors import storage_error
from histoviewer.files import whole_file
from histoviewer.jobs.job import Lane, Operation
from histoviewer.services.changes import Changes
from histoviewer.ui.review.picture import TilePicture
from histoviewer.ui.review.raster import Raster
from histoviewer.ui.tasks import Task
from histoviewer.ui.theme import GAP, TIGHT
from histoviewer.ui.translation import QT_TRANSLATE_NOOP, translate
from histoviewer.ui.widgets import label
from histoviewer.ui.workbench import Workbench

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.opening import Workspace

_WAIT_MS: Final = 80  # keys come faster than maps: explain the tile the reader stays at
_PICTURE: Final = 180  # logical pixels, at least
_METHODS: Final = {
    Method.GRAD_CAM: QT_TRANSLATE_NOOP("explain", "Grad-CAM"),
    Method.SALIENCY: QT_TRANSLATE_NOOP("explain", "Saliency (SmoothGrad)"),
    Method.OCCLUSION: QT_TRANSLATE_NOOP("explain", "Occlusion"),
}
_SIDES: Final = {
    Side.POSITIVE: QT_TRANSLATE_NOOP("explain", "for {positive}"),
    Side.NEGATIVE: QT_TRANSLATE_NOOP("explain", "against {positive}"),
}


class ExplainPanel(QWidget):
    """A map of the current tile, worked out in the interactive lane while it is open.

    A map of another tile than the current one is never shown: what comes late is dropped, and a
    tile whose score is hidden in a blind read is not explained. UI thread only.

    Args:
        bench: The open project and its lanes.
        parent: Owner.
    """

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._tile: int | None = None
        self._asked = 0
        self._task: Task | None = None
        self._shown: tuple[Explanation, UInt8] | None = None
        self._layers_of: str | None = None  # id of the model whose layers are offered
        self.button = QPushButton(self.tr("What the model looked at"))
        self.body = QWidget()
        self.method, self.layer, self.side = QComboBox(), QComboBox(), QComboBox()
        self.strength = QSlider(Qt.Orientation.Horizontal)
        self.picture = TilePicture()
        self.caption = label("", role="muted", wraps=True)
        self.save = QPushButton(self.tr("Save as PNG…"))
        self._wait = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._prepare()
        self._lay_out()
        self._connect()

    def _prepare(self) -> None:
        self.button.setCheckable(True)
        self.button.setToolTip(self.tr("Show which parts of the tile moved the score, and how"))
        for method, text in _METHODS.items():
            self.method.addItem(translate("explain", text), method)
        self._name_sides("1")
        self.layer.addItem(self.tr("last feature maps"), None)
        self.strength.setRange(0, 100)
        self.strength.setValue(60)
        names = (
            (self.method, self.tr("Method"), self.tr("How the map is worked out")),
            (self.layer, self.tr("Layer"), self.tr("Whose feature maps Grad-CAM weighs")),
            (self.side, self.tr("Evidence"), self.tr("Whose evidence is bright")),
            (self.strength, self.tr("Strength"), self.tr("How much the map covers the tile")),
        )
        for field, name, tip in names:
            field.setAccessibleName(name)
            field.setToolTip(tip)
            field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for box in (self.method, self.layer, self.side):
            box.setMinimumContentsLength(8)
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
        self.picture.setFixedHeight(_PICTURE)
        self.save.setToolTip(self.tr("Save the tile with its map"))
        self.save.setEnabled(False)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(GAP)
        form.setVerticalSpacing(TIGHT)
        for field in (self.method, self.layer, self.side, self.strength):
            title = label(field.accessibleName(), role="muted")
            title.setBuddy(field)
            form.addRow(title, field)
        hint = self.tr(
            "Yellow parts moved the score most, violet ones least. It shows where the model "
            "looked, not whether it was right to."
        )
        line = QHBoxLayout()
        line.addWidget(self.save)
        line.addStretch(1)
        inner = QVBoxLayout(self.body)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(GAP)
        inner.addWidget(self.picture)
        inner.addWidget(self.caption)
        inner.addLayout(form)
        inner.addWidget(label(hint, role="muted", wraps=True))
        inner.addLayout(line)
        self.body.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.button)
        column.addWidget(self.body)

    def _connect(self) -> None:
        self.button.toggled.connect(self._open)
        self._wait.timeout.connect(self._ask)
        for box in (self.method, self.layer):
            box.currentIndexChanged.connect(self._change)
        self.side.currentIndexChanged.connect(self._stretch)
        self.strength.valueChanged.connect(self._paint)
        self.save.clicked.connect(self._save)
        self._bench.changed.connect(self.apply_changes)

    # --- what is explained

    @property
    def is_open(self) -> bool:
        """Return whether tiles are explained."""
        return self.button.isChecked()

    def show_tile(self, tile: int | None) -> None:
        """Explain another tile soon; None for none."""
        self._tile = tile
        self._forget()
        if self.is_open:
            self._wait.start()

    def apply_changes(self, changes: Changes) -> None:
        """Explain anew after another model became champion, or a hidden score may be shown."""
        if self.is_open and (changes.scores or changes.models or changes.verdicts):
            if changes.scores or changes.models:
                self._forget()
            self._wait.start()

    def close_threads(self) -> None:
        """Ask for nothing any more."""
        self._wait.stop()
        self._forget()

    def _open(self, on: bool) -> None:  # noqa: FBT001 - a signal's argument
        self.body.setVisible(on)
        if on:
            self._wait.start()
        else:
            self.close_threads()

    def _change(self) -> None:
        self.layer.setEnabled(self._method is Method.GRAD_CAM)
        self._forget()
        if self.is_open:
            self._wait.start()

    def _forget(self) -> None:
        """Show no map, and drop what is still under way."""
        self._asked += 1
        self._shown = None
        self.save.setEnabled(False)
        if self._task is not None:
            self._bench.interactive.withdraw(self._task)
            self._task = None
        self.picture.show_text("")
        self.caption.clear()

    def _ask(self) -> None:
        workspace, tile = self._bench.workspace, self._tile
        if workspace is None or tile is None or not self.is_open:
            return
        session = workspace.session
        if self._bench.champion is None:
            self._say(self.tr("There is no model yet whose score could be explained."))
            return
        if session.hidden(np.array([tile]))[0]:
            self._say(self.tr("Hidden until your verdict"))
            return
        if self._shown is not None:
            return
        self._name_sides(session.classes.positive)
        self._offer_layers(workspace)
        self._explain(workspace, tile)

    def _explain(self, workspace: "Workspace", tile: int) -> None:
        settings = MapSettings(method=self._method, layer=self._chosen_layer)
        stretch = Stretch(side=Side(self.side.currentData()))
        self._asked += 1
        asked = self._asked

        def start() -> Operation[tuple[Explanation, UInt8]]:
            from histoviewer.services.explaining import explain

            tiles = np.array([tile], np.int64)
            found = yield from explain(
                workspace=workspace, tiles=tiles, settings=settings, stretch=stretch
            )
            return found, workspace.pixels.gather(tiles)[0]

        def show(found: tuple[Explanation, UInt8]) -> None:
            if asked == self._asked:
                self._task, self._shown = None, found
                self._tell(found[0])
                self._paint()

        def fail(error: Exception) -> None:
            if asked == self._asked:
                self._task = None
                self._say(str(error))

        self.caption.setText(self.tr("Working it out…"))
        self._task = Task(
            title=self.tr("Explain a tile"),
            lane=Lane.INTERACTIVE,
            start=start,
            on_finished=self._bench.while_open(show),
            on_failed=fail,
            project=workspace.project.path,
        )
        self._bench.interactive.submit(self._task)

    @property
    def _method(self) -> Method:
        return Method(self.method.currentData())  # Qt hands it back as a plain text

    @property
    def _chosen_layer(self) -> str | None:
        chosen = self.layer.currentData()
        return chosen if self._method is Method.GRAD_CAM else None

    def _offer_layers(self, workspace: "Workspace") -> None:
        """Read the layers of the champion once; it makes the model ready, too."""
        champion = self._bench.champion
        assert champion is not None, "asked for with a champion only"
        if self._layers_of == champion.id:
            return
        self._layers_of = champion.id

        def start() -> Operation[ModelLayers]:
            from histoviewer.services.explaining import layers_of

            return layers_of(workspace=workspace)

        def show(found: ModelLayers) -> None:
            with QSignalBlocker(self.layer):
                chosen = self.layer.currentData()
                while self.layer.count() > 1:
                    self.layer.removeItem(1)
                for each in found.layers:
                    self.layer.addItem(each.name, each.name)
                self.layer.setCurrentIndex(max(0, self.layer.findData(chosen)))

        self._bench.interactive.submit(
            Task(
                title=self.tr("Look into the model"),
                lane=Lane.INTERACTIVE,
                start=start,
                on_finished=self._bench.while_open(show),
                on_failed=lambda _error: None,  # the explanation that follows says what is wrong
                project=workspace.project.path,
            )
        )

    # --- what is shown

    def _name_sides(self, positive: str) -> None:
        chosen = max(0, self.side.currentIndex())
        with QSignalBlocker(self.side):
            self.side.clear()
            for side, text in _SIDES.items():
                self.side.addItem(translate("explain", text).format(positive=positive), side)
            self.side.setCurrentIndex(chosen)

    def _say(self, why: str) -> None:
        self.picture.show_text("")
        self.caption.setText(why)

    def _tell(self, found: Explanation) -> None:
        where = "" if found.layer is None else self.tr(" at {layer}").format(layer=found.layer)
        method = translate("explain", _METHODS[found.settings.method])
        text = self.tr("{method}{where}, model {number}, score {score}")
        self.caption.setText(
            text.format(
                method=method,
                where=where,
                number=found.model.number,
                score=f"{found.scores[0]:.3f}",
            )
        )
        self.save.setEnabled(True)

    def _stretch(self) -> None:
        """Show the other side's evidence: nothing is worked out anew."""
        if self._shown is not None:
            found, pixels = self._shown
            self._shown = found.stretched(Stretch(side=Side(self.side.currentData()))), pixels
            self._paint()

    def _blended(self) -> UInt8 | None:
        if self._shown is None:
            return None
        found, pixels = self._shown
        return blend(pixels, found.maps[0], strength=self.strength.value() / 100)

    def _paint(self) -> None:
        blended = self._blended()
        if blended is not None:
            self.picture.show_raster(Raster.of(blended))

    def _save(self) -> None:
        blended, workspace = self._blended(), self._bench.workspace
        if blended is None or workspace is None or self._tile is None:
            return
        name = f"{workspace.session.tiles.ids[self._tile]}-{self.method.currentData()}.png"
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("Save the map"), name, "*.png")
        if chosen:
            self._write(blended, Path(chosen))

    def _write(self, blended: UInt8, path: Path) -> None:
        def write() -> None:
            from histoviewer.tiles.decode import encode_png

            try:
                with whole_file(path) as stream:
                    stream.write(encode_png(blended))
            except OSError as error:
                raise storage_error(error, f"the picture {path}") from error

        self._bench.background.run(
            write,
            then=lambda _: self.caption.setText(self.tr("Saved as {path}").format(path=path)),
            failed=lambda error: self.caption.setText(str(error)),
        )
