"""Whose statistics normalisation takes in the network that is kept.

Tiles of other slides are stained otherwise. Their mean and deviation can be measured without any
label (Li et al. 2018, 'Adaptive batch normalization for practical domain adaptation'). That helps
where they differ by their making, and harms where they were chosen by what they show: validation
decides.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from histoviewer.domain.recipe import Recipe
from histoviewer.jobs.messages import Note
from histoviewer.ml.averaging import Sample
from histoviewer.ml.batches import SAMPLE, SAMPLE_BATCH, Plan, sample_batches
from histoviewer.ml.callbacks import Run
from histoviewer.ml.concluding import Outcome
from histoviewer.ml.requests import TrainRequest
from histoviewer.ml.watching import goodness


def adapted_to(request: TrainRequest, recipe: Recipe) -> int:
    """Return of how many unlabelled tiles statistics are taken; 0 where not of any.

    A few tiles would say too little of the others: there must be a whole batch of them.
    """
    is_asked = recipe.training.statistics == "unlabelled"
    count = min(SAMPLE, len(request.unlabelled)) if is_asked else 0
    return count - count % SAMPLE_BATCH


def notes_on_adapting(request: TrainRequest, recipe: Recipe) -> Iterator[Note]:
    """Yield why there is nothing to adapt to, where a recipe asks for it."""
    if recipe.training.statistics == "unlabelled" and not adapted_to(request, recipe):
        yield Note(
            f"Not adapted to unlabelled tiles: there are {len(request.unlabelled):,}, "
            f"and {SAMPLE_BATCH} are needed."
        )


def wanted_sample(request: TrainRequest, recipe: Recipe, plan: Plan) -> Sample | None:
    """Return what gives batches to measure statistics on before each validation.

    None for a plain copy of the network in training, which has gathered its own.
    """
    if adapted_to(request, recipe):
        return partial(sample_batches, request.unlabelled, request.tiles, seed=request.seed)
    return _of_training(request, plan) if recipe.averaging.decay else None


def settled(
    outcome: Outcome, run: Run, plan: Plan, request: TrainRequest, recipe: Recipe
) -> Outcome:
    """Return the outcome with the statistics that serve validation better.

    Args:
        outcome: Its network is the twin's, adapted where there was something to adapt to.
        run: Its twin gets the statistics of training tiles, where these are better. Where the run
            is cancelled meanwhile, it stays adapted.
        plan: What was drawn from.
        request: What was asked.
        recipe: Gives the figure that decides.
    """
    count = adapted_to(request, recipe)
    if not count:
        return outcome
    network, monitor = run.twin.model, recipe.stopping.monitor
    weights = network.get_weights()
    run.twin.measure(_of_training(request, plan))
    plain, adapted = run.judge(network), outcome.best
    if plain is None or goodness(plain, monitor) <= goodness(adapted, monitor):
        network.set_weights(weights)
        return replace(outcome, adapted_to=count)
    run.emit(
        Note(
            "Not adapted to unlabelled tiles: with the statistics of training tiles the validation "
            f"AUC is {plain.auc:.4f}, with theirs {adapted.auc:.4f}."
        )
    )
    return replace(outcome, best=plain)


def _of_training(request: TrainRequest, plan: Plan) -> Sample:
    return partial(sample_batches, plan.pool, request.tiles, seed=request.seed)
