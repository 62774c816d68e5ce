"""What a run trains: the network, its start, its twin, compiled with loss and optimiser."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np

from histoviewer.domain.recipe import Recipe
from histoviewer.errors import InputError
from histoviewer.ml.augmentation import Augment
from histoviewer.ml.averaging import AveragedTwin, Sample
from histoviewer.ml.backbones import freeze, wanted_weights
from histoviewer.ml.backend import configure, dtype_policy
from histoviewer.ml.batches import Plan, sample_batches
from histoviewer.ml.building import LOGIT, build, logit_model
from histoviewer.ml.distributing import distribute
from histoviewer.ml.members import MembersTrainer, member_logits
from histoviewer.ml.metrics import LOG_LOSS
from histoviewer.ml.orientations import kept_views
from histoviewer.ml.plain_backbones import scales_of
from histoviewer.ml.predicting import load_model
from histoviewer.ml.requests import TrainRequest
from histoviewer.ml.symmetry import constrain, tied


@dataclass(frozen=True, kw_only=True)
class Trainee:
    """A network in training.

    Args:
        trainer: What `fit` trains: augmentation and network up to the logit.
        student: The network.
        twin: What is validated and kept of it.
    """

    trainer: keras.Model
    student: keras.Model
    twin: AveragedTwin


def network(request: TrainRequest, recipe: Recipe) -> keras.Model:
    """Return the seeded network as a run starts with it.

    Raises:
        InputError: It does not fit the tiles, or what it starts from cannot be used.
    """
    _reset(request.seed)
    student = _build(request, recipe, _start(request, recipe))
    if recipe.training.symmetry == "dihedral":
        constrain(student)
    if request.start_from is not None:
        _take_weights(student, request.start_from, recipe)
    return student


def prepare(request: TrainRequest, recipe: Recipe, plan: Plan) -> Trainee:
    """Build, seed and compile.

    Raises:
        InputError: The network does not fit the tiles, or what it starts from cannot be used.
    """
    weights = _start(request, recipe)
    _reset(request.seed)
    # The twin takes over the student's weights. Built first, at random, it tells a network that
    # does not fit the tiles before anything is downloaded for it.
    twin = _build(request, recipe, None) if weights else None
    student = network(request, recipe)
    twin = twin or _build(request, recipe, None)
    return _compile(request, recipe, plan, (student, twin))


def thaw(trainee: Trainee, request: TrainRequest, recipe: Recipe, plan: Plan) -> Trainee:
    """Return the trainee for the second part of its run: it starts from what the twin holds.

    Args:
        trainee: From the first part; its twin holds the weights that were kept.
        request: As before.
        recipe: With the learning rate of the second part.
        plan: As before.
    """
    student, twin = trainee.student, trainee.twin.model
    student.set_weights(twin.get_weights())
    for model in (student, twin):
        freeze(model, recipe.finetuning.frozen_below)
    return _compile(request, recipe, plan, (student, twin))


def _reset(seed: int) -> None:
    configure()
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    distribute()


def _start(request: TrainRequest, recipe: Recipe) -> str | None:
    """Return what the backbone starts from; a retraining starts from its model."""
    return None if request.start_from is not None else wanted_weights(recipe, request.weights)


def finished(model: keras.Model, request: TrainRequest, recipe: Recipe) -> keras.Model:
    """Return the network that is saved: of the same weights, pooled where the recipe says so."""
    views = kept_views(recipe)
    if views == 1:
        return model
    whole = _build(request, recipe, None, views=views)
    whole.set_weights(model.get_weights())
    return whole


def _build(
    request: TrainRequest, recipe: Recipe, weights: str | None, *, views: int = 1
) -> keras.Model:
    return build(
        recipe,
        tile_size=request.tiles.shape[1],
        policy=dtype_policy(recipe.training.precision),
        weights=weights,
        views=views,
    )


def _compile(
    request: TrainRequest, recipe: Recipe, plan: Plan, models: Sequence[keras.Model]
) -> Trainee:
    student, twin = models
    raw = keras.Input(student.input_shape[1:], dtype="uint8", name="tile")
    trainer = _trainer(raw, student, recipe, seed=request.seed)
    trainer.compile(
        optimizer=_optimiser(recipe, student),
        loss=keras.losses.BinaryCrossentropy(
            from_logits=True, label_smoothing=recipe.training.label_smoothing
        ),
        metrics=[
            # Keras' own loss holds penalties, smoothed labels and class weights as well.
            keras.metrics.BinaryCrossentropy(from_logits=True, name=LOG_LOSS),
            keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy"),
            keras.metrics.AUC(from_logits=True, name="auc"),
        ],
    )
    averaged = AveragedTwin(
        student,
        twin,
        decay=recipe.averaging.decay,
        sample=_sample(request, recipe, plan),
        is_symmetric=recipe.training.symmetry == "dihedral",
    )
    return Trainee(trainer=trainer, student=student, twin=averaged)


def _trainer(raw: Any, student: keras.Model, recipe: Recipe, *, seed: int) -> keras.Model:  # noqa: ANN401 - Keras has no types
    """Return augmentation and network up to the logit, or to that of each member."""
    changes, members = recipe.augmentation, recipe.training.members
    if members == 1:
        augmented = Augment(changes, seed=seed)(raw)
        return keras.Model(raw, logit_model(student)(augmented), name="trainer")
    seeds = np.random.SeedSequence(seed).generate_state(members)
    seen = [
        Augment(changes, seed=int(own), name=f"augment{number}")(raw)
        for number, own in enumerate(seeds, start=1)
    ]
    return MembersTrainer(raw, member_logits(student, LOGIT, seen), name="trainer")


def _sample(request: TrainRequest, recipe: Recipe, plan: Plan) -> Sample | None:
    """Return what gives batches to measure statistics on; None for a plain copy, which has them."""
    if not recipe.averaging.decay:
        return None
    return partial(sample_batches, plan.pool, request.tiles, seed=request.seed)


def _optimiser(recipe: Recipe, student: keras.Model) -> keras.optimizers.Optimizer:
    wanted = recipe.optimiser
    options: dict[str, Any] = {
        "learning_rate": wanted.learning_rate,
        "global_clipnorm": wanted.clip_norm,
    }
    bound = tied if recipe.training.symmetry == "dihedral" else lambda kind: kind
    match wanted.kind:
        case "adam":
            return bound(keras.optimizers.Adam)(**options)
        case "adamw":
            optimiser = bound(keras.optimizers.AdamW)(weight_decay=wanted.weight_decay, **options)
            # Decaying scales and offsets of normalisation only weakens it (Goyal et al. 2017).
            optimiser.exclude_from_weight_decay(
                var_list=scales_of(student), var_names=["gamma", "beta", "bias"]
            )
            return optimiser
        case _:
            return bound(keras.optimizers.SGD)(momentum=wanted.momentum, nesterov=True, **options)


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
