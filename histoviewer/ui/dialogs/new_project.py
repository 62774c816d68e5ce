"""Asks how to make a project of a data set that was found."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QSpinBox, QWidget

from histoviewer.domain.labels import NEGATIVE, POSITIVE
from histoviewer.domain.tiles import Catalogue, Split
from histoviewer.ui.dialogs.form import FormDialog, PathField
from histoviewer.ui.standing import is_project

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
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            title=self.tr("Make a project"),
            lead=describe(catalogue),
            accept=self.tr("Make project"),
            parent=parent,
        )
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

    def _judge(self) -> None:
        self.form.setRowVisible(self._existing, is_project(self._path))
        self.show_fault(self._fault_of_choice())

    def _fault_of_choice(self) -> str:
        if not self.name.text().strip():
            return self.tr("Give the project a name.")
        if self.folder.path is None or not self.folder.path.is_dir():
            return self.tr("Choose a folder that exists.")
        if self._path.exists():
            return self.tr("{name} exists there already.").format(name=self._path.name)
        return ""


def describe(catalogue: Catalogue) -> str:
    """Return what scanning found, in one or two sentences."""
    classes = catalogue.classes
    given, splits = catalogue.given, catalogue.splits
    parts = [
        f"{np.count_nonzero(given == POSITIVE):,} of class {classes.positive}",
        f"{np.count_nonzero(given == NEGATIVE):,} of class {classes.negative}",
        f"{np.count_nonzero(given < 0):,} unlabelled",
    ]
    tests = np.count_nonzero(splits == Split.TEST)
    groups = len({group for group in catalogue.groups if group})
    found = f"Found {len(catalogue):,} tiles in the layout '{catalogue.layout}': {', '.join(parts)}"
    rest = [f"{tests:,} of them for testing"] if tests else []
    rest += [f"{groups:,} groups"] if groups else []
    problems = f" {len(catalogue.problems):,} problems are listed." if catalogue.problems else ""
    return f"{'; '.join([found, *rest])}.{problems}"
