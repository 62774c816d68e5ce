"""What the map page says: what is seen, what it lacks, and what can be done about it."""

from enum import Enum, auto
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QObject

from histoviewer.domain.embedding_map import Layout
from histoviewer.domain.labels import UNLABELLED
from histoviewer.errors import UserError
from histoviewer.services.embedding import EmbeddingState
from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.map import words
from histoviewer.ui.map.layout import MapLayout
from histoviewer.ui.map.work import MapsAtHand, MapWork
from histoviewer.ui.review import filter_words

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.domain.models import ModelRecord
    from histoviewer.services.opening import Workspace

_LONG_ID: Final = 22  # characters from which an id is shortened in the middle
_ENDS: Final = 9


class Offer(Enum):
    """What the page's button does."""

    NOTHING = auto()
    MAKE = auto()
    TRAIN = auto()
    READ = auto()


class MapTeller(QObject):
    """Puts the state of the maps into words. UI thread only."""

    def tell(
        self,
        parts: MapLayout,
        workspace: "Workspace | None",
        maps: MapsAtHand | None,
        work: MapWork,
        *,
        shown: Layout | None,
    ) -> None:
        """Say it on the page.

        Args:
            parts: The page.
            workspace: The open project; None for none.
            maps: What there is; None while it is being read.
            work: Says whether a map is being made.
            shown: The layout that is seen; None for none.
        """
        button = self._button(self.offer(workspace, maps, work), maps)
        if shown is None or maps is None or workspace is None:
            parts.summary.set_full("")
            parts.show_banner("")
            parts.explain_nothing(*self._why_nothing(workspace, maps, work), button)
            return
        parts.show_map()
        parts.summary.set_full(self._summary(workspace, maps, shown))
        text = self._banner(workspace, maps, work, parts.wanted, shown)
        parts.show_banner(text, "" if maps.read.is_current(Layout.UMAP) else button)

    def offer(self, workspace: "Workspace | None", maps: MapsAtHand | None, work: MapWork) -> Offer:
        """Return what can be done now."""
        if workspace is not None and work.refusal is not None:
            return Offer.READ
        if workspace is None or maps is None or work.is_making or workspace.session.read_only:
            return Offer.NOTHING
        if maps.read.model is None:
            return Offer.TRAIN
        if workspace.packed is None or maps.read.is_current(Layout.UMAP):
            return Offer.NOTHING
        return Offer.MAKE

    def _button(self, offer: Offer, maps: MapsAtHand | None) -> str:
        if offer is Offer.TRAIN:
            return self.tr("Train a model…")
        if offer is Offer.READ:
            return self.tr("Read again")
        if offer is Offer.MAKE:
            there = maps is not None and bool(maps.points)
            return self.tr("Make the map again") if there else self.tr("Make the map")
        return ""

    def _why_nothing(
        self, workspace: "Workspace | None", maps: MapsAtHand | None, work: MapWork
    ) -> tuple[str, str]:
        """Return a title and a sentence for a page without a map."""
        if workspace is None:
            return self.tr("No project is open."), ""
        if work.refusal is not None:
            return self._why_refused(work.refusal)
        if work.is_making:
            return self.tr("The map is being made."), self.tr(
                "The first view comes as soon as the tiles are embedded. The list of jobs below"
                " says how far it is, and can cancel it."
            )
        if maps is None:
            return self.tr("Reading the map…"), ""
        if maps.read.model is None:
            return self.tr("There is no model yet."), self.tr(
                "A map puts beside each other what looks alike to a model. Train one, or import one"
                " on the page Models."
            )
        if workspace.packed is None:
            return self.tr("The tiles are still being packed."), self.tr(
                "The map can be made as soon as they are."
            )
        if workspace.session.read_only:
            return self.tr("There is no map yet."), self.tr(
                "The project is open for reading only: make the map where it is open for writing."
            )
        return self.tr("There is no map yet."), self.tr(
            "Each tile becomes a point, beside those that look alike to the model. That takes some"
            " minutes in the background; you can go on reviewing."
        )

    def _why_refused(self, error: Exception) -> tuple[str, str]:
        if isinstance(error, UserError):
            return error.message, error.hint
        return self.tr("The map could not be read."), self.tr("The log file says more.")

    def _banner(
        self,
        workspace: "Workspace",
        maps: MapsAtHand,
        work: MapWork,
        wanted: Layout,
        shown: Layout,
    ) -> str:
        if work.is_making:
            return self.tr("UMAP is being worked out; {layout} is shown meanwhile.").format(
                layout=words.layouts()[shown]
            )
        if not maps.read.is_current(shown):
            return self._why_stale(maps.read.embeddings)
        if workspace.session.blind:
            return self.tr(
                "A blind read is on: scores are hidden. Where a point lies is the model's doing,"
                " too: do not judge by it."
            )
        if wanted is not shown:
            return self.tr("There is no {wanted} map yet; {shown} is shown.").format(
                wanted=words.layouts()[wanted], shown=words.layouts()[shown]
            )
        return ""

    def _why_stale(self, embeddings: EmbeddingState | None) -> str:
        match embeddings:
            case EmbeddingState.OLDER_THAN_TILES:
                return self.tr("This map is older than the tiles.")
            case EmbeddingState.DAMAGED:
                return self.tr("The embeddings of this map are damaged; the map itself is whole.")
            case _:
                return self.tr("This map is of another model, or older than the model.")

    def _summary(self, workspace: "Workspace", maps: MapsAtHand, shown: Layout) -> str:
        text = self.tr("{count} tiles as model {model} sees them, by {layout}")
        return text.format(
            count=f"{len(workspace.session.tiles):,}",
            model=_name(maps.read.model, maps.read.maps[shown].model),
            layout=words.layouts()[shown],
        )

    # -- selection and tiles ------------------------------------------------------------------

    def selection(self, count: int) -> str:
        """Return how many tiles are selected, a sentence."""
        if count == 0:
            return self.tr("No tile is selected. Draw a lasso around some.")
        if count == 1:
            return self.tr("1 tile is selected.")
        return self.tr("{count} tiles are selected.").format(count=f"{count:,}")

    def list_title(self, count: int) -> str:
        """Return what the list of the selected tiles is called in the grid."""
        return self.tr("Map: {count} tiles").format(count=f"{count:,}")

    def tile(self, session: ReviewSession, tile: int) -> tuple[str, str]:
        """Return a tile's id, shortened, and what is known of it; nothing that is hidden now."""
        index = np.array([tile], np.int64)
        columns = session.columns(index)
        labels = filter_words.labels(session.classes)
        label = int(columns.effective[0])
        lines = [labels[label]]
        if label != UNLABELLED:
            lines = [self.tr("label {label}").format(label=labels[label])]
        score = float(columns.scores[0])
        if bool(session.hidden(index)[0]):
            lines.append(self.tr("score hidden"))
        elif not np.isnan(score):
            lines.append(self.tr("score {score}").format(score=f"{score:.3f}"))
        if group := session.tiles.group_name(tile):
            lines.append(_shortened(group))
        return _shortened(session.tiles.ids[tile]), "\n".join(lines)


def _name(model: "ModelRecord | None", of_map: str) -> str:
    """Return the number and recipe of the model, where it is that of the map; else the map's id."""
    if model is not None and model.id == of_map:
        return f"{model.number} {model.recipe}"
    return of_map


def _shortened(text: str) -> str:
    """Return a text with its middle left out where it is long."""
    if len(text) <= _LONG_ID:
        return text
    return f"{text[:_ENDS]}\N{HORIZONTAL ELLIPSIS}{text[-_ENDS:]}"
