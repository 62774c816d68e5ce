"""Label errors, outliers and the next batch in the real window with real keys."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from histoviewer.domain.strategies import Strategy
from histoviewer.domain.suspects import Suspects
from histoviewer.domain.tiles import Split
from histoviewer.domain.triage import Filter, Query, SortKey
from histoviewer.jobs.job import Operation
from histoviewer.services import suspects
from histoviewer.services.opening import Workspace
from histoviewer.services.retraining import promote
from histoviewer.ui.dialogs.next_batch import _TITLES, BatchChoice, NextBatchDialog
from histoviewer.ui.model_work import ModelWork
from histoviewer.ui.review.page import ReviewPage
from histoviewer.ui.triage import TriageDesk
from tests.ui.acting import Open, press, wait
from tests.ui.conftest import PATIENCE_MS, begin_training, lose_embeddings, operation

Key = Qt.Key


@pytest.fixture
def page(open_window: Open, embedded_path: Path, qtbot: QtBot) -> ReviewPage:
    window = open_window(embedded_path)
    window.pages.current.grid.setFocus()
    # What an opening reads of kept scores comes behind the tiles, and takes the place of others.
    has_read: list[None] = []
    window.bench.background.run(lambda: None, then=has_read.append, failed=pytest.fail)
    wait(qtbot, lambda: bool(has_read))
    return window.pages.current


def suspects_of(page: ReviewPage, *tiles: int) -> Suspects:
    """Return what looking for label errors would find if these tiles were wrong."""
    session = page.judge.session
    count = len(session.tiles)
    suspect = np.zeros(count, bool)
    suspect[list(tiles)] = True
    fits = np.where(session.tiles.given == 1, 0.9, 0.1)
    return Suspects(
        probability=np.where(suspect, 1 - fits, fits).astype(np.float32),
        labels=session.tiles.given,
        suspect=suspect,
        wanted=np.zeros(count, np.float32),
        through=0,
        model="001-test",
    )


# -- label errors


def test_one_click_finds_what_the_order_needs_and_sorts_by_it(
    page: ReviewPage, qtbot: QtBot
) -> None:
    page.bar.sort.choose(SortKey.LABEL_ISSUE)
    wait(qtbot, page.wanting.isVisible)

    qtbot.mouseClick(page.wanting.button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: page.judge.session.suspects is not None)

    quality = page.judge.session.columns().label_quality
    wait(qtbot, lambda: page.grid.order[0] == np.nanargmin(quality))
    assert not page.wanting.isVisible()


def test_suspects_are_counted_and_filtered(page: ReviewPage, qtbot: QtBot) -> None:
    page.judge.session.suspects = suspects_of(page, 3, 8)
    page.listing.take_scores()
    wait(qtbot, lambda: page.filters.suspect.row(True).count == 2)

    page.filters.suspect.choose(True)

    assert set(page.grid.order.tolist()) == {3, 8}


def test_a_verdict_takes_a_suspect_off_the_count(page: ReviewPage, qtbot: QtBot) -> None:
    page.judge.session.suspects = suspects_of(page, 3, 8)
    page.listing.ask_for(Query(suspect=True, sort=SortKey.LABEL_ISSUE))

    press(qtbot, page.window(), Key.Key_1)

    wait(qtbot, lambda: page.filters.suspect.row(True).count == 1)


def test_another_champion_makes_them_count_as_none(page: ReviewPage, qtbot: QtBot) -> None:
    page.judge.session.suspects = suspects_of(page, 3)
    page.listing.ask_for(Query(sort=SortKey.LABEL_ISSUE))

    page.window().bench.promote("002-test")

    wait(qtbot, lambda: page.judge.session.suspects is None)
    wait(qtbot, page.wanting.isVisible)


def test_a_blind_read_has_neither_the_order_nor_the_filter(page: ReviewPage, qtbot: QtBot) -> None:
    page.judge.session.suspects = suspects_of(page, 3)
    page.listing.ask_for(Query(suspect=True, sort=SortKey.LABEL_ISSUE))

    press(qtbot, page.window(), Key.Key_B)

    query = page.filters.query
    assert (query.suspect, query.sort) == (None, SortKey.RANDOM)
    assert page.bar.sort.findText("Most suspicious label first") < 0
    assert not page.filters.controls.sections[Filter.SUSPECT].isVisible()


def test_what_was_found_with_the_champion_of_before_counts_as_none(
    page: ReviewPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = suspects.find_suspects

    def overtaken(*, workspace: Workspace) -> Operation[Suspects]:
        found = yield from find(workspace=workspace)
        promote(project=workspace.project, model_id="002-test")
        return found

    monkeypatch.setattr(suspects, "find_suspects", overtaken)
    page.listing.ask_for(Query(sort=SortKey.LABEL_ISSUE))
    notices = page.window().notices

    page.issues_asked.emit()

    wait(qtbot, lambda: bool(notices.notices))
    assert notices.notices[0].title == "Another model ranks the tiles by now."
    assert page.judge.session.suspects is None
    assert page.wanting.isVisible()


def test_what_a_plan_found_is_known_to_the_grid(page: ReviewPage, qtbot: QtBot) -> None:
    page.listing.ask_for(Query(sort=SortKey.LABEL_ISSUE))
    progress = page.window().pages.show_page("progress")

    progress.workload.ask_for_plan()

    wait(qtbot, lambda: page.judge.session.suspects is not None)
    page.window().pages.show_page("review")
    assert not page.wanting.isVisible()


def test_asked_for_twice_they_are_looked_for_once(page: ReviewPage, qtbot: QtBot) -> None:
    window = page.window()
    files = window.bench.files
    holding = window.bench.submit(files, "Pack", lambda: operation(("until_cancelled", None)))
    queued: list[str] = []
    files.task_queued.connect(lambda task: queued.append(task.title))

    page.issues_asked.emit()
    page.issues_asked.emit()

    wait(qtbot, lambda: window.status.text == "Find label errors: this is under way.")
    files.withdraw(holding)
    wait(qtbot, lambda: page.judge.session.suspects is not None)
    assert queued == ["Find label errors"]


def test_what_they_offer_goes_with_the_project(page: ReviewPage, qtbot: QtBot) -> None:
    page.judge.session.suspects = suspects_of(page, 3)
    notices, triage = page.window().notices, page.findChild(TriageDesk)
    triage._tell_suspects()
    assert [each.button.text() for each in notices.notices] == ["Show them"]

    page.window().commands["project.close"].trigger()

    wait(qtbot, lambda: page.window().bench.workspace is None)
    assert notices.notices == []


# -- outliers


def test_one_click_works_out_outliers(page: ReviewPage, qtbot: QtBot) -> None:
    page.bar.sort.choose(SortKey.OUTLIER)
    wait(qtbot, page.wanting.isVisible)

    qtbot.mouseClick(page.wanting.button, Qt.MouseButton.LeftButton)

    wait(qtbot, lambda: page.judge.session.outliers is not None)
    strangest = int(page.judge.session.outliers.argmax())
    wait(qtbot, lambda: page.grid.order[0] == strangest)


def test_outliers_alone_are_read_anew_with_another_champion(page: ReviewPage, qtbot: QtBot) -> None:
    page.outliers_asked.emit()
    wait(qtbot, lambda: page.judge.session.outliers is not None)
    before = page.judge.session.outliers

    page.window().bench.promote("002-test")

    wait(qtbot, lambda: page.judge.session.outliers is not before)


# -- the next batch


def ask_for_batch(page: ReviewPage, qtbot: QtBot) -> NextBatchDialog:
    press(qtbot, page.window(), Key.Key_J)
    wait(qtbot, lambda: isinstance(QApplication.activeModalWidget(), NextBatchDialog))
    return QApplication.activeModalWidget()


def take(page: ReviewPage, dialog: NextBatchDialog, qtbot: QtBot) -> list[int]:
    qtbot.keyClick(dialog, Key.Key_Return)
    wait(qtbot, lambda: page.filters.tile_list is not None)
    return page.grid.order.tolist()


def test_j_and_enter_show_the_next_batch(page: ReviewPage, qtbot: QtBot) -> None:
    dialog = ask_for_batch(page, qtbot)
    dialog.strategy.choose(Strategy.CORE_SET)
    dialog.size_box.setValue(7)

    shown = take(page, dialog, qtbot)

    splits = page.judge.session.tiles.splits
    assert len(shown) == 7
    assert (splits[shown] == Split.TRAIN).all()
    assert page.filters.tile_list.title == "Next batch: Core-set"


def test_what_was_decided_is_not_offered_again_and_the_choice_is_kept(
    page: ReviewPage, qtbot: QtBot
) -> None:
    dialog = ask_for_batch(page, qtbot)
    dialog.size_box.setValue(5)
    first = take(page, dialog, qtbot)
    page.select_all()
    page.label(1)
    page.filters.show_all()

    page.ask_for_batch()
    again = QApplication.activeModalWidget()
    assert again.size_box.value() == 5
    assert not set(first) & set(take(page, again, qtbot))


def test_in_a_blind_read_a_batch_comes_in_random_order(page: ReviewPage, qtbot: QtBot) -> None:
    press(qtbot, page.window(), Key.Key_B)

    take(page, ask_for_batch(page, qtbot), qtbot)

    assert not page.filters.tile_list.ordered


def test_tiles_are_embedded_first_where_they_are_not(
    page: ReviewPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    embeddings = page.window().bench.workspace.project.model_folder("001-test") / "embeddings.npy"
    whole, asked = embeddings.read_bytes(), []
    embeddings.unlink()

    def embed(_work: ModelWork, model: object, *, then: Callable[[], None]) -> None:
        asked.append(model)
        embeddings.write_bytes(whole)
        then()

    monkeypatch.setattr(ModelWork, "embed", embed)

    page.issues_asked.emit()

    wait(qtbot, lambda: page.judge.session.suspects is not None)
    assert asked == [None]


@pytest.fixture
def late(page: ReviewPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A batch was asked for where tiles are not embedded, behind a training; let both end."""
    window = page.window()
    lose_embeddings(window.bench.workspace.project.model_folder("001-test"), monkeypatch)
    training = begin_training(window)
    with qtbot.waitSignal(window.bench.batch.task_queued, timeout=PATIENCE_MS):
        qtbot.keyClick(ask_for_batch(page, qtbot), Key.Key_Return)
    window.activateWindow()
    wait(qtbot, window.isActiveWindow)
    return lambda: window.bench.batch.withdraw(training)


def test_a_late_batch_is_offered_to_who_judged_another_tile_meanwhile(
    page: ReviewPage, late: Callable[[], None], qtbot: QtBot
) -> None:
    window = page.window()
    press(qtbot, window, Key.Key_1)
    wait(qtbot, lambda: page.judge.session.log.next_number == 2)
    current = page.grid.current

    late()

    wait(qtbot, lambda: bool(window.notices.notices))
    notice = window.notices.notices[0]
    assert (notice.title, page.grid.current) == ("The next batch is ready.", current)
    assert page.filters.tile_list is None
    qtbot.mouseClick(notice.button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: page.filters.tile_list is not None)


def test_a_late_batch_leaves_the_page_that_was_gone_to(
    page: ReviewPage, late: Callable[[], None], qtbot: QtBot
) -> None:
    window = page.window()
    window.pages.show_page("queue")

    late()

    wait(qtbot, lambda: bool(window.notices.notices))
    assert window.pages.current_id == "queue"


def test_a_late_batch_is_shown_at_once_to_who_waited(
    page: ReviewPage, late: Callable[[], None], qtbot: QtBot
) -> None:
    late()

    wait(qtbot, lambda: page.filters.tile_list is not None)


# -- the dialog


def test_the_dialog_names_every_strategy_with_its_source(qtbot: QtBot) -> None:
    dialog = NextBatchDialog(None)
    qtbot.addWidget(dialog)

    for strategy in Strategy:
        dialog.strategy.choose(strategy)
        assert strategy.facts.source in dialog.strategy.accessibleDescription()
    assert set(_TITLES) == set(Strategy)


def test_the_share_at_random_is_that_of_the_strategy_until_changed(qtbot: QtBot) -> None:
    dialog = NextBatchDialog(
        BatchChoice(strategy=Strategy.BALD, size=9, random_share=0.5, split=None)
    )
    qtbot.addWidget(dialog)
    kept = dialog.choice

    dialog.strategy.choose(Strategy.MIX)

    assert kept == BatchChoice(strategy=Strategy.BALD, size=9, random_share=0.5, split=None)
    assert dialog.choice.random_share == Strategy.MIX.facts.random_share
