"""What a network is made of and what it costs, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerFacts:
    """One layer.

    Args:
        name: As in the saved model; starts with 'b3_' in the third block of the recipe, with
            'm2_b3_' there in the second of several members.
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
        fixed_bytes: About what training takes whatever the batch: weights, their gradients, what
            the optimiser keeps of them.
        tile_bytes: About what each tile of a batch takes: the outputs of all layers, which the
            gradient needs, and their gradients. Measured steps took 0.85 to 1.24 times as much.
    """

    layers: Sequence[LayerFacts]
    tile_size: int
    batch: int
    fixed_bytes: int
    tile_bytes: int

    @property
    def memory_bytes(self) -> int:
        """Return about what a training step takes."""
        return self.step_bytes(self.batch)

    def step_bytes(self, batch: int) -> int:
        """Return about what a training step of some tiles takes."""
        return self.fixed_bytes + batch * self.tile_bytes

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
