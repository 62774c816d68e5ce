"""Training one model, from scratch or from an earlier one."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import keras

from histoviewer.domain.recipe import Optimiser, Recipe
from histoviewer.errors import InputError, JobCancelled
from histoviewer.jobs.job import CancelCheck
from histoviewer.jobs.messages import Note, Progress
from histoviewer.ml.augmentation import Augment
from histoviewer.ml.averaging import AveragedTwin
from histoviewer.ml.backend import configure, dtype_policy
from histoviewer.ml.batches import (
    SAMPLE,
    Plan,
    Prefetcher,
    plan_batches,
    sample_batches,
    tile_batches,
)
from histoviewer.ml.building import build, logit_model
from histoviewer.ml.callbacks import Conductor, Run
from histoviewer.ml.checks import checked
from histoviewer.ml.judging import Judge
from histoviewer.ml.keeping import BestKeeper
from histoviewer.ml.predicting import load_model
from histoviewer.ml.requests import Evaluation, TrainRequest, TrainResult
from histoviewer.ml.runs import check_folder, write_run
from histoviewer.ml.schedule import Course
from histoviewer.ml.streaming import Emit


def run_training(request: TrainRequest, emit: Emit, should_stop: CancelCheck) -> TrainResult:
    """Train, keep the best epoch, write the run's folder.

    Runs `fit` in the calling thread; see `work.train` for the job.

    Args:
        request: What to train.
        emit: Takes progress, a curve point an epoch, and notes.
        should_stop: Asked at each step.

    Raises:
        JobCancelled: Asked to stop before the first epoch was validated.
        InputError: The tiles, the recipe or the model to start from cannot be used.
        StorageError: The run's folder could not be written.
    """
    request = checked(request)
    check_folder(request.folder)
    recipe = recipe_of_run(request)
    plan = plan_batches(recipe, train=request.train, extra=request.extra, labels=request.labels)
    course = Course(plan.steps * recipe.training.epochs, request.max_seconds)
    emit(Progress(phase="preparing", done=0, total=course.steps, unit="steps"))
    trainer, twin = _prepare(request, recipe, plan)
    judge = Judge(
        tiles=request.tiles,
        labels=request.labels,
        index=request.validation,
        emit=emit,
        should_stop=should_stop,
    )
    start = judge(twin.model) if request.start_from else None
    if should_stop():
        raise JobCancelled
    run = Run(
        batch=plan.batch,
        epochs=recipe.training.epochs,
        optimiser=recipe.optimiser,
        course=course,
        twin=twin,
        judge=judge,
        judged_tiles=SAMPLE + len(request.validation),
        keeper=BestKeeper(recipe.stopping),
        emit=emit,
        should_stop=should_stop,
    )
    _fit(trainer, run, plan, request)
    return _conclude(request, recipe, run, start)


def recipe_of_run(request: TrainRequest) -> Recipe:
    """Return the recipe with what the request overrides and what retraining changes."""
    recipe = request.recipe
    epochs = recipe.training.epochs
    optimiser = recipe.optimiser
    if request.start_from is not None:
        epochs = recipe.retraining.epochs
        rate = optimiser.learning_rate * recipe.retraining.rate_factor
        optimiser = replace(optimiser, learning_rate=rate)
    training = replace(recipe.training, epochs=request.epochs or epochs)
    return replace(recipe, training=training, optimiser=optimiser)


def _prepare(request: TrainRequest, recipe: Recipe, plan: Plan) -> tuple[keras.Model, AveragedTwin]:
    """Build, seed and compile.

    Returns:
        What `fit` trains, augmentation and network up to the logit, and what is kept of it.
    """
    configure()
    keras.utils.clear_session()
    keras.utils.set_random_seed(request.seed)
    size = request.tiles.shape[1]
    make = partial(build, recipe, tile_size=size, policy=dtype_policy(recipe.training.precision))
    student, twin = make(), make()
    if request.start_from is not None:
        _take_weights(student, request.start_from, recipe)
    raw = keras.Input((size, size, 3), dtype="uint8", name="tile")
    augmented = Augment(recipe.augmentation, seed=request.seed)(raw)
    trainer = keras.Model(raw, logit_model(student)(augmented), name="trainer")
    trainer.compile(
        optimizer=_optimiser(recipe.optimiser),
        loss=keras.losses.BinaryCrossentropy(
            from_logits=True, label_smoothing=recipe.training.label_smoothing
        ),
        metrics=[
            keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy"),
            keras.metrics.AUC(from_logits=True, name="auc"),
        ],
    )
    sample = partial(sample_batches, plan, request.tiles, seed=request.seed)
    return trainer, AveragedTwin(student, twin, decay=recipe.averaging.decay, sample=sample)


def _optimiser(wanted: Optimiser) -> keras.optimizers.Optimizer:
    options: dict[str, Any] = {
        "learning_rate": wanted.learning_rate,
        "global_clipnorm": wanted.clip_norm,
    }
    match wanted.kind:
        case "adam":
            return keras.optimizers.Adam(**options)
        case "adamw":
            optimiser = keras.optimizers.AdamW(weight_decay=wanted.weight_decay, **options)
            # Decaying scales and offsets of normalisation only weakens it (Goyal et al. 2017).
            optimiser.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
            return optimiser
        case _:
            return keras.optimizers.SGD(momentum=wanted.momentum, nesterov=True, **options)


def _take_weights(student: keras.Model, path: Path, recipe: Recipe) -> None:
    """Start from a saved model of the same build."""
    weights = load_model(path).get_weights()
    wanted = [tuple(weight.shape) for weight in student.get_weights()]
    if [weight.shape for weight in weights] != wanted:
        raise InputError(
            f"The model {path} was not built by the recipe '{recipe.name}' for tiles of this size.",
            "Retrain with the recipe that the model was trained with.",
        )
    student.set_weights(weights)


def _fit(trainer: keras.Model, run: Run, plan: Plan, request: TrainRequest) -> None:
    batches = tile_batches(plan, request.tiles, seed=request.seed)
    with Prefetcher(batches) as ready:
        trainer.fit(
            (batch for batch in ready),  # Keras knows generators, not iterators
            steps_per_epoch=plan.steps,
            epochs=run.epochs,
            callbacks=Conductor(trainer, run),
            shuffle=False,  # the batches come shuffled
            verbose=0,
        )


def _conclude(
    request: TrainRequest, recipe: Recipe, run: Run, start: Evaluation | None
) -> TrainResult:
    """Write the folder with the best epoch's weights."""
    if run.keeper.best is None:
        raise JobCancelled
    model = run.twin.model
    model.set_weights(run.keeper.weights)
    metrics = _metrics(request, run, run.keeper.best)
    if start is not None:
        metrics["start_val_auc"] = start.auc
    write_run(
        request.folder,
        model=model,
        recipe=recipe,
        history=run.keeper.history,
        metrics=metrics,
    )
    if run.course.is_out_of_time:
        run.emit(Note(f"Ended after {run.course.elapsed:.0f} s, as asked."))
    return TrainResult(metrics=metrics, cancelled=run.was_cancelled)


def _metrics(request: TrainRequest, run: Run, best: Evaluation) -> dict[str, float]:
    return {
        "val_auc": best.auc,
        "val_accuracy": best.accuracy,
        "val_loss": best.log_loss,
        "val_sensitivity": best.sensitivity,
        "val_specificity": best.specificity,
        "val_hard_auc": best.hard_auc,
        "best_epoch": float(run.keeper.best_epoch),
        "epochs": float(len(run.keeper.history)),
        "seconds": run.course.elapsed,
        "tiles_per_second": run.whole.rate or 0.0,
        "parameters": float(run.twin.model.count_params()),
        "seed": float(request.seed),
        "train_tiles": float(len(request.train)),
        "validation_tiles": float(len(request.validation)),
    }
