"""What a search varies of a recipe."""

from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain.blocks import ConvBlock, DenseLayer, DropoutBlock, Head
from histoviewer.domain.recipe import Recipe, load_recipe, read_recipe, recipe_names
from histoviewer.domain.recipe_tables import LEAST_RATE, MOST_BATCH
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
    is_before_the_layers = recipe.head.dropout > 0
    found = changed.head.dropout if is_before_the_layers else max(dropouts(changed))
    assert found == values["dropout"]


@given(st.floats(LEAST_RATE, 10.0), st.integers(1, MOST_BATCH))
def test_the_space_holds_what_the_recipe_says_and_nothing_that_none_may_say(rate, batch) -> None:
    recipe = load_recipe("cnn-gap-colour")
    recipe = replace(
        recipe,
        optimiser=replace(recipe.optimiser, learning_rate=rate),
        training=replace(recipe.training, batch=batch),
    )

    space = {dimension.key: dimension for dimension in space_of(recipe)}

    rates, batches = space["learning_rate"], space["batch"]
    assert rates.low <= rate <= rates.high
    assert batch in batches.values
    assert len(set(batches.values)) == len(batches.values)
    for values in (
        {"learning_rate": rates.low, "batch": batches.values[0]},
        {"learning_rate": rates.high, "batch": batches.values[-1]},
    ):
        read_recipe(write_recipe(apply(recipe, values)), "changed")  # else it would be refused


def dropouts(recipe) -> list[float]:
    """Return every dropout of a recipe: that before the dense layers, of blocks, after layers."""
    blocks = [block.rate for block in recipe.blocks if isinstance(block, DropoutBlock)]
    return [recipe.head.dropout, *blocks, *(layer.dropout for layer in recipe.head.dense)]


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


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.2, [0.0, *[0.12] * 4, 0.2]), (0.5, [0.0, *[0.3] * 4, 0.5]), (0.0, [0.0] * 6)],
)
def test_a_dropout_that_lies_elsewhere_varies_there_and_none_is_added(value, expected) -> None:
    recipe = load_recipe("cnn4-tuned")

    changed = apply(recipe, {"dropout": value})

    assert dropouts(changed) == expected
    assert (changed == recipe) is (value == 0.5)


@given(
    st.lists(st.floats(0.01, 0.95), min_size=1, max_size=4),
    st.lists(st.floats(0.01, 0.95), max_size=3),
    st.floats(0.01, 1.0),
)
def test_dropouts_keep_their_ratio_below_what_a_recipe_can_have(blocks, layers, value) -> None:
    recipe = Recipe(
        title="Any",
        blocks=tuple(DropoutBlock(rate=rate) for rate in blocks),
        head=Head(dense=tuple(DenseLayer(units=2, dropout=rate) for rate in layers)),
    )

    found = dropouts(apply(recipe, {"dropout": value}))

    own = dropouts(recipe)
    assert found == pytest.approx([min(0.95, each * value / max(own)) for each in own], abs=1e-6)


def test_the_dropout_before_the_dense_layers_varies_alone_where_there_is_one() -> None:
    for name in ("histo-fast", "xray-cnn-dropout"):
        recipe = load_recipe(name)

        changed = apply(recipe, {"dropout": 0.5})

        assert recipe.head.dropout > 0
        assert changed == replace(recipe, head=replace(recipe.head, dropout=0.5))


def test_a_search_from_before_dropouts_were_scaled_is_another_one() -> None:
    """A search is known by what its dimensions hold; others go on where they were."""
    spaces = {name: space_of(load_recipe(name)) for name in ("cnn4-tuned", "histo-fast")}
    found = {
        name: next(asdict(each) for each in space if each.key == "dropout")
        for name, space in spaces.items()
    }

    before = asdict(Choice(key="dropout", values=(0.0, 0.1, 0.2, 0.3, 0.5)))
    assert found["histo-fast"] == before
    assert found["cnn4-tuned"] == before | {"own": (*[0.3] * 4, 0.5)}


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
