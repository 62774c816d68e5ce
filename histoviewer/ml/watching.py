"""Whether validation still improves, and what follows from that for the learning rate."""

from dataclasses import dataclass, field
from typing import Final

from histoviewer.domain.recipe_tables import Monitor, Plateau
from histoviewer.ml.requests import Evaluation

# A difference in AUC below this is noise even with many thousand tiles.
_AUC_DIGITS: Final = 4


def goodness(judged: Evaluation, monitor: Monitor) -> tuple[float, float]:
    """Return what is compared, larger is better: of epochs that rank alike, the second decides."""
    match monitor:
        case "auc":
            return round(judged.auc, _AUC_DIGITS), -judged.log_loss
        case "accuracy":
            return judged.accuracy, -judged.log_loss
        case _:
            return -judged.log_loss, judged.auc


@dataclass
class Watch:
    """Counts epochs without a better validation figure.

    Args:
        monitor: The figure.
        min_delta: What is better by no more than this does not count; 0 counts everything.
        epoch: Epochs seen.
        best_epoch: The last one that was better than all before it.
    """

    monitor: Monitor
    min_delta: float = 0.0
    epoch: int = 0
    best_epoch: int = 0
    waited: int = 0
    _best: tuple[float, float] | None = None

    def see(self, judged: Evaluation) -> None:
        """Take note of the next epoch."""
        self.epoch += 1
        self.waited += 1
        now = goodness(judged, self.monitor)
        if self._best is None or self._is_better(now, self._best):
            self._best, self.best_epoch, self.waited = now, self.epoch, 0

    def _is_better(self, now: tuple[float, float], best: tuple[float, float]) -> bool:
        return now[0] > best[0] + self.min_delta if self.min_delta else now > best

    def wait_anew(self) -> None:
        """Be patient again from here."""
        self.waited = 0

    def has_waited(self, patience: int | None) -> bool:
        """Return whether patience has run out."""
        return patience is not None and self.waited >= patience


@dataclass
class PlateauRate:
    """The factor by which a plateau lowers the learning rate.

    Args:
        settings: When and by how much.
        factor: Product of all so far.
    """

    settings: Plateau
    factor: float = 1.0
    watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        """Start watching."""
        self.watch = Watch(self.settings.monitor, self.settings.min_delta)

    def see(self, judged: Evaluation) -> bool:
        """Take note of the next epoch; return whether the rate is lower from now on."""
        self.watch.see(judged)
        if not self.watch.has_waited(self.settings.patience):
            return False
        self.watch.wait_anew()
        before = self.factor
        self.factor = max(self.settings.lowest, self.factor * self.settings.factor)
        return self.factor < before
