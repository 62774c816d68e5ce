"""Asks how to make a project of a data set that was found."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QSpinBox, QWidget
from shiboken6 import isValid

from histoviewer.domain.labels import NEGATIVE, POSITIVE
from histoviewer.domain.tiles import Catalogue, Split
from histoviewer.ui.background import Background
from histoviewer.ui.dialogs.form import FormDialog, PathField
from histoviewer.ui.standing import is_project
from histoviewer.ui.translation import translate

SUFFIX = ".histo"
_SMALLEST, _LARGEST = 8, 1024


@dataclass(frozen=True, kw_only=True)
class ProjectChoice:
    """What the reader chose.

    Args:
        path: The project folder to make.
        positive: Name of the positive class.
        tile_size: Side of the packed tiles in pixels.
        validation_ids: File with the ids of the validation tiles; None for a seeded split.
        groups: CSV with id and group; None for what the layout says.
    """

    path: Path
    positive: str
    tile_size: int
    validation_ids: Path | None
    groups: Path | None


class NewProjectDialog(FormDialog):
    """Shows what was found and asks for name, place and what cannot be found.

    Where there is a project of that name already, it offers to open it or to add the new files.

    Args:
        catalogue: What scanning the data set found.
        tile_size: The usual size of its tiles in pixels.
        folder: Where to propose to put the project.
        background: Looks what is there already, so that a slow disk holds up no key.
        parent: The window.
    """

    open_asked = Signal(Path)  # the project that exists
    update_asked = Signal(Path)

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        tile_size: int,
        folder: Path,
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            title=self.tr("Make a project"),
            lead=describe(catalogue),
            accept=self.tr("Make project"),
            parent=parent,
        )
        self._background = background
        self._looked_for: Path | None = None  # the place that was looked at last
        self._is_looking = False
        self._accept_asked = False  # Enter came while the place was being looked at
        self.name = QLineEdit(catalogue.root.stem)
        self.folder = PathField(caption=self.tr("Place of the project"), folder=True)
        self.positive = QComboBox()
        self.tile_size = QSpinBox()
        self.validation_ids = PathField(caption=self.tr("Ids of the validation tiles"))
        self.groups = PathField(caption=self.tr("Groups"), filters=[self.tr("CSV files (*.csv)")])
        self.open_existing = QPushButton(self.tr("Open it"))
        self.update_existing = QPushButton(self.tr("Add new files"))
        self._existing = self._make_offer()
        self._fill(catalogue, tile_size)
        self.folder.set_path(folder)

    @property
    def choice(self) -> ProjectChoice:
        """Return what is chosen now."""
        return ProjectChoice(
            path=self._path,
            positive=self.positive.currentText(),
            tile_size=self.tile_size.value(),
            validation_ids=self.validation_ids.path,
            groups=self.groups.path,
        )

    @property
    def _path(self) -> Path:
        name = self.name.text().strip().removesuffix(SUFFIX)
        return (self.folder.path or Path()) / f"{name}{SUFFIX}"

    def _make_offer(self) -> QWidget:
        self.update_existing.setToolTip(
            self.tr("Open it and import the files that are new; every verdict is kept.")
        )
        offer = QWidget()
        row = QHBoxLayout(offer)
        row.setContentsMargins(0, 0, 0, 0)
        for button, asked in (
            (self.open_existing, self.open_asked),
            (self.update_existing, self.update_asked),
        ):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, asked=asked: self._take_existing(asked))
            row.addWidget(button)
        row.addStretch(1)
        return offer

    def _take_existing(self, asked: SignalInstance) -> None:
        asked.emit(self._path)
        self.reject()

    def _fill(self, catalogue: Catalogue, tile_size: int) -> None:
        self.positive.addItems([catalogue.classes.negative, catalogue.classes.positive])
        self.positive.setCurrentIndex(1)
        self.tile_size.setRange(_SMALLEST, _LARGEST)
        self.tile_size.setValue(tile_size)
        self.tile_size.setSuffix(self.tr(" pixels"))
        self.add_row(self.tr("Name"), self.name)
        self.form.addRow("", self._existing)
        self.add_row(
            self.tr("Place"),
            self.folder,
            self.tr("A folder for the project; the data set itself is only read."),
        )
        self.add_row(self.tr("Positive class"), self.positive)
        self.add_row(
            self.tr("Tile size"), self.tile_size, self.tr("Tiles of other sizes are fitted to it.")
        )
        self.add_row(
            self.tr("Groups"),
            self.groups,
            self.tr("Optional CSV with id and group: tiles of a slide stay on one side."),
        )
        self.add_row(
            self.tr("Validation ids"),
            self.validation_ids,
            self.tr("Optional list of ids; without it the split is drawn, by group."),
        )
        self.name.textChanged.connect(self._judge)
        self.folder.edit.textChanged.connect(self._judge)
        self.name.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let an Enter that comes before the place has been looked at count once it has been."""
        if self._is_looking and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._accept_asked = True
        else:
            super().keyPressEvent(event)

    def _judge(self) -> None:
        """Refuse what cannot be by itself; have looked, in the background, at what is there."""
        fault = ""
        if not self.name.text().strip():
            fault = self.tr("Give the project a name.")
        elif self.folder.path is None:
            fault = self.tr("Choose a folder that exists.")
        self.form.setRowVisible(self._existing, False)  # noqa: FBT003 - Qt's own signature
        self.show_fault(fault)
        self._looked_for = None if fault else self._path
        self._accept_asked, self._is_looking = False, not fault
        if not fault:
            self.hold_accept()
            self._background.run(partial(_look_at, self._path), then=self._take, failed=self._miss)

    def _take(self, place: "_Place") -> None:
        """Take what was found, unless something else is being looked for by now."""
        if place.path != self._looked_for or not isValid(self):
            return
        self._is_looking = False
        self.form.setRowVisible(self._existing, place.is_project)
        fault = ""
        if not place.has_folder:
            fault = self.tr("Choose a folder that exists.")
        elif place.is_taken:
            fault = self.tr("{name} exists there already.").format(name=place.path.name)
        self.show_fault(fault)
        if self._accept_asked and not fault:
            self.accept()

    def _miss(self, error: Exception) -> None:
        if isValid(self):
            self._is_looking = False
            self.show_fault(str(error))


@dataclass(frozen=True, kw_only=True)
class _Place:
    """What is at a path: whether its folder, anything, a project."""

    path: Path
    has_folder: bool
    is_taken: bool
    is_project: bool


def _look_at(path: Path) -> _Place:
    """Return what is at a path. Any thread but the UI thread."""
    return _Place(
        path=path,
        has_folder=path.parent.is_dir(),
        is_taken=path.exists(),
        is_project=is_project(path),
    )


def describe(catalogue: Catalogue) -> str:
    """Return what scanning found, in a few sentences."""
    given, classes = catalogue.given, catalogue.classes
    groups = len({group for group in catalogue.groups if group})
    parts = [
        translate("new-project", "Found {count} tiles in the layout “{layout}”."),
        translate(
            "new-project", "Of class {positive}: {positives}; of class {negative}: {negatives}."
        ),
        translate("new-project", "Unlabelled: {unlabelled}.") if (given < 0).any() else "",
        translate("new-project", "For testing: {tests}.")
        if (catalogue.splits == Split.TEST).any()
        else "",
        translate("new-project", "Groups: {groups}.") if groups else "",
        translate("new-project", "Problems that are listed: {problems}.")
        if catalogue.problems
        else "",
    ]
    return " ".join(part for part in parts if part).format(
        count=f"{len(catalogue):,}",
        layout=catalogue.layout,
        positive=classes.positive,
        positives=f"{np.count_nonzero(given == POSITIVE):,}",
        negative=classes.negative,
        negatives=f"{np.count_nonzero(given == NEGATIVE):,}",
        unlabelled=f"{np.count_nonzero(given < 0):,}",
        tests=f"{np.count_nonzero(catalogue.splits == Split.TEST):,}",
        groups=f"{groups:,}",
        problems=f"{len(catalogue.problems):,}",
    )
