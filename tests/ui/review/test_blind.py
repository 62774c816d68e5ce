"""The blind read: what the model says is hidden until the verdict, and nothing gives it away."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from histoviewer.domain.batches import Mode
from histoviewer.domain.labels import NEGATIVE, POSITIVE
from histoviewer.domain.triage import Query, SortKey, State
from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.review.blind import restored
from histoviewer.ui.review.describing import describe
from histoviewer.ui.review.facts import cell_facts
from histoviewer.ui.review.page import ReviewPage
from tests.ui.review.conftest import make_session, make_workspace, painted

QUERIES = st.builds(
    Query,
    state=st.none() | st.sampled_from(State),
    score_low=st.floats(0, 0.4),
    score_high=st.floats(0.5, 1),
    disagrees=st.none() | st.booleans(),
    sort=st.sampled_from(SortKey),
    seed=st.integers(0, 9),
)


@given(query=QUERIES)
def test_no_query_of_a_blind_read_tells_of_scores(query: Query) -> None:
    blind = query.unbiased

    assert not blind.sort.tells_score
    assert (blind.score_low, blind.score_high, blind.disagrees) == (0, 1, None)
    assert blind.state == query.state


@given(query=QUERIES)
def test_the_order_and_the_filters_of_before_come_back(query: Query) -> None:
    assert restored(query.unbiased, query) == query


def test_scores_and_disagreement_are_not_painted(page: ReviewPage, session: ReviewSession) -> None:
    page.set_blind(True)

    facts = cell_facts(session, Query(), np.arange(100))

    assert np.isnan(facts.scores).all()
    assert not facts.disagrees.any()


def test_the_verdict_reveals_the_score_of_its_tile_alone(
    page: ReviewPage, session: ReviewSession
) -> None:
    page.set_blind(True)
    tile = page.grid.current

    page.label(POSITIVE)

    scores = cell_facts(session, Query(), np.arange(100)).scores
    assert np.flatnonzero(~np.isnan(scores)).tolist() == [tile]


def test_the_reader_is_told_what_the_model_says_after_the_verdict(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    page.set_blind(True)
    page.grid.go_to(0)

    with qtbot.waitSignal(page.notice) as said:
        page.label(NEGATIVE)

    assert said.args == ["Tile tile-0000: you say normal, the model 0.990 (tumour)."]


def test_the_verdict_is_marked_as_blind(page: ReviewPage, session: ReviewSession) -> None:
    page.set_blind(True)

    page.label(POSITIVE)

    batch = session.log.batches[-1]
    assert (batch.mode, batch.model) == (Mode.BLIND, None)
    assert np.isnan(batch.scores).all()


def test_the_inspector_does_not_tell(page: ReviewPage, session: ReviewSession) -> None:
    page.set_blind(True)
    page.grid.go_to(0)

    assert "0.99" not in page.grid.accessibleDescription()
    assert not describe(session, 0).disagrees


def test_the_order_is_random_and_the_old_one_comes_back(
    page: ReviewPage, session: ReviewSession
) -> None:
    page.bar.sort.choose(SortKey.UNCERTAIN)
    before = page.grid.order.tolist()

    page.set_blind(True)
    in_blind, shown = page.grid.order.tolist(), page.bar.sort.value
    page.set_blind(False)

    assert shown is SortKey.RANDOM
    assert in_blind not in (before, sorted(in_blind))
    assert page.grid.order.tolist() == before


def test_each_blind_read_has_an_order_of_its_own(page: ReviewPage, session: ReviewSession) -> None:
    page.set_blind(True)
    first = page.grid.order.tolist()
    page.label(POSITIVE)
    page.set_blind(False)

    page.set_blind(True)

    assert page.grid.order.tolist() != first


def test_a_score_range_is_taken_off_and_comes_back(
    page: ReviewPage, session: ReviewSession
) -> None:
    page.filters.set_query(replace(page.filters.query, score_low=0.9))
    page.refresh_order()
    narrow = len(page.grid.order)

    page.set_blind(True)
    wide = len(page.grid.order)
    page.set_blind(False)

    assert (wide, len(page.grid.order)) == (100, narrow)


def test_the_model_can_be_neither_confirmed_nor_rejected(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    page.set_blind(True)

    with qtbot.waitSignal(page.notice) as said:
        page.answer(agree=True)

    assert "blind read" in said.args[0]
    assert len(session.log.batches) == 0


def test_the_state_is_seen_and_its_button_ends_it(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    page.set_blind(True)
    seen = page.blind.banner.isVisible(), page.filters.scores.isVisible()

    qtbot.mouseClick(page.blind.banner.end, Qt.MouseButton.LeftButton)

    assert seen == (True, False)
    assert not session.blind
    assert not page.blind.banner.isVisible()
    assert page.filters.scores.isVisible()


def test_the_grid_looks_the_same_whatever_the_scores(
    page: ReviewPage, session: ReviewSession
) -> None:
    page.set_blind(True)
    before = painted(page.grid)

    page.apply_changes(
        session.rank_by(replace(session.ranking, scores=session.scores[::-1].copy()))
    )

    assert painted(page.grid) == before


def test_a_blind_read_survives_a_restart(page: ReviewPage, session: ReviewSession) -> None:
    page.bar.sort.choose(SortKey.UNCERTAIN)
    page.set_blind(True)
    order, remembered = page.grid.order.tolist(), json.loads(json.dumps(page.state()))
    again = make_session(100)
    page.show_workspace(make_workspace(again))
    plain = again.blind, page.blind.banner.isVisible()

    page.restore(remembered)
    in_blind = again.blind, page.blind.banner.isVisible(), page.grid.order.tolist()
    page.set_blind(False)

    assert plain == (False, False)
    assert in_blind == (True, True, order)
    assert page.filters.query.sort is SortKey.UNCERTAIN


def test_without_a_project_there_is_nothing_to_read_blind(page: ReviewPage) -> None:
    page.set_blind(True)

    assert not page.blind.is_on


@pytest.mark.parametrize("count", [1, 3])
def test_a_bulk_verdict_tells_nothing(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession, count: int
) -> None:
    said: list[str] = []
    page.set_blind(True)
    page.notice.connect(said.append)
    page.grid.choose(page.grid.order[:count])

    page.label(POSITIVE)

    assert len(said) == (1 if count == 1 else 0)
