"""What a network is made of and what it costs, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerFacts:
    """One layer.

    Args:
        name: As in the saved model; starts with 'b3_' in the third block of the recipe.
        kind: Class of Keras: 'Conv2D'.
        shape: Of its output for one tile, without the batch: (H, W, channels) or (units,).
        parameters: Weights and statistics of normalisation.
        trainable: How many of them training changes.
        multiply_adds: Multiplications, each with its addition, for one tile.
        block: Which block of the recipe it belongs to, from 0; None for preprocessing and head.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int
    trainable: int
    multiply_adds: int
    block: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFacts:
    """A whole network.

    Args:
        layers: In order, from the tile to the probability.
        tile_size: Side of the tiles in pixels.
        batch: Tiles a step.
        memory_bytes: About what a training step takes: weights, their gradients, what the optimiser
            keeps of them, and the outputs of all layers for a batch, which the gradient needs.
    """

    layers: Sequence[LayerFacts]
    tile_size: int
    batch: int
    memory_bytes: int

    @property
    def parameters(self) -> int:
        """Return the number of weights and statistics."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def trainable(self) -> int:
        """Return how many of them training changes."""
        return sum(layer.trainable for layer in self.layers)

    @property
    def multiply_adds(self) -> int:
        """Return the multiplications, each with its addition, for one tile."""
        return sum(layer.multiply_adds for layer in self.layers)
