"""Puts explanations into the review page: the panel beside the tile, and maps over the tiles."""

from histoviewer.services.changes import Changes
from histoviewer.ui.explain.overlay import MapOverlay
from histoviewer.ui.explain.panel import ExplainPanel
from histoviewer.ui.pages import PageContext
from histoviewer.ui.review.page import ReviewPage


def explain(page: ReviewPage, context: PageContext) -> None:
    """Let a review page explain its tiles. UI thread only.

    Args:
        page: Owns what is added to it.
        context: The open project, and where the window says what happened.
    """
    panel = ExplainPanel(context.bench)
    page.inspector.add_part(panel)
    page.grid.current_changed.connect(lambda: panel.show_tile(page.grid.current))
    overlay = MapOverlay(
        context.bench, panel.choices, views=page.views, current=page.current, parent=page
    )
    page.maps_asked.connect(overlay.set_on)
    page.began.connect(lambda: overlay.set_on(False))
    page.began.connect(panel.close_enquiries)
    for part in (panel, overlay):
        page.refreshed.connect(part.reconsider)
    page.ended.connect(overlay.close)
    page.ended.connect(panel.close_enquiries)
    overlay.notice.connect(page.notice)
    overlay.refused.connect(context.notices.show_error)
    # What can be done has changed, and nothing else.
    overlay.switched.connect(lambda: page.changed.emit(Changes(initiator=page)))
