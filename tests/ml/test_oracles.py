"""Who chooses the trials, asked without training any."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from histoviewer.domain.recipe import Recipe
from histoviewer.domain.search import METHODS, Method, Range
from histoviewer.ml.oracles import Chooser
from histoviewer.ml.requests import SearchRequest
from tests.ml.helpers import make_request

RATE, DROPOUT = "learning_rate", "dropout"


@pytest.fixture
def request_of(tiny: Recipe, tmp_path: Path) -> SearchRequest:
    run = make_request(recipe=tiny, folder=tmp_path / "unused")
    return SearchRequest(
        tiles=run.tiles,
        labels=run.labels,
        train=run.train,
        validation=run.validation,
        recipe=tiny,
        space=(Range(key=RATE, low=1e-4, high=1e-1), Range(key=DROPOUT, low=0.05, high=0.5)),
        method="random",
        trials=9,
        folder=tmp_path / "search",
        epochs=2,  # too few for hyperband to cut by how many trials the first call asks for
    )


def tried(request: SearchRequest, *, calls: int) -> list[dict[str, float]]:
    """Return the values of all trials, chosen in some calls one after the other."""
    found, state = [], None
    for call in range(1, calls + 1):
        chooser = Chooser(replace(request, trials=request.trials * call // calls), state)
        while (pick := chooser.choose()) is not None:
            found.append(dict(pick.values))
            chooser.learn(1 - abs(pick.values[RATE] - 0.01) - abs(pick.values[DROPOUT] - 0.2))
        state = json.loads(json.dumps(chooser.state))
    return found


@pytest.mark.parametrize("method", METHODS)
def test_a_search_that_is_carried_on_draws_what_it_would_have_drawn_at_once(
    request_of: SearchRequest, method: Method
) -> None:
    """The Bayesian one goes by what it learned from the seventh trial on."""
    request = replace(request_of, method=method)

    once, parts = (tried(request, calls=calls) for calls in (1, 9))

    assert parts == once
    assert len(once) == request.trials
