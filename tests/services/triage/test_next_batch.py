"""The next batch: nothing decided, no copies, had again, refused in a sentence."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from histoviewer.domain.strategies import Strategy
from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError
from histoviewer.services.next_batch import Wish, choose_next
from histoviewer.services.opening import Workspace
from tests.operations import perform_here


@pytest.fixture(params=list(Strategy))
def strategy(request: pytest.FixtureRequest) -> Iterator[Strategy]:
    """Every strategy."""
    return request.param


def test_a_batch_holds_nothing_decided_and_no_copies(
    workspace: Workspace, strategy: Strategy
) -> None:
    session = workspace.session
    training = np.flatnonzero(session.tiles.splits == Split.TRAIN)
    session.label(training[:5], 1)
    session.skip(training[5:7])
    clusters = np.full(len(session.tiles), -1)
    clusters[training[7:12]] = 0
    session.measures = replace(session.measures, clusters=clusters)

    batch = perform_here(choose_next(workspace=workspace, wish=Wish(strategy=strategy, size=500)))

    offered = set(batch.tiles.tolist())
    assert len(offered) == len(batch.tiles) == len(training) - 7 - 4
    assert offered < set(training.tolist())
    assert len(offered & set(training[7:12].tolist())) == 1


def test_a_batch_has_the_size_that_was_asked_for_and_can_be_had_again(
    workspace: Workspace, strategy: Strategy
) -> None:
    wish = Wish(strategy=strategy, size=6, random_share=0.5)

    first = perform_here(choose_next(workspace=workspace, wish=wish)).tiles
    again = perform_here(choose_next(workspace=workspace, wish=wish)).tiles

    assert len(first) == 6
    assert first.tolist() == again.tolist()


def test_tiles_without_a_label_are_offered_before_the_others(workspace: Workspace) -> None:
    session = workspace.session
    training = np.flatnonzero(session.tiles.splits == Split.TRAIN)
    session.tiles.given[training[-8:]] = -1

    batch = perform_here(choose_next(workspace=workspace, wish=Wish(size=20)))

    assert set(batch.tiles.tolist()) <= set(training[-8:].tolist())


def test_a_search_for_errors_offers_the_wrong_label_first(workspace: Workspace, wrong: int) -> None:
    wish = Wish(strategy=Strategy.CONFIDENT_LEARNING, size=3)

    assert perform_here(choose_next(workspace=workspace, wish=wish)).tiles[0] == wrong


def test_where_nothing_is_left_it_is_said(workspace: Workspace) -> None:
    session = workspace.session
    session.label(np.flatnonzero(session.tiles.splits == Split.TRAIN), 1)

    with pytest.raises(InputError, match="no tile left to offer"):
        choose_next(workspace=workspace, wish=Wish())


def test_the_mix_works_without_any_label(workspace: Workspace) -> None:
    workspace.session.tiles.given[:] = -1

    assert len(perform_here(choose_next(workspace=workspace, wish=Wish(size=10))).tiles) == 10


def test_a_strategy_that_asks_a_model_is_refused_without_labels(workspace: Workspace) -> None:
    workspace.session.tiles.given[:] = -1

    with pytest.raises(InputError, match="one class"):
        choose_next(workspace=workspace, wish=Wish(strategy=Strategy.MARGIN))
