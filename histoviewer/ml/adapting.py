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
from histoviewer.domain.recipe_tables import Monitor
from histoviewer.jobs.messages import Note
from histoviewer.ml.averaging import measured_norms
from histoviewer.ml.batches import SAMPLE, SAMPLE_BATCH, sample_batches
from histoviewer.ml.callbacks import Run
from histoviewer.ml.concluding import Outcome
from histoviewer.ml.keeping import Epoch
from histoviewer.ml.requests import Evaluation, TrainRequest
from histoviewer.ml.watching import goodness


def adapted_to(request: TrainRequest, recipe: Recipe) -> int:
    """Return of how many unlabelled tiles statistics are taken; 0 where not of any.

    A few tiles would say too little of the others: there must be a whole batch of them.
    """
    count = min(SAMPLE, len(request.unlabelled)) if recipe.training.adapts else 0
    return count - count % SAMPLE_BATCH


def candidates(request: TrainRequest, recipe: Recipe) -> int:
    """Return how many epochs are adapted: the one that is kept, and the last where it is another's.

    Args:
        request: Gives the unlabelled tiles.
        recipe: Says whether it adapts, and which epoch is kept.
    """
    if not adapted_to(request, recipe):
        return 0
    return 1 if recipe.stopping.keep == "last" else 2


def notes_on_adapting(request: TrainRequest, recipe: Recipe) -> Iterator[Note]:
    """Yield why there is nothing to adapt to, where a recipe asks for it."""
    if recipe.training.adapts and not adapted_to(request, recipe):
        yield Note(
            f"Not adapted to unlabelled tiles: there are {len(request.unlabelled):,}, "
            f"and {SAMPLE_BATCH} are needed."
        )


def adapted(outcome: Outcome, run: Run, request: TrainRequest, recipe: Recipe) -> Outcome:
    """Return the outcome with the statistics of unlabelled tiles, where validation is better so.

    Epochs were chosen, and the run's length, with those of training tiles: where these are kept the
    model is that of a recipe that does not adapt. An adapted network may go on getting better after
    that, so that the last epoch is looked at as well. Better is what is so by the recipe's figure
    and no worse by log loss, which sees a threshold that has moved where the area does not.

    Args:
        outcome: Its network is the twin's.
        run: Its twin gets the other statistics, where they are kept.
        request: Gives the tiles.
        recipe: Gives the figure.
    """
    count = adapted_to(request, recipe)
    if not count or not measured_norms(run.twin.model):
        return outcome
    plain, weights = outcome.best, run.twin.model.get_weights()
    tried = list(_tried(run, request))
    run.twin.model.set_weights(weights)
    outcome = replace(outcome, cancelled=run.was_cancelled)
    if not tried:
        run.emit(Note("Cancelled: the network that is kept is not adapted to unlabelled tiles."))
        return outcome
    best = max(tried, key=partial(_rank, plain=plain, monitor=recipe.stopping.monitor))
    if _is_better(best.judged, plain, recipe.stopping.monitor):
        run.twin.model.set_weights(best.weights)
        return replace(outcome, best=best.judged, best_epoch=best.number, adapted_to=count)
    run.emit(
        Note(
            f"Not adapted to unlabelled tiles: that gave a validation AUC of {best.judged.auc:.4f} "
            f"and a log loss of {best.judged.log_loss:.4f}, in place of {plain.auc:.4f} and "
            f"{plain.log_loss:.4f}."
        )
    )
    return outcome


def _tried(run: Run, request: TrainRequest) -> Iterator[Epoch]:
    """Yield the epoch that was kept and the last one, adapted, until the run is cancelled."""
    epochs = {each.number: each for each in (run.keeper.kept, run.keeper.newest) if each}
    for epoch in epochs.values():
        run.was_cancelled = run.was_cancelled or run.should_stop()
        if run.was_cancelled:
            return
        run.twin.model.set_weights(epoch.weights)
        sample = partial(sample_batches, request.unlabelled, request.tiles, seed=request.seed)
        run.twin.measure(sample)
        if (judged := run.judge(run.twin.model)) is None:
            run.was_cancelled = True
            return
        yield Epoch(epoch.number, judged, run.twin.model.get_weights())


def _rank(epoch: Epoch, *, plain: Evaluation, monitor: Monitor) -> tuple[bool, tuple[float, float]]:
    """Return what is larger for what is to be kept rather."""
    return _is_better(epoch.judged, plain, monitor), goodness(epoch.judged, monitor)


def _is_better(judged: Evaluation, plain: Evaluation, monitor: Monitor) -> bool:
    better = goodness(judged, monitor) > goodness(plain, monitor)
    return better and judged.log_loss <= plain.log_loss
