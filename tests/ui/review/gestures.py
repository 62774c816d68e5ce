"""Real events for tests of the grid: wheel, touchpad, drags, keys held down, menus, tooltips."""

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QPainter,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from histoviewer.ui.review.grid import TileGrid
from tests.ui.review.conftest import painted, send

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NO_BUTTON = Qt.MouseButton.NoButton
UNPAINTED = QColor(255, 0, 255)


def centre(grid: TileGrid, place: int) -> QPoint:
    """The middle of a cell in the view."""
    return grid.cell_rect(place).center()


def fill_in(qtbot: QtBot, grid: TileGrid) -> QImage:
    """Paint until every tile in view has its pixels."""

    def is_whole() -> bool:
        painted(grid)
        visible = grid.geometry_now().visible(grid.verticalScrollBar().value())
        return grid.supply.has(grid.order[visible.start : visible.stop])

    qtbot.waitUntil(is_whole)
    return painted(grid)


def wheel(
    grid: TileGrid, *, notches: float = 0, pixels: int = 0, modifiers: Qt.KeyboardModifier = NONE
) -> None:
    """Turn the wheel, or slide two fingers over a touchpad."""
    middle = QPointF(grid.viewport().rect().center())
    event = QWheelEvent(
        middle, QPointF(grid.mapToGlobal(middle.toPoint())), QPoint(0, pixels),
        QPoint(0, round(notches * 120)), NO_BUTTON, modifiers, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    send(grid.viewport(), event)


def drag(
    grid: TileGrid,
    start: QPoint,
    *stops: QPoint,
    modifiers: Qt.KeyboardModifier = NONE,
    let_go: bool = True,
) -> None:
    """Press, move over some points, and let go of the button."""
    view = grid.viewport()
    QTest.mousePress(view, LEFT, modifiers, start)
    for stop in stops:
        QTest.mouseMove(view, stop)
    if let_go:
        QTest.mouseRelease(view, LEFT, modifiers, stops[-1])


def hold_down(grid: TileGrid, key: Qt.Key, *, repeats: int) -> None:
    """Hold a key, as far as its repeats: nothing is painted in between."""
    for repeat in range(repeats):
        send(grid, QKeyEvent(QEvent.Type.KeyPress, key, NONE, "", repeat > 0))


def ask_for_menu(grid: TileGrid, point: QPoint | None) -> None:
    """Click with the right button at a point; without one, press the Menu key."""
    reason = QContextMenuEvent.Reason
    where = QPoint() if point is None else point
    event = QContextMenuEvent(
        reason.Keyboard if point is None else reason.Mouse,
        where,
        grid.viewport().mapToGlobal(where),
    )
    send(grid.viewport() if point is not None else grid, event)


def rest_at(grid: TileGrid, point: QPoint) -> None:
    """Rest the mouse over a point until a tooltip is due."""
    view = grid.viewport()
    send(view, QHelpEvent(QEvent.Type.ToolTip, point, view.mapToGlobal(point)))


def rendered(grid: TileGrid, ratio: float) -> QImage:
    """Paint the view on a screen with this many device pixels a logical pixel."""
    image = QImage(grid.viewport().size() * ratio, QImage.Format.Format_RGB32)
    image.fill(UNPAINTED)
    image.setDevicePixelRatio(ratio)
    painter = QPainter(image)
    grid.viewport().render(painter, QPoint())
    painter.end()
    image.setDevicePixelRatio(1.0)
    return image
