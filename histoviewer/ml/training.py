"""Training one model, from scratch or from an earlier one."""

from collections.abc import Iterator
from dataclasses import replace

from histoviewer.domain.recipe import Recipe
from histoviewer.errors import InputError, JobCancelled
from histoviewer.jobs.job import CancelCheck
from histoviewer.jobs.messages import Note, Progress
from histoviewer.ml.adapting import adapted, candidates, notes_on_adapting
from histoviewer.ml.backend import fed, is_out_of_memory
from histoviewer.ml.batches import (
    SAMPLE,
    Plan,
    Prefetcher,
    halved,
    plan_batches,
    tile_stretches,
)
from histoviewer.ml.callbacks import Conductor, Run
from histoviewer.ml.checks import checked
from histoviewer.ml.concluding import Outcome, conclude
from histoviewer.ml.describing import describe_network
from histoviewer.ml.distributing import device_count
from histoviewer.ml.fitting import fit_output
from histoviewer.ml.judging import Judge
from histoviewer.ml.keeping import BestKeeper
from histoviewer.ml.memory import fitted, free_memory, takes
from histoviewer.ml.orientations import kept_views
from histoviewer.ml.preparing import Trainee, finished, prepare, thaw
from histoviewer.ml.requests import Evaluation, TrainRequest, TrainResult
from histoviewer.ml.runs import check_folder
from histoviewer.ml.schedule import Course, Deadline, Ending
from histoviewer.ml.streaming import Emit
from histoviewer.ml.watching import PlateauRate


def run_training(request: TrainRequest, emit: Emit, should_stop: CancelCheck) -> TrainResult:
    """Train, keep the epoch that the recipe asks for, write the run's folder.

    Runs `fit` in the calling thread; see `work.train` for the job.

    Args:
        request: What to train.
        emit: Takes progress, a curve point an epoch, and notes.
        should_stop: Asked at each step.

    Raises:
        JobCancelled: Asked to stop before the first epoch was validated.
        InputError: The tiles, the recipe or what to start from cannot be used, or training
            diverged.
        StorageError: The run's folder could not be written.
    """
    request = checked(request)
    deadline = Deadline(request.max_seconds)
    check_folder(request.folder)
    recipe = recipe_of_run(request)
    plan = plan_batches(
        recipe,
        train=request.train,
        extra=request.extra,
        extra_weights=request.extra_weights,
        labels=request.labels,
        seed=request.seed,
        parts=device_count(),
    )
    for note in (*_notes(request, recipe, plan), *notes_on_adapting(request, recipe)):
        emit(note)
    judge = Judge(
        tiles=request.tiles,
        labels=request.labels,
        index=request.validation,
        emit=emit,
        should_stop=should_stop,
    )
    by_steps = recipe.training.solver != "logistic"
    train = _train_in_memory if by_steps else fit_output
    outcome = train(request, recipe, plan, judge, deadline)
    if outcome.best.is_flat:
        # Too few steps for the statistics of batch normalisation, or a rate that killed all maps.
        emit(Note("All validation tiles got the same score: nothing can be ranked by this model."))
    return conclude(request, recipe, outcome)


def recipe_of_run(request: TrainRequest) -> Recipe:
    """Return the recipe with what the request overrides and what retraining changes."""
    recipe = request.recipe
    if request.start_from is not None:
        rate = recipe.optimiser.learning_rate * recipe.retraining.rate_factor
        recipe = replace(
            recipe,
            training=replace(recipe.training, epochs=recipe.retraining.epochs),
            optimiser=replace(recipe.optimiser, learning_rate=rate),
            finetuning=replace(recipe.finetuning, epochs=0),
        )
    return recipe.with_epochs(request.epochs or recipe.epochs)


def _notes(request: TrainRequest, recipe: Recipe, plan: Plan) -> Iterator[Note]:
    """Yield what differs from what one would expect of the recipe or the tiles."""
    used, given = len(plan.used), len(request.train)
    if used < given:
        yield Note(f"Learns from {used:,} of {given:,} training tiles: the recipe's sampling.")
    if plan.batch < recipe.training.batch:
        yield Note(
            f"A batch is {plan.batch} tiles, not {recipe.training.batch}: there are no more."
        )


def _train_in_memory(
    request: TrainRequest, recipe: Recipe, plan: Plan, judge: Judge, deadline: Deadline
) -> Outcome:
    """Train with batches that fit into memory, by an estimate first and then by trying.

    A batch that does not fit after all is halved, and the training begun anew.

    The learning rate stays: halving the batch a few times changes less than a wrong rate would.

    Raises:
        InputError: Not even one tile fits.
    """
    plan = _estimated(request, recipe, plan, judge.emit)
    while True:
        try:
            return _train(request, recipe, plan, judge, deadline)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            if plan.batch == plan.parts:
                raise InputError(
                    f"The network of the recipe '{recipe.name}' does not fit into memory, not even "
                    "with one tile at a time.",
                    "Choose a smaller recipe, or close other programs.",
                ) from error
        before, plan = plan.batch, halved(plan)
        judge.emit(
            Note(f"Out of memory with batches of {before} tiles: begun anew with {plan.batch}.")
        )


def _estimated(request: TrainRequest, recipe: Recipe, plan: Plan, emit: Emit) -> Plan:
    """Return the plan with a batch that should fit, and say so where it is another."""
    facts = describe_network(recipe, tile_size=request.tiles.shape[1])
    free = free_memory()
    smaller = fitted(plan, facts, free=free)
    if free is not None and smaller.batch < plan.batch:
        gib = 1 << 30
        emit(
            Note(
                f"A batch is {smaller.batch} tiles, not {plan.batch}: that many would take about "
                f"{takes(plan, facts) / gib:.1f} GiB of memory, and {free / gib:.1f} GiB are free."
            )
        )
    return smaller


def _train(
    request: TrainRequest, recipe: Recipe, plan: Plan, judge: Judge, deadline: Deadline
) -> Outcome:
    """Train step by step, in two parts where the recipe fine-tunes."""
    first, second = recipe.training.epochs, recipe.finetuning.epochs
    course = Course(plan.steps * (first + second), deadline)
    judge.emit(Progress(phase="preparing", done=0, total=course.steps, unit="steps"))
    trainee = prepare(request, recipe, plan)
    start = None
    if request.start_from:
        start = judge(finished(trainee.twin.model, request, recipe))
    if judge.should_stop():
        raise JobCancelled
    adapting = candidates(request, recipe)
    run = Run(
        batch=plan.batch,
        epochs=first + second,
        optimiser=recipe.optimiser,
        course=course,
        twin=trainee.twin,
        judge=judge,
        ending=Ending(
            len(request.validation),
            others=SAMPLE,
            views=kept_views(recipe),
            choices=1 + adapting,
        ),
        keeper=BestKeeper(recipe.stopping, keeps_newest=adapting > 1),
        plateau=PlateauRate(recipe.plateau),
        emit=judge.emit,
        should_stop=judge.should_stop,
    )
    train_epochs(trainee, run, plan, request, until=first)
    if second and (kept := run.keeper.kept) is not None and not run.must_end():
        run.twin.model.set_weights(kept.weights)
        _finetune(trainee, run, plan, request, recipe)
    outcome = adapted(_outcome(run, plan, start), run, request, recipe)
    outcome = _pooled(outcome, request, recipe, judge)
    if course.was_out_of_time:
        judge.emit(Note(f"Ended after {course.elapsed:.0f} s, as asked."))
    return replace(outcome, seconds=course.elapsed)


def _pooled(outcome: Outcome, request: TrainRequest, recipe: Recipe, judge: Judge) -> Outcome:
    """Return the outcome with the network that is saved, and with that network's own figures."""
    whole = finished(outcome.model, request, recipe)
    if whole is outcome.model:
        return outcome
    best = judge(whole)
    if best is None:  # cancelled; what was validated is kept
        judge.emit(Note("Cancelled: the network that is kept looks at one orientation only."))
        return replace(outcome, cancelled=True)
    return replace(outcome, model=whole, best=best)


def _finetune(
    trainee: Trainee, run: Run, plan: Plan, request: TrainRequest, recipe: Recipe
) -> None:
    """Go on from what the twin holds, with more of the backbone and a lower rate."""
    rate = recipe.optimiser.learning_rate * recipe.finetuning.rate_factor
    recipe = replace(recipe, optimiser=replace(recipe.optimiser, learning_rate=rate))
    trainee = thaw(trainee, request, recipe, plan)
    run.twin, run.optimiser = trainee.twin, recipe.optimiser
    run.plateau = PlateauRate(recipe.plateau)
    run.keeper.wait_anew()
    run.course.step = plan.steps * recipe.training.epochs  # the first part may have ended early
    run.emit(Note(f"Fine-tuning with a learning rate of {rate:g}."))
    until = len(run.keeper.history) + recipe.finetuning.epochs
    train_epochs(trainee, run, plan, request, until=until)


def train_epochs(
    trainee: Trainee, run: Run, plan: Plan, request: TrainRequest, *, until: int
) -> None:
    """Train from the epoch a run is at to another, batches being made ahead meanwhile.

    Args:
        trainee: What is trained.
        run: What happens between the steps.
        plan: What a batch is drawn from.
        request: Gives tiles and seed.
        until: The last epoch, counted from 1.
    """
    done = len(run.keeper.history)
    batches = tile_stretches(plan, request.tiles, seed=request.seed + done)
    with Prefetcher(batches) as ready:
        trainee.trainer.fit(
            fed(ready),
            steps_per_epoch=plan.steps,
            initial_epoch=done,
            epochs=until,
            callbacks=Conductor(trainee.trainer, run),
            shuffle=False,  # the batches come shuffled
            verbose=0,
        )


def _outcome(run: Run, plan: Plan, start: Evaluation | None) -> Outcome:
    """Return the epoch that was kept, its weights in the model."""
    if (kept := run.keeper.kept) is None:
        raise JobCancelled
    run.twin.model.set_weights(kept.weights)
    return Outcome(
        model=run.twin.model,
        best=kept.judged,
        best_epoch=kept.number,
        history=run.keeper.history,
        seconds=run.course.elapsed,
        tiles_per_second=run.whole.rate or 0.0,
        used=plan.used,
        batch=plan.batch,
        start=start,
        cancelled=run.was_cancelled,
    )
