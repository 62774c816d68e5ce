"""Every page of the window in both themes: looked at, photographed, and checked for clipped texts.

Run by `driver`, for the tests and for the pictures of the docs.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractButton, QDialog, QLabel, QWidget

from histoviewer.domain.search import Trial
from histoviewer.domain.triage import SortKey
from histoviewer.ui.data.layout import Tab as DataTab
from histoviewer.ui.data.page import DataPage
from histoviewer.ui.dialogs.train import TrainDialog
from histoviewer.ui.evaluate.layout import Tab
from histoviewer.ui.evaluate.page import EvaluatePage
from histoviewer.ui.explain.panel import ExplainPanel
from histoviewer.ui.map.page import MapPage
from histoviewer.ui.models.devices.panel import DevicesPanel
from histoviewer.ui.models.models.panel import ModelsPanel
from histoviewer.ui.models.page import ModelsPage
from histoviewer.ui.models.promotion.panel import PromotionPanel
from histoviewer.ui.models.recipes.panel import RecipesPanel
from histoviewer.ui.models.search.panel import SearchPanel
from histoviewer.ui.progress.page import ProgressPage
from histoviewer.ui.readers.page import ReadersPage
from histoviewer.ui.review.lists import ElidedLabel
from histoviewer.ui.theme import Mode
from tests.e2e.hands import Reader

SIZES = (QSize(1400, 900), QSize(1280, 720))
BESIDE = (Tab.CURVES, Tab.THRESHOLD, Tab.GROUPS)
PRETRAINED = "vgg16-transfer"
_LOOK_MS = 20
_TRIED = {"filters1": 16.0, "filters2": 48.0, "learning_rate": 0.004, "dropout": 0.2, "batch": 32.0}
TRIALS = (
    Trial(
        number=1,
        values=_TRIED,
        epochs=3,
        val_auc=0.9412,
        val_loss=0.31,
        seconds=41.0,
        parameters=118_433,
        batch=32,
    ),
    Trial(number=2, values=_TRIED, epochs=3, fault="The loss is no number any more in epoch 2."),
    Trial(
        number=3,
        values=_TRIED | {"filters1": 32.0, "learning_rate": 0.002, "batch": 64.0},
        epochs=3,
        val_auc=0.9583,
        val_loss=0.26,
        seconds=66.0,
        parameters=289_825,
        batch=16,
    ),
)


def every_page(reader: Reader) -> dict[str, Any]:
    """Go to every page in both themes; return what is clipped, and the ground of each picture.

    Returns:
        `clipped`: texts that do not fit, each with the picture it is in; `grounds`: the lightness
        (0-255) of the window in each picture; `settled`: how many tiles readers differ on, before
        and after one was settled.
    """
    reader.wait_for_project()
    found: dict[str, Any] = {"clipped": [], "grounds": {}}
    for mode in (Mode.LIGHT, Mode.DARK):
        preferences = reader.window.preferences
        preferences.put(replace(preferences.settings, theme=mode.value))
        look = _Look(reader, mode.value, found)
        for size in SIZES:
            reader.window.resize(size)
            _go_round(reader, look if size == SIZES[0] else look.without_pictures())
    found["settled"] = _settle_one(reader)
    reader.go_to("review")
    return found


class _Look:
    """Takes pictures of one theme and notes what is wrong with what they show."""

    def __init__(
        self, reader: Reader, theme: str, found: dict[str, Any], *, album: bool = True
    ) -> None:
        self._reader, self._theme, self._found, self._album = reader, theme, found, album

    @property
    def takes_pictures(self) -> bool:
        """Return whether it does more than check."""
        return self._album

    def without_pictures(self) -> "_Look":
        """Return one that only checks."""
        return _Look(self._reader, self._theme, self._found, album=False)

    def at(self, name: str, shown: QWidget | None = None) -> None:
        """Look at the window, or at a dialog in front of it."""
        self._reader.settle()
        window = shown or self._reader.window
        place = f"{self._theme}-{name}"
        self._found["clipped"] += [f"{place}: {text}" for text in clipped(window)]
        if self._album:
            picture = self._reader.see(place)
            ground = QColor(self._reader.window.grab().toImage().pixel(2, 40)).lightness()
            self._found["grounds"][picture.stem] = ground


def _go_round(reader: Reader, look: _Look) -> None:
    _review(reader, look)
    for name in ("queue", "activity", "jobs", "settings"):
        reader.go_to(name)
        look.at(name)
    _models(reader, look)
    reader.go_to("readers")
    readers = reader.window.pages.current
    assert isinstance(readers, ReadersPage)
    _wait(reader, lambda: readers.model.rowCount() > 0 and readers.picture.image is not None)
    look.at("readers")
    reader.go_to("evaluate")
    evaluate = reader.window.pages.current
    assert isinstance(evaluate, EvaluatePage)
    _wait(reader, lambda: bool(evaluate.assessor.found))
    for tab in Tab:
        evaluate.parts.show_tab(tab)
        look.at(f"evaluate-{tab}")
    _beside(reader, look, evaluate)
    reader.go_to("progress")
    progress = reader.window.pages.current
    assert isinstance(progress, ProgressPage)
    _wait(reader, lambda: bool(progress.agreement.texts))
    look.at("progress")
    progress.tabs.setCurrentIndex(1)
    _wait(reader, lambda: progress.workload.workload is not None)
    look.at("progress-workload")
    progress.tabs.setCurrentIndex(0)
    _data(reader, look)
    reader.go_to("map")
    map_page = reader.window.pages.current
    assert isinstance(map_page, MapPage)
    # There may be a map, none yet, or a model without a file: the page says which.
    parts, canvas = map_page.parts, map_page.canvas
    _wait(
        reader,
        lambda: canvas.is_painted if parts.shows_map else "Reading" not in parts.empty_title.text(),
    )
    look.at("map")
    reader.go_to("review")
    for key, name in (("Ctrl+K", "palette"), ("?", "keys"), ("Ctrl+T", "train")):
        reader.press(key)
        dialog = _open_dialog(reader)
        if isinstance(dialog, TrainDialog):
            dialog.recipes.choose(PRETRAINED)  # asks for weights, too
        look.at(name, dialog)
        reader.press("Escape", on=dialog)
    if look.takes_pictures:  # it is no smaller beside a small window
        _inside(reader, look)


def _open_dialog(reader: Reader) -> QDialog:
    (dialog,) = (each for each in reader.window.findChildren(QDialog) if each.isVisible())
    return dialog


def _inside(reader: Reader, look: _Look) -> None:
    """Look inside the model, which takes one that has a file."""
    panel = reader.page.inspector.findChild(ExplainPanel)
    assert isinstance(panel, ExplainPanel)
    panel.look_inside.click()
    dialog = panel.insight
    assert dialog is not None
    for place, tab in enumerate((dialog.features, dialog.filters)):
        dialog.tabs.setCurrentIndex(place)
        _wait(reader, lambda tab=tab: tab.is_filled)
        look.at(f"inside-{place}", dialog)
    dialog.tabs.setCurrentIndex(0)
    reader.press("Escape", on=dialog)


def _beside(reader: Reader, look: _Look, page: EvaluatePage) -> None:
    """Look at all models beside each other, and leave one marked, as it was."""
    (marked,) = page.table.marked
    others = [row.model.id for row in page.table.rows if row.model.id != marked]
    for model in others:
        page.table.mark(model, on=True)
    _wait(reader, lambda: len(page.assessor.found) == 1 + len(others))
    for tab in BESIDE:
        page.parts.show_tab(tab)
        look.at(f"evaluate-{tab}-beside")
    for model in others:
        page.table.mark(model, on=False)
    _wait(reader, lambda: len(page.assessor.found) == 1)


def _data(reader: Reader, look: _Look) -> None:
    reader.go_to("data")
    data = reader.window.pages.current
    assert isinstance(data, DataPage)
    _wait(reader, lambda: data.report is not None)
    if data.parts.measure.isVisible():
        data.parts.measure.click()
        _wait(reader, lambda: data.report is not None and data.report.baseline_is_current)
    for tab in DataTab:
        data.parts.show_tab(tab)
        look.at(f"data-{tab}")


def _models(reader: Reader, look: _Look) -> None:
    reader.go_to("models")
    look.at("models")
    models = reader.window.pages.current
    assert isinstance(models, ModelsPage)
    _blend(reader, look, models)
    reader.press("Ctrl+PgDown")
    promotion = models.panels["promotion"]
    assert isinstance(promotion, PromotionPanel)
    _wait(reader, lambda: promotion.history.model().rowCount() > 0)
    look.at("promotion")
    reader.press("Ctrl+PgDown")
    panel = models.panels["recipes"]
    assert isinstance(panel, RecipesPanel)
    _wait(reader, lambda: bool(panel.network.table.layers))
    for tab in range(panel.editor.count()):
        panel.editor.setCurrentIndex(tab)
        look.at(f"recipes-{tab}")
    reader.press("Ctrl+PgDown")
    search = models.panels["search"]
    assert isinstance(search, SearchPanel)
    _wait(reader, lambda: search.recipe.count() > 0)
    _search_before(search)
    _wait(reader, lambda: search.table.count() == len(TRIALS))
    look.at("search")
    reader.press("Ctrl+PgDown")
    devices = models.panels["devices"]
    assert isinstance(devices, DevicesPanel)
    _wait(reader, lambda: devices.report is not None)
    look.at("devices")
    reader.press(*["Ctrl+PgUp"] * 4)


def _blend(reader: Reader, look: _Look, page: ModelsPage) -> None:
    """Look at the dialog that makes an ensemble of all models, and leave the champion chosen."""
    panel = page.panels["models"]
    assert isinstance(panel, ModelsPanel)
    panel.list.selectAll()
    panel.blend.click()
    dialog = _open_dialog(reader)
    look.at("ensemble", dialog)
    reader.press("Escape", on=dialog)
    champion = reader.bench.champion
    assert champion is not None
    panel.select(champion.id)


def _search_before(panel: SearchPanel) -> None:
    """Let a search have run: one trial failed, one trained with a smaller batch than was asked."""
    folder = panel._folder
    assert folder is not None
    folder.mkdir(parents=True, exist_ok=True)
    found = json.dumps({"trials": [asdict(trial) for trial in TRIALS]})
    (folder / "trials.json").write_text(found, encoding="utf-8")
    panel._read()


def _review(reader: Reader, look: _Look) -> None:
    page = reader.page
    reader.go_to("review")
    reader.press("Home", "Right")
    look.at("review")
    _sort_by(reader, SortKey.GROUP)
    look.at("groups")
    _sort_by(reader, SortKey.SCORE_DOWN)
    with reader.hearing(page.changed_order):
        reader.press("B")
    look.at("blind")
    with reader.hearing(page.changed_order):
        reader.press("B")
    reader.press("Home", "Return", "H")
    _wait(reader, lambda: page.large.picture.image is not None)
    look.at("large")
    reader.press("Alt+0", "H", "H", "H", "Escape")


def _sort_by(reader: Reader, sort: SortKey) -> None:
    page = reader.page
    with reader.hearing(page.changed_order):
        page.bar.set_sort(sort)
        page.bar.sort_changed.emit(sort)


def _settle_one(reader: Reader) -> list[int]:
    """Settle the first tile on which readers differ; return how many there were and are."""
    reader.go_to("readers")
    page = reader.window.pages.current
    assert isinstance(page, ReadersPage)
    _wait(reader, lambda: page.model.rowCount() > 0)
    before = page.model.rowCount()
    page.list.setFocus(Qt.FocusReason.OtherFocusReason)
    reader.press("1")
    _wait(reader, lambda: page.model.rowCount() == before - 1)
    reader.wait_for_saved()
    return [before, page.model.rowCount()]


def _wait(reader: Reader, happened: Callable[[], bool]) -> None:
    timer = QTimer(interval=_LOOK_MS)  # what a background thread answers has no signal of its own
    timer.start()
    reader.wait(happened, timer.timeout)
    timer.stop()


def clipped(window: QWidget) -> list[str]:
    """Return the texts of labels and buttons that are wider or higher than their place.

    Labels that shorten their text by themselves, and those that wrap, are judged by height only.
    """
    found = []
    for widget in window.findChildren(QWidget):
        if not isinstance(widget, (QLabel, QAbstractButton)) or isinstance(widget, ElidedLabel):
            continue
        if not widget.isVisible() or widget.visibleRegion().isEmpty() or not widget.text():
            continue
        needed, given = widget.minimumSizeHint(), widget.size()
        wraps = isinstance(widget, QLabel) and widget.wordWrap()
        is_narrow = not wraps and given.width() < needed.width()
        lacks_height = wraps and given.height() < widget.heightForWidth(given.width())
        if is_narrow or lacks_height:
            found.append(widget.text())
    return found
