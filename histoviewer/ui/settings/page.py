"""The settings page: reader, look, keys, reading of tiles, places."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from histoviewer.errors import InputError
from histoviewer.settings import (
    PROMOTION_MARGIN,
    QUICK_RETRAIN_EVERY,
    TEXT_PERCENT,
    THEMES,
    TILE_CACHE_MB,
    TILE_THREADS,
    account_name,
    clean_name,
)
from histoviewer.ui.language import language_name
from histoviewer.ui.pages import Page, PageContext
from histoviewer.ui.settings.keys import KeyEditor
from histoviewer.ui.settings.places import Places
from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.translation import QT_TRANSLATE_NOOP, translate
from histoviewer.ui.widgets import frame, heading, inset, label

_WIDTH_LETTERS: Final = 132
_FIELD_LETTERS: Final = 34
_TITLE_LETTERS: Final = 14
_THEME_NAMES: Final = {
    "system": QT_TRANSLATE_NOOP("settings", "As the system"),
    "light": QT_TRANSLATE_NOOP("settings", "Light"),
    "dark": QT_TRANSLATE_NOOP("settings", "Dark"),
}


class SettingsPage(Page):
    """What the reader prefers; every change is in force, and on the disk, at once. UI thread only.

    Args:
        context: What the window has.
        parent: Owner.
    """

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preferences = context.preferences
        self._background = context.bench.background
        settings = self._preferences.settings
        self.reader = QLineEdit(settings.reader)
        self.theme = QComboBox()
        self.language = QComboBox()
        self.text_size = QSpinBox()
        self.threads = QSpinBox()
        self.cache = QSpinBox()
        self.margin = QDoubleSpinBox()
        self.quick = QSpinBox()
        self.starter = QCheckBox(self.tr("Rank with the starter model"))
        self.keys = KeyEditor(self._preferences)
        self.places = Places(settings.projects)
        self._fill()
        self._lay_out()
        self._connect()
        self._show_settings()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Pass the keyboard on to the first field."""
        super().focusInEvent(event)
        self.reader.setFocus(event.reason())

    def finish_typing(self) -> None:
        """Take the name, the numbers and the folder that are still being typed."""
        self._take_reader()
        for box in self._numbers:
            box.interpretText()
        self.places.finish_typing()

    # --- how it is built

    def _fill(self) -> None:
        self.reader.setPlaceholderText(account_name())
        self.theme.addItems([translate("settings", _THEME_NAMES[name]) for name in THEMES])
        for language in self._preferences.languages:
            name = language_name(language) if language else self.tr("As the system")
            self.language.addItem(name, language)
        self.text_size.setRange(*TEXT_PERCENT)
        self.text_size.setSingleStep(5)
        self.text_size.setSuffix(self.tr(" %"))
        self.threads.setRange(*TILE_THREADS)
        self.threads.setSpecialValueText(self.tr("automatic"))
        self.cache.setRange(*TILE_CACHE_MB)
        self.cache.setSingleStep(32)
        self.cache.setSuffix(self.tr(" MiB"))
        self.margin.setDecimals(4)
        self.margin.setRange(*PROMOTION_MARGIN)
        self.margin.setSingleStep(0.001)
        self.margin.setSuffix(self.tr(" AUC"))
        self.quick.setRange(*QUICK_RETRAIN_EVERY)
        self.quick.setSpecialValueText(self.tr("never"))
        self.quick.setSuffix(self.tr(" verdicts"))
        for box in self._numbers:
            box.setKeyboardTracking(False)
            inset(box)

    @property
    def _numbers(self) -> tuple[QSpinBox | QDoubleSpinBox, ...]:
        return self.text_size, self.threads, self.cache, self.margin, self.quick

    def _lay_out(self) -> None:
        content = QWidget()
        content.setMaximumWidth(self.fontMetrics().averageCharWidth() * _WIDTH_LETTERS)
        content.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(content)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(WIDE)
        column.addWidget(heading(self.tr("Settings"), scale=1.4))
        for card in (self._reader_card(), self._look_card(), self._keys_card()):
            column.addWidget(card)
        for card in (self._models_card(), self._tiles_card(), self._places_card()):
            column.addWidget(card)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(content)
        area.setWidgetResizable(True)
        area.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def _reader_card(self) -> QFrame:
        card, form = _card(self.tr("Reader"))
        text = self.tr(
            "Recorded with every verdict. Verdicts given before keep the name they were given "
            "under. Left empty, it is the name of the account."
        )
        _add(form, self.tr("Name"), self.reader, text)
        return card

    def _look_card(self) -> QFrame:
        card, form = _card(self.tr("Look"))
        _add(form, self.tr("Colours"), self.theme)
        _add(form, self.tr("Text size"), self.text_size, self.tr("Relative to the system's."))
        _add(form, self.tr("Language"), self.language, self.tr("In force from the next start."))
        return card

    def _keys_card(self) -> QFrame:
        card, form = _card(self.tr("Keys"))
        self.keys.setAccessibleName(self.tr("Keys"))
        form.addRow(self.keys)
        return card

    def _models_card(self) -> QFrame:
        card, form = _card(self.tr("Models"))
        text = self.tr(
            "Tiles in the layout of Kaggle's competition are ranked before anything is trained, by "
            "a small model that comes with the program."
        )
        _add(form, self.tr("New projects"), self.starter, text)
        text = self.tr(
            "A new model takes the place of the one that ranks the tiles only if it is not worse "
            "by more than this, beyond reasonable doubt (95 %). With 0 it must be better."
        )
        _add(form, self.tr("Promotion margin"), self.margin, text)
        text = self.tr(
            "The last layer of the model learns by itself after so many verdicts, and the tiles "
            "are ranked anew."
        )
        _add(form, self.tr("Quick retrain every"), self.quick, text)
        return card

    def _tiles_card(self) -> QFrame:
        card, form = _card(self.tr("Reading of tiles"))
        _add(
            form,
            self.tr("Threads"),
            self.threads,
            self.tr("How many tiles are read at a time. Disks on a network like more."),
        )
        _add(
            form,
            self.tr("Memory"),
            self.cache,
            self.tr("For tiles in the size of the grid: scrolling back to them reads nothing."),
        )
        return card

    def _places_card(self) -> QFrame:
        card, form = _card(self.tr("Places"))
        form.addRow(self.places)
        return card

    def _connect(self) -> None:
        self.reader.editingFinished.connect(self._take_reader)
        self.theme.activated.connect(self._take_theme)
        self.language.activated.connect(self._take_language)
        self.starter.toggled.connect(self._take_starter)
        for box in self._numbers:
            box.valueChanged.connect(self._take_numbers)
        self.places.projects_chosen.connect(self._check_projects)
        self._preferences.changed.connect(self._show_settings)

    # --- what it does

    def _show_settings(self) -> None:
        """Show the settings in force; they may have been changed elsewhere."""
        settings = self._preferences.settings
        if not self.reader.hasFocus():
            self.reader.setText(settings.reader)
        self.theme.setCurrentIndex(THEMES.index(settings.theme))
        self.language.setCurrentIndex(self._preferences.languages.index(settings.language))
        with QSignalBlocker(self.starter):
            self.starter.setChecked(settings.starter_model)
        for box, value in zip(
            self._numbers,
            (
                settings.text_percent,
                settings.tile_threads,
                settings.tile_cache_mb,
                settings.promotion_margin,
                settings.quick_retrain_every,
            ),
            strict=True,
        ):
            with QSignalBlocker(box):
                box.setValue(value)  # type: ignore[arg-type]  # each is of its box's kind

    def _take_theme(self, place: int) -> None:
        self._preferences.put(replace(self._preferences.settings, theme=THEMES[place]))

    def _take_language(self, place: int) -> None:
        language = self._preferences.languages[place]
        self._preferences.put(replace(self._preferences.settings, language=language))

    def _take_starter(self, wanted: bool) -> None:  # noqa: FBT001 - a signal's argument
        self._preferences.put(replace(self._preferences.settings, starter_model=wanted))

    def _take_numbers(self) -> None:
        self._preferences.put(
            replace(
                self._preferences.settings,
                text_percent=self.text_size.value(),
                tile_threads=self.threads.value(),
                tile_cache_mb=self.cache.value(),
                promotion_margin=round(self.margin.value(), 4),
                quick_retrain_every=self.quick.value(),
            )
        )

    def _take_reader(self) -> None:
        name = clean_name(self.reader.text())
        self.reader.setText(name)
        if name != self._preferences.settings.reader:
            self._preferences.set_reader(name)

    def _check_projects(self, folder: Path | None) -> None:
        """Take over the folder where there is one, looking for it in the background."""
        fault = InputError(
            self.tr("There is no folder {path}.").format(path=folder),
            self.tr("Choose one that is there, or empty the field."),
        )

        def check() -> None:
            if folder is not None and not folder.is_dir():
                raise fault  # a failed write keeps the window open, with the reason in sight

        self._background.write(  # which is what it leads to: closing waits for it
            check,
            then=lambda _: self._take_projects(folder),
            failed=lambda error: self.places.show_fault(str(error)),
        )

    def _take_projects(self, folder: Path | None) -> None:
        self.places.show_fault("")
        chosen = "" if folder is None else str(folder)
        self._preferences.put(replace(self._preferences.settings, projects=chosen))


def _card(title: str) -> tuple[QFrame, QFormLayout]:
    card = frame("card")
    column = QVBoxLayout(card)
    column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
    column.setSpacing(GAP)
    column.addWidget(heading(title))
    form = QFormLayout()
    form.setHorizontalSpacing(WIDE)
    form.setVerticalSpacing(GAP)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    column.addLayout(form)
    return card, form


def _add(form: QFormLayout, name: str, field: QWidget, help_text: str = "") -> None:
    """Add a field with its name, and a hint below it."""
    field.setAccessibleName(name)
    field.setFixedWidth(field.fontMetrics().averageCharWidth() * _FIELD_LETTERS)
    field.setToolTip(help_text or name)
    title = label(name)
    title.setBuddy(field)
    title.setMinimumWidth(title.fontMetrics().averageCharWidth() * _TITLE_LETTERS)
    cell = QVBoxLayout()  # a row of its own would stand too far off
    cell.setSpacing(GAP // 2)
    line = QHBoxLayout()  # the width of the field is not that of the hint
    line.addWidget(field)
    line.addStretch(1)
    cell.addLayout(line)
    if help_text:
        cell.addWidget(label(help_text, role="muted", wraps=True))
        field.setAccessibleDescription(help_text)
    form.addRow(title, cell)
