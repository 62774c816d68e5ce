"""The averaged twin of the network in training: what is validated, kept and saved."""

from typing import Any, Final

import keras
from keras import ops

from histoviewer.ml.building import float_variables

# Updates until the average trusts itself as much as the newest weights.
_YOUTH: Final = 9


class AveragedTwin:
    """A second model of the same build whose variables follow those of the model in training.

    The statistics of batch normalisation are averaged like the weights: those of the model in
    training belong to other weights than the averaged ones (timm's ModelEma does the same).

    Averaging costs a few operations a variable. Every fourth step is as good as every step with the
    decay raised to the fourth power, at a quarter of the cost.

    Args:
        student: The model in training.
        twin: A model of the same build; its variables are overwritten.
        decay: Share of the average kept at each step; 0 makes the twin a copy at `follow_now`.
    """

    def __init__(self, student: keras.Model, twin: keras.Model, *, decay: float) -> None:
        self.model = twin
        self._decay = decay
        self._pairs: list[tuple[Any, Any]] = list(
            zip(float_variables(student), float_variables(twin), strict=True)
        )
        self._updates = 0
        self._copy()

    def _copy(self) -> None:
        for variable, average in self._pairs:
            # JAX would share the buffer, and then give it away with the next step of training.
            average.assign(ops.copy(variable))

    def follow(self, steps: int) -> None:
        """Take the student as it is after `steps` more steps into the average."""
        if self._decay == 0.0:
            return
        self._updates += 1
        # A young average trusts the newest weights more, else it would hold on to the random start.
        decay = min(self._decay**steps, self._updates / (self._updates + _YOUTH))
        for variable, average in self._pairs:
            average.assign(average + (1.0 - decay) * (variable - average))

    def catch_up(self) -> None:
        """Bring the twin to where it can be validated: without averaging, the newest weights."""
        if self._decay == 0.0:
            self._copy()
