"""Asks in which form verdicts leave the program, and where to."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from histoviewer.services.interchange.forms import Form
from histoviewer.ui.dialogs.form import FormDialog, PathField
from histoviewer.ui.translation import QT_TRANSLATE_NOOP, translate
from histoviewer.ui.widgets import label

# Name and explanation of each form.
_WORDS: Final = {
    Form.CSV: (
        QT_TRANSLATE_NOOP("export-verdicts", "History as CSV"),
        QT_TRANSLATE_NOOP(
            "export-verdicts",
            "Every verdict with reader, time, labels, model and score, also those taken back. "
            "Import verdicts merges it on another machine.",
        ),
    ),
    Form.JSON: (
        QT_TRANSLATE_NOOP("export-verdicts", "History as JSON"),
        QT_TRANSLATE_NOOP(
            "export-verdicts",
            "Every tile that somebody looked at: its label, what each reader says, its history.",
        ),
    ),
    Form.LABEL_STUDIO: (
        QT_TRANSLATE_NOOP("export-verdicts", "Label Studio"),
        QT_TRANSLATE_NOOP(
            "export-verdicts",
            "A new folder with tasks, labelling interface and instructions. Tiles that no browser "
            "shows, such as TIFF, are copied into it as PNG.",
        ),
    ),
    Form.FIFTYONE: (
        QT_TRANSLATE_NOOP("export-verdicts", "FiftyOne"),
        QT_TRANSLATE_NOOP(
            "export-verdicts",
            "A new folder that FiftyOne opens as a dataset. Tiles that no browser shows, such as "
            "TIFF, are copied into it as PNG.",
        ),
    ),
}


@dataclass(frozen=True, kw_only=True)
class VerdictExportChoice:
    """What the reader chose.

    Args:
        form: The form.
        out: The file or folder to write.
        all_tiles: Also tiles that nobody has looked at.
    """

    form: Form
    out: Path
    all_tiles: bool


class ExportVerdictsDialog(FormDialog):
    """Asks for form and place.

    Args:
        folder: Where to propose to write.
        name: Of the project, for the proposed name.
        parent: The window.
    """

    def __init__(self, *, folder: Path, name: str, parent: QWidget | None = None) -> None:
        super().__init__(
            title=self.tr("Export verdicts"),
            lead=self.tr(
                "Writes what the readers decided, for another machine or another program. Nothing "
                "in the project changes."
            ),
            accept=self.tr("Export"),
            parent=parent,
        )
        self._folder, self._name = folder, name
        self.forms = QComboBox()
        self.out = PathField(caption=self.tr("Write verdicts"), saves=True)
        self.all_tiles = QCheckBox(self.tr("Also tiles that nobody has looked at"))
        self._hint = label("", role="muted", wraps=True)
        self._fill()

    @property
    def choice(self) -> VerdictExportChoice:
        """Return what is chosen now."""
        out, form = self.out.path, self._form
        assert out is not None, "the main button is off without a file"
        return VerdictExportChoice(
            form=form, out=out, all_tiles=form.is_folder and self.all_tiles.isChecked()
        )

    @property
    def _form(self) -> Form:
        return Form(self.forms.currentData())

    def _fill(self) -> None:
        for form, (name, _) in _WORDS.items():
            self.forms.addItem(translate("export-verdicts", name), form)
        self.add_row(self.tr("Format"), self.forms)
        self.form.addRow("", self._hint)
        self.add_row(self.tr("Write to"), self.out)
        self.form.addRow("", self.all_tiles)
        self.all_tiles.setToolTip(
            self.tr("Each with the label of the data set and what the model predicts.")
        )
        self.forms.currentIndexChanged.connect(self._take_form)
        self.out.edit.textChanged.connect(self._judge)
        self._take_form()

    def _take_form(self) -> None:
        """Explain the form chosen and propose a place for it."""
        form = self._form
        explanation = translate("export-verdicts", _WORDS[form][1])
        self._hint.setText(explanation)
        self.forms.setAccessibleDescription(explanation)
        self.form.setRowVisible(self.all_tiles, form.is_folder)
        folder = self.out.path.parent if self.out.path else self._folder
        ending = f"-{form.value}" if form.is_folder else f"-verdicts.{form.value}"
        self.out.set_path(folder / f"{self._name}{ending}")
        self._judge()

    def _judge(self) -> None:
        self.show_fault("" if self.out.path else self.tr("Say where to write the verdicts."))
