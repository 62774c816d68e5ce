"""What a search varies of a recipe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain.blocks import ConvBlock
from histoviewer.domain.recipe import load_recipe, read_recipe, recipe_names
from histoviewer.domain.recipe_text import write_recipe
from histoviewer.domain.search import Choice, Range, Trial, apply, best_of, space_of


@given(st.sampled_from(recipe_names()), st.data())
def test_every_point_of_the_space_is_a_recipe(name, data) -> None:
    recipe = load_recipe(name)
    values = {
        d.key: data.draw(
            st.sampled_from(d.values) if isinstance(d, Choice) else st.floats(d.low, d.high)
        )
        for d in space_of(recipe)
    }

    changed = read_recipe(write_recipe(apply(recipe, values)), name)

    assert changed.optimiser.learning_rate == values["learning_rate"]
    assert changed.training.batch == int(values["batch"])
    assert changed.head.dropout == values["dropout"]


def test_filters_vary_stage_by_stage() -> None:
    recipe = load_recipe("cnn-gap-colour")

    wider = apply(recipe, {"filters1": 48.0, "filters3": 192.0})

    filters = [[b.filters for b in r.blocks if isinstance(b, ConvBlock)] for r in (recipe, wider)]
    assert filters[0] == [32, 32, 64, 64, 128, 128]
    assert filters[1] == [48, 48, 64, 64, 192, 192]
    assert space_of(recipe)[0].values == (16.0, 24.0, 32.0, 48.0, 64.0)


@pytest.mark.parametrize(
    ("values", "batch", "asked"),
    [
        ({"batch": 64.0}, 16, 64),
        ({"batch": 64.0}, 64, None),
        ({"batch": 64.0}, None, None),
        ({}, 16, None),
    ],
)
def test_a_trial_tells_the_batch_that_was_asked_for_where_it_had_another(
    values, batch, asked
) -> None:
    assert Trial(number=1, values=values, epochs=1, batch=batch).batch_asked == asked


def test_the_recipe_itself_is_in_its_space() -> None:
    recipe = load_recipe("histo-fast")

    *filters, rate, dropout, batch = space_of(recipe)

    assert isinstance(rate, Range)
    assert rate.low < recipe.optimiser.learning_rate < rate.high
    assert recipe.head.dropout in dropout.values
    assert recipe.training.batch in batch.values
    assert [stage.key for stage in filters] == ["filters1", "filters2", "filters3"]
    assert all(own in stage.values for stage, own in zip(filters, (32, 64, 128), strict=True))


def test_the_best_trial_is_the_first_of_equals_and_never_a_failed_one() -> None:
    aucs = [None, 0.9, 0.95, 0.95]
    trials = [Trial(number=n, values={}, epochs=1, val_auc=auc) for n, auc in enumerate(aucs, 1)]

    assert best_of(trials).number == 3
    assert best_of(trials[:1]) is None
