"""Several networks of one build that are trained side by side and kept as one: their mean.

What networks from different random starts get wrong differs, so that their mean is better than each
(Lakshminarayanan et al. 2017, 'Simple and scalable predictive uncertainty estimation using deep
ensembles'). The one that is kept has their maps beside each other as channels; its output layer,
which is linear, then gives the mean of their logits. It is made of Keras' own layers, and is
explained, exported and trained further like any other.

In training each looks at tiles that were augmented for it alone, and is told by its own logit how
wrong it is. Told by their mean instead, one would leave to another what that knows already, and
they would no longer differ by chance alone.
"""

from collections.abc import Sequence
from typing import Any, Final

import keras
from keras import layers, ops

from histoviewer.domain.recipe import Recipe

Tensor = Any

_JOINED: Final = "members"
_SHARED: Final = "members_share"


def member_names(recipe: Recipe) -> list[str]:
    """Return what the names of each member's layers begin with: nothing for the first."""
    return ["", *(f"m{number}_" for number in range(2, recipe.training.members + 1))]


def of_all_members(model: keras.Model, layer: layers.Layer) -> list[layers.Layer]:
    """Return a layer of the first member and those of the others that were built like it."""
    known = {each.name: each for each in model.layers}
    join = known.get(_JOINED)
    if not isinstance(join, layers.Concatenate):
        return [layer]
    others = (f"m{number}_{layer.name}" for number in range(2, len(join.input) + 1))
    return [layer, *(known[name] for name in others if name in known)]


def joined(maps: Sequence[Tensor], policy: str) -> Tensor:
    """Return the last maps of all members, (n, H, W, members * C)."""
    if len(maps) == 1:
        return maps[0]
    return layers.Concatenate(dtype=policy, name=_JOINED)(list(maps))


def shared(features: Tensor, members: int, policy: str) -> Tensor:
    """Return (n, members * C) features of which a linear layer makes the mean of the members.

    Each member's are divided by the number of members, rather than the layer's weights: so these
    are as large, and learn as fast, as in a network of one.
    """
    if members == 1:
        return features
    return layers.Rescaling(1 / members, dtype=policy, name=_SHARED)(features)


def member_logits(model: keras.Model, logit: str, tiles: Sequence[Tensor]) -> Tensor:
    """Return (n, members) float32: the logit of each member by itself, with the model's weights.

    Args:
        model: Of several members.
        logit: Name of the layer that gives the mean of their logits.
        tiles: What each member looks at, (n, H, W, 3) uint8.
    """
    maps = [
        keras.Model(model.inputs[0], own)(seen)
        for own, seen in zip(model.get_layer(_JOINED).input, tiles, strict=True)
    ]
    dense, together = model.get_layer(logit), model.get_layer(_JOINED)
    apart = _Apart(dense, len(tiles))(dense.input)
    beside = layers.Concatenate(dtype=together.dtype_policy)(maps)
    return keras.Model(together.output, apart)(beside)


class _Apart(layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Gives what a layer says of each member's features alone, (n, members), by its own weights."""

    def __init__(self, dense: layers.Dense, members: int) -> None:
        super().__init__(dtype=dense.dtype_policy, name="apart")
        self._dense = dense
        self._members = members

    def call(self, features: Tensor) -> Tensor:
        """Return the logits whose mean the layer gives."""
        each = (self._members, features.shape[-1] // self._members)
        split = ops.reshape(features, (-1, *each))
        weighed = ops.sum(split * ops.reshape(self._dense.kernel, each), axis=-1)
        return self._members * weighed + self._dense.bias


class MembersTrainer(keras.Model):  # type: ignore[misc]  # Keras ships no types
    """Trains each member by its own loss; the figures of training are those of their mean.

    The loss is the sum over the members: the step of each is that of a network by itself. Only the
    bound of the gradient's norm, where the recipe has one, is of all of them together.
    """

    def compute_loss(
        self,
        x: Tensor = None,
        y: Tensor = None,
        y_pred: Tensor = None,
        sample_weight: Tensor = None,
        training: bool = True,  # noqa: FBT001, FBT002 - Keras' signature
    ) -> Tensor:
        """Return the sum of the members' losses.

        Args:
            x: Tiles.
            y: (n, 1) labels.
            y_pred: (n, members) logits.
            sample_weight: (n,) weights of the tiles.
            training: Whether it is for training.
        """
        members = y_pred.shape[-1]
        weight = ops.ones_like(y[:, 0]) if sample_weight is None else sample_weight
        labels = ops.broadcast_to(y, ops.shape(y_pred))
        # Keras takes the mean over the members.
        return super().compute_loss(x, labels, y_pred, weight * members, training)

    def compute_metrics(
        self, x: Tensor, y: Tensor, y_pred: Tensor, sample_weight: Tensor = None
    ) -> dict[str, Tensor]:
        """Return the figures of the mean of the logits; arguments as above."""
        mean = ops.mean(y_pred, axis=-1, keepdims=True)
        figures: dict[str, Tensor] = super().compute_metrics(x, y, mean, sample_weight)
        return figures
