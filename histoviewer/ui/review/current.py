"""The current tile as inspector and large view show it: words at once, pixels from a thread."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Signal

from histoviewer.services.lineage import Learner
from histoviewer.services.opening import Workspace
from histoviewer.services.ranking import Ranking
from histoviewer.tiles.adjusting import Adjustments
from histoviewer.ui.review.advancing import next_undecided
from histoviewer.ui.review.describing import Description, describe, twins
from histoviewer.ui.review.inspector import Inspector
from histoviewer.ui.review.loading import Original, OriginalLoader
from histoviewer.ui.review.look import Look
from histoviewer.ui.review.model_scores import ModelScores, ScoreReader
from histoviewer.ui.review.picture import TilePicture
from histoviewer.ui.review.viewport import Viewport
from histoviewer.ui.review.views import Views

_ZOOM_STEP: Final = 2**0.5  # two keys double the size
_AHEAD: Final = (1, 2, -1)  # places from the current one that are probably wanted next
_NEAR: Final = 4096  # places in which the next undecided tile is looked for


class CurrentTile(QObject):
    """Keeps inspector and large view on the current tile of the grid. UI thread only.

    Both show it in the same way, and go on to do so with the next tile.

    Args:
        views: The grid that says which tile is current, and the large view.
        inspector: The pane beside it.
        parent: Owner.
    """

    pictured = Signal()  # the pixels of another tile are shown, or those of none by now

    def __init__(self, *, views: Views, inspector: Inspector, parent: QObject) -> None:
        super().__init__(parent)
        self._views, self._grid, self._large = views, views.grid, views.large
        self._inspector = inspector
        self._workspace: Workspace | None = None
        self._pictured: int | None = None
        self._look = Look()
        self._ranking: Ranking | None = None  # by which the scores shown were read
        self._scores: ModelScores | None = None
        self._loader = OriginalLoader(self._show_original, self)
        self._score_reader = ScoreReader(self._take_scores, self)
        self._connect()

    def _connect(self) -> None:
        self._loader.late.connect(self._ask_for_patience)
        self._grid.current_changed.connect(self._go_to)
        for picture in self._pictures:
            picture.viewport_changed.connect(self._zoom_to)
        panel = self._inspector.look
        panel.centre_button.clicked.connect(self.cycle_centre)
        panel.adjusted.connect(self._adjust)
        panel.reset.clicked.connect(self.reset_look)

    def begin(self, workspace: Workspace | None) -> None:
        """Start over with a project."""
        self._workspace = workspace
        self._scores = self._ranking = None
        self._picture_tile(None)
        self._inspector.show_nothing()
        self._large.picture.show_text("")
        self._loader.aim(None if workspace is None else workspace.originals)
        self._score_reader.aim(None if workspace is None else workspace.project)

    def describe(self) -> None:
        """Say what is known of the tile by now."""
        workspace, tile = self._workspace, self._grid.current
        place = self._grid.selection.current_place
        if workspace is None or tile is None or place is None:
            self._inspector.show_nothing()
            return
        session = workspace.session
        description = describe(session, tile, self._learners(tile))
        self._inspector.describe(description)
        self._inspector.show_duplicates(twins(session, tile))
        self._large.describe(description, place, len(self._grid.order))
        self._grid.describe_current(self._spoken(description))
        if session.ranking is not self._ranking:  # other scores, or another champion
            self._read_scores(tile)
        self._show_scores(description)

    @property
    def id(self) -> str | None:
        """Return the id of the tile; None where there is none."""
        tile, workspace = self._grid.current, self._workspace
        return None if workspace is None or tile is None else workspace.session.tiles.ids[tile]

    def close(self) -> None:
        """End the threads."""
        self._loader.close()
        self._score_reader.close()

    # -- how it is looked at ------------------------------------------------------------------

    @property
    def look(self) -> Look:
        """Return how the reader looks at tiles."""
        return self._look

    def set_look(self, look: Look) -> None:
        """Show tiles in this way from now on."""
        self._look = look
        self._inspector.look.show_adjustments(look.adjustments)
        self._inspector.look.set_centre(look.centre)
        self._large.show_adjustments(look.adjustments)
        for picture in self._pictures:
            picture.set_centre(look.centre)
            picture.set_viewport(look.viewport)
        self._loader.adjust(look.adjustments)

    def cycle_centre(self) -> None:
        """Show the centre square as a box, then by dimming the ring, then not."""
        self.set_look(replace(self._look, centre=self._look.centre.next()))

    def cycle_stain(self) -> None:
        """Show haematoxylin alone, then eosin, then all colours."""
        channel = self._look.adjustments.channel.next()
        self._adjust(replace(self._look.adjustments, channel=channel))

    def step(self, *, brightness: int = 0, contrast: int = 0) -> None:
        """Change brightness and contrast by so many percent."""
        self._adjust(self._look.adjustments.stepped(brightness=brightness, contrast=contrast))

    def reset_look(self) -> None:
        """Show the pixels as they are and the whole tile; the centre square stays."""
        self.set_look(replace(Look(), centre=self._look.centre))

    def zoom(self, steps: int) -> None:
        """Come nearer by so many steps, or go back where below 0."""
        self._picture.zoom_by(_ZOOM_STEP**steps)

    def toggle_zoom(self) -> None:
        """Come near, or back to the whole tile."""
        self._picture.toggle_zoom()

    def zoom_to_fit(self) -> None:
        """Show the whole tile."""
        self._picture.zoom_to_fit()

    @property
    def _pictures(self) -> tuple[TilePicture, TilePicture]:
        return self._inspector.picture, self._large.picture

    @property
    def _picture(self) -> TilePicture:
        """Return the picture that keys are about."""
        return self._large.picture if self._views.is_large else self._inspector.picture

    def _adjust(self, adjustments: Adjustments) -> None:
        self.set_look(replace(self._look, adjustments=adjustments))

    def _zoom_to(self, viewport: Viewport) -> None:
        self.set_look(replace(self._look, viewport=viewport))

    # -- which tile it is ---------------------------------------------------------------------

    def _go_to(self, tile: int) -> None:
        self._scores = None
        self._read_scores(tile)
        self.describe()
        self._picture_tile(None)
        self._loader.load(None if tile < 0 else tile, soon=self._probably_next())

    def _probably_next(self) -> Sequence[int]:
        """Return where a verdict leads, and the tiles before and after the current one."""
        place, order = self._grid.selection.current_place, self._grid.order
        if place is None or self._workspace is None:
            return ()
        states = self._workspace.session.states
        following = next_undecided(order[place : place + _NEAR], 0, states)
        places = [] if following is None else [place + following]
        places += [place + step for step in _AHEAD if 0 <= place + step < len(order)]
        return [int(order[near]) for near in dict.fromkeys(places)]

    def _show_original(self, original: Original) -> None:
        if self._workspace is None or original.tile != self._grid.current:
            return
        self._inspector.show_original(original, self._workspace.originals.shape[1])
        if original.raster is None:
            self._large.picture.show_text(self._inspector.picture.text)
        else:
            self._large.picture.show_raster(original.raster)
            self._picture_tile(original.tile)

    @property
    def pictured_tile(self) -> int | None:
        """Return the tile whose pixels are shown; None while those of another one still are."""
        return self._pictured

    def _picture_tile(self, tile: int | None) -> None:
        if tile != self._pictured:
            self._pictured = tile
            self.pictured.emit()

    def _ask_for_patience(self) -> None:
        for picture in self._pictures:
            picture.show_text(self.tr("Reading the tile…"))

    # -- what models say ----------------------------------------------------------------------

    def _read_scores(self, tile: int) -> None:
        self._ranking = None if self._workspace is None else self._workspace.session.ranking
        self._score_reader.read(None if tile < 0 else tile)

    def _take_scores(self, scores: ModelScores) -> None:
        self._scores = scores
        if self._workspace is not None and scores.tile == self._grid.current:
            self.describe()

    def _learners(self, tile: int) -> Sequence[Learner]:
        """Return what each model learned of the tile, as far as that has been read."""
        if self._scores is None or self._scores.tile != tile:
            return ()
        by_number = sorted(self._scores.scores, key=lambda each: each.model.number)
        return [Learner(model=each.model, label=each.learned) for each in by_number]

    def _show_scores(self, description: Description) -> None:
        """Show what was read, unless it must stay hidden until the verdict."""
        if description.hidden:
            self._inspector.hide_scores()
        elif self._scores is not None:
            self._inspector.show_scores(self._scores.scores, fault=self._scores.fault)

    def _spoken(self, description: Description) -> str:
        """Return what a screen reader says of the tile."""
        return self.tr("Tile {id}, {label}, {state}, {prediction}").format(
            id=description.id,
            label=description.effective,
            state=description.state,
            prediction=description.prediction,
        )
