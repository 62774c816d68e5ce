"""Any review at all, on a real database with its writer, against a plain model of the log."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.opinions import read_opinions
from histoviewer.domain.tiles import Split
from histoviewer.domain.verdicts import Action, Mode
from histoviewer.errors import InputError
from histoviewer.project.project import Project
from histoviewer.project.writer import VerdictWriter
from histoviewer.services.changes import Changes
from histoviewer.services.ranking import Ranking
from histoviewer.services.reviewing import ReviewSession
from tests.domain.plain_log import LABELS, PlainLog, judges_of, sources, tiles_of
from tests.project.samples import catalogue

TILES = 9
GIVEN = np.array([0, 1, -1] * 3, np.int8)
SPLITS = np.array([Split.TRAIN] * 6 + [Split.TEST] * 3, np.int8)
SCORES = np.linspace(0, 1, TILES, dtype=np.float32)
some = st.lists(st.integers(0, TILES - 1), min_size=1, max_size=TILES, unique=True)
label = st.integers(0, 1)
names = st.sampled_from(["ann", "bob", "eve"])
foreign = st.tuples(
    st.integers(0, TILES - 1), st.sampled_from(Action), label, names, st.integers(0, 2**52)
)


class AnyReview(RuleBasedStateMachine):
    """Reviews a project and a plain model of it side by side."""

    def __init__(self, template: Path, folder: Path) -> None:
        super().__init__()
        self.path = folder / "x.histo"
        shutil.rmtree(self.path, ignore_errors=True)
        shutil.copytree(template, self.path)
        self.plain = PlainLog()
        self.blind, self.reader = False, "ann"
        self.open()

    def open(self) -> None:
        self.project = Project.open(self.path)
        self.writer = VerdictWriter(
            self.project, on_saved=lambda number: None, on_failed=lambda error, count: None
        )
        self.session = ReviewSession(
            tiles=self.project.tiles(),
            log=self.project.read_log(),
            classes=self.project.info.classes,
            reader=self.reader,
            ranking=Ranking(model=None, scores=SCORES, learned=None),
            record=self.writer.put,
        )
        self.session.blind = self.blind

    def teardown(self) -> None:
        assert self.writer.close()
        self.project.close()

    def effective(self) -> list[int]:
        tiles = self.plain.tiles(TILES)
        return [
            given if tile.decided == UNLABELLED else tile.decided
            for tile, given in zip(tiles, GIVEN.tolist(), strict=True)
        ]

    def hidden(self, tiles: list[int]) -> list[bool]:
        return [self.blind and not self.gave_a_label(tile) for tile in tiles]

    def gave_a_label(self, tile: int) -> bool:
        """Whether the reader labelled a tile and did not clear it here since."""
        gave = False
        for row in self.plain.rows(tile):
            if row.reader == self.reader and row.action in LABELS:
                gave = True
            elif row.reader == self.reader and row.action is Action.CLEAR:
                gave = gave and row.mode is Mode.MERGED
        return gave

    def check(self, changes: Changes, tiles: list[int], rows: list, mode: Mode) -> None:
        """Compare what was recorded with what was meant, and do the same in the plain model."""
        batch = self.session.log.batches[-1]
        assert batch.mode is mode
        assert sorted(changes.tiles.tolist()) == sorted(set(tiles))
        recorded = zip(batch.actions.tolist(), batch.after.tolist(), strict=True)
        assert list(recorded) == rows
        assert batch.before.tolist() == [self.effective()[tile] for tile in tiles]
        shown = np.where(self.hidden(tiles), np.float32(np.nan), SCORES[tiles])
        if mode is not Mode.MERGED:
            np.testing.assert_array_equal(batch.scores, shown)
        self.plain.act(batch)

    def mode(self, tiles: list[int]) -> Mode:
        return Mode.BLIND if all(self.hidden(tiles)) else Mode.OPEN

    def meant(self, tiles: list[int], value: int) -> list[tuple[Action, int]]:
        now = self.effective()
        return [(Action.CONFIRM if now[t] == value else Action.RELABEL, value) for t in tiles]

    @rule(tiles=some, value=label)
    def give_a_label(self, tiles, value) -> None:
        changes = self.session.label(tiles, value)
        self.check(changes, tiles, self.meant(tiles, value), self.mode(tiles))

    @rule(tiles=some, value=label)
    def settle(self, tiles, value) -> None:
        changes = self.session.settle(tiles, value)
        self.check(changes, tiles, self.meant(tiles, value), Mode.SETTLING)

    @rule(tiles=some, agree=st.booleans())
    def answer_the_model(self, tiles, agree) -> None:
        if any(self.hidden(tiles)):
            with pytest.raises(InputError, match="hidden until the verdict"):
                self.session.answer(tiles, agree=agree)
            return
        changes = self.session.answer(tiles, agree=agree)
        now, wanted = self.effective(), [int((SCORES[t] >= 0.5) == agree) for t in tiles]
        actions = [
            Action.CONFIRM if now[t] == value else Action.RELABEL
            for t, value in zip(tiles, wanted, strict=True)
        ]
        self.check(changes, tiles, list(zip(actions, wanted, strict=True)), Mode.OPEN)

    @rule(tiles=some)
    def skip(self, tiles) -> None:
        rows = [(Action.SKIP, self.effective()[tile]) for tile in tiles]
        self.check(self.session.skip(tiles), tiles, rows, self.mode(tiles))

    @rule(tiles=some)
    def flag(self, tiles) -> None:
        states = self.plain.tiles(TILES)
        action = Action.UNFLAG if all(states[t].flagged for t in tiles) else Action.FLAG
        rows = [(action, self.effective()[tile]) for tile in tiles]
        self.check(self.session.flag(tiles), tiles, rows, self.mode(tiles))

    @rule(tiles=some)
    def clear(self, tiles) -> None:
        rows = [(Action.CLEAR, int(GIVEN[tile])) for tile in tiles]
        self.check(self.session.clear(tiles), tiles, rows, self.mode(tiles))

    @rule(rows=st.lists(foreign, min_size=1, max_size=6))
    def merge(self, rows) -> None:
        tiles, actions, labels, readers, times = map(list, zip(*rows, strict=True))
        changes = self.session.merge(
            np.array(tiles), np.array(actions, np.int8), np.array(labels, np.int8),
            sources(readers, times),
        )  # fmt: skip
        now = self.effective()
        after = [
            value if action in LABELS else int(GIVEN[t]) if action is Action.CLEAR else now[t]
            for t, action, value in zip(tiles, actions, labels, strict=True)
        ]
        self.check(changes, tiles, list(zip(actions, after, strict=True)), Mode.MERGED)

    @precondition(lambda self: self.plain.done)
    @rule()
    def undo(self) -> None:
        self.session.undo()
        self.plain.undo()

    @precondition(lambda self: self.plain.done)
    @rule(data=st.data())
    def undo_any(self, data) -> None:
        step = data.draw(st.sampled_from(self.plain.done))
        self.session.undo(step)
        self.plain.undo(step)

    @rule(step=st.integers(0, 60))
    def undo_what_does_not_stand(self, step) -> None:
        if step not in self.plain.done:
            with pytest.raises(InputError, match=r"[Ss]tep"):
                self.session.undo(step)

    @precondition(lambda self: self.plain.undone)
    @rule()
    def redo(self) -> None:
        self.session.redo()
        self.plain.redo()

    @rule(blind=st.booleans())
    def read_blind(self, blind) -> None:
        self.blind = self.session.blind = blind

    @rule(reader=names)
    def change_reader(self, reader) -> None:
        self.reader = self.session.reader = reader

    @rule()
    def restart(self) -> None:
        self.teardown()
        self.open()

    @invariant()
    def states_are_those_of_the_plain_log(self) -> None:
        log, tiles = self.session.log, self.plain.tiles(TILES)
        assert tiles_of(log) == tiles
        assert self.session.effective.tolist() == self.effective()
        decided = [tile.decided != UNLABELLED for tile in tiles]
        assert self.session.queued.tolist() == [
            is_in and split == Split.TRAIN for is_in, split in zip(decided, SPLITS, strict=True)
        ]
        judges = [{row.reader for row in self.plain.rows(tile)} for tile in range(TILES)]
        assert judges_of(log) == judges

    @invariant()
    def opinions_are_those_of_the_plain_log(self) -> None:
        found = read_opinions(self.session.log)
        for tile, expected in enumerate(self.plain.opinions(TILES)):
            labels = dict(zip(found.readers, found.labels[:, tile].tolist(), strict=True))
            assert {name: n for name, n in labels.items() if n != UNLABELLED} == expected.labels
            assert found.disputed[tile] == expected.disputed

    @invariant()
    def steps_are_those_of_the_plain_log(self) -> None:
        log = self.session.log
        undoable, redoable = log.undoable, log.redoable
        assert (undoable and undoable.number) == (self.plain.done or [None])[-1]
        assert (redoable and redoable.number) == (self.plain.undone or [None])[-1]
        tiles = list(range(TILES))
        assert self.session.hidden(tiles).tolist() == self.hidden(tiles)


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    """A project to copy: making one takes as long as a hundred steps."""
    path = tmp_path_factory.mktemp("template") / "x.histo"
    made = catalogue(TILES, given=GIVEN, splits=SPLITS)
    Project.create(path, catalogue=made, tile_size=96).close()
    return path


def test_any_review_leads_to_what_a_plain_log_says(template, tmp_path) -> None:
    run_state_machine_as_test(
        lambda: AnyReview(template, tmp_path),
        settings=settings(max_examples=30, stateful_step_count=25, deadline=None),
    )
