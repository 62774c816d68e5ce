"""The models page and its first panel: the models of the project, what can be done with them."""

from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QTabWidget
from pytestqt.qtbot import QtBot

from histoviewer.domain.models import Blend, ModelKind
from histoviewer.ui.model_menu import describe
from histoviewer.ui.models.models.details import facts_of
from histoviewer.ui.models.models.ensemble_dialog import EnsembleDialog
from histoviewer.ui.models.models.panel import ModelsPanel
from histoviewer.ui.models.models.table import AUC, KIND, NUMBER, RANK
from histoviewer.ui.models.page import ModelsPage
from tests.project import samples
from tests.ui.acting import Open
from tests.ui.conftest import PATIENCE_MS
from tests.ui.file_dialogs import give_up, refuse_to_replace, then, type_name
from tests.ui.test_accessibility import faults


@pytest.fixture
def page(open_window: Open, ranked_path: Path) -> ModelsPage:
    found = open_window(ranked_path).pages.show_page("models")
    assert isinstance(found, ModelsPage)
    return found


@pytest.fixture
def panel(page: ModelsPage) -> ModelsPanel:
    found = page.panels["models"]
    assert isinstance(found, ModelsPanel)
    return found


def column(panel: ModelsPanel, place: int) -> list[str]:
    return [panel.table.text(row, place) for row in range(panel.table.count())]


def choose_all(panel: ModelsPanel) -> None:
    flags = QItemSelectionModel.SelectionFlag
    for row in range(panel.table.count()):
        index = panel.table.index(row, 0)
        panel.list.selectionModel().select(index, flags.Select | flags.Rows)


@pytest.mark.parametrize("name", ["models", "recipes"])
def test_every_control_of_a_panel_has_a_name_and_can_be_reached(
    page: ModelsPage, qtbot: QtBot, name: str
) -> None:
    panel = page.show_panel(name)
    tabs = panel.findChildren(QTabWidget)
    for place in range(tabs[0].count() if tabs else 1):
        if tabs:
            tabs[0].setCurrentIndex(place)
        assert faults(panel) == []


def test_control_and_page_down_go_to_the_next_panel(page: ModelsPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(page.window().isActiveWindow)
    first = page.current_id

    qtbot.keyClick(
        page.window().focusWidget(), Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier
    )

    assert page.current_id == list(page.panels)[1] != first


def test_the_panel_that_was_shown_is_remembered(page: ModelsPage) -> None:
    page.show_panel("recipes")
    state = page.state()
    page.show_panel("models")

    page.restore(state)

    assert page.current_id == "recipes"


def test_models_are_listed_newest_first_and_the_champion_says_so(panel: ModelsPanel) -> None:
    assert column(panel, NUMBER) == ["2", "1"]
    assert column(panel, KIND) == ["Trained", "Trained"]
    assert column(panel, RANK) == ["", "Champion"]
    assert panel.selected.number == 1


def test_another_model_is_made_champion(panel: ModelsPanel, qtbot: QtBot) -> None:
    assert not panel.promote.isEnabled()
    panel.select("002-test")

    qtbot.mouseClick(panel.promote, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: column(panel, RANK) == ["Champion", ""], timeout=PATIENCE_MS)
    assert panel.selected.id == "002-test"


def test_what_is_done_is_done_to_the_model_that_is_chosen_not_to_the_current_row(
    panel: ModelsPanel, qtbot: QtBot
) -> None:
    panel.select("002-test")

    qtbot.keyClick(panel.list, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)

    assert panel.list.currentIndex().row() == 1
    assert [model.id for model in panel.chosen] == [panel.selected.id] == ["002-test"]
    qtbot.mouseClick(panel.promote, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: column(panel, RANK) == ["Champion", ""], timeout=PATIENCE_MS)


def test_the_details_name_what_is_known_of_the_chosen_model(panel: ModelsPanel) -> None:
    panel.select("002-test")

    assert panel.details.title.text() == "Model 2"
    assert panel.details.values["Validation AUC"].text() == "0.9200"


def test_an_auc_that_rests_on_means_says_so(panel: ModelsPanel) -> None:
    plain = samples.model(1, metrics={"val_auc": 0.91})
    means = samples.model(2, metrics={"val_auc": 0.92, "val_tta": 1.0})

    panel.table.show_models([plain, means], plain.id)

    assert column(panel, AUC) == ["8 views: 0.9200", "0.9100"]
    tips = [panel.table.index(row, AUC).data(Qt.ItemDataRole.ToolTipRole) for row in (0, 1)]
    assert ["mean of 8 views" in tip for tip in tips] == [True, False]
    assert facts_of(means, [plain, means])["Validation AUC"] == "8 views: 0.9200"
    assert describe(means).endswith("val AUC 8 views: 0.920")


def test_the_details_of_an_ensemble_name_its_members() -> None:
    first, second = samples.model(1), samples.model(2)
    blend = Blend(members=(first.id, second.id), how="ranks", tta=True)
    third = samples.model(3, kind=ModelKind.ENSEMBLE, blend=blend)

    facts = facts_of(third, [first, second, third])

    assert facts["Members"] == "model 1, model 2"
    assert (facts["Scores"], facts["Flipped and turned"]) == ("mean of places", "yes")


def test_a_mean_of_places_has_no_loss_though_one_was_noted() -> None:
    noted = {"val_auc": 0.9, "val_loss": 0.5}
    blends = [Blend(members=("001-test",), how=how, tta=True) for how in ("mean", "ranks")]
    models = [
        samples.model(2, kind=ModelKind.ENSEMBLE, blend=blend, metrics=noted) for blend in blends
    ]

    mean, ranks = (facts_of(model, [model]) for model in models)

    assert mean["Validation loss"].endswith("0.5000")
    assert "Validation loss" not in ranks
    assert mean["Validation AUC"] == ranks["Validation AUC"]


def test_several_models_can_be_blended_but_not_promoted(panel: ModelsPanel, qtbot: QtBot) -> None:
    choose_all(panel)
    assert not panel.promote.isEnabled()

    qtbot.mouseClick(panel.blend, Qt.MouseButton.LeftButton)
    dialog = panel.window().findChild(EnsembleDialog)

    assert dialog.fault == ""
    assert dialog.choice == ("mean", False)
    dialog.reject()


def test_one_model_alone_is_blended_only_with_flips_and_turns(
    panel: ModelsPanel, qtbot: QtBot
) -> None:
    qtbot.mouseClick(panel.blend, Qt.MouseButton.LeftButton)
    dialog = panel.window().findChild(EnsembleDialog)
    assert dialog.fault != ""

    dialog.tta.click()

    assert dialog.fault == ""
    dialog.reject()


def test_what_takes_long_becomes_a_job_of_the_batch_lane(panel: ModelsPanel, qtbot: QtBot) -> None:
    lane = panel.window().bench.batch
    asked: list[str] = []
    lane.task_queued.connect(lambda task: asked.append(task.title))

    panel.score.menu().actions()[1].trigger()
    panel.take.menu().actions()[1].trigger()
    panel.work.blend(panel.chosen, "mean", tta=True)
    panel.work.write_onnx(panel.selected, Path("out.onnx"))
    lane.abandon()

    assert asked == [
        "Score with model 1",
        "Import a model",
        "Make an ensemble of 1",
        "Export model 1 as ONNX",
    ]


def test_a_model_without_a_file_is_not_exported_and_that_is_said(
    panel: ModelsPanel, qtbot: QtBot, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    then(type_name(out))

    with qtbot.waitSignal(panel.window().bench.files.operation_failed, timeout=PATIENCE_MS) as told:
        panel.write.menu().actions()[0].trigger()

    assert "model" in str(told.args[1])
    assert not out.with_suffix(".histomodel").exists()


def test_a_name_without_its_suffix_replaces_no_file_unasked(
    panel: ModelsPanel, tmp_path: Path
) -> None:
    (tmp_path / "m.histomodel").write_text("precious")
    asked = []
    panel.window().bench.files.task_queued.connect(asked.append)

    then(type_name(tmp_path / "m"), refuse_to_replace("m.histomodel"), give_up)
    panel.write.menu().actions()[0].trigger()

    assert asked == []


def test_nothing_is_changed_in_a_project_that_is_read_only(
    panel: ModelsPanel, open_window: Open, ranked_path: Path
) -> None:
    panel.window().bench.workspace.session.read_only = True
    panel.select("002-test")

    assert not panel.promote.isEnabled()
    assert panel.write.isEnabled()
