"""The map page: every tile as a point beside those that look alike to the model."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtGui import QFocusEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from histoviewer.domain.arrays import Float64, Int64
from histoviewer.domain.embedding_map import Layout
from histoviewer.domain.map_colouring import ColourBy, Colouring
from histoviewer.domain.palettes import DARK, LIGHT, Palette
from histoviewer.services.changes import Changes
from histoviewer.services.embedding_map.scene import Scene
from histoviewer.ui.map.grid_link import GridLink
from histoviewer.ui.map.layout import MapLayout
from histoviewer.ui.map.painting import ScenePainter, Shading
from histoviewer.ui.map.telling import MapTeller, Offer
from histoviewer.ui.map.tile_card import TileCard
from histoviewer.ui.map.work import MapsAtHand, MapWork
from histoviewer.ui.pages import Page, PageContext
from histoviewer.ui.review.latest import LatestTask
from histoviewer.ui.review.selection import Pick

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.opening import Workspace

_SETTLE_MS: Final = 150  # verdicts come in bursts: colours follow once after them
_STEP: Final = 2**0.5  # a zoom by key; two steps double


class MapPage(Page):
    """Puts the map, its legend and the grid's selection together. UI thread only.

    The selection is that of the grid on the page Review, and what that grid leaves out is faint
    here. What takes long runs in threads: reading, colours, pictures, and what a lasso holds.

    Args:
        context: What the window gives its pages.
        link: The grid of the review page.
        parent: Owner.
    """

    def __init__(self, context: PageContext, link: GridLink, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self.link = context, link
        link.setParent(self)
        self._workspace: Workspace | None = None
        self._maps: MapsAtHand | None = None
        self.parts = MapLayout(context.theme, self)
        self.canvas = self.parts.canvas
        self.card = TileCard(self.canvas)
        self.work = MapWork(context.bench, context.notices, self)
        self.painter = ScenePainter(self)
        self.teller = MapTeller(self)
        self._surrounded: LatestTask[tuple[Int64, Pick]] = LatestTask(
            lambda found: self._select(*found), name="map-lasso", parent=self
        )
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.parts)
        self._connect()

    def _connect(self) -> None:
        parts, canvas = self.parts, self.canvas
        self.work.read.connect(self._take)
        self.work.refused.connect(self._refuse)
        self.work.making_changed.connect(self._tell)
        self.painter.coloured.connect(self._show_colours)
        self.painter.shaded.connect(canvas.show_scene)
        self._settle.timeout.connect(self._colour)
        self.link.changed.connect(self._follow_grid)
        self._context.theme.changed.connect(self._retint)
        self._context.bench.standing_changed.connect(self._ask)
        parts.layouts.currentIndexChanged.connect(self._show_points)
        parts.colour_by.currentIndexChanged.connect(self._colour)
        parts.legend.changed.connect(self._shade)
        parts.tool_asked.connect(canvas.set_tool)
        canvas.tool_changed.connect(parts.show_tool)
        parts.zoom_in.clicked.connect(lambda: self.zoom(1))
        parts.zoom_out.clicked.connect(lambda: self.zoom(-1))
        parts.fit.clicked.connect(self.zoom_to_fit)
        parts.export.clicked.connect(self._save)
        parts.clear.clicked.connect(self.select_none)
        parts.show_selected.clicked.connect(self.show_selected)
        for button in (parts.banner_button, parts.empty_button):
            button.clicked.connect(self._act)
        self._context.actions["model.train"].changed.connect(self._follow_training)
        canvas.lassoed.connect(self._surround)
        canvas.picked.connect(lambda tile, pick: self._select(np.array([tile]), pick))
        canvas.opened.connect(self._open)
        canvas.pointed.connect(self._point)
        canvas.framed.connect(self._move_card)

    # -- the project --------------------------------------------------------------------------

    def show_workspace(self, workspace: "Workspace | None") -> None:
        """Show the maps of a project; None for none."""
        self._workspace, self._maps = workspace, None
        self.work.forget()
        self.painter.forget()
        self._surrounded.cancel()
        self._settle.stop()
        self.canvas.show_points(None)
        self._tell()
        self._ask()

    def apply_changes(self, changes: Changes) -> None:
        """Follow labels, scores and models, and what a blind read hides."""
        if self._workspace is None:
            return
        if changes.data or changes.models:
            self._ask()
        if changes.hidden:
            self._forget_scores()
        if changes.verdicts or changes.scores or changes.data or changes.hidden:
            self._settle.start()
            self._point(self.canvas.pointed_tile)
            self._tell()

    def _forget_scores(self) -> None:
        """Show no colours that tell of scores, at once: who looks now may not be let know them."""
        colouring = self.painter.colouring
        if self.parts.by is ColourBy.SCORE or (colouring and colouring.by is ColourBy.SCORE):
            self.painter.forget()
            self.canvas.show_plain()
            self.parts.legend.clear()
            self._colour()

    def showEvent(self, event: QShowEvent) -> None:
        """Read and colour what changed while the page was hidden."""
        super().showEvent(event)
        self._ask()
        self._colour()
        self._tell_selection()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Pass the keyboard on to the map."""
        super().focusInEvent(event)
        if self.parts.shows_map:
            self.canvas.setFocus(event.reason())
        else:
            self.parts.empty_button.setFocus(event.reason())

    def close_threads(self) -> None:
        """End the threads; the page is not used any more."""
        self._settle.stop()
        self._surrounded.close()
        self.painter.close()
        self.canvas.renderer.close()
        self.card.close_threads()

    def state(self) -> dict[str, Any]:
        """Return what to remember, as JSON values."""
        return {"layout": str(self.parts.wanted), "by": str(self.parts.by)}

    def restore(self, values: Mapping[str, Any]) -> None:
        """Go back to a remembered state; what cannot be read stays as it is."""
        if (layout := values.get("layout")) in list(Layout):
            self.parts.layouts.setCurrentIndex(self.parts.layouts.findData(Layout(layout)))
        if (by := values.get("by")) in list(ColourBy):
            self.parts.colour_by.setCurrentIndex(self.parts.colour_by.findData(ColourBy(by)))

    # -- maps ---------------------------------------------------------------------------------

    def _ask(self) -> None:
        """Read the maps; nobody needs them while the page is hidden."""
        if self.isVisible():
            self.work.ask()

    def _take(self, maps: MapsAtHand) -> None:
        self._maps = maps
        self._show_points()

    def _refuse(self) -> None:
        """Say in place of the map why it cannot be read."""
        self._maps = None
        self.canvas.show_points(None)
        self._tell()

    @property
    def shown_layout(self) -> Layout | None:
        """Return the layout that is seen: the wanted one, else the other; None without a map."""
        if self._maps is None:
            return None
        wanted = self.parts.wanted
        known = [layout for layout in (wanted, *Layout) if layout in self._maps.points]
        current = [layout for layout in known if self._maps.read.is_current(layout)]
        return next(iter(current or known), None)

    def _show_points(self) -> None:
        layout = self.shown_layout
        if layout is None or self._maps is None:
            self.canvas.show_points(None)
        elif not self._is_shown(layout):
            self.canvas.show_points(self._maps.points[layout])
            self._colour()
        self._tell()

    def _is_shown(self, layout: Layout) -> bool:
        """Return whether the very same places are seen already: then the view stays as it is."""
        assert self._maps is not None
        shown, points = self.canvas.points, self._maps.points[layout]
        return shown is not None and (
            shown is points
            or (
                np.array_equal(shown.index.order, points.index.order)
                and np.array_equal(shown.index.x, points.index.x)
            )
        )

    # -- colours ------------------------------------------------------------------------------

    def _colour(self) -> None:
        if self._workspace is not None and self.canvas.points is not None and self.isVisible():
            self.painter.colour(self._workspace.session, self.parts.by)

    def _show_colours(self, coloured: Colouring) -> None:
        if self._workspace is not None:
            classes = self._workspace.session.classes
            self.parts.legend.show_categories(coloured.categories, classes, self._palette)
            self._shade()

    def _shade(self) -> None:
        points = self.canvas.points
        if points is None or not self.isVisible():
            return
        self.painter.shade(
            Shading(
                points=points,
                hides=self.parts.legend.hides,
                shown=self.link.shown,
                chosen=self.chosen,
                palette=self._palette,
            )
        )

    @property
    def _palette(self) -> Palette:
        return DARK if self._context.theme.is_dark else LIGHT

    def _retint(self) -> None:
        if self.painter.colouring is not None:
            self._show_colours(self.painter.colouring)

    # -- selection ----------------------------------------------------------------------------

    @property
    def chosen(self) -> Int64:
        """Return (n,) int64 the tiles selected in the grid."""
        return self.link.selected

    def _surround(self, outline: Float64, pick: Pick) -> None:
        """Select what a lasso holds; which that is, is found in a thread."""
        scene = self.canvas.scene
        if scene is not None:
            self._surrounded.submit(lambda: (surrounded(scene, outline), pick))

    def _select(self, tiles: Int64, pick: Pick) -> None:
        self.link.select(tiles, pick)
        text = self.tr("{count} tiles selected on the map.")
        self.notice.emit(text.format(count=f"{self.link.count:,}"))

    def _follow_grid(self) -> None:
        if self.isVisible():
            self._shade()
            self._tell_selection()

    def _tell_selection(self) -> None:
        count = self.link.count
        self.parts.selection.setText(self.teller.selection(count))
        self.parts.show_selected.setEnabled(count > 0)
        self.parts.clear.setEnabled(count > 0)

    def show_selected(self) -> None:
        """Go to the grid, which shows the selected tiles only."""
        tiles = self.chosen
        if len(tiles):
            self.link.show_alone(tiles, self.teller.list_title(len(tiles)))
            self._context.pages.show_page("review")

    def select_all(self) -> None:
        """Select every tile that the grid shows."""
        self.link.select_all()

    def select_none(self) -> None:
        """Select no tile."""
        self.link.select(np.zeros(0, np.int64), Pick.REPLACE)

    def invert_selection(self) -> None:
        """Select what the grid shows and is not selected."""
        self.link.invert()

    def copy_ids(self) -> None:
        """Copy the ids of the selected tiles."""
        self.link.copy_ids()

    # -- pointing -----------------------------------------------------------------------------

    def _point(self, tile: int | None) -> None:
        workspace = self._workspace
        if tile is None or workspace is None:
            self.card.hide_tile()
            return
        title, facts = self.teller.tile(workspace.session, tile)
        self.card.show_tile(tile, workspace.pixels, title, facts)
        self._move_card()

    def _move_card(self) -> None:
        tile = self.card.tile
        if tile is not None and (place := self.canvas.place_of(tile)) is not None:
            self.card.move_beside(place)

    def _open(self, tile: int) -> None:
        self.link.go_to(tile)
        self._context.pages.show_page("review")

    # -- commands -----------------------------------------------------------------------------

    def zoom(self, steps: int) -> None:
        """Come nearer by so many steps, below 0 go back; two steps double."""
        self.canvas.zoom_by(_STEP**steps)

    def zoom_to_fit(self) -> None:
        """Show the whole map."""
        self.canvas.zoom_to_fit()

    def _act(self) -> None:
        """Do what the banner, or what stands in place of the map, offers."""
        match self._offer:
            case Offer.MAKE:
                self.work.make()
            case Offer.TRAIN:
                self._context.actions["model.train"].trigger()
            case Offer.READ:
                self.work.read_again()
                self._tell()
            case Offer.NOTHING:
                pass

    @property
    def _offer(self) -> Offer:
        return self.teller.offer(self._workspace, self._maps, self.work)

    def _follow_training(self) -> None:
        """Let the buttons be as the command is that they offer: off, with the reason, or on."""
        train = self._context.actions["model.train"]
        offers = self._offer is Offer.TRAIN
        for button in (self.parts.banner_button, self.parts.empty_button):
            button.setEnabled(train.isEnabled() or not offers)
            button.setToolTip(train.toolTip() if offers else "")

    def _tell(self) -> None:
        """Say what is seen, what it lacks, and what can be done about it."""
        self.teller.tell(
            self.parts, self._workspace, self._maps, self.work, shown=self.shown_layout
        )
        self._follow_training()
        self._tell_selection()

    def _save(self) -> None:
        from histoviewer.ui.map.exporting import MapExport

        MapExport(self, self._context).ask()


def surrounded(scene: Scene, outline: Float64) -> Int64:
    """Return the painted tiles inside an outline, (n,) int64 ascending. Any thread.

    Args:
        scene: Says where they are, and which are painted.
        outline: (k, 2) float64 corners on the plane.
    """
    inside = scene.points.index.inside(outline)
    return inside[scene.present[scene.points.places_of[inside]]]
