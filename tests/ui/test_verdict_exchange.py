"""Verdicts out of and into the window, and what the dialogs say of it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QTreeView
from pytestqt.qtbot import QtBot

from histoviewer.domain.labels import ClassNames
from histoviewer.services.changes import Changes
from histoviewer.services.interchange.conflicts import Conflict, Opinion
from histoviewer.services.interchange.forms import Form
from histoviewer.services.interchange.importing import ImportOutcome
from histoviewer.services.interchange.tables import Rejection
from histoviewer.ui.dialogs.export_verdicts import ExportVerdictsDialog
from histoviewer.ui.dialogs.import_outcome import ImportOutcomeDialog
from histoviewer.ui.import_words import details, headline
from histoviewer.ui.window import MainWindow
from tests.ui.conftest import PATIENCE_MS

OpenWindow = Callable[[Path], MainWindow]
HISTORY = "sequence,time,reader,id,action,after\n"


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> ExportVerdictsDialog:
    made = ExportVerdictsDialog(folder=tmp_path, name="slides")
    qtbot.addWidget(made)
    return made


def outcome(tmp_path: Path, **facts: object) -> ImportOutcome:
    plain = {"applied": 0, "is_history": True, "tiles": [], "changes": Changes()}
    return ImportOutcome(path=tmp_path / "v.csv", **(plain | facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("form", "name"),
    [
        (Form.CSV, "slides-verdicts.csv"),
        (Form.JSON, "slides-verdicts.json"),
        (Form.LABEL_STUDIO, "slides-label-studio"),
        (Form.FIFTYONE, "slides-fiftyone"),
    ],
)
def test_each_form_proposes_a_place_and_explains_itself(
    dialog: ExportVerdictsDialog, tmp_path: Path, form: Form, name: str
) -> None:
    dialog.forms.setCurrentIndex(dialog.forms.findData(form))
    assert (dialog.choice.form, dialog.choice.out) == (form, tmp_path / name)
    assert dialog.forms.accessibleDescription()


def test_all_tiles_are_offered_for_folders_only(dialog: ExportVerdictsDialog) -> None:
    dialog.show()
    dialog.all_tiles.setChecked(True)
    assert not dialog.all_tiles.isVisible()
    assert not dialog.choice.all_tiles
    dialog.forms.setCurrentIndex(dialog.forms.findData(Form.FIFTYONE))
    assert dialog.all_tiles.isVisible()
    assert dialog.choice.all_tiles


def test_a_form_can_be_chosen_with_the_keyboard(qtbot: QtBot, dialog: ExportVerdictsDialog) -> None:
    dialog.show()
    qtbot.keyClick(dialog.forms, Qt.Key.Key_Down)
    assert dialog.choice.form is Form.JSON
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog.forms, Qt.Key.Key_Return)


def test_exporting_nowhere_is_refused(dialog: ExportVerdictsDialog) -> None:
    dialog.out.set_path(None)
    assert not dialog._accept.isEnabled()


def test_an_outcome_lists_conflicts_and_lines_left_out(qtbot: QtBot, tmp_path: Path) -> None:
    time = datetime(2026, 1, 2, tzinfo=UTC)
    opinions = (Opinion("Ann", 1, time), Opinion("Bob", 0, time))
    told = outcome(
        tmp_path,
        conflicts=(Conflict("t7", opinions, 0),),
        rejected=(Rejection(1234, "there is no tile 'x'"),),
    )
    made = ImportOutcomeDialog(told, ClassNames("normal", "tumour"))
    qtbot.addWidget(made)
    lists = [tree.accessibleName() for tree in made.findChildren(QTreeView)]
    assert lists == ["Readers differ on these tiles: 1", "Lines left out: 1"]
    assert made.conflicts.index(0, 0).data() == "t7"
    assert made.conflicts.index(0, 1).data() == "normal"
    assert "Ann: tumour (" in made.conflicts.index(0, 2).data()
    assert made.left_out.index(0, 0).data() == "1,234"
    made._copy()
    assert "1,234\tthere is no tile 'x'" in QGuiApplication.clipboard().text()


def test_an_outcome_without_conflicts_has_one_list(qtbot: QtBot, tmp_path: Path) -> None:
    told = outcome(tmp_path, rejected=(Rejection(2, "why"),))
    made = ImportOutcomeDialog(told, ClassNames())
    qtbot.addWidget(made)
    assert len(made.findChildren(QTreeView)) == 1


def test_what_was_imported_is_said_in_sentences(tmp_path: Path) -> None:
    told = outcome(tmp_path, applied=1200, known=3, relabelled=7)
    assert headline(told) == "Verdicts imported: 1,200."
    assert details(told) == (
        "From v.csv. Tiles whose label is another one now: 7. Here already: 3."
    )
    assert headline(outcome(tmp_path)) == "There is no new verdict in the file."
    assert headline(outcome(tmp_path, withdrawn=2)) == "Verdicts taken back: 2."


def test_the_window_exports_verdicts(
    open_window: OpenWindow, ranked_path: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_window(ranked_path)
    session = window.bench.workspace.session
    session.label([0, 1], 1)
    window.commands["project.export-verdicts"].trigger()
    dialog = window.findChild(ExportVerdictsDialog)
    dialog.forms.setCurrentIndex(dialog.forms.findData(Form.FIFTYONE))
    dialog.out.set_path(tmp_path / "fo")
    with qtbot.waitSignal(window.bench.verdicts_exported, timeout=PATIENCE_MS):
        dialog.accept()
    samples = json.loads((tmp_path / "fo" / "samples.json").read_text())["samples"]
    assert len(samples) == 2


def test_the_window_merges_a_history_and_lists_what_needs_a_look(
    open_window: OpenWindow,
    ranked_path: Path,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window = open_window(ranked_path)
    session = window.bench.workspace.session
    ids = session.tiles.ids
    session.label([0], 1)
    file = tmp_path / "v.csv"
    file.write_text(
        HISTORY
        + f"1,2020-01-01T10:00Z,Ann,{ids[0]},relabel,0\n"
        + f"2,2020-01-01T10:01Z,Ann,{ids[1]},relabel,1\n"
        + "3,2020-01-01T10:02Z,Ann,nobody,skip,\n"
    )
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    with qtbot.waitSignal(window.bench.verdicts_imported, timeout=PATIENCE_MS):
        window.commands["project.import-verdicts"].trigger()
    told = window.findChild(ImportOutcomeDialog)
    assert (told.conflicts.rowCount(), told.left_out.rowCount()) == (1, 1)
    assert session.effective[:2].tolist() == [1, 1]
    told.reject()


def test_the_window_says_what_an_import_without_trouble_did(
    open_window: OpenWindow, ranked_path: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_window(ranked_path)
    ids = window.bench.workspace.session.tiles.ids
    file = tmp_path / "v.csv"
    file.write_text(f"id,action\n{ids[0]},flag\n")
    with qtbot.waitSignal(window.bench.verdicts_imported, timeout=PATIENCE_MS):
        window.bench.import_verdicts(file)
    assert window.findChild(ImportOutcomeDialog) is None
    assert [note.title for note in window.notices.notices] == ["Verdicts imported: 1."]


def test_a_file_that_is_none_is_told_and_nothing_recorded(
    open_window: OpenWindow, ranked_path: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_window(ranked_path)
    file = tmp_path / "v.csv"
    file.write_bytes(b"\0\1\2")
    with qtbot.waitSignal(window.bench.failed, timeout=PATIENCE_MS) as failed:
        window.bench.import_verdicts(file)
    assert "not text in UTF-8" in str(failed.args[0])
    assert not window.bench.workspace.session.log.batches
