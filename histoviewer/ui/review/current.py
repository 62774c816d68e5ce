"""The current tile as inspector and large view show it: words at once, pixels from a thread."""

from PySide6.QtCore import QObject

from histoviewer.services.opening import Workspace
from histoviewer.ui.review.describing import describe
from histoviewer.ui.review.inspector import Inspector
from histoviewer.ui.review.loading import Original, OriginalLoader
from histoviewer.ui.review.picture import CentreSquare
from histoviewer.ui.review.views import Views


class CurrentTile(QObject):
    """Keeps inspector and large view on the current tile of the grid. UI thread only.

    Args:
        views: The grid that says which tile is current, and the large view.
        inspector: The pane beside it.
        parent: Owner.
    """

    def __init__(self, *, views: Views, inspector: Inspector, parent: QObject) -> None:
        super().__init__(parent)
        self._grid, self._large, self._inspector = views.grid, views.large, inspector
        self._workspace: Workspace | None = None
        self._centre = CentreSquare.OFF
        self._loader = OriginalLoader(self._show_original, self)
        self._grid.current_changed.connect(self._go_to)
        inspector.centre_button.clicked.connect(self.cycle_centre)

    def begin(self, workspace: Workspace | None) -> None:
        """Start over with a project."""
        self._workspace = workspace
        self._inspector.show_nothing()
        self._loader.aim(None if workspace is None else workspace.originals)

    def describe(self) -> None:
        """Say what is known of the tile by now."""
        workspace, tile = self._workspace, self._grid.current
        place = self._grid.selection.current_place
        if workspace is None or tile is None or place is None:
            self._inspector.show_nothing()
            return
        description = describe(workspace.session, tile)
        self._inspector.describe(description)
        self._large.describe(description, place, len(self._grid.order))
        text = self.tr("Tile {id}, {label}, {state}, {prediction}")
        self._grid.setAccessibleDescription(
            text.format(
                id=description.id,
                label=description.effective,
                state=description.state,
                prediction=description.prediction,
            )
        )

    @property
    def id(self) -> str | None:
        """Return the id of the tile; None where there is none."""
        tile = self._grid.current
        return (
            None
            if self._workspace is None or tile is None
            else self._workspace.session.tiles.ids[tile]
        )

    @property
    def centre(self) -> CentreSquare:
        """Return how the centre square is shown."""
        return self._centre

    def set_centre(self, centre: CentreSquare) -> None:
        """Show the centre square in this way."""
        self._centre = centre
        self._inspector.set_centre(centre)
        self._large.picture.set_centre(centre)

    def cycle_centre(self) -> None:
        """Show the centre square as a box, then by dimming the ring, then not."""
        self.set_centre(self._centre.next())

    def close(self) -> None:
        """End the thread."""
        self._loader.close()

    def _go_to(self, tile: int) -> None:
        self.describe()
        self._loader.load(None if tile < 0 else tile)

    def _show_original(self, original: Original) -> None:
        if self._workspace is None or original.tile != self._grid.current:
            return
        self._inspector.show_original(original, self._workspace.originals.shape[1])
        if original.image is None:
            self._large.picture.show_text(self._inspector.picture.text)
        else:
            self._large.picture.show_image(original.image)
