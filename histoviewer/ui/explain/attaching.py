"""Puts explanations into pages: the panel beside the tile, and maps over the tiles."""

from histoviewer.ui.evaluate.page import EvaluatePage
from histoviewer.ui.explain.close_up import CloseUp
from histoviewer.ui.explain.in_view import explainable_in_view
from histoviewer.ui.explain.overlay import MapOverlay
from histoviewer.ui.explain.panel import ExplainPanel
from histoviewer.ui.pages import Page, PageContext
from histoviewer.ui.review.page import ReviewPage


def explain(page: ReviewPage, context: PageContext) -> None:
    """Let a review page explain its tiles. UI thread only.

    Args:
        page: Owns what is added to it.
        context: The open project, and where the window says what happened.
    """
    bench = context.bench
    panel = ExplainPanel(bench, in_view=lambda: explainable_in_view(bench, page.grid))
    page.inspector.add_part(panel)
    panel.keyboard_left.connect(page.take_keyboard)
    for button in (panel.trust.button, panel.save):  # who has clicked goes on with the tiles
        button.clicked.connect(page.take_keyboard)
    page.grid.current_changed.connect(lambda: panel.show_tile(page.grid.current))
    overlay = MapOverlay(
        bench,
        panel.choices,
        grid=page.grid,
        model=lambda: bench.champion,
        close_up=CloseUp(page.views, page.current, page),
        parent=page,
    )
    page.began.connect(panel.close_enquiries)
    page.refreshed.connect(panel.reconsider)
    page.ended.connect(panel.close_enquiries)
    page.maps_asked.connect(overlay.set_on)
    page.began.connect(lambda: overlay.set_on(False))
    page.refreshed.connect(overlay.reconsider)
    page.ended.connect(overlay.close)
    _tell(overlay, page, context)


def explain_errors(page: EvaluatePage, review: ReviewPage, context: PageContext) -> None:
    """Let the evaluate page lay maps over the errors of the model that it shows. UI thread only.

    Args:
        page: Owns what is added to it.
        review: Explains its tiles; how maps are worked out and shown is chosen there for both.
        context: The open project, and where the window says what happened.
    """
    panel = review.inspector.findChild(ExplainPanel)
    assert isinstance(panel, ExplainPanel), "the review page explains its tiles"
    gallery = page.parts.gallery
    gallery.maps.setDefaultAction(context.actions["view.maps"])
    overlay = MapOverlay(
        context.bench,
        panel.choices,
        grid=gallery.grid,
        model=lambda: page.shown_model,
        parent=page,
    )
    gallery.maps_asked.connect(overlay.set_on)
    gallery.began.connect(lambda: overlay.set_on(False))
    gallery.shown.connect(overlay.reconsider)
    gallery.ended.connect(overlay.close)
    _tell(overlay, page, context)


def _tell(overlay: MapOverlay, page: Page, context: PageContext) -> None:
    """Let the window know what becomes of maps."""
    overlay.notice.connect(page.notice)
    overlay.refused.connect(context.notices.show_error)
    overlay.switched.connect(page.situation_changed)
