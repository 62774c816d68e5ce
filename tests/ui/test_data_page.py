"""The data page in the real window: what is shown, where it leads, what is written."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from histoviewer.domain.near_duplicates import NearDuplicates
from histoviewer.domain.tiles import Problem, ProblemFlag, ProblemKind, Split
from histoviewer.project.project import Project
from histoviewer.services import near_duplicates
from histoviewer.services.data_report.reporting import measure_data
from histoviewer.services.opening import open_workspace
from histoviewer.ui.data.layout import Tab
from histoviewer.ui.data.page import DataPage
from tests.operations import perform
from tests.ui.acting import Open
from tests.ui.conftest import PATIENCE_MS, operation
from tests.ui.file_dialogs import then, type_name
from tests.ui.test_read_only import held_elsewhere


@pytest.fixture(scope="module")
def measured_project(packed_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of 72 tiles, measured, with a problem that has a tile and one that has none."""
    path = tmp_path_factory.mktemp("data") / "small.histo"
    shutil.copytree(packed_project, path)
    with Project.open(path) as project:
        tiles = project.tiles()
        project.finish_packing(
            splits=tiles.splits,
            problems=[
                Problem(ProblemKind.ODD_SIZE, tiles.ids[0], "90x90"),
                Problem(ProblemKind.UNKNOWN_ID, "x", "listed"),
            ],
            fingerprint=str(project.info.data_fingerprint),
        )
    with open_workspace(path, reader="AB") as workspace:
        perform(measure_data(workspace=workspace))
    return path


@pytest.fixture
def path(measured_project: Path, tmp_path: Path) -> Path:
    """A measured project of the test's own."""
    return Path(shutil.copytree(measured_project, tmp_path / "small.histo"))


def show(open_window: Open, path: Path, qtbot: QtBot) -> DataPage:
    shown = open_window(path).pages.show_page("data")
    assert isinstance(shown, DataPage)
    qtbot.waitUntil(lambda: shown.report is not None, timeout=PATIENCE_MS)
    return shown


@pytest.fixture
def page(open_window: Open, path: Path, qtbot: QtBot) -> DataPage:
    return show(open_window, path, qtbot)


def review_of(page: DataPage):
    return page.window().pages.pages["review"]


def test_what_is_not_measured_is_offered_and_drawn_when_it_is(
    open_window: Open, project_path: Path, qtbot: QtBot
) -> None:
    page = show(open_window, project_path, qtbot)
    rows = {row.name: row for row in page.parts.counts.splits.rows}
    assert rows["test"].unlabelled == 12
    assert not page.report.is_measured

    page.parts.measure.click()

    qtbot.waitUntil(lambda: page.report.is_measured, timeout=PATIENCE_MS)
    assert not page.parts.measure.isVisibleTo(page)


def test_a_verdict_given_meanwhile_is_counted(page: DataPage, qtbot: QtBot) -> None:
    window = page.window()
    test = int(np.flatnonzero(window.bench.workspace.session.tiles.splits == Split.TEST)[0])

    window.bench.changed.emit(window.bench.workspace.session.label([test], 1))

    def row():
        return next(row for row in page.report.by_split if row.name == "test")

    qtbot.waitUntil(lambda: row().positive == 1, timeout=PATIENCE_MS)


def test_colours_stains_and_memory_are_shown(page: DataPage) -> None:
    parts = page.parts

    assert len(parts.colours.figures.rows) == 4 * 3  # brightness and channels, of three labels
    assert [row.group for row in parts.stain.table.rows] == [
        row.name for row in page.report.by_group
    ]
    assert "MiB" in parts.memory.words.text()


def test_enter_on_a_group_shows_its_tiles(page: DataPage, qtbot: QtBot) -> None:
    view = page.parts.counts.groups.view
    view.setCurrentIndex(view.model().index(1, 0))
    group = page.parts.counts.groups.rows[1]

    QTest.keyClick(view, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: len(review_of(page).grid.order) == group.total, timeout=PATIENCE_MS)
    assert page.window().pages.current_id == "review"
    assert review_of(page).filters.query.group == group.name


def test_a_problem_with_tiles_is_a_filter(page: DataPage, qtbot: QtBot) -> None:
    page.parts.show_tab(Tab.PROBLEMS)
    table = page.parts.problems.table
    place = [row.kind for row in table.rows].index(ProblemKind.ODD_SIZE)
    table.view.setCurrentIndex(table.view.model().index(place, 0))

    QTest.keyClick(table.view, Qt.Key.Key_Return)

    assert review_of(page).filters.query.problem == ProblemFlag.ODD_SIZE
    qtbot.waitUntil(lambda: review_of(page).grid.order.tolist() == [0], timeout=PATIENCE_MS)


def test_a_problem_without_tiles_leads_to_the_list(page: DataPage, qtbot: QtBot) -> None:
    asked = []
    page.parts.problems.list_asked.connect(lambda: asked.append(True))
    table = page.parts.problems.table
    place = [row.kind for row in table.rows].index(ProblemKind.UNKNOWN_ID)

    table.asked.emit(table.rows[place])

    assert asked == [True]
    assert page.window().pages.current_id == "data"


def test_samples_are_of_each_class_and_can_be_drawn_again(page: DataPage) -> None:
    session = page.window().bench.workspace.session
    page.parts.show_tab(Tab.SAMPLES)
    samples = page.parts.samples
    samples.split.setCurrentIndex(samples.split.findData(int(Split.TRAIN)))
    first = samples.grid.order.copy()

    samples.again.click()

    labels = session.effective[samples.grid.order]
    assert set(session.tiles.splits[samples.grid.order]) == {Split.TRAIN}
    assert labels.tolist() == sorted(labels.tolist())
    assert set(labels) == {0, 1}
    assert len(first) > 0


def test_samples_are_shown_in_the_grid_as_a_list(page: DataPage, qtbot: QtBot) -> None:
    page.parts.show_tab(Tab.SAMPLES)
    drawn = page.parts.samples.grid.order.copy()

    page.parts.samples.show_all.click()

    order = review_of(page).grid
    qtbot.waitUntil(lambda: order.order.tolist() == drawn.tolist(), timeout=PATIENCE_MS)


def test_the_report_is_written_where_the_reader_says(
    page: DataPage, qtbot: QtBot, tmp_path: Path
) -> None:
    then(type_name(tmp_path / "report"))

    with qtbot.waitSignal(page.work.written, timeout=PATIENCE_MS):
        page.parts.export.click()

    assert (tmp_path / "report.html").read_bytes().startswith(b"<!DOCTYPE html>")
    assert page.report.is_measured


def test_labels_that_change_offer_the_baseline_anew(page: DataPage, qtbot: QtBot) -> None:
    window = page.window()
    session = window.bench.workspace.session
    train = int(np.flatnonzero(session.tiles.splits == Split.TRAIN)[0])

    window.bench.changed.emit(session.label([train], 1 - int(session.tiles.given[train])))

    qtbot.waitUntil(lambda: not page.report.baseline_is_current, timeout=PATIENCE_MS)
    qtbot.waitUntil(page.parts.measure.isVisible, timeout=PATIENCE_MS)


def keep_a_pair_on_two_sides(path: Path) -> tuple[int, int]:
    """Let a training and a validation tile be near duplicates."""
    with Project.open(path) as project:
        splits = project.tiles().splits
        one, other = (int(np.flatnonzero(splits == side)[0]) for side in (0, 1))
        near_duplicates._keep(
            project,
            NearDuplicates(
                first=np.array([min(one, other)]),
                second=np.array([max(one, other)]),
                bits=np.array([3], np.uint8),
                distances=np.array([np.nan], np.float32),
                model="",
                fingerprint=str(project.info.data_fingerprint),
            ),
        )
    return one, other


def test_one_click_keeps_near_duplicates_on_one_side(
    open_window: Open, path: Path, qtbot: QtBot
) -> None:
    one, other = keep_a_pair_on_two_sides(path)
    page = show(open_window, path, qtbot)
    notice = page.parts.leaks
    qtbot.waitUntil(notice.regroup.isVisible, timeout=PATIENCE_MS)
    assert "moves 1 of the training tiles to validation" in notice.words.text()

    notice.regroup.click()

    qtbot.waitUntil(lambda: not notice.regroup.isVisible(), timeout=PATIENCE_MS)
    tiles = page.window().bench.workspace.session.tiles
    assert tiles.splits[[one, other]].tolist() == [Split.VALIDATION, Split.VALIDATION]
    assert tiles.groups[one] == tiles.groups[other]


def test_what_was_put_on_one_side_is_parted_again(
    open_window: Open, path: Path, qtbot: QtBot
) -> None:
    one, _ = keep_a_pair_on_two_sides(path)
    page = show(open_window, path, qtbot)
    notice = page.parts.leaks
    session = page.window().bench.workspace.session
    group = session.tiles.groups[one]
    qtbot.waitUntil(notice.regroup.isVisible, timeout=PATIENCE_MS)
    assert not notice.part.isVisible()
    QTest.mouseClick(notice.regroup, Qt.MouseButton.LeftButton)
    assert not notice.regroup.isEnabled()
    assert "are being written" in notice.regroup.toolTip()
    qtbot.waitUntil(notice.part.isVisible, timeout=PATIENCE_MS)

    QTest.mouseClick(notice.part, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: session.tiles.splits[one] == Split.TRAIN, timeout=PATIENCE_MS)
    qtbot.waitUntil(notice.regroup.isVisible, timeout=PATIENCE_MS)
    assert session.tiles.groups[one] == group
    assert not notice.part.isVisible()


def test_no_tile_changes_side_during_a_training(
    open_window: Open, path: Path, qtbot: QtBot
) -> None:
    keep_a_pair_on_two_sides(path)
    page = show(open_window, path, qtbot)
    notice, bench = page.parts.leaks, page.window().bench
    qtbot.waitUntil(notice.regroup.isVisible, timeout=PATIENCE_MS)

    bench.submit(bench.batch, "Train", lambda: operation(("until_cancelled", None)))

    qtbot.waitUntil(lambda: not notice.regroup.isEnabled(), timeout=PATIENCE_MS)
    assert "Wait for the running job" in notice.regroup.toolTip()
    assert not notice.part.isEnabled()
    assert bench.batch.is_busy
    bench.batch.cancel()
    qtbot.waitUntil(notice.regroup.isEnabled, timeout=PATIENCE_MS)


def test_near_duplicates_can_be_looked_for_again(
    open_window: Open, path: Path, qtbot: QtBot
) -> None:
    keep_a_pair_on_two_sides(path)
    page = show(open_window, path, qtbot)
    notice = page.parts.leaks
    qtbot.waitUntil(notice.regroup.isVisible, timeout=PATIENCE_MS)
    assert notice.look.text() == "Look again"
    assert "by hash alone" in notice.words.text()

    QTest.mouseClick(notice.look, Qt.MouseButton.LeftButton)

    assert not notice.look.isEnabled()
    qtbot.waitUntil(notice.look.isEnabled, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not notice.regroup.isVisible(), timeout=PATIENCE_MS)


def test_what_was_found_and_cannot_be_kept_is_told(
    open_window: Open, path: Path, qtbot: QtBot
) -> None:
    with held_elsewhere(path):
        page = show(open_window, path, qtbot)
        notice = page.parts.leaks
        assert notice.report is None
        assert not page.parts.measure.isEnabled()

        QTest.mouseClick(notice.look, Qt.MouseButton.LeftButton)

        qtbot.waitUntil(lambda: notice.report is not None, timeout=PATIENCE_MS)
        assert not (path / "triage" / "near-duplicates.npz").exists()
        with qtbot.waitSignal(page.leaks.found, timeout=PATIENCE_MS):
            page.leaks.read()
        assert notice.report is not None


def test_what_reads_pixels_waits_until_they_are_packed(
    open_window: Open, path: Path, qtbot: QtBot
) -> None:
    page = show(open_window, path, qtbot)
    window = page.window()
    window.commands.update(replace(window.commands.situation, packed=False))

    for button in (page.parts.leaks.look, page.parts.measure):
        assert not button.isEnabled()
        assert "not packed" in button.toolTip()


def test_near_duplicates_on_two_sides_are_shown_in_the_grid(
    open_window: Open, path: Path, qtbot: QtBot
) -> None:
    pair = keep_a_pair_on_two_sides(path)
    page = show(open_window, path, qtbot)
    qtbot.waitUntil(page.parts.leaks.show_tiles.isVisible, timeout=PATIENCE_MS)

    page.parts.leaks.show_tiles.click()

    grid = review_of(page).grid
    qtbot.waitUntil(lambda: set(grid.order.tolist()) == set(pair), timeout=PATIENCE_MS)
