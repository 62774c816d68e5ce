"""What the evaluate page draws of runs, and offers to save on each of its tabs."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from histoviewer.project.project import Project
from histoviewer.ui.evaluate.layout import Tab
from histoviewer.ui.evaluate.page import EvaluatePage
from tests.ui.acting import Open
from tests.ui.conftest import PATIENCE_MS, add_model
from tests.ui.file_dialogs import then, type_name

HISTORY = "epoch,loss,val_loss,auc,val_auc\n1,0.6,0.7,0.8,0.7\n2,0.5,0.65,0.85,0.75\n"


@pytest.fixture
def page(open_window: Open, ranked_path: Path, qtbot: QtBot) -> EvaluatePage:
    """Three models with learning curves; the second one has scored nothing."""
    with Project.open(ranked_path) as project:
        add_model(project, 3)
        for number in (1, 2, 3):
            folder = project.model_folder(f"00{number}-test")
            (folder / "history.csv").write_text(HISTORY, encoding="utf-8")
        project.scores_path("002-test").unlink()
    shown = open_window(ranked_path).pages.show_page("evaluate")
    assert isinstance(shown, EvaluatePage)
    qtbot.waitUntil(lambda: len(shown.assessor.found) == 1, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: shown._plots is not None, timeout=PATIENCE_MS)
    return shown


def reasons(page: EvaluatePage) -> set[str]:
    """Return why plots cannot be saved, '' where they can."""
    plots = page.parts.export.plots
    return {"" if action.isEnabled() else action.toolTip() for action in plots}


def test_every_run_is_drawn_and_the_marked_ones_are_named(page: EvaluatePage) -> None:
    learning = page._plots.learning
    assert learning.names == ["not marked", "1 test"]
    faint = learning._plots["loss"].listDataItems()[0]
    assert faint.getData()[0].tolist()[:2] == [1, 2]
    assert len(faint.getData()[0]) == 5  # two runs of two epochs, and a gap

    page.table.mark("002-test", on=True)
    page.table.mark("003-test", on=True)

    assert learning.names == ["1 test", "2 test", "3 test"]


def test_a_plot_is_offered_where_there_is_one_and_else_it_is_said_why(page: EvaluatePage) -> None:
    found = {}
    for tab in Tab:
        page.parts.show_tab(tab)
        found[tab] = reasons(page)

    none = {"This tab has no plot: go to one with curves."}
    assert [tab for tab in Tab if found[tab] == none] == [Tab.ERRORS, Tab.GROUPS, Tab.COMPARE]
    assert all(found[tab] == {""} for tab in Tab if found[tab] != none)
    assert page.parts.export.isEnabled()


def test_learning_curves_are_saved_while_no_marked_model_has_scored(
    page: EvaluatePage, tmp_path: Path, qtbot: QtBot
) -> None:
    page.table.mark("002-test", on=True)
    page.table.mark("001-test", on=False)
    qtbot.waitUntil(lambda: not page.assessor.found, timeout=PATIENCE_MS)
    assert reasons(page) == {"Mark a model that has scored."}
    page.parts.show_tab(Tab.LEARNING)
    then(type_name(tmp_path / "plot"))

    page.parts.export.plots[0].trigger()

    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


def test_without_a_model_nothing_is_offered(open_window: Open, project_path: Path, qtbot) -> None:
    shown = open_window(project_path).pages.show_page("evaluate")
    qtbot.waitUntil(lambda: shown._read is not None, timeout=PATIENCE_MS)

    assert not shown.parts.export.isEnabled()
    assert shown.parts.export.toolTip() == "There is no model yet."
