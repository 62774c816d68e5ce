"""What the model looked at, laid over the tiles in view."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from histoviewer.domain.arrays import Bool, Int64
from histoviewer.domain.explanation import Explanation, MapSettings, Method, stretch_maps
from histoviewer.domain.heatmap import veil
from histoviewer.domain.models import ModelRecord
from histoviewer.domain.source import TileSource
from histoviewer.jobs.job import Operation
from histoviewer.ui.explain.choices import MapChoices, method_name
from histoviewer.ui.explain.close_up import CloseUp
from histoviewer.ui.explain.enquiry import Enquiry
from histoviewer.ui.explain.in_view import explainable, in_view
from histoviewer.ui.explain.laying import KnownMaps, MapLook, MappedTiles
from histoviewer.ui.review.grid import TileGrid
from histoviewer.ui.review.raster import to_veil
from histoviewer.ui.workbench import Workbench

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.opening import Workspace

_PAUSE_MS: Final = 120  # a view that is being scrolled is not explained on its way
_LOOK_MS: Final = 30  # a slider that is dragged tells more values than can be seen
# Tiles in a batch: some tenths of a second, after which they are painted, what came into view
# meanwhile is asked for first, and the panel beside the grid has its turn.
_BATCH: Final = {Method.GRAD_CAM: 24, Method.SALIENCY: 8, Method.OCCLUSION: 4}
_NONE: Final[Int64] = np.zeros(0, np.int64)


class _Basis(NamedTuple):
    """What maps are worked out from."""

    pixels: TileSource
    model_id: str
    number: int  # of the model, for words
    is_blend: bool  # of an ensemble the first member is explained
    settings: MapSettings


class MapOverlay(QObject):
    """Maps of the tiles in view, or of the one shown large, painted as they arrive. UI thread only.

    They are worked out in the interactive lane, in small batches, and never for a tile whose score
    a blind read hides; one that is hidden later is painted plain from then on.

    Args:
        bench: The open project and its lanes.
        choices: How maps are worked out and shown; the layers are those of the champion.
        grid: Shows the tiles.
        model: Returns the model that the tiles are shown with, and whose maps these are; None for
            none. Whoever knows that it is another one calls `reconsider`.
        close_up: The tile that may be shown large in place of the grid; None where none ever is.
        parent: Owner.
    """

    switched = Signal(bool)
    notice = Signal(str)
    refused = Signal(object)  # the error for which maps were lifted

    def __init__(
        self,
        bench: Workbench,
        choices: MapChoices,
        *,
        grid: TileGrid,
        model: Callable[[], ModelRecord | None],
        close_up: CloseUp | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bench, self._choices = bench, choices
        self._grid, self._model, self._close_up = grid, model, close_up
        self._enquiry: Enquiry[Explanation] = Enquiry(bench, self.tr("Explain tiles"), self)
        self._basis: _Basis | None = None  # None while it is off
        self._known = KnownMaps((0, 1, 1, 3))
        self._lacking = _NONE
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._look = QTimer(self, singleShot=True, interval=_LOOK_MS)
        self._connect()

    def _connect(self) -> None:
        self._pause.timeout.connect(self._ask)
        self._look.timeout.connect(self._renew)
        self._grid.tiles.lacking.connect(self._note_lacking)
        self._choices.asked_anew.connect(self.reconsider)
        self._choices.look_changed.connect(self._change_look)
        if self._close_up is not None:
            self._close_up.changed.connect(self._show_large)
        self._bench.changed.connect(self.reconsider)

    @property
    def is_on(self) -> bool:
        """Return whether maps are laid over tiles."""
        return self._basis is not None

    # -- on and off ---------------------------------------------------------------------------

    def set_on(self, on: bool) -> None:  # noqa: FBT001 - a signal's argument
        """Lay maps over the tiles in view from now on, or lift them."""
        if on == self.is_on:
            return
        basis = self._find_basis() if on else None
        if basis is None:
            self._lift()
        else:
            self._lay(basis)
            self.notice.emit(self._announced)
        self.switched.emit(self.is_on)

    def close(self) -> None:
        """Ask for nothing any more."""
        self._enquiry.drop()
        self._pause.stop()
        self._look.stop()
        self._basis = None

    def reconsider(self) -> None:
        """Lay other maps where the model, the pixels or what is asked for have changed."""
        if not self.is_on:
            return
        basis = self._find_basis()
        if basis is None:
            self.set_on(False)
            return
        if basis != self._basis or not self._grid.tiles.is_overlaid:
            self._lay(basis)
        self._show_large()
        self._pause.start()

    def _find_basis(self) -> _Basis | None:
        workspace, model = self._bench.workspace, self._model()
        if workspace is None or model is None:
            return None
        settings, champion = self._choices.settings, self._bench.champion
        if champion is None or champion.id != model.id:
            settings = replace(settings, layer=None)  # another model need not have it
        return _Basis(
            pixels=workspace.pixels,
            model_id=model.id,
            number=model.number,
            is_blend=model.blend is not None,
            settings=settings,
        )

    def _lay(self, basis: _Basis) -> None:
        self._enquiry.drop()
        self._basis = basis
        self._known = KnownMaps(basis.pixels.shape)
        self._grid.tiles.lay_over(self._mapped(), self._covers)
        self._grid.refresh()
        self._show_large()
        self._pause.start()

    def _lift(self) -> None:
        self.close()
        self._known = KnownMaps((0, 1, 1, 3))
        self._grid.tiles.lift()
        self._grid.refresh()
        self._show_large()

    # -- what is asked for --------------------------------------------------------------------

    def _note_lacking(self, tiles: Int64) -> None:
        """Ask soon for maps of other tiles; called at each paint."""
        if not np.array_equal(tiles, self._lacking) or not self._pause.isActive():
            self._lacking = tiles
            self._pause.start()

    def _ask(self) -> None:
        """Ask for the next maps, where some are missing and none are on their way."""
        workspace = self._bench.workspace
        if self._basis is None or workspace is None or self._enquiry.is_open:
            return
        model_id, settings = self._basis.model_id, self._basis.settings
        wanted = self._wanted(workspace)
        missing = wanted[~self._known.has(wanted)][: _BATCH[settings.method]]
        if not len(missing):
            return

        def start() -> Operation[Explanation]:
            from histoviewer.services.explaining import explain

            return (
                yield from explain(
                    workspace=workspace, tiles=missing, settings=settings, model_id=model_id
                )
            )

        self._enquiry.ask(start, show=self._take, fail=self._refuse)

    def _wanted(self, workspace: "Workspace") -> Int64:
        """Return the tiles in view that can and may be explained, as many as there is room for."""
        if self._close_up is not None and self._close_up.is_open:
            tile = self._grid.current
            tiles = _NONE if tile is None else np.array([tile], np.int64)
        else:  # behind another page nobody waits for maps: they would delay those that are seen
            tiles = in_view(self._grid)
        return explainable(tiles, workspace, self._grid)[: self._known.capacity]

    def _take(self, found: Explanation) -> None:
        workspace = self._bench.workspace
        assert workspace is not None, "answers come while the project is open"
        if self._known.take(found, self._wanted(workspace)):
            self._grid.tiles.renew(self._mapped())
        self._grid.refresh()
        self._show_large()
        self._ask()

    def _refuse(self, error: Exception) -> None:
        self.set_on(False)
        self.refused.emit(error)

    # -- what is shown ------------------------------------------------------------------------

    def _covers(self, tiles: Int64) -> Bool:
        """Return (n,) whether a tile may be painted with its map now."""
        workspace = self._bench.workspace
        if workspace is None:
            return np.zeros(len(tiles), np.bool_)
        return self._known.has(tiles) & ~workspace.session.hidden(tiles)

    def _mapped(self) -> MappedTiles:
        assert self._basis is not None, "nothing is laid over while it is off"
        return MappedTiles(source=self._basis.pixels, maps=self._known.maps, look=self._map_look)

    @property
    def _map_look(self) -> MapLook:
        return MapLook(stretch=self._choices.stretch, strength=self._choices.opacity)

    def _change_look(self) -> None:
        if self.is_on and not self._look.isActive():
            self._look.start()

    def _renew(self) -> None:
        self._grid.tiles.renew(self._mapped())
        self._grid.refresh()
        self._show_large()

    def _show_large(self) -> None:
        """Lay the map of the tile over its large picture, as soon as both are there."""
        if self._close_up is None:
            return
        tile = self._close_up.tile
        if not self.is_on or tile is None:
            self._close_up.lay_over(None)
            return
        if not self._covers(np.array([tile]))[0]:
            self._close_up.lay_over(None)
            self._pause.start()
            return
        look = self._map_look
        shares = stretch_maps(self._known.maps[tile][None], look.stretch)[0]
        self._close_up.lay_over(to_veil(veil(shares, strength=look.strength)), self._words)

    @property
    def _words(self) -> str:
        assert self._basis is not None, "maps are of a model"
        method = method_name(self._basis.settings.method)
        text = self.tr("{method} of model {number}")
        if self._basis.is_blend:
            text = self.tr("{method} of the first member of model {number}")
        return text.format(method=method, number=self._basis.number)

    @property
    def _announced(self) -> str:
        assert self._basis is not None, "what is off is not announced"
        text = self.tr("{maps}: laid over the tiles as they come")
        if self._basis.settings != self._choices.settings:
            text = self.tr(
                "{maps}, at its last feature maps, for the layer that is chosen is the champion's: "
                "laid over the tiles as they come"
            )
        return text.format(maps=self._words)
