"""Whether a map depends on what a model has learned: take that away, from the top down.

The cascading randomisation of Adebayo et al. 2018, 'Sanity checks for saliency maps'. A method that
gives the same map for random weights draws the edges of the tile, not the reasons of the model.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Final

import keras
import numpy as np

from histoviewer.domain.arrays import Float32
from histoviewer.domain.explanation import SanityStep
from histoviewer.domain.rank_correlation import rank_correlation
from histoviewer.jobs.job import Body
from histoviewer.jobs.messages import Progress
from histoviewer.ml.explain_requests import SanityRequest, SanityResult
from histoviewer.ml.explained_model import ExplainedModel, explained_model
from histoviewer.ml.mapping import iterate_maps

_STEPS: Final = 6  # a deep network's layers are made random several at a time
_DRAWS: Final = 3  # one draw of random weights may look like anything


def run_sanity_check(request: SanityRequest) -> Body[SanityResult]:
    """Return how alike maps are before and after weights are random, from the top layer down.

    The model keeps its weights, however this ends.

    Raises:
        InputError: As `explaining.run_explaining`.
    """
    model = explained_model(request.file, request.pixels.shape)
    groups = _groups(_layers_with_weights(model.model))
    count = len(request.pixels)
    total = (1 + _DRAWS * len(groups)) * count
    before = yield from _maps(model, request, done=0, total=total)
    similarities = np.zeros((_DRAWS, len(groups)))
    for draw, random in enumerate(np.random.default_rng(request.seed).spawn(_DRAWS)):
        with _weights_kept(model.model):
            for step, group in enumerate(groups):
                for layer in group:
                    _randomise(layer, random)
                done = (1 + draw * len(groups) + step) * count
                after = yield from _maps(model, request, done=done, total=total)
                similarities[draw, step] = _similarity(before, after)
    means = similarities.mean(axis=0).tolist()
    pairs = zip(groups, means, strict=True)
    return SanityResult(
        steps=[SanityStep(layer=group[-1].name, similarity=mean) for group, mean in pairs]
    )


def _similarity(before: Float32, after: Float32) -> float:
    """Return the mean size of the rank correlation of a tile's maps."""
    pairs = zip(before, after, strict=True)
    return float(np.mean([abs(rank_correlation(*pair)) for pair in pairs]))


def _maps(model: ExplainedModel, request: SanityRequest, *, done: int, total: int) -> Body[Float32]:
    """Return the maps as the method gives them, (n, h, w) float32."""
    cells: list[Float32] = []
    for part in iterate_maps(model, request.pixels, request.settings):
        if part is not None:
            cells.append(part[1])
        yield Progress(phase="explaining", done=done + sum(map(len, cells)), total=total)
    return np.concatenate(cells)


@contextmanager
def _weights_kept(model: keras.Model) -> Iterator[None]:
    """Give a model its weights back at the end, cancelled or not: it explains the next tile."""
    weights = model.get_weights()
    try:
        yield
    finally:
        model.set_weights(weights)


def _layers_with_weights(model: keras.Model) -> list[keras.layers.Layer]:
    """Return the layers that have learned something, the one next to the logit first."""
    return [layer for layer in model.layers if layer.weights][::-1]


def _groups(layers: Sequence[keras.layers.Layer]) -> list[list[keras.layers.Layer]]:
    """Return layers in at most `_STEPS` groups of neighbours."""
    ends = np.linspace(0, len(layers), min(_STEPS, len(layers)) + 1).round().astype(int)
    return [list(layers[start:end]) for start, end in pairwise(ends)]


def _randomise(layer: keras.layers.Layer, random: np.random.Generator) -> None:
    """Draw kernels anew at the size they have, and shuffle what belongs to single channels.

    Size is kept so that values neither die out nor overflow on their way through the network:
    what is taken away is what was learned, not that the network computes.
    """
    layer.set_weights([_drawn(weights, random) for weights in layer.get_weights()])


def _drawn(weights: Float32, random: np.random.Generator) -> Float32:
    if not np.issubdtype(weights.dtype, np.floating):
        return weights  # the state of a random generator
    if weights.ndim > 1:
        size = float(np.sqrt(np.mean(np.square(weights))))
        return (size * random.standard_normal(weights.shape)).astype(weights.dtype)
    return random.permutation(weights)
