"""What the window remembers from one session to the next: geometry and the state of its pages."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QWidget

from histoviewer.ui.pages import Page


def window_values(window: QWidget, pages: Mapping[str, Any]) -> dict[str, Any]:
    """Return the state as JSON values.

    Args:
        window: Its size, place and whether it is maximised.
        pages: State of each page by id.
    """
    geometry = bytes(window.saveGeometry().toBase64().data()).decode("ascii")
    return {"geometry": geometry, "pages": dict(pages)}


def restore_geometry(window: QWidget, values: Mapping[str, Any]) -> bool:
    """Put the window where it was; return False where that is not known."""
    geometry = values.get("geometry")
    if not isinstance(geometry, str):
        return False
    return window.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii", "ignore")))


def page_states(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the remembered state of each page by id."""
    pages = values.get("pages")
    return dict(pages) if isinstance(pages, dict) else {}


def read_pages(pages: Mapping[str, Page]) -> dict[str, Any]:
    """Return the state of each page now."""
    return {name: page.state() for name, page in pages.items()}
